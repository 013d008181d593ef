#!/bin/sh
# What `check` writes, read by programs that are not ours: prove the TAP, xmllint the JUnit XML by its
# schema, jq the JSON and the log (C31 C32), cmark-gfm the Markdown of a job's summary. They must agree on
# every number, also where a server writes what breaks such files, where cases are skipped, and where
# nobody answers.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-reports
for reader in prove xmllint jq cmark-gfm; do
    command -v "$reader" >/dev/null || echo "# $reader is not installed: what it reads is not read"
done

# told: what the JSON report says, as "passed failed errors skipped".
told() {
    jq -r '"\(.passed) \(.failed) \(.errors) \(.skipped)"' "$report.json"
}

by_jq() {
    ok "jq_counts_the_outcomes_of_$report" test "$(told)" = "$(jq -r \
        '[.suites[].probes[].outcome] as $o | ["pass", "fail", "error", "skipped"]
         | map(. as $one | $o | map(select(. == $one)) | length) | join(" ")' "$report.json")"
    is "jq_reads_as_many_records_of_$report" "$(jq -s length "$report.jsonl")" "$cases"
    is "each_record_of_${report}_has_its_seven_members" "$(jq -r 'keys_unsorted | join(" ")' \
        "$report.jsonl" | sort -u)" "run_id timestamp_utc endpoint test_case http_status outcome notes"
    is "the_records_of_${report}_say_the_same" \
        "$(jq -r '"\(.test_case) \(.http_status) \(.outcome)"' "$report.jsonl")" \
        "$(jq -r '.suites[].probes[] | "\(.test_case) \(.http_status) \(.outcome)"' "$report.json")"
    is "whatever_failed_in_${report}_says_why" "$(jq -r \
        '.suites[].probes[] | select(.outcome == "fail" or .outcome == "error") | .notes // ""' \
        "$report.json" | grep -cxF '')" 0
    is "and_tells_what_to_do" "$(grep -c '^        do: ' "$report.txt")" \
        "$(jq '.failed + .errors' "$report.json")"
}

by_prove() {
    prove -e cat "$report.tap" >prove.out 2>&1
    ok "prove_finds_no_fault_in_$report" sh -c '! grep -i "parse error\|bad plan\|no plan" prove.out'
    is "prove_counts_the_tests_of_$report" "$(sed -n 's/.*Tests=\([0-9]*\),.*/\1/p' prove.out)" "$cases"
    is "prove_counts_what_did_not_pass_in_$report" "$(sed -n 's/.*Failed: \([0-9]*\))$/\1/p' prove.out)" \
        "$(jq -r '.failed + .errors + .skipped | select(. > 0)' "$report.json")"
}

# count EXPRESSION: what xmllint counts.
count() {
    xmllint --xpath "count($1)" "$report.xml"
}

by_xmllint() {
    ok "junit_of_${report}_holds_to_its_schema" xmllint --noout --schema \
        "$top/tests/e2e/junit.xsd" "$report.xml"
    is "junit_of_${report}_has_a_case_each" "$(count //testcase)" "$cases"
    is "junit_of_${report}_counts_the_same" \
        "$(count '//testcase[not(failure or error or skipped)]') $(count \
            //testcase/failure) $(count //testcase/error) $(count //testcase/skipped)" \
        "$(told)"
}

by_cmark() {
    cmark-gfm -e table "$report.md" >table.html
    is "the_table_of_${report}_has_a_row_each" "$(grep -c '^<tr>' table.html)" "$((cases + 1))"
    is "no_cell_of_${report}_is_broken" "$(grep -c '^<td' table.html)" \
        "$((cases * $(grep -c '^<th>' table.html)))"
    ok "the_summary_of_${report}_holds_no_tag_of_others" sh -c '! grep -qi "<b>\|<script\|raw HTML" table.html'
}

# reports NAME OPTION…: run it, read what it wrote.
reports() {
    report=$1
    shift
    run "$cometdeck" check "$@" --parallel 8 --format "json=$report.json" --format "jsonl=$report.jsonl" \
        --format "tap=$report.tap" --format "junit=$report.xml" --format "markdown=$report.md" \
        --format "text=$report.txt"
    ok "$report.json_holds_to_its_schema" "$build/tests/unit/validate" \
        "$top/share/schema/check.schema.json" "$report.json"
    for format in json jsonl tap xml md txt; do
        is "no_control_byte_is_in_$report.$format" \
            "$(LC_ALL=C tr -cd '\000-\010\013-\037\177' <"$report.$format" | wc -c)" 0
    done
    ok "no_other_control_character_is_in_$report.txt" sh -c \
        "! tr -d '\n' <$report.txt | grep -qa '[[:cntrl:]]'"
    command -v jq >/dev/null || return
    cases=$(jq '[.suites[].probes[]] | length' "$report.json")
    by_jq
    ! command -v prove >/dev/null || by_prove
    ! command -v xmllint >/dev/null || by_xmllint
    ! command -v cmark-gfm >/dev/null || by_cmark
}

start_simulator
reports whole smoke canary negative streaming catalog --base-url "$url" --model sim/ready
is "all_of_it_passed" "$status" 0
reports hostile canary smoke --base-url "$url/sim/as/error-hostile" --model sim/ready --no-retry
is "hostile_words_fail" "$status" 1
has "hostile_words_are_told_as_escapes" hostile.txt 'u202e'
reports capped negative --base-url "$url/sim/as/accepts-anything" --model sim/ready --requests-max 9
is "what_refuses_nothing_fails_and_the_rest_is_skipped" "$status" 1
reports nobody smoke --base-url http://127.0.0.1:1 --model m --no-retry
is "nobody_there_is_no_check" "$status" 4
finish

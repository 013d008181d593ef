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

# told: what the JSON report says, as "passed failed errors left out", as
# JUnit counts them: it has no word for what was sent and stopped.
told() {
    jq -r '"\(.passed) \(.failed) \(.errors) \(.skipped + .stopped)"' "$report.json"
}

by_jq() {
    ok "jq_counts_the_outcomes_of_$report" test "$(told)" = "$(jq -r \
        '[.suites[].probes[].outcome] as $o | [["pass"], ["fail"], ["error"], ["skipped", "stopped"]]
         | map(. as $one | $o | map(select(IN($one[]))) | length) | join(" ")' "$report.json")"
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
        "$(jq -r '.failed + .errors + .skipped + .stopped | select(. > 0)' "$report.json")"
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
    ok "no_line_of_${report}_begins_with_words_of_others" sh -c \
        "! grep -qE '^[^a-zA-Z0-9]*(::error|ok 1 - owned)' err $report.txt $report.tap $report.md $report.xml"
    ok "no_other_control_character_is_in_$report.txt" sh -c \
        "! tr -d '\n' <$report.txt | grep -qa '[[:cntrl:]]'"
    command -v jq >/dev/null || return
    cases=$(jq '[.suites[].probes[]] | length' "$report.json")
    by_jq
    ! command -v prove >/dev/null || by_prove
    ! command -v xmllint >/dev/null || by_xmllint
    ! command -v cmark-gfm >/dev/null || by_cmark
}

# ---- what a recording says of itself ----
cat >hostile.har <<'END'
{"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-11-21T11:00:00.000Z", "time": 1,
"request": {"method": "POST\n::error::owned", "url": "http://h/v1/chat/completions?\u001b[2J", "headers": []},
"response": {"status": 200, "headers": [], "content": {"size": 2, "mimeType": "a/b\u001b[2J\n::error::", "text": "{}"}}}]}}
END
start_simulator
run "$cometdeck" judge --list "$scratch/hostile.har"
is "list_has_no_control_byte" "$(LC_ALL=C tr -cd '\000-\010\013-\037\177' <out | wc -c)" 0
is "list_has_a_line_each" "$(grep -c . out)" 1

reports whole smoke canary negative streaming catalog --base-url "$url" --model sim/ready
is "all_of_it_passed" "$status" 0
reports hostile canary smoke --base-url "$url/sim/as/error-hostile" --model sim/ready --no-retry
is "hostile_words_fail" "$status" 1
has "hostile_words_are_told_as_escapes" hostile.txt 'u202e'
reports capped negative --base-url "$url/sim/as/accepts-anything" --model sim/ready --requests-max 9
is "what_refuses_nothing_fails_and_the_rest_is_skipped" "$status" 1
# ---- what is said of the history does not depend on which case ended first ----
run "$cometdeck" check canary --base-url "$url" --model sim/ready
is "one_line_tells_what_there_is_to_compare_with" "$(grep -c '^history: [0-9]* of [0-9]* cases have fewer than 20 ' out)/$(grep -c '^history' out)" 1/1

# ---- why the verdict is so, what the answer asks for, where it points to ----
reports cut canary-ready --base-url "$url/sim/as/cut-mid-stream" --model sim/ready --no-retry
has "text_has_the_reasons" cut.txt "        reason: "
is "json_has_the_reasons_of_each_cut" "$(jq '[.suites[].probes[] | select(.outcome == "fail") |
    .reasons | length > 0] | all' cut.json)" true
for report in tap xml md; do
    has "a_reason_is_in_cut.$report" "cut.$report" "$(jq -r '[.suites[].probes[] |
        select(.outcome == "fail").reasons[0]][0] | split(":")[0]' cut.json)"
done
has "junit_names_the_endpoint" cut.xml "POST $url"
has "markdown_names_the_endpoint" cut.md "/v1/chat/completions"
reports hinted canary-json --base-url "$url" --model sim/rate-limited-seconds --no-retry
has "the_wait_that_is_asked_for_is_told" hinted.txt "        the answer asks: to wait "
is "json_has_it_in_ms" "$(jq '[.suites[].probes[].retry_after_ms > 0] | all' hinted.json)" true
reports moved canary-json --base-url "$url/sim/as/redirected" --model m --no-retry
has "a_redirect_is_one" moved.txt "class redirect, action fix-config"
has "where_it_points_to_is_told" moved.txt "        points to: "
reports open no-key --base-url "$url/sim/as/accepts-anything" --model sim/ready --no-retry
has "who_serves_without_a_key_is_told" open.txt "do: The endpoint answers who has no valid key"
reports partial unknown-model --base-url "$url/sim/as/cut-mid-stream" --model m --no-retry
has "the_advice_is_about_what_must_be_refused" partial.txt "do: The endpoint answers what it must refuse"

run env LC_ALL=C "$cometdeck" check negative -v --base-url "$url" --model sim/ready
is "in_a_locale_of_ascii_it_is_ascii" "$(LC_ALL=C tr -d '\000-\177' <out | wc -c)" 0
has "what_is_cut_says_so_there_too" out '~, to POST'

# ---- what a simulator shows is marked in every format, and counted apart ----
reports mixed rate-limited models-list --base-url http://127.0.0.1:1 --model m --no-retry
simulated=$(jq '[.suites[].probes[] | select(.simulated)] | length' mixed.json)
ok "some_of_mixed_is_simulated" test "$simulated" -gt 0 -a "$simulated" -lt "$cases"
is "json_counts_it_apart" "$(jq '[.of_them_simulated[]] | add' mixed.json)" "$simulated"
has "the_summary_counts_it_apart" err "($simulated simulated)"
for format in tap xml txt jsonl; do
    is "each_simulated_case_is_marked_in_mixed.$format" "$(grep -v '^0\|^[0-9]* passed' mixed.$format |
        grep -c simulated)" "$simulated"
done
is "each_simulated_case_is_marked_in_mixed.md" "$(grep -c '^| pass (simulated) |' mixed.md)" "$simulated"
is "each_case_of_junit_has_its_time" "$(count '//testcase[@time]')" "$cases"
ok "the_root_of_junit_counts_what_was_skipped" xmllint --xpath '/testsuites/@skipped' mixed.xml

# ---- a case that passed is one line; --verbose tells the rest ----
run "$cometdeck" check negative --base-url "$url" --model sim/ready
is "who_passes_is_told_in_a_line" "$(grep -c '^        ' out)" 0
ok "it_is_short" sh -c '! grep "^pass" out | grep -q ".\{131\}"'
has "the_head_names_the_endpoint" out "127.0.0.1"
run "$cometdeck" check negative -v --base-url "$url" --model sim/ready
has "verbose_tells_what_was_sent" out '        sent: /temperature = "hot", to POST http'
has "verbose_tells_the_finding" out '        documented: no, handled: unknown; finding: observed but not documented'
run "$cometdeck" check models-list --base-url "$url" --model sim/ready
has "one_of_it_is_no_more" err "; 1 request"
ok "one_of_it_is_no_plural" sh -c '! grep -q "1 requests" err out'
reports nobody smoke --base-url http://127.0.0.1:1 --model m --no-retry
is "nobody_there_is_no_check" "$status" 4
finish

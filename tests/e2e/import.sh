#!/bin/sh
# Recordings of other tools: judged, listed, kept as evidence with the origin imported, redacted.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

key=sk-import-0123456789abcdefghij
body='{"model":"sim/ready","stream":true,"messages":[{"role":"user","content":"hi"}]}'
start_simulator
"$cometdeck" init ws >/dev/null
cd ws || exit 1

# record FAULT OPTION…: what curl itself tells of an exchange with the simulator.
record() {
    fault=$1
    shift
    curl -sS "$@" -o /dev/null -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
        -d "$(echo "$body" | sed "s,sim/ready,sim/$fault,")" "$url/v1/chat/completions" 2>/dev/null
}

if command -v curl >/dev/null; then
    for form in trace trace-ascii; do
        record ready --$form whole.txt
        run "$cometdeck" judge whole.txt
        is "a_${form}_of_a_whole_answer_is_complete" "$status" 0
        has "a_${form}_is_told" "$scratch/out" "origin: curl trace"
        record cut-mid-stream --$form cut.txt
        run "$cometdeck" judge cut.txt
        is "a_${form}_of_half_an_answer_is_not" "$status" 1
        has "a_${form}_names_what_was_missing" "$scratch/out" "finish-missing"
    done
    run "$cometdeck" judge --keep whole.txt
    is "it_is_kept" "$status" 0
    capture=$(sed -n 's/^evidence .* in //p' "$scratch/out")
    ok "the_capture_holds_no_key" test "$(grep -c import-0123 "$capture")" -eq 0
    run "$cometdeck" judge "$capture"
    is "the_capture_gives_the_verdict_again" "$status" 0
    has "the_capture_says_imported" "$scratch/out" "imported (curl trace)"
    run "$cometdeck" judge --keep "$capture"
    is "a_capture_is_not_imported" "$status" 2
fi

# SEC A11: nothing of a key that another tool sent, in text, in JSON or in evidence.
cat >two.har <<END
{"log": {"entries": [
 {"request": {"method": "GET", "url": "https://h/models?key=$key", "headers": []},
  "response": {"status": 503, "headers": [], "content": {"size": 0}}},
 {"request": {"method": "POST", "url": "https://h/x",
   "headers": [{"name": "Authorization", "value": "Bearer $key"}],
   "postData": {"text": "{\"messages\":[]}"}},
  "response": {"status": 200, "headers": [],
   "content": {"text": "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"$key\"},\"finish_reason\":\"stop\"}]}"}}}
]}}
END
run "$cometdeck" judge two.har
is "several_entries_want_a_choice" "$status" 2
has "several_entries_are_listed" "$scratch/err" "--entry N: 1 GET"
ok "the_list_holds_no_key" test "$(grep -c import-0123 "$scratch/err")" -eq 0
run "$cometdeck" judge --list two.har
is "list_has_a_line_an_entry" "$(wc -l <"$scratch/out")" 2
run "$cometdeck" judge --keep --entry 2 --format json two.har
is "an_entry_is_judged" "$status" 0
has "json_tells_the_origin" "$scratch/out" '"origin": "HAR"'
has "json_tells_what_is_missing" "$scratch/out" "how the connection ended"
ok "json_holds_no_key" test "$(grep -c import-0123 "$scratch/out")" -eq 0
ok "no_file_of_the_workspace_holds_the_key" test -z "$(grep -rl import-0123 .cometdeck)"

printf '{"log":\n {"entries": 1}}\n' >no.har
run "$cometdeck" judge no.har
is "what_is_no_archive_cannot_be_used" "$status" 3
has "its_place_is_told" "$scratch/err" "no.har:2:14: this is no HAR"

printf '10:01 app | data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n10:01 app | data: [DONE]\n' |
    "$cometdeck" judge - >"$scratch/out"
is "a_log_on_standard_input_is_judged" "$?" 0
has "a_log_names_what_it_lacks" "$scratch/out" "which lines were blank"

truncate -s 101M large.har
run "$cometdeck" judge large.har
is "a_file_that_is_too_large_is_refused" "$status" 3
has "the_limit_is_told" "$scratch/err" "larger than the 100 MiB"

finish

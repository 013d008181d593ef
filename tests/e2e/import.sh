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
    id=$(sed -n 's/^evidence \(ev-[^ ]*\).*/\1/p' "$scratch/out")
    run "$cometdeck" judge "$id"
    is "its_id_names_it_as_well" "$status" 0
    has "it_is_the_same" "$scratch/out" "evidence $id"
    run "$cometdeck" judge ev-20260101T000000.000Z-beef
    is "an_id_without_a_capture_cannot_be_used" "$status" 3
    has "it_is_told_where_was_looked" "$scratch/err" "there is no capture of ev-2026"
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

# Nothing was recorded, or no body: no verdict on the provider.
: >empty
run "$cometdeck" judge empty
is "an_empty_file_cannot_be_used" "$status" 3
has "an_empty_file_is_called_so" "$scratch/err" "empty: nothing was recorded"
for content in '{"size":0}' '{"size":500}' '{}'; do
    printf '{"log":{"entries":[{"request":{},"response":{"status":200,"content":%s}}]}}' \
        "$content" >no-body.har
    run "$cometdeck" judge no-body.har
    is "without_a_body_it_is_not_judged" "$status" 4
    has "and_it_is_told_what_to_do" "$scratch/err" "save it with its content"
done
printf '{"log":{"entries":[{"request":{},"response":{"status":0,"content":{}}}]}}' >nothing.har
run "$cometdeck" judge nothing.har
is "without_anything_it_is_not_judged" "$status" 4

# What curl -v prints is pasted whole.
if command -v curl >/dev/null; then
    for fault in ready server-error cut-mid-stream; do
        curl -sSvN -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
            -d "$(echo "$body" | sed "s,sim/ready,sim/$fault,")" "$url/v1/chat/completions" \
            >"$fault.log" 2>&1
        run "$cometdeck" judge "$fault.log"
        has "curl_v_is_known" "$scratch/out" "origin: curl -v"
        case $fault in
        ready) is "curl_v_of_a_whole_answer_is_complete" "$status" 0 ;;
        server-error) has "curl_v_tells_the_status" "$scratch/out" "http-status" ;;
        *) is "curl_v_of_half_an_answer_is_not" "$status" 1 ;;
        esac
    done
fi

# What nobody asked for and nobody told stands in no reason, and the prompt of others in no file.
printf 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n' >raw.sse
run "$cometdeck" judge --keep raw.sse
is "raw_bytes_are_kept" "$status" 0
capture=$(sed -n 's/^evidence .* in //p' "$scratch/out")
run "$cometdeck" judge "$capture"
ok "nothing_is_said_of_a_request_that_is_not_known" \
    test "$(grep -c streamed-unasked "$scratch/out")" -eq 0
has "a_capture_tells_what_its_recording_did_not" "$scratch/out" "not told by this recording (4)"
sed 's/\[\]}"}},/[{\\"role\\":\\"user\\",\\"content\\":\\"my secret prompt\\"}]}"}},/' two.har |
    sed 's/"messages\\":\[\]}/"messages\\":[\\"my secret prompt\\"]}/' >prompt.har
has "there_is_a_prompt" prompt.har "my secret prompt"
run "$cometdeck" judge --keep --entry 2 prompt.har
is "the_answer_is_kept" "$status" 0
ok "the_prompt_of_somebody_is_not_kept" test -z "$(grep -rl 'my secret prompt' .cometdeck)"
capture=$(sed -n 's/^evidence .* in //p' "$scratch/out")
run "$cometdeck" judge "$capture"
is "without_the_prompt_the_verdict_is_the_same" "$status" 0

truncate -s 101M large.har
run "$cometdeck" judge large.har
is "a_file_that_is_too_large_is_refused" "$status" 3
has "the_limit_is_told" "$scratch/err" "larger than the 100 MiB"

finish

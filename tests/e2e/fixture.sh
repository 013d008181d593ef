#!/bin/sh
# Fixtures (D29 D6 D72): kept from a capture without what was said, replayed, compared in shape by
# `judge` and by a probe; and what is no fixture.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

export COMETAPI_API_KEY=sk-fixture-0123456789abcdefghij
start_simulator
"$cometdeck" init ws >/dev/null 2>&1
cd ws || exit 1

# send NAME MODEL OPTION…: its capture is ../NAME.jsonl.
send() {
    capture="../$1.jsonl" model="sim/$2"
    shift 2
    "$cometdeck" send -q --base-url "$url" --model "$model" --capture "$capture" "$@" >/dev/null 2>&1
}
send whole ready --no-stream
send stream markdown
send cut cut-mid-stream
send refusal refusal --no-stream
send error rate-limited --no-stream

# ---- keeping ----

for name in whole stream cut refusal error; do
    run "$cometdeck" judge --keep-fixture "$name" "../$name.jsonl"
    is "a_fixture_is_made_of_$name" "$status" 0
    has "its_path_is_told_of_$name" "$scratch/err" "fixtures/chat/$name.json"
    run "$cometdeck" judge "fixtures/chat/$name.json"
    is "it_is_judged_as_it_says_of_$name" "$status" 0
    has "that_is_said_of_$name" "$scratch/out" "fixture chat/$name: judged as it says"
    ok "it_holds_no_key_of_$name" test "$(grep -c fixture-0123 "fixtures/chat/$name.json")" -eq 0
done
ok "it_holds_to_the_schema_that_it_names" "$build/tests/unit/validate" \
    "fixtures/chat/$(sed -n 's/.*"$schema": "\(.*\)",/\1/p' fixtures/chat/whole.json)" fixtures/chat/whole.json
# A28 B54: prompt and completion are not in a file that a team shares.
ok "it_says_nothing_that_was_said" test "$(grep -cE '"READY|nothing else' fixtures/chat/whole.json)" -eq 0
run "$cometdeck" judge --keep-fixture words --with-text ../whole.jsonl
is "the_text_is_kept_when_asked_for" "$(grep -c 'content": "READY"' fixtures/chat/words.json)" 1
has "and_it_says_so" fixtures/chat/words.json '"text": "kept"'
cp fixtures/chat/whole.json before
run "$cometdeck" judge --keep-fixture chat/whole ../refusal.jsonl
is "one_that_is_there_is_not_replaced" "$status" 2
has "how_to_is_told" "$scratch/err" "--replace"
ok "it_is_as_it_was" cmp -s before fixtures/chat/whole.json
run "$cometdeck" judge --keep-fixture chat/refusal --replace ../refusal.jsonl
is "it_is_replaced_when_asked_for" "$status" 0
run "$cometdeck" judge --keep-fixture responses/whole ../whole.jsonl
is "another_operation_than_the_capture_is_refused" "$status" 2
for name in ../../x a/b/c Ready '' .. chat/ -x 'chat/..'; do
    run "$cometdeck" judge "--keep-fixture=$name" ../whole.jsonl
    is "no_name_leaves_the_folder:$name" "$status" 2
done
ok "nothing_was_written_elsewhere" test "$(find .. -name '*.json' -newer before | grep -cv /ws/)" -eq 0
head -c 300 ../whole.jsonl >../broken.jsonl
run "$cometdeck" judge --keep-fixture broken ../broken.jsonl
is "what_was_cut_is_no_evidence" "$status" 3
mkfifo ../pipe
run "$cometdeck" judge --keep-fixture pipe ../pipe
is "a_fifo_is_no_capture" "$status" 3
# What another tool recorded tells no request, and is not blamed for the form that it came in.
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: Jane has lupus\n\ndata: %s\n\ndata: [DONE]\n\n' \
    '{"choices":[{"index":0,"delta":{"content":"Jane"},"finish_reason":"stop"}]}' >../pasted.txt
run "$cometdeck" judge --keep ../pasted.txt
capture=$(find .cometdeck/captures -name '*.jsonl')
run "$cometdeck" judge --keep-fixture pasted "$capture"
is "a_stream_whose_request_is_not_known_becomes_a_fixture" "$status" 0
ok "nothing_said_stands_in_it" test "$(grep -c 'Jane\|lupus' fixtures/chat/pasted.json)" -eq 0
run "$cometdeck" judge --keep-fixture again fixtures/chat/whole.json
is "a_fixture_is_made_of_evidence" "$status" 2
run "$cometdeck" judge --keep fixtures/chat/whole.json
is "a_fixture_is_no_evidence" "$status" 2
sed 's/"bodies": "probes"/"bodies": "never"/' cometdeck.json >never && cp cometdeck.json saved && cp never cometdeck.json
run "$cometdeck" judge --keep-fixture never --with-text ../whole.jsonl
is "the_policy_never_keeps_no_text" "$status" 2
cp saved cometdeck.json
if [ -w /dev/full ]; then
    (
        ulimit -f 1
        trap '' XFSZ
        "$cometdeck" judge --keep-fixture full --replace ../stream.jsonl >"$scratch/out" 2>"$scratch/err"
        echo "$?" >"$scratch/full"
    )
    is "a_full_disk_is_told" "$(cat "$scratch/full")" 3
    ok "nothing_half_written_is_left" test "$(find fixtures -name '*full*' | wc -l)" -eq 0
fi

# ---- a reader that judges otherwise ----

sed 's/"verdict": "complete"/"verdict": "truncated"/' fixtures/chat/whole.json >other.json
run "$cometdeck" judge other.json
is "a_verdict_that_changed_is_1" "$status" 1
has "both_are_told" "$scratch/out" "verdict: truncated in the fixture, complete now"
run "$cometdeck" judge --format json other.json
ok "and_in_json" sh -c 'jq -e ".fixture.holds == false and .fixture.name == \"chat/whole\"" "$1" >/dev/null' - "$scratch/out"

# ---- what is no fixture ----

refuse() {
    run "$cometdeck" judge "$2"
    is "$1" "$status" 3
    has "${1}_is_told_with_its_place" "$scratch/err" "$3"
}
sed 's/"simulated"/"simulatet"/' fixtures/chat/whole.json >bad.json
refuse an_unknown_member bad.json "bad.json:9:16:"
sed 's/"version": 1/"version": 2/' fixtures/chat/whole.json >bad.json
refuse a_newer_version bad.json "version 2"
sed 's/"curl": 0,/"curl": 0,,/' fixtures/chat/whole.json >bad.json
refuse no_json bad.json "bad.json:"
sed 's/"class": "none"/"klass": "none"/' fixtures/chat/whole.json >bad.json
refuse a_member_of_what_is_expected bad.json "klass"
{
    printf '{"$schema": "fixture.schema.json", "name": "'
    head -c 100000000 /dev/zero | tr '\0' x
    printf '"}'
} >bad.json
refuse a_hundred_megabytes bad.json "larger than the"
rm bad.json

# ---- shapes ----

run "$cometdeck" judge --fixture chat/whole ../whole.jsonl
is "the_same_answer_has_the_same_shape" "$status" 0
run "$cometdeck" judge --fixture chat/whole ../stream.jsonl
is "a_stream_has_another_shape" "$status" 1
sed -e 's/"choices\[\].finish_reason": "string"/"choices[].finish_reason": "number"/' \
    -e 's/"id": "string",/"novel": "string",/' fixtures/chat/whole.json >fixtures/chat/odd.json
sed -i 's,"name": "chat/whole","name": "chat/odd",' fixtures/chat/odd.json
run "$cometdeck" judge --fixture chat/odd ../whole.jsonl
is "another_type_is_1" "$status" 1
has "it_is_told" "$scratch/out" "- choices[].finish_reason is string, not number"
has "an_optional_member_that_is_missing_is_a_note" "$scratch/out" "note novel is missing"
has "a_new_member_is_a_note" "$scratch/out" "note id is new"
run "$cometdeck" judge --fixture chat/none ../whole.jsonl
is "a_fixture_that_is_not_there_is_3" "$status" 3
mkdir -p fixtures/responses
cp fixtures/chat/whole.json fixtures/responses/whole.json
run "$cometdeck" judge --fixture responses/whole ../whole.jsonl
is "a_fixture_in_the_wrong_folder_is_3" "$status" 3
rm -r fixtures/responses

# ---- a probe that names one ----

probe() {
    mkdir -p probes
    cat >probes/own.json <<END
{"version": 1, "probes": [{"id": "shape", "title": "the shape of a whole answer",
  "operations": [$1], "stream": "$2", "fixture": "$3", "expect": {"status": ["2xx"]}}]}
END
    run "$cometdeck" check shape --base-url "$url" --model "${4:-sim/ready}" --format json=../report.json --format text -v
}
probe '"chat"' no chat/whole
is "a_probe_passes_with_the_same_shape" "$status" 0
has "it_says_so" "$scratch/out" "fixture chat/whole: the shape holds"
ok "the_report_holds_to_its_schema" "$build/tests/unit/validate" \
    "$top/share/schema/check.schema.json" ../report.json
ok "the_report_holds_it" sh -c 'jq -e ".suites[0].probes[0].fixture.holds" ../report.json >/dev/null'
sed -i 's/"novel": "string",/"answer_grade": "string",/; s/"required": \[/"required": ["answer_grade",/' fixtures/chat/odd.json
probe '"chat"' no chat/odd
is "a_probe_fails_where_a_required_member_is_missing" "$status" 1
has "the_member_is_named" "$scratch/out" "answer_grade is missing"
probe '"chat"' no chat/none
is "a_missing_fixture_is_found_before_sending" "$status" 3
probe '"responses"' no chat/whole
is "a_fixture_of_another_operation_is_refused" "$status" 3
has "at_its_place" "$scratch/err" "own.json:2:"
probe '"chat"' both chat/whole
is "a_fixture_is_of_a_stream_or_of_a_whole_answer" "$status" 3
probe '"chat"' no ../whole
is "a_probe_leaves_no_folder" "$status" 3
mkfifo fixtures/chat/pipe.json
probe '"chat"' no chat/pipe
is "a_fifo_is_no_fixture" "$status" 3

finish

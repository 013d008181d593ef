#!/bin/sh
# TEL B53 D61: a record an attempt; B50: usage only where documented; B54: no key, no words of the
# prompt or of the answer. C31: the log record. A19: no schedule faster than approved.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

key=sk-telemetry-0123456789abcdefghij
export COMETAPI_API_KEY=$key
start_simulator
"$cometdeck" init ws >/dev/null
cd ws || exit 1

run "$cometdeck" send --base-url "$url" --model sim/usage-last --telemetry t.jsonl
is "send_ends_as_without" "$status" 0
is "there_is_a_line_an_attempt" "$(wc -l <t.jsonl)" 1
is "the_file_is_the_users_alone" "$(stat -c %a t.jsonl)" 600
for member in '"gen_ai.request.model":"sim/usage-last"' '"gen_ai.response.finish_reasons":["stop"]' \
    '"http.response.status_code":200' '"cometdeck.verdict":"complete"' '"cometdeck.retries":0' \
    '"server.address":"127.0.0.1"' "\"cometdeck.base\":\"${url#http://}\"" '"deployment.environment.name":"development"'; do
    has "it_tells_$member" t.jsonl "$member"
done
ok "usage_without_a_documented_clause_is_left_out" test "$(grep -c gen_ai.usage t.jsonl)" -eq 0
ok "no_error_is_told_where_there_is_none" test "$(grep -c error.type t.jsonl)" -eq 0

sed '/"id": "chat.response.usage"/,/"accessed"/s/"accessed": null/"accessed": "2026-11-20"/' \
    contract.json >new && mv new contract.json
run "$cometdeck" send --base-url "$url" --model sim/usage-last --telemetry t.jsonl
tail -n 1 t.jsonl >last
has "documented_usage_is_told" last '"gen_ai.usage.output_tokens":'
run "$cometdeck" send --base-url "$url" --model sim/usage-missing --telemetry t.jsonl
tail -n 1 t.jsonl >last
ok "absent_usage_is_not_0" test "$(grep -c gen_ai.usage last)" -eq 0
run "$cometdeck" send --base-url "$url" --model sim/echo-key --telemetry t.jsonl
run "$cometdeck" send --base-url "$url" --model sim/stall --idle-timeout 0.3 --telemetry t.jsonl
tail -n 1 t.jsonl >last
has "a_timeout_is_told" last '"cometdeck.stop":"gap-timeout"'
has "a_class_is_told" last '"error.type":"stalled"'
has "a_timeout_is_counted" last '"cometdeck.timeouts":1'

# D61: what the reader made of it.
while read -r outcome fault option; do
    # shellcheck disable=SC2086
    run "$cometdeck" send --base-url "$url" --model "sim/$fault" --telemetry t.jsonl $option
    tail -n 1 t.jsonl >last
    has "${fault}_is_${outcome}" last "\"cometdeck.parse_outcome\":\"$outcome\""
done <<END
success ready
empty-content empty
missing-field done-without-finish
invalid-json json-cut-dispatched
invalid-json html --no-stream
malformed content-after-done
cut cut-mid-stream
error rate-limited
timeout silence --timeout 0.3
no-answer no-reply-reset
END
run "$cometdeck" send --base-url "$url/sim/as/required-missing" --model sim/ready --no-stream \
    --telemetry t.jsonl
tail -n 1 t.jsonl >last
has "what_must_be_there_is_missed" last '"cometdeck.parse_outcome":"missing-field"'
has "no_timeout_is_counted_then" last '"cometdeck.timeouts":0'
has "no_fallback_was_taken" last '"cometdeck.fallback":false'
ok "no_key_is_in_it" test "$(grep -c telemetry-0123 t.jsonl)" -eq 0
ok "no_prompt_is_in_it" test "$(grep -c 'READY' t.jsonl)" -eq 0
ok "no_completion_is_in_it" test "$(grep -c 'migration\|simulator speaking' t.jsonl)" -eq 0

run "$cometdeck" check smoke --base-url "$url" --model sim/ready --telemetry c.jsonl --format jsonl
is "check_passes" "$status" 0
is "check_tells_every_attempt" "$(wc -l <c.jsonl)" "$(wc -l <"$scratch/out")"
has "each_with_its_case" c.jsonl '"cometdeck.test_case":"'
is "the_log_record_has_its_seven_members" \
    "$(head -n 1 "$scratch/out" | grep -o '"[a-z_]*":' | tr -d '":\n ' | tr '\n' ' ')" \
    "run_idtimestamp_utcendpointtest_casehttp_statusoutcomenotes"
is "a_run_is_one_correlation" \
    "$(grep -o '"cometdeck.run_id":"[^"]*"' c.jsonl | sort -u | wc -l)" 1

run "$cometdeck" send --base-url "$url" --model sim/ready --telemetry -
is "standard_output_is_not_shared" "$status" 2
run "$cometdeck" send --base-url "$url" --model sim/ready --telemetry - --format json=report.json
is "standard_output_can_be_had" "$(wc -l <"$scratch/out")" 1
run "$cometdeck" send --base-url "$url" --model sim/ready --telemetry none/t.jsonl
is "what_cannot_be_written_is_told_first" "$status" 3
run "$cometdeck" send --base-url "$url" --model sim/ready --telemetry /dev/full
has "what_could_not_be_written_is_told" "$scratch/err" "could not be written"

sed 's,"bodies": "probes",&\,\n  "telemetry": ".cometdeck/telemetry.jsonl",' cometdeck.json >new
mv new cometdeck.json
run "$cometdeck" send --base-url "$url" --model sim/ready
is "a_workspace_can_ask_for_it" "$(wc -l <.cometdeck/telemetry.jsonl)" 1

run "$cometdeck" check smoke --cadence continuous --base-url http://127.0.0.1:1 --model sim/ready --no-retry
is "an_outage_is_no_check" "$status" 4
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "a_schedule_begins_also_after_an_outage" "$status" 0
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "a_schedule_faster_than_daily_is_refused" "$status" 2
has "the_refusal_tells_what_would_allow_it" "$scratch/err" "the approver and the reason"
ok "nothing_is_sent_then" test ! -s "$scratch/out"
run "$cometdeck" check smoke --base-url "$url" --model sim/ready
is "by_hand_it_runs" "$status" 0
printf '{"default": ' >.cometdeck/schedule.json
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "a_broken_record_of_runs_opens_no_gate" "$status" 3
has "its_line_and_column_are_told" "$scratch/err" "schedule.json:1:13:"
is "and_it_stays_as_it_is" "$(cat .cometdeck/schedule.json)" '{"default": '
echo '{"default": "yesterday"}' >.cometdeck/schedule.json
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "nor_does_a_time_that_is_none" "$status" 3
echo '{"default": 9223372036854775807}' >.cometdeck/schedule.json
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "a_time_to_come_counts_as_none" "$status" 0
sed 's,"bodies": "probes",&\,\n  "schedule": {"every": "1h"},' cometdeck.json >new
cp cometdeck.json old && mv new cometdeck.json
run "$cometdeck" check smoke --base-url "$url" --model sim/ready
is "a_faster_one_without_approval_is_no_workspace" "$status" 3
has "its_place_is_told" "$scratch/err" "cometdeck.json:5:"
sed 's,{"every": "1h"},{"every": "1h"\, "approver": "team lead"\, "reason": "trial"},' \
    cometdeck.json >new && mv new cometdeck.json
echo '{"default": 1767225600000}' >.cometdeck/schedule.json
run "$cometdeck" check smoke --cadence continuous --base-url "$url" --model sim/ready
is "approved_and_due_it_runs" "$status" 0

finish

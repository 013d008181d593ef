#!/bin/sh
# send --retry: under the policy, each attempt evidence of its own, never after part of an answer
# unless asked, no fallback taken; the policy's numbers change with a reason (RTY B4 B41 D40–D53 D59
# D68 E67).
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-retries
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
start_simulator

# ---- the policy ----
run "$cometdeck" policy show -w ws
is "policy_show_holds" "$status" 0
has "it_shows_numbers" out "attempts_max          3  local"
has "it_shows_rows" out "model-unknown  never    never"
"$cometdeck" policy show -w ws --format json=before.json
run "$cometdeck" policy set -w ws base_ms 1
is "a_number_without_a_reason_is_refused" "$status" 2
has "and_says_why" err "say why"
run "$cometdeck" policy set -w ws base_m 1 --reason r
has "a_near_miss_is_told" err "did you mean base_ms?"
run "$cometdeck" policy set -w ws base_ms 1 --reason "tests do not wait"
is "a_number_with_a_reason_is_kept" "$status" 0
has "the_reason_is_kept" ws/cometdeck.json "tests do not wait"
has "the_reason_is_shown" out "tests do not wait"
run "$cometdeck" policy set -w ws base_ms 0 --reason r
is "a_number_out_of_range_is_refused" "$status" 2
run "$cometdeck" policy set -w ws base_ms 1x --reason r
is "what_is_no_number_is_refused" "$status" 2
run "$cometdeck" policy set -w ws cap_ms 1 --reason r
is "a_cap_of_the_base_is_one" "$status" 0
run "$cometdeck" policy set -w ws base_ms 2 --reason r
is "a_base_above_the_cap_is_refused" "$status" 2
run "$cometdeck" policy set -w ws cap_ms 8000 --reason r
"$cometdeck" init fast >/dev/null
run "$cometdeck" policy set -w fast cap_ms 1 --reason r
is "a_cap_below_the_base_is_refused" "$status" 2
has "and_says_which" err "cap_ms would be 1 and base_ms 500"
run "$cometdeck" policy set -w fast attempts_max 9 --reason "many"
is "many_attempts_are_kept" "$status" 0
is "of_the_shipped_suites_none_is_warned_of" "$(cat err)" ""
run "$cometdeck" check smoke canary streaming catalog -w fast --model m --dry-run
is "nor_refused" "$status" 0
has "the_worst_case_is_told" out "at most 157 requests to the endpoint"
run "$cometdeck" check --list smoke -w fast
has "the_list_tells_it_too" out "at most 48 requests)"
mkdir -p fast/probes
echo '{"version": 1, "suites": [
    {"id": "ours", "title": "Ours", "requests_max": 12, "probes": ["canary-json"]},
    {"id": "more", "title": "More", "requests_max": 17, "probes": ["canary-json"]}]}' >fast/probes/own.json
run "$cometdeck" policy set -w fast attempts_max 9 --reason "many"
has "an_own_suite_that_is_too_large_then_is_warned_of" err \
    'warning: the suite "ours" would send up to 18 requests, more than its requests_max of 12'
run "$cometdeck" check ours more -w fast --model m --dry-run
is "check_refuses_them" "$status" 3
has "one_of_them" err 'the suite "ours" would send up to'
has "and_the_other" err 'the suite "more" would send up to'
has "and_says_what_can_be_done" err "--no-retry"
run "$cometdeck" check ours -w fast --model m --dry-run --no-retry
is "one_attempt_each_is_fine" "$status" 0
run "$cometdeck" check ours -w fast --model m --dry-run --requests-max 3
is "a_cap_of_the_run_is_fine" "$status" 0
sed 's,"retry": {,"retry": {"numbers": "none"\, "rows": []}\, "was": {,' fast/cometdeck.json >x
mv x fast/cometdeck.json
run "$cometdeck" policy set -w fast attempts_max 2 --reason r
is "what_is_no_policy_is_not_replaced" "$status" 3
has "it_stands_there_as_before" fast/cometdeck.json '"numbers": "none"'
"$cometdeck" policy show -w ws --format json=after.json
ok "a_change_gives_another_version" test \
    "$(json_value version before.json)" != "$(json_value version after.json)"

# ---- retries ----
before=0
# send SCENARIO [OPTION…]: sets $sent to the requests the simulator saw of it.
send() {
    model=sim/$1
    shift
    run "$cometdeck" send -w ws --base-url "$url" --model "$model" "$@"
    now=$(grep -c POST "$scratch/simulator.log")
    sent=$((now - before))
    before=$now
}

send bad-gateway --no-stream
is "without_retry_one_request_goes_out" "$sent" 1
send bad-gateway --no-stream --retry --capture c
is "a_transient_failure_is_asked_again" "$sent" 3
is "and_the_last_one_decides" "$status" 1
is "the_cost_is_said_first" "$(head -n 1 err | cut -c 1-49)" \
    "At most 3 requests, each of which may be billed; "
has "what_follows_is_told" err "Again in "
has "why_it_ends_is_told" err "Not again: There were as many attempts as the policy allows."
has "a_fallback_is_advice" err "Fallback: Could be considered"
ok "every_attempt_has_a_capture" test -s c -a -s c.2 -a -s c.3
is "the_body_of_the_last_one_is_shown_alone" "$(grep -c . out)" \
    "$("$cometdeck" send -w ws --base-url "$url" --model sim/bad-gateway --no-stream 2>/dev/null | grep -c .)"
before=$((before + 1))
send bad-gateway --no-stream --retry --format json=r.json
is "the_report_lists_them" "$(grep -c '"number":' r.json)" 3
is "with_evidence_of_their_own" "$(sed -n 's/^ *"evidence_id": *//p' r.json | sort -u | grep -c .)" 3
has "none_is_regenerated" r.json '"regenerated": false'
send model-not-found --retry
is "the_body_outranks_the_status_503" "$sent" 1
has "and_says_so" err "the code model_not_found outranks the status 503"
send key-rejected --retry
is "a_key_is_not_tried_again" "$sent" 1
has "nor_does_it_fall_back" err "Fallback: no."
send ready --retry
is "what_is_complete_is_not_asked_again" "$sent $status" "1 0"

# ---- after part of an answer ----
send cut-mid-stream --retry
is "a_cut_stream_is_not_asked_again" "$sent" 1
has "since_part_of_it_came" err "Part of the answer was received"
has "one_failure_is_no_reason_to_fall_back" err "Fallback: no. Not after one failure alone"
send cut-mid-stream --retry --no-stream
is "nor_is_a_cut_body" "$sent" 1
send cut-mid-stream --retry --regenerate --format json=g.json
is "unless_it_is_meant" "$sent" 2
has "it_is_marked_in_the_text" err "regenerated: INCOMPLETE"
has "it_is_marked_in_the_report" g.json '"regenerated": true'
run "$cometdeck" send --regenerate
is "regenerate_alone_is_refused" "$status" 2

# ---- the numbers count ----
"$cometdeck" policy set -w ws attempts_max 2 --reason "two are enough" >set.out
send bad-gateway --retry
is "attempts_max_is_obeyed" "$sent" 2
for pause in cap_ms base_ms; do
    "$cometdeck" policy set -w ws "$pause" 3600000 --reason "a pause to be interrupted" >set.out
done
"$cometdeck" policy set -w ws deadline_ms 86400000 --reason "a pause to be interrupted" >set.out
mkfifo told
"$cometdeck" send -w ws --base-url "$url" --model sim/bad-gateway --retry >out 2>told &
sender=$!
while read -r line; do
    case $line in "Again in "*) kill -TERM "$sender" ;; esac
done <told
status=0
wait "$sender" || status=$?
is "a_signal_ends_the_pause" "$status" 130
finish

#!/bin/sh
# `check` against a simulator that behaves, and against some that do not: every format, every exit
# status, and that each failure tells what to do.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
key=sk-key-that-no-report-may-hold
export COMETAPI_API_KEY="$key"

# requests: how many the simulator saw so far, as its log tells.
requests() {
    wc -l <"$scratch/simulator.log" | tr -d ' '
}

# ---- before anything is sent ----
start_simulator
run "$cometdeck" check --list
is "list_holds" "$status" 0
for suite in smoke canary negative streaming catalog; do
    has "list_names_$suite" out "$suite"
done
run "$cometdeck" check negative --dry-run
is "dry_run_holds" "$status" 0
has "dry_run_tells_the_cost" out "may be billed"
has "dry_run_tells_what_is_sent" out "without /model"
run "$cometdeck" check negativ
is "unknown_suite_is_usage" "$status" 2
has "unknown_suite_is_suggested" err "did you mean negative"
run "$cometdeck" check --cadence weekly
is "unknown_cadence_is_usage" "$status" 2
run "$cometdeck" check --base-url "$url" --model m --format junit=missing/folder.xml
is "unwritable_report_is_found_first" "$status" 3
run "$cometdeck" check --list negative
is "a_list_of_one_suite_holds" "$status" 0
has "it_has_the_probes_of_the_suite" out "no-model"
ok "and_no_others" sh -c '! grep -q canary-ready out'
run "$cometdeck" check --list --only no-model --format json=list.json
is "a_list_goes_where_it_is_told" "$(cat out)" ""
if command -v jq >/dev/null; then
    is "and_is_json" "$(jq -r '.probes[].id' list.json)" no-model
fi
run "$cometdeck" check --list negativ
is "an_unknown_name_is_no_empty_list" "$status" 2
run "$cometdeck" check --list --cadence weekly
is "nor_is_an_unknown_cadence" "$status" 2
run "$cometdeck" check --list --format junit=list.xml
is "a_list_has_no_results" "$status" 2
ok "and_no_file_of_them" test ! -e list.xml
run "$cometdeck" check negative --dry-run --requests-max 7 --telemetry t.jsonl --model m --format json
is "a_dry_run_in_json_holds" "$status" 0
if command -v jq >/dev/null; then
    is "it_tells_case_cost_and_limits" \
        "$(jq -c '[.suites[0].name, .suites[0].probes[0].attempts_max, .requests_max, .telemetry, .model, .refusal]' out)" \
        '["negative",1,7,"t.jsonl","m",null]'
fi
ok "it_writes_no_telemetry" test ! -e t.jsonl
for words in "--profile nope" "--telemetry missing/t.jsonl" "--format tap"; do
    # shellcheck disable=SC2086
    run "$cometdeck" check negative --dry-run $words
    ok "a_dry_run_is_refused_as_the_run_is_with_$words" test "$status" -gt 1
done
run "$cometdeck" check --format junit=two.xml --format json=./two.xml
is "two_names_of_one_file_are_refused" "$status" 2
run "$cometdeck" check --format junit=two.xml --telemetry ../"$(basename "$PWD")"/two.xml
is "telemetry_and_report_are_no_one_file" "$status" 2
run "$cometdeck" check --format text=- --format json=-
is "a_dash_is_standard_output" "$status" 2
ok "and_no_file_of_that_name" test ! -e ./-
is "nothing_was_sent_so_far" "$(requests)" 0

# ---- without a model ----
run "$cometdeck" check smoke negative --base-url "$url"
is "without_a_model_the_check_cannot_be_made" "$status" 4
has "the_missing_model_is_told_with_what_to_do" err "give --model ID, set COMETAPI_MODEL"
is "it_is_told_once" "$(grep -c . err)/$(grep -c . out)" 1/0
is "without_a_model_nothing_is_sent" "$(requests)" 0
run "$cometdeck" check smoke negative --base-url "$url" --only models-list,unknown-model,no-messages
is "a_model_is_missing_for_one_of_three" "$status" 4
run "$cometdeck" check smoke negative --base-url "$url" --only models-list,unknown-model
is "what_needs_no_model_is_asked" "$status" 0

# ---- a simulator that behaves ----
run "$cometdeck" check smoke canary negative streaming catalog --base-url "$url" --model sim/ready \
    --parallel 8 --format junit=r.xml --format tap=r.tap --format json=r.json \
    --format markdown=r.md --format text=r.txt --verbose
is "everything_passes" "$status" 0
has "summary_is_said" err "0 failed, 0 errors"
ok "no_report_holds_the_key" sh -c "! cat r.* out err | grep -qF $key"
ok "no_capture_holds_the_key" sh -c "! grep -rqF $key '$XDG_STATE_HOME'"
has "text_names_the_mutation" r.txt "/messages/0/role = \"nobody\""
has "text_has_the_request_line_beside_the_contracts" r.txt \
    "PUT $url/v1/models instead of GET /v1/models"
for report in r.tap r.xml r.md r.json; do
    has "so_does_$report" "$report" "PUT $url/v1/models instead of GET /v1/models"
done
has "text_names_class_and_action" r.txt "class model-unknown, action fix-config"
has "json_is_one_object" r.json '"run_id"'
is "json_counts_no_failure" "$(json_value failed r.json)" 0
if command -v prove >/dev/null; then
    ok "prove_reads_the_tap" prove -e cat r.tap
fi
if command -v xmllint >/dev/null; then
    ok "junit_holds_to_its_schema" xmllint --noout --schema "$top/tests/e2e/junit.xsd" r.xml
fi
ok "the_report_holds_to_its_schema" "$build/tests/unit/validate" \
    "$top/share/schema/check.schema.json" r.json

# ---- B3 B28: what a canary proves, part by part, and its record ----
run "$cometdeck" check canary --base-url "$url" --model sim/ready --format json=c.json
is "the_canary_passes" "$status" 0
for part in routing authentication status parsing telemetry "logging safety" timeout; do
    has "the_canary_proves_$part" c.json "\"$part\": {"
done
has "its_record_holds_the_shape" c.json '"choices[].message.content: string"'
ok "what_did_not_come_is_not_recorded" sh -c "! grep -q '\"trace_id\"' c.json"
run "$cometdeck" check canary --base-url "$url" --model sim/key-rejected --only canary-ready
has "a_refused_key_is_told" out "routing yes, authentication no, status no"
has "a_failure_is_told_when_it_is_known" err "fail canary canary-ready chat: status: wanted 2xx, got 401"
ok "no_gauge_is_drawn_where_there_is_no_terminal" sh -c "! grep -q \"$(printf '\033')\" err"
if command -v script >/dev/null; then
    script -qec "\"$cometdeck\" check canary --base-url \"$url\" --model sim/ready --format json=t.json" \
        typescript </dev/null >/dev/null 2>&1
    is "on_a_terminal_it_passes_as_well" "$?" 0
    script -qec "\"$cometdeck\" check canary-json --no-retry --base-url \"$url\" --model sim/key-rejected" \
        failures </dev/null >/dev/null 2>&1
    is "on_a_terminal_a_failure_is_told_once" "$(grep -c 'wanted 2xx, got 401' failures)" 2
    is "on_a_terminal_the_summary_is_told_once" "$(grep -c '0 passed, 2 failed' failures)" 1
    script -qec "\"$cometdeck\" check canary-json --no-retry --base-url \"$url\" --model sim/key-rejected --format json=t.json" \
        failures </dev/null >/dev/null 2>&1
    is "without_a_report_there_it_is_told_as_it_comes" "$(grep -c 'wanted 2xx, got 401' failures)" 2
    ok "the_gauge_is_gone_at_the_end" sh -c \
        "tr '\r' '\n' <typescript | grep -v '^Script' | grep passed | grep -qv '\[#'"
fi
run "$cometdeck" check canary --base-url "$url" --model sim/echo-key-halves --only canary-ready
is "a_key_in_pieces_fails_the_canary" "$status" 1
has "logging_safety_is_why" out "logging safety no"

run "$cometdeck" check canary-json --base-url "$url" --model sim/ready --format json=i.json
has "a_canary_by_its_id_has_its_parts" i.json '"routing": {'
is "the_base_is_host_and_port_of_the_url" "$(json_value base i.json)" "${url#http://}"

# ---- one case is one request ----
# What the report counts is what the servers saw: no attempt is sent twice, none is silent.
before=$(requests)
run "$cometdeck" check negative --base-url "$url" --model sim/ready --format json=n.json
is "negative_passes_once_more" "$status" 0
if command -v jq >/dev/null; then
    is "every_attempt_is_one_request_seen" "$(($(requests) - before))" \
        "$(jq '[.suites[].probes[] | select(.simulated | not) | .attempts] | add' n.json)"
    is "no_wrong_request_is_tried_twice" "$(jq '[.suites[].probes[].attempts] | max' n.json)" 1
fi
before=$(requests)
run "$cometdeck" check no-model --base-url "$url" --model sim/ready
is "one_probe_passes" "$status" 0
is "two_operations_are_two_requests" "$(($(requests) - before))" 2
before=$(requests)
run "$cometdeck" check oversize-refused placeholder-refused --base-url "$url" --model sim/ready
is "refused_locally_passes" "$status" 0
is "refused_locally_sends_nothing" "$(requests)" "$before"

# ---- the text comes as its cases settle, in their order ----
"$cometdeck" check placeholder-refused canary-json no-key --base-url "$url" --model sim/silence \
    --no-retry >live.txt 2>live.err &
live=$!
while ! grep -q '^pass *placeholder-refused responses' live.txt; do
    kill -0 "$live" 2>/dev/null || break
done
ok "what_settled_is_shown_while_others_run" kill -INT "$live"
status=0
wait "$live" || status=$?
is "the_rest_follows_at_the_end" "$status" 130
is "each_case_stands_there_once" "$(grep -c 'placeholder-refused chat' live.txt)" 1
has "also_those_that_were_not_made" live.txt "canary-json chat"
ok "in_the_order_of_the_plan" sh -c "grep -o '[a-z-]* \(models\|chat\|responses\)' live.txt | uniq |
    head -n 4 | tr '\n' ' ' |
    grep -qx 'placeholder-refused chat placeholder-refused responses canary-json chat canary-json responses '"

# ---- one that does not behave ----
run "$cometdeck" check no-key --base-url "$url/sim/as/accepts-anything" --model sim/ready
is "what_refuses_nothing_fails" "$status" 1
has "an_answer_without_a_key_tells_what_to_do" out "do: The endpoint answers who has no valid key"
run "$cometdeck" check canary --base-url "$url" --model sim/cut-mid-stream --no-retry \
    --format tap=r.tap --format junit=r.xml
is "a_cut_stream_fails" "$status" 1
has "the_failure_tells_wanted_and_got" r.tap "wanted complete, got truncated"
has "the_failure_tells_what_to_do" r.tap "Mark the text as partial"
has "junit_counts_failures" r.xml 'failures="8"'
has "junit_tells_what_to_do" r.xml "Mark the text as partial"
run "$cometdeck" check smoke --base-url "$url" --model sim/empty --no-retry
is "a_whole_answer_without_a_word_fails_the_smoke_test" "$status" 1 # D15
has "since_it_has_no_content" out "content: wanted present, got absent"
run "$cometdeck" check canary-json --base-url http://127.0.0.1:1 --model m --no-retry
is "no_status_line_is_no_check" "$status" 4
has "no_status_line_tells_what_to_do" out "do: "
before=$(requests)
run "$cometdeck" check canary-json --base-url "$url" --model sim/rate-limited-ms --format text \
    --format json=again.json
is "rate_limit_fails" "$status" 1
has "attempts_are_counted" out "; 3 attempts"
is "earlier_attempts_are_told_with_what_they_came_to" \
    "$(grep -c '^        earlier attempt: ev-.*: HTTP 429, errored, class rate-limit$' out)" \
    "$(($(grep -c '; 3 attempts' out) * 2))"
if command -v jq >/dev/null; then
    is "each_by_an_id_of_its_own" \
        "$(jq '[.suites[0].probes[0] | .earlier_evidence_ids[], .evidence_id] | unique | length' again.json)" 3
fi
is "rate_limit_is_tried_three_times" "$(($(requests) - before))" 6
before=$(requests)
run "$cometdeck" check canary --base-url "$url" --model sim/ready --requests-max 3
is "the_cap_holds" "$(($(requests) - before))" 3
is "cases_that_the_cap_left_out_are_no_pass" "$status" 4
run "$cometdeck" check canary --base-url "$url" --model sim/ready --requests-max 3 --format tap=cap.tap
if command -v prove >/dev/null; then
    ok "prove_does_not_pass_what_was_left_out" sh -c '! prove -e cat cap.tap >/dev/null'
fi

# ---- E9: what could not be kept is no evidence ----
: >no-folder
for format in text tap junit json markdown jsonl; do
    run env XDG_STATE_HOME="$PWD/no-folder" "$cometdeck" check canary-json --base-url "$url" \
        --model sim/ready --format $format
    is "evidence_that_is_not_kept_is_no_success_in_$format" "$status" 3
    ok "${format}_cites_none" sh -c '! grep -q ev-2 out'
    ok "${format}_says_why" grep -q 'not kept: .*no-folder' out
done
has "what_is_not_kept_is_said_once" err "cometdeck: not kept, of 2 attempts: "
run "$cometdeck" check no-model --base-url "$url" --model sim/ready --telemetry /dev/full
is "lost_telemetry_is_no_success" "$status" 3
has "lost_telemetry_is_said" err "of 2 attempts: /dev/full: the telemetry of ev-"

mkfifo telemetry.fifo
run timeout 20 "$cometdeck" check no-model --base-url "$url" --model sim/ready --telemetry telemetry.fifo
is "telemetry_to_a_pipe_that_nobody_reads_is_refused" "$status" 3
has "which_is_said_before_anything_is_sent" err "nobody reads this FIFO"
cat telemetry.fifo >telemetry.read &
reader=$!
exec 8<>telemetry.fifo
run timeout 20 "$cometdeck" check no-model --base-url "$url" --model sim/ready --telemetry telemetry.fifo
exec 8>&-
wait "$reader"
is "one_that_is_read_takes_a_line_an_attempt" "$(wc -l <telemetry.read | tr -d ' ')" 2

# ---- production ----
run "$cometdeck" init deck
run "$cometdeck" check negative -w deck --profile production --base-url "$url" --model sim/ready
is "negative_in_production_is_refused" "$status" 2
has "negative_in_production_says_how" err "--allow-production production"
run "$cometdeck" check negative -w deck --profile production --dry-run
is "a_dry_run_of_it_is_refused_as_well" "$status" 2
has "it_shows_what_it_is_all_the_same" out "without /model"
has "and_what_for" out "It would be refused: the profile production is a production profile"

# ---- B51: what was wrong on purpose is no measure of what is usual ----
"$cometdeck" init usual >/dev/null
run "$cometdeck" check no-key -w usual --base-url "$url/sim/as/accepts-anything" --model sim/ready
ok "answers_to_wrong_requests_are_compared_with_nothing" sh -c '! grep "^history\|^alert" out'
run "$cometdeck" check canary-json -w usual --base-url "$url" --model sim/ready
has "those_to_right_ones_are" out "history: 2 of 2 cases have fewer than 20 earlier complete answers"

# ---- a report's mode is its owner's choice ----
: >shared.xml && chmod 644 shared.xml
run "$cometdeck" check canary-json -w usual --base-url "$url" --model sim/ready --format junit=shared.xml \
    --format json=private.json
is "a_file_that_is_there_keeps_its_mode" "$(stat -c %a shared.xml)" 644
is "a_new_one_is_for_its_owner_alone" "$(stat -c %a private.json)" 600

# ---- a name of the workspace that is shipped as well ----
"$cometdeck" init own >/dev/null
mkdir own/probes
printf '{"version": 1, "probes": [{"id": "no-key", "title": "t", "operations": ["chat"],
  "expect": {"status": ["2xx", "4xx"]}}, {"id": "mine", "title": "t", "operations": ["chat"],
  "expect": {"status": ["2xx"]}}],
  "suites": [{"id": "smoke", "title": "mine", "requests_max": 9, "probes": ["no-key", "mine"]}]}' \
    >own/probes/own.json
for format in text tap junit json markdown jsonl; do
    run "$cometdeck" check -w own --base-url "$url" --model sim/ready --format $format
    is "own_probes_pass_in_$format" "$status" 0
    ok "what_replaces_a_shipped_one_is_marked_in_$format" \
        grep -Eq 'own suite smoke \(.*own.json\) in place of the shipped one|"replaces_shipped": true' out
done
has "it_is_warned_of" err "warning: own probe no-key ("
ok "what_replaces_nothing_is_not" sh -c '! grep -q "own probe mine" out err'
run "$cometdeck" check --list -w own
has "the_list_marks_it" out "own.json, in place of the shipped one)"
run "$cometdeck" check --dry-run -w own --model m
has "a_dry_run_marks_it" out "own probe no-key ("

# ---- files ----
mkdir deck/probes
printf '{"version": 1,\n "probes": [{"id": "x", "title": "t", "operations": ["chat"],\n  "expct": {}}]}\n' \
    >deck/probes/own.json
run "$cometdeck" check -w deck
is "a_malformed_probe_is_a_file_error" "$status" 3
has "a_malformed_probe_is_placed" err "own.json:3:"
has "a_malformed_probe_is_suggested" err 'did you mean "expect"'

# ---- D12: a field that no clause names ----
printf '{"version": 1, "probes": [{"id": "knob", "title": "t", "operations": ["chat"],
  "requirements": ["D12"], "cadence": ["release"], "expect": {"verdict": ["complete"]},
  "mutation": [{"op": "add", "path": "/frobnicate", "value": 7}]}]}\n' >deck/probes/own.json
run "$cometdeck" check knob -w deck --dry-run
has "an_undocumented_field_is_told_before" out "(undocumented: /frobnicate)"
run "$cometdeck" check knob -w deck --base-url "$url" --model sim/ready --format json=k.json --format text -v
is "it_is_sent_all_the_same" "$status" 0
has "and_told_with_what_came" out "body /frobnicate, which no request clause of chat names"
has "its_evidence_is_marked" k.json "body /frobnicate, which no request clause"
# ---- what cannot be kept is not cited ----
rm -rf full
"$cometdeck" init full
mkdir full/.cometdeck
echo in the way >full/.cometdeck/captures
run "$cometdeck" check canary-json -w full --base-url "$url" --model sim/ready --format json
is "evidence_that_cannot_be_kept_is_a_file_error" "$status" 3
has "evidence_that_cannot_be_kept_says_why" err "captures is in the way"
has "evidence_that_is_not_there_is_not_cited" out '"evidence_id": null'
has "the_report_says_that_it_was_not_kept" out "not kept: "
finish

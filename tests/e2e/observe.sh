#!/bin/sh
# `simulate --observe` with curl as the application: what it retries, how long it waits, what it takes
# for an answer; and that the record answers *handled?* in `check` (E36, RTY, STR D57 D58).
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
command -v curl >/dev/null || {
    echo "1..0 # SKIP curl is not installed"
    exit 0
}
cd "$scratch" || exit 1
client=$top/tests/e2e/clients/curl.sh
key=sk-key-that-no-application-may-see
export COMETAPI_API_KEY="$key" TEAM_KEY=a-key-of-a-team-without-a-shape TEAM_COLOUR=green
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
sed -i '/"name": "production"/,/}/s/"key_source": null/"key_source": "env:TEAM_KEY"/' ws/cometdeck.json
has "a_profile_has_a_key_of_its_own" ws/cometdeck.json env:TEAM_KEY

# observe SCENARIOS COMMAND…: the report is in out, as text.
observe() {
    scenarios=$1
    shift
    run "$cometdeck" simulate -w ws --observe --quiet --scenario "$scenarios" --timeout 20 -- "$@"
}

# says SCENARIO HANDLED [CODE]: the last report says so of it.
says() {
    is "$1_is_handled_$2" "$(awk -v name="$1" '$2 == name { print $1 }' out)" "$2"
    [ $# -lt 3 ] || is "$1_has_$3" "$(awk -v name="$1" -v code="$3:" '
        /^[a-z]/ { here = $2 == name } here && $2 == code { print "yes"; exit }' out)" yes
}

# ---- curl --retry 1 ----
observe ready,key-rejected,overloaded,server-error,messages-required,model-not-found,error-200 \
    "$client" --retry 1
is "faults_end_with_status_1" "$status" 1
says ready yes
says key-rejected yes
says overloaded yes
says server-error yes
says messages-required no retried-never
says model-not-found no retried-never
says error-200 no took-error-for-answer
ok "the_pause_was_measured" grep -q '^yes *overloaded .* 2 attempts, gap 1' out

# ---- a page is no cut answer ----
observe html "$client"
says html no took-broken-for-answer

# ---- a report that is lost is said, also where nobody knows whether it is handled ----
status=0
"$cometdeck" simulate -w ws --observe --quiet --scenario no-done --timeout 20 -- "$client" \
    >/dev/full 2>err || status=$?
is "a_report_that_cannot_be_written_ends_with_3" "$status" 3

# ---- and no retry at all ----
observe cut-mid-stream,cut-clean-chunked,cut-missing-last-chunk,no-done,stall,server-error \
    "$client" --max-time 1
says cut-mid-stream no took-cut-for-answer
says cut-clean-chunked no took-cut-for-answer
says cut-missing-last-chunk yes
says no-done unknown took-unproven
says stall yes
says server-error no gave-up

# ---- curl --retry-all-errors, and a loop that knows no pause ----
observe key-rejected,no-reply-reset "$client" --retry 2 --retry-all-errors --retry-delay 1
says key-rejected no retried-never
says no-reply-reset no too-many-attempts
says no-reply-reset no duplicate-post
# One process sends all three: between three of them a busy machine would pause.
observe rate-limited,rate-limited-seconds \
    sh -c 'at=$OPENAI_BASE_URL/chat/completions; exec "$0" "$at" "$at"' "$client"
says rate-limited no no-backoff
says rate-limited-seconds no hint-ignored
"$cometdeck" simulate -w ws --observe --quiet --scenario stall --timeout 0.5 \
    -- "$client" --max-time 60 >out 2>err
says stall no no-time-limit

# ---- what the application is told, and what it is not ----
observe ready sh -c 'env >"$0"' "$scratch/variables"
is "nothing_sent_is_no_pass" "$status" 4
says ready unknown nothing-sent
ok "no_variable_hands_a_key_on" sh -c "! grep -q '^TEAM_KEY=' variables"
has "other_variables_are_handed_on" variables "TEAM_COLOUR=green"
ok "its_own_key_is_a_dummy" sh -c "! grep -qF $key variables"
for name in OPENAI_BASE_URL=http://127.0.0.1: COMETDECK_MODEL=sim/ready COMETDECK_SCENARIO=ready \
    OPENAI_API_KEY=sk-; do
    has "variables_hold_${name%%=*}" variables "$name"
done
observe ready sh -c 'exec >"$0"; ls /proc/$$/fd; read -r stat </proc/$$/stat
    set -- ${stat##*) }; echo "session $4"' "$scratch/place"
read -r stat </proc/$$/stat
is "no_descriptor_is_handed_on" "$(grep -c "^[0-9]*$" place)" 3
# shellcheck disable=SC2086
set -- ${stat##*) }
ok "it_has_no_terminal_of_ours" sh -c '! grep -qx "session $1" place && grep -q "^session [1-9]" place' - "$4"
observe ready sh -c 'echo "$1 $2 $3" >"$0"' "$scratch/words" '{scenario}' 'm={model}' '{base_url}'
has "words_are_filled_in" words "ready m=sim/ready http://127.0.0.1:"
has "the_end_of_an_address_is_the_version" words "/sim/as/ready/v1"

# ---- a record that cannot be kept answers nothing later ----
"$cometdeck" init full >/dev/null
: >full/observations
run "$cometdeck" simulate -w full --observe --quiet --scenario ready -- "$client"
is "an_observation_that_is_not_kept_is_no_success" "$status" 3
has "it_is_said" err "the observation is not kept: "

# ---- a line says what the report will ----
run "$cometdeck" simulate -w ws --observe --scenario stall --timeout 20 -- "$client" --max-time 1
says stall yes
ok "the_line_is_not_ahead_of_our_engine" grep -q '^yes *stall  *stalled' err

# ---- formats ----
run "$cometdeck" simulate -w ws --observe --quiet --scenario ready,messages-required \
    --format json=r.json --format tap=r.tap --format junit=r.xml --format markdown=r.md \
    -- "$client" --retry 1
is "every_format_at_once" "$status" 1
has "json_holds_the_code" r.json '"code": "retried-never"'
is "json_counts" "$(json_value not_handled r.json)" 1
has "tap_fails_with_a_reason" r.tap "not ok 2 - messages-required"
has "junit_is_a_failure" r.xml '<failure message="retried-never:'
has "markdown_is_a_table" r.md "| no | messages-required |"
if command -v xmllint >/dev/null; then
    ok "junit_is_xml" xmllint --noout r.xml
fi
ok "no_report_holds_key_or_prompt" sh -c "! cat r.* out err ws/observations/* | grep -qF -e $key -e '\"Hi\"'"

schema=$top/share/schema/observation.schema.json
ok "json_holds_to_its_schema" "$build/tests/unit/validate" "$schema" r.json
for record in ws/observations/*.json; do
    "$build/tests/unit/validate" "$schema" "$record" || echo "$record"
done >faults 2>&1
ok "so_does_every_record" sh -c 'test -e ws/observations && ! grep . faults'

# ---- the default list holds all that the shipped probes ask about ----
run "$cometdeck" simulate --observe --quiet --format json=all.json -- true
is "nothing_was_observed" "$status" 4
sed -n '/"scenarios": \[/,/\]/p' "$top"/share/probes/*.json | grep -v scenarios |
    sed -n 's/^ *"\(.*\)",*$/\1/p' | sort -u >wanted
sed -n 's/^ *"scenario": "\(.*\)",$/\1/p' all.json | sort -u >listed
ok "probes_name_scenarios" test -s wanted
is "the_usual_scenarios_hold_them" "$(comm -23 wanted listed)" ""
ok "what_nobody_asked_holds_to_the_schema" "$build/tests/unit/validate" "$schema" all.json

# ---- the record answers *handled?* ----
start_simulator
run "$cometdeck" check no-key unknown-model -w ws --base-url "$url" --model sim/ready --verbose
has "a_fault_is_answered_no" out "documented: no, handled: no;"
has "and_the_record_is_named" out "observed: key-rejected no in obs-"
observe key-rejected,model-not-found,model-not-found-404 "$client"
is "all_handled_is_status_0" "$status" 0
run "$cometdeck" check no-key unknown-model -w ws --base-url "$url" --model sim/ready --format json
has "the_newest_answers_yes" out '"handled": "yes"'
ok "none_is_unknown" sh -c "! grep -q '\"handled\": \"unknown\"' out"
has "the_record_is_named" out '"handled_by": "key-rejected yes in obs-'
newest=$(find ws/observations -name 'obs-*.json' | sort | tail -n 1)
sed -i 's/"handled": "yes"/"handled": "no"/' "$newest"
run "$cometdeck" check no-key -w ws --base-url "$url" --model sim/ready
has "a_changed_record_is_named" err "changed since it was written"

# ---- without a command ----
mkfifo told
"$cometdeck" simulate -w ws --observe >told 2>live &
observer=$!
simulators="$simulators $observer"
OPENAI_API_KEY=sk-anything COMETDECK_MODEL=sim/messages-required
export OPENAI_API_KEY COMETDECK_MODEL
exec 3<told # its end is the end of the program, however that comes
read -r address <&3 || echo "Bail out! it told no address"
OPENAI_BASE_URL=$address/v1
export OPENAI_BASE_URL
"$client" 2>/dev/null
"$client" 2>/dev/null
COMETDECK_MODEL=sim/ready "$client"
kill -INT "$observer"
cat <&3 >report
exec 3<&-
status=0
wait "$observer" || status=$?
is "an_interrupted_watch_reports" "$status" 1
cp report out
says messages-required no retried-never
says ready unknown end-unknown

# ---- a simulator that dies takes nothing along that was seen ----
mkfifo died
"$cometdeck" simulate -w ws --observe --quiet --format json=d.json --format text >died 2>err &
observer=$!
simulators="$simulators $observer"
exec 3<died
read -r address <&3 || echo "Bail out! it told no address"
OPENAI_BASE_URL=$address/v1 COMETDECK_MODEL=sim/messages-required "$client" 2>/dev/null
OPENAI_BASE_URL=$address/v1 COMETDECK_MODEL=sim/messages-required "$client" 2>/dev/null
read -r first _ <"/proc/$observer/task/$observer/children"
kill -KILL "$first"
cat <&3 >out
exec 3<&-
status=0
wait "$observer" || status=$?
is "a_simulator_that_dies_is_status_4" "$status" 4
has "it_is_named" err "ended by itself"
has "what_was_seen_is_kept" err "kept as "
says messages-required no retried-never
has "and_in_every_report" d.json '"retried-never"'

# ---- a second signal ends it now ----
mkfifo twice
"$cometdeck" simulate -w ws --observe --quiet --format text >twice 2>err &
observer=$!
simulators="$simulators $observer"
exec 3<twice
read -r address <&3 || echo "Bail out! it told no address"
OPENAI_BASE_URL=$address/v1 COMETDECK_MODEL=sim/silence "$client" --max-time 0.2 2>/dev/null
began=$(date +%s)
kill -INT "$observer"
kill -TERM "$observer"
cat <&3 >out
exec 3<&-
status=0
wait "$observer" || status=$?
is "an_answer_that_is_not_awaited_is_unknown" "$status" 4
ok "a_second_signal_waits_for_nothing" test $(($(date +%s) - began)) -lt 3
says silence unknown

# ---- whoever ends it blames nobody ----
mkfifo asked
"$cometdeck" simulate -w ws --observe --quiet --scenario rate-limited-seconds,stall --format json=i.json \
    --format text -- sh -c '"$0"; echo >"$1"; sleep 60' "$client" "$scratch/asked" >out 2>err &
observer=$!
simulators="$simulators $observer"
read -r _ <asked
kill -INT "$observer"
status=0
wait "$observer" || status=$?
is "an_interrupted_run_says_so" "$status" 130
says rate-limited-seconds unknown interrupted
has "what_was_not_run_is_told" out "interrupted, 1 not run"
has "and_named" out "not run: stall"
has "the_record_knows_it" i.json '"interrupted": true'
ok "and_holds_to_its_schema" "$build/tests/unit/validate" "$schema" i.json

# ---- what is killed takes the application with it, and leaves what was run ----
mkfifo alive
"$cometdeck" init killed >/dev/null
"$cometdeck" simulate -w killed --observe --quiet --scenario ready,stall,no-done -- sh -c '
    [ "$COMETDECK_SCENARIO" = stall ] || exec "$0"
    exec 5>"$1"
    echo >&5
    sleep 60
    sleep 60' "$client" "$scratch/alive" >out 2>err &
observer=$!
simulators="$simulators $observer"
exec 3<alive
read -r _ <&3
kill -KILL "$observer"
ok "the_application_dies_with_what_ran_it" timeout 20 cat <&3
exec 3<&-
wait "$observer" 2>/dev/null
newest=$(find killed/observations -name 'obs-*.json')
is "the_record_has_what_was_run" "$(json_value scenario "$newest")" ready
has "and_says_that_it_was_interrupted" "$newest" '"interrupted": true'
ok "and_what_was_not_run" sh -c 'tr -d " \n" <"$1" | grep -qF "\"not_run\":[\"stall\",\"no-done\"]"' \
    - "$newest"
ok "it_holds_to_its_schema" "$build/tests/unit/validate" "$schema" "$newest"

# ---- nothing was asked ----
run "$cometdeck" simulate -w ws --observe --quiet --scenario ready -- true
has "that_nothing_is_kept_is_said" err "nothing was asked, so nothing is kept"
ok "no_id_is_told_for_it" sh -c '! grep -q obs- out'

# ---- every code is explained ----
run "$cometdeck" explain retried-never
is "codes_are_explained" "$status" 0
has "with_what_to_do" out "decide by its body"

# ---- wrong words ----
run "$cometdeck" simulate --observe --scenario no-such -- true
is "an_unknown_scenario_is_usage" "$status" 2
run "$cometdeck" simulate --observe --scenario ready -- ./no-such-program
is "an_application_that_is_none_is_usage" "$status" 2
has "and_it_is_named" err "./no-such-program"
run "$cometdeck" simulate --observe --scenario ready,slow
is "several_scenarios_need_a_command" "$status" 2
for words in "--" "-- ''"; do
    eval "run \"$cometdeck\" simulate --observe --scenario ready $words"
    is "an_empty_command_is_usage" "$status" 2
done
run "$cometdeck" simulate --timeout 3
is "timeout_belongs_to_observe" "$status" 2
run "$cometdeck" simulate --list --format tap
is "tap_belongs_to_observe" "$status" 2
run "$cometdeck" simulate --observe --scenario ready --format json=missing/r.json -- touch ran
is "an_unwritable_report_is_found_first" "$status" 3
ok "nothing_was_run" test ! -e ran
finish

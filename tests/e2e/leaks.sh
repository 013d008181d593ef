#!/bin/sh
# The key, in any form, is in nothing that the program wrote or printed (SEC A11 B22 B33 E26), with
# a server that echoes it: after requests, suites, observations, imports and a console that was
# killed; nor in an argument, a report, telemetry, a recovery file, or the environment of an editor.
# shellcheck source=tests/e2e/lib.sh disable=SC2046
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
mkdir "$scratch/world" && cd "$scratch/world" || exit 1
key='sk-Plant3d/Key+"Quo\te=%End~42'
export COMETAPI_API_KEY="$key"

# Patterns to search, a line each, outside of the folder that is searched.
encoded() {
    printf '%s' "$key" | od -An -v -tx1 | tr -d ' \n' | sed 's/../'"$1"'&/g'
    echo
}
{
    printf '%s\n' "$key"
    printf '%s\n' "$key" | sed 's/[\\"]/\\&/g'
    printf '%s\n' "$key" | sed 's/[\\"/]/\\&/g'
    encoded '\\u00'
    encoded %
    encoded % | tr a-f A-F
    printf '%s\n' "$key" | sed 's/%/%25/g; s/"/%22/g; s/\\/%5C/g; s/=/%3D/g; s/+/%2B/g; s,/,%2F,g'
    printf '%s\n' "$key" | sed 's/%/%25/g; s/"/%22/g; s/\\/%5c/g; s/=/%3d/g; s/+/%2b/g; s,/,%2f,g'
    # The inner characters of base64 at each of the three alignments.
    printf '%s' "$key" | base64 -w 0 | sed 's/....$//'
    echo
    printf 'x%s' "$key" | base64 -w 0 | sed 's/....$//; s/^..//'
    echo
    printf 'xx%s' "$key" | base64 -w 0 | sed 's/....$//; s/^...//'
    echo
} | grep . >"$scratch/plain-forms"
{
    cat "$scratch/plain-forms"
    tr '+/' '-_' <"$scratch/plain-forms"
} >"$scratch/forms"

step=0
each() {
    step=$((step + 1))
    "$cometdeck" "$@" >"$step.out" 2>"$step.err" </dev/null
}
each init ws
start_simulator
names=$("$cometdeck" simulate --list | sed -n 's,^ *sim/\([a-z0-9-]*key[a-z0-9-]*\) .*,\1,p')
for operation in chat responses; do
    for mode in --stream --no-stream; do
        for name in ready cut-mid-stream error-in-stream rate-limited unauthorized $names; do
            each send -w ws --base-url "$url" --operation "$operation" "$mode" --timeout 20 \
                --idle-timeout 1 --model "sim/$name"
        done
    done
    each send -w ws --base-url "$url" --operation "$operation" --model sim/echo-key --format json \
        --format text="$operation.report" --capture "$operation.capture" --timeout 20
    each judge "$operation.capture"
    each judge --format json "$operation.capture"
done
each send -w ws --base-url "$url" --model sim/echo-key-halves --capture halves.capture
each judge --format json halves.capture
joined=$step.out
each send -w ws --base-url "$url" --model "$key"
each send -w ws --base-url "$url" --prompt "my key is $key" --model sim/ready
each send -w ws --base-url "$url/?key=$key" --model sim/ready
each send -w ws --base-url http://127.0.0.1:1 --model sim/ready
each send -w ws --base-url https://nonexistent.invalid --model sim/ready --timeout 20
each send -w ws --base-url "https${url#http}" --model sim/ready --timeout 20
each send -w ws --profile "$key"
# A profile names another variable or a file: what they hold is a key before any profile is in force.
each init other
cat >other/cometdeck.json <<EOF
{"version": 1, "default_profile": "one", "profiles": [
  {"name": "one", "base_url": "$url", "model": "sim/ready", "key_source": "env:OTHER_KEY"},
  {"name": "two", "base_url": "$url", "model": "sim/ready", "key_source": "file:$scratch/other-key"}
]}
EOF
cp chat.capture other.capture
printf '%s\n' "$key" >"$scratch/other-key"
for profile in one two "$key"; do
    (
        unset COMETAPI_API_KEY
        [ "$profile" = two ] || export OTHER_KEY="$key"
        "$cometdeck" send -w other --profile "$profile"
        "$cometdeck" send -w other --profile "$profile" --model "$key"
        "$cometdeck" send -w other --profile "$profile" --model sim/echo-key-halves \
            --capture "halves-${profile%%/*}.capture"
        "$cometdeck" send -w other --profile "$key$profile"
        "$cometdeck" judge -w other "$key"
        "$cometdeck" judge -w other other.capture
        "$cometdeck" judge -w other --format json halves-one.capture
        "$cometdeck" catalog fetch -w other --profile "$profile"
        "$cometdeck" catalog list -w other --format json
    ) >"other-${profile%%/*}.out" 2>"other-${profile%%/*}.err" </dev/null
done
each catalog fetch -w ws --base-url "$url"
each catalog list -w ws --format json
COMETAPI_BASE_URL=$url each send
COMETAPI_BASE_URL=$url COMETAPI_MODEL=sim/ready each send
# ---- suites in every format, with telemetry, also where the key comes back ----
formats() {
    for format in text json jsonl tap junit markdown; do
        printf ' --format %s=%s.%s' "$format" "$1" "$format"
    done
}
each check smoke canary negative streaming catalog oversize-sent -w ws --base-url "$url" \
    --model sim/ready --parallel 8 --telemetry telemetry.jsonl $(formats whole)
is "the_suites_were_run" "$(tail -n 1 "$step.err" | grep -c ' 0 failed, 0 errors')" 1
each check smoke canary negative -w ws --base-url "$url/sim/as/key-rejected-echo" --no-retry \
    --model sim/ready --parallel 8 --telemetry telemetry.jsonl $(formats echoed)
ok "the_reports_tell_of_the_echo" grep -q 'Incorrect API key provided: \*' echoed.json
for name in echo-key echo-key-bytes echo-key-halves; do
    each check canary -w ws --base-url "$url" --model "sim/$name" --telemetry telemetry.jsonl \
        $(formats "$name")
done
each check "$key" -w ws --base-url "$url"
each check smoke -w ws --only "$key" --cadence "$key"
each check canary-json -w ws --base-url "$url" --model "$key" $(formats model)
each check canary -w ws --base-url "$url" --model sim/ready --dry-run
each send -w ws --base-url "$url" --model sim/rate-limited-ms --retry --telemetry telemetry.jsonl
each send -w ws --base-url "$url" --model sim/echo-key --retry --telemetry telemetry.jsonl
each explain "$key"
each policy set base_ms 600 --reason "the key is $key" -w ws
each policy show -w ws
ok "telemetry_was_written" test -s telemetry.jsonl

# ---- while it runs: no argument of ours or of a child of ours ----
# By its command line: who holds a key tells nobody else which program it is.
"$cometdeck" check canary-json -w ws --base-url "$url" --model sim/silence --no-retry >run.out \
    2>run.err </dev/null &
running=$!
until grep -q 'sim/silence' "$scratch/simulator.log"; do
    kill -0 "$running" 2>/dev/null || break
done
for process in /proc/[0-9]*; do
    grep -qzxF -e "$cometdeck" "$process/cmdline" && tr '\0' '\n' <"$process/cmdline" >>arguments
done 2>/dev/null
kill -INT "$running"
wait_for "$running"
ok "what_ran_was_seen" grep -q sim/silence arguments

# ---- an application under observation, also one that has the same key ----
if command -v curl >/dev/null; then
    each simulate -w ws --observe --scenario ready,key-rejected,echo-key --format json=observed.json \
        -- "$top/tests/e2e/clients/curl.sh"
    printf 'Authorization: Bearer %s\n' "$key" >"$scratch/header"
    # shellcheck disable=SC2016
    each simulate -w ws --observe --scenario ready,key-rejected-echo --format markdown=observed.md -- \
        sh -c 'env; curl -s -H "@$0" -d "{\"model\":\"$COMETDECK_MODEL\",\"messages\":[]}" \
            "$COMETDECK_BASE_URL/v1/chat/completions"' "$scratch/header"
    ok "the_observations_are_there" grep -q Bearer "$scratch/header"
    ok "a_record_was_kept" sh -c 'ls ws/observations/* >/dev/null'

    # ---- what other tools recorded with the key in it ----
    for form in trace trace-ascii; do
        curl -s -o /dev/null --$form "$scratch/recorded.$form" -H "@$scratch/header" \
            -H 'Content-Type: application/json' "$url/v1/chat/completions?key=plain" \
            -d '{"model":"sim/echo-key","messages":[{"role":"user","content":"Hi"}]}'
        each judge -w ws "$scratch/recorded.$form"
        each judge -w ws --keep --format json "$scratch/recorded.$form"
    done
    curl -si -H "@$scratch/header" "$url/v1/chat/completions" \
        -d '{"model":"sim/echo-key","messages":[{"role":"user","content":"Hi"}]}' >"$scratch/recorded.i"
    each judge -w ws --keep "$scratch/recorded.i"
    ok "the_recordings_hold_the_key" grep -qF "$key" "$scratch/recorded.trace-ascii"
fi

# ---- the console: sends, runs a suite, reports, copies; then dies with work unsaved ----
if command -v script >/dev/null; then
    cat >"$scratch/editor" <<'END'
#!/bin/sh
env >>environment
END
    chmod +x "$scratch/editor"
    cat >"$scratch/console" <<END
:catalog fetch
:model sim/echo-key
:send
until COMPLETE
:screen-dump stream.dump
:view raw
:screen-dump raw.dump
:ledger new incident
:attach
:write review.md
:suite canary
keys Enter
until 9/9
:report markdown suite.md
:report json suite.json
:finding handled yes the key is $key
keys Esc
:screen-dump suite.dump
:pane history
:screen-dump history.dump
:export har exchange.har
:pane composer
:export curl request.sh
keys E
until max_tokens
:prompt the key is $key
:keep probe kept
type with $key
keys Enter
type B36 release
keys Enter
type 2xx complete
keys Enter
:screen-dump composer.dump
:pane history
:annotate the key is $key
:pane ledger
keys ] e
type the key is $key
keys Enter
:screen-dump last.dump
END
    mkfifo "$scratch/idle"
    EDITOR=$scratch/editor script -qec "stty cols 140 rows 40; exec '$cometdeck' ws --base-url $url \
        --model sim/ready --script '$scratch/console' --idle-fd 3 3>'$scratch/idle'" typescript \
        >console.out 2>&1 </dev/null &
    running=$!
    read -r _ <"$scratch/idle"
    # Its own console: another test may run one of the same program.
    for process in /proc/[0-9]*; do
        grep -qzxF -e "$cometdeck" "$process/cmdline" &&
            grep -qzF -e "$scratch/console" "$process/cmdline" && {
            tr '\0' '\n' <"$process/cmdline" >>arguments
            kill -9 "${process#/proc/}"
        }
    done 2>/dev/null
    wait_for "$running"
    ok "the_console_ran_to_the_end_of_its_script" test -s last.dump
    [ -s last.dump ] || tr -cd ' -~\n' <console.out | tail -c 400 | sed 's/^/# /'
    ok "its_suite_was_reported" grep -q canary suite.json
    ok "an_editor_was_started" grep -q '^EDITOR=' environment
    is "it_was_told_of_no_key" "$(grep -c COMETAPI_API_KEY environment)" 0
    ok "what_was_unsaved_is_in_a_recovery_file" sh -c 'ls ws/.cometdeck/unsaved-* >/dev/null'
fi

cp "$scratch/simulator.log" . 2>/dev/null
cp -R "$HOME" "$TMPDIR" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME" .

ok "the_server_did_echo_the_key" test -n "$names"
ok "captures_were_written" test -s chat.capture
ok "the_echo_came_through_redacted" grep -q '"d":' chat.capture
ok "a_history_was_written" test -s ws/.cometdeck/history.db
grep -raoFf "$scratch/forms" . >"$scratch/found"
is "the_key_is_in_nothing_in_any_form" "$(sort -u "$scratch/found" | head -n 5)" ""
# redact.h: two halves with JSON between them stay in the bytes that are kept as they came.
half='%End~42'
ok "halves_that_came_apart_are_kept_apart" grep -qF "$half" halves.capture
ok "halves_that_are_joined_are_redacted" grep -qF 'halves ***' "$joined"
is "no_half_is_in_what_is_joined" "$(grep -cF "$half" "$joined")" 0
is "halves_are_in_raw_bytes_alone" \
    "$(grep -rlF "$half" . | grep -v -e '\.out$' -e '\.capture$' -e '/captures/ev-.*\.jsonl$')" ""
"$cometdeck" send -w ws --base-url "$url" --model sim/ready >/dev/full 2>/dev/null
is "no_core_file_was_left" "$(find "$scratch" -name 'core*' -type f)" ""
finish

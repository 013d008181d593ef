#!/bin/sh
# The key, in any form, is in nothing that the program wrote or printed (SEC A11 B22 B33 E26), with
# a server that echoes it.
# shellcheck source=tests/e2e/lib.sh
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

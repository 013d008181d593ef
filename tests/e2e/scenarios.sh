#!/bin/sh
# Every answer fault of the simulator through `send`, and its capture through `judge`: the verdict
# of the table both times, and one request each on the wire (streams.md "Cases").
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-scenarios
batch=12

# one OPERATION NAME VERDICT: send and judge, files are OPERATION.NAME.{body,send,judge,status}.
one() {
    base=$1.$2
    sent=0
    judged=0
    patience=20
    case $2 in
    silence | endless) patience=2 ;; # nothing but the overall limit ends them
    esac
    case $3 in
    stalled | unproven) idle=0.7 ;;
    *) idle=15 ;; # a slow machine is no stall
    esac
    set -- --operation "$1" --model "sim/$2"
    [ ! -f "$base.request" ] || set -- --operation "${base%%.*}" --body "$base.request"
    "$cometdeck" send -w ws --base-url "$url" "$@" --timeout "$patience" --idle-timeout "$idle" \
        --capture "$base.capture" --format json="$base.send" >"$base.body" 2>"$base.err" || sent=$?
    "$cometdeck" judge -w ws --format json "$base.capture" >"$base.judge" 2>>"$base.err" || judged=$?
    echo "$sent $judged" >"$base.status"
}

# What must be asked for, or the fault is none: two choices.
asks_for_two() {
    printf '{"model":"sim/%s","stream":true,"n":2,"messages":[{"role":"user","content":"Hi"}]}' "$1"
}

"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
start_simulator
"$cometdeck" simulate --list --format json=list.json
awk -F'"' '/"name":/ { name = $4 } /"chosen_by":/ { by = $4 } /"operations":/ { operations = $4 }
    /"verdict":/ { if (by == "model") { n = split(operations, list, " ")
        for (i = 1; i <= n; i++) print list[i], name, $4 == "" ? "-" : $4 } }' list.json |
    sort -k 3 >cases # those that wait side by side
ok "there_are_more_than_40_cases" test "$(grep -c . cases)" -gt 40
for name in one-of-n two-choices two-choices-one-finish; do
    asks_for_two "$name" >"chat.$name.request"
done

running=0
jobs=
while read -r operation name verdict; do
    one "$operation" "$name" "$verdict" &
    jobs="$jobs $!"
    running=$((running + 1))
    if [ "$running" -ge "$batch" ]; then
        wait_for "$jobs"
        running=0
        jobs=
    fi
done <cases
wait_for "$jobs"

# Exit statuses: 0 only for complete; 4 where no status line came.
expected_statuses() {
    if [ "$1" = complete ]; then
        echo "0 0"
    elif [ "$(json_value http_status "$2")" = null ]; then
        echo "4 1"
    else
        echo "1 1"
    fi
}

# What a judgement says besides: where the bytes came from, and that nothing is missing.
without_origin() {
    sed -e '/^  "origin": "capture",$/d' -e '/^  "not_told": \[\],$/d' \
        -e '/^  "capture": null,*$/d' -e '/^  "fixture": null$/d' -e 's/^\(  "evidence_id": ".*"\),$/\1/' "$1"
}

while read -r operation name verdict; do
    base=$operation.$name
    live=$(json_value verdict "$base.send")
    replayed=$(json_value verdict "$base.judge")
    [ "$verdict" != - ] || verdict=$live
    is "${operation}_${name}_is_${verdict}" "$live $replayed" "$verdict $verdict"
    is "${operation}_${name}_exit_statuses" "$(cat "$base.status")" \
        "$(expected_statuses "$verdict" "$base.send")"
    [ "$live $replayed" = "$verdict $verdict" ] || sed 's/^/#   /' "$base.err"
    without_origin "$base.judge" >"$base.replayed"
    ok "${operation}_${name}_replays_to_the_same_report" cmp "$base.send" "$base.replayed"
done <cases

is "every_send_was_one_request_on_the_wire" "$(grep -c 'POST ' simulator.log)" "$(grep -c . cases)"
finish

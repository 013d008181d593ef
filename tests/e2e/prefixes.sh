#!/bin/sh
# A good answer cut behind any of its events, in every framing: never complete (streams.md).
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-prefixes
batch=8

one() {
    "$cometdeck" send --base-url "$2" --operation "$1" --model "cut/$3/$4" --timeout 20 \
        --format json >"$1.$3.$4.json" 2>"$1.$3.$4.err"
    echo $? >"$1.$3.$4.status"
}

start_simulator
simulator=$url
for operation in chat responses; do
    "$cometdeck" send --base-url "$simulator" --operation "$operation" --model sim/ready \
        --prompt "A few sentences." >"$operation.body" 2>err
    is "the_whole_${operation}_answer_is_complete" $? 0
    mkfifo "$operation.url"
    "$build/tests/e2e/rawserver" "$operation.body" >"$operation.url" &
    simulators="$simulators $!"
    read -r url events <"$operation.url"
    ok "the_${operation}_answer_has_events_to_cut_behind" test "$events" -gt 10
    # The terminal marker of responses is the last event but for a [DONE].
    last=$((events - 1))
    for framing in chunked length close reset; do
        jobs=
        count=0
        while [ "$count" -le "$events" ]; do
            one "$operation" "$url" "$framing" "$count" &
            jobs="$jobs $!"
            count=$((count + 1))
            if [ $((count % batch)) -eq 0 ]; then
                wait_for "$jobs"
                jobs=
            fi
        done
        wait_for "$jobs"
        bad=
        count=0
        while [ "$count" -le "$last" ]; do
            base=$operation.$framing.$count
            if [ "$(json_value verdict "$base.json")" = complete ] || [ "$(cat "$base.status")" -ne 1 ]; then
                bad="$bad $count"
            fi
            count=$((count + 1))
        done
        is "no_prefix_of_${operation}_in_${framing}_is_complete" "$bad" ""
        is "all_of_${operation}_in_${framing}_is_complete" \
            "$(json_value verdict "$operation.$framing.$events.json")" complete
    done
done
finish

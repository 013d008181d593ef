#!/bin/sh
# What goes wrong around an exchange: exit status, and a sentence that says what to check.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
key=sk-key-that-no-message-may-hold

# says NAME STATUS TEXT: of the last run; the key is in nothing it printed.
says() {
    is "${1}_ends_with_$2" "$status" "$2"
    has "${1}_says_what_to_check" err "$3"
    number=$((number + 1))
    if cat out err | grep -qF "$key"; then
        failures=$((failures + 1))
        echo "not ok $number - ${1}_never_tells_the_key"
    else
        echo "ok $number - ${1}_never_tells_the_key"
    fi
}

# ---- before anything is sent ----
run "$cometdeck" send --base-url http://127.0.0.1:1 --model m
says no_key 4 COMETAPI_API_KEY
export COMETAPI_API_KEY="$key"
run "$cometdeck" send --base-url http://127.0.0.1:1
says no_model 2 --model
run "$cometdeck" send --base-url http://example.com --model m
says plain_http_to_another_host 2 https
run "$cometdeck" send --base-url ftp://127.0.0.1 --model m
says another_scheme 2 http
run "$cometdeck" send --base-url 'https://<your-gateway>' --model m
is "a_placeholder_is_refused" "$status" 2
has "a_placeholder_is_shown" err "<your-gateway>"
run "$cometdeck" send --base-url http://127.0.0.1:1 --body missing.json
says missing_body_file 3 missing.json

# ---- no status line comes ----
run "$cometdeck" send --base-url http://127.0.0.1:1 --model m --timeout 20
says refused_connection 4 "127.0.0.1"
run "$cometdeck" send --base-url https://nonexistent.invalid --model m --timeout 20
says unknown_host 4 nonexistent.invalid
start_simulator
run "$cometdeck" send --base-url "https${url#http}" --model m --timeout 20
says plain_server_behind_https 4 TLS
https_proxy=http://127.0.0.1:1 run "$cometdeck" send --base-url https://nonexistent.invalid \
    --model m --timeout 20
says dead_proxy 4 proxy
run "$cometdeck" catalog fetch --base-url http://127.0.0.1:1 --timeout 20
says catalog_of_a_refused_connection 4 "127.0.0.1"

# ---- the status line comes ----
run "$cometdeck" send --base-url "$url" --model sim/rate-limited --timeout 20
is "an_error_status_ends_with_1" "$status" 1
run env COMETAPI_API_KEY=not-a-key-of-the-shape "$cometdeck" send --base-url "$url" --model sim/ready
is "a_refused_key_ends_with_1" "$status" 1
has "a_refused_key_is_class_and_action" err credentials

# ---- the workspace ----
# broken FILE TEXT PLACE: exit 3 with the place, and nothing is overwritten.
broken() {
    rm -rf broken
    "$cometdeck" init broken 2>/dev/null
    printf '%b' "$2" >"broken/$1"
    before=$(cat broken/*.json | cksum)
    for verb in "send --model m" "catalog list" "judge x"; do
        # shellcheck disable=SC2086
        run "$cometdeck" $verb -w broken --base-url http://127.0.0.1:1
        is "${verb%% *}_on_a_broken_${1}_ends_with_3" "$status" 3
        has "${verb%% *}_tells_where_${1}_is_broken" err "$1:$3: "
    done
    is "a_broken_${1}_is_left_alone" "$(cat broken/*.json | cksum)" "$before"
}
broken cometdeck.json '{\n  "version": 1,\n  "profiles": [}\n' 3:16
broken contract.json '{\n  "version": 01\n}\n' 2:14
rm -rf broken
"$cometdeck" init broken 2>/dev/null
for file in cometdeck.json contract.json; do
    sed -i 's/"version": 1/"version": 999/' "broken/$file"
    run "$cometdeck" send -w broken --base-url http://127.0.0.1:1 --model m
    is "a_${file}_of_a_later_version_ends_with_3" "$status" 3
    has "a_${file}_of_a_later_version_is_explained" err 999
    sed -i 's/"version": 999/"version": 1/' "broken/$file"
done
mv broken/contract.json broken/kept
mkdir broken/contract.json
run "$cometdeck" send -w broken --base-url http://127.0.0.1:1 --model m
is "a_folder_in_place_of_contract_json_ends_with_3" "$status" 3
run "$cometdeck" send -w nowhere --model m
says missing_workspace 3 init
"$cometdeck" init ws 2>/dev/null
before=$(cat ws/*.json | cksum)
run "$cometdeck" init ws
is "init_over_a_workspace_ends_with_3" "$status" 3
is "init_replaces_nothing" "$(cat ws/*.json | cksum)" "$before"
mkdir repository
printf 'mine\n' | tee repository/README.md >repository/.gitignore
run "$cometdeck" init repository
is "init_in_a_repository_holds" "$status" 0
has "init_names_what_it_left" err ".gitignore, README.md"
has "init_says_what_git_should_ignore" err "/.cometdeck/"
is "init_leaves_a_readme" "$(cat repository/README.md repository/.gitignore)" "$(printf 'mine\nmine')"
run "$cometdeck" send -w ws --profile nobody --model m
is "an_unknown_profile_is_told" "$(grep -c nobody err)" 1

rm -rf bare
"$cometdeck" init bare 2>/dev/null
rm bare/contract.json
run "$cometdeck" send -w bare --base-url "$url" --model sim/ready
is "a_workspace_without_contract_sends" "$status" 0
has "a_workspace_without_contract_warns" err "contract.json; the starter contract is used"

run "$cometdeck" send -q -w ws --base-url "$url" --model sim/ready
is "a_quiet_send_says_the_verdict_in_one_line" "$(grep -c . err)" 1
has "a_quiet_send_says_complete" err "COMPLETE (complete): "
has "a_quiet_send_shows_the_body" out "data: "
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready --no-stream
has "pending_clauses_are_counted" err "rests on pending clauses ("
is "of_one_json_value_no_stream_is_spoken_of" "$(sed 1q err)" \
    "COMPLETE (complete): Both what it says and its form show that the answer ended; nothing contradicts them."
run "$cometdeck" send -w ws --base-url "$url" --model sim/error-hostile
has "the_message_of_a_server_is_told" err "owned"
ok "no_line_begins_with_words_of_a_server" sh -c '! grep -E "^[[:space:]]*(ok |::)" err'

mkdir -p knot
ln -sf cometdeck.json knot/cometdeck.json
run "$cometdeck" send -w knot --model m
says a_knot_of_links 3 "cometdeck.json cannot be read: Too many levels of symbolic links"
for file in missing/report . /dev/null; do
    run "$cometdeck" send -w ws --base-url http://127.0.0.1:1 --model m --format "json=$file"
    is "nothing_is_sent_for_a_report_to_$file" "$status" 3
    run "$cometdeck" catalog fetch -w ws --base-url http://127.0.0.1:1 --format "json=$file"
    is "nothing_is_fetched_for_a_report_to_$file" "$status" 3
done

# ---- what cannot be kept ----
status=0
(
    ulimit -f 4
    exec "$cometdeck" send -w ws --base-url "$url" --model sim/long --capture full.capture \
        --timeout 20 >out 2>err
) || status=$?
is "a_full_disk_ends_with_3" "$status" 3
has "a_full_disk_leaves_the_verdict" err COMPLETE
has "a_full_disk_is_told" err "not kept"
ok "a_full_disk_leaves_no_half_capture" test ! -e full.capture
printf old >existing.capture
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready --capture existing.capture
is "a_capture_is_never_overwritten" "$(cat existing.capture)" old
is "a_capture_that_exists_is_an_error" "$status" 3
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready --format json=missing/report
is "a_report_that_cannot_be_written_ends_with_3" "$status" 3

"$cometdeck" init nofolder 2>/dev/null
mkdir -p nofolder/.cometdeck && : >nofolder/.cometdeck/captures
run "$cometdeck" catalog fetch -w nofolder --base-url "$url"
is "a_list_whose_capture_is_lost_ends_with_3" "$status" 3
has "a_list_whose_capture_is_lost_is_printed" out sim/ready
has "a_list_whose_capture_is_lost_tells_so" err "not kept"
run "$cometdeck" catalog list -w nofolder
has "a_list_whose_capture_is_lost_is_cached" out sim/ready

# Killed while it waits: what came until then can be judged.
"$cometdeck" send -w ws --base-url "$url" --model sim/stall --capture killed.capture \
    >/dev/null 2>&1 &
killed=$!
while ! grep -qF '"d":' killed.capture.*.part 2>/dev/null; do
    kill -0 "$killed" || break
done
kill -9 "$killed" 2>/dev/null
wait "$killed" 2>/dev/null
run "$cometdeck" judge killed.capture.*.part
is "what_a_killed_process_leaves_is_not_complete" "$status" 1
has "what_a_killed_process_leaves_is_named" out capture-cut
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready --capture killed.capture
is "what_a_killed_process_leaves_blocks_nobody" "$status" 0

# What one left where captures lie is there for a week.
old=ws/.cometdeck/captures/ev-20260101T000000.000Z-0001.jsonl.ev-20260101T000000.000Z-0001.part
new=ws/.cometdeck/captures/ev-20260102T000000.000Z-0001.jsonl.ev-20260102T000000.000Z-0001.part
: >"$new" && : >ws/.cometdeck/captures/notes.part && : >"$old"
touch -d '8 days ago' "$old" ws/.cometdeck/captures/notes.part
touch -d '6 days ago' "$new"
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready
has "what_was_left_long_ago_is_said_to_go" err "removed 1 unfinished capture"
ok "it_is_gone" test ! -e "$old"
ok "what_was_left_of_late_stays" test -e "$new"
ok "what_is_no_capture_stays" test -e ws/.cometdeck/captures/notes.part
run "$cometdeck" send -w ws --base-url "$url" --model sim/ready
is "nothing_more_is_said_of_it" "$(grep -c unfinished err)" 0
is "nor_of_a_history_without_limits" "$(grep -c retention err)" 0
"$cometdeck" init grown >/dev/null
sed 's/"bodies": "probes",/&\n  "retention": {"count": 1},/' grown/cometdeck.json >x && mv x grown/cometdeck.json
run "$cometdeck" send -w grown --base-url "$url" --model sim/ready
is "a_history_within_its_limits_says_nothing" "$(grep -c retention err)" 0
run "$cometdeck" send -w grown --base-url "$url" --model sim/ready
has "one_that_has_outgrown_them_is_told_of" err "outgrown \`retention\` of cometdeck.json by 1 exchange of "
is "which_is_no_failure" "$status" 0

printf 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n' >raw
run "$cometdeck" judge raw
is "a_file_without_a_head_is_no_failure_of_the_network" "$(grep -c 'No answer came' out)" 0

# ---- standard output ----
{
    "$cometdeck" send -w ws --base-url "$url" --model sim/long --timeout 20 2>err
    echo $? >status
} | :
is "a_reader_that_leaves_changes_no_verdict" "$(cat status)" 0
has "a_reader_that_leaves_costs_no_evidence" err "evidence ev-"
if [ -e /dev/full ]; then
    status=0
    "$cometdeck" send -w ws --base-url "$url" --model sim/ready >/dev/full 2>err || status=$?
    is "a_full_standard_output_ends_with_3" "$status" 3
fi

# ---- interrupted ----
mkfifo stream
"$cometdeck" send -w ws --base-url "$url" --model sim/stall --capture stopped.capture \
    >stream 2>err &
sender=$!
exec 9<stream
read -r line <&9
kill -INT "$sender"
status=0
wait "$sender" || status=$?
exec 9<&-
ok "the_body_came_while_it_ran" test -n "$line"
is "an_interrupt_ends_with_130" "$status" 130
has "an_interrupt_keeps_the_evidence" err "evidence ev-"
run "$cometdeck" judge -w ws --format json stopped.capture
is "an_interrupted_capture_is_judged_cancelled" "$(json_value verdict out)" cancelled
is "and_is_not_complete" "$status" 1

# A reader that stopped reading: the million bytes fit no pipe.
: >err
"$cometdeck" send -w ws --base-url "$url" --model sim/huge-line >stream 2>err &
sender=$!
exec 9<stream
head -c 1000 <&9 >begun
kill -INT "$sender"
tries=0
until grep -qF 'evidence ev-' err || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
exec 9<&-
status=0
wait "$sender" || status=$?
is "an_interrupt_ends_a_write_that_nobody_reads" "$status" 130
ok "it_does_so_in_a_moment" test "$tries" -lt 100

"$cometdeck" send -w ws --base-url "$url" --model sim/stall >stream 2>err &
sender=$!
exec 9<stream
read -r line <&9
kill -TERM "$sender"
status=0
wait "$sender" || status=$?
exec 9<&-
is "a_signal_to_terminate_ends_with_130" "$status" 130
has "a_signal_to_terminate_is_named" err "stopped by the signal TERM"
has "a_signal_to_terminate_keeps_the_evidence" err "evidence ev-"

# ---- judge ----
"$cometdeck" send -w ws --base-url "$url" --model sim/ready --capture good.capture >body 2>/dev/null
run "$cometdeck" judge good.capture
is "a_good_capture_holds" "$status" 0
sed '$d' good.capture >cut.capture
run "$cometdeck" judge cut.capture
is "a_capture_without_its_end_is_not_complete" "$status" 1
run "$cometdeck" judge --format json - <body
is "standard_input_is_judged" "$(json_value verdict out)" complete
sed 's/"bodies": "[a-z]*"/"bodies": "never"/' ws/cometdeck.json >never.json
cp -r ws never && cp never.json never/cometdeck.json
for fault in ready cut-mid-stream quota-429; do
    "$cometdeck" send -w never --base-url "$url" --model "sim/$fault" \
        --capture "$fault.skeleton" >out 2>err
    has "a_capture_without_bodies_is_one_${fault}" "$fault.skeleton" '"n":'
    run "$cometdeck" judge "$fault.skeleton"
    case $fault in
    quota-429) is "a_status_line_speaks_without_a_body" "$status" 1 ;;
    *)
        is "without_bodies_nothing_was_checked_of_$fault" "$status" 4
        has "it_says_that_${fault}_kept_no_bodies" err "no bodies were kept"
        ;;
    esac
done
head -c 200 body >half
run "$cometdeck" judge half
is "half_a_body_is_not_complete" "$status" 1
run "$cometdeck" judge .
is "a_folder_is_no_recording" "$status" 3

# ---- catalog ----
run "$cometdeck" catalog list -w ws
says list_before_fetch 4 "catalog fetch"
run "$cometdeck" catalog fetch -w ws --base-url "$url"
is "catalog_fetch_holds" "$status" 0
cp out fetched
run "$cometdeck" catalog list -w ws
is "catalog_list_holds" "$status" 0
ok "catalog_list_is_what_was_fetched" cmp out fetched
has "the_list_names_the_models" out sim/cut-mid-stream
run "$cometdeck" catalog list -w ws --format json
ok "catalog_list_as_json_tells_when" test -n "$(json_value fetched_at out)"

finish

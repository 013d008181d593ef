#!/bin/sh
# The command line: help, version, words that are off. No server is needed here.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

run "$cometdeck" --help
is "help_ends_with_0" "$status" 0
ok "help_says_nothing_on_standard_error" test ! -s "$scratch/err"
cp "$scratch/out" "$scratch/overview"
for verb in demo init send judge "catalog fetch" "catalog list" simulate; do
    has "help_names_$verb" "$scratch/overview" "cometdeck $verb"
    # shellcheck disable=SC2086
    run "$cometdeck" $verb --help
    is "help_of_${verb}_ends_with_0" "$status" 0
    has "help_of_${verb}_shows_its_usage" "$scratch/out" "Usage: cometdeck $verb"
    # shellcheck disable=SC2086
    run "$cometdeck" help $verb
    has "cometdeck_help_${verb}_is_the_same" "$scratch/out" "Usage: cometdeck $verb"
done

for words in "catalog --help" "help catalog" "--help catalog"; do
    # shellcheck disable=SC2086
    run "$cometdeck" $words
    is "${words}_ends_with_0" "$status" 0
    has "${words}_lists_its_verbs" "$scratch/out" "cometdeck catalog list"
    is "${words}_lists_no_other" "$(grep -c 'cometdeck send' "$scratch/out")" 0
done

run "$cometdeck" --version
is "version_ends_with_0" "$status" 0
for library in libcurl ncursesw readline libcjson sqlite3 libcmark-gfm libcrypto; do
    has "version_names_$library" "$scratch/out" "$library"
done

# usage NAME MESSAGE WORDS…: wrong usage ends with 2 and says what is wrong.
usage() {
    name=$1
    message=$2
    shift 2
    run "$cometdeck" "$@"
    is "${name}_ends_with_2" "$status" 2
    has "${name}_is_explained" "$scratch/err" "$message"
    ok "${name}_prints_nothing" test ! -s "$scratch/out"
}
usage unknown_option "did you mean --model?" send --modle x
usage unknown_option_without_neighbour "there is no option --zzzzzzzz" send --zzzzzzzz
usage unknown_letter "there is no option -x" send -x
usage unknown_verb "did you mean send?" sned
usage half_a_verb "catalog needs one more word: catalog fetch, catalog list" catalog
usage wrong_second_half "there is no verb catalog ftch; did you mean catalog fetch?" catalog ftch
usage far_second_half "there are: catalog fetch, catalog list" catalog zzzzzz
usage workspace_and_more "cometdeck does not know what to do with extra" ./ws extra
usage empty_file "an argument is empty where cometdeck judge takes FILE|ID|-" judge ""
usage option_of_another_verb "--port is no option of cometdeck send" send --port 1
usage missing_value "--model needs a value" send --model
usage torn_prompt "--prompt is not valid UTF-8 from its byte 1 on" send --model m --prompt "$(printf 'a\377b')"
usage empty_base_url "--base-url is empty" send --base-url "" --model m
usage empty_base_url_behind_an_equals_sign "--base-url is empty" send --base-url= --model m
usage empty_model "--model is empty" send --model ""
usage empty_profile "--profile is empty" send --profile "" --model m
usage empty_workspace "--workspace is empty" send -w "" --model m
usage value_of_a_flag "--stream takes no value" send --stream=yes
usage contradiction "exclude each other" send --stream --no-stream
usage body_and_prompt "--prompt would change nothing" send --body x --prompt y
usage wrong_operation "chat or responses" send --operation embeddings
usage wrong_seconds "seconds above 0" send --timeout -1
usage zero_seconds "seconds above 0" send --timeout 0
usage wrong_port "whole number from 0 to 65535" simulate --port 70000
usage wrong_format "there is no format yaml" send --format yaml
usage format_of_another_verb "formats are text, json" send --format tap
usage two_formats_for_one_sink "two formats for standard output" send --format json --format text
usage judge_without_a_file "needs FILE|ID|-" judge
usage argument_too_many "does not know what to do with surplus" send surplus
usage help_of_an_unknown_verb "did you mean send?" help sedn
usage key_on_the_command_line "there is no option --key" send --key sk-planted

printf '' >"$scratch/empty"
run "$cometdeck" judge -- -missing
is "a_name_behind_two_dashes_is_a_file" "$status" 3
has "a_missing_file_is_named" "$scratch/err" "-missing"

run "$cometdeck" simulate --list --format=json
is "format_takes_its_value_behind_an_equals_sign" "$status" 0
has "simulate_list_as_json_is_an_object" "$scratch/out" '"scenarios": ['
run "$cometdeck" simulate --list --format json=list.json --format text
is "two_formats_go_to_two_sinks" "$status" 0
has "one_to_standard_output" "$scratch/out" "sim/cut-mid-stream"
has "the_other_to_its_file" list.json '"cut-mid-stream"'
run "$cometdeck" simulate --list --format json=missing-folder/list.json
is "a_report_that_cannot_be_written_ends_with_3" "$status" 3
has "and_names_its_file" "$scratch/err" "missing-folder"
if [ -e /dev/full ]; then
    status=0
    "$cometdeck" simulate --list >/dev/full 2>"$scratch/err" || status=$?
    is "a_full_disk_behind_standard_output_ends_with_3" "$status" 3
    has "and_is_told" "$scratch/err" "standard output cannot be written"
fi
status=0
"$cometdeck" simulate --list >&- 2>"$scratch/err" || status=$?
is "a_closed_standard_output_ends_with_3" "$status" 3

"$cometdeck" simulate --list >"$scratch/list"
ok "simulate_lists_more_than_40_scenarios" test "$(grep -c . "$scratch/list")" -gt 40
for name in ready cut-mid-stream no-done stall error-in-stream rate-limited; do
    has "simulate_lists_$name" "$scratch/list" "sim/$name "
done

# Who sends thousands of requests need not read them.
export COMETAPI_API_KEY=sk-options-0123456789abcdef
start_simulator
run "$cometdeck" send --base-url "$url" --model sim/ready
has "the_simulator_tells_a_line_per_request" "$scratch/simulator.log" "POST /v1/chat/completions"
: >"$scratch/simulator.log"
start_simulator --quiet
run "$cometdeck" send --base-url "$url" --model sim/ready
is "a_quiet_simulator_tells_none" "$(grep -c . "$scratch/simulator.log")" 0
finish

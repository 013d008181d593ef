#!/bin/sh
# Words of a workspace make no line of their own and bring no raw control, bidi mark or line break into an
# output that is read line by line: the log of a job acts on "::error::", a reader on "pass". Through a pipe
# as on a terminal; JSON has them exactly.
# shellcheck source=tests/e2e/lib.sh disable=SC2016
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-lines

# What is forged: lines, an escape, a mark that turns text around.
forged='X\n::error::forged\npass    forged\u001b[31m\u202e'
"$cometdeck" init deck >/dev/null
mkdir -p deck/probes
cat >deck/probes/own.json <<EOF
{"version": 1,
 "probes": [{"id": "mine", "title": "$forged", "explanation": "$forged", "operations": ["chat"],
   "request": {"raw_body": "$forged"}, "deliberate": true, "expect": {"class": ["none"]}}],
 "suites": [{"id": "ours", "title": "$forged", "requests_max": 5, "probes": ["mine"]}]}
EOF
cat >deck/classes.json <<EOF
{"version": 1,
 "classes": [{"name": "odd", "action": "escalate", "meaning": "$forged", "advice": "$forged"}],
 "rules": [{"id": "odd-rule", "when": {"status": ["400"]}, "class": "odd", "because": "$forged"}]}
EOF
cat >deck/policy.json <<EOF
  "retry": {"numbers": {"attempts_max": {"value": 2, "reason": "$forged"}},
    "rows": [{"failure": "odd", "retry": "never", "fallback": "never", "why": "$forged"}]},
EOF
sed -i '1r deck/policy.json' deck/cometdeck.json

# keeps_lines NAME STATUS COMMAND…: nothing forged begins a line, nothing raw comes, yet it is told.
keeps_lines() {
    what=$1 expected=$2
    shift 2
    run "$@"
    is "${what}_ends_with_$expected" "$status" "$expected"
    cat out err >both
    has "${what}_tells_what_is_there" both "::error::forged"
    ok "${what}_has_no_line_of_others" sh -c '! grep -qE "^ *(::error|pass +forged)" both'
    ok "${what}_has_no_raw_control" sh -c '! LC_ALL=C grep -q "$(printf "\033")" both'
    ok "${what}_has_no_raw_mark" sh -c '! LC_ALL=C grep -q "$(printf "\342\200\256")" both'
}

start_simulator
for word in mine ours odd odd-rule; do
    keeps_lines "explain_$word" 0 "$cometdeck" explain -w deck "$word"
done
keeps_lines explain 0 "$cometdeck" explain -w deck
keeps_lines list 0 "$cometdeck" check --list -w deck
keeps_lines dry_run 0 "$cometdeck" check ours -w deck --base-url "$url" --model sim/ready --dry-run
keeps_lines policy_show 0 "$cometdeck" policy show -w deck
for format in text tap junit markdown; do
    keeps_lines "check_in_$format" 1 "$cometdeck" check ours -w deck --base-url "$url" --model sim/ready \
        --format "$format" --verbose
done
finish

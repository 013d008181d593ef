#!/bin/sh
# The examples for schedulers: sound for the program that reads them, where that is installed, and
# with words that this cometdeck takes.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
examples=$top/share/schedule

# skip NAME WHY
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

if command -v systemd-analyze >/dev/null; then
    mkdir units
    sed "s,/usr/bin/cometdeck,$cometdeck," "$examples/cometdeck-check.service" \
        >units/cometdeck-check.service
    cp "$examples/cometdeck-check.timer" units
    run env XDG_RUNTIME_DIR="$PWD/units" SYSTEMD_UNIT_PATH="$PWD/units:" systemd-analyze verify --man=no --user \
        units/cometdeck-check.service units/cometdeck-check.timer
    if grep -q 'Failed to initialize manager\|No such file or directory$' err && [ "$status" -ne 0 ]; then
        skip "systemd_takes_the_units" "$(head -n 1 err)"
    else
        ok "systemd_takes_the_units" test "$status" -eq 0
        ok "systemd_says_nothing_of_them" sh -c '! grep cometdeck-check err'
    fi
    run systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$examples/cometdeck-check.timer")"
    is "systemd_knows_the_calendar" "$status" 0
else
    skip "systemd_takes_the_units" "no systemd-analyze"
fi

ok "no_failed_check_is_a_success_of_the_unit" \
    sh -c "! grep -q '^SuccessExitStatus' '$examples/cometdeck-check.service'"

yaml="$examples/github-actions.yml $examples/kubernetes-cronjob.yaml"
if command -v yamllint >/dev/null; then
    # shellcheck disable=SC2086
    ok "yamllint_takes_the_others" yamllint -d '{extends: default, rules: {line-length: {max: 100}}}' \
        --strict $yaml
else
    skip "yamllint_takes_the_others" "no yamllint"
fi
if command -v actionlint >/dev/null; then
    ok "actionlint_takes_the_workflow" actionlint "$examples/github-actions.yml"
else
    skip "actionlint_takes_the_workflow" "no actionlint"
fi

# takes EXAMPLE WORDS: what it hands to cometdeck is taken; nothing is sent, so there are no results.
takes() {
    words=$(echo "$2" | sed "s,/workspace,$scratch/workspace,; s,--format [a-z]*=[^ ]*,,g")
    ok "the_$1_runs_a_check_on_schedule" test "${words#check*--cadence continuous}" != "$words"
    (cd workspace && eval "\"$cometdeck\" $words --dry-run" | grep -v '^$') >out 2>err
    has "the_words_of_the_$1_are_taken" out "canary-ready"
}
"$cometdeck" init workspace >/dev/null
mkdir workspace/.cometdeck
takes service "$(sed -n 's,^ExecStart=/usr/bin/cometdeck ,,p' "$examples/cometdeck-check.service")"
takes workflow "$(sed -n '/cometdeck check/,/--format text/p' "$examples/github-actions.yml" |
    sed 's/^ *//; s/^cometdeck //' | tr '\n' ' ')"
takes cronjob "$(sed -n '/args:/,/envFrom:/s/^ *- //p' "$examples/kubernetes-cronjob.yaml" |
    sed 's/^jsonl$/text/' | tr '\n' ' ')"

finish

#!/bin/sh
# What reviewers say stands beside what is computed in every format of `check`; a finding on another
# result is told to be outdated, one on a case that was not sent is kept, and no word changes the
# exit status (E36-E39). A malformed file is refused with its place before anything is sent.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
key=sk-test-of-the-findings-0123456789
export COMETAPI_API_KEY="$key"
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
start_simulator

sed -i '/"id": "errors.auth.status"/,/"accessed"/s/"accessed": null/"accessed": "2026-11-20"/' \
    ws/contract.json

# check NAME…: in every format.
check() {
    run "$cometdeck" check -w ws --base-url "$url" --model sim/ready --no-retry "$@" --format text \
        --format json=r.json --format tap=r.tap --format junit=r.xml --format markdown=r.md \
        --format jsonl=r.jsonl
}

cat >ws/findings.json <<'END'
{
  "$schema": "schema/findings.schema.json",
  "version": 1,
  "findings": [
    {"case": "no-key chat", "what": "handled", "value": "no", "computed": "unknown", "reason": "first word", "by": "ada", "date": "2026-11-19", "evidence": null},
    {"case": "no-key chat", "what": "handled", "value": "yes", "computed": "unknown", "outcome": "pass", "class": "auth", "reason": "the client asks for a key", "by": "ada", "date": "2026-11-20", "evidence": "ev-1"},
    {"case": "no-key responses", "what": "handled", "value": "yes", "computed": "unknown", "class": "server", "reason": "it pages | <b>somebody</b>", "by": null, "date": "2026-11-20"},
    {"case": "oversize-refused chat", "what": "handled", "value": "yes", "computed": "unknown", "reason": "nothing is sent, see client.c", "date": "2026-11-20"},
    {"case": "wrong-key chat", "what": "documented", "value": "yes", "computed": "no", "reason": "said by support", "by": "grace", "date": "2026-11-20"},
    {"case": "long-gone chat", "what": "handled", "value": "yes", "computed": "unknown", "reason": "once", "date": "2026-11-20"}
  ]
}
END
check no-key oversize-refused
is "findings_change_no_exit_status" "$status" 0
for report in out r.json r.tap r.xml r.md r.jsonl; do
    has "the_reason_is_in_$report" "$report" "the client asks for a key"
    has "who_says_it_is_in_$report" "$report" "ada"
    has "when_is_in_$report" "$report" "2026-11-20"
    has "a_case_that_was_not_sent_keeps_its_note_in_$report" "$report" "nothing is sent, see client.c"
    ok "an_earlier_word_does_not_hold_in_$report" sh -c "! grep -q 'first word' $report"
done
for report in out r.json r.tap r.xml r.md; do
    has "what_is_computed_stays_in_$report" "$report" "unknown"
    has "a_finding_on_another_result_is_outdated_in_$report" "$report" "the class is auth now, was server"
    has "one_on_a_case_of_another_run_is_in_$report" "$report" "said by support"
    has "one_on_a_case_that_is_gone_is_outdated_in_$report" "$report" "no probe makes this case any more"
done
has "text_tells_both" out "documented: yes, handled: unknown; finding: documented, handling unknown"
has "and_the_finding_with_the_reviewers_word" out "finding with the reviewer's word: documented and handled"
has "json_tells_both" r.json '"finding_reviewed": "documented and handled"'
ok "no_markup_of_a_reason_is_alive" sh -c "! grep -q '<b>' r.xml"
ok "json_holds_to_its_schema" "$build/tests/unit/validate" "$top/share/schema/check.schema.json" r.json
ok "the_findings_hold_to_theirs" "$build/tests/unit/validate" ws/schema/findings.schema.json \
    ws/findings.json
if command -v prove >/dev/null; then
    ok "prove_reads_the_tap" prove -e cat r.tap
fi
if command -v xmllint >/dev/null; then
    ok "junit_holds_to_its_schema" xmllint --noout --schema "$top/tests/e2e/junit.xsd" r.xml
fi

# ---- what init lays beside them ----
for name in probes classes findings fixture; do
    ok "the_schema_of_${name}_is_in_the_workspace" cmp "ws/schema/$name.schema.json" \
        "$top/share/schema/$name.schema.json"
done

# ---- E39: unexpected stays unexpected, and fails ----
cat >ws/findings.json <<'END'
{"version": 1, "findings": [
  {"case": "canary-json chat", "what": "handled", "value": "yes", "computed": "unknown", "reason": "no matter", "date": "2026-11-20"},
  {"case": "canary-json chat", "what": "documented", "value": "yes", "computed": "no", "reason": "no matter", "date": "2026-11-20"}
]}
END
run "$cometdeck" check -w ws --base-url "$url" --model sim/key-rejected --no-retry canary-json \
    --format text --format json=r.json
is "no_word_makes_it_pass" "$status" 1
has "it_stays_unexpected" out "finding: unexpected"
ok "whatever_the_word" sh -c "! grep -q 'with the reviewer' out"

# ---- what cannot be read ----
seen=$(grep -c 'POST\|GET' "$scratch/simulator.log")
sed -i 's/"value": "yes", "computed": "no"/"value": "perhaps", "computed": "no"/' ws/findings.json
check no-key
is "a_malformed_file_is_3" "$status" 3
has "its_place_is_told" err "findings.json:3:"
has "and_what_it_must_be" err "yes, no, unknown or computed"
echo '{"version": 1, "findings": [' >ws/findings.json
check no-key
is "one_that_is_no_json_is_3" "$status" 3
has "with_line_and_column" err "findings.json:2:1"
is "nothing_was_sent" "$(grep -c 'POST\|GET' "$scratch/simulator.log")" "$seen"

finish

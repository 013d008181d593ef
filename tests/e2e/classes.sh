#!/bin/sh
# A workspace's classes.json decides in send, judge and check, and is refused with its place when it
# cannot be used; the shipped file and this one hold to the published schema (PRB A17 B14 D16).
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-classes
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
start_simulator

send() {
    run "$cometdeck" send -w ws --base-url "$url" --model "sim/$1" --format json=sent.json
}
send model-not-found
is "the_shipped_class" "$(json_value class sent.json)" model-unknown
is "its_rule" "$(json_value rule sent.json)" code-model-unknown
has "what_chose_it" err "class model-unknown, action fix-config: the code model_not_found outranks the status 503, which alone would mean overloaded"
has "the_reason_in_json" sent.json '"because": "the code model_not_found outranks the status 503'

cat >ws/classes.json <<'END'
{
  "version": 1,
  "classes": [
    {"name": "house-model", "action": "escalate", "meaning": "Ours is gone.", "advice": "Call us."}
  ],
  "rules": [
    {"id": "house", "when": {"code": ["model_not_found"]}, "class": "house-model", "because": "it was ours"}
  ]
}
END
"$cometdeck" send -w ws --base-url "$url" --model sim/model-not-found --capture c >out 2>err
has "send_knows_the_own_class" err "class house-model, action escalate: the code model_not_found outranks the status 503, which alone would mean overloaded; it was ours"
has "and_its_advice" err "What to do: Call us."
run "$cometdeck" judge -w ws c
has "judge_does" out "class house-model, action escalate"
run "$cometdeck" explain -w ws house-model
has "explain_does" out "Ours is gone."
run "$cometdeck" check -w ws --base-url "$url" --model sim/model-not-found canary \
    --no-retry --format text --format json=r.json --format tap=r.tap --format junit=r.xml \
    --format markdown=r.md
for report in out r.json r.tap r.xml r.md; do
    has "check_has_class_and_reason_in_$report" "$report" "it was ours"
done
mkdir -p ws/probes
echo '{"version": 1, "probes": [{"id": "own", "title": "t", "operations": ["chat"], "expect": {"class": ["house-model"]}}]}' >ws/probes/own.json
run "$cometdeck" check -w ws --base-url "$url" --model sim/model-not-found --no-retry own
is "a_probe_may_expect_it" "$status" 0

# ---- the retry policy of a class of one's own, and a shipped one said anew ----
run "$cometdeck" policy show -w ws
has "the_policy_tells_a_class_without_a_row" out "house-model    never    never    The policy has no row"
sed -i 's/"bodies": "probes",/&\n  "retry": {"rows": [{"failure": "house-model", "retry": "once", "fallback": "maybe", "why": "it comes back", "origin": "local"}]},/' ws/cometdeck.json
run "$cometdeck" policy show -w ws
has "and_its_row_where_it_has_one" out "house-model    once     maybe    it comes back"
before=$(grep -c POST "$scratch/simulator.log")
run "$cometdeck" send -w ws --base-url "$url" --model sim/model-not-found --retry
is "it_is_asked_once_more" "$(($(grep -c POST "$scratch/simulator.log") - before))" 2
sed -i 's/"failure": "house-model"/"failure": "house-modle"/' ws/cometdeck.json
run "$cometdeck" policy show -w ws
is "a_row_of_no_class_is_refused" "$status" 3
has "with_its_place_and_the_nearest" err "cometdeck.json:5:34: there is no failure class \"house-modle\"; did you mean \"house-model\"?"
sed -i '/"retry": {/d' ws/cometdeck.json
cp ws/classes.json own.json
sed 's/"classes": \[/&\n    {"name": "rate-limit", "action": "page", "advice": "Call the platform team."},/' own.json >ws/classes.json
run "$cometdeck" send -w ws --base-url "$url" --model sim/rate-limited
has "the_workspace_chooses_the_action" err "class rate-limit, action page"
has "and_the_words" err "Call the platform team."
run "$cometdeck" explain -w ws rate-limit
has "explain_tells_them" out "Call the platform team."
run "$cometdeck" explain rate-limit
ok "elsewhere_it_is_as_shipped" sh -c "! grep -q 'platform team' out"
ok "it_holds_to_the_schema" "$build/tests/unit/validate" "$top/share/schema/classes.schema.json" ws/classes.json
cp own.json ws/classes.json

# ---- what cannot be used ----
sed -i 's/"house-model", "because"/"house-modle", "because"/' ws/classes.json
for verb in "send --model x" "judge c" "check smoke" explain; do
    # shellcheck disable=SC2086
    run "$cometdeck" $verb -w ws
    is "${verb%% *}_refuses_a_broken_file" "$status" 3
    has "${verb%% *}_says_where" err "classes.json:7:69: there is no class \"house-modle\"; did you mean \"house-model\"?"
done

# ---- the schema ----
holds() {
    "$build/tests/unit/validate" "$top/share/schema/classes.schema.json" "$1" >held 2>&1
}
ok "the_shipped_file_holds_to_the_schema" holds "$top/share/classes.json"
ok "so_does_this_one" holds ws/classes.json
sed -i 's/"code":/"kode":/' ws/classes.json
holds ws/classes.json || echo "refused" >>held
has "what_the_program_refuses_does_not" held "refused"
finish

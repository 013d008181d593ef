#!/bin/sh
# A body that breaks the request clauses is refused with the place in it, and the server sees
# nothing of it; who insists sends it (CON B12, PRB B36 B38 D33 D34).
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export COMETAPI_API_KEY=sk-test-of-the-validation
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
start_simulator

# send BODY [OPTION…]: with the text BODY as file.
send() {
    printf '%s' "$1" >body.json
    shift
    run "$cometdeck" send -w ws --base-url "$url" --body body.json --quiet "$@"
}

# seen: how many requests the simulator saw.
seen() {
    grep -c 'POST\|GET' "$scratch/simulator.log"
}

good='"messages":[{"role":"user","content":"Hi"}]'
while IFS='|' read -r name body words; do
    send "$body"
    is "${name}_is_refused_with_3" "$status" 3
    has "${name}_is_told_at_its_place" "$scratch/err" "$words"
done <<END
no_model|{$good}|body.json:1:1: the body lacks "model" (chat.request.model); --unchecked sends it all the same
no_messages|{"model":"sim/ready"}|the body lacks "messages"
a_model_that_is_a_number|{"model":7,$good}|body.json:1:10: /model must be a string
a_temperature_in_words|{"model":"sim/ready","temperature":"hot",$good}|/temperature must be a number
a_role_that_is_none|{"model":"sim/ready","messages":[{"role":"king","content":"Hi"}]}|/messages/0/role must be one of
no_message_at_all|{"model":"sim/ready","messages":[]}|body.json:1:33: /messages must not be empty (chat.request.messages_not_empty)
an_empty_model|{"model":"",$good}|/model must not be empty
several|{"model":7,"temperature":"hot",$good}|, and 1 more
no_json|{"model":|body.json:1:
END
send '{"model":"<model id>",'"$good"'}'
is "a_placeholder_is_refused_with_3" "$status" 3
has "a_placeholder_is_told_at_its_place" "$scratch/err" "body.json:1:10: /model to be filled in"
ok "nobody_is_told_to_insist_on_it" test -z "$(grep unchecked "$scratch/err")"
send '{"model":"<model id>",'"$good"'}' --unchecked
ok "nor_does_it_go_out" test "$status" -ne 0
head -c 3000000 /dev/zero | tr '\0' x >big
send '{"model":"sim/ready","messages":[{"role":"user","content":"'"$(cat big)"'"}]}'
is "an_oversized_body_is_refused_with_3" "$status" 3
has "an_oversized_body_is_told" "$scratch/err" "limits.input_bytes"
is "the_simulator_saw_nothing" "$(seen)" 0

send '{"model":"sim/ready","temperature":"hot",'"$good"'}' --unchecked
is "who_insists_sends_it" "$(seen)" 1
send '{"model":' --unchecked
is "even_what_is_no_json" "$(seen)" 2
send '{"model":"sim/ready",'"$good"',"something":1}'
is "what_no_clause_speaks_of_goes_out" "$(seen)" 3

# A probe of the workspace that breaks a clause, without meaning it and meaning it.
mkdir -p ws/probes
probe() {
    cat >ws/probes/own.json <<END
{"version": 1, "probes": [{"id": "hot", "title": "t", "operations": ["chat"], $1
 "mutation": [{"op": "add", "path": "/temperature", "value": "hot"}],
 "expect": {"status": ["100-599"]}}]}
END
    sed -i 's/"100-599"/"2xx", "4xx", "5xx"/' ws/probes/own.json
    run "$cometdeck" check -w ws --base-url "$url" --model sim/ready --no-retry hot
}
probe ""
is "a_probe_that_does_not_mean_it_is_an_error" "$status" 4
has "and_says_where" "$scratch/out" "/temperature must be a number"
is "without_a_request" "$(seen)" 3
probe '"deliberate": true,'
is "one_that_means_it_goes_through" "$status" 0
ok "with_one_request_a_case" test "$(seen)" -gt 3
finish

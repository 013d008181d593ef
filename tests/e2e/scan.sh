#!/bin/sh
# `scan`: literals that are scattered in a source tree (A71 D3 E6 E55), settings beside the contract
# (B20 B21 C3 C51), and no key in any output (A11 B22), in a tree with every odd file there is.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
key=tops3cretvalue0123
shape=sk-abcDEF1234567890abcDEF1234
"$cometdeck" init ws 2>/dev/null || echo "Bail out! init failed"
mkdir -p ws/src ws/deploy ws/node_modules/x ws/.git ws/docs
cd ws || exit 1

# ---- a clean tree ----
printf 'model = os.environ["MODEL"]\n' >src/clean.py
run "$cometdeck" scan
is "a_clean_tree_holds" "$status" 0
has "and_says_what_was_looked_at" "$scratch/out" "0 findings; 0 settings agree"

mkdir ../other && "$cometdeck" init ../other/ws 2>/dev/null
run "$cometdeck" scan ../other
is "a_contract_is_where_its_values_belong" "$status" 0

# ---- code ----
cat >src/app.py <<'END'
# https://apidoc.cometapi.com/api/text/chat explains
a = "model-one"
b = "model-one-mini"
c = f"{base}/v1/chat/completions"
d = 'https://user:passw0rd@api.cometapi.com/v1?key=abc'
e = "/api/text/chat"
END
printf 'x = "model-one"\r\ny = "model-one"\r\n' >src/crlf.js
printf 'model-one https://api.cometapi.com/v1\n' >docs/guide.md
printf 'MODEL=model-one\n' >deploy/app.env
printf 'x = "model-one"\n' >node_modules/x/a.js
cp node_modules/x/a.js .git/a.js
run "$cometdeck" scan --model model-one --format text --format json=../r.json
is "literals_in_code_are_exit_status_1" "$status" 1
has "a_model_has_its_place" "$scratch/out" 'src/app.py:2:6: model: model-one is a model id in code (--model)'
has "a_path_has_its_clause" "$scratch/out" 'src/app.py:4:13: path: /v1/chat/completions is an endpoint path in code (chat.path)'
has "a_base_url_too" "$scratch/out" 'src/app.py:5:6: base-url: https://****@api.cometapi.com/v1 is a base URL in code (base.url)'
has "a_page_of_the_documentation_is_no_endpoint" "$scratch/out" 'src/app.py:6:6: path: /api/text/chat is a page of the documentation, no endpoint (docs.pages)'
has "lines_end_as_they_do" "$scratch/out" 'src/crlf.js:2:6: model: model-one'
has "how_often_and_where_it_is_configured" "$scratch/out" 'model-one  3 times in 2 files, configured at deploy/app.env:1'
ok "a_longer_id_is_another" sh -c "! grep -q 'app.py:3' '$scratch/out'"
ok "a_link_in_a_comment_is_none" sh -c "! grep -q 'app.py:1:' '$scratch/out'"
ok "prose_names_what_it_likes" sh -c "! grep -q guide.md '$scratch/out'"
ok "no_password_is_shown" sh -c "! grep -q passw0rd '$scratch/out' ../r.json"
ok "packages_and_repositories_are_not_entered" sh -c "! grep -q 'node_modules/\|\.git/' '$scratch/out' ../r.json"
ok "the_report_holds_to_its_schema" "$build/tests/unit/validate" "$top/share/schema/scan.schema.json" ../r.json
cp "$scratch/out" ../first
run "$cometdeck" scan --model model-one
ok "two_runs_say_the_same" cmp -s "$scratch/out" ../first
run "$cometdeck" scan --model model-one src/crlf.js docs
has "files_and_folders_can_be_named" "$scratch/out" "2 findings (2 model)"
run "$cometdeck" scan --profile nobody src
is "a_profile_that_is_not_there_is_2" "$status" 2
run "$cometdeck" scan --base-url nowhere src
is "so_is_a_base_url_that_is_none" "$status" 2
run "$cometdeck" scan no-such-file
is "what_is_not_there_is_3" "$status" 3
mkfifo ../pipe
run "$cometdeck" scan ../pipe
is "so_is_a_fifo" "$status" 3

# ---- settings ----
rm -rf src docs
cat >deploy/app.env <<'END'
COMETAPI_BASE_URL=http://api.cometapi.com
# COMETAPI_BASE_URL=https://nowhere.example
COMETAPI_CHAT_PATH=/v1/responses
COMETAPI_MODELS_PATH=/v1/models
END
cat >deploy/pod.yaml <<'END'
env:
  - name: OPENAI_BASE_URL
    value: "https://api.cometapi.com/v1/v1"
  - name: CHAT
    value: /api/text/chat
END
printf '{"base_url":"https://api.cometapi.com/v1","chat_path":"/v1/chat/completions"}' >deploy/c.json
run "$cometdeck" scan --format text --format json=../r.json
is "a_setting_that_differs_is_exit_status_1" "$status" 1
has "another_scheme" "$scratch/out" 'deploy/app.env:1:19: base-url: http://api.cometapi.com has the scheme http'
has "the_path_of_another_operation" "$scratch/out" 'deploy/app.env:3:20: path: /v1/responses is the path of responses, and the name says chat'
has "a_version_twice" "$scratch/out" 'deploy/pod.yaml:3:13: base-url: https://api.cometapi.com/v1/v1 has /v1 twice (base.url)'
has "the_page_for_the_path" "$scratch/out" 'deploy/pod.yaml:5:12: path: /api/text/chat is a page'
has "a_version_in_base_and_path" "$scratch/out" 'deploy/c.json:1:56: path: /v1/chat/completions doubles /v1'
has "what_agrees_is_told" "$scratch/out" 'deploy/app.env:4:22: path: /v1/models (models.path)'
has "the_name_of_a_kubernetes_value" ../r.json '"setting": "OPENAI_BASE_URL"'
ok "what_is_commented_out_is_none" sh -c "! grep -q nowhere.example '$scratch/out'"
ok "that_report_holds_to_its_schema_too" "$build/tests/unit/validate" "$top/share/schema/scan.schema.json" ../r.json

# ---- what is accepted ----
sed -i '1a\  "scan": {"allow": [{"path": "deploy/*", "kind": "base-url", "reason": "staging"}, {"path": "gone/*", "kind": "model", "reason": "old"}]},' cometdeck.json
run "$cometdeck" scan
has "what_is_accepted_is_counted" "$scratch/out" "2 accepted by scan.allow"
has "a_rule_that_is_no_longer_needed_is_told" "$scratch/out" "nothing is found any more for gone/* (model)"
cd deploy || exit 1
run "$cometdeck" scan .
has "its_path_counts_from_the_workspace" "$scratch/out" "2 accepted by scan.allow"
cd .. || exit 1
sed -i 's/"reason": "staging"/"reason": ""/' cometdeck.json
run "$cometdeck" scan
is "a_reason_is_needed" "$status" 3
has "and_asked_for_at_its_place" "$scratch/err" "cometdeck.json:2:"
sed -i 2d cometdeck.json

# ---- keys ----
rm -rf deploy
mkdir -p src/a
export COMETAPI_API_KEY="$key"
printf '%s\n' "token $key end" >src/plain.md
printf '%s' "$key" | base64 >src/base64.txt
printf 'k: "%s"\n' "$shape" >src/shape.yaml
printf 'COMETAPI_KEY=%s\n' 0a1b2c3d4e5f6a7b >src/named.env
printf 'https://api.cometapi.com/v1?x=%s %s\n' "$key" "$shape" >src/line.py
printf '%s\n' "$key" >ledgers.md
mkdir -p ledgers captures
printf '%s\n' "$key" >ledgers/one.md
run "$cometdeck" scan --format text --format json=../r.json
is "a_key_is_exit_status_1" "$status" 1
for file in src/plain.md src/base64.txt src/shape.yaml src/named.env src/line.py ledgers/one.md; do
    has "a_key_is_found_in_$file" "$scratch/out" "$file:1:"
done
cat "$scratch/out" "$scratch/err" ../r.json >../all
ok "no_key_is_in_any_output" sh -c "! grep -q '$key\|$shape\|0a1b2c3d4e5f6a7b\|$(printf '%s' "$key" | base64 | cut -c1-12)' ../all"
unset COMETAPI_API_KEY
rm -rf src ledgers ledgers.md

# ---- very many ----
mkdir many
yes 'x = "model-one"' | head -n 12000 >many/a.py
{
    yes 'chat_path: /v1/chat/completions' | head -n 1500
    echo 'base_url: https://api.cometapi.com/v1'
    echo 'chat_path: /v1/chat/completions'
} >many/z.yaml
run "$cometdeck" scan many --model model-one
has "all_findings_are_counted" "$scratch/out" "12501 findings (12000 model, 501 path); 1001 settings agree"
has "what_is_not_listed_is_said" "$scratch/out" "3502 more are counted and not listed"
rm -rf many

# ---- odd files ----
mkdir -p odd/deep odd/locked
printf 'x = "model-one"\n' >"odd/new
line.py"
printf 'x = "model-one"\n' >"odd/$(printf 'esc\033[31m\377').py"
printf '\377\376x\0=\0"\0m\0o\0d\0e\0l\0-\0o\0n\0e\0"\0' >odd/utf16.py
printf '\177ELF\0model-one' >odd/binary
printf '\377\300 "model-one" \302\033[2J\n' >odd/invalid.py
head -c 10000000 /dev/zero | tr '\0' 'x' >odd/long.py
printf ' "model-one" ' >>odd/long.py
head -c 1000000 /dev/zero | tr '\0' 'y' >>odd/long.py
truncate -s 65M odd/large.py
mkfifo odd/pipe
ln -s . odd/loop
ln -s /etc/passwd odd/link
: >odd/empty.py
chmod 0 odd/locked
run timeout 60 "$cometdeck" scan odd --model model-one --format text --format json=../r.json
is "a_tree_of_odd_files_ends" "$status" 1
has "a_name_with_a_newline_is_one_line" "$scratch/out" 'odd/new␊line.py:1:6: model'
has "utf_16_is_read" "$scratch/out" 'odd/utf16.py:1:4: model'
has "invalid_utf_8_is_read" "$scratch/out" 'odd/invalid.py:1:5: model'
has "a_line_of_10_mb_has_columns" "$scratch/out" 'odd/long.py:1:10000003: model'
has "and_an_excerpt" "$scratch/out" '…xxx'
has "what_is_too_large_is_said" "$scratch/out" 'not looked at: odd/large.py: is larger than 64 MiB'
has "what_is_passed_over_is_counted" "$scratch/out" '1 binary files, 2 links, 1 others'
ok "no_control_byte_comes_through" sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$scratch/out'"
ok "the_report_of_odd_files_holds_to_its_schema" "$build/tests/unit/validate" \
    "$top/share/schema/scan.schema.json" ../r.json
if [ -e /proc/self/mem ]; then # it opens, and its first byte cannot be read
    run "$cometdeck" scan /proc/self/mem
    is "what_cannot_be_read_is_no_clean_tree" "$status" 3
    has "and_is_named" "$scratch/out" "not looked at: /proc/self/mem: could not be read to its end"
fi
if [ "$(id -u)" -ne 0 ]; then
    has "what_cannot_be_read_is_said" "$scratch/out" "not looked at: odd/locked: Permission denied"
    run "$cometdeck" scan odd/locked
    is "and_is_no_clean_tree" "$status" 3
fi
chmod 700 odd/locked
finish

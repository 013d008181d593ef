#!/bin/sh
# `simulate --observe` with the OpenAI SDK for Node as the application. OPENAI_SDK is a node_modules
# folder with the package `openai`; nothing is downloaded here.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?}/tests/e2e/lib.sh"
command -v node >/dev/null || {
    echo "1..0 # SKIP node is not installed"
    exit 0
}
[ -d "${OPENAI_SDK:-/none}/openai" ] || {
    echo "1..0 # SKIP OPENAI_SDK names no node_modules folder with the package openai"
    exit 0
}
cd "$scratch" || exit 1
run "$cometdeck" simulate --observe --quiet --timeout 30 --format json=r.json --format text \
    --scenario ready,cut-mid-stream,cut-clean-chunked,rate-limited-ms,server-error,messages-required,key-rejected \
    -- node "$top/tests/e2e/clients/openai.mjs"
sed 's/^/# /' out
is "it_has_faults" "$status" 1

handled() {
    awk -v name="$1" '$2 == name { print $1 }' out
}
is "a_whole_answer_is_handled" "$(handled ready)" yes
is "retry_after_ms_is_honoured" "$(handled rate-limited-ms)" yes
is "a_server_error_is_asked_again" "$(handled server-error)" yes
is "a_wrong_key_is_not" "$(handled key-rejected)" yes
has "its_retry_count_is_seen" r.json '"retry_count": 2'
# What the SDK does with the next three is its own affair; it must be seen either way.
for name in cut-mid-stream cut-clean-chunked messages-required; do
    ok "${name}_is_decided" grep -qE "^(yes|no) +$name " out
done
finish

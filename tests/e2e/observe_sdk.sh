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

# fault SCENARIO CODE: this is what it does wrong, as of its version 6. Where a later one does better,
# its number belongs here.
fault() {
    is "$1_is_not_handled" "$(handled "$1")" no
    is "$1_is_$2" "$(awk -v name="$1" -v code="$2:" '
        /^[a-z]/ { here = $2 == name } here && $1 == "fault" && $2 == code { print "yes"; exit }' out)" yes
}
fault cut-mid-stream took-cut-for-answer
fault cut-clean-chunked took-cut-for-answer
fault messages-required retried-never
finish

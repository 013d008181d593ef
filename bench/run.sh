#!/bin/sh
# What cometdeck costs, side by side with what it is compared to, in one run on one machine.
#
#   bench/run.sh [SECTION…]     sections: receive judge chunks memory (default: all)
#
# Ratios count, not seconds: every figure is the median of ROUNDS runs (default 5) that alternate
# with their peers. What could not be compared is said. BUILD names the build folder.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-$PWD/build}
rounds=${ROUNDS:-5}
program=$build/cometdeck
tools=$build/bench
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cometdeck-bench.XXXXXX")
server=
trap 'stop_server; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

say() {
    printf '%s\n' "$*"
}

skip() {
    say "  not compared: $*"
}

# ---- tools ----

# start_server OPTION…: sets $url.
start_server() {
    : >"$scratch/port"
    "$tools/bulk_server" "$@" >"$scratch/port" &
    server=$!
    while [ ! -s "$scratch/port" ]; do
        kill -0 "$server" 2>/dev/null || { say "bench: the server did not start" >&2; exit 1; }
    done
    url=http://127.0.0.1:$(cat "$scratch/port")
}

stop_server() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    server=
}

# used NAME COMMAND…: run it once more and note what it used under NAME.
used() {
    name=$1
    shift
    "$tools/measure" "$scratch/$name.used" "$@" >/dev/null 2>"$scratch/$name.err" || {
        skip "$name ended with exit status $?:"
        sed 's/^/    /' "$scratch/$name.err" | head -n 5
        stop_server
        return 1
    }
}

# median NAME COLUMN: of what was noted; columns: 1 CPU µs, 2 wall µs, 3 peak KiB.
median() {
    awk -v column="$2" '{ print $column }' "$scratch/$1.used" | sort -n |
        awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

milliseconds() {
    awk -v us="$1" 'BEGIN { printf "%.1f ms", us / 1000 }'
}

# row LABEL NAME: CPU and peak memory of what was noted.
row() {
    printf '  %-46s %10s CPU %8d KiB peak\n' "$1" "$(milliseconds "$(median "$2" 1)")" \
        "$(median "$2" 3)"
}

# ratio LABEL VALUE OF AIM: VALUE in parts of OF, and whether it is within AIM.
ratio() {
    awk -v label="$1" -v value="$2" -v of="$3" -v aim="$4" 'BEGIN {
        part = value / of
        printf "  %-46s %10.2f     aim ≤ %.2f: %s\n", label, part, aim,
            part <= aim ? "met" : "missed"
    }'
}

# ours NAME OPTION…: one `cometdeck send` to the server at $url.
ours() {
    name=$1
    shift
    (cd "$scratch" && used "$name" env -u COMETAPI_KEY -u COMETAPI_MODEL HOME="$scratch" \
        XDG_STATE_HOME="$scratch" XDG_DATA_HOME="$scratch" XDG_CONFIG_HOME="$scratch" \
        COMETAPI_API_KEY=sk-bench-0123456789abcdefghij COMETAPI_BASE_URL="$url" \
        "$program" send --model bench --timeout 600 "$@")
}

# A workspace that keeps no bodies, in $scratch/never; false when this build cannot send.
can_send() {
    [ -d "$scratch/never" ] && return
    if ! "$program" init "$scratch/never" >/dev/null 2>&1; then
        skip "this build of $program has no verbs"
        return 1
    fi
    sed -i.old 's/"bodies": "[a-z]*"/"bodies": "never"/' "$scratch/never/cometdeck.json"
}

# ---- sections: one function each ----

# The transport alone against curl.
section_receive() {
    say "Receive 200,000 chat events (59 MB), nothing done with them"
    start_server
    for _ in $(seq "$rounds"); do
        used receive-curl curl -s -o /dev/null "$url/"
        used receive "$tools/receive" "$url/"
    done
    stop_server
    row "curl -s -o /dev/null" receive-curl
    row "the transport of cometdeck" receive
    ratio "transport / curl" "$(median receive 1)" "$(median receive-curl 1)" 1
}

# Receive and judge against curl and a plain cJSON client, then with a capture.
section_judge() {
    say "Receive and judge 200,000 chat events (59 MB, chunks of 64 KiB)"
    compare judge
}

# The same with every event a chunk of its own, as gateways send them.
section_chunks() {
    say "Receive and judge 200,000 chat events, every event a chunk of its own"
    compare chunks -c 1
}

# compare PREFIX SERVER-OPTION…
compare() {
    prefix=$1
    shift
    can_send || return 0
    start_server "$@"
    curl -s -o "$scratch/body" "$url/"
    for i in $(seq "$rounds"); do
        used "$prefix-curl" curl -s -o /dev/null "$url/"
        used "$prefix-cjson" "$tools/cjson_peer" <"$scratch/body"
        ours "$prefix-send" -w "$scratch/never" || return 0
        ours "$prefix-capture" --capture "$scratch/$prefix-$i.capture" || return 0
        rm -f "$scratch/$prefix-$i.capture"
    done
    stop_server
    row "curl -s -o /dev/null" "$prefix-curl"
    row "cJSON on every data: line" "$prefix-cjson"
    row "cometdeck send, policy: keep no bodies" "$prefix-send"
    row "cometdeck send --capture" "$prefix-capture"
    sum=$(($(median "$prefix-curl" 1) + $(median "$prefix-cjson" 1)))
    ratio "send / (curl + cJSON)" "$(median "$prefix-send" 1)" "$sum" 0.5
    ratio "send --capture / (curl + cJSON)" "$(median "$prefix-capture" 1)" "$sum" 1
}

# A million events do not stay in memory.
section_memory() {
    say "Memory of a stream of 1,000,000 events (295 MB)"
    can_send || return 0
    start_server -n 1000000
    ours memory --capture "$scratch/million.capture" || return 0
    rm -f "$scratch/million.capture"
    stop_server
    row "cometdeck send --capture" memory
    ratio "peak / 64 MiB" "$(median memory 3)" 65536 1
}

[ -x "$tools/measure" ] || make -C "$build" -s bench
say "cometdeck bench: $(uname -m), $(getconf _NPROCESSORS_ONLN) processors, median of $rounds"
say "peers: $(curl --version | head -n 1 | cut -d ' ' -f 1-2), cJSON$(
    pkg-config --modversion libcjson 2>/dev/null | sed 's/^/ /')"
[ $# -gt 0 ] || set -- receive judge chunks memory
for section; do
    say
    case $section in
    receive | judge | chunks | memory) "section_$section" ;;
    *) say "bench: there is no section $section" >&2; exit 2 ;;
    esac
done

#!/bin/sh
# What cometdeck costs, side by side with what it is compared to, in one run on one machine.
#
#   bench/run.sh [SECTION…]     default: all; the engine: receive judge chunks memory
#                               history check scan, the console: start keys idle load flow long
#                               million
#
# Ratios count, not seconds: every figure is the median of ROUNDS runs (default 5) that alternate
# with their peers. What could not be compared is said. BUILD names the build folder.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-$PWD/build}
rounds=${ROUNDS:-5}
all="receive judge chunks memory history check scan start keys idle load flow long million"
program=$build/cometdeck
tools=$build/bench
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cometdeck-bench.XXXXXX")
server=
noise=
trap 'stop_server; stop_noise; rm -rf "$scratch"' EXIT
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
    stop_server
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

# A disk that has other things to do.
start_noise() {
    while :; do dd if=/dev/zero of="$scratch/noise" bs=1M count=4 conv=fsync 2>/dev/null; done &
    noise=$!
}

stop_noise() {
    [ -n "$noise" ] || return 0
    kill "$noise" 2>/dev/null || :
    wait "$noise" 2>/dev/null || :
    noise=
}

# used NAME COMMAND…: run it once more, alone, and note what it used under NAME.
used() {
    name=$1
    shift
    alone "$tools/measure" "$scratch/$name.used" "$@" >/dev/null 2>"$scratch/$name.err" || {
        skip "$name ended with exit status $?:"
        sed 's/^/    /' "$scratch/$name.err" | head -n 5
        stop_server
        return 1
    }
}

# quantile NAME COLUMN PERCENT: the smallest of what was noted that so many percent do not exceed.
quantile() {
    awk -v column="$2" '{ print $column }' "$scratch/$1.used" | sort -n |
        awk -v percent="$3" '{ all[NR] = $1 } END { print all[int((NR * percent + 99) / 100)] }'
}

# median NAME COLUMN: of what was noted; columns of `used`: 1 CPU µs, 2 wall µs, 3 peak KiB.
median() {
    quantile "$1" "$2" 50
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

# alone COMMAND…: without the settings of the user, the server at $url as its gateway.
alone() {
    env -u COMETAPI_KEY -u COMETAPI_MODEL HOME="$scratch" TMPDIR="$scratch" \
        GIT_CONFIG_GLOBAL=/dev/null \
        XDG_STATE_HOME="$scratch" XDG_DATA_HOME="$scratch" XDG_CONFIG_HOME="$scratch" \
        COMETAPI_API_KEY=sk-bench-0123456789abcdefghij COMETAPI_BASE_URL="${url:-}" "$@"
}

# ours NAME OPTION…: one `cometdeck send` to the server at $url.
ours() {
    name=$1
    shift
    (cd "$scratch" && used "$name" "$program" send --model bench --timeout 600 "$@")
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

# A source tree with 300 model ids of a catalog and what the contract names, against grep with the
# same texts. Prose has one of them, so that grep finds it and the scan holds.
section_scan() {
    say "Scan a source tree of 15,000 files, 310 texts"
    can_send || return 0
    mkdir -p "$scratch/tree" "$scratch/never/.cometdeck"
    for i in $(seq 150); do
        mkdir -p "$scratch/tree/$i"
        cp src/base/*.[ch] src/judge/*.[ch] "$scratch/tree/$i"
    done
    echo "/v1/models" >"$scratch/tree/README.md"
    seq 300 | sed 's/.*/vendor-&-model-preview/' >"$scratch/texts"
    sed 's/.*/{"id": "&"}/; $!s/$/,/' "$scratch/texts" |
        awk 'BEGIN { print "{\"version\": 1, \"answer\": {\"data\": [" } { print } END { print "]}}" }' \
            >"$scratch/never/.cometdeck/catalog.json"
    printf '%s\n' /v1/models /v1/chat/completions /chat/completions /v1/responses /api/models \
        /api/text/chat /api/text/responses /overview/models api.cometapi.com \
        apidoc.cometapi.com >>"$scratch/texts"
    for _ in $(seq "$rounds"); do
        used scan-grep env LC_ALL=C grep -rFf "$scratch/texts" "$scratch/tree" || return 0
        used scan "$program" scan -w "$scratch/never" "$scratch/tree" || return 0
    done
    say "  $(find "$scratch/tree" -type f | wc -l) files, $(du -sm "$scratch/tree" | cut -f 1) MiB"
    row "LC_ALL=C grep -rFf" scan-grep
    row "cometdeck scan" scan
    ratio "scan / grep, CPU" "$(median scan 1)" "$(median scan-grep 1)" 2
    ratio "peak / 32 MiB" "$(median scan 3)" 32768 1
    rm -rf "$scratch/tree"
}

# What looking into a long history costs the engine; times in µs.
section_history() {
    say "A history of 100,000 exchanges: pages of 256 rows, a filter's first page and its count"
    rm -f "$scratch"/long.db*
    "$tools/history" make "$scratch/long.db" 100000 || return 0
    "$tools/history" read "$scratch/long.db" >"$scratch/long.txt" || return 0
    "$tools/history" read "$scratch/long.db" >"$scratch/long.txt" || return 0
    awk '{ us = $NF; sub(/ +[0-9]+$/, ""); printf "  %-54s %8.1f ms\n", $0, us / 1000 }' \
        "$scratch/long.txt"
    ratio "open and first page / 100 ms" "$(awk '/^open/ { print $NF }' "$scratch/long.txt")" \
        100000 1
    ratio "page p99 / 5 ms" "$(awk '/^page p99/ { print $NF }' "$scratch/long.txt")" 5000 1
    skip "no other program keeps such a history: the figures stand alone"
}

# ---- the console ----

# shown NAME FOLDER OPTION…: let the meter run a command in a terminal of 140x40, note under NAME.
shown() {
    name=$1
    folder=$2
    shift 2
    (cd "$folder" && alone env TERM=xterm-256color LC_ALL=C.UTF-8 INPUTRC=/dev/null \
        "$tools/console" -s 140x40 "$@") >>"$scratch/$name.used" 2>"$scratch/$name.err" || {
        status=$?
        say "  $name: exit status $status"
        sed 's/^/    /' "$scratch/$name.err" | head -n 50
        return 1
    }
}

# can_show SERVER-OPTION…: a server, and a workspace that has its list of models.
can_show() {
    [ -x "$tools/console" ] || {
        skip "the meter of the console is not built, libvterm-dev is missing"
        return 1
    }
    can_send || return 1
    start_server "$@"
    rm -rf "$scratch/workspace"
    alone "$program" init "$scratch/workspace" >/dev/null 2>&1 &&
        (cd "$scratch/workspace" && alone "$program" catalog fetch >/dev/null 2>&1) && return
    stop_server
    skip "this build cannot make a workspace and fetch its models"
    return 1
}

# can_tig: tig and a repository of 3,000 commits.
can_tig() {
    if ! command -v tig >/dev/null 2>&1 || ! command -v git >/dev/null 2>&1; then
        skip "tig or git is missing"
        return 1
    fi
    [ ! -d "$scratch/repository" ] || return 0
    alone git init -q "$scratch/repository"
    awk 'BEGIN {
        for (i = 1; i <= 3000; i++)
            printf "commit refs/heads/bench\ncommitter Bench <bench@example.invalid> %d +0000\n" \
                "data <<END\ncommit number %d\nEND\nM 100644 inline file-%d\ndata <<END\n%d\nEND\n\n",
                1700000000 + i * 60, i, i % 50, i
    }' | alone git -C "$scratch/repository" fast-import --quiet
    alone git -C "$scratch/repository" symbolic-ref HEAD refs/heads/bench
    alone git -C "$scratch/repository" reset -q --hard
}

# keys_row LABEL NAME
keys_row() {
    printf '  %-46s %10s p50 %10s p99\n' "$1" "$(milliseconds "$(quantile "$2" 1 50)")" \
        "$(milliseconds "$(quantile "$2" 1 99)")"
}

# make_probes COUNT: a suite `bench` of so many in $scratch/never, which keeps what it says.
make_probes() {
    mkdir -p "$scratch/never/probes"
    {
        printf '{"version": 1, "probes": ['
        for number in $(seq "$1"); do
            [ "$number" = 1 ] || printf ','
            printf '{"id": "bench-%s", "title": "x", "operations": ["chat"], "stream": "yes", ' "$number"
            printf '"expect": {"verdict": ["complete"]}}'
        done
        printf '], "suites": [{"id": "bench", "title": "x", "requests_max": %s, "probes": [' "$1"
        seq -s ',' "$1" | sed 's/[0-9]*/"bench-&"/g'
        printf ']}]}'
    } >"$scratch/never/probes/bench.json"
}

# check_suite NAME PARALLEL: the suite of make_probes(), and curl with as many of the same requests.
check_suite() {
    (cd "$scratch/never" && used "$1" "$program" check bench --model sim/ready --no-retry \
        --parallel "$2") || return 1
    used "$1-curl" curl -sS -Z --parallel-immediate --parallel-max "$2" -o /dev/null \
        -H "Authorization: Bearer sk-bench-0123456789abcdefghij" \
        -H "Content-Type: application/json" -d "@$scratch/ready.json" \
        "$url/v1/chat/completions?[1-$probes]"
}

# So many probes at a time must not wait for each other, nor for the disk, nor cost more than they
# have to.
section_check() {
    probes=40 parallel=8
    say "Check $probes probes of about 200 ms each, $parallel at a time"
    can_send || return 0
    make_probes $probes
    printf '%s%s' '{"model":"sim/ready","messages":[{"role":"user","content":"Return the word READY ' \
        'and nothing else."}],"temperature":0,"max_tokens":64,"stream":true}' >"$scratch/ready.json"
    stop_server
    mkfifo "$scratch/simulator"
    "$program" simulate --port 0 --pace 50 >"$scratch/simulator" 2>/dev/null &
    server=$!
    read -r url <"$scratch/simulator"
    for _ in $(seq "$rounds"); do
        (cd "$scratch/never" && used check-one "$program" check bench-1 --model sim/ready) || return 0
        check_suite check $parallel || return 0
        start_noise
        check_suite check-busy $parallel || return 0
        stop_noise
    done
    stop_server
    rm "$scratch/simulator"
    one=$(median check-one 2)
    say "  one probe $(milliseconds "$one"), start of the program included"
    say "  all $(milliseconds "$(median check 2)"), CPU a probe $(milliseconds \
        $((($(median check 1) - $(median check-one 1)) / (probes - 1)))); curl -Z with the same" \
        "requests, nothing judged or kept: $(milliseconds "$(median check-curl 2)")"
    ratio "wall time / $((probes / parallel)) times 200 ms" "$(median check 2)" \
        $((probes * 200000 / parallel)) 1.15
    ratio "wall time / curl -Z" "$(median check 2)" "$(median check-curl 2)" 1.15
    ratio "the same, while dd syncs 4 MiB at a time" "$(median check-busy 2)" \
        "$(median check-busy-curl 2)" 1.15
}

# From the start of the process to the first content of a pane.
section_start() {
    say "First content of a pane, $((rounds * 3)) starts each"
    can_show || return 0
    peer=tig
    can_tig || peer=
    for _ in $(seq $((rounds * 3))); do
        shown start "$scratch/workspace" -w bench-0 first "$program" || break
        [ -z "$peer" ] || shown start-tig "$scratch/repository" -w "number 3000" first tig
        shown start-demo "$scratch" -w sim/ready first "$program" demo || break
    done
    stop_server
    printf '  %-46s %10s\n' "cometdeck in a workspace, first model" \
        "$(milliseconds "$(median start 1)")"
    printf '  %-46s %10s\n' "cometdeck demo, its server and workspace made" \
        "$(milliseconds "$(median start-demo 1)")"
    [ -n "$peer" ] || return 0
    printf '  %-46s %10s\n' "tig, first of 3,000 commits" "$(milliseconds "$(median start-tig 1)")"
    ratio "cometdeck / tig" "$(median start 1)" "$(median start-tig 1)" 1
    ratio "cometdeck demo / tig" "$(median start-demo 1)" "$(median start-tig 1)" 1
}

# From the key to the changed cells, in the list of the Catalog; nothing else goes on.
section_keys() {
    say "Key to paint, idle, $((rounds * 100)) keys each (j and k, about 25 a second)"
    can_show || return 0
    peer=tig
    can_tig || peer=
    for _ in $(seq $((rounds * 2))); do
        shown keys "$scratch/workspace" -w bench-0 -q 300 -r 1,0,28,40 keys=50 "$program" || break
        [ -z "$peer" ] ||
            shown keys-tig "$scratch/repository" -w "number 3000" -q 300 keys=50 tig
    done
    stop_server
    keys_row cometdeck keys
    [ -n "$peer" ] || return 0
    keys_row tig keys-tig
    ratio "p50 cometdeck / tig" "$(quantile keys 1 50)" "$(quantile keys-tig 1 50)" 1
    ratio "p99 cometdeck / tig" "$(quantile keys 1 99)" "$(quantile keys-tig 1 99)" 1
}

# watch_row LABEL NAME: what `watch` noted: wake-ups, bytes, reads, CPU µs, wall µs.
watch_row() {
    awk -v label="$1" '{
        seconds = $5 / 1000000
        printf "  %-46s %10d wake-ups %8d bytes %10.1f ms CPU in %d s\n", label, $1, $2, $4 / 1000,
            seconds
    }' "$scratch/$2.used"
}

# Nothing happens: nothing should run.
section_idle() {
    say "Idle, 10 s without a key"
    can_show || return 0
    shown idle "$scratch/workspace" -w bench-0 -q 500 watch=10 "$program" || return 0
    shown idle-demo "$scratch" -w sim/ready -q 500 watch=10 "$program" demo || return 0
    stop_server
    watch_row "cometdeck, aim: none" idle
    watch_row "cometdeck demo, aim: none" idle-demo
    can_tig || return 0
    shown idle-tig "$scratch/repository" -w "number 3000" -q 500 watch=10 tig || return 0
    watch_row "tig" idle-tig
}

# The answer arrives in the Stream pane while keys move in the Catalog.
section_load() {
    say "While 5,000 events a second arrive (1.5 MB/s, every event a chunk of its own)"
    can_show -r 5000 -n 100000000 || return 0
    send=$(printf ':model bench-050\r:send\r')
    for _ in $(seq "$rounds"); do
        shown load "$scratch/workspace" -w bench-0 -k "$send" -w RECEIVING -k 1 \
            -r 1,0,28,40 keys=50 "$program" || break
    done
    stop_server
    keys_row "cometdeck, key to paint" load
    ratio "p99 / 5 ms" "$(quantile load 1 99)" 5000 1
    skip "tig receives nothing from a network: the figures under load stand alone"
}

# flow_row LABEL NAME: what `watch` noted, as rates.
flow_row() {
    awk -v label="$1" '{
        printf "  %-46s %8.1f kB/s to the terminal, %5.1f %% of a processor, %d wake-ups/s\n",
            label, $2 / ($5 / 1000), 100 * $4 / $5, $1 / ($5 / 1000000)
    }' "$scratch/$2.used"
}

# The same answer followed in a pager, the nearest that there is: bytes as they come, nothing judged.
# CPU and wake-ups of the pager alone; those of curl come on top.
section_flow() {
    say "Following 5,000 events a second (1.5 MB/s) for 10 s, beside curl into less +F"
    can_show -r 5000 -n 100000000 || return 0
    shown flow "$scratch/workspace" -w bench-0 -k "$(printf ':model bench-050\r:send\r')" \
        -w RECEIVING watch=10 "$program" || return 0
    flow_row "cometdeck, following the answer" flow
    bytes=$(awk '{ print int($2 / ($5 / 1000000)) }' "$scratch/flow.used")
    ratio "terminal / 100 kB/s" "$bytes" 100000 1
    if command -v less >/dev/null 2>&1; then
        mkfifo "$scratch/flow.fifo"
        alone curl -sN --max-time 12 "$url/" >"$scratch/flow.fifo" &
        curl=$!
        shown flow-less "$scratch" -w data: watch=10 less -f +F "$scratch/flow.fifo" || :
        wait "$curl" || :
        rm -f "$scratch/flow.fifo"
        flow_row "less -f +F, what curl -N writes" flow-less
    else
        skip "less is missing"
    fi
    stop_server
}

# The console keeps what its panes show of a million events.
section_million() {
    say "Memory of the console with a stream of 1,000,000 events (295 MB)"
    can_show -n 1000000 || return 0
    shown million "$scratch/workspace" -w bench-0 -k "$(printf ':model bench-050\r:send\r')" \
        -w COMPLETE peak "$program" || return 0
    stop_server
    printf '  %-46s %10d KiB peak\n' "cometdeck" "$(median million 1)"
    ratio "peak / 64 MiB" "$(median million 1)" 65536 1
}

# The History pane over many rows: from the key that opens it, and of the keys in it.
section_long() {
    say "The History pane over 100,000 exchanges"
    can_show || return 0
    mkdir -p "$scratch/workspace/.cometdeck"
    "$tools/history" make "$scratch/workspace/.cometdeck/history.db" 100000 || return 0
    for _ in $(seq "$rounds"); do
        shown long-start "$scratch/workspace" -w bench-0 first "$program" || break
        shown long-open "$scratch/workspace" -w bench-0 -k 5 -w " exchanges " first \
            "$program" || break
        shown long-keys "$scratch/workspace" -w bench-0 -k 5 -w " exchanges " -q 300 keys=50 \
            "$program" || break
    done
    stop_server
    opening=$(($(median long-open 1) - $(median long-start 1)))
    printf '  %-46s %10s\n' "from the key 5 to its first rows" "$(milliseconds "$opening")"
    keys_row "key to paint in it" long-keys
    ratio "opening / 100 ms" "$opening" 100000 1
    ratio "p99 / 5 ms" "$(quantile long-keys 1 99)" 5000 1
    skip "no other program keeps such a history: the figures stand alone"
}

[ -x "$tools/measure" ] || make -C "$build" -s bench
say "cometdeck bench: $(uname -m), $(getconf _NPROCESSORS_ONLN) processors, median of $rounds"
say "peers: $(curl --version | head -n 1 | cut -d ' ' -f 1-2), cJSON$(
    pkg-config --modversion libcjson 2>/dev/null | sed 's/^/ /'), $(
    tig --version 2>/dev/null | head -n 1 || echo no tig)"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $all
for section; do
    say
    case " $all " in
    *" $section "*) "section_$section" ;;
    *) say "bench: there is no section $section; there are: $all" >&2; exit 2 ;;
    esac
done

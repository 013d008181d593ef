# shellcheck shell=sh disable=SC2034
# What the tests of the program share: TAP, a scratch folder that is the whole world, a simulator.
#
# A test sources this file, calls ok/is/has for each statement, and `finish` at its end. Everything
# happens in $scratch; HOME and the XDG folders are in it; no variable of the user is inherited.

cometdeck=${COMETDECK:?run by make check}
top=${abs_top_srcdir:?run by make check}
build=$(dirname "$cometdeck")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cometdeck-test.XXXXXX") || exit 1
number=0
failures=0
simulators=

unset COMETAPI_API_KEY COMETAPI_KEY COMETAPI_BASE_URL COMETAPI_MODEL
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy NO_PROXY no_proxy
unset CURL_CA_BUNDLE SSL_CERT_FILE TMUX
export LC_ALL=C.UTF-8 HOME="$scratch/home" TMPDIR="$scratch/tmp"
export XDG_CONFIG_HOME="$scratch/config" XDG_STATE_HOME="$scratch/state"
export XDG_CACHE_HOME="$scratch/cache" XDG_DATA_HOME="$scratch/data"
mkdir -p "$HOME" "$TMPDIR" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME"

clean_up() {
    for process in $simulators; do
        kill "$process" 2>/dev/null
    done
    wait
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# ok NAME COMMAND…: the statement holds when the command does.
ok() {
    name=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $name"
    else
        failures=$((failures + 1))
        echo "not ok $number - $name"
        echo "# failed: $*"
    fi
}

# is NAME ACTUAL EXPECTED
is() {
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        failures=$((failures + 1))
        echo "not ok $number - $1"
        printf '%s\n' "got: $2" "expected: $3" | sed 's/^/# /'
    fi
}

# has NAME FILE TEXT: the file holds the text.
has() {
    number=$((number + 1))
    if grep -qF -e "$3" "$2"; then
        echo "ok $number - $1"
    else
        failures=$((failures + 1))
        echo "not ok $number - $1"
        printf '# %s is not in:\n' "$3"
        sed 's/^/#   /' "$2" | head -n 20
    fi
}

# run COMMAND…: output in $scratch/out and $scratch/err, exit status in $status.
run() {
    status=0
    "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
}

# start_simulator [OPTION…]: sets $url; its log is $scratch/simulator.log.
start_simulator() {
    [ -p "$scratch/simulator.url" ] || mkfifo "$scratch/simulator.url"
    "$cometdeck" simulate --port 0 "$@" >"$scratch/simulator.url" 2>>"$scratch/simulator.log" &
    simulators="$simulators $!"
    read -r url <"$scratch/simulator.url"
    [ -n "$url" ] || {
        sed 's/^/# /' "$scratch/simulator.log"
        echo "Bail out! the simulator did not start"
        exit 1
    }
}

# wait_for PROCESSES: these alone; a bare wait would wait for the servers, too.
wait_for() {
    # shellcheck disable=SC2086
    [ -z "$1" ] || wait $1
}

# json_value NAME FILE: the value of the first member of that name, as pretty-printed JSON has it.
json_value() {
    sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\"]*[^\",]\)\"\{0,1\},\{0,1\}\$/\1/p" "$2" | head -n 1
}

finish() {
    echo "1..$number"
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}

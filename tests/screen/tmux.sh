#!/bin/sh
# The journey once in tmux, fed by --script: tmux shows what the console says that it draws, and the
# ledger cites both exchanges.
set -u
if ! command -v tmux >/dev/null 2>&1; then
    echo "1..0 # SKIP tmux is missing"
    exit 0
fi
unset TMUX
scratch=$(mktemp -d /tmp/cdtmux.XXXXXX) # a socket's path is short
socket=$scratch/s
trap 'tmux -S "$socket" kill-server 2>/dev/null; rm -rf "$scratch"' EXIT
export HOME="$scratch" XDG_STATE_HOME="$scratch/state" TMPDIR="$scratch" LC_ALL=C.UTF-8
unset XDG_CONFIG_HOME
mkfifo "$scratch/idle" "$scratch/end"
echo 'set -g status off' >"$scratch/conf"

cat >"$scratch/script" <<SCRIPT
:catalog fetch
:send
until COMPLETE
:ledger new incident
:attach
:scenario cut-mid-stream
:send
until INCOMPLETE
until A client that trusts the end
:attach
:write $scratch/review.md
keys 3
:screen-dump $scratch/dump
SCRIPT
cat >"$scratch/run" <<RUN
"$COMETDECK" demo --pace 0 --script "$scratch/script" --idle-fd 3 3>"$scratch/idle"
echo "\$?" >"$scratch/end"
RUN

number=0
check() { # check NAME: by the status of the command before
    # shellcheck disable=SC2181
    if [ $? -eq 0 ]; then result=ok; else result="not ok"; fi
    number=$((number + 1))
    echo "$result $number - $1"
}

tmux -S "$socket" -f "$scratch/conf" new-session -d -x 140 -y 40 "sh $scratch/run"
exec 4<"$scratch/idle"
read -r _ <&4 # idle is reported for the first time when the script is through
[ -f "$scratch/dump" ]
check "the_script_runs_to_its_end"

# tmux takes the output in its own time.
tries=0
while tmux -S "$socket" capture-pane -p | sed 's/ *$//' >"$scratch/shown" &&
    ! cmp -s "$scratch/shown" "$scratch/dump" && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
diff "$scratch/dump" "$scratch/shown" | sed 's/^/# /'
cmp -s "$scratch/shown" "$scratch/dump"
check "tmux_shows_what_the_console_says_it_draws"

[ "$(grep -c 'ev-2.*sim/ready.*COMPLETE' "$scratch/review.md")" -ge 1 ] &&
    [ "$(grep -c 'ev-2.*sim/cut-mid-stream.*INCOMPLETE' "$scratch/review.md")" -ge 1 ]
check "the_ledger_cites_both_exchanges"

tmux -S "$socket" send-keys Q
read -r status <"$scratch/end"
[ "$status" = 0 ]
check "leaving_ends_with_0"
echo "1..$number"

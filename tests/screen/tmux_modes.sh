#!/bin/sh
# --offline sends nothing and --readonly writes nothing, whatever is asked for: the simulator's log
# and the folders tell.
set -u
if ! command -v tmux >/dev/null 2>&1; then
    echo "1..0 # SKIP tmux is missing"
    exit 0
fi
. "${abs_top_srcdir:?run by make check}/tests/e2e/lib.sh"
socket=$scratch/s
trap 'tmux -S "$socket" kill-server 2>/dev/null; clean_up' EXIT
echo 'set -g status off' >"$scratch/conf"
mkfifo "$scratch/end"
export COMETAPI_API_KEY=sk-test-0123456789abcdef0123

# console SCRIPT OPTION…: run it to its end in tmux; $status and the screen in $scratch/dump.
console() {
    script=$1
    shift
    cat >"$scratch/run" <<RUN
cd "$scratch/away" && "$cometdeck" -w "$scratch/ws" --script "$script" $* 2>"$scratch/err"
echo "\$?" >"$scratch/end"
RUN
    # The server of the session before may just be leaving.
    tries=20
    until tmux -S "$socket" -f "$scratch/conf" new-session -d -x 140 -y 40 "sh $scratch/run"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || {
            echo "Bail out! tmux does not start"
            exit 1
        }
    done
    read -r status <"$scratch/end"
    [ "$status" = 0 ] || sed 's/^/# /' "$scratch/err"
}

# Everything that is there, but for the folder the script may dump to.
tree() {
    (cd "$scratch" && find ws state config cache data home tmp away -printf '%p %y %m %s %T@\n' &&
        find ws state config cache data home tmp away -type f -exec sha256sum {} +) | sort
}

requests() { grep -c . "$scratch/simulator.log"; }

mkdir "$scratch/away"
start_simulator
run "$cometdeck" init "$scratch/ws"
cat >"$scratch/first" <<SCRIPT
:catalog fetch
:model sim/ready
:send
until COMPLETE
:ledger new incident
:attach
:write
:draft new other
keys Q
SCRIPT
console "$scratch/first" --base-url "$url"
is "a_console_without_restriction_ends_well" "$status" 0
ok "and_keeps_what_is_sent" test -s "$scratch/ws/.cometdeck/history.db"
ledger=$(echo "$scratch"/ws/ledgers/*.md)
before=$(requests)

cat >"$scratch/offline" <<SCRIPT
until OFFLINE
:send
until nothing is sent
:catalog fetch
until OFFLINE: nothing is sent
keys 1 R
until OFFLINE: nothing is sent
keys 5 r
until OFFLINE: nothing is sent
:scenario rate-limit
keys 2 s j
keys 3 r
:ledger open $ledger
:attach
keys u
:write $scratch/ws/ledgers/again.md
until Wrote
keys Q
SCRIPT
console "$scratch/offline" --base-url "$url" --offline
is "offline_ends_well" "$status" 0
is "offline_sends_nothing" "$(requests)" "$before"
ok "offline_writes_ledgers" test -s "$scratch/ws/ledgers/again.md"

cat >"$scratch/readonly" <<SCRIPT
until READ-ONLY
:send
until READ-ONLY: nothing is sent
:catalog fetch
keys 5
until complete
:mark
until nothing is written
:annotate a note
until nothing is written
:export har $scratch/away/x.har
until nothing is written
:history prune 1
until nothing is written
keys r
until nothing is sent
keys 1
:model sim/other
:prompt typed in vain
:draft new third
until nothing is written
:draft open default
:draft delete other
:draft rename fourth
:export curl $scratch/away/x.sh
until nothing is written
:edit-body
until nothing is written
:ledger new incident
until nothing is written
:ledger open $ledger
keys ] e
until nothing is written
:attach
until nothing is written
:write $scratch/away/x.md
until nothing is written
:screen-dump $scratch/away/x.txt
until nothing is written
:recover
until nothing is written
keys : t y p e d Esc
keys Q
SCRIPT
tree >"$scratch/tree-before"
console "$scratch/readonly" --base-url "$url" --readonly
tree >"$scratch/tree-after"
is "readonly_ends_well" "$status" 0
is "readonly_sends_nothing" "$(requests)" "$before"
diff "$scratch/tree-before" "$scratch/tree-after" | sed 's/^/# /'
ok "readonly_changes_no_file" cmp -s "$scratch/tree-before" "$scratch/tree-after"

# Nor does a place where there was nothing yet.
cat >"$scratch/new" <<SCRIPT
until READ-ONLY
keys 5
:model sim/other
:prompt typed in vain
keys Q
SCRIPT
rm -rf "$scratch/ws/.cometdeck"
tree >"$scratch/tree-before"
console "$scratch/new" --readonly
tree >"$scratch/tree-after"
is "readonly_of_a_new_workspace_ends_well" "$status" 0
ok "readonly_makes_no_local_folder" cmp -s "$scratch/tree-before" "$scratch/tree-after"
finish

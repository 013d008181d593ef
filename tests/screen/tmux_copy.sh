#!/bin/sh
# In tmux: what is copied is its buffer, byte for byte; a paste is never a key; ^Z and fg keep the
# screen and the modes of the terminal.
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
export PAGER="echo PAGED; read -r x </dev/tty"
unset XDG_CONFIG_HOME XDG_RUNTIME_DIR ENV BASH_ENV
echo 'set -g status off' >"$scratch/conf"
number=0
check() { # check NAME: by the status of the command before
    # shellcheck disable=SC2181
    if [ $? -eq 0 ]; then result=ok; else result="not ok"; fi
    number=$((number + 1))
    echo "$result $number - $1"
}
shown() { tmux -S "$socket" capture-pane -p; }
keys() { tmux -S "$socket" send-keys "$@"; }
await() { # await TEXT: until the screen shows it
    tries=0
    until shown | grep -qF -- "$1"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ]; then
            shown | sed 's/^/# /'
            echo "Bail out! \"$1\" is not shown"
            exit 1
        fi
        sleep 0.05
    done
}
await_mouse() { # await_mouse FLAGS: 11 taken, 00 given back
    tries=0
    until [ "$(tmux -S "$socket" display-message -p '#{mouse_standard_flag}#{mouse_sgr_flag}')" = "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 200 ] || return 1
        sleep 0.05
    done
}

tmux -S "$socket" -f "$scratch/conf" new-session -d -x 140 -y 40 "exec sh -i"
keys "PS1='sh''ell> '" Enter
await "shell>"
keys "$COMETDECK demo --pace 0" Enter
await "just now"
await_mouse 11
check "tmux_is_told_of_the_mouse"

keys y
await "Copied the model identifier, 9 bytes, to tmux"
tmux -S "$socket" save-buffer "$scratch/copied" && printf 'sim/ready' | cmp -s - "$scratch/copied"
check "the_buffer_is_the_identifier_and_nothing_more"

# The whole body of a request, larger than a pipe takes at once.
printf 'prompt ' >"$scratch/long"
head -c 300000 /dev/zero | tr '\0' x >>"$scratch/long"
tmux -S "$socket" load-buffer -b long "$scratch/long"
keys :
await ":"
tmux -S "$socket" paste-buffer -p -b long
await "xxxxx"
keys Enter 2 y
await "Copied prompt, 300000 bytes, to tmux"
tmux -S "$socket" save-buffer "$scratch/copied" && tail -c 300000 "$scratch/long" | cmp -s - "$scratch/copied"
check "what_is_longer_than_a_pipe_arrives_whole"

keys 1
printf 'sQ\nq:quit\n' >"$scratch/keys"
tmux -S "$socket" load-buffer -b keys "$scratch/keys"
tmux -S "$socket" paste-buffer -p -b keys
await "A paste is taken where something is typed"
check "a_paste_outside_of_a_line_is_no_key"

keys C-z
await "Stopped"
await_mouse 00
check "a_stop_gives_the_mouse_back"
keys "fg" Enter
await "1 Catalog"
await_mouse 11
check "going_on_takes_it_again"

keys v
await "PAGED"
await_mouse 00
check "the_pager_has_the_terminal_to_itself"
keys Enter
await "Enter use"
keys Q
await "shell>"
await_mouse 00
check "nothing_of_the_mouse_is_left"
echo "1..$number"

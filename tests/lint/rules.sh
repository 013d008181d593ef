#!/bin/sh
# The rules that keep the tree a tree: who may include what, how long things may grow.
# An argument names the folder of a built libcometdeck.a for the look at its symbols.
set -u
cd "$(dirname "$0")/../.." || exit 1
library=${1:-build}/libcometdeck.a
failed=0

complain() {
    printf '%s\n' "$*"
    failed=1
}

# owner HEADER-REGEX FILE-REGEX: only files that match may include such a header.
owner() {
    hits=$(grep -rnE --include='*.[ch]' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)" \
        src ui | grep -vE "^($2):")
    [ -z "$hits" ] || complain "a header of another library outside its one module ($2):
$hits"
}

owner 'curl/' 'src/net/transport[a-z_]*\.[ch]'
owner 'cjson/|cJSON' 'src/base/json[a-z_]*\.[ch]'
owner 'sqlite3' 'src/evidence/history[a-z_]*\.[ch]'
owner 'openssl/' 'src/evidence/digest\.[ch]'
owner 'cmark-gfm' 'src/ledger/document[a-z_]*\.[ch]'
owner 'n?cursesw?/|n?curses\.h|panel\.h|term\.h' 'ui/(term|draw)[a-z_]*\.[ch]'
owner 'readline/' 'ui/prompt[a-z_]*\.[ch]'
owner 'base/secret_reveal\.h' 'src/(net/transport|base/redact|base/secret)[a-z_]*\.[ch]'

# Dependencies point one way; a folder sees itself and what ranks below it.
hits=$(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src | awk -F: '
    BEGIN {
        n = split("base net contract judge evidence", low, " ")
        for (i = 1; i <= n; i++)
            rank[low[i]] = i
        rank["ledger"] = rank["probe"] = rank["scan"] = rank["catalog"] = rank["simulator"] = n + 1
        rank["command"] = n + 2
    }
    {
        split($1, path, "/")
        from = path[2]
        match($0, /"[^"]*"/)
        to = substr($0, RSTART + 1, RLENGTH - 2)
        if (to !~ /\//) {
            print $1 ":" $2 ": " to " is included without its folder"
            next
        }
        sub(/\/.*/, "", to)
        if (to == from)
            next
        if (!(to in rank) || !(from in rank) || rank[to] >= rank[from])
            print $1 ":" $2 ": " from " may not include " to
    }')
[ -z "$hits" ] || complain "$hits"

# An archive keeps one member of a name: two files of the same name would lose one.
hits=$(find src -name '*.c' | sed 's|.*/||' | sort | uniq -d)
[ -z "$hits" ] || complain "the same file name twice in src, ar keeps one of them: $hits"

# Length: a file of 600 lines and a function of 80 still fit into a head.
hits=$(find src ui tests bench -name '*.[ch]' -exec awk '
    FNR == 1 { if (name && lines > 600) print name ": " lines " lines, at most 600"; name = FILENAME }
    { lines = FNR }
    /^{/ { start = FNR }
    /^}/ && start { if (FNR - start - 1 > 80)
        print FILENAME ":" start ": a function of " FNR - start - 1 " lines, at most 80"; start = 0 }
    END { if (lines > 600) print name ": " lines " lines, at most 600" }' {} +)
[ -z "$hits" ] || complain "$hits"

hits=$(grep -rnE --include='*.[ch]' --include='*.sh' --include='*.def' \
    '\b(TO''DO|FIX''ME|X''XX|HA''CK)\b' src ui tests bench)
[ -z "$hits" ] || complain "left open:
$hits"

# The engine works without a screen: no symbol of curses or readline is wanted by the library.
if [ -f "$library" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    for name in ncursesw tinfo panelw readline; do
        file=$(${CC:-cc} -print-file-name="lib$name.so")
        case $file in
        /*) file=$(sed -nE 's/^(INPUT|GROUP)\(([^ )]*).*/\2/p' "$file" 2>/dev/null | head -n 1) ;;
        *) file= ;;
        esac
        case $file in
        /*) ;;
        ?*) file=$(${CC:-cc} -print-file-name="$file") ;;
        *) file=$(${CC:-cc} -print-file-name="lib$name.so") ;;
        esac
        [ ! -f "$file" ] || nm -D --defined-only "$file" 2>/dev/null
    done | awk '{ sub(/@.*/, "", $3); if ($3 != "" && $2 ~ /[TDBRVW]/) print $3 }' |
        grep -vE '^(_init|_fini|__bss_start|_edata|_end|xfree|xmalloc|xrealloc)$' |
        sort -u >"$scratch/screen"
    nm "$library" 2>/dev/null | awk 'NF >= 2 && $(NF - 1) ~ /[TDBR]/ { print $NF }' |
        sort -u >"$scratch/own"
    nm -u "$library" 2>/dev/null | awk 'NF == 2 { print $2 }' | sort -u |
        comm -23 - "$scratch/own" >"$scratch/wanted"
    [ -s "$scratch/screen" ] || complain "no symbols of curses and readline were found to compare with"
    hits=$(comm -12 "$scratch/wanted" "$scratch/screen")
    [ -z "$hits" ] || complain "the engine refers to curses or readline:
$hits"
else
    echo "rules: $library is not built, its symbols were not looked at"
fi
exit "$failed"

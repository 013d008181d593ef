#!/bin/sh
# The rules of the tree as a test: includes, order of folders, lengths, symbols of the engine.
echo 1..1
if found=$("${abs_top_srcdir:?}/tests/lint/rules.sh" "$PWD" 2>&1); then
    echo "ok 1 - the rules of the tree hold"
else
    printf '%s\n' "$found" | sed 's/^/# /'
    echo "not ok 1 - the rules of the tree hold"
fi

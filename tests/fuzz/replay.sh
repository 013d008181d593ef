#!/bin/sh
# Every seed through its fuzz target, without a fuzzer: what once broke stays mended.
set -u
corpus=${abs_top_srcdir:-.}/tests/fuzz/corpus
number=0
for folder in "$corpus"/*/; do
    [ -d "$folder" ] || continue
    number=$((number + 1))
    name=$(basename "$folder")
    program=tests/fuzz/fuzz_$name
    if [ ! -x "$program" ]; then
        echo "not ok $number - the seeds in corpus/$name have no program $program"
        continue
    fi
    if find "$folder" -type f -exec "$program" {} + >"replay-$name.out" 2>&1; then
        rm -f "replay-$name.out"
        echo "ok $number - the seeds of $name pass"
    else
        sed 's/^/# /' "replay-$name.out"
        echo "not ok $number - the seeds of $name pass"
    fi
done
echo "1..$number"

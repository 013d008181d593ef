#!/bin/sh
# The pictures of README.md can be drawn anew: the journey they show still leads there.
# shellcheck source=tests/e2e/lib.sh
. "${abs_top_srcdir:?run by make check}/tests/e2e/lib.sh"

for size in 80x24 140x40; do
    run "$build/tests/screen/picture" "$size" "$top/tests/screen/picture.script"
    is "the console is drawn at $size" "$status" 0
    has "the picture of $size shows the verdict" "$scratch/out" '>INCOMPLETE</text>'
    is "the picture of $size is whole" "$(tail -n 1 "$scratch/out")" '</svg>'
done
has "what would be markup is text in the picture" "$scratch/out" 'Bearer &lt;demo-key&gt;'
run "$build/tests/screen/picture" 110x32 "$top/tests/screen/picture-timing.script" 1
is "the timing view is drawn" "$status" 0
has "the picture of it shows where the time went" "$scratch/out" 'first event'
finish

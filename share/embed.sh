#!/bin/sh
# Compile files in: embed.sh SYMBOL FOLDER FILE… prints C that defines
#   const struct embedded SYMBOL[];       (base/embedded.h)
# with one row a file, named relative to FOLDER, and a row without a name at the end.
set -eu
symbol=$1
folder=$2
shift 2
printf '/* Made by share/embed.sh. */\n#include "base/embedded.h"\n\n'
number=0
for file in "$@"; do
    printf 'static const unsigned char file_%d[] = {\n' "$number"
    od -v -An -tu1 "$file" | sed 's/^ *//; s/  */,/g; s/$/,/'
    printf '0};\n\n'
    number=$((number + 1))
done
printf 'extern const struct embedded %s[];\nconst struct embedded %s[] = {\n' "$symbol" "$symbol"
number=0
for file in "$@"; do
    name=${file#"$folder"/}
    printf '    {"%s", (const char *)file_%d, sizeof(file_%d) - 1},\n' "$name" "$number" "$number"
    number=$((number + 1))
done
printf '    {0, 0, 0},\n};\n'

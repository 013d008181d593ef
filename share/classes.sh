#!/bin/sh
# Compile the failure classes in: classes.sh FILE prints C with the file itself (embed.sh), and its
# classes as rows whose strings outlive every table. A class stands on one line and needs no escapes.
set -eu
folder=$(dirname "$1")
"${SHELL:-sh}" "$(dirname "$0")/embed.sh" class_files "$folder" "$1"
printf '\n#include "judge/class_table.h"\n\n'
printf 'extern const struct class_row class_rows[];\nconst struct class_row class_rows[] = {\n'
word='\("[^"\\]*"\)'
sed -n "s/^ *{\"name\": $word, \"action\": $word, \"meaning\": $word, \"advice\": $word},*\$/    {\1, \2, \3, \4},/p" "$1"
printf '    {0, 0, 0, 0},\n};\n'

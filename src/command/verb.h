/*
 * The verbs: one table from which dispatch, --help, completion and the manual derive.
 */
#ifndef COMMAND_VERB_H
#define COMMAND_VERB_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stddef.h>

struct options;

/* Exit statuses of every verb (design.md "Shape"). */
enum exit_status {
    EXIT_HOLDS = 0,
    EXIT_FAILS = 1,
    EXIT_USAGE = 2,
    EXIT_FILE = 3,
    EXIT_UNCHECKED = 4,
    EXIT_INTERRUPTED = 130,
};

struct verb {
    const char *name;      /* "send" or "catalog fetch" */
    const char *arguments; /* "FILE|-", "" when none */
    const char *summary;   /* one line */
    const char *details;   /* further paragraphs of --help, may be NULL */
    const char *options; /* names from the option table, space separated, besides the common ones */
    int (*run)(const struct options *options);
};

size_t verb_count(void);
const struct verb *verb_get(size_t index);
const struct verb *verb_find(const char *name);

/* Parse and run `argv` (with argv[0]); messages go to standard error. Answers the exit status. */
int verb_main(int argc, char **argv);

#endif

/*
 * The verbs: one table (verbs.def) from which dispatch, --help, completion and the manual derive.
 *
 * A verb is a function in a file of its own; adding one is a line in verbs.def, its declaration
 * below, and its file. Verbs that need a screen have no function here: the console runs them.
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
    const char *name;      /* "send" or "catalog fetch"; "" is the console */
    const char *arguments; /* "FILE|-", "" when none */
    const char *summary;   /* one line */
    const char *details;   /* further paragraphs of --help, may be NULL */
    const char *options; /* names from the option table, space separated, besides the common ones */
    unsigned formats;    /* bit i: it reports in the enum format i (options.h) */
    int (*run)(const struct options *options); /* NULL: the console runs it */
};

size_t verb_count(void);
const struct verb *verb_get(size_t index);
const struct verb *verb_find(const char *name);

/* The verbs of two words that begin with `word`: begin with {.word = word}; NULL after the last. */
struct verb_group {
    const char *word;
    size_t next; /* private */
};
const struct verb *verb_group_next(struct verb_group *group);

/* Parse and run `argv` (with argv[0]); messages go to standard error. Answers the exit status. */
int verb_main(int argc, char **argv);

/* The same; `console` runs the verbs that need a screen ("" and "demo": options->verb->name). */
int verb_dispatch(int argc, char **argv, int (*console)(const struct options *options));

int verb_init(const struct options *options);
int verb_send(const struct options *options);
int verb_judge(const struct options *options);
int verb_check(const struct options *options);
int verb_catalog_fetch(const struct options *options);
int verb_catalog_list(const struct options *options);
int verb_simulate(const struct options *options);
int verb_policy_show(const struct options *options);
int verb_policy_set(const struct options *options);
int verb_scan(const struct options *options);
int verb_explain(const struct options *options);
int verb_help(const struct options *options);

#endif

/*
 * The scenarios that an application is run for.
 */
#ifndef COMMAND_OBSERVE_NAMES_H
#define COMMAND_OBSERVE_NAMES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { OBSERVE_NAMES_MAX = 256 };

/* Names of the table of scenarios, constants. */
struct observe_names {
    const char *items[OBSERVE_NAMES_MAX];
    size_t count;
};

/*
 * Those that show the rows of the retry policy and that the shipped probes name, the good answer
 * first: where that one fails, the others prove nothing.
 */
void observe_names_usual(struct observe_names *names);

/* "A,B"; ERROR_USAGE when one is no scenario, or there is none. */
bool observe_names_read(struct observe_names *names, const char *text, struct error *error);

/*
 * How a record names what a shell is given: its first word behind the variables that are set in
 * front of it, which may hold what no record should, without its folder. NULL where a shell reads
 * more into the words up to there than their letters: it is not guessed at. The caller frees.
 */
char *observe_names_command(const char *command);

#endif

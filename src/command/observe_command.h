/*
 * The application under observation, run for one scenario: its surroundings, and its end.
 */
#ifndef COMMAND_OBSERVE_COMMAND_H
#define COMMAND_OBSERVE_COMMAND_H

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

struct redactor;

/* What it is told, by variables and in its words. */
struct observe_place {
    const char *scenario;
    const char *model;
    const char *root;     /* http://127.0.0.1:PORT/sim/as/NAME */
    const char *base_url; /* the same with the version: what client libraries call base URL */
    const struct redactor *redactor; /* a variable that holds what it knows is not handed on */
};

/*
 * Start it in a session of its own, without standard input, our terminal or any other descriptor
 * of ours; what it prints goes to `output`, nowhere when that is -1. What is answered leads that
 * session and ends as the application does; when we end, however that comes, its group is killed.
 * No variable hands a key of the user on, of whatever profile; the usual ones hold a dummy. -1 with
 * ERROR_USAGE when it cannot be run.
 */
pid_t observe_command_start(const char *const *words, size_t count,
                            const struct observe_place *place, int output, struct error *error);

#endif

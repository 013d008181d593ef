/*
 * Children of the console, as the system lists them: a test kills one, or sees that it is gone.
 */
#ifndef TESTS_SCREEN_OFFSPRING_H
#define TESTS_SCREEN_OFFSPRING_H

#include <stddef.h>
#include <sys/types.h>

/* Until `count` children of `parent` have `words` in their command line; answers the youngest. */
pid_t offspring_wait(pid_t parent, const char *words, size_t count);

/* Kill the one there is, and wait until it ran for the last time. */
void offspring_kill(pid_t parent, const char *words);

/* Until the process is no more, or waits to be waited for. */
void offspring_wait_end(pid_t child);

#endif

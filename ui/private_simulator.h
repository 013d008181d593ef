/*
 * A simulator of our own for cases that are shown by it: another process of this program, started
 * when it is first needed and gone with us, whatever ends us.
 *
 * The console has curl, SQLite and a terminal by then, so nothing is forked: the program is started
 * anew, and tells its base URL through a pipe that the loop watches.
 */
#ifndef UI_PRIVATE_SIMULATOR_H
#define UI_PRIVATE_SIMULATOR_H

#include "base/error.h"

struct loop;
struct private_simulator;

/*
 * `ready` is called once, from the loop, when the base URL is there, or with `error` when it ended
 * before. NULL when it cannot be started. The loop outlives it.
 */
struct private_simulator *
private_simulator_new(struct loop *loop, void (*ready)(void *context, const struct error *error),
                      void *context, struct error *error);
void private_simulator_free(struct private_simulator *simulator); /* NULL is fine */

/* Its base URL, NULL before it is there. */
const char *private_simulator_url(const struct private_simulator *simulator);

#endif

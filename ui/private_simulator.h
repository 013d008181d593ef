/*
 * A simulator of our own: another process of this program, gone with us, whatever ends us.
 *
 * The console has curl, SQLite and a terminal by then, so nothing is forked: the program is started
 * anew and handed a socket that listens already. So its address is known at once, and a request
 * that is made before the child runs waits for it.
 */
#ifndef UI_PRIVATE_SIMULATOR_H
#define UI_PRIVATE_SIMULATOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct private_simulator;

/*
 * `port` 0: any free one. What it sees of its clients is written to `records`
 * (simulator/observer.h), which does not block and stays the caller's; -1: nobody watches. NULL
 * when the port is taken or it cannot be started.
 */
struct private_simulator *private_simulator_new(uint16_t port, int records, struct error *error);
void private_simulator_free(struct private_simulator *simulator); /* NULL is fine */

/* It did not end by itself. */
bool private_simulator_runs(const struct private_simulator *simulator);

/* Start one that ended once more, at the same address; one that runs goes on. */
bool private_simulator_revive(struct private_simulator *simulator, struct error *error);

/* Its base URL, the same as long as it lives. */
const char *private_simulator_url(const struct private_simulator *simulator);
uint16_t private_simulator_port(const struct private_simulator *simulator);

#endif

/*
 * `demo`: the console on a throw-away workspace and the built-in simulator. No key, no network,
 * nothing is left behind.
 */
#ifndef UI_DEMO_H
#define UI_DEMO_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct demo {
    char *folder; /* the workspace; removed by demo_end() */
    pid_t simulator;
};

/*
 * Fork the simulator and write the workspace. Before curl, SQLite and curses start. `pace_ms`: time
 * between two events. Ended by the caller in any case.
 */
bool demo_begin(struct demo *demo, int pace_ms, struct error *error);
void demo_end(struct demo *demo);

#endif

/*
 * The simulator: the API on loopback, with faults that can be asked for by model name.
 *
 * One process, one loop of poll(2), no threads; raw bytes, so that it can break its own framing,
 * reset, stall and split anywhere. Deterministic: the same request gives the same bytes.
 */
#ifndef SIMULATOR_SIMULATOR_H
#define SIMULATOR_SIMULATOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct simulator_options {
    const char *host; /* loopback only: "127.0.0.1" (default) or "::1" */
    uint16_t port;    /* 0: any free one */
    int pace_ms;      /* between two events; 0: as fast as the socket takes */
    const char *key;  /* the key it accepts; NULL: any `sk-…` */
    bool quiet;       /* no line per request on standard error */
};

/* Bind and listen; answers the descriptor, `*port` the port. -1 with an error. */
int simulator_listen(const struct simulator_options *options, uint16_t *port, struct error *error);

/* Serve until SIGTERM or SIGINT; answers the exit status. */
int simulator_serve(int listener, const struct simulator_options *options);

/*
 * Fork a child that serves `listener` in its own process group and dies with its parent. Called
 * before curl, SQLite and curses are initialised. -1 with an error.
 */
pid_t simulator_fork(int listener, const struct simulator_options *options, struct error *error);
void simulator_stop(pid_t child);

/* The table of scenarios. */
enum scenario_scope {
    SCENARIO_ANSWER, /* chosen by the model `sim/NAME` */
    SCENARIO_SERVER, /* a setting of the server: catalog faults, authentication … */
};

struct scenario {
    const char *name; /* "cut-mid-stream" */
    enum scenario_scope scope;
    const char *summary;    /* one line */
    const char *operations; /* "chat responses", "models", … */
    const char *verdict;    /* the verdict it must lead to, "" where it depends */
    const char *source;     /* row of the case table, e.g. "streams.md case 6" */
};
size_t scenario_count(void);
const struct scenario *scenario_get(size_t index);
const struct scenario *scenario_find(const char *name); /* NULL; accepts "sim/NAME" too */

#endif

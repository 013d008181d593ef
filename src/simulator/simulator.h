/*
 * The simulator: the API on loopback, with faults that can be asked for by model name.
 *
 * One process, one loop of poll(2), no threads; raw bytes, so that it can break its own framing,
 * reset, stall and split anywhere. Deterministic: the same request gives the same bytes. How to add
 * a scenario: scene.h.
 */
#ifndef SIMULATOR_SIMULATOR_H
#define SIMULATOR_SIMULATOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct simulator_options {
    const char *host;     /* loopback only: "127.0.0.1" (default, as NULL) or "::1" */
    uint16_t port;        /* 0: any free one */
    int pace_ms;          /* between two events; 0: none but a scenario's own; -1: none at all */
    const char *key;      /* the key it accepts; NULL: any `sk-…` */
    const char *scenario; /* the one it begins with, as by the control path; NULL: "default" */
    bool quiet;           /* no line per request on standard error */
    int observe_fd;       /* what is seen of clients goes there (observer.h); 0: nobody watches */
};

/*
 * Bind and listen; answers the descriptor, `*port` (may be NULL) the port. -1 with an error: a host
 * that is not loopback, a scenario that does not exist, a port that is taken.
 */
int simulator_listen(const struct simulator_options *options, uint16_t *port, struct error *error);

/*
 * Serve until SIGTERM or SIGINT; answers the exit status, 0 or 130. With `quiet` false every
 * request gets a line on standard error, "METHOD PATH MODEL SCENARIO STATUS", hostile bytes
 * escaped.
 *
 * Paths besides those of the API: `POST /sim/scenario?name=NAME` chooses a scenario for all that
 * follows (one of SCENARIO_ANSWER answers whatever model is asked; `default` takes it back),
 * `GET /sim/scenario` tells it, and how many requests there were besides those to this path.
 * `/sim/as/NAME/v1/…` is `/v1/…` under the scenario NAME for that request alone.
 */
int simulator_serve(int listener, const struct simulator_options *options);

/*
 * Fork a child that serves `listener` in its own process group and dies with its parent. Called
 * before curl, SQLite and curses are initialised. The listener stays the caller's, who closes it:
 * while it is open, a connection made after the child's death is accepted by nobody. -1 with an
 * error.
 */
pid_t simulator_fork(int listener, const struct simulator_options *options, struct error *error);

/*
 * The calling process gets a SIGTERM when `parent`, which started it, ends. False when it ended
 * already, or is not the parent.
 */
bool simulator_end_with(pid_t parent);

/* End the child and wait for it. */
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
    const char *verdict;    /* of the streamed answer: the verdict's name; "" where it depends */
    const char *source;     /* row of the case table, e.g. "streams.md case 6" */
};
size_t scenario_count(void);
const struct scenario *scenario_get(size_t index);      /* NULL past the end */
const struct scenario *scenario_find(const char *name); /* NULL; accepts "sim/NAME" too */
bool scenario_exists(const char *name);                 /* scenario_find() finds it */

#endif

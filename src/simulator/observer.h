/*
 * What the simulator sees of its clients, told as it happens: one JSON object a line, for
 * `simulate --observe` (probe/observation.h reads it).
 *
 *   {"record":"begun","at_us","id","connection","method","path","scenario","scene","besides",
 *    "operation","stream","choices","headers":[names],"values":{…},"idempotency_key","body","body_bytes"}
 *   {"record":"ended","at_us","id","status","sent","how","quiet_us","unread"}
 *   {"record":"gone","at_us","id","kept_us"}
 *   {"record":"lost","count"}
 *
 * `scenario` is what was asked for, `scene` what answered: they differ where the request itself was
 * wrong; `besides` is a request to what the scenario is not about. `how` is "told" (the framing
 * told the end), "closed" (closing the connection was its end), "cut" (the framing promised more),
 * "reset", "stalled" (silence until the client left) or "left" (the client went before the end);
 * `quiet_us` is since the last byte was sent, `unread` what the client had not taken by then.
 * `gone` follows where we closed and the client kept its side for `kept_us`. Times are monotonic.
 *
 * No key, no prompt, no query: of a body there is a digest under a salt of this process, so that
 * equal bodies are known as equal and nothing else is. Names and values are cut and counted; a line
 * is one write of at most PIPE_BUF bytes that never waits: what does not fit is lost and counted.
 */
#ifndef SIMULATOR_OBSERVER_H
#define SIMULATOR_OBSERVER_H

#include "base/clock.h"
#include "simulator/route.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observer;

/* Writes to `fd`, which does not block and stays the caller's. */
struct observer *observer_new(int fd, const struct clock *clock);
void observer_free(struct observer *observer); /* NULL is nothing */

/* The number of a connection, from 1. */
uint64_t observer_connection(struct observer *observer);

/*
 * A request is about to be answered by `scene`; answers its id, 0 for the control path, which is
 * not observed. `observer` NULL: nobody watches, as in the calls below.
 */
uint64_t observer_begun(struct observer *observer, uint64_t connection, const struct route *route,
                        const struct sim_request *request, const struct ask *ask,
                        const struct scene *scene);

struct observed_end {
    uint64_t id; /* 0: nothing is told */
    int status;  /* 0: no status line was sent */
    uint64_t sent;
    const char *how;
    int64_t last_sent_us; /* monotonic; 0: nothing was sent */
    size_t unread;
};
void observer_ended(struct observer *observer, const struct observed_end *end);

/* The client went, `since_us` (monotonic) is when our side was closed. */
void observer_gone(struct observer *observer, uint64_t id, int64_t since_us);

#endif

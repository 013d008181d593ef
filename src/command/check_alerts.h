/*
 * What of a run is unlike the own history (B51), for the report: lines, never an outcome.
 */
#ifndef COMMAND_CHECK_ALERTS_H
#define COMMAND_CHECK_ALERTS_H

#include "base/bytes.h"
#include "evidence/spike.h"

#include <stdbool.h>
#include <stdint.h>

struct exchange_state;
struct history;
struct history_patience;

enum { CHECK_ALERT_GROUPS = 16 };

/* Zeroed: nothing. */
struct check_alerts {
    struct spike groups[CHECK_ALERT_GROUPS]; /* by operation and model; further ones are let go */
    size_t count;
    char *lines; /* "alert: …" and "history: …", one a line; NULL before the end */
};

/* An attempt ended. */
void check_alerts_add(struct check_alerts *alerts, const struct exchange_state *state,
                      const char *profile);

/*
 * Compare with what was before `began_ms`; `history` NULL: there is none. `patience` as in
 * spike_compare(). May be called again when more was added.
 */
void check_alerts_end(struct check_alerts *alerts, struct history *history, int64_t began_ms,
                      const struct history_patience *patience);
void check_alerts_release(struct check_alerts *alerts);

#endif

/*
 * When things happened in an exchange, as the timing view draws it: the milestones with what led to
 * each, and the account of its events. Pure, from the exchange's state; times are microseconds
 * since its start.
 */
#ifndef UI_TIMING_H
#define UI_TIMING_H

#include "evidence/exchange.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

struct timing_phase {
    const char *name; /* of what it led to: "connect", "headers", "first event" … */
    int64_t from_us, to_us;
    bool open; /* that has not come yet: `to_us` is now */
};

enum { TIMING_PHASES = 10, TIMING_LIMITS = 5 };

/* A limit in force; `us` 0: there is none. */
struct timing_limit {
    const char *name;
    int64_t us;
    int64_t used_us; /* the most that was waited for it so far; -1: it did not begin */
};

struct timing {
    struct timing_phase phases[TIMING_PHASES];
    size_t phase_count;
    int64_t total_us;                /* up to the end, or now */
    int64_t silent_us;               /* since the last event of one that runs, else 0 */
    const struct timeline *timeline; /* never NULL */
    struct timing_limit limits[TIMING_LIMITS];
    size_t limit_count;
    int64_t gap_limit_us; /* 0: none */
};

/* `now_us` is on the clock of the state. False when it tells no time at all. */
bool timing_from(const struct exchange_state *state, int64_t now_us, struct timing *timing);

/*
 * "41 of 42 events with content in 1.20 s, 3.1 kB/s, 12.3 tokens/s …": the last only where usage
 * was told.
 */
void timing_rates(const struct timing *timing, const struct exchange_state *state,
                  struct bytes *out);

#endif

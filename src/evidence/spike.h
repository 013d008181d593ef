/*
 * A spike of tokens, latency or errors against the own history (B51): something to look at, never
 * an assertion. What was wrong on purpose, as a negative probe is, counts on neither side.
 *
 * What is compared has the operation, model, profile and origin (simulated or not) in common, and
 * at least SPIKE_SAMPLES earlier exchanges stand on the other side. Tokens and latency, of complete
 * answers alone, are those of one series: of the same case of a probe, which is the same prompt, or
 * of no probe and with half to double the input tokens; streamed with streamed. The median of now
 * lies above the median of before by six times its spread (1.4826 times the median absolute
 * deviation) and by half of it. Errors, of all series together: at least three, and more than the
 * earlier share makes likely by three standard deviations.
 */
#ifndef EVIDENCE_SPIKE_H
#define EVIDENCE_SPIKE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct exchange_state;
struct history;
struct history_patience;

enum { SPIKE_SAMPLES = 20, SPIKE_LOOKED_AT = 5000, SPIKE_NOW = 16, SPIKE_SERIES = 16 };

/* Complete answers to one prompt. */
struct spike_series {
    char *test_case; /* NULL: of no probe */
    bool streamed;
    int64_t input_tokens;                             /* of the first; -1: not told */
    int64_t tokens[SPIKE_NOW], latency_us[SPIKE_NOW]; /* the first SPIKE_NOW of them */
    size_t token_count, latency_count;
};

/* What came now, of one operation and model. Zeroed: nothing. */
struct spike {
    char *operation, *model, *profile;
    bool simulated;
    struct spike_series series[SPIKE_SERIES]; /* further ones are let go */
    size_t series_count;
    size_t attempts, failures;
};

/*
 * Count an exchange that ended. One that was wrong on purpose counts for nothing. False, and
 * nothing is counted, where it is of another group; an empty one takes its.
 */
bool spike_add(struct spike *spike, const struct exchange_state *state, const char *profile);
void spike_release(struct spike *spike);

/* How far a comparison goes. */
struct spike_reach {
    size_t lacking;  /* series that have too little to be compared with */
    uint64_t looked; /* rows of the history */
    bool cut;        /* further ones were there, and none of them was looked at */
};

/*
 * Compare with what the history holds from before `before_ms`: append a line for each alert, which
 * names what was compared. `patience` (may be NULL) ends the looking; what was found then is what
 * is compared with, and `*reach` tells how far that went.
 */
bool spike_compare(const struct spike *spike, struct history *history, int64_t before_ms,
                   const struct history_patience *patience, struct bytes *out,
                   struct spike_reach *reach, struct error *error);

#endif

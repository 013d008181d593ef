/*
 * Between two attempts of one request: what the retry policy says of the one that ended, and how
 * much of the overall deadline is left (RTY D40 D41 D42 D59 D67). Each attempt is an exchange, and
 * evidence, of its own.
 */
#ifndef EVIDENCE_ATTEMPT_H
#define EVIDENCE_ATTEMPT_H

#include "judge/retry.h"

#include <stdbool.h>
#include <stdint.h>

struct clock;
struct exchange_state;

/* Of a request so far; zeroed but for policy and regenerate before its first attempt. */
struct attempt {
    const struct retry_policy *policy;
    int number;       /* of the one that ended, from 1 */
    int64_t began_us; /* of the first one, monotonic */
    bool regenerate;  /* go on after partial output, see struct retry_attempt */
    const char *asked_for[RETRY_ATTEMPTS_LIMIT]; /* classes after which it was asked again; kept by
                                                    attempt_advise() */
    size_t asked_count;
};

/*
 * Part of an answer was received: text, a tool call, or a beginning of the JSON of one. While it
 * runs, only what is understood so far counts.
 */
bool attempt_is_partial(const struct exchange_state *state);

/* Once for each attempt. `state` is that of an exchange that ended. Takes time and chance from
 * `clock`. */
void attempt_advise(struct attempt *attempt, const struct exchange_state *state,
                    const struct clock *clock, struct retry_advice *advice);

/* For exchange_request.left_us of the attempt that follows; at least 1. */
int64_t attempt_left_us(const struct attempt *attempt, const struct clock *clock);

#endif

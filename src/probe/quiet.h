/*
 * The pause that an endpoint asked for: until then it gets no request, whatever case it would be
 * (D50).
 */
#ifndef PROBE_QUIET_H
#define PROBE_QUIET_H

#include <stdbool.h>
#include <stdint.h>

struct clock;
struct http_result;
struct retry_policy;

/* All zero: nothing was asked for. */
struct quiet {
    int64_t until_us; /* monotonic */
    int64_t total_us; /* how long it asked for that in all */
    bool wary;        /* it asked, and gave no other answer since: one request at a time */
};

/* Of each answer that came; one without a status line says nothing. */
void quiet_heed(struct quiet *quiet, const struct clock *clock, const struct http_result *result);

/* How long the pause still lasts, 0 for none. */
int64_t quiet_left_us(const struct quiet *quiet, const struct clock *clock);

/* In all it asked for more than a single request may take by `policy`, which may be NULL. */
bool quiet_is_long(const struct quiet *quiet, const struct retry_policy *policy);

#endif

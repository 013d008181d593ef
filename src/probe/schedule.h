/*
 * The product refuses a schedule that is faster than approved (A36 A19): the time of the last run
 * of a cadence stands in the local folder, and the next one waits for the workspace's interval.
 *
 * Only the cadence `continuous` is a schedule; the others follow an event (a release, a rotation).
 */
#ifndef PROBE_SCHEDULE_H
#define PROBE_SCHEDULE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct workspace;

#define SCHEDULE_CADENCE "continuous"

/*
 * May a run against `profile` begin at `now_ms`? ERROR_USAGE says when and what would allow it
 * sooner: the workspace does not allow what the command line asks for, which is neither an outage
 * nor a fault of the API. A tenth of the interval is let go by for timers that are early. A time in
 * the future, as of a clock that was set back, counts as none. ERROR_FILE: what is remembered
 * cannot be read, so nobody knows.
 */
bool schedule_allows(const struct workspace *workspace, const char *profile, int64_t now_ms,
                     struct error *error);

/* The first request of a run went out: remember it. One that reached nobody uses up nothing. */
bool schedule_remember(const struct workspace *workspace, const char *profile, int64_t now_ms,
                       struct error *error);

#endif

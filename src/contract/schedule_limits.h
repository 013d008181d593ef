/*
 * How often a scheduler may run: the member `schedule` of cometdeck.json (A36 A19).
 *
 * {"every": "12h", "approver": "who", "reason": "why"}; h, d and w. Without it daily. Anything more
 * often than daily needs an approver and a reason, or the file is refused.
 */
#ifndef CONTRACT_SCHEDULE_LIMITS_H
#define CONTRACT_SCHEDULE_LIMITS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct json_file;

struct schedule_limits {
    int64_t every_ms; /* never 0 once read */
    char *approver, *reason;
};

/* Release it in any case. */
bool schedule_limits_read(struct schedule_limits *limits, const struct json_file *file,
                          struct error *error);
void schedule_limits_release(struct schedule_limits *limits);

#endif

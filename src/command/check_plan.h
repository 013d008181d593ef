/*
 * What `check` could do (--list) and would do (--dry-run), as text and as JSON. Pure: from library
 * and plan to bytes.
 */
#ifndef COMMAND_CHECK_PLAN_H
#define COMMAND_CHECK_PLAN_H

#include "command/options.h"
#include "probe/plan.h"

#include <stdint.h>

struct bytes;
struct contract;
struct library;
struct profile;
struct retry_policy;

/* The formats of both. */
enum { CHECK_PLAN_FORMATS = FORMATS_REPORT };

/*
 * Suites and probes that `choice` names; without names all. Its names are known. `policy` as in
 * plan_make().
 */
void check_list(const struct library *library, const struct plan_choice *choice,
                const struct retry_policy *policy, enum format format, struct bytes *out);

/* A run that could begin; all of it borrowed. */
struct check_intent {
    const struct plan *plan;
    const struct contract *contract;
    const struct profile *profile;
    const char *base;      /* how its base URL is called */
    int64_t requests_max;  /* 0: none but the suites' own */
    const char *telemetry; /* file, NULL: none */
    const char *refusal;   /* why it would not begin; NULL: it would */
};
void check_intent(const struct check_intent *intent, enum format format, struct bytes *out);

#endif

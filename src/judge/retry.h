/*
 * When to ask again: the table of seed 003 as data (RTY B41–B45 D45–D53 E40–E44), and exponential
 * backoff with full jitter inside an overall deadline (D40 D41 D42 D67).
 *
 * Pure: times and the random number are passed in. Fallback is only ever advice (D11 D39 E71): it
 * is said whether an operator could consider one, and why not; nothing takes it.
 */
#ifndef JUDGE_RETRY_H
#define JUDGE_RETRY_H

#include "base/error.h"
#include "judge/retry_hint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum retry_rule {
    RETRY_NEVER,
    RETRY_ONCE,    /* one more attempt after a failure of this class */
    RETRY_BOUNDED, /* up to `attempts_max` attempts */
};

const char *retry_rule_name(enum retry_rule rule); /* "never", "once", "bounded" */
const char *retry_fallback_name(bool fallback);    /* "maybe"; "never" for false */

struct retry_row {
    const char *failure; /* a class of judge/class_table.h */
    enum retry_rule retry;
    bool fallback; /* could be considered, inside the deadline and not after one failure alone */
    const char *why;
    const char *origin; /* "local", or the URL of a source (B4 E45) */
};

enum retry_number_name {
    RETRY_ATTEMPTS_MAX, /* attempts in all, the first among them */
    RETRY_BASE_MS,      /* upper end of the first pause; it doubles with every attempt */
    RETRY_CAP_MS,       /* upper end of any pause */
    RETRY_DEADLINE_MS,  /* from the beginning of the first attempt to the end of the last */
};
enum { RETRY_NUMBER_COUNT = RETRY_DEADLINE_MS + 1, RETRY_ATTEMPTS_LIMIT = 10 };

struct retry_number {
    const char *name; /* "attempts_max" */
    int64_t value;
    const char *origin;  /* "local", or the URL of a source */
    const char *reason;  /* why it was changed (E67); NULL: as it came */
    const char *changed; /* YYYY-MM-DD; NULL: as it came */
};

struct class_table;
struct retry_policy;

/*
 * What comes with the product, overridden by the member `retry` of FOLDER/cometdeck.json:
 * {"numbers": {NAME: {"value", "origin", "reason", "changed"}}, "rows": [{"failure", "retry",
 * "fallback", "why", "origin"}]}. A number without a reason is refused (E67), and so are a cap
 * below the base and a row for a class that does not exist, here or in FOLDER/classes.json.
 * `folder` NULL: what came alone, which never fails.
 */
struct retry_policy *retry_policy_open(const char *folder, struct error *error);
void retry_policy_free(struct retry_policy *policy);

/* 8 hexadecimal digits over all of it: which policy a run or a freeze rested on (B7 D20). */
const char *retry_policy_version(const struct retry_policy *policy);

size_t retry_policy_count(const struct retry_policy *policy);
const struct retry_row *retry_policy_row(const struct retry_policy *policy, size_t index);
/* The classes its rows are about; it lives as long as the policy. */
const struct class_table *retry_policy_classes(const struct retry_policy *policy);
/* The row of a class; one that never retries for a class without a row. */
const struct retry_row *retry_policy_find(const struct retry_policy *policy, const char *failure);
const struct retry_number *retry_policy_number(const struct retry_policy *policy,
                                               enum retry_number_name name);

/*
 * Change a number in FOLDER/cometdeck.json with the reason for it and the day; other members of the
 * file stay. ERROR_USAGE for an unknown name, a value out of range or one that the others forbid,
 * or an empty reason; ERROR_FILE where the policy of the file is none.
 */
bool retry_policy_change(const char *folder, const char *name, int64_t value, const char *reason,
                         const char *today, struct error *error);

/* Requests that may be sent, and billed, for `requests` of them in the worst case (D19 D44 D68). */
int64_t retry_worst_case(const struct retry_policy *policy, int64_t requests);

/* An attempt that failed. */
struct retry_attempt {
    int number;         /* from 1 */
    int64_t elapsed_us; /* since the first one began */
    const char *failure;
    bool asked_again; /* after an earlier failure of this class, so that this attempt followed */
    bool partial;     /* part of the answer was received */
    bool regenerate;  /* the user asked to go on after partial output (D59) */
    struct retry_hint hint;
    double random; /* in [0, 1) */
};

struct retry_advice {
    bool again;
    int64_t wait_us;          /* before the next attempt */
    bool regenerated;         /* its answer must be marked so */
    const char *why;          /* a sentence for people, either way */
    bool fallback;            /* an operator could consider one */
    const char *fallback_why; /* a sentence, either way */
};

void retry_advise(const struct retry_policy *policy, const struct retry_attempt *attempt,
                  struct retry_advice *advice);

#endif

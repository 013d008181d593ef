/*
 * What a run would do: the cases of suites and probes, how many requests they send, and how many
 * of those may be billed (D19 D38 D44). Made before anything is sent, so that a person reads it
 * first.
 */
#ifndef PROBE_PLAN_H
#define PROBE_PLAN_H

#include "probe/library.h"

struct fixture;
struct contract;
struct profile;
struct retry_policy;

enum { PLAN_NAME = 96 };

/* One probe with one operation, streamed or whole. */
struct plan_case {
    const struct suite *suite; /* NULL: asked for by the probe's id */
    const struct probe *probe;
    enum operation operation;
    bool stream;
    struct fixture *fixture; /* of plan_open_fixtures(); NULL: none is compared */
    int attempts_max;        /* under the retry policy; 1 for what must be exactly one attempt */
    char name[PLAN_NAME]; /* "no-model chat", "canary-ready chat stream": unique within its suite */
};

struct plan {
    struct plan_case *cases; /* in the order of suites, probes, operations, whole before streamed */
    size_t count;
    /* In the worst case of every retry: */
    int64_t requests;  /* to the endpoint */
    int64_t billable;  /* of those, how many may be billed */
    int64_t simulated; /* to a private simulator */
    size_t refused;    /* cases that are refused before sending */
    bool negative;     /* has negative cases for the endpoint */
};

/* Lists may be empty: no names is the suite `smoke`, no `only` all probes of them. */
struct plan_choice {
    const char *const *names; /* of suites, or ids of probes */
    size_t name_count;
    const char *const *only; /* ids of probes */
    size_t only_count;
    const char *cadence;  /* NULL: all */
    int64_t requests_max; /* of the whole run, which its sender keeps to; 0: none */
};

/* Every name, id and cadence of it exists; else ERROR_USAGE with the nearest, or with all. */
bool plan_knows(const struct library *library, const struct plan_choice *choice,
                struct error *error);

/* `only` and `cadence` leave this probe in. */
bool plan_wants(const struct plan_choice *choice, const struct probe *probe);

/* What a suite may send in one run: what it says, else every attempt of every case of it. */
int64_t plan_suite_most(const struct library *library, const struct suite *suite,
                        const struct retry_policy *policy);

/*
 * ERROR_USAGE for a name that does not exist (with the nearest), for an id under `only` that none
 * of them holds, and for a choice that leaves no case. Suites whose requests exceed the
 * `requests_max` that they say, where that of the choice does not keep them under it, are
 * ERROR_FILE, all of them named. `policy` NULL: one attempt each. Negative probes are one attempt
 * in any case (A16 D9). Release afterwards; the library outlives the plan.
 */
bool plan_make(struct plan *plan, const struct library *library, const struct plan_choice *choice,
               const struct retry_policy *policy, struct error *error);
void plan_release(struct plan *plan);

/*
 * Read the fixtures that its probes name, FOLDER/fixtures/NAME.json, before anything is sent:
 * ERROR_FILE for one that is not there or cannot be used. `folder` NULL: there is no workspace.
 */
bool plan_open_fixtures(struct plan *plan, const char *folder, struct error *error);

/*
 * Negative cases do not go to a production profile unless its name was typed (`typed`, may be
 * NULL): ERROR_USAGE with what to type (D38 E29).
 */
bool plan_allowed(const struct plan *plan, const struct profile *profile, const char *typed,
                  struct error *error);

/*
 * Where the profile has no model, every case that leaves it to the profile would be an error of its
 * own, behind others that were sent: ERROR_CHECK, with how many need one and how to say it. Asked
 * before anything is sent.
 */
bool plan_has_model(const struct plan *plan, const struct contract *contract,
                    const struct profile *profile, struct error *error);

#endif

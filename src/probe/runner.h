/*
 * Runs a plan over the one loop: so many requests at a time, each with time limits of its own, so
 * that a server that never answers one holds no other. A case that pauses before another attempt
 * holds no other either; it goes on before one that did not begin. Where the endpoint itself asks
 * for a pause (Retry-After) no case goes there until that is over, and then one alone until its
 * answer came; when the pauses of a run would together last longer than the deadline of a request
 * the cases that are left are left out. Results stand in the order of the plan, whatever came
 * first.
 */
#ifndef PROBE_RUNNER_H
#define PROBE_RUNNER_H

#include "evidence/exchange.h"
#include "probe/result.h"

struct retry_policy;
struct observed;
struct runner;

enum { RUNNER_PARALLEL = 4, RUNNER_PARALLEL_MAX = 32 };

struct runner_options {
    int parallel;                      /* 0: RUNNER_PARALLEL */
    int64_t requests_max;              /* of the whole run, attempts included, exactly; 0: none
                                          but the suites' own */
    const struct retry_policy *policy; /* NULL: one attempt each */
    const char *simulator;             /* base URL of a private simulator; NULL: there is none */
    const char *differs;               /* see workspace_profile() */
    const struct observed *observed;   /* answers *handled?*; NULL: it stays unknown */
    bool regenerate;                   /* ask again after partial output, marked (D59) */
    /*
     * Every body is looked at before it is sent; a case whose body breaks a request clause is
     * refused, unless its probe means it. A production profile also refuses what rests on a pending
     * clause (B17).
     */
};

/* All calls come from the loop; any may be NULL. */
struct runner_observer {
    void (*changed)(void *context, size_t index); /* the result of a case moved on */
    /* An attempt ended: `state` is valid during the call; `number` counts from 1. */
    void (*attempt)(void *context, size_t index, const struct exchange_state *state, int number);
    void (*done)(void *context); /* every case is settled; the runner may be freed here */
    void *context;
};

/*
 * Everything given is borrowed and outlives the runner, strings included. Nothing is sent during
 * the call.
 */
struct runner *runner_new(const struct exchange_env *env, const struct plan *plan,
                          const struct runner_options *options,
                          const struct runner_observer *observer);
void runner_free(struct runner *runner); /* cancels what runs; `done` is not called */

/* What runs is stopped, what has not begun is skipped; `done` follows. */
void runner_cancel(struct runner *runner);

/*
 * Run a settled case once more: its result is forgotten, `done` follows when all are settled again.
 * False when it is not settled. Nothing is sent during the call; it waits for its turn.
 */
bool runner_again(struct runner *runner, size_t index);

const struct probe_result *runner_result(const struct runner *runner, size_t index);

struct runner_tally {
    size_t passed, failed, skipped, stopped, errors; /* settled */
    size_t running, waiting;
    int64_t requests; /* that went out, to the endpoint and to the simulator */
    int64_t pause_us; /* how long the endpoint still asks for no request; 0 when nobody waits */
};
void runner_tally(const struct runner *runner, struct runner_tally *tally);

#endif

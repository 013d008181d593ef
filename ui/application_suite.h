/*
 * A suite of probes in the console: planned, read, then run over the loop that draws. One at a
 * time; while it runs it is what is in flight, so nothing else is sent.
 */
#ifndef UI_APPLICATION_SUITE_H
#define UI_APPLICATION_SUITE_H

#include "command/options.h"
#include "probe/runner.h"

struct application;
struct profile;
struct reviews;

/* One request of a case. */
struct suite_attempt {
    char id[EVIDENCE_ID];
    char *capture;       /* NULL: none was kept */
    int http_status;     /* 0: no status line */
    const char *verdict; /* its name */
    const char *failure; /* its class */
};
struct suite_attempts {
    struct suite_attempt *items; /* in their order, those that ended */
    size_t count;
};

/* Cases for the endpoint that would be refused when their turn comes. */
struct suite_blocked {
    size_t count;
    const char *because; /* of the first one; NULL: there is none */
};

struct suite_view {
    const char *name; /* as it was asked for */
    unsigned number;  /* of the plan: another plan has another one */
    const struct plan *plan;
    struct suite_blocked blocked;
    const char *behind;                    /* the run that this plan stands before; NULL: none */
    const struct runner *runner;           /* NULL: nothing was started yet */
    const struct suite_attempts *attempts; /* of each case */
    struct runner_tally tally;
    const struct profile *profile; /* that it was planned for, with the model in use */
    const char *base_alias;
    const char *restriction; /* application_restriction() */
    bool running;
    bool frozen; /* the profile is another one now: no case can be run again */
    int64_t took_us;
    const char *alerts; /* "alert: …" or "history: …", one a line; NULL before the end */
    const struct reviews *reviews; /* what reviewers say of its cases */
};

/* What was planned or run last; false when there is nothing. Valid until the next call that plans.
 */
bool application_suite(const struct application *application, struct suite_view *view);

/*
 * The name of a suite or probe. Nothing is sent. Refused while one runs. What was run before stays
 * behind the plan, until that starts or is left.
 */
bool application_plan_suite(struct application *application, const char *name, struct error *error);

/* Back from a plan to the run behind it; false when there is none. */
bool application_leave_plan(struct application *application);

/*
 * The name of a run whose results cost requests to the endpoint and are in no report: they are lost
 * when another one starts or the console is left. NULL: there is none.
 */
const char *application_unreported_suite(const struct application *application);

/*
 * Start what was planned, or once more what was run. `typed` is the name of the production profile
 * that negative cases may go to, NULL where none was typed.
 */
bool application_begin_suite(struct application *application, const char *typed,
                             struct error *error);

/* One case once more, by its place in the plan. */
bool application_run_case(struct application *application, size_t index, const char *typed,
                          struct error *error);

/* Let Stream show an attempt of a case, counted from 1; 0 is the last one. */
bool application_open_case(struct application *application, size_t index, size_t attempt,
                           struct error *error);

/*
 * What a reviewer found of a case: "documented yes REASON", "handled no REASON"; the value
 * `computed` takes it back. Kept in the workspace's findings.json with the day. What others wrote
 * there meanwhile is read first; ERROR_CHANGED when that is about the same: say it again.
 */
bool application_review_case(struct application *application, size_t index, const char *words,
                             struct error *error);

/* Write the report to a file that is not there yet. */
bool application_report_suite(struct application *application, enum format format, const char *path,
                              struct error *error);

#endif

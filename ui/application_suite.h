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

struct suite_view {
    const char *name; /* as it was asked for */
    const struct plan *plan;
    const struct runner *runner; /* NULL: nothing was started yet */
    struct runner_tally tally;
    const struct profile *profile; /* that it was planned for, with the model in use */
    const char *base_alias;
    bool running;
    bool frozen; /* the profile is another one now: no case can be run again */
    int64_t took_us;
    const struct reviews *reviews; /* what reviewers say of its cases */
};

/* What was planned or run last; false when there is nothing. Valid until the next call that plans.
 */
bool application_suite(const struct application *application, struct suite_view *view);

/* The name of a suite or probe. Nothing is sent. Refused while one runs. */
bool application_plan_suite(struct application *application, const char *name, struct error *error);

/*
 * Start what was planned, or once more what was run. `typed` is the name of the production profile
 * that negative cases may go to, NULL where none was typed.
 */
bool application_begin_suite(struct application *application, const char *typed,
                             struct error *error);

/* One case once more, by its place in the plan. */
bool application_run_case(struct application *application, size_t index, const char *typed,
                          struct error *error);

/* Let Stream show the last attempt of a case. */
bool application_open_case(struct application *application, size_t index, struct error *error);

/*
 * What a reviewer found of a case: "documented yes REASON", "handled no REASON"; the value
 * `computed` takes it back. Kept in the workspace's findings.json with the day.
 */
bool application_review_case(struct application *application, size_t index, const char *words,
                             struct error *error);

/* Write the report to a file that is not there yet. */
bool application_report_suite(struct application *application, enum format format, const char *path,
                              struct error *error);

#endif

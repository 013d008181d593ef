/* A suite of probes over the loop of the console. */
#include "ui/application_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/retry.h"
#include "probe/dispatch.h"
#include "probe/mutate.h"
#include "probe/observed.h"
#include "probe/review.h"
#include "ui/application_probe.h"
#include "ui/application_state.h"
#include "ui/probe_shelf.h"
#include "ui/suite_run.h"

enum { LINE_BYTES = 1024, ALERT_PATIENCE_US = 16000 };

/* ---- lifetime ---- */

static void forget_attempts(struct suite_attempts *attempts)
{
    for (size_t i = 0; i < attempts->count; i++)
        free(attempts->items[i].capture);
    free(attempts->items);
    *attempts = (struct suite_attempts){.items = NULL};
}

static void forget_all_attempts(struct suite_run *suite)
{
    for (size_t i = 0; i < suite->plan.count; i++)
        forget_attempts(&suite->attempts[i]);
}

static void suite_run_free(struct suite_run *suite)
{
    if (!suite)
        return;
    runner_free(suite->runner);
    observed_free(suite->observed);
    reviews_free(suite->reviews);
    forget_all_attempts(suite);
    free(suite->attempts);
    check_alerts_release(&suite->alerts);
    free(suite->blocked_because);
    plan_release(&suite->plan);
    profile_release(&suite->profile);
    probe_shelf_drop(suite->shelf);
    free(suite->base_alias);
    free(suite->name);
    free(suite);
}

void application_release_suite(struct application *application)
{
    suite_run_free(application->suite);
    suite_run_free(application->suite_behind);
    application->suite = application->suite_behind = NULL;
}

/* ---- what there is ---- */

bool application_suite(const struct application *application, struct suite_view *view)
{
    const struct suite_run *suite = application->suite;

    *view = (struct suite_view){.name = NULL};
    if (!suite)
        return false;
    *view = (struct suite_view){
        .name = suite->name,
        .number = suite->number,
        .plan = &suite->plan,
        .blocked = suite->blocked,
        .restriction = application_restriction(application),
        .behind = application->suite_behind ? application->suite_behind->name : NULL,
        .attempts = suite->attempts,
        .runner = suite->runner,
        .profile = &suite->profile,
        .base_alias = suite->base_alias,
        .running = suite->running,
        .frozen = suite->frozen,
        .reviews = suite->reviews,
        .alerts = suite->alerts.lines,
        .took_us = suite->running ? clock_now_us(application_clock(application)) - suite->began_us
                                  : suite->took_us,
    };
    if (suite->runner)
        runner_tally(suite->runner, &view->tally);
    return true;
}

/* What cost requests of the endpoint and is in no report. */
static const char *unreported(const struct suite_run *suite)
{
    struct runner_tally tally;

    if (!suite || !suite->runner || suite->running || suite->reported || suite->profile.simulator ||
        suite->plan.requests == 0)
        return NULL;
    runner_tally(suite->runner, &tally);
    return tally.requests > 0 ? suite->name : NULL;
}

const char *application_unreported_suite(const struct application *application)
{
    const char *name = unreported(application->suite);

    return name ? name : unreported(application->suite_behind);
}

bool application_suite_runs(const struct application *application)
{
    return application->suite && application->suite->running;
}

void application_freeze_suite(struct application *application)
{
    if (application->suite)
        application->suite->frozen = true;
    if (application->suite_behind)
        application->suite_behind->frozen = true;
    application_changed(application, TOPIC_SUITE);
}

/* ---- planning ---- */

/* Whether a case would be refused when its turn comes: known before anything is sent. */
static bool is_blocked(const struct suite_run *suite, const struct exchange_env *env,
                       const struct dispatch *dispatch, const struct plan_case *plan_case,
                       struct error *error)
{
    const struct probe *probe = plan_case->probe;
    size_t len = 0;
    char *body = NULL;
    bool blocked;

    if (probe->expect.refused || probe->target == PROBE_SIMULATOR || probe->change.oversize > 0)
        return false;
    blocked = !mutate_body(probe, env->workspace->contract, plan_case->operation,
                           dispatch_model(plan_case, &suite->profile), plan_case->stream, &body,
                           &len, NULL, error) ||
              dispatch_check(dispatch, plan_case, body, len, error) != DISPATCH_OPEN;
    free(body);
    return blocked;
}

/* A production profile takes nothing that is only pending (B17): who reads the plan is told. */
static void look_for_blocked(const struct application *application, struct suite_run *suite)
{
    struct exchange_env env = application_env(application);
    struct dispatch *dispatch;

    if (!suite->profile.production)
        return;
    env.profile = &suite->profile;
    dispatch = dispatch_new(&env, NULL, NULL);
    for (size_t i = 0; i < suite->plan.count; i++) {
        struct error error = {.kind = ERROR_NONE};

        if (!is_blocked(suite, &env, dispatch, &suite->plan.cases[i], &error))
            continue;
        if (suite->blocked.count++ == 0)
            suite->blocked_because = xstrdup(error.text);
    }
    suite->blocked.because = suite->blocked_because;
    dispatch_free(dispatch);
}

/* The results of a run stay behind a plan until it starts. */
static void step_behind(struct application *application)
{
    if (application->suite && application->suite->runner)
        application->suite_behind = application->suite;
    else
        suite_run_free(application->suite);
    application->suite = NULL;
}

/* Where the profile has none it is the one that is chosen now. */
static void take_model(const struct application *application, struct suite_run *suite)
{
    struct draft draft;

    application_draft(application, &draft);
    if (!suite->profile.model)
        suite->profile.model = xstrdup(draft.model);
}

bool application_plan_suite(struct application *application, const char *name, struct error *error)
{
    const struct plan_choice choice = {.names = &name, .name_count = 1};
    struct suite_run *suite;
    struct reviews *reviews;
    struct plan plan;

    if (application_suite_runs(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; ^C stops it",
                         application_in_flight(application));
    if (!application_library(application, error) ||
        !plan_make(&plan, probe_shelf_library(application->shelf), &choice,
                   probe_shelf_policy(application->shelf), error))
        return false;
    reviews = plan_open_fixtures(&plan, application->workspace->folder, error)
                  ? reviews_open(application->workspace->folder, error)
                  : NULL;
    if (!reviews) {
        plan_release(&plan);
        return false;
    }
    suite = xcalloc(1, sizeof(*suite));
    suite->number = ++application->suite_number;
    suite->shelf = probe_shelf_hold(application->shelf);
    suite->name = xstrdup(name);
    suite->plan = plan;
    suite->reviews = reviews;
    suite->attempts = xcalloc(plan.count + 1, sizeof(*suite->attempts));
    profile_copy(&suite->profile, &application->profile);
    take_model(application, suite);
    suite->base_alias = xstrdup(application_base_alias(application));
    look_for_blocked(application, suite);
    step_behind(application);
    application->suite = suite;
    application_changed(application, TOPIC_SUITE);
    return true;
}

bool application_leave_plan(struct application *application)
{
    if (!application->suite_behind || !application->suite || application->suite->runner)
        return false;
    suite_run_free(application->suite);
    application->suite = application->suite_behind;
    application->suite_behind = NULL;
    application_changed(application, TOPIC_SUITE);
    return true;
}

/* ---- running ---- */

static void show_progress(struct application *application)
{
    const struct suite_run *suite = application->suite;
    struct runner_tally tally;
    char *what, *count;

    runner_tally(suite->runner, &tally);
    what = xasprintf("suite %s", suite->name);
    count =
        xasprintf("%zu/%zu", suite->plan.count - tally.running - tally.waiting, suite->plan.count);
    application_set_flight(application, what, count);
    application_changed(application, TOPIC_SUITE);
    free(count);
    free(what);
}

static void on_changed(void *context, size_t index)
{
    (void)index;
    show_progress(context);
}

static void add_attempt(struct suite_attempts *attempts, const struct exchange_state *state)
{
    struct suite_attempt *attempt;

    attempts->items = xreallocarray(attempts->items, attempts->count + 1, sizeof(*attempts->items));
    attempt = &attempts->items[attempts->count++];
    *attempt = (struct suite_attempt){
        .capture = xstrdup(state->capture),
        .http_status = state->result ? state->result->status : 0,
        .verdict = verdict_name(state->verdict->kind),
        .failure = state->failure->class,
    };
    snprintf(attempt->id, sizeof(attempt->id), "%s", state->id);
}

static void on_attempt(void *context, size_t index, const struct exchange_state *state, int number)
{
    struct application *application = context;
    struct suite_run *suite = application->suite;

    if (number == 1)
        forget_attempts(&suite->attempts[index]);
    add_attempt(&suite->attempts[index], state);
    check_alerts_add(&suite->alerts, state, suite->profile.name);
    application_history_grew(application);
    if (state->trouble)
        application_say(application, MESSAGE_FAILED, "Not kept: %s", state->trouble);
}

static void say_done(struct application *application)
{
    const struct suite_run *suite = application->suite;
    enum message_kind kind = MESSAGE_DONE;
    struct runner_tally tally;
    struct check_run run;
    struct bytes line;

    if (application->verdict_hidden) {
        application_say(application, MESSAGE_NOTE, "%s: every case is settled", suite->name);
        return;
    }
    runner_tally(suite->runner, &tally);
    if (tally.failed + tally.errors > 0)
        kind = MESSAGE_FAILED;
    else if (tally.skipped + tally.stopped > 0)
        kind = MESSAGE_NOTE; /* what was not made did not pass */
    suite_run_describe(suite, &run);
    bytes_init(&line, LINE_BYTES);
    check_summary(&run, &line);
    application_say(application, kind, "%s: %s", suite->name, bytes_text(&line));
    bytes_release(&line);
}

/* B51: what is unlike the history is told, as far as that can be seen within a frame. */
static void look_for_alerts(struct application *application)
{
    struct suite_run *suite = application->suite;
    const struct clock *clock = application_clock(application);
    const struct history_patience patience = {clock, clock_now_us(clock) + ALERT_PATIENCE_US};

    check_alerts_end(&suite->alerts, application->history, suite->began_ms, &patience);
}

static void on_done(void *context)
{
    struct application *application = context;
    struct suite_run *suite = application->suite;

    suite->running = false;
    suite->took_us = clock_now_us(application_clock(application)) - suite->began_us;
    application_set_flight(application, NULL, NULL);
    look_for_alerts(application);
    say_done(application);
    application_changed(application, TOPIC_SUITE);
}

static void make_runner(struct application *application, const char *simulator)
{
    const struct runner_observer observer = {
        .changed = on_changed, .attempt = on_attempt, .done = on_done, .context = application};
    struct suite_run *suite = application->suite;
    const struct workspace *workspace = application->workspace;
    const struct retry_policy *policy = probe_shelf_policy(suite->shelf);
    struct runner_options options = {
        .policy = policy, .simulator = simulator, .differs = application->differs};
    const struct clock *clock = application_clock(application);
    struct exchange_env env = application_env(application);

    runner_free(suite->runner);
    observed_free(suite->observed);
    forget_all_attempts(suite);
    check_alerts_release(&suite->alerts);
    env.profile = &suite->profile;
    suite->interrupted = false;
    suite->began_ms = clock_wall_ms(clock);
    suite->observed = observed_open(workspace->folder ? workspace->folder : workspace->local,
                                    retry_policy_version(policy), suite->began_ms);
    options.observed = suite->observed;
    if (observed_warnings(suite->observed))
        application_say(application, MESSAGE_NOTE, "%.*s",
                        (int)strcspn(observed_warnings(suite->observed), "\n"),
                        observed_warnings(suite->observed));
    telemetry_name_run(suite->id, clock);
    suite->runner = runner_new(&env, &suite->plan, &options, &observer);
}

/* All of it anew, or one case once more: `index` is that case, or the count. */
static void start(struct application *application, size_t index, const char *simulator)
{
    struct suite_run *suite = application->suite;
    bool all = index == suite->plan.count;

    suite_run_free(application->suite_behind);
    application->suite_behind = NULL;
    suite->running = true;
    suite->reported = false;
    if (all) /* else its time is added to that of the others */
        suite->took_us = 0;
    suite->began_us = clock_now_us(application_clock(application)) - suite->took_us;
    if (all)
        make_runner(application, simulator);
    show_progress(application);
    if (!all)
        runner_again(suite->runner, index);
}

static bool begin(struct application *application, size_t index, const char *typed,
                  struct error *error)
{
    struct suite_run *suite = application->suite;
    const char *simulator = NULL;

    if (!suite)
        return error_set(error, ERROR_USAGE, "no suite was chosen; p chooses one");
    if (suite->frozen)
        return error_set(error, ERROR_USAGE,
                         "the profile is another one since; :suite %s plans it anew", suite->name);
    take_model(application, suite);
    if ((index == suite->plan.count &&
         !plan_has_model(&suite->plan, application->workspace->contract, &suite->profile, error)) ||
        !plan_allowed(&suite->plan, &suite->profile, typed, error) ||
        !application_prepare(application, error))
        return false;
    if (suite->plan.simulated > 0) {
        simulator = application_private_simulator(application, error);
        if (!simulator)
            return false;
    }
    start(application, index, simulator);
    return true;
}

bool application_begin_suite(struct application *application, const char *typed,
                             struct error *error)
{
    return begin(application, application->suite ? application->suite->plan.count : 0, typed,
                 error);
}

bool application_run_case(struct application *application, size_t index, const char *typed,
                          struct error *error)
{
    if (application->suite && !application->suite->runner)
        return error_set(error, ERROR_USAGE, "the suite was not started yet; Enter starts it");
    return begin(application, index, typed, error);
}

bool application_cancel_suite(struct application *application)
{
    struct suite_run *suite = application->suite;

    if (!suite || !suite->running)
        return false;
    suite->interrupted = true;
    runner_cancel(suite->runner);
    return true;
}

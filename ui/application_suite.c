/* A suite of probes over the loop of the console. */
#include "ui/application_suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/check_report.h"
#include "evidence/telemetry.h"
#include "judge/retry.h"
#include "probe/observed.h"
#include "probe/review.h"
#include "ui/application_probe.h"
#include "ui/application_state.h"
#include "ui/probe_shelf.h"

enum { REPORT_MODE = 0600, LINE_BYTES = 1024 };

struct suite_run {
    struct probe_shelf *shelf;
    char *name;
    struct plan plan;
    struct profile profile; /* a copy: the console may go on with another one */
    char *base_alias;
    struct reviews *reviews;
    struct observed *observed; /* what is on record of the integration; NULL before a run */
    struct runner *runner;     /* NULL: planned */
    char **captures;           /* of each case its last one, or NULL */
    bool running, interrupted, frozen;
    char id[TELEMETRY_RUN];
    int64_t began_ms, began_us, took_us;
};

/* ---- lifetime ---- */

static void free_captures(struct suite_run *suite)
{
    for (size_t i = 0; i < suite->plan.count; i++) {
        free(suite->captures[i]);
        suite->captures[i] = NULL;
    }
}

void application_release_suite(struct application *application)
{
    struct suite_run *suite = application->suite;

    application->suite = NULL;
    if (!suite)
        return;
    runner_free(suite->runner);
    observed_free(suite->observed);
    reviews_free(suite->reviews);
    free_captures(suite);
    free(suite->captures);
    plan_release(&suite->plan);
    profile_release(&suite->profile);
    probe_shelf_drop(suite->shelf);
    free(suite->base_alias);
    free(suite->name);
    free(suite);
}

bool application_suite(const struct application *application, struct suite_view *view)
{
    const struct suite_run *suite = application->suite;

    *view = (struct suite_view){.name = NULL};
    if (!suite)
        return false;
    *view = (struct suite_view){
        .name = suite->name,
        .plan = &suite->plan,
        .runner = suite->runner,
        .profile = &suite->profile,
        .base_alias = suite->base_alias,
        .running = suite->running,
        .frozen = suite->frozen,
        .reviews = suite->reviews,
        .took_us = suite->running ? clock_now_us(application_clock(application)) - suite->began_us
                                  : suite->took_us,
    };
    if (suite->runner)
        runner_tally(suite->runner, &view->tally);
    return true;
}

bool application_suite_runs(const struct application *application)
{
    return application->suite && application->suite->running;
}

void application_freeze_suite(struct application *application)
{
    if (application->suite)
        application->suite->frozen = true;
    application_changed(application, TOPIC_SUITE);
}

/* ---- planning ---- */

bool application_plan_suite(struct application *application, const char *name, struct error *error)
{
    const struct plan_choice choice = {.names = &name, .name_count = 1};
    struct suite_run *suite;
    struct reviews *reviews;
    struct draft draft;
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
    application_release_suite(application);
    suite = xcalloc(1, sizeof(*suite));
    suite->shelf = probe_shelf_hold(application->shelf);
    suite->name = xstrdup(name);
    suite->plan = plan;
    suite->reviews = reviews;
    suite->captures = xcalloc(plan.count + 1, sizeof(*suite->captures));
    profile_copy(&suite->profile, &application->profile);
    application_draft(application, &draft);
    if (!suite->profile.model)
        suite->profile.model = xstrdup(draft.model);
    suite->base_alias = xstrdup(application_base_alias(application));
    application->suite = suite;
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

static void on_attempt(void *context, size_t index, const struct exchange_state *state, int number)
{
    struct application *application = context;
    struct suite_run *suite = application->suite;

    (void)number;
    free(suite->captures[index]);
    suite->captures[index] = xstrdup(state->capture);
    application_history_grew(application);
    if (state->trouble)
        application_say(application, MESSAGE_FAILED, "Not kept: %s", state->trouble);
}

static void describe_run(const struct suite_run *suite, struct check_run *run)
{
    *run = (struct check_run){
        .id = suite->id,
        .began_ms = suite->began_ms,
        .took_us = suite->took_us,
        .profile = &suite->profile,
        .base_alias = suite->base_alias,
        .policy_version = retry_policy_version(probe_shelf_policy(suite->shelf)),
        .plan = &suite->plan,
        .runner = suite->runner,
        .reviews = suite->reviews,
        .library = probe_shelf_library(suite->shelf),
        .interrupted = suite->interrupted,
    };
}

static void on_done(void *context)
{
    struct application *application = context;
    struct suite_run *suite = application->suite;
    struct runner_tally tally;
    struct check_run run;
    struct bytes line;

    suite->running = false;
    suite->took_us = clock_now_us(application_clock(application)) - suite->began_us;
    application_set_flight(application, NULL, NULL);
    runner_tally(suite->runner, &tally);
    describe_run(suite, &run);
    bytes_init(&line, LINE_BYTES);
    check_summary(&run, &line);
    application_say(application,
                    application->verdict_hidden       ? MESSAGE_NOTE
                    : tally.failed + tally.errors > 0 ? MESSAGE_FAILED
                                                      : MESSAGE_DONE,
                    "%s: %s", suite->name,
                    application->verdict_hidden ? "every case is settled" : bytes_text(&line));
    bytes_release(&line);
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
    free_captures(suite);
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

    suite->running = true;
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

/* ---- what came ---- */

bool application_open_case(struct application *application, size_t index, struct error *error)
{
    const struct suite_run *suite = application->suite;
    const struct probe_result *result;

    if (!suite || !suite->runner || index >= suite->plan.count)
        return error_set(error, ERROR_USAGE, "nothing was sent yet");
    result = runner_result(suite->runner, index);
    if (suite->captures[index])
        return application_open_capture(application, suite->captures[index], error);
    return error_set(error, ERROR_USAGE, "%s: %s", suite->plan.cases[index].name,
                     result->notes                        ? result->notes
                     : result->outcome == OUTCOME_RUNNING ? "it still runs"
                     : result->outcome == OUTCOME_WAITING ? "it did not begin yet"
                                                          : "no capture of it was kept");
}

/* ---- what a reviewer says ---- */

/* The next word of `*text`, which goes on behind it. */
static bool take_word(const char **text, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*text, word, len) != 0 || ((*text)[len] != '\0' && (*text)[len] != ' '))
        return false;
    *text += len + strspn(*text + len, " ");
    return true;
}

static bool read_review(const char *words, struct review *review, struct error *error)
{
    bool known = false;

    if (take_word(&words, review_subject_name(REVIEW_HANDLED)))
        review->subject = REVIEW_HANDLED;
    else if (take_word(&words, review_subject_name(REVIEW_DOCUMENTED)))
        review->subject = REVIEW_DOCUMENTED;
    else
        return error_set(error, ERROR_USAGE,
                         "say documented or handled, then yes, no, unknown or computed, then why");
    for (int i = IS_UNKNOWN; i <= IS_YES && !known; i++) {
        known = take_word(&words, tristate_name((enum tristate)i));
        if (known)
            review->value = (enum tristate)i;
    }
    review->withdrawn = !known && take_word(&words, "computed");
    review->reason = words;
    return known || review->withdrawn ||
           error_set(error, ERROR_USAGE, "is it %s? Say yes, no, unknown or computed, then why",
                     review_subject_name(review->subject));
}

bool application_review_case(struct application *application, size_t index, const char *words,
                             struct error *error)
{
    struct suite_run *suite = application->suite;
    struct review review = {.plan_case = NULL};
    const struct probe_result *result;
    char date[CLOCK_TEXT];
    size_t line;

    if (!application_may_write(application, error))
        return false;
    if (!suite || !suite->runner || index >= suite->plan.count)
        return error_set(error, ERROR_USAGE, "nothing was run yet; there is nothing to say of it");
    if (!read_review(words, &review, error))
        return false;
    if (application_finds_key(application, words, strlen(words), &line))
        return error_set(error, ERROR_CHECK, "the reason holds a key; take it out");
    result = runner_result(suite->runner, index);
    clock_format(clock_wall_ms(application_clock(application)), date);
    date[strcspn(date, "T")] = '\0';
    review.plan_case = suite->plan.cases[index].name;
    review.date = date;
    review.evidence = result->id[0] ? result->id : NULL;
    review.by = review_author();
    review_beside(&review, result);
    application_changed(application, TOPIC_SUITE);
    return reviews_add(suite->reviews, &review, error);
}

bool application_report_suite(struct application *application, enum format format, const char *path,
                              struct error *error)
{
    const struct suite_run *suite = application->suite;
    const struct file_stamp absent = {.exists = false};
    struct check_run run;
    struct bytes text;
    bool written;

    if (!application_may_write(application, error))
        return false;
    if (!suite || !suite->runner)
        return error_set(error, ERROR_USAGE, "nothing was run yet; there is nothing to report");
    if (suite->running)
        return error_set(error, ERROR_USAGE, "it still runs; report it when it ended, or ^C first");
    if (file_exists(path))
        return error_set(error, ERROR_FILE, "%s is there already; choose another name", path);
    describe_run(suite, &run);
    bytes_init(&text, SIZE_MAX);
    check_report(&run, format, &text);
    redact(application->redactor, text.data, text.len);
    written =
        file_replace(NULL, path, bytes_text(&text), text.len, REPORT_MODE, &absent, NULL, error);
    bytes_release(&text);
    return written;
}

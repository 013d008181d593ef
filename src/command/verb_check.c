/* `check`: run suites of probes. */
#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "command/check_alerts.h"
#include "command/check_gauge.h"
#include "command/check_plan.h"
#include "command/check_report.h"
#include "command/options.h"
#include "command/output.h"
#include "command/session.h"
#include "command/verb.h"
#include "judge/retry.h"
#include "net/loop.h"
#include "net/syncer.h"
#include "probe/describe.h"
#include "probe/observed.h"
#include "probe/review.h"
#include "probe/schedule.h"
#include "simulator/simulator.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUESTS_MAX = 100000, URL_MAX = 64, ONLY_MAX = 256 };

/* Everything a run works with. */
struct check {
    const struct options *options;
    struct workspace *workspace; /* to choose from; the session opens its own */
    struct library *library;
    struct retry_policy *policy; /* NULL: one attempt each */
    struct observed *observed;
    struct reviews *reviews;
    struct plan plan;
    char *only_text; /* --only, cut at its commas */
    const char *only[ONLY_MAX];
    size_t only_count;
    struct runner_options settings;
    pid_t simulator; /* 0: none */
    char simulator_url[URL_MAX];
    struct session session;
    struct runner *runner;
    bool interrupted;
    bool remembered; /* as a run on schedule, or that was tried */
    bool forgotten;  /* it could not be remembered, which was said */
    struct check_alerts alerts;
    struct check_gauge *gauge; /* while it runs */
    size_t told;               /* cases of the text that stand on standard output */
    char *base;                /* how the base URL is called */
    char *trouble;             /* the first; NULL: everything could be kept */
    size_t unkept;             /* attempts of which something was lost */
    int64_t began_ms, began_us, took_us;
};

/* ---- choosing ---- */

static bool read_only(struct check *check, struct error *error)
{
    char *rest = NULL;

    check->only_text = xstrdup(option_value(check->options, OPTION_ONLY));
    if (!check->only_text)
        return true;
    for (char *id = strtok_r(check->only_text, ",", &rest); id; id = strtok_r(NULL, ",", &rest)) {
        if (check->only_count == ONLY_MAX)
            return error_set(error, ERROR_USAGE, "--only takes at most %d ids", ONLY_MAX);
        check->only[check->only_count++] = id;
    }
    return check->only_count > 0 || error_set(error, ERROR_USAGE, "--only names no probe");
}

static bool read_settings(struct check *check, struct error *error)
{
    int64_t parallel = 0;

    if (!option_integer(check->options, OPTION_PARALLEL, 1, RUNNER_PARALLEL_MAX, &parallel,
                        error) ||
        !option_integer(check->options, OPTION_REQUESTS_MAX, 1, REQUESTS_MAX,
                        &check->settings.requests_max, error))
        return false;
    check->settings.parallel = (int)parallel;
    check->settings.regenerate = option_given(check->options, OPTION_REGENERATE);
    return read_only(check, error);
}

static bool open_library(struct check *check, struct error *error)
{
    check->workspace = workspace_open(option_value(check->options, OPTION_WORKSPACE), error);
    if (!check->workspace)
        return false;
    check->library = library_open(check->workspace->folder, scenario_exists, error);
    if (!check->library)
        return false;
    check->reviews = reviews_open(check->workspace->folder, error);
    if (!check->reviews)
        return false;
    if (option_given(check->options, OPTION_NO_RETRY))
        return true;
    check->policy = retry_policy_open(check->workspace->folder, error);
    check->settings.policy = check->policy;
    return check->policy != NULL;
}

static void make_choice(const struct check *check, struct plan_choice *choice)
{
    *choice = (struct plan_choice){
        .names = check->options->arguments,
        .name_count = check->options->argument_count,
        .only = check->only,
        .only_count = check->only_count,
        .cadence = option_value(check->options, OPTION_CADENCE),
        .requests_max = check->settings.requests_max,
    };
}

static bool make_plan(struct check *check, struct error *error)
{
    struct plan_choice choice;

    make_choice(check, &choice);
    return plan_make(&check->plan, check->library, &choice, check->policy, error) &&
           plan_open_fixtures(&check->plan, check->workspace->folder, error);
}

/* ---- looking ---- */

/* What sends nothing has no results, so none of the formats of results. */
static bool check_formats(const struct check *check, enum option_id asked, struct error *error)
{
    const struct options *options = check->options;

    for (size_t i = 0; i < options->format_count; i++)
        if (!(CHECK_PLAN_FORMATS & 1u << options->formats[i].format))
            return error_set(error, ERROR_USAGE,
                             "--%s is text or json, and no report of results: leave the other "
                             "--format out",
                             option_spec(asked)->name);
    return output_check(options, error);
}

static bool write_list(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct check *check = context;
    struct plan_choice chosen;

    make_choice(check, &chosen);
    check_list(check->library, &chosen, check->policy, choice->format, out);
    return true;
}

static int list(struct check *check)
{
    struct error error = {.kind = ERROR_NONE};
    struct plan_choice chosen;

    make_choice(check, &chosen);
    if (!check_formats(check, OPTION_LIST, &error) || !plan_knows(check->library, &chosen, &error))
        return output_error(NULL, &error);
    return output_report(check->options, NULL, write_list, check);
}

/* A19: what runs on schedule runs no more often than the workspace allows. */
static bool is_on_schedule(const struct check *check, const struct profile *profile)
{
    const char *cadence = option_value(check->options, OPTION_CADENCE);

    return cadence && strcmp(cadence, SCHEDULE_CADENCE) == 0 && !profile->simulator;
}

static bool may_begin(const struct check *check, const struct profile *profile, struct error *error)
{
    return plan_allowed(&check->plan, profile,
                        option_value(check->options, OPTION_ALLOW_PRODUCTION), error) &&
           (!is_on_schedule(check, profile) ||
            schedule_allows(check->workspace, profile->name, clock_wall_ms(&clock_system), error));
}

/* A run that is only looked at. */
struct outlook {
    const struct check *check;
    struct profile profile;
    struct error refusal;
};

static bool write_outlook(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct outlook *outlook = context;
    const struct check *check = outlook->check;
    const char *telemetry = option_value(check->options, OPTION_TELEMETRY);
    char *base = profile_base_name(&outlook->profile, check->workspace->contract);
    const struct check_intent intent = {
        .plan = &check->plan,
        .contract = check->workspace->contract,
        .profile = &outlook->profile,
        .base = base,
        .requests_max = check->settings.requests_max,
        .telemetry = telemetry ? telemetry : check->workspace->telemetry,
        .refusal = outlook->refusal.kind == ERROR_NONE ? NULL : outlook->refusal.text,
    };

    check_intent(&intent, choice->format, out);
    free(base);
    return true;
}

/* What a run would be refused for is no reason to show less of it. */
static int look_ahead(struct check *check)
{
    struct outlook outlook = {.check = check, .refusal = {.kind = ERROR_NONE}};
    const struct profile_choice choice = session_choice(check->options);
    struct error error = {.kind = ERROR_NONE};
    int status;

    if (!check_formats(check, OPTION_DRY_RUN, &error))
        return output_error(NULL, &error);
    if (workspace_profile(check->workspace, &choice, &outlook.profile, NULL, &error)) {
        may_begin(check, &outlook.profile, &outlook.refusal);
        status = output_report(check->options, NULL, write_outlook, &outlook);
        if (outlook.refusal.kind != ERROR_NONE)
            status = output_error(NULL, &outlook.refusal);
    } else {
        status = output_error(NULL, &error);
    }
    profile_release(&outlook.profile);
    return status;
}

/* ---- running ---- */

/* Before curl, SQLite and threads of theirs: a child of its own. */
static bool start_simulator(struct check *check, struct error *error)
{
    const struct simulator_options options = {.quiet = true, .pace_ms = -1};
    uint16_t port;
    int listener;

    if (check->plan.simulated == 0)
        return true;
    listener = simulator_listen(&options, &port, error);
    if (listener < 0)
        return false;
    check->simulator = simulator_fork(listener, &options, error);
    close(listener);
    if (check->simulator < 0) {
        check->simulator = 0;
        return false;
    }
    snprintf(check->simulator_url, sizeof(check->simulator_url), "http://127.0.0.1:%u", port);
    check->settings.simulator = check->simulator_url;
    return true;
}

static void on_done(void *context)
{
    struct check *check = context;

    loop_stop(check->session.loop, EXIT_HOLDS);
}

static void describe_run(const struct check *check, struct check_run *run)
{
    const struct profile *profile = &check->session.profile;

    *run = (struct check_run){
        .id = check->session.run_id,
        .began_ms = check->began_ms,
        .took_us = check->took_us,
        .profile = profile,
        .base_alias = check->base,
        .policy_version = check->policy ? retry_policy_version(check->policy) : NULL,
        .plan = &check->plan,
        .runner = check->runner,
        .reviews = check->reviews,
        .library = check->library,
        .interrupted = check->interrupted,
        .verbose = option_given(check->options, OPTION_VERBOSE),
        .alerts = check->alerts.lines,
    };
}

/* The text goes to standard output, so its cases can be seen as they come. */
static bool shows_text(const struct check *check)
{
    for (size_t i = 0; i < check->options->format_count; i++)
        if (check->options->formats[i].format == FORMAT_TEXT && !check->options->formats[i].file)
            return true;
    return false;
}

/* In the order of the plan, as far as nobody has to be waited for: the report has the rest. */
static void show_settled(struct check *check)
{
    struct check_run run;
    struct bytes text;
    bool shown = shows_text(check);

    describe_run(check, &run);
    while (shown && check->told < check->plan.count &&
           outcome_is_settled(runner_result(check->runner, check->told)->outcome)) {
        bytes_init(&text, SIZE_MAX);
        check_text_case(&run, check->told, &text);
        check_gauge_clear(check->gauge);
        shown = output_at_once(check->session.redactor, &text);
        check->told += shown;
        bytes_release(&text);
    }
}

static void on_changed(void *context, size_t index)
{
    struct check *check = context;

    check_gauge_changed(check->gauge, check->runner, index);
    show_settled(check);
}

/* Only what reached the endpoint uses up the interval: after an outage the next run may begin. */
static void remember_run(struct check *check, const struct probe *probe,
                         const struct exchange_state *state)
{
    const struct session *session = &check->session;
    struct error error;

    if (check->remembered || !is_on_schedule(check, &session->profile) ||
        probe->target != PROBE_ENDPOINT || state->result->requests_sent == 0)
        return;
    check->remembered = true;
    if (schedule_remember(session->workspace, session->profile.name, check->began_ms, &error))
        return;
    output_error(session->redactor, &error);
    check->forgotten = true;
}

static void on_attempt(void *context, size_t index, const struct exchange_state *state, int number)
{
    struct check *check = context;
    const struct probe *probe = check->plan.cases[index].probe;

    (void)number;
    remember_run(check, probe, state);
    if (state->trouble && check->unkept++ == 0)
        check->trouble = xstrdup(state->trouble);
    if (probe->target == PROBE_ENDPOINT)
        check_alerts_add(&check->alerts, state, check->session.profile.name);
}

static void on_stop(void *context)
{
    struct check *check = context;

    check->interrupted = true;
    if (check->runner)
        runner_cancel(check->runner);
}

/* What is on record about the integration answers *handled?*. */
static void open_observations(struct check *check)
{
    const struct workspace *workspace = check->session.workspace;

    check->observed =
        observed_open(workspace->folder ? workspace->folder : workspace->local,
                      check->policy ? retry_policy_version(check->policy) : NULL, check->began_ms);
    output_warn(check->session.redactor, observed_warnings(check->observed));
    check->settings.observed = check->observed;
}

/* A name that is known from the manual means something else here. */
static void warn_of_own(const struct check *check)
{
    struct bytes lines;

    bytes_init(&lines, SIZE_MAX);
    describe_all_own(&check->plan, &lines);
    output_warn(check->session.redactor, bytes_text(&lines));
    bytes_release(&lines);
}

static bool writes_to_output(const struct options *options)
{
    for (size_t i = 0; i < options->format_count; i++)
        if (!options->formats[i].file)
            return true;
    return false;
}

static void run(struct check *check)
{
    const struct runner_observer observer = {
        .changed = on_changed, .attempt = on_attempt, .done = on_done, .context = check};
    struct exchange_env env;

    if (check->plan.count > 1 && check->settings.parallel != 1)
        check->session.syncer = syncer_new(check->session.loop);
    session_env(&check->session, &env);
    check->began_ms = clock_wall_ms(loop_clock(check->session.loop));
    check->began_us = clock_now_us(loop_clock(check->session.loop));
    check->settings.differs = check->session.differs;
    check->base = profile_base_name(&check->session.profile, check->session.workspace->contract);
    open_observations(check);
    warn_of_own(check);
    check->gauge = check_gauge_new(check->session.loop, &check->plan, check->session.redactor,
                                   writes_to_output(check->options));
    check->runner = runner_new(&env, &check->plan, &check->settings, &observer);
    session_run_until_stopped(&check->session, on_stop, check);
    check_gauge_free(check->gauge);
    check_alerts_end(&check->alerts, check->session.history, check->began_ms, NULL);
    check->took_us = clock_now_us(loop_clock(check->session.loop)) - check->began_us;
}

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    struct check_run run;

    describe_run(context, &run);
    run.told = choice->file ? 0 : ((const struct check *)context)->told;
    check_report(&run, choice->format, out);
    return true;
}

/* The summary ends the text, on the same terminal. */
static bool stands_on_terminal(const struct check *check)
{
    return shows_text(check) && isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

static void say_summary(const struct check *check)
{
    struct check_run run;
    struct bytes line;

    describe_run(check, &run);
    bytes_init(&line, SIZE_MAX);
    check_summary(&run, &line);
    output_say(check->session.redactor, "cometdeck: %s", bytes_text(&line));
    bytes_release(&line);
}

static int conclude(struct check *check)
{
    struct runner_tally tally;
    int written = output_report(check->options, check->session.redactor, write_report, check);

    if (!stands_on_terminal(check))
        say_summary(check);
    if (check->trouble)
        output_say(check->session.redactor, "cometdeck: not kept, of %zu attempts: %s",
                   check->unkept, check->trouble);
    runner_tally(check->runner, &tally);
    if (check->interrupted)
        return EXIT_INTERRUPTED;
    if (tally.failed > 0)
        return EXIT_FAILS;
    if (written != EXIT_HOLDS)
        return written;
    if (tally.errors > 0 || tally.skipped > 0 || tally.stopped > 0 || tally.passed == 0)
        return EXIT_UNCHECKED;
    return check->trouble || check->forgotten ? EXIT_FILE : EXIT_HOLDS;
}

static int check_now(struct check *check)
{
    struct error error = {.kind = ERROR_NONE};
    int status;

    if (!start_simulator(check, &error) || !output_check(check->options, &error))
        return output_error(NULL, &error);
    if (!session_open(&check->session, check->options, &error) ||
        !may_begin(check, &check->session.profile, &error) ||
        !plan_has_model(&check->plan, check->session.workspace->contract, &check->session.profile,
                        &error)) {
        status = output_error(check->session.redactor, &error);
    } else {
        run(check);
        status = conclude(check);
    }
    runner_free(check->runner);
    session_close(&check->session);
    return status;
}

int verb_check(const struct options *options)
{
    struct check check = {.options = options};
    struct error error = {.kind = ERROR_NONE};
    int status;

    if (!read_settings(&check, &error) || !open_library(&check, &error) ||
        (!option_given(options, OPTION_LIST) && !make_plan(&check, &error)))
        status = output_error(NULL, &error);
    else if (option_given(options, OPTION_LIST))
        status = list(&check);
    else if (option_given(options, OPTION_DRY_RUN))
        status = look_ahead(&check);
    else
        status = check_now(&check);
    if (check.simulator > 0)
        simulator_stop(check.simulator);
    check_alerts_release(&check.alerts);
    plan_release(&check.plan);
    observed_free(check.observed);
    reviews_free(check.reviews);
    retry_policy_free(check.policy);
    library_free(check.library);
    if (check.workspace)
        workspace_free(check.workspace);
    free(check.only_text);
    free(check.base);
    free(check.trouble);
    return status;
}

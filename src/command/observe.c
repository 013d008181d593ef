#include "command/observe.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/observe_command.h"
#include "command/observe_live.h"
#include "command/observe_report.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "contract/contract.h"
#include "contract/workspace.h"
#include "net/loop.h"
#include "net/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMES_MAX = 256, URL_MAX = 160, LINES_MAX = 256 * 1024, PIPE_SIZE = 1024 * 1024 };
#define LIMIT_US INT64_C(90000000)   /* for one run of the application */
#define PATIENCE_US INT64_C(2000000) /* between asking a process to end and ending it */
#define SETTLE_US INT64_C(60000)     /* the simulator sees a close a little later than it happens */
#define SETTLED_US INT64_C(1000000)

/* Those that show the rows of the retry policy and that the shipped probes name, the good answer
 * first: where that one fails, the others prove nothing. */
static const char *const usual[] = {
    "ready",
    "cut-mid-stream",
    "cut-clean-chunked",
    "no-done",
    "length",
    "error-in-stream",
    "stall",
    "silence",
    "cut-reset",
    "no-reply-reset",
    "json-cut-dispatched",
    "rate-limited",
    "rate-limited-seconds",
    "rate-limited-ms",
    "overloaded",
    "server-error",
    "edge-timeout",
    "messages-required",
    "messages-required-400",
    "model-required",
    "role-rejected",
    "type-rejected",
    "malformed-json",
    "model-not-found",
    "model-not-found-404",
    "key-rejected",
    "key-lacks-model",
    "quota-429",
    "too-large",
    "context-length",
    "wrong-path",
    "wrong-method",
    "redirected",
    "error-200",
    "html",
};

struct observe {
    const struct options *options;
    struct simulator_options settings;
    struct workspace *workspace;
    struct retry_policy *policy;
    struct class_table *classes;
    struct contract *contract; /* the starter's: what the simulator speaks */
    struct redactor *redactor;
    pid_t observed, private; /* the two simulators; 0: none */
    int records;             /* what the first one tells; -1: none */
    char url[URL_MAX], private_url[URL_MAX];
    struct loop *loop;
    struct transport *transport;
    struct referee *referee;
    struct observation *observation;
    struct observation_about about;
    struct observe_live *live; /* without a command, unless quiet */
    struct bytes line;         /* the beginning of a record */
    char *names_text;
    const char *names[NAMES_MAX];
    size_t name_count, next;
    bool running; /* a command */
    pid_t child;  /* 0: none */
    int64_t limit_us, begun_us, ended_us;
    bool stopped; /* the child, at its limit */
    int child_status;
    struct loop_timer limit_timer, settle_timer;
    bool closing, interrupted;
    struct error error; /* why it ended early */
};

static int64_t now_us(const struct observe *observe)
{
    return clock_now_us(loop_clock(observe->loop));
}

/* ---- what was asked for ---- */

static bool read_names(struct observe *observe, struct error *error)
{
    char *rest = NULL;

    if (!option_given(observe->options, OPTION_SCENARIO)) {
        for (size_t i = 0; observe->running && i < sizeof(usual) / sizeof(*usual); i++)
            observe->names[observe->name_count++] = usual[i];
        return true;
    }
    observe->names_text = xstrdup(option_value(observe->options, OPTION_SCENARIO));
    for (char *name = strtok_r(observe->names_text, ",", &rest); name;
         name = strtok_r(NULL, ",", &rest)) {
        const struct scenario *scenario = scenario_find(name);

        if (!scenario)
            return error_set(error, ERROR_USAGE,
                             "there is no scenario %s; `cometdeck simulate --list` names them",
                             name);
        if (observe->name_count == NAMES_MAX)
            return error_set(error, ERROR_USAGE, "--scenario takes at most %d names", NAMES_MAX);
        observe->names[observe->name_count++] = scenario->name;
    }
    if (observe->name_count == 0)
        return error_set(error, ERROR_USAGE, "--scenario names none");
    if (!observe->running && observe->name_count > 1)
        return error_set(error, ERROR_USAGE,
                         "several scenarios need a command that is run for each: simulate "
                         "--observe --scenario A,B -- COMMAND");
    if (!observe->running)
        observe->settings.scenario = observe->names[0];
    return true;
}

/* ---- the two simulators ---- */

static pid_t start_one(struct simulator_options *settings, char url[static URL_MAX],
                       struct error *error)
{
    uint16_t port;
    int listener = simulator_listen(settings, &port, error);
    pid_t child;

    if (listener < 0)
        return -1;
    snprintf(url, URL_MAX,
             settings->host && strchr(settings->host, ':') ? "http://[%s]:%u" : "http://%s:%u",
             settings->host ? settings->host : "127.0.0.1", (unsigned)port);
    child = simulator_fork(listener, settings, error);
    close(listener);
    return child;
}

/* Before curl and its threads: each a child of its own. */
static bool start_simulators(struct observe *observe, struct error *error)
{
    struct simulator_options private = {.quiet = true, .pace_ms = -1};
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return error_errno(error, ERROR_CHECK, errno, "the simulator cannot be watched");
    observe->records = ends[0];
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* or as large as the system allows */
    observe->settings.quiet = true;
    observe->settings.observe_fd = ends[1];
    observe->observed = start_one(&observe->settings, observe->url, error);
    close(ends[1]);
    if (observe->observed > 0)
        observe->private = start_one(&private, observe->private_url, error);
    return observe->observed > 0 && observe->private > 0;
}

/* ---- records ---- */

static void finish(struct observe *observe);

static void ask_referee(struct observe *observe)
{
    struct reference_kind kind;

    while (observation_wanted(observe->observation, &kind)) {
        if (!scenario_find(kind.scene) || !referee_ask(observe->referee, &kind))
            observation_refer(observe->observation, &kind, NULL);
    }
}

static void on_settled(void *context, const struct reference_kind *kind,
                       const struct reference *reference)
{
    struct observe *observe = context;

    observation_refer(observe->observation, kind, reference);
    if (observe->live)
        observe_live_changed(observe->live);
    if (observe->closing)
        finish(observe);
}

static void take_lines(struct observe *observe)
{
    char *end;

    while (observe->line.len > 0 && (end = memchr(observe->line.data, '\n', observe->line.len))) {
        size_t len = (size_t)(end - observe->line.data);

        observation_take(observe->observation, observe->line.data, len);
        bytes_drop(&observe->line, len + 1);
    }
    ask_referee(observe);
    if (observe->live)
        observe_live_changed(observe->live);
}

static void on_records(void *context, short revents)
{
    struct observe *observe = context;
    char data[16 * 1024];
    ssize_t len;

    (void)revents;
    while ((len = read(observe->records, data, sizeof(data))) > 0) {
        bytes_append(&observe->line, data, (size_t)len);
        take_lines(observe);
    }
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    loop_unwatch(observe->loop, observe->records);
    if (!observe->closing)
        error_set(&observe->error, ERROR_CHECK, "the simulator ended by itself; this is a bug");
    loop_stop(observe->loop, 0);
}

/* ---- runs of the command ---- */

static void begin_run(struct observe *observe);

static void say_session(struct observe *observe)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    observe_session_line(
        observation_session(observe->observation, observation_count(observe->observation) - 1),
        &line);
    output_say(observe->redactor, "%s", bytes_text(&line));
    bytes_release(&line);
}

static void end_run(struct observe *observe)
{
    enum observed_exit exit = observe->interrupted         ? OBSERVED_NOBODY_SAW
                              : observe->stopped           ? OBSERVED_STOPPED
                              : observe->child_status == 0 ? OBSERVED_ANSWER
                                                           : OBSERVED_FAILURE;
    int status = WIFSIGNALED(observe->child_status) ? -WTERMSIG(observe->child_status)
                                                    : WEXITSTATUS(observe->child_status);

    observation_end(observe->observation, exit, status, observe->limit_us);
    if (!option_given(observe->options, OPTION_QUIET))
        say_session(observe);
    if (observe->next < observe->name_count && !observe->interrupted)
        begin_run(observe);
    else
        finish(observe);
}

/* The command is over; what it did arrives a moment later. */
static void settle(void *context)
{
    struct observe *observe = context;
    int64_t since_us = now_us(observe) - observe->ended_us;

    if (since_us < SETTLE_US ||
        (!observation_is_quiet(observe->observation) && since_us < SETTLED_US))
        loop_timer_set(observe->loop, &observe->settle_timer, now_us(observe) + SETTLE_US, settle,
                       observe);
    else
        end_run(observe);
}

static void on_child(void *context, int signo)
{
    struct observe *observe = context;

    (void)signo;
    if (observe->child == 0 ||
        waitpid(observe->child, &observe->child_status, WNOHANG) != observe->child)
        return;
    kill(-observe->child, SIGKILL); /* what it left behind asks no more */
    observe->child = 0;
    observe->ended_us = now_us(observe);
    loop_timer_cancel(observe->loop, &observe->limit_timer);
    settle(observe);
}

static void kill_child(void *context)
{
    struct observe *observe = context;

    if (observe->child > 0)
        kill(-observe->child, SIGKILL);
}

static void end_child(void *context)
{
    struct observe *observe = context;

    if (observe->child == 0)
        return;
    observe->stopped = true;
    kill(-observe->child, SIGTERM);
    loop_timer_set(observe->loop, &observe->limit_timer, now_us(observe) + PATIENCE_US, kill_child,
                   observe);
}

static void begin_run(struct observe *observe)
{
    const char *name = observe->names[observe->next++];
    const struct scenario *scenario = scenario_find(name);
    char *root = xasprintf("%s/sim/as/%s", observe->url, name);
    char *base_url = xasprintf("%s/v1", root);
    char *model = xasprintf("sim/%s", scenario->scope == SCENARIO_ANSWER ? name : "ready");
    const struct observe_place place = {name, model, root, base_url};

    observe->stopped = false;
    observation_begin(observe->observation, name, now_us(observe));
    observe->child =
        observe_command_start(observe->options->arguments, observe->options->argument_count, &place,
                              option_given(observe->options, OPTION_QUIET), &observe->error);
    free(model);
    free(base_url);
    free(root);
    if (observe->child < 0) {
        observe->child = 0;
        loop_stop(observe->loop, 0);
        return;
    }
    loop_timer_set(observe->loop, &observe->limit_timer, now_us(observe) + observe->limit_us,
                   end_child, observe);
}

/* ---- the end ---- */

static void finish_later(void *context)
{
    finish(context);
}

/* Once our engine has answered what it was asked. */
static void finish(struct observe *observe)
{
    observe->closing = true;
    ask_referee(observe);
    if (referee_idle(observe->referee))
        loop_stop(observe->loop, 0);
    else
        loop_timer_set(observe->loop, &observe->settle_timer, now_us(observe) + SETTLE_US,
                       finish_later, observe);
}

static void on_signal(void *context, int signo)
{
    struct observe *observe = context;

    (void)signo;
    if (!observe->running) {
        finish(observe);
        return;
    }
    observe->interrupted = true;
    end_child(observe);
}

static bool open_all(struct observe *observe, struct error *error)
{
    struct referee_options referee = {.settled = on_settled, .context = observe};

    observe->loop = loop_new(&clock_system, error);
    if (!observe->loop)
        return false;
    observe->transport = transport_new(observe->loop);
    observe->contract = contract_starter();
    observe->observation = observation_new(observe->policy);
    referee.loop = observe->loop;
    referee.transport = observe->transport;
    referee.redactor = observe->redactor;
    referee.contract = observe->contract;
    referee.classes = observe->classes;
    referee.simulator = observe->private_url;
    observe->referee = referee_new(&referee);
    return true;
}

/* ---- the report ---- */

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct observe *observe = context;
    const struct observe_report report = {observe->observation, observe->policy, &observe->about,
                                          observe->redactor};

    observe_report(&report, choice->format, out);
    return true;
}

static void keep_record(struct observe *observe)
{
    const char *folder = observe->workspace->folder;
    struct json *record;
    struct error error = {.kind = ERROR_NONE};
    char *path = NULL;

    if (!folder && !workspace_make_local(observe->workspace, &error)) {
        output_say(observe->redactor, "cometdeck: the observation is not kept: %s", error.text);
        return;
    }
    record =
        observation_json(observe->observation, observe->policy, &observe->about, observe->redactor);
    if (observation_save(record, folder ? folder : observe->workspace->local, observe->about.id,
                         &path, &error))
        output_say(observe->redactor, "cometdeck: kept as %s", path);
    else
        output_say(observe->redactor, "cometdeck: the observation is not kept: %s", error.text);
    free(path);
    json_free(record);
}

static int conclude(struct observe *observe)
{
    struct observation_tally tally;
    struct bytes line;
    int written;

    observation_close(observe->observation);
    observe->about.ended_ms = clock_wall_ms(&clock_system);
    observation_tally(observe->observation, &tally);
    if (tally.requests > 0)
        keep_record(observe);
    written = output_report(observe->options, observe->redactor, write_report, observe);
    bytes_init(&line, SIZE_MAX);
    observe_summary(observe->observation, &line);
    output_say(observe->redactor, "cometdeck: %s", bytes_text(&line));
    bytes_release(&line);
    if (observe->interrupted)
        return EXIT_INTERRUPTED;
    if (tally.no > 0)
        return EXIT_FAILS;
    return tally.unknown > 0 || tally.yes == 0 ? EXIT_UNCHECKED : written;
}

/* ---- the whole ---- */

static bool prepare(struct observe *observe, struct error *error)
{
    observe->running = observe->options->argument_count > 0;
    observe->limit_us = LIMIT_US;
    if (!option_seconds(observe->options, OPTION_TIMEOUT, &observe->limit_us, error) ||
        !read_names(observe, error))
        return false;
    observe->workspace = workspace_open(option_value(observe->options, OPTION_WORKSPACE), error);
    if (!observe->workspace)
        return false;
    observe->redactor = output_redactor();
    workspace_teach(observe->workspace, observe->redactor);
    observe->policy = retry_policy_open(observe->workspace->folder, error);
    if (!observe->policy)
        return false;
    observe->classes = class_table_open(observe->workspace->folder, error);
    return observe->classes && output_check(observe->options, error) &&
           start_simulators(observe, error) && open_all(observe, error);
}

static void name_observation(struct observe *observe)
{
    const char *command = observe->running ? observe->options->arguments[0] : NULL;

    observe->about = (struct observation_about){
        .began_ms = clock_wall_ms(&clock_system),
        .command = command && strrchr(command, '/') ? strrchr(command, '/') + 1 : command,
        .policy = retry_policy_version(observe->policy),
        .program = PACKAGE_VERSION,
    };
    observation_name(&observe->about, clock_random(&clock_system));
}

/* The address goes where no report does. */
static int say_address(const struct observe *observe)
{
    struct bytes line;
    int status;

    for (size_t i = 0; i < observe->options->format_count; i++) {
        const struct format_choice *choice = &observe->options->formats[i];

        if (choice->format != FORMAT_TEXT && !choice->file) {
            output_say(observe->redactor, "%s", observe->url);
            return EXIT_HOLDS;
        }
    }
    bytes_init(&line, SIZE_MAX);
    bytes_printf(&line, "%s\n", observe->url);
    status = output_text(&line);
    bytes_release(&line);
    return status;
}

static int watch(struct observe *observe)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    int status = observe->running ? EXIT_HOLDS : say_address(observe);

    if (status != EXIT_HOLDS)
        return status;
    name_observation(observe);
    loop_watch(observe->loop, observe->records, POLLIN, on_records, observe);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        loop_signal(observe->loop, ends[i], on_signal, observe);
    loop_signal(observe->loop, SIGCHLD, on_child, observe);
    if (observe->running)
        begin_run(observe);
    else if (!option_given(observe->options, OPTION_QUIET))
        observe->live = observe_live_new(observe->loop, observe->observation, observe->redactor);
    loop_run(observe->loop);
    observe_live_free(observe->live);
    observe->live = NULL;
    if (observe->error.kind != ERROR_NONE)
        return output_error(observe->redactor, &observe->error);
    return conclude(observe);
}

static void release(struct observe *observe)
{
    if (observe->child > 0)
        kill(-observe->child, SIGKILL);
    if (observe->transport)
        transport_free(observe->transport);
    referee_free(observe->referee);
    if (observe->loop) {
        loop_timer_cancel(observe->loop, &observe->limit_timer);
        loop_timer_cancel(observe->loop, &observe->settle_timer);
        loop_free(observe->loop);
    }
    observation_free(observe->observation);
    contract_free(observe->contract);
    class_table_free(observe->classes);
    bytes_release(&observe->line);
    simulator_stop(observe->observed);
    simulator_stop(observe->private);
    if (observe->records >= 0)
        close(observe->records);
    retry_policy_free(observe->policy);
    redactor_free(observe->redactor);
    if (observe->workspace)
        workspace_free(observe->workspace);
    free(observe->names_text);
}

int observe_run(const struct options *options, const struct simulator_options *settings)
{
    struct observe *observe = xcalloc(1, sizeof(*observe));
    struct error error = {.kind = ERROR_NONE};
    int status;

    *observe = (struct observe){.options = options, .settings = *settings, .records = -1};
    observe->settings.scenario = NULL;
    bytes_init(&observe->line, LINES_MAX);
    if (prepare(observe, &error))
        status = watch(observe);
    else
        status = output_error(observe->redactor, &error);
    release(observe);
    free(observe);
    return status;
}

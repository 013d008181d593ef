#include "command/observe.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/observe_live.h"
#include "command/observe_report.h"
#include "command/observe_watch.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
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

enum { URL_MAX = 160, PIPE_SIZE = 1024 * 1024 };

struct observe {
    const struct options *options;
    struct simulator_options settings;
    struct workspace *workspace;
    struct retry_policy *policy;
    struct class_table *classes;
    struct redactor *redactor;
    pid_t observed, private; /* the two simulators; 0: none */
    int records;             /* what the first one tells; -1: none */
    char url[URL_MAX], private_url[URL_MAX];
    struct loop *loop;
    struct transport *transport;
    struct observe_watch *watch;
    struct observation *observation; /* the watch's */
    struct observation_about about;
    struct observe_live *live; /* without a command, unless quiet */
    struct observe_names names;
    bool running;                       /* a command */
    bool due[OBSERVATION_SESSIONS_MAX]; /* over, and not yet said */
    int64_t limit_us;
    bool interrupted;
    bool ending;        /* only what goes on is waited for */
    struct error error; /* why it ended early */
};

/* ---- what was asked for ---- */

static bool read_names(struct observe *observe, struct error *error)
{
    const char *text = option_value(observe->options, OPTION_SCENARIO);

    if (!text) {
        if (observe->running)
            observe_names_usual(&observe->names);
        return true;
    }
    if (!observe_names_read(&observe->names, text, error))
        return false;
    if (!observe->running && observe->names.count > 1)
        return error_set(error, ERROR_USAGE,
                         "several scenarios need a command that is run for each: simulate "
                         "--observe --scenario A,B -- COMMAND");
    if (!observe->running)
        observe->settings.scenario = observe->names.items[0];
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

/* ---- what happens ---- */

static struct observe_report report_of(const struct observe *observe)
{
    return (struct observe_report){observe->observation, observe->policy, &observe->about,
                                   observe->redactor};
}

/* Once our engine told what it is worth, so that the line says what the report will. */
static void say_settled(struct observe *observe, bool all)
{
    struct bytes line;

    for (size_t i = 0; i < observation_count(observe->observation); i++) {
        const struct observed_session *session = observation_session(observe->observation, i);

        if (!observe->due[i] || !(session->settled || all))
            continue;
        observe->due[i] = false;
        bytes_init(&line, SIZE_MAX);
        observe_session_line(session, &line);
        output_say(observe->redactor, "%s", bytes_text(&line));
        bytes_release(&line);
    }
}

static void on_changed(void *context)
{
    struct observe *observe = context;

    say_settled(observe, false);
    if (observe->live)
        observe_live_changed(observe->live);
}

/* What was run so far outlives us, however we end; that it cannot be kept is said at the end. */
static void keep_so_far(struct observe *observe)
{
    const struct observe_report report = report_of(observe);
    struct observation_tally tally;
    struct error error;

    observe->about.ended_ms = clock_wall_ms(&clock_system);
    observation_tally(observe->observation, &tally);
    if (tally.requests > 0)
        free(observe_keep(observe->workspace, &report, NULL, &error));
}

static void on_ran(void *context, size_t session, bool last)
{
    struct observe *observe = context;

    keep_so_far(observe);
    if (session != OBSERVE_NO_SESSION)
        observe->due[session] = !option_given(observe->options, OPTION_QUIET);
    say_settled(observe, false);
    if (!last)
        return;
    observe->ending = true;
    observe_watch_finish(observe->watch);
}

static void on_finished(void *context)
{
    struct observe *observe = context;

    loop_stop(observe->loop, 0);
}

static void on_failed(void *context, const struct error *error, bool gone)
{
    struct observe *observe = context;

    (void)gone;
    observe->error = *error;
    observe->ending = true;
    observe_watch_stop(observe->watch);
    observe_watch_finish(observe->watch); /* what was seen until then is told and kept */
}

static void on_child(void *context, int signo)
{
    struct observe *observe = context;

    (void)signo;
    observe_watch_reap(observe->watch);
}

static void on_signal(void *context, int signo)
{
    struct observe *observe = context;

    (void)signo;
    if (observe->ending) { /* and not soon enough: what is not answered yet is not judged */
        loop_stop(observe->loop, 0);
        return;
    }
    observe->ending = true;
    if (!observe->running) {
        observe_watch_finish(observe->watch);
        return;
    }
    observe->interrupted = true;
    observe_watch_stop(observe->watch);
}

static bool open_all(struct observe *observe, struct error *error)
{
    struct observe_watch_options watch = {
        .redactor = observe->redactor,
        .policy = observe->policy,
        .classes = observe->classes,
        .observed = observe->url,
        .reference = observe->private_url,
        .records = observe->records,
        .changed = on_changed,
        .ran = on_ran,
        .finished = on_finished,
        .failed = on_failed,
        .context = observe,
    };

    observe->loop = loop_new(&clock_system, error);
    if (!observe->loop)
        return false;
    observe->transport = transport_new(observe->loop);
    watch.loop = observe->loop;
    watch.transport = observe->transport;
    observe->watch = observe_watch_new(&watch);
    observe->observation = observe_watch_observation(observe->watch);
    return true;
}

/* ---- the report ---- */

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct observe_report report = report_of(context);

    observe_report(&report, choice->format, out);
    return true;
}

/* False when it is not there afterwards: it answers nothing then. */
static bool keep_record(struct observe *observe)
{
    const struct observe_report report = report_of(observe);
    struct error error = {.kind = ERROR_NONE};
    struct observation_tally tally;
    char *path = NULL;
    bool kept;

    observation_tally(observe->observation, &tally);
    if (tally.requests > 0)
        path = observe_keep(observe->workspace, &report, NULL, &error);
    kept = path || tally.requests == 0;
    if (tally.requests == 0)
        output_say(observe->redactor, "cometdeck: nothing was asked, so nothing is kept");
    else if (kept)
        output_say(observe->redactor, "cometdeck: kept as %s", path);
    else
        output_say(observe->redactor, "cometdeck: the observation is not kept: %s", error.text);
    free(path);
    return kept;
}

/* Nothing more will come. */
static void close_all(struct observe *observe)
{
    observation_close(observe->observation, clock_now_us(&clock_system));
    say_settled(observe, true);
    observe->about.ended_ms = clock_wall_ms(&clock_system);
}

static int conclude(struct observe *observe)
{
    struct observation_tally tally;
    struct bytes line;
    bool kept;
    int written;

    close_all(observe);
    observation_tally(observe->observation, &tally);
    kept = keep_record(observe);
    written = output_report(observe->options, observe->redactor, write_report, observe);
    bytes_init(&line, SIZE_MAX);
    observe_summary(observe->observation, &line);
    output_say(observe->redactor, "cometdeck: %s", bytes_text(&line));
    bytes_release(&line);
    if (observe->interrupted)
        return EXIT_INTERRUPTED;
    if (tally.no > 0)
        return EXIT_FAILS;
    if (written != EXIT_HOLDS || !kept)
        return EXIT_FILE;
    return tally.unknown > 0 || tally.yes == 0 ? EXIT_UNCHECKED : EXIT_HOLDS;
}

/* ---- the whole ---- */

static bool prepare(struct observe *observe, struct error *error)
{
    const struct options *options = observe->options;

    observe->running = options->argument_count > 0;
    if (options->rest && (!observe->running || !*options->arguments[0]))
        return error_set(
            error, ERROR_USAGE,
            "behind -- there is no command; such as simulate --observe -- node app.mjs");
    observe->limit_us = OBSERVE_LIMIT_US;
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

static bool begin_runs(struct observe *observe)
{
    const struct observe_run run = {
        .words = observe->options->arguments,
        .count = observe->options->argument_count,
        .names = observe->names,
        .limit_us = observe->limit_us,
        .output = option_given(observe->options, OPTION_QUIET) ? -1 : STDERR_FILENO,
    };

    return observe_watch_run(observe->watch, &run, &observe->error);
}

static int watch(struct observe *observe)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    int status = observe->running ? EXIT_HOLDS : say_address(observe);

    if (status != EXIT_HOLDS)
        return status;
    name_observation(observe);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        loop_signal(observe->loop, ends[i], on_signal, observe);
    loop_signal(observe->loop, SIGCHLD, on_child, observe);
    if (!observe->running && !option_given(observe->options, OPTION_QUIET))
        observe->live = observe_live_new(observe->loop, observe->observation, observe->redactor);
    if (observe->running && !begin_runs(observe))
        return output_error(observe->redactor, &observe->error);
    loop_run(observe->loop);
    observe_live_free(observe->live);
    observe->live = NULL;
    status = conclude(observe);
    return observe->error.kind == ERROR_NONE ? status
                                             : output_error(observe->redactor, &observe->error);
}

static void release(struct observe *observe)
{
    if (observe->transport)
        transport_free(observe->transport);
    observe_watch_free(observe->watch);
    if (observe->loop)
        loop_free(observe->loop);
    class_table_free(observe->classes);
    simulator_stop(observe->observed);
    simulator_stop(observe->private);
    if (observe->records >= 0)
        close(observe->records);
    retry_policy_free(observe->policy);
    redactor_free(observe->redactor);
    if (observe->workspace)
        workspace_free(observe->workspace);
}

int observe_run(const struct options *options, const struct simulator_options *settings)
{
    struct observe *observe = xcalloc(1, sizeof(*observe));
    struct error error = {.kind = ERROR_NONE};
    int status;

    *observe = (struct observe){.options = options, .settings = *settings, .records = -1};
    observe->settings.scenario = NULL;
    if (prepare(observe, &error))
        status = watch(observe);
    else
        status = output_error(observe->redactor, &error);
    release(observe);
    free(observe);
    return status;
}

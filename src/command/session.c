#include "command/session.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "command/housekeeping.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "evidence/history.h"
#include "evidence/telemetry.h"
#include "judge/class_table.h"
#include "net/loop.h"
#include "net/syncer.h"
#include "net/transport.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};

/* A history that cannot be written costs a row, not the answer. */
struct history *session_history(const struct workspace *workspace, const struct redactor *redactor)
{
    struct history *history = NULL;
    struct error error;
    char *path;

    if (workspace_make_local(workspace, &error)) {
        path = file_join(workspace->local, "history.db");
        history = history_open(path, &error);
        free(path);
    }
    if (!history)
        output_say(redactor, "cometdeck: no history is written: %s", error.text);
    return history;
}

/* Where the option names it, else the workspace. */
static bool open_telemetry(struct session *session, const struct options *options,
                           struct error *error)
{
    const char *file = option_value(options, OPTION_TELEMETRY);
    char *path;

    for (size_t i = 0; file && strcmp(file, "-") == 0 && i < options->format_count; i++)
        if (!options->formats[i].file)
            return error_set(error, ERROR_USAGE,
                             "standard output carries the report; write it elsewhere with --format "
                             "NAME=FILE, or name a file for --telemetry");
    if (!file && !session->workspace->telemetry)
        return true;
    path = file ? xstrdup(file) : workspace_path(session->workspace, session->workspace->telemetry);
    if (file || workspace_make_local(session->workspace, error))
        session->telemetry = telemetry_open(path, session->run_id, error);
    free(path);
    return session->telemetry != NULL;
}

struct profile_choice session_choice(const struct options *options)
{
    return (struct profile_choice){
        .name = option_value(options, OPTION_PROFILE),
        .base_url = option_value(options, OPTION_BASE_URL),
        .model = option_value(options, OPTION_MODEL),
    };
}

bool session_open(struct session *session, const struct options *options, struct error *error)
{
    struct profile_choice choice = session_choice(options);

    *session = (struct session){.redactor = output_redactor()};
    session->workspace = workspace_open(option_value(options, OPTION_WORKSPACE), error);
    if (!session->workspace)
        return false;
    session->classes = class_table_open(session->workspace->folder, error);
    if (!session->classes)
        return false;
    workspace_teach(session->workspace, session->redactor);
    output_warn(session->redactor, session->workspace->warnings);
    if (!workspace_profile(session->workspace, &choice, &session->profile, &session->differs,
                           error))
        return false;
    session->secret = profile_secret(&session->profile, error);
    if (!session->secret)
        return false;
    redactor_add(session->redactor, session->secret);
    session->loop = loop_new(&clock_system, error);
    if (!session->loop)
        return false;
    telemetry_name_run(session->run_id, loop_clock(session->loop));
    if (!open_telemetry(session, options, error))
        return false;
    session->transport = transport_new(session->loop);
    session->history = session_history(session->workspace, session->redactor);
    return true;
}

void session_close(struct session *session)
{
    size_t lost;

    /* What was in flight ends with the transport, and has a row then. */
    if (session->transport)
        transport_free(session->transport);
    syncer_free(session->syncer);
    if (session->history) /* and the answer is out: nobody waits */
        housekeeping(session->workspace, session->history, session->redactor);
    lost = history_close(session->history);
    if (lost > 0)
        output_say(session->redactor, "cometdeck: %zu rows of the history could not be written",
                   lost);
    telemetry_close(session->telemetry);
    if (session->loop)
        loop_free(session->loop);
    redactor_free(session->redactor);
    if (session->secret)
        secret_free(session->secret);
    free(session->differs);
    profile_release(&session->profile);
    if (session->workspace)
        workspace_free(session->workspace);
    class_table_free(session->classes);
}

void session_env(const struct session *session, struct exchange_env *env)
{
    *env = (struct exchange_env){
        .loop = session->loop,
        .transport = session->transport,
        .redactor = session->redactor,
        .workspace = session->workspace,
        .profile = &session->profile,
        .secret = session->secret,
        .classes = session->classes,
        .history = session->history,
        .telemetry = session->telemetry,
        .syncer = session->syncer,
    };
}

/* ---- signals ---- */

struct stopping {
    const struct session *session;
    void (*stop)(void *context);
    void *context;
};

static void on_signal(void *context, int signo)
{
    const struct stopping *stopping = context;

    if (signo != SIGINT)
        output_say(stopping->session->redactor, "cometdeck: stopped by the signal %s",
                   signo == SIGTERM ? "TERM" : "HUP");
    stopping->stop(stopping->context);
}

static void watch_signals(struct session *session, struct stopping *stopping)
{
    for (size_t i = 0; i < sizeof(stop_signals) / sizeof(stop_signals[0]); i++)
        loop_signal(session->loop, stop_signals[i], on_signal, stopping);
}

/* From here on a signal ends the program as ever. */
static void unwatch_signals(struct session *session)
{
    for (size_t i = 0; i < sizeof(stop_signals) / sizeof(stop_signals[0]); i++)
        loop_unsignal(session->loop, stop_signals[i]);
}

void session_run_until_stopped(struct session *session, void (*stop)(void *context), void *context)
{
    struct stopping stopping = {session, stop, context};

    watch_signals(session, &stopping);
    loop_run(session->loop);
    unwatch_signals(session);
}

/* ---- one exchange ---- */

struct watch {
    struct session *session;
    struct session_run *run;
    void (*body)(void *context, const char *data, size_t len, int64_t since_us);
    void *context;
};

static void on_body(void *context, const char *data, size_t len, int64_t since_us)
{
    struct watch *watch = context;

    if (watch->body)
        watch->body(watch->context, data, len, since_us);
}

static void on_done(void *context)
{
    struct watch *watch = context;

    loop_stop(watch->session->loop, 0);
}

static void on_stop(void *context)
{
    struct watch *watch = context;

    watch->run->interrupted = true;
    if (watch->run->exchange)
        exchange_cancel(watch->run->exchange);
}

bool session_send(struct session *session, const struct exchange_request *request,
                  void (*body)(void *context, const char *data, size_t len, int64_t since_us),
                  void *context, struct session_run *run, struct error *error)
{
    struct watch watch = {.session = session, .run = run, .body = body, .context = context};
    struct stopping stopping = {session, on_stop, &watch};
    struct exchange_observer observer = {.body = on_body, .done = on_done, .context = &watch};
    struct exchange_env env;

    session_env(session, &env);
    *run = (struct session_run){.exchange = NULL};
    watch_signals(session, &stopping);
    run->exchange = exchange_start(&env, request, &observer, error);
    if (run->exchange)
        loop_run(session->loop);
    run->interrupted = session_interrupted(session, run);
    unwatch_signals(session);
    return run->exchange != NULL;
}

static void on_pause_stop(void *context)
{
    struct watch *watch = context;

    watch->run->interrupted = true;
    loop_stop(watch->session->loop, 0);
}

bool session_pause(struct session *session, int64_t wait_us, void (*begun)(void *context),
                   void *context, struct session_run *run)
{
    struct watch watch = {.session = session, .run = run};
    struct stopping stopping = {session, on_pause_stop, &watch};
    struct loop_timer timer = {.armed = false};

    watch_signals(session, &stopping);
    loop_timer_set(session->loop, &timer, clock_now_us(loop_clock(session->loop)) + wait_us,
                   on_done, &watch);
    begun(context);
    loop_run(session->loop);
    loop_timer_cancel(session->loop, &timer);
    run->interrupted = session_interrupted(session, run);
    unwatch_signals(session);
    return !run->interrupted;
}

bool session_interrupted(const struct session *session, const struct session_run *run)
{
    return run->interrupted || loop_signal_waits(session->loop);
}

int session_status(const struct session_run *run)
{
    struct exchange_state state;

    exchange_state(run->exchange, &state);
    if (run->interrupted && state.verdict->kind != VERDICT_COMPLETE)
        return EXIT_INTERRUPTED;
    if (state.result->status == 0)
        return EXIT_UNCHECKED;
    if (state.verdict->kind != VERDICT_COMPLETE)
        return EXIT_FAILS;
    return state.trouble ? EXIT_FILE : EXIT_HOLDS;
}

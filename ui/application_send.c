/* What the application does on the wire: one request at a time, and what is cited of it. */
#include "ui/application.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "evidence/history.h"
#include "evidence/history_query.h"
#include "evidence/spike.h"
#include "evidence/telemetry.h"
#include "ledger/template.h"
#include "net/syncer.h"
#include "net/transport.h"
#include "ui/application_probe.h"
#include "ui/application_state.h"
#include "ui/draft_edit.h"

enum { SPIKE_PATIENCE_US = 4000, CAPTURE_MAX = 1 << 30, REASONS_MAX = 4096 };

/* What the workspace asks to be told: a file that cannot be written is said once. */
static void open_telemetry(struct application *application)
{
    const char *name = application->workspace->telemetry;
    char run_id[TELEMETRY_RUN], *path;
    struct error error;

    if (application->telemetry_tried || !name)
        return;
    application->telemetry_tried = true;
    telemetry_name_run(run_id, application_clock(application));
    path = workspace_path(application->workspace, name);
    if (workspace_make_local(application->workspace, &error))
        application->telemetry = telemetry_open(path, run_id, &error);
    if (!application->telemetry)
        application_fail(application, &error);
    free(path);
}

struct syncer *application_syncer(struct application *application)
{
    if (!application->syncer)
        application->syncer = syncer_new(application->loop);
    return application->syncer;
}

/* Curl and SQLite start here, long after the first frame. */
bool application_prepare(struct application *application, struct error *error)
{
    if (!application_may_send(application, error))
        return false;
    if (application_in_flight(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; cancel it first",
                         application_in_flight(application));
    if (!application_need_secret(application, error))
        return false;
    if (!application->transport)
        application->transport = transport_new(application->loop);
    application_syncer(application);
    application_history(application);
    open_telemetry(application);
    return true;
}

struct exchange_env application_env(const struct application *application)
{
    return (struct exchange_env){
        .loop = application->loop,
        .transport = application->transport,
        .redactor = application->redactor,
        .workspace = application->workspace,
        .profile = &application->profile,
        .secret = application->secret,
        .classes = application->classes,
        .history = application->history,
        .telemetry = application->telemetry,
        .syncer = application->syncer,
    };
}

void application_set_flight(struct application *application, const char *what, const char *whose)
{
    /* Catalog tells whether it can be fetched now. */
    if (!application->flight != !what)
        application_changed(application, TOPIC_CATALOG);
    free(application->flight);
    application->flight =
        what ? xasprintf("%s%s%s", what, whose ? " " : "", whose ? whose : "") : NULL;
    application_changed(application, TOPIC_STATUS | TOPIC_EXCHANGE);
}

const char *application_in_flight(const struct application *application)
{
    return application->flight;
}

size_t application_release_requests(struct application *application)
{
    size_t lost;

    application_conclude_observation(application);
    application_leave_import(application);
    application_release_suite(application);
    application_release_probe(application);
    exchange_free(application->exchange);
    application->exchange = NULL;
    exchange_free(application->fetch);
    loop_timer_cancel(application->loop, &application->prune_timer);
    retention_release(&application->prune);
    /* What was in flight ends with the transport, and has a row then. */
    if (application->transport)
        transport_free(application->transport);
    syncer_free(application->syncer);
    application_release_observation(application);
    lost = application_close_history(application);
    application_drop_shown(application);
    events_free(application->events);
    bytes_release(&application->fetched);
    free(application->flight);
    free(application->catalog_failure);
    free(application->cited);
    free(application->cited_reasons);
    free(application->fixture_capture);
    free(application->fixture_name);
    return lost;
}

/* ---- sending ---- */

static void on_event(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct application *application = context;

    events_add(application->events, event, since_start_us);
}

static void on_body(void *context, const char *data, size_t len, int64_t since_start_us)
{
    (void)since_start_us;
    application_probe_body(context, data, len);
}

static void on_changed(void *context)
{
    application_changed(context, TOPIC_EXCHANGE);
}

/* B51: what is unlike the history is told, as far as that can be seen between two frames. */
static void tell_spike(struct application *application, const struct exchange_state *state)
{
    const struct clock *clock = application_clock(application);
    const struct history_patience patience = {clock, clock_now_us(clock) + SPIKE_PATIENCE_US};
    struct spike spike = {.operation = NULL};
    struct bytes lines;
    struct spike_reach reach;

    if (!application->history || state->wrong || state->verdict->kind == VERDICT_CANCELLED)
        return;
    bytes_init(&lines, SIZE_MAX);
    spike_add(&spike, state, application->profile.name);
    if (spike_compare(&spike, application->history, state->wall_ms, &patience, &lines, &reach,
                      NULL) &&
        lines.len > 0) {
        bytes_truncate(&lines, lines.len - 1);
        for (size_t at = 0; at < lines.len; at++)
            if (lines.data[at] == '\n')
                lines.data[at] = ';';
        application_say(application, MESSAGE_NOTE, "Alert: %s", bytes_text(&lines));
    }
    spike_release(&spike);
    bytes_release(&lines);
}

static void on_done(void *context)
{
    struct application *application = context;
    struct exchange_state state;

    exchange_state(application->exchange, &state);
    application->sending = false;
    application_history_grew(application);
    application_set_flight(application, NULL, NULL);
    application_probe_done(application, &state);
    tell_spike(application, &state);
    if (state.trouble)
        application_say(application, MESSAGE_FAILED, "Not kept: %s", state.trouble);
}

bool application_start_by(struct application *application, const char *what, const char *whose,
                          struct exchange *(*start)(void *context, const struct exchange_env *env,
                                                    const struct exchange_observer *observer,
                                                    struct error *error),
                          void *context, struct error *error)
{
    const struct exchange_observer observer = {.body = on_body,
                                               .event = on_event,
                                               .changed = on_changed,
                                               .done = on_done,
                                               .context = application};
    struct exchange_env env = application_env(application);

    application_drop_shown(application);
    application->sending = true;
    application_set_flight(application, what, whose);
    application->exchange = start(context, &env, &observer, error);
    if (!application->exchange) {
        application->sending = false;
        application_set_flight(application, NULL, NULL);
    }
    return application->exchange != NULL;
}

static struct exchange *start_plain(void *context, const struct exchange_env *env,
                                    const struct exchange_observer *observer, struct error *error)
{
    return exchange_start(env, context, observer, error);
}

bool application_start(struct application *application, const struct exchange_request *request,
                       const char *model, struct error *error)
{
    struct exchange_request copy = *request;

    copy.look_back = true; /* views show what no file keeps */
    return application_start_by(application, operation_name(request->operation), model, start_plain,
                                &copy, error);
}

bool application_send(struct application *application, bool insisted, struct error *error)
{
    struct exchange_request request = {
        .operation = draft_edit_operation(application->draft),
        .differs = application->differs,
        .synthetic = draft_edit_is_canary(application->draft),
        .deliberate = insisted,
    };
    struct draft draft;
    bool started;
    char *body;

    if (application->place)
        return application_send_probe(application, error);
    application_draft(application, &draft);
    if (draft.operation == OPERATION_MODELS)
        return application_fetch_catalog(application, error);
    if (!draft.model)
        return error_set(error, ERROR_USAGE,
                         "no model is chosen; take one in Catalog, or type :model ID");
    if (!application_prepare(application, error))
        return false;
    body = draft_edit_text(application->draft);
    request.body = body;
    request.body_len = strlen(body);
    started = application_start(application, &request, draft.model, error);
    free(body);
    return started;
}

/* ---- the list of models ---- */

static void on_fetched_bytes(void *context, const char *data, size_t len, int64_t since_start_us)
{
    struct application *application = context;

    (void)since_start_us;
    bytes_append(&application->fetched, data, len);
}

static bool keep_catalog(struct application *application, const struct exchange_state *state,
                         struct error *error)
{
    struct catalog catalog;

    if (!catalog_from_answer(&application->fetched, state->wall_ms, application->profile.name,
                             application_key_alias(application), &catalog, error))
        return false;
    catalog_release(&application->catalog);
    application->catalog = catalog;
    application->catalog_ms = state->wall_ms;
    application->catalog_version++;
    if (!application->unasked)
        application_say(application, MESSAGE_DONE, "%zu models", catalog.count);
    return !application->workspace->local ||
           catalog_save_cache(application->workspace->local, &application->catalog, error);
}

/* Said once, and kept where the list would be; `text` is taken over. */
static void fail_catalog(struct application *application, char *text)
{
    free(application->catalog_failure);
    application->catalog_failure = redact_copy(application->redactor, text);
    application_say(application, MESSAGE_FAILED, "%s", text);
    free(text);
}

/* A list that could not be had is shown in Stream: what came is the evidence. */
static void show_failed_fetch(struct application *application, const struct exchange_state *state)
{
    const char *advice = transport_advice(state->result);

    if (!advice)
        advice = state->failure->advice;
    if (application->verdict_hidden)
        fail_catalog(application, xstrdup("No list; Stream shows what came"));
    else
        fail_catalog(application,
                     xasprintf("No list: %s. %s", verdict_headline(state->verdict->kind),
                               advice ? advice : ""));
    if (application->unasked && (application->exchange || application->opened))
        return; /* nobody looks for it there; History has it */
    application_drop_shown(application);
    application->exchange = application->fetch;
    application->fetch = NULL;
}

static void on_fetched(void *context)
{
    struct application *application = context;
    struct exchange_state state;
    struct error error;

    exchange_state(application->fetch, &state);
    application->fetching = false;
    application_history_grew(application);
    application_changed(application, TOPIC_CATALOG);
    application_set_flight(application, NULL, NULL);
    if (state.verdict->kind != VERDICT_COMPLETE)
        show_failed_fetch(application, &state);
    else if (!keep_catalog(application, &state, &error))
        fail_catalog(application, xstrdup(error.text));
    else if (state.trouble)
        application_say(application, MESSAGE_FAILED, "Not kept: %s", state.trouble);
    bytes_clear(&application->fetched);
    application->unasked = false;
}

bool application_fetch_catalog(struct application *application, struct error *error)
{
    const struct exchange_observer observer = {
        .body = on_fetched_bytes, .done = on_fetched, .context = application};
    const struct exchange_request request = {
        .operation = OPERATION_MODELS,
        .differs = application->differs,
        .synthetic = true,
    };
    struct exchange_env env;

    if (!application_prepare(application, error))
        return false;
    env = application_env(application);
    exchange_free(application->fetch);
    application->fetch = NULL;
    free(application->catalog_failure);
    application->catalog_failure = NULL;
    application->fetching = true;
    application_changed(application, TOPIC_CATALOG);
    application_set_flight(application, operation_name(OPERATION_MODELS), NULL);
    application->fetch = exchange_start(&env, &request, &observer, error);
    if (!application->fetch) {
        application->fetching = false;
        application_set_flight(application, NULL, NULL);
    }
    return application->fetch != NULL;
}

bool application_is_fetching(const struct application *application)
{
    return application->fetching;
}

const char *application_catalog_failure(const struct application *application)
{
    return application->catalog_failure;
}

void application_begin_catalog(struct application *application)
{
    struct error error;

    application->unasked = true;
    if (!application_fetch_catalog(application, &error)) {
        application->unasked = false;
        application_fail(application, &error);
    }
}

bool application_cancel(struct application *application)
{
    if (application_cancel_suite(application) || application_cancel_import(application))
        return true;
    if (application->sending && application->exchange)
        exchange_cancel(application->exchange);
    else if (application->fetching && application->fetch)
        exchange_cancel(application->fetch);
    else if (application->telling)
        transfer_cancel(application->telling, STOP_USER);
    else
        return application_stop_capture(application) || application_cancel_observe_run(application);
    return true;
}

/* ---- citing ---- */

/* A second name for the same bytes, or a copy where the folders are on different disks. */
static bool promote(const char *from, const char *to, struct error *error)
{
    struct bytes content;
    bool copied;

    if (link(from, to) == 0 || errno == EEXIST)
        return true;
    if (errno != EXDEV && errno != EPERM && errno != EOPNOTSUPP)
        return error_errno(error, ERROR_FILE, errno, "%s: the capture cannot be kept there", to);
    if (!file_read(from, CAPTURE_MAX, &content, NULL, error))
        return false;
    copied = file_replace(NULL, to, bytes_text(&content), content.len, 0600, NULL, NULL, error);
    bytes_release(&content);
    return copied;
}

static bool promote_capture(struct application *application, const char *capture,
                            struct error *error)
{
    const char *slash = strrchr(capture, '/');
    char *folder, *path;
    bool kept;

    free(application->cited);
    application->cited = xasprintf("captures/%s", slash ? slash + 1 : capture);
    folder = workspace_path(application->workspace, "captures");
    path = workspace_path(application->workspace, application->cited);
    kept = file_make_folders(folder, 0777, error) && promote(capture, path, error);
    free(folder);
    free(path);
    return kept;
}

static void join_reasons(struct application *application, const struct verdict *verdict)
{
    struct bytes text;

    bytes_init(&text, REASONS_MAX);
    for (size_t i = 0; i < verdict->count; i++)
        bytes_printf(&text, "%s%s", i ? ", " : "", reason_name(verdict->reasons[i].code));
    free(application->cited_reasons);
    application->cited_reasons = bytes_take(&text);
}

bool application_cite(struct application *application, struct citation *citation,
                      struct error *error)
{
    struct exchange_state state;

    if (!application_may_write(application, error))
        return false;
    if (application->opening)
        return error_set(error, ERROR_USAGE, "the capture is being judged; attach it afterwards");
    if (!application_judged(application, &state))
        return error_set(error, ERROR_USAGE, "nothing was sent yet; there is nothing to attach");
    if (application->verdict_hidden)
        return error_set(error, ERROR_USAGE,
                         "the ledger would tell the verdict, which is hidden; :verdict show first");
    if (!state.verdict)
        return error_set(error, ERROR_USAGE, "it still runs; attach it when its verdict stands");
    if (!state.capture && state.trouble)
        return error_set(error, ERROR_CHECK, "nothing of it is kept that could be cited: %s",
                         state.trouble);
    free(application->cited);
    application->cited = NULL;
    if (state.capture && application->workspace->folder &&
        !promote_capture(application, state.capture, error))
        return false;
    join_reasons(application, state.verdict);
    clock_format(state.wall_ms, application->cited_time);
    *citation = (struct citation){
        .id = state.id,
        .digest = state.digest,
        .time = application->cited_time,
        .operation = operation_name(state.operation),
        .model = state.model,
        .verdict = verdict_name(state.verdict->kind),
        .headline = verdict_headline(state.verdict->kind),
        .reasons = application->cited_reasons,
        .capture = application->cited,
        .simulated = state.simulated,
        .imported = state.origin != NULL,
    };
    return true;
}

/* What was kept: the history, captures of it in Stream, sending one again. */
#include "ui/application.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/capture_request.h"
#include "evidence/history_query.h"
#include "evidence/timeline.h"
#include "ui/application_state.h"

enum { RETENTION_ROWS = 50 }; /* that are added until its limits are looked at again */

/* A history that cannot be had costs a row, not the answer; it is said once. */
struct history *application_history(struct application *application)
{
    struct error error;
    char *path = NULL;

    if (application->history || application->history_tried)
        return application->history;
    application->history_tried = true;
    if (workspace_make_local(application->workspace, &error)) {
        path = file_join(application->workspace->local, "history.db");
        application->history = history_open(path, &error);
    }
    if (!application->history)
        application_say(application, MESSAGE_FAILED, "There is no history: %s", error.text);
    free(path);
    return application->history;
}

unsigned application_history_version(const struct application *application)
{
    return application->history_version;
}

void application_history_changed(struct application *application)
{
    application->history_version++;
    application_changed(application, TOPIC_HISTORY);
}

unsigned application_history_added(const struct application *application)
{
    return application->history_added;
}

void application_history_grew(struct application *application)
{
    application->history_added++;
    application_history_changed(application);
    if (application->history_added % RETENTION_ROWS == 0)
        application_watch_retention(application);
}

bool application_annotate(struct application *application, const char *id, const char *note,
                          struct error *error)
{
    char *clean = redact_copy(application->redactor, note);
    bool done = history_annotate(application->history, id, clean, error);

    free(clean);
    application_history_changed(application);
    return done;
}

bool application_mark(struct application *application, const char *id, bool marked,
                      struct error *error)
{
    bool done = history_mark(application->history, id, marked, error);

    application_history_changed(application);
    return done;
}

/* ---- captures in Stream ---- */

char *application_capture_path(const struct application *application, const char *capture)
{
    const char *slash = strrchr(capture, '/');
    char *path, *name;

    if (capture[0] == '/' || !application->workspace->local)
        return xstrdup(capture);
    path = file_join(application->workspace->local, capture);
    if (!application->workspace->folder || !slash || file_exists(path))
        return path;
    name = xasprintf("captures%s", slash);
    free(path);
    path = workspace_path(application->workspace, name);
    free(name);
    return path;
}

void application_drop_shown(struct application *application)
{
    exchange_free(application->exchange);
    application->exchange = NULL;
    if (application->opened)
        replay_release(application->opened);
    free(application->opened);
    free(application->opened_path);
    free(application->opened_text);
    application->opened = NULL;
    application->opened_path = NULL;
    application->opened_text = NULL;
    application->opened_text_len = 0;
    events_clear(application->events);
}

bool application_take_look(struct application *application)
{
    bool look = application->look;

    application->look = false;
    return look;
}

static void look(struct application *application)
{
    application->look = true;
    application_changed(application, TOPIC_EXCHANGE);
}

static void on_event(void *context, const struct judge_event *event)
{
    struct application *application = context;

    events_add(application->events, event, application->opened->read_us);
}

/* Its pieces were redacted one by one: a key may have come in parts. */
static void keep_text(struct application *application)
{
    struct answer answer;

    judge_answer(application->opened->judge, &answer);
    if (answer.choice_count == 0 || !answer.choices[0].text)
        return;
    application->opened_text_len = answer.choices[0].text_len;
    application->opened_text = xmemdup0(answer.choices[0].text, answer.choices[0].text_len);
    redact(application->redactor, application->opened_text, application->opened_text_len);
}

static bool is_shown(const struct application *application, const char *path)
{
    struct exchange_state state;

    return application_shown(application, &state) && state.capture &&
           strcmp(state.capture, path) == 0;
}

bool application_open_capture(struct application *application, const char *path,
                              struct error *error)
{
    struct stream_rules rules;
    bool opened;

    if (application_in_flight(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; Stream shows it until it ended",
                         application_in_flight(application));
    if (is_shown(application, path)) {
        look(application);
        return true;
    }
    application_drop_shown(application);
    application->opened = xcalloc(1, sizeof(*application->opened));
    application_changed(application, TOPIC_EXCHANGE);
    stream_rules_from(application->workspace->contract, &rules);
    opened = replay_file(path, OPERATION_CHAT, &rules, on_event, application, application->opened,
                         error);
    stream_rules_release(&rules);
    if (opened && application->opened->origin != REPLAY_CAPTURE)
        opened = error_set(error, ERROR_FILE, "%s is no capture", path);
    if (!opened) {
        application_drop_shown(application);
        return false;
    }
    application->opened_path = xstrdup(path);
    keep_text(application);
    look(application);
    return true;
}

static void replay_state(const struct application *application, struct exchange_state *state)
{
    const struct replay *replay = application->opened;
    const struct capture_header *header = &replay->header;

    *state = (struct exchange_state){
        .id = header->id,
        .operation = header->operation,
        .method = header->method,
        .url = header->url,
        .model = header->facts ? header->facts->model : NULL,
        .simulated = header->simulated,
        .started_us = replay->result.timings.start_us,
        .first_token_us = replay->timeline->first_us,
        .wall_ms = header->wall_ms,
        .result = &replay->result,
        .judge = replay->judge,
        .timeline = replay->timeline,
        .rules = header->rules,
        .verdict = &replay->verdict,
        .failure = &replay->failure,
        .text = application->opened_text,
        .text_len = application->opened_text_len,
        .pending = "",
        .capture = application->opened_path,
        .digest = replay->digest[0] ? replay->digest : NULL,
    };
}

bool application_shown(const struct application *application, struct exchange_state *state)
{
    if (application->opened && application->opened->judge)
        replay_state(application, state);
    else if (application->exchange)
        exchange_state(application->exchange, state);
    else
        return false;
    return true;
}

/* ---- sending again ---- */

/* Our own prompt: its answer may be kept where those of others may not. */
static bool is_canary(const struct application *application, enum operation operation,
                      const struct http_request *request, const struct request_facts *facts)
{
    char *canary = operation_body(application->workspace->contract, operation,
                                  facts->model ? facts->model : "", NULL, facts->stream);
    bool same = canary && strlen(canary) == request->body_len &&
                memcmp(canary, request->body, request->body_len) == 0;

    free(canary);
    return same;
}

bool application_send_again(struct application *application, const char *path, struct error *error)
{
    struct exchange_request again = {.differs = application->differs};
    struct http_request request;
    struct request_facts facts;
    bool sent = false;

    if (!capture_request(path, &again.operation, &request, error)) {
        http_request_release(&request);
        return false;
    }
    request_facts_from(again.operation, request.body, request.body_len, &facts);
    if (again.operation == OPERATION_MODELS) {
        sent = application_fetch_catalog(application, error);
    } else if (application_prepare(application, error)) {
        again.body = request.body;
        again.body_len = request.body_len;
        again.synthetic = is_canary(application, again.operation, &request, &facts);
        sent = application_start(application, &again, facts.model, error);
        application->look = sent;
    }
    request_facts_release(&facts);
    http_request_release(&request);
    return sent;
}

/* What was kept: the history, and sending one of it again. */
#include "ui/application.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/capture_request.h"
#include "evidence/history_query.h"
#include "evidence/leftover.h"
#include "ui/application_state.h"

enum {
    RETENTION_ROWS = 50, /* that are added until its limits are looked at again */
    TEND_LEAST_US = 100000,
    TEND_MOST_US = 5000000,
    CHECKPOINT_US = 2000000, /* behind the last row: nobody types into an fsync */
    CHECKPOINT_ROWS = 64,    /* fewer are moved at the end */
};

static bool has_history(const struct workspace *workspace)
{
    char *path = workspace->local ? file_join(workspace->local, "history.db") : NULL;
    bool has = path && file_exists(path);

    free(path);
    return has;
}

/* A history that cannot be had costs a row, not the answer; it is said once. */
struct history *application_history(struct application *application)
{
    struct error error;
    char *path = NULL;

    if (application->history || application->history_tried)
        return application->history;
    application->history_tried = true;
    if (application->readonly && !has_history(application->workspace))
        return NULL;
    if (application->readonly || workspace_make_local(application->workspace, &error)) {
        path = file_join(application->workspace->local, "history.db");
        application->history =
            application->readonly ? history_open_to_read(path, &error) : history_open(path, &error);
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

/* ---- rows that wait for another process, and moving them into the database ---- */

static void tend(void *context);

static void tend_in(struct application *application, int64_t wait_us)
{
    loop_timer_set_quiet(application->loop, &application->tend_timer,
                         clock_now_us(application_clock(application)) + wait_us, tend, application);
}

/* Nobody waits for it: a script goes on meanwhile. What still waits at the end is written then. */
static void tend(void *context)
{
    struct application *application = context;

    if (!application->history)
        return;
    if (history_waiting(application->history) == 0) {
        history_checkpoint(application->history);
        application->tend_rows = 0;
        return;
    }
    if (history_retry(application->history) > 0) {
        if (application->tend_us >= TEND_MOST_US && !application->tend_told) {
            application->tend_told = true;
            application_say(application, MESSAGE_FAILED,
                            "Another process holds the history; what is new in it waits");
        }
        application->tend_us *= 2;
        if (application->tend_us > TEND_MOST_US)
            application->tend_us = TEND_MOST_US;
        tend_in(application, application->tend_us);
        return;
    }
    if (application->tend_told)
        application_say(application, MESSAGE_NOTE, "What waited for the history is in it now");
    application->tend_told = false;
    application_history_changed(application);
    if (application->tend_rows >= CHECKPOINT_ROWS)
        tend_in(application, CHECKPOINT_US);
}

size_t application_close_history(struct application *application)
{
    size_t lost = history_close(application->history);

    if (application->history && !application->readonly)
        leftover_sweep(application->workspace->local,
                       clock_wall_ms(application_clock(application)));
    loop_timer_cancel(application->loop, &application->tend_timer);
    application->history = NULL;
    return lost;
}

void application_history_grew(struct application *application)
{
    application->tend_us = TEND_LEAST_US;
    application->tend_rows++;
    if (history_waiting(application->history))
        tend_in(application, TEND_LEAST_US);
    else if (application->tend_rows >= CHECKPOINT_ROWS)
        tend_in(application, CHECKPOINT_US);
    application->history_added++;
    application_history_changed(application);
    if (application->history_added % RETENTION_ROWS == 0)
        application_watch_retention(application);
}

bool application_annotate(struct application *application, const char *id, const char *note,
                          struct error *error)
{
    char *clean;
    bool done;

    if (!application_may_write(application, error))
        return false;
    clean = redact_copy(application->redactor, note);
    done = history_annotate(application->history, id, clean, error);
    free(clean);
    application_history_changed(application);
    return done;
}

bool application_mark(struct application *application, const char *id, bool marked,
                      struct error *error)
{
    bool done = application_may_write(application, error) &&
                history_mark(application->history, id, marked, error);

    application_history_changed(application);
    return done;
}

/* ---- captures ---- */

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

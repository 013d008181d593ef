#include "ui/history_action.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evidence/export.h"
#include "evidence/history_query.h"
#include "ui/application.h"
#include "ui/application_confirm.h"
#include "ui/application_fixture.h"
#include "ui/pane.h"
#include "ui/stream_replay.h"

static unsigned fail(const struct history_action *action, const struct error *error)
{
    application_fail(action->application, error);
    return EFFECT_DRAW;
}

/* Its capture; the caller frees. NULL after a message. */
static char *capture_of(const struct history_action *action, const struct history_row *row)
{
    if (row->capture)
        return application_capture_path(action->application, row->capture);
    application_say(action->application, MESSAGE_FAILED, "%s has no capture", row->id);
    return NULL;
}

static bool open_chosen(const struct history_action *action, const struct history_row *row)
{
    char *path = capture_of(action, row);
    struct error error;
    bool opened = path && application_open_capture(action->application, path, &error);

    if (path && !opened)
        fail(action, &error);
    free(path);
    return opened;
}

/* The ledger cites what Stream shows. */
static unsigned attach(const struct history_action *action, const struct history_row *row)
{
    if (!open_chosen(action, row))
        return EFFECT_DRAW;
    application_take_look(action->application);
    return EFFECT_UNHANDLED;
}

static unsigned mark(struct history_action *action, const struct history_row *row)
{
    struct error error;

    if (!application_mark(action->application, row->id, !row->marked, &error))
        fail(action, &error);
    return EFFECT_DRAW;
}

static void on_note(void *context, const char *text)
{
    struct history_action *action = context;
    struct error error;

    if (text && !application_annotate(action->application, action->asked, text, &error))
        fail(action, &error);
}

/* A question is answered later, when the cursor may be elsewhere. */
static void remember(struct history_action *action, const struct history_row *row)
{
    memcpy(action->asked, row->id, sizeof(action->asked));
}

static unsigned annotate(struct history_action *action, const struct history_row *row,
                         const char *text)
{
    const struct question question = {
        .label = "Note: ", .initial = row->note, .answered = on_note, .context = action};

    remember(action, row);
    if (text)
        on_note(action, text);
    else
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

static unsigned again(struct history_action *action, const struct history_row *row)
{
    char *path = capture_of(action, row);
    struct error error;

    if (path && !application_confirm_again(action->application, path, &error))
        fail(action, &error);
    free(path);
    return EFFECT_DRAW;
}

/* ---- export ---- */

/* "har", or "curl FILE"; without a name the evidence's own. */
static unsigned export(const struct history_action *action, const struct history_row *row,
                       const char *words)
{
    size_t len = strcspn(words, " ");
    const char *file = words + len + strspn(words + len, " ");
    const char *name, *suffix = "", *meaning;
    char *kind = xmemdup0(words, len), *capture = capture_of(action, row), *path;
    struct error error;

    for (size_t i = 0; export_kind(i, &name, &suffix, &meaning) && strcmp(name, kind) != 0;)
        i++;
    path = *file ? xstrdup(file) : xasprintf("%s.%s", row->id, suffix);
    if (capture && application_may_write(action->application, &error) &&
        export_write(kind, capture, path, application_redactor(action->application), NULL, &error))
        application_say(action->application, MESSAGE_DONE, "%s is written", path);
    else if (capture)
        fail(action, &error);
    free(kind);
    free(capture);
    free(path);
    return EFFECT_DRAW;
}

/* What was answered for the exchange that was asked about. */
struct answer_to {
    struct history_action *action;
    const char *words;
};

static bool export_row(void *context, const struct history_row *row)
{
    const struct answer_to *answer = context;

    export(answer->action, row, answer->words);
    return false;
}

static void on_export(void *context, const char *text)
{
    struct answer_to answer = {.action = context, .words = text};
    struct history *history = application_history(answer.action->application);
    struct error error;

    if (text && *text && !history_find(history, answer.action->asked, export_row, &answer, &error))
        fail(answer.action, &error);
}

/* "export curl": of what has the focus. */
static unsigned export_as_curl(const struct history_action *action, const struct history_row *row,
                               const char *file)
{
    char *words = xasprintf("curl %s", file ? file : "");

    export(action, row, words);
    free(words);
    return EFFECT_DRAW;
}

static unsigned ask_export(struct history_action *action, const struct history_row *row,
                           const char *words)
{
    const struct question question = {
        .label = "Export as har, curl or capture, and to which file: ",
        .initial = "har",
        .replaced = true,
        .completion = COMPLETION_EXPORT,
        .answered = on_export,
        .context = action,
    };

    remember(action, row);
    if (words)
        return export(action, row, words);
    application_ask(action->application, &question);
    return EFFECT_DRAW;
}

static unsigned keep_fixture(const struct history_action *action, const struct history_row *row,
                             const char *words)
{
    char *path = capture_of(action, row);
    struct error error;

    if (path && !application_keep_fixture(action->application, path, words, &error))
        fail(action, &error);
    free(path);
    return EFFECT_DRAW;
}

unsigned history_action_request(struct history_action *action, const struct history_row *row,
                                const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_ACTIVATE:
        open_chosen(action, row);
        return EFFECT_DRAW;
    case REQUEST_ATTACH:
        return attach(action, row);
    case REQUEST_MARK:
        return mark(action, row);
    case REQUEST_ANNOTATE:
        return annotate(action, row, call->argument);
    case REQUEST_KEEP_FIXTURE:
        return keep_fixture(action, row, call->argument);
    case REQUEST_AGAIN:
        return again(action, row);
    case REQUEST_REPLAY:
        if (open_chosen(action, row))
            stream_replay_request(action->application, call->argument);
        return EFFECT_DRAW;
    case REQUEST_EXPORT_CURL:
        return export_as_curl(action, row, call->argument);
    case REQUEST_EXPORT:
        return ask_export(action, row, call->argument);
    default:
        return EFFECT_UNHANDLED;
    }
}

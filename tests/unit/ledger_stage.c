#include "tests/unit/ledger_stage.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/workspace.h"
#include "ledger/template.h"
#include "ui/application_observe.h"
#include "ui/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- an application that only remembers ---- */

const struct clock *application_clock(const struct application *application)
{
    (void)application;
    return &clock_system;
}

const struct workspace *application_workspace(const struct application *application)
{
    return &application->workspace;
}

bool application_is_temporary(const struct application *application)
{
    (void)application;
    return false;
}

bool application_may_write(const struct application *application, struct error *error)
{
    (void)application;
    (void)error;
    return true;
}

bool application_finds_key(const struct application *application, const char *text, size_t len,
                           size_t *line)
{
    (void)application;
    (void)text;
    (void)len;
    (void)line;
    return false;
}

const struct redactor *application_redactor(const struct application *application)
{
    return application->redactor;
}

void application_changed(struct application *application, unsigned topics)
{
    (void)application;
    assert_int_equal(topics, TOPIC_LEDGER);
}

void application_say(struct application *application, enum message_kind kind, const char *format,
                     ...)
{
    va_list args;

    (void)kind;
    va_start(args, format);
    vsnprintf(application->message, sizeof(application->message), format, args);
    va_end(args);
}

void application_fail(struct application *application, const struct error *error)
{
    application_say(application, MESSAGE_FAILED, "%s", error->text);
}

void application_ask(struct application *application, const struct question *question)
{
    free(application->label);
    free(application->initial);
    application->question = *question;
    application->label = xstrdup(question->label);
    application->initial = xstrdup(question->initial);
}

bool application_take_meant(struct application *application)
{
    (void)application;
    return false;
}

bool application_cite_observation(struct application *application, struct citation *citation,
                                  struct error *error)
{
    return application_cite(application, citation, error);
}

bool application_cite(struct application *application, struct citation *citation,
                      struct error *error)
{
    if (!application->can_cite)
        return error_set(error, ERROR_CHECK, "nothing was sent yet");
    *citation = (struct citation){.id = "ev-20261121-0001",
                                  .time = "2026-11-21T11:17:23.456Z",
                                  .operation = "chat",
                                  .model = "sim/cut-mid-stream",
                                  .verdict = "truncated",
                                  .headline = "INCOMPLETE",
                                  .digest = "0123",
                                  .capture = "captures/ev.jsonl",
                                  .simulated = true};
    return true;
}

/* ---- the pane in front of it ---- */

int stage_set_up(void **state)
{
    struct stage *stage = xcalloc(1, sizeof(*stage));

    strcpy(stage->folder, "/tmp/cometdeck-pane-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    setenv("XDG_STATE_HOME", stage->folder, 1); /* what a console kept there is not ours */
    stage->file = file_join(stage->folder, "a.md");
    stage->other = file_join(stage->folder, "b.md");
    stage->application.redactor = redactor_new();
    stage->pane = pane_ledger.create(&stage->application);
    *state = stage;
    return 0;
}

int stage_tear_down(void **state)
{
    struct stage *stage = *state;

    pane_ledger.destroy(stage->pane);
    unlink(stage->file);
    unlink(stage->other);
    assert_int_equal(rmdir(stage->folder), 0);
    unsetenv("XDG_STATE_HOME");
    free(stage->file);
    free(stage->other);
    redactor_free(stage->application.redactor);
    free(stage->application.label);
    free(stage->application.initial);
    free(stage);
    return 0;
}

unsigned stage_ask(struct stage *stage, enum request request, const char *argument)
{
    const struct request_call call = {.request = request, .argument = argument};

    return pane_ledger.request(stage->pane, &call);
}

void stage_answer(struct stage *stage, const char *text)
{
    stage->application.question.answered(stage->application.question.context, text);
}

/* The pane as text; the caller frees. */
char *stage_shown(struct stage *stage, int rows, int columns)
{
    struct canvas *canvas = canvas_new(rows, columns, false);
    const struct surface surface = {
        .canvas = canvas, .rows = rows, .columns = columns, .focused = true};
    struct bytes out;

    bytes_init(&out, 1 << 20);
    pane_ledger.draw(stage->pane, &surface);
    canvas_dump(canvas, &out);
    canvas_free(canvas);
    return bytes_take(&out);
}

void stage_assert_shown(struct stage *stage, int rows, int columns, const char *text)
{
    char *screen = stage_shown(stage, rows, columns);

    if (!strstr(screen, text))
        fail_msg("[%s] is not shown in\n%s", text, screen);
    free(screen);
}

void stage_assert_facts(struct stage *stage, const char *expected)
{
    const char *shown;
    struct bytes out;

    bytes_init(&out, 1024);
    pane_ledger.facts(stage->pane, &out);
    shown = bytes_text(&out);
    if (strncmp(shown, stage->folder, strlen(stage->folder)) == 0) /* no name alone opens it */
        shown += strlen(stage->folder) + 1;
    assert_string_equal(shown, expected);
    bytes_release(&out);
}

void stage_put(const char *path, const char *text)
{
    assert_true(file_replace(NULL, path, text, strlen(text), 0644, NULL, NULL, NULL));
}

void stage_open_text(struct stage *stage, const char *text)
{
    stage_put(stage->file, text);
    assert_true(stage_ask(stage, REQUEST_LEDGER_OPEN, stage->file) & EFFECT_FOCUS);
}

void stage_assert_file(const char *path, const char *expected)
{
    struct bytes text;

    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    assert_string_equal(bytes_text(&text), expected);
    bytes_release(&text);
}

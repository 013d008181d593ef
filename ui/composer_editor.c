#include "ui/composer_editor.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/application.h"
#include "ui/json_edit.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

struct composer_editor {
    struct application *application;
    char *pointer; /* of what is or was edited; NULL: nothing yet */
    bool json;
    char *draft; /* the one it is of, NULL: one without a name */
    enum operation operation;
    char *refused; /* what came back and cannot be taken, for another try; or NULL */
    size_t refused_len;
};

struct composer_editor *composer_editor_new(struct application *application)
{
    struct composer_editor *editor = xcalloc(1, sizeof(*editor));

    editor->application = application;
    return editor;
}

static void forget_refused(struct composer_editor *editor)
{
    free(editor->refused);
    editor->refused = NULL;
}

void composer_editor_free(struct composer_editor *editor)
{
    forget_refused(editor);
    free(editor->pointer);
    free(editor->draft);
    free(editor);
}

static const struct json *value_at(const struct application *application, const char *pointer)
{
    const struct json_edit *edit = application_body(application);

    return edit ? json_at(json_edit_root(edit), pointer) : NULL;
}

/* ---- what comes back ---- */

/* A line that holds a byte, from 1. */
static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* An editor ends the last line; where the text had no end before, that one goes. */
static struct json *read_text(const char *before, const char *text, size_t len, struct error *error)
{
    size_t before_len = before ? strlen(before) : 0, bad = 0;
    const char *nul = memchr(text, '\0', len);

    if (nul) {
        error_set(error, ERROR_USAGE, "line %zu holds a NUL byte, which a string cannot",
                  line_of(text, nul));
        return NULL;
    }
    if (!utf8_valid(text, len, &bad)) {
        error_set(error, ERROR_USAGE, "line %zu is no UTF-8", line_of(text, text + bad));
        return NULL;
    }
    if (len > 0 && text[len - 1] == '\n' && !(before_len > 0 && before[before_len - 1] == '\n'))
        len--;
    return json_new_string_n(text, len);
}

static void answer_again(void *context, const char *text)
{
    struct composer_editor *editor = context;

    if (!text) {
        application_say(editor->application, MESSAGE_NOTE,
                        "The text is kept until another one is edited: %s goes on with it",
                        *editor->pointer ? "editing the same" : "E");
    } else if (*text == '\0' || *text == 'y') {
        composer_editor_edit(editor, editor->pointer, editor->json);
    } else {
        forget_refused(editor);
        application_edit(editor->application, &(const struct editing){.text = NULL});
        application_say(editor->application, MESSAGE_NOTE, "The text is gone, the body as it was");
    }
}

/* The place goes behind what is wrong there: of a label that is too long the end is kept. */
static char *again_label(const struct error *error, bool json)
{
    const char *what = json ? strstr(error->text, ": ") : NULL;

    if (!what)
        return xasprintf("%s. Edit again? (y or n) ", error->text);
    return xasprintf("%s, %.*s. Edit again? (y or n) ", what + 2, (int)(what - error->text),
                     error->text);
}

static void ask_again(struct composer_editor *editor, const struct error *error)
{
    char *label = again_label(error, editor->json);
    const struct question question = {.label = label, .answered = answer_again, .context = editor};

    application_ask(editor->application, &question);
    free(label);
}

bool composer_editor_put(struct application *application, const char *pointer, bool json,
                         const char *text, size_t len, struct error *error)
{
    const struct json *place = value_at(application, pointer);
    struct json *value;

    if (!place || (!json && !json_string(place)))
        return error_set(error, ERROR_USAGE, "the body has no %s at %s", json ? "value" : "text",
                         *pointer ? pointer : "its root");
    value = json ? json_parse(text, len, "body", error)
                 : read_text(json_string(place), text, len, error);
    if (!value || !json_edit_replace(application_body(application), pointer, value, error))
        return false;
    application_say(application, MESSAGE_DONE, "Taken from the editor: %s",
                    *pointer ? pointer : "the whole body");
    application_draft_edited(application);
    return true;
}

static bool take(void *context, const char *text, size_t len)
{
    struct composer_editor *editor = context;
    struct error error;

    forget_refused(editor);
    if (composer_editor_put(editor->application, editor->pointer, editor->json, text, len, &error))
        return true;
    editor->refused = xmemdup0(text, len);
    editor->refused_len = len;
    ask_again(editor, &error);
    return false;
}

/* ---- what goes there ---- */

static bool is_same(const char *one, const char *other)
{
    return one == other || (one && other && strcmp(one, other) == 0);
}

/* The same place of the same body: what was refused is of no other draft. */
static bool goes_on(const struct composer_editor *editor, const char *pointer, bool json,
                    enum operation operation)
{
    return editor->refused && editor->json == json && strcmp(editor->pointer, pointer) == 0 &&
           editor->operation == operation &&
           is_same(editor->draft, application_draft_name(editor->application));
}

static void write_value(const struct composer_editor *editor, const struct json *value, bool json,
                        struct bytes *text)
{
    if (editor->refused)
        bytes_append(text, editor->refused, editor->refused_len);
    else if (json)
        json_write(value, true, text);
    else
        bytes_puts(text, json_string(value));
}

void composer_editor_edit(struct composer_editor *editor, const char *pointer, bool json)
{
    const struct json *value = value_at(editor->application, pointer);
    struct editing editing = {.suffix = json ? ".json" : ".txt", .done = take, .context = editor};
    char *copy = xstrdup(pointer); /* it may be the editor's own */
    struct bytes text;
    struct draft draft;

    if (!value || (!json && !json_string(value))) {
        free(copy);
        return;
    }
    application_draft(editor->application, &draft);
    if (!goes_on(editor, pointer, json, draft.operation))
        forget_refused(editor);
    free(editor->pointer);
    free(editor->draft);
    editor->pointer = copy;
    editor->draft = xstrdup(application_draft_name(editor->application));
    editor->operation = draft.operation;
    editor->json = json;
    bytes_init(&text, TEXT_MAX);
    write_value(editor, value, json, &text);
    editing.text = bytes_text(&text);
    editing.len = text.len;
    editing.pointer = copy;
    application_edit(editor->application, &editing);
    bytes_release(&text);
}

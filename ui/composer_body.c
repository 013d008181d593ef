#include "ui/composer_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/application.h"
#include "ui/json_edit.h"
#include "ui/json_tree.h"
#include "ui/pane.h"

enum { POINTER_MAX = 1 << 20, VALUE_MAX = 64 * 1024 * 1024 };

struct composer_body {
    struct application *application;
    struct json_tree *tree;
    bool all_folded;
    char *wanted; /* pointer of the line that the cursor goes to, or NULL */
    char *asked;  /* what the open question is about: a value, or where one is added */
    size_t asked_index;
    char *refused; /* what came from the editor and is no JSON, for another try; or NULL */
};

struct composer_body *composer_body_new(struct application *application)
{
    struct composer_body *body = xcalloc(1, sizeof(*body));

    body->application = application;
    body->tree = json_tree_new();
    return body;
}

void composer_body_free(struct composer_body *body)
{
    json_tree_free(body->tree);
    free(body->wanted);
    free(body->asked);
    free(body->refused);
    free(body);
}

void composer_body_show(struct composer_body *body)
{
    const struct json_edit *edit = application_body(body->application);

    json_tree_show(body->tree, edit ? json_edit_root(edit) : NULL);
}

const struct json_tree *composer_body_tree(const struct composer_body *body)
{
    return body->tree;
}

bool composer_body_take_wanted(struct composer_body *body, size_t *line)
{
    if (!body->wanted)
        return false;
    *line = json_tree_find(body->tree, body->wanted);
    free(body->wanted);
    body->wanted = NULL;
    return true;
}

/* The cursor goes there when the tree is laid out next. Taken over. */
static void want(struct composer_body *body, char *pointer)
{
    free(body->wanted);
    body->wanted = pointer;
}

static char *pointer_of(const struct composer_body *body, size_t line)
{
    struct bytes pointer;

    bytes_init(&pointer, POINTER_MAX);
    json_tree_pointer(body->tree, line, &pointer);
    return bytes_take(&pointer);
}

static const char *shown_name(const char *pointer)
{
    return *pointer ? pointer : "the body";
}

/* ---- folding and moving ---- */

static unsigned fold(struct composer_body *body, size_t line, bool folded)
{
    json_tree_fold(body->tree, line, folded);
    composer_body_show(body);
    return EFFECT_DRAW;
}

/* A value without children folds what it is in. */
static unsigned toggle(struct composer_body *body, size_t *line)
{
    const struct json_tree_line *at = json_tree_line(body->tree, *line);

    if (!at->folded && !at->open)
        *line = at->parent;
    return fold(body, *line, !json_tree_line(body->tree, *line)->folded);
}

static unsigned go_left(struct composer_body *body, size_t *line)
{
    if (json_tree_line(body->tree, *line)->open)
        return fold(body, *line, true);
    *line = json_tree_parent(body->tree, *line);
    return EFFECT_DRAW;
}

static unsigned go_right(struct composer_body *body, size_t *line)
{
    if (json_tree_line(body->tree, *line)->folded)
        return fold(body, *line, false);
    *line += json_tree_line(body->tree, *line)->open;
    return EFFECT_DRAW;
}

static unsigned fold_all(struct composer_body *body, size_t *line)
{
    char *pointer = pointer_of(body, *line);

    body->all_folded = !body->all_folded;
    json_tree_fold_all(body->tree, body->all_folded);
    composer_body_show(body);
    *line = json_tree_find(body->tree, pointer);
    free(pointer);
    return EFFECT_DRAW;
}

/* ---- edits ---- */

static unsigned edited(struct composer_body *body, bool done, const struct error *error)
{
    if (done)
        application_draft_edited(body->application);
    else
        application_fail(body->application, error);
    return EFFECT_DRAW;
}

static void ask(struct composer_body *body, const char *label, const char *initial,
                void (*answered)(void *context, const char *text))
{
    const struct question question = {
        .label = label,
        .initial = initial,
        .replaced = true,
        .answered = answered,
        .context = body,
    };

    application_ask(body->application, &question);
}

static void answer_value(void *context, const char *text)
{
    struct composer_body *body = context;
    struct json_edit *edit = application_body(body->application);
    struct error error;
    struct json *value;

    if (!text || !edit)
        return;
    value = json_edit_read(text, &error);
    edited(body, value && json_edit_replace(edit, body->asked, value, &error), &error);
}

/* ---- in the editor ---- */

/* An editor ends the last line; the text had its end before. */
static void take_text(void *context, const char *text, size_t len)
{
    struct composer_body *body = context;
    struct json_edit *edit = application_body(body->application);
    const char *before = edit ? json_string(json_at(json_edit_root(edit), body->asked)) : NULL;
    size_t before_len = before ? strlen(before) : 0;
    struct error error;
    bool done;

    if (!before)
        return;
    if (len > 0 && text[len - 1] == '\n' && !(before_len > 0 && before[before_len - 1] == '\n'))
        len--;
    if (memchr(text, '\0', len) || !utf8_valid(text, len, NULL))
        done = error_set(&error, ERROR_USAGE, "a string holds UTF-8 without NUL; nothing changed");
    else
        done = json_edit_replace(edit, body->asked, json_new_string_n(text, len), &error);
    edited(body, done, &error);
}

void composer_body_edit_text(struct composer_body *body, const char *pointer)
{
    const struct json_edit *edit = application_body(body->application);
    const char *text = edit ? json_string(json_at(json_edit_root(edit), pointer)) : NULL;
    struct editing editing = {.text = text, .suffix = ".txt", .done = take_text, .context = body};

    if (!text)
        return;
    editing.len = strlen(text);
    free(body->asked);
    body->asked = xstrdup(pointer);
    application_edit(body->application, &editing);
}

static void edit_whole(struct composer_body *body);

static void answer_again(void *context, const char *text)
{
    struct composer_body *body = context;

    if (!text) {
        application_say(body->application, MESSAGE_NOTE, "The text is kept: E edits it again");
        return;
    }
    if (*text == '\0' || *text == 'y') {
        edit_whole(body);
    } else {
        free(body->refused);
        body->refused = NULL;
    }
}

static void take_whole(void *context, const char *text, size_t len)
{
    struct composer_body *body = context;
    struct json_edit *edit = application_body(body->application);
    struct json *root;
    struct error error;
    char *label;

    if (!edit)
        return;
    free(body->refused);
    body->refused = NULL;
    root = json_parse(text, len, "body", &error);
    if (root) {
        edited(body, json_edit_replace(edit, "", root, &error), &error);
        return;
    }
    body->refused = xmemdup0(text, len);
    label = xasprintf("%s. Edit it again? (yes or no) ", error.text);
    ask(body, label, NULL, answer_again);
    free(label);
}

static void edit_whole(struct composer_body *body)
{
    const struct json_edit *edit = application_body(body->application);
    struct editing editing = {.suffix = ".json", .done = take_whole, .context = body};
    struct bytes text;

    bytes_init(&text, VALUE_MAX);
    if (body->refused)
        bytes_puts(&text, body->refused);
    else
        json_write(json_edit_root(edit), true, &text);
    editing.text = bytes_text(&text);
    editing.len = text.len;
    application_edit(body->application, &editing);
    bytes_release(&text);
}

/* ---- on one line ---- */

static unsigned ask_value(struct composer_body *body, size_t line)
{
    const char *string = json_string(json_tree_line(body->tree, line)->value);
    struct bytes text;
    char *label;

    if (string && strchr(string, '\n')) {
        char *pointer = pointer_of(body, line);

        composer_body_edit_text(body, pointer);
        free(pointer);
        return EFFECT_DRAW;
    }
    free(body->asked);
    body->asked = pointer_of(body, line);
    bytes_init(&text, VALUE_MAX);
    json_edit_write(json_tree_line(body->tree, line)->value, &text);
    label = xasprintf("%s: ", shown_name(body->asked));
    ask(body, label, bytes_text(&text), answer_value);
    free(label);
    bytes_release(&text);
    return EFFECT_DRAW;
}

/* "NAME: VALUE" with the name in quotes where it holds a colon. The caller frees the name. */
static char *read_name(const char *text, const char **value, struct error *error)
{
    size_t len = *text == '"';
    struct json *quoted = NULL;
    char *name = NULL;

    if (*text == '"') {
        while (text[len] && text[len] != '"')
            len += text[len] == '\\' && text[len + 1] ? 2 : 1;
        len += text[len] == '"';
        quoted = json_parse(text, len, "the name", NULL);
    } else {
        len = strcspn(text, ":");
    }
    *value = text + len + strspn(text + len, " ");
    if (**value == ':' && (quoted || *text != '"')) {
        while (!quoted && len > 0 && text[len - 1] == ' ')
            len--;
        name = quoted ? xstrdup(json_string(quoted)) : xmemdup0(text, len);
        *value += 1 + strspn(*value + 1, " ");
    } else {
        error_set(error, ERROR_USAGE, "write it as NAME: VALUE, such as top_p: 0.5");
    }
    json_free(quoted);
    return name;
}

/* Into the object or array that body->asked names. */
static bool add_text(struct composer_body *body, const char *text, struct error *error)
{
    struct json_edit *edit = application_body(body->application);
    bool array = json_type(json_at(json_edit_root(edit), body->asked)) == JSON_ARRAY;
    size_t count = json_count(json_at(json_edit_root(edit), body->asked));
    size_t index = body->asked_index < count ? body->asked_index : count;
    const char *typed = text;
    char *name = array ? NULL : read_name(text, &typed, error);
    struct json *value = array || name ? json_edit_read(typed, error) : NULL;
    struct bytes pointer;
    bool done = value && json_edit_add(edit, body->asked, name, index, value, error);

    if (done) {
        bytes_init(&pointer, POINTER_MAX);
        bytes_puts(&pointer, body->asked);
        if (array)
            bytes_printf(&pointer, "/%zu", index);
        else
            json_pointer_add(&pointer, name);
        want(body, bytes_take(&pointer));
        if (array)
            json_tree_shift(body->tree, body->asked, index, 1);
    }
    free(name);
    return done;
}

static void answer_add(void *context, const char *text)
{
    struct composer_body *body = context;
    struct error error;

    if (text && *text && application_body(body->application))
        edited(body, add_text(body, text, &error), &error);
}

/* Into what the cursor is on when it is an object or array, else behind it. */
static unsigned add(struct composer_body *body, size_t line, const char *text)
{
    const struct json_tree_line *at = json_tree_line(body->tree, line);
    enum json_type type = json_type(at->value);
    bool into = type == JSON_OBJECT || type == JSON_ARRAY || line == 0;
    char *label;

    free(body->asked);
    body->asked = pointer_of(body, into ? line : at->parent);
    body->asked_index = into ? SIZE_MAX : at->index + 1;
    if (text) {
        answer_add(body, text);
        return EFFECT_DRAW;
    }
    type = json_type(json_tree_line(body->tree, into ? line : at->parent)->value);
    label = xasprintf("Add to %s, %s: ", shown_name(body->asked),
                      type == JSON_ARRAY ? "VALUE" : "NAME: VALUE");
    ask(body, label, NULL, answer_add);
    free(label);
    return EFFECT_DRAW;
}

static unsigned remove_line(struct composer_body *body, size_t line)
{
    const struct json_tree_line *at = json_tree_line(body->tree, line);
    bool item = line > 0 && json_type(json_tree_line(body->tree, at->parent)->value) == JSON_ARRAY;
    size_t index = at->index;
    char *pointer = pointer_of(body, line), *parent = json_edit_parent(pointer, NULL);
    struct error error;
    bool done = json_edit_remove(application_body(body->application), pointer, &error);

    if (done) {
        if (item)
            json_tree_shift(body->tree, parent, index, -1);
        application_say(body->application, MESSAGE_DONE, "Removed %s; u brings it back", pointer);
    }
    free(parent);
    free(pointer);
    return edited(body, done, &error);
}

static unsigned move_line(struct composer_body *body, size_t line, bool down)
{
    const struct json_tree_line *at = json_tree_line(body->tree, line);
    bool named = json_name(at->value) != NULL;
    char *pointer = pointer_of(body, line), *parent = json_edit_parent(pointer, NULL);
    size_t index = at->index + (down ? 1 : (size_t)-1);
    struct error error;
    bool done = json_edit_move(application_body(body->application), pointer, down, &error);

    if (done)
        want(body, named ? xstrdup(pointer) : xasprintf("%s/%zu", parent, index));
    free(parent);
    free(pointer);
    return edited(body, done, &error);
}

static unsigned step(struct composer_body *body, bool back)
{
    struct json_edit *edit = application_body(body->application);
    struct bytes where;

    bytes_init(&where, POINTER_MAX);
    if (back ? json_edit_undo(edit, &where) : json_edit_redo(edit, &where)) {
        want(body, xstrdup(bytes_text(&where)));
        application_draft_edited(body->application);
    } else {
        application_say(body->application, MESSAGE_NOTE, "Nothing to %s in the body",
                        back ? "undo" : "redo");
    }
    bytes_release(&where);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned line_request(struct composer_body *body, enum request request, size_t *line)
{
    const struct json_tree_line *at = json_tree_line(body->tree, *line);

    switch (request) {
    case REQUEST_LEFT:
        return go_left(body, line);
    case REQUEST_RIGHT:
        return go_right(body, line);
    case REQUEST_FOLD:
        return toggle(body, line);
    case REQUEST_FOLD_ALL:
        return fold_all(body, line);
    case REQUEST_NEXT_SIBLING:
    case REQUEST_PREVIOUS_SIBLING:
        *line = json_tree_sibling(body->tree, *line, request == REQUEST_NEXT_SIBLING);
        return EFFECT_DRAW;
    case REQUEST_ACTIVATE:
        return at->folded || at->open ? toggle(body, line) : ask_value(body, *line);
    case REQUEST_EDIT:
        return ask_value(body, *line);
    case REQUEST_REMOVE:
        return remove_line(body, *line);
    case REQUEST_MOVE_UP:
    case REQUEST_MOVE_DOWN:
        return move_line(body, *line, request == REQUEST_MOVE_DOWN);
    default:
        return EFFECT_UNHANDLED;
    }
}

unsigned composer_body_request(struct composer_body *body, const struct request_call *call,
                               bool here, size_t *line)
{
    if (json_tree_count(body->tree) == 0)
        return EFFECT_UNHANDLED;
    switch (call->request) {
    case REQUEST_ADD:
        return add(body, *line, call->argument);
    case REQUEST_EDIT_BODY:
        edit_whole(body);
        return EFFECT_DRAW;
    case REQUEST_UNDO:
        return step(body, true);
    case REQUEST_REDO:
        return step(body, false);
    default:
        return here ? line_request(body, call->request, line) : EFFECT_UNHANDLED;
    }
}

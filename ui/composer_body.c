#include "ui/composer_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/composer_editor.h"
#include "ui/json_edit.h"
#include "ui/json_tree.h"
#include "ui/pane.h"

enum {
    POINTER_MAX = 1 << 20,
    VALUE_MAX = 64 * 1024 * 1024,
    LONG_BYTES = 2000, /* what is longer is no text for one line */
};

struct composer_body {
    struct application *application;
    struct json_tree *tree;
    bool all_folded;
    char *wanted; /* pointer of the line that the cursor goes to, or NULL */
    char *asked;  /* what the open question is about: a value, or where one is added */
    size_t asked_index;
    enum json_type asked_type; /* of the value that is asked for; ABSENT: whatever is typed */
    struct composer_editor *editor;
};

struct composer_body *composer_body_new(struct application *application)
{
    struct composer_body *body = xcalloc(1, sizeof(*body));

    body->application = application;
    body->tree = json_tree_new();
    body->editor = composer_editor_new(application);
    return body;
}

void composer_body_free(struct composer_body *body)
{
    json_tree_free(body->tree);
    free(body->wanted);
    free(body->asked);
    composer_editor_free(body->editor);
    free(body);
}

void composer_body_show(struct composer_body *body)
{
    const struct json_edit *edit = application_body(body->application);

    json_tree_compare(body->tree, application_probe_before(body->application));
    json_tree_show(body->tree, edit ? json_edit_root(edit) : NULL);
}

struct json_tree *composer_body_tree(const struct composer_body *body)
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

static void ask(struct composer_body *body, const struct question *question)
{
    struct question whole = *question;

    whole.context = body;
    application_ask(body->application, &whole);
}

/* ---- on one line ---- */

/* "/messages/0/content, string: ": what is typed is taken as that. */
static void ask_value(struct composer_body *body, const char *initial, size_t cursor,
                      const char *fault);

/* A fault is shown where it is, and the text is kept. */
static void answer_value(void *context, const char *text)
{
    struct composer_body *body = context;
    struct json_edit *edit = application_body(body->application);
    struct error error;
    struct json *value;
    size_t column = 0;

    if (!text || !edit)
        return;
    value = body->asked_type == JSON_STRING ? json_new_string(text)
                                            : json_edit_read_json(text, &column, &error);
    if (value)
        edited(body, json_edit_replace(edit, body->asked, value, &error), &error);
    else
        ask_value(body, text, column, error.text);
}

static const struct json *asked_value(const struct composer_body *body)
{
    const struct json_edit *edit = application_body(body->application);

    return edit ? json_at(json_edit_root(edit), body->asked) : NULL;
}

static void ask_value(struct composer_body *body, const char *initial, size_t cursor,
                      const char *fault)
{
    const char *name = json_name(asked_value(body));
    bool model = name && strcmp(name, "model") == 0;
    char *label = xasprintf("%s, %s%s%s: ", shown_name(body->asked),
                            body->asked_type == JSON_STRING ? "string" : "JSON", fault ? ", " : "",
                            fault ? fault : "");
    const struct question question = {
        .label = label,
        .initial = initial,
        .cursor = cursor,
        .replaced = !fault,
        .completion = model ? COMPLETION_MODEL : COMPLETION_NONE,
        .answered = answer_value,
    };

    ask(body, &question);
    free(label);
}

/* What one line cannot hold goes to the editor: several lines, and what is long. */
static unsigned edit_value(struct composer_body *body, size_t line, bool as_json)
{
    const struct json *value = json_tree_line(body->tree, line)->value;
    const char *string = json_string(value);
    bool text = string && !as_json, plain = !text || json_edit_is_plain(string);
    struct bytes written;

    free(body->asked);
    body->asked = pointer_of(body, line);
    body->asked_type = text && plain ? JSON_STRING : JSON_ABSENT;
    bytes_init(&written, VALUE_MAX);
    if (text && plain)
        bytes_puts(&written, string);
    else
        json_write(value, false, &written);
    if (written.len > LONG_BYTES || (text && strchr(string, '\n')))
        composer_editor_edit(body->editor, body->asked, !text);
    else
        ask_value(body, bytes_text(&written), 0, NULL);
    bytes_release(&written);
    return EFFECT_DRAW;
}

static unsigned edit_text(struct composer_body *body, size_t line)
{
    char *pointer = pointer_of(body, line);
    bool text = json_string(json_tree_line(body->tree, line)->value) != NULL;

    composer_editor_edit(body->editor, pointer, !text);
    free(pointer);
    return EFFECT_DRAW;
}

void composer_body_edit_text(struct composer_body *body, const char *pointer)
{
    composer_editor_edit(body->editor, pointer, false);
}

/* ---- adding, renaming, taking away ---- */

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

static const char *type_name(const struct json *value)
{
    static const char *const names[] = {
        [JSON_ABSENT] = "nothing",   [JSON_NULL] = "null",       [JSON_BOOLEAN] = "a boolean",
        [JSON_NUMBER] = "a number",  [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object",
    };

    return names[json_type(value)];
}

static void ask_addition(struct composer_body *body, const char *initial, const char *fault);

static void answer_add(void *context, const char *text)
{
    struct composer_body *body = context;
    const struct json_edit *edit = application_body(body->application);
    struct error error;

    if (!text || !*text || !edit)
        return;
    if (add_text(body, text, &error)) {
        application_say(body->application, MESSAGE_DONE, "Added %s, %s", body->wanted,
                        type_name(json_at(json_edit_root(edit), body->wanted)));
        application_draft_edited(body->application);
        return;
    }
    ask_addition(body, text, error.text);
}

/* `initial`: what was typed before and could not be taken, for its `fault`; or NULL. */
static void ask_addition(struct composer_body *body, const char *initial, const char *fault)
{
    bool array = json_type(asked_value(body)) == JSON_ARRAY;
    char *label = xasprintf("Add to %s, %s: ", shown_name(body->asked),
                            fault   ? fault
                            : array ? "VALUE"
                                    : "NAME: VALUE");
    const struct question question = {.label = label, .initial = initial, .answered = answer_add};

    ask(body, &question);
    free(label);
}

/* Into what the cursor is on when it is an object or array, else behind it. */
static unsigned add(struct composer_body *body, size_t line, const char *text)
{
    const struct json_tree_line *at = json_tree_line(body->tree, line);
    enum json_type type = json_type(at->value);
    bool there = at->mark != JSON_TREE_REMOVED;
    bool into = there && (type == JSON_OBJECT || type == JSON_ARRAY || line == 0);

    free(body->asked);
    body->asked = pointer_of(body, into ? line : at->parent);
    body->asked_index = into ? SIZE_MAX : at->index + 1;
    if (text)
        answer_add(body, text);
    else
        ask_addition(body, NULL, NULL);
    return EFFECT_DRAW;
}

static void rename_to(struct composer_body *body, const char *name)
{
    struct json_edit *edit = application_body(body->application);
    char *parent = json_edit_parent(body->asked, NULL);
    struct bytes pointer;
    struct error error;
    bool done;

    bytes_init(&pointer, POINTER_MAX);
    bytes_puts(&pointer, parent);
    json_pointer_add(&pointer, name);
    done = json_edit_rename(edit, body->asked, name, &error);
    if (done) {
        json_tree_repoint(body->tree, body->asked, bytes_text(&pointer));
        want(body, bytes_take(&pointer));
    }
    edited(body, done, &error);
    bytes_release(&pointer);
    free(parent);
}

static void answer_rename(void *context, const char *text)
{
    struct composer_body *body = context;

    if (text && *text && application_body(body->application))
        rename_to(body, text);
}

static unsigned rename_line(struct composer_body *body, size_t line, const char *name)
{
    const char *old = json_name(json_tree_line(body->tree, line)->value);
    struct question question = {
        .label = "Rename to: ", .initial = old, .replaced = true, .answered = answer_rename};

    if (!old) {
        application_say(body->application, MESSAGE_FAILED, "Only a member of an object has a name");
        return EFFECT_DRAW;
    }
    free(body->asked);
    body->asked = pointer_of(body, line);
    if (name)
        rename_to(body, name);
    else
        ask(body, &question);
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

/* What is folded in the two that change places goes along. */
static void exchange_folds(struct composer_body *body, const char *one, const char *other)
{
    static const char aside[] = "\001"; /* no pointer */

    json_tree_repoint(body->tree, one, aside);
    json_tree_repoint(body->tree, other, one);
    json_tree_repoint(body->tree, aside, other);
}

static unsigned move_line(struct composer_body *body, size_t line, bool down)
{
    const struct json_tree_line *at = json_tree_line(body->tree, line);
    bool named = json_name(at->value) != NULL;
    char *pointer = pointer_of(body, line), *parent = json_edit_parent(pointer, NULL);
    char *other = xasprintf("%s/%zu", parent ? parent : "", at->index + (down ? 1 : (size_t)-1));
    struct error error;
    bool done = json_edit_move(application_body(body->application), pointer, down, &error);

    if (done && !named)
        exchange_folds(body, pointer, other);
    if (done)
        want(body, xstrdup(named ? pointer : other));
    free(other);
    free(parent);
    free(pointer);
    return edited(body, done, &error);
}

/* Each step says what it was. */
static unsigned step(struct composer_body *body, bool back)
{
    struct json_edit *edit = application_body(body->application);
    struct bytes where, what;

    bytes_init(&where, POINTER_MAX);
    bytes_init(&what, POINTER_MAX);
    if (json_edit_describe(edit, back, &what) &&
        (back ? json_edit_undo(edit, &where) : json_edit_redo(edit, &where))) {
        if (json_at(json_edit_root(edit), bytes_text(&where))) /* else the cursor stays */
            want(body, xstrdup(bytes_text(&where)));
        application_say(body->application, MESSAGE_DONE, "%s: %s", back ? "Undone" : "Done again",
                        bytes_text(&what));
        application_draft_edited(body->application);
    } else {
        application_say(body->application, MESSAGE_NOTE, "Nothing to %s in the body",
                        back ? "undo" : "redo");
    }
    bytes_release(&where);
    bytes_release(&what);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

/* What is no longer there can only be left. */
static unsigned removed_request(struct composer_body *body, const struct request_call *call,
                                size_t *line)
{
    switch (call->request) {
    case REQUEST_LEFT:
        *line = json_tree_parent(body->tree, *line);
        return EFFECT_DRAW;
    case REQUEST_NEXT_SIBLING:
    case REQUEST_PREVIOUS_SIBLING:
        *line = json_tree_sibling(body->tree, *line, call->request == REQUEST_NEXT_SIBLING);
        return EFFECT_DRAW;
    case REQUEST_FOLD_ALL:
        return fold_all(body, line);
    case REQUEST_RIGHT:
    case REQUEST_FOLD:
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
    case REQUEST_EDIT_JSON:
    case REQUEST_EDIT_TEXT:
    case REQUEST_RENAME:
    case REQUEST_REMOVE:
    case REQUEST_MOVE_UP:
    case REQUEST_MOVE_DOWN:
        application_say(body->application, MESSAGE_NOTE,
                        "The probe leaves this out; c adds it again");
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

static unsigned line_request(struct composer_body *body, const struct request_call *call,
                             size_t *line)
{
    const struct json_tree_line *at = json_tree_line(body->tree, *line);
    enum request request = call->request;

    if (at->mark == JSON_TREE_REMOVED)
        return removed_request(body, call, line);
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
        return at->folded || at->open ? toggle(body, line) : edit_value(body, *line, false);
    case REQUEST_EDIT:
    case REQUEST_EDIT_JSON:
        return edit_value(body, *line, request == REQUEST_EDIT_JSON);
    case REQUEST_EDIT_TEXT:
        return edit_text(body, *line);
    case REQUEST_RENAME:
        return rename_line(body, *line, call->argument);
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
        composer_editor_edit(body->editor, "", true);
        return EFFECT_DRAW;
    case REQUEST_UNDO:
        return step(body, true);
    case REQUEST_REDO:
        return step(body, false);
    default:
        return here ? line_request(body, call, line) : EFFECT_UNHANDLED;
    }
}

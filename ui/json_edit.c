#include "ui/json_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "base/text.h"

enum { TEXT_MAX = 64 * 1024 * 1024, INDEX_MAX = 32 };

/* What to put where for going one step back, or forth again. */
struct step {
    const char *verb; /* "adding" */
    char *pointer;
    char *where; /* what the user changed, at `pointer` or in it */
    char *text;
    size_t len;
};

struct json_edit {
    struct json *root;
    struct step *steps; /* `done` ones to undo, behind them those to redo */
    size_t done, count;
    size_t bytes; /* of their texts */
};

struct json_edit *json_edit_new(struct json *root)
{
    struct json_edit *edit = xcalloc(1, sizeof(*edit));

    edit->root = root;
    return edit;
}

static void release_step(struct json_edit *edit, struct step *step)
{
    edit->bytes -= step->len;
    free(step->pointer);
    free(step->where);
    free(step->text);
}

void json_edit_free(struct json_edit *edit)
{
    if (!edit)
        return;
    for (size_t i = 0; i < edit->count; i++)
        release_step(edit, &edit->steps[i]);
    free(edit->steps);
    json_free(edit->root);
    free(edit);
}

struct json *json_edit_root(const struct json_edit *edit)
{
    return edit->root;
}

/* ---- steps ---- */

static void forget_oldest(struct json_edit *edit)
{
    release_step(edit, &edit->steps[0]);
    edit->count--;
    edit->done--;
    memmove(edit->steps, edit->steps + 1, edit->count * sizeof(*edit->steps));
}

/* `text` is what stands at `pointer`; taken over. */
static void remember(struct json_edit *edit, const char *verb, const char *pointer,
                     const char *where, struct bytes *text)
{
    while (edit->count > edit->done)
        release_step(edit, &edit->steps[--edit->count]);
    edit->steps = xreallocarray(edit->steps, edit->count + 1, sizeof(*edit->steps));
    edit->bytes += text->len;
    edit->steps[edit->count] = (struct step){
        .verb = verb, .pointer = xstrdup(pointer), .where = xstrdup(where), .len = text->len};
    edit->steps[edit->count++].text = bytes_take(text);
    edit->done++;
    while (edit->count > 1 && (edit->count > JSON_EDIT_STEPS || edit->bytes > JSON_EDIT_BYTES))
        forget_oldest(edit);
}

/* Exchange what stands at the step's place for what the step holds. */
static bool swap(struct json_edit *edit, struct step *step, struct bytes *where)
{
    struct json *value = json_parse(step->text, step->len, "the step", NULL);
    struct bytes text;

    if (!value)
        return false;
    bytes_init(&text, TEXT_MAX);
    json_write(json_at(edit->root, step->pointer), false, &text);
    json_patch_replace(&edit->root, step->pointer, value, NULL);
    edit->bytes += text.len - step->len;
    free(step->text);
    step->len = text.len;
    step->text = bytes_take(&text);
    if (where) {
        bytes_clear(where);
        bytes_puts(where, step->where);
    }
    return true;
}

bool json_edit_undo(struct json_edit *edit, struct bytes *where)
{
    if (edit->done == 0 || !swap(edit, &edit->steps[edit->done - 1], where))
        return false;
    edit->done--;
    return true;
}

bool json_edit_redo(struct json_edit *edit, struct bytes *where)
{
    if (edit->done == edit->count || !swap(edit, &edit->steps[edit->done], where))
        return false;
    edit->done++;
    return true;
}

size_t json_edit_done(const struct json_edit *edit)
{
    return edit->done;
}

bool json_edit_describe(const struct json_edit *edit, bool undo, struct bytes *out)
{
    const struct step *step;

    if (undo ? edit->done == 0 : edit->done == edit->count)
        return false;
    step = &edit->steps[undo ? edit->done - 1 : edit->done];
    return bytes_printf(out, "%s %s", step->verb, *step->where ? step->where : "the whole body");
}

/* ---- changes ---- */

/* An object that differs in the order of its members only is a change here. */
static bool is_written_as(const struct json *value, const struct bytes *text)
{
    struct bytes other;
    bool same;

    bytes_init(&other, TEXT_MAX);
    json_write(value, false, &other);
    same = other.len == text->len && memcmp(bytes_text(&other), bytes_text(text), text->len) == 0;
    bytes_release(&other);
    return same;
}

static bool change(struct json_edit *edit, const char *verb, const char *pointer, const char *where,
                   struct json *value, struct error *error)
{
    const struct json *before = json_at(edit->root, pointer);
    struct bytes text;

    if (!before) {
        json_free(value);
        return error_set(error, ERROR_USAGE, "nothing is at \"%s\" any more", pointer);
    }
    bytes_init(&text, TEXT_MAX);
    json_write(before, false, &text);
    if (is_written_as(value, &text)) {
        bytes_release(&text);
        json_free(value);
        return true;
    }
    remember(edit, verb, pointer, where, &text);
    return json_patch_replace(&edit->root, pointer, value, error);
}

bool json_edit_replace(struct json_edit *edit, const char *pointer, struct json *value,
                       struct error *error)
{
    return change(edit, "setting", pointer, pointer, value, error);
}

static bool put_in(struct json *parent, const char *name, size_t index, struct json *value,
                   struct error *error)
{
    if (json_type(parent) == JSON_ARRAY) {
        size_t count = json_count(parent);

        json_insert(parent, index < count ? index : count, value);
        return true;
    }
    if (json_type(parent) == JSON_OBJECT && name && !json_member(parent, name)) {
        json_set(parent, name, value);
        return true;
    }
    json_free(value);
    if (json_type(parent) != JSON_OBJECT)
        return error_set(error, ERROR_USAGE, "only an object or an array takes more values");
    if (!name)
        return error_set(error, ERROR_USAGE, "a member of an object needs a name");
    return error_set(error, ERROR_USAGE, "there is a member \"%s\" already; e on it edits it",
                     name);
}

bool json_edit_add(struct json_edit *edit, const char *parent, const char *name, size_t index,
                   struct json *value, struct error *error)
{
    struct json *copy = json_copy(json_at(edit->root, parent));
    struct bytes where;
    bool done;

    if (!copy) {
        json_free(value);
        return error_set(error, ERROR_USAGE, "nothing is at \"%s\" any more", parent);
    }
    if (!put_in(copy, name, index, value, error)) {
        json_free(copy);
        return false;
    }
    bytes_init(&where, strlen(parent) + 2 * strlen(name ? name : "") + INDEX_MAX);
    bytes_puts(&where, parent);
    if (json_type(copy) == JSON_ARRAY)
        bytes_printf(&where, "/%zu", index < json_count(copy) ? index : json_count(copy) - 1);
    else
        json_pointer_add(&where, name);
    done = change(edit, "adding", parent, bytes_text(&where), copy, error);
    bytes_release(&where);
    return done;
}

/* A copy of the parent of `pointer`, and the child in it; NULL with `error`. */
static struct json *copy_parent(const struct json_edit *edit, const char *pointer, char **parent,
                                struct json **child, struct error *error)
{
    struct json *copy;

    *parent = json_edit_parent(pointer, NULL);
    if (!*parent || !json_at(edit->root, pointer)) {
        error_set(error, ERROR_USAGE,
                  *parent ? "nothing is there any more"
                          : "the whole body stays; edit what is in it");
        free(*parent);
        return NULL;
    }
    copy = json_copy(json_at(edit->root, *parent));
    *child = json_at(copy, pointer + strlen(*parent));
    return copy;
}

bool json_edit_remove(struct json_edit *edit, const char *pointer, struct error *error)
{
    struct json *child;
    char *parent;
    struct json *copy = copy_parent(edit, pointer, &parent, &child, error);
    bool done;

    if (!copy)
        return false;
    json_free(json_take(copy, child));
    done = change(edit, "removing", parent, pointer, copy, error);
    free(parent);
    return done;
}

bool json_edit_move(struct json_edit *edit, const char *pointer, bool down, struct error *error)
{
    struct json *child, *before = NULL;
    char *parent;
    struct json *copy = copy_parent(edit, pointer, &parent, &child, error);
    bool done;

    if (!copy)
        return false;
    for (struct json *at = json_first(copy); at != child; at = json_next(at))
        before = at;
    if (down ? !json_next(child) : !before) {
        json_free(copy);
        free(parent);
        return error_set(error, ERROR_USAGE, "it is the %s already", down ? "last" : "first");
    }
    json_exchange(copy, down ? child : before);
    done = change(edit, "moving", parent, pointer, copy, error);
    free(parent);
    return done;
}

bool json_edit_rename(struct json_edit *edit, const char *pointer, const char *name,
                      struct error *error)
{
    struct json *child;
    struct bytes where;
    char *parent;
    struct json *copy = copy_parent(edit, pointer, &parent, &child, error);
    bool done = false;

    if (!copy)
        return false;
    bytes_init(&where, strlen(pointer) + 2 * strlen(name) + INDEX_MAX);
    if (!json_name(child)) {
        error_set(error, ERROR_USAGE, "an item of an array has no name");
    } else if (json_member(copy, name) && json_member(copy, name) != child) {
        error_set(error, ERROR_USAGE, "there is a member \"%s\" already", name);
    } else {
        json_rename(child, name);
        bytes_puts(&where, parent);
        json_pointer_add(&where, name);
        done = change(edit, "renaming to", parent, bytes_text(&where), copy, error);
        copy = NULL;
    }
    json_free(copy);
    bytes_release(&where);
    free(parent);
    return done;
}

char *json_edit_parent(const char *pointer, char **last)
{
    const char *slash = strrchr(pointer, '/');

    if (!slash)
        return NULL;
    if (last) {
        char *to = *last = xstrdup(slash + 1);

        for (const char *from = slash + 1; *from; from++, to++) {
            *to = *from;
            if (*from == '~')
                *to = *++from == '1' ? '/' : '~';
        }
        *to = '\0';
    }
    return xmemdup0(pointer, (size_t)(slash - pointer));
}

/* ---- what is typed ---- */

struct json *json_edit_read(const char *text, struct error *error)
{
    struct json *value = json_parse(text, strlen(text), "the value", error);

    if (value || (text[strspn(text, " \t")] && strchr("\"{[", text[strspn(text, " \t")])))
        return value;
    return json_new_string(text);
}

struct json *json_edit_read_json(const char *text, size_t *column, struct error *error)
{
    struct json_fault fault = {.offset = 0};
    struct json *value = json_parse(text, strlen(text), "the value", NULL);

    if (value)
        return value;
    if (json_validate(text, strlen(text), &fault))
        fault.what = "strings that hold \\u0000 are not supported";
    *column = fault.offset + 1;
    error_set(error, ERROR_USAGE, "column %zu: %s", fault.column ? fault.column : 1, fault.what);
    return NULL;
}

bool json_edit_is_plain(const char *text)
{
    if (!utf8_valid(text, strlen(text), NULL))
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

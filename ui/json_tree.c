#include "ui/json_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

enum { POINTER_MAX = 1 << 20 };

static const char ellipsis[] = "…";

struct json_tree {
    struct json_tree_line *lines;
    size_t count, size;
    bool folded;       /* what holds for pointers that are no exception */
    char **exceptions; /* pointers */
    size_t exception_count;
    struct bytes pointer; /* of the line being laid out */
    const struct json *before;
};

struct json_tree *json_tree_new(void)
{
    struct json_tree *tree = xcalloc(1, sizeof(*tree));

    bytes_init(&tree->pointer, POINTER_MAX);
    return tree;
}

static void forget_exceptions(struct json_tree *tree)
{
    for (size_t i = 0; i < tree->exception_count; i++)
        free(tree->exceptions[i]);
    tree->exception_count = 0;
}

void json_tree_free(struct json_tree *tree)
{
    if (!tree)
        return;
    forget_exceptions(tree);
    free(tree->exceptions);
    free(tree->lines);
    bytes_release(&tree->pointer);
    free(tree);
}

/* ---- what is folded ---- */

static size_t exception(const struct json_tree *tree, const char *pointer)
{
    size_t i = 0;

    while (i < tree->exception_count && strcmp(tree->exceptions[i], pointer) != 0)
        i++;
    return i;
}

static bool is_folded(const struct json_tree *tree, const char *pointer)
{
    bool other = exception(tree, pointer) < tree->exception_count;

    return (tree->folded && *pointer) != other;
}

static void drop_exception(struct json_tree *tree, size_t index)
{
    free(tree->exceptions[index]);
    tree->exceptions[index] = tree->exceptions[--tree->exception_count];
}

bool json_tree_fold(struct json_tree *tree, size_t line, bool folded)
{
    struct bytes pointer;

    if (line >= tree->count || tree->lines[line].mark == JSON_TREE_REMOVED ||
        !json_first(tree->lines[line].value))
        return false;
    if (tree->lines[line].folded == folded)
        return true;
    bytes_init(&pointer, POINTER_MAX);
    json_tree_pointer(tree, line, &pointer);
    if (exception(tree, bytes_text(&pointer)) < tree->exception_count) {
        drop_exception(tree, exception(tree, bytes_text(&pointer)));
    } else {
        tree->exceptions =
            xreallocarray(tree->exceptions, tree->exception_count + 1, sizeof(*tree->exceptions));
        tree->exceptions[tree->exception_count++] = xstrdup(bytes_text(&pointer));
    }
    bytes_release(&pointer);
    return true;
}

void json_tree_fold_all(struct json_tree *tree, bool folded)
{
    forget_exceptions(tree);
    tree->folded = folded;
}

void json_tree_shift(struct json_tree *tree, const char *pointer, size_t index, int by)
{
    size_t len = strlen(pointer);

    for (size_t i = tree->exception_count; i-- > 0;) {
        const char *at = tree->exceptions[i];
        char *end, *moved;
        size_t item;

        if (strncmp(at, pointer, len) != 0 || at[len] != '/')
            continue;
        item = strtoul(at + len + 1, &end, 10);
        if (item < index)
            continue;
        if (by < 0 && item == index) {
            drop_exception(tree, i);
            continue;
        }
        moved = xasprintf("%s/%zu%s", pointer, by < 0 ? item - 1 : item + 1, end);
        free(tree->exceptions[i]);
        tree->exceptions[i] = moved;
    }
}

void json_tree_repoint(struct json_tree *tree, const char *from, const char *to)
{
    size_t len = strlen(from);

    for (size_t i = 0; i < tree->exception_count; i++) {
        const char *at = tree->exceptions[i];
        char *moved;

        if (strncmp(at, from, len) != 0 || (at[len] != '/' && at[len] != '\0'))
            continue;
        moved = xasprintf("%s%s", to, at + len);
        free(tree->exceptions[i]);
        tree->exceptions[i] = moved;
    }
}

/* ---- lines ---- */

static void add_token(struct bytes *pointer, const struct json *value, size_t index)
{
    if (json_name(value))
        json_pointer_add(pointer, json_name(value));
    else
        bytes_printf(pointer, "/%zu", index);
}

static struct json_tree_line *add_line(struct json_tree *tree)
{
    if (tree->count == tree->size) {
        tree->size = tree->size ? tree->size * 2 : 64;
        tree->lines = xreallocarray(tree->lines, tree->size, sizeof(*tree->lines));
    }
    return &tree->lines[tree->count++];
}

static bool is_container(const struct json *value)
{
    return json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
}

static enum json_tree_mark mark_of(const struct json *value, const struct json *before)
{
    if (!before)
        return JSON_TREE_ADDED;
    if ((is_container(value) && json_type(value) == json_type(before)) || json_equal(value, before))
        return JSON_TREE_SAME;
    return JSON_TREE_REPLACED;
}

/* What stands at the same place of the other value. */
static const struct json *counterpart(const struct json *child, size_t index,
                                      const struct json *before)
{
    return json_name(child) ? json_member(before, json_name(child)) : json_item(before, index);
}

/* Members and items that only `before` has; none of what changed its type. */
static void lay_out_removed(struct json_tree *tree, const struct json *value, size_t line)
{
    const struct json *before = tree->lines[line].before;
    size_t index = 0;

    if (!before || json_type(before) != json_type(value))
        return;
    for (const struct json *child = json_first(before); child; child = json_next(child), index++) {
        if (counterpart(child, index, value))
            continue;
        *add_line(tree) = (struct json_tree_line){
            .value = child,
            .before = child,
            .mark = JSON_TREE_REMOVED,
            .parent = line,
            .index = index,
            .depth = tree->lines[line].depth + 1,
        };
    }
}

/* Depth is bounded by what json_parse() takes. */
static void lay_out(struct json_tree *tree, const struct json *value, const struct json *before,
                    size_t parent, size_t index)
{
    size_t line = tree->count, pointer = tree->pointer.len, child_index = 0;
    bool inner = json_first(value) != NULL;
    bool folded = inner && is_folded(tree, bytes_text(&tree->pointer));

    *add_line(tree) = (struct json_tree_line){
        .value = value,
        .before = before,
        .mark = tree->before ? mark_of(value, before) : JSON_TREE_SAME,
        .parent = parent,
        .index = index,
        .depth = line ? tree->lines[parent].depth + 1 : 0,
        .folded = folded,
        .open = inner && !folded,
    };
    if (folded)
        return;
    for (const struct json *child = json_first(value); child; child = json_next(child)) {
        add_token(&tree->pointer, child, child_index);
        lay_out(tree, child, before ? counterpart(child, child_index, before) : NULL, line,
                child_index);
        child_index++;
        bytes_truncate(&tree->pointer, pointer);
    }
    if (tree->before)
        lay_out_removed(tree, value, line);
}

void json_tree_compare(struct json_tree *tree, const struct json *before)
{
    tree->before = before;
}

size_t json_tree_first_mark(const struct json_tree *tree)
{
    for (size_t line = 0; line < tree->count; line++)
        if (tree->lines[line].mark != JSON_TREE_SAME)
            return line;
    return 0;
}

void json_tree_show(struct json_tree *tree, const struct json *root)
{
    tree->count = 0;
    bytes_clear(&tree->pointer);
    if (root)
        lay_out(tree, root, tree->before, 0, 0);
}

size_t json_tree_count(const struct json_tree *tree)
{
    return tree->count;
}

const struct json_tree_line *json_tree_line(const struct json_tree *tree, size_t line)
{
    return &tree->lines[line];
}

void json_tree_pointer(const struct json_tree *tree, size_t line, struct bytes *out)
{
    const struct json_tree_line *at = &tree->lines[line];

    if (line == 0)
        return;
    json_tree_pointer(tree, at->parent, out);
    add_token(out, at->value, at->index);
}

size_t json_tree_find(const struct json_tree *tree, const char *pointer)
{
    size_t found = 0, matched = 0;
    struct bytes token;

    bytes_init(&token, POINTER_MAX);
    for (size_t line = 1; line < tree->count; line++) {
        const struct json_tree_line *at = &tree->lines[line];

        if (at->parent != found)
            continue;
        bytes_clear(&token);
        add_token(&token, at->value, at->index);
        if (strncmp(pointer + matched, bytes_text(&token), token.len) != 0 ||
            (pointer[matched + token.len] && pointer[matched + token.len] != '/'))
            continue;
        matched += token.len;
        found = line;
    }
    bytes_release(&token);
    return found;
}

size_t json_tree_parent(const struct json_tree *tree, size_t line)
{
    return tree->lines[line].parent;
}

size_t json_tree_sibling(const struct json_tree *tree, size_t line, bool next)
{
    const struct json_tree_line *from = &tree->lines[line];

    for (size_t at = line; next ? ++at < tree->count : at-- > 0;) {
        if (tree->lines[at].depth < from->depth)
            break;
        if (tree->lines[at].depth == from->depth)
            return at;
    }
    return line;
}

/* ---- what a value looks like ---- */

/* Where `text` may be cut without splitting a character. */
static size_t cut(const char *text, size_t len, size_t max)
{
    size_t at = 0;

    while (at < len) {
        uint32_t character;
        size_t used = utf8_decode(text + at, len - at, &character);

        if (used == 0 || at + used > max)
            break;
        at += used;
    }
    return at;
}

/* False when it was cut. */
static bool add_string(const char *text, size_t max, struct bytes *out)
{
    size_t len = strnlen(text, max + 1);

    if (len <= max)
        return json_quote(out, text, len);
    json_quote(out, text, cut(text, len, max));
    bytes_truncate(out, out->len - 1);
    bytes_puts(out, ellipsis);
    return false;
}

static size_t room(const struct bytes *out, size_t end)
{
    return end > out->len ? end - out->len : 0;
}

/* As JSON on one line, until `out` is about `end` long; false when it was cut. */
static bool add_inside(const struct json *value, size_t end, struct bytes *out)
{
    enum json_type type = json_type(value);
    bool first = true;

    if (type == JSON_STRING)
        return add_string(json_string(value), room(out, end), out);
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return json_write(value, false, out);
    bytes_append_byte(out, type == JSON_OBJECT ? '{' : '[');
    for (const struct json *child = json_first(value); child; child = json_next(child)) {
        bytes_puts(out, first ? "" : ", ");
        first = false;
        if (out->len >= end) {
            bytes_puts(out, ellipsis);
            return false;
        }
        if (json_name(child) &&
            (!add_string(json_name(child), room(out, end), out) || !bytes_puts(out, ": ")))
            return false;
        if (!add_inside(child, end, out))
            return false;
    }
    return bytes_append_byte(out, type == JSON_OBJECT ? '}' : ']');
}

void json_tree_preview(const struct json_tree_line *line, size_t max, struct bytes *out)
{
    enum json_type type = json_type(line->value);

    if (type == JSON_OBJECT || type == JSON_ARRAY)
        bytes_printf(out, type == JSON_OBJECT ? "{%zu}" : "[%zu]", json_count(line->value));
    if (line->folded)
        bytes_append_byte(out, ' ');
    if (line->folded || (type != JSON_OBJECT && type != JSON_ARRAY))
        add_inside(line->value, out->len + max, out);
}

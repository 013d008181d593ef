/*
 * A JSON value as the lines of a tree: one line a value, children indented, objects and arrays
 * folded or not. Free of curses; who draws asks for the lines that are visible.
 *
 * The tree holds no values. json_tree_show() lays it out for a root, and after every change of that
 * root it must be called again; between, lines and their values stay valid. Which ones are folded
 * is kept by pointer.
 */
#ifndef UI_JSON_TREE_H
#define UI_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct json;
struct json_tree;

/* Against what json_tree_compare() was given. */
enum json_tree_mark {
    JSON_TREE_SAME, /* or its children tell */
    JSON_TREE_ADDED,
    JSON_TREE_REPLACED,
    JSON_TREE_REMOVED, /* a line for what is no longer there: nothing can be done with it */
};

struct json_tree_line {
    const struct json *value;  /* of a removed one what it was */
    const struct json *before; /* what stands in its place in the other value; NULL: nothing */
    enum json_tree_mark mark;
    size_t parent; /* its line; its own for the root */
    size_t index;  /* among its siblings */
    int depth;     /* 0: the root */
    bool folded;   /* has children that are not shown */
    bool open;     /* has children that are */
};

struct json_tree *json_tree_new(void);
void json_tree_free(struct json_tree *tree);

/*
 * Mark from the next json_tree_show() on what differs from `before`, which is borrowed until
 * another call; NULL marks nothing. What `before` has besides gets lines of its own, behind its
 * neighbours that are still there.
 */
void json_tree_compare(struct json_tree *tree, const struct json *before);

/* The first line that is marked; 0 when none is. */
size_t json_tree_first_mark(const struct json_tree *tree);

/* Lay out: line 0 is the root. NULL gives no lines. */
void json_tree_show(struct json_tree *tree, const struct json *root);

size_t json_tree_count(const struct json_tree *tree);
const struct json_tree_line *json_tree_line(const struct json_tree *tree, size_t line);

/* The JSON Pointer of a line; appended. */
void json_tree_pointer(const struct json_tree *tree, size_t line, struct bytes *out);

/* The line of a pointer, or of the nearest value above it that is shown. */
size_t json_tree_find(const struct json_tree *tree, const char *pointer);

/* Fold or unfold; show again afterwards. False when the line has no children to fold. */
bool json_tree_fold(struct json_tree *tree, size_t line, bool folded);
void json_tree_fold_all(struct json_tree *tree, bool folded); /* the root stays open */

/*
 * An item was added at (`by` 1) or taken from (`by` -1) the place `index` of the array at
 * `pointer`: what is folded behind it moves along.
 */
void json_tree_shift(struct json_tree *tree, const char *pointer, size_t index, int by);

/* What was at the pointer `from` is at `to` now: what is folded in it moves along. */
void json_tree_repoint(struct json_tree *tree, const char *from, const char *to);

/* From line to line; answers `line` itself where there is none. */
size_t json_tree_parent(const struct json_tree *tree, size_t line);
size_t json_tree_sibling(const struct json_tree *tree, size_t line, bool next);

/*
 * The value as short text: a number, a string with its quotes, "{3}" or "[1]" and, when folded,
 * what is in it. It is cut for drawing only, at about `max` bytes, with "…" where something is left
 * out.
 */
void json_tree_preview(const struct json_tree_line *line, size_t max, struct bytes *out);

#endif

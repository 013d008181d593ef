/*
 * A JSON value being edited, with its way back.
 *
 * Every change is one `replace` of JSON Patch (RFC 6902 §4.3) on the smallest value whose text
 * changes whole: the value itself, or the object or array whose members change, since the order of
 * members can be put back no other way. Undo is the same operation with the text from before, so
 * that the beginning comes back byte for byte. Numbers keep their bytes.
 *
 * The way back is bounded: at most JSON_EDIT_STEPS steps and JSON_EDIT_BYTES of text; the oldest
 * are forgotten first, the last one never.
 */
#ifndef UI_JSON_EDIT_H
#define UI_JSON_EDIT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct json;
struct json_edit;

enum { JSON_EDIT_STEPS = 1000, JSON_EDIT_BYTES = 16 * 1024 * 1024 };

/* Takes `root` over; never NULL. */
struct json_edit *json_edit_new(struct json *root);
void json_edit_free(struct json_edit *edit); /* NULL is fine */

/* Valid until the next change, as are all values of it. */
struct json *json_edit_root(const struct json_edit *edit);

/*
 * Changes, each one step. Pointers are JSON Pointers (RFC 6901). `value` is taken over in any case.
 * On false nothing changed and `error` is a sentence for the user. A replace by an equal value is
 * no step.
 */
bool json_edit_replace(struct json_edit *edit, const char *pointer, struct json *value,
                       struct error *error);

/*
 * Into the object or array at `parent`: as item before `index` (the count or more: at the end), or
 * as the last member by a `name` that is not there yet; in an object NULL is refused.
 */
bool json_edit_add(struct json_edit *edit, const char *parent, const char *name, size_t index,
                   struct json *value, struct error *error);
bool json_edit_remove(struct json_edit *edit, const char *pointer, struct error *error);

/* One place up or down among its neighbours. False at the first or the last place. */
bool json_edit_move(struct json_edit *edit, const char *pointer, bool down, struct error *error);

/* Another name for a member, in its place. False for an item, or a name that is there already. */
bool json_edit_rename(struct json_edit *edit, const char *pointer, const char *name,
                      struct error *error);

/*
 * What json_edit_undo() would take back, or redo make again, for people: "adding /tools". False
 * when there is nothing.
 */
bool json_edit_describe(const struct json_edit *edit, bool undo, struct bytes *out);

/* How many steps can be undone. */
size_t json_edit_done(const struct json_edit *edit);

/*
 * False when there is nothing to undo or redo. `where` (may be NULL) gets the pointer of what
 * changed; after an undone add nothing is there any more.
 */
bool json_edit_undo(struct json_edit *edit, struct bytes *where);
bool json_edit_redo(struct json_edit *edit, struct bytes *where);

/* Parent of a pointer and the name or index that is left, unescaped; NULL at the root. Both are
 * allocated. */
char *json_edit_parent(const char *pointer, char **last);

/*
 * What a user typed for a new value: JSON where it is some, else a string of it as it stands. Text
 * that begins like a string, an object or an array must be one: NULL with `error` where it is none.
 */
struct json *json_edit_read(const char *text, struct error *error);

/*
 * What a user typed for JSON. NULL with `error`, and `*column`, from 1 in bytes, of the fault.
 */
struct json *json_edit_read_json(const char *text, size_t *column, struct error *error);

/* A string may be typed as it stands: nothing in it needs an escape or ends a line. */
bool json_edit_is_plain(const char *text);

#endif

/*
 * Which key asks for what: read from a text that a user can read too (share/keymap).
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include "base/embedded.h"
#include "base/error.h"
#include "ui/key.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct keymap;

/* The bindings that come with the program, compiled in from share/keymap; one row. */
extern const struct embedded keymap_files[];

/*
 * Read a keymap: sections `[PANE]` or `[all]`, lines `KEY COMMAND`, comments from `#` at the
 * beginning of a line. A fault is told with its line; nothing is bound halfway. `name` is for
 * messages.
 */
struct keymap *keymap_parse(const char *name, const char *text, size_t len, struct error *error);
struct keymap *keymap_default(void);
void keymap_free(struct keymap *keymap);

struct binding {
    char *section; /* name of a pane, or "all" */
    struct key key;
    struct request_call call;
};

/* The binding of a key in a section, else in [all]; NULL when there is none. */
const struct binding *keymap_find(const struct keymap *keymap, const char *section, struct key key);

/* The first key that asks for `request` there, for hints; NULL when none does. */
const struct binding *keymap_key_of(const struct keymap *keymap, const char *section,
                                    enum request request);

/* All of them, in the order of the text. */
size_t keymap_count(const struct keymap *keymap);
const struct binding *keymap_get(const struct keymap *keymap, size_t index);

#endif

/*
 * A script: commands and keys that are fed to the console, one after the other, each when the
 * console is idle. For demonstrations and tests.
 *
 *   :COMMAND       as on the command line
 *   keys KEY …     names as in the keymap
 *   type TEXT      each character of TEXT as a key
 *   paste TEXT     as one paste; \n in it is a new line
 *   until TEXT     go on when the screen shows TEXT; fails when it never does
 *   now STEP       do not wait for idle before this step
 *   # comment
 */
#ifndef UI_SCRIPT_H
#define UI_SCRIPT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum script_action {
    SCRIPT_COMMAND,
    SCRIPT_KEYS, /* `text` holds the bytes a terminal would send, `len` of them */
    SCRIPT_UNTIL,
};

struct script_step {
    enum script_action action;
    bool now;
    size_t line; /* of the file, from 1 */
    char *text;
    size_t len;
};

struct script;

struct script *script_load(const char *path, struct error *error);
struct script *script_parse(const char *name, const char *text, size_t len, struct error *error);
void script_free(struct script *script);

/* The step that comes next; NULL at the end. */
const struct script_step *script_peek(const struct script *script);
void script_advance(struct script *script);
const char *script_name(const struct script *script);

#endif

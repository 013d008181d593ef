/*
 * A value of the body in the user's editor: a string as its text, anything as JSON. What comes back
 * and cannot be taken is never lost: it can be edited again, now or with the next edit of that
 * value.
 */
#ifndef UI_COMPOSER_EDITOR_H
#define UI_COMPOSER_EDITOR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct application;
struct composer_editor;

struct composer_editor *composer_editor_new(struct application *application);
void composer_editor_free(struct composer_editor *editor);

/* `json` false: the value at `pointer` is a string. Nothing happens when no such value is there. */
void composer_editor_edit(struct composer_editor *editor, const char *pointer, bool json);

/*
 * Put what an editor left in the place of what it was given, in the draft that is shown; said when
 * it is done. False: the body has nothing of that kind there, or the text is none.
 */
bool composer_editor_put(struct application *application, const char *pointer, bool json,
                         const char *text, size_t len, struct error *error);

#endif

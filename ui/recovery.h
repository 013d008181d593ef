/*
 * What was not saved when the terminal went away: kept beside the history, found at the next start.
 *
 * Files are "recovered-NAME", and "recovered-2-NAME" and so on where that is taken: none is ever
 * replaced. They are the user's to open and to delete.
 */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include "base/error.h"

#include <stddef.h>

struct application;

/*
 * Keep `text`; `name` is what the file was called, without a folder. The answer is its path, which
 * the caller frees, or NULL. The folder is the workspace's local one; in a demonstration, whose
 * workspace goes with it, or when nothing can be written there, the state folder of the user; the
 * temporary folder at last.
 */
char *recovery_save(const struct application *application, const char *name, const char *text,
                    size_t len, struct error *error);

/*
 * The newest that is kept in the first of them that holds any, relative to the current folder where
 * it is below it, and how many there are; NULL for none. The caller frees.
 */
char *recovery_find(const struct application *application, size_t *count);

#endif

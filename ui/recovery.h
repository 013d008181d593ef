/*
 * What was not saved when the terminal went away: kept beside the history, found at the next start.
 *
 * Files are "recovered-NAME", and "recovered-2-NAME" and so on where that is taken: none is ever
 * replaced. They are the user's to open and to delete.
 */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include <stddef.h>

struct application;
struct bytes;

/*
 * Keep the text of a ledger; `name` is what its file was called, without a folder. `said` receives
 * a line about where it is or why it is lost. A key in it is redacted. The folder is the
 * workspace's local one; in a demonstration, whose workspace goes with it, or when nothing can be
 * written there, the state folder of the user; the temporary folder at last.
 */
void recovery_keep(const struct application *application, const char *name, const char *text,
                   size_t len, struct bytes *said);

/*
 * The newest that is kept in the first of them that holds any, relative to the current folder where
 * it is below it, and how many there are; NULL for none. The caller frees.
 */
char *recovery_find(const struct application *application, size_t *count);

#endif

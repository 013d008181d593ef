/*
 * The lines of the `:` prompt, kept over restarts in COMMANDS of the user's state folder
 * ($XDG_STATE_HOME/cometdeck, else ~/.local/state/cometdeck): one a line, oldest first, mode 0600.
 *
 * Two consoles add to one file and lose nothing of each other; each reads the other's lines when it
 * starts next. Not kept: what holds something like a key, what begins with a blank, and free text
 * (commands whose argument is TEXT: prompts and notes have places of their own). At most
 * LINE_HISTORY_KEPT lines are kept; the file is made anew when it has twice as many.
 */
#ifndef UI_LINE_HISTORY_H
#define UI_LINE_HISTORY_H

#include "ui/application.h"

#include <stdbool.h>
#include <stddef.h>

enum { LINE_HISTORY_KEPT = 500, LINE_HISTORY_BYTES = 4096 /* of a line */ };

/* Whether a line may be kept in a file. */
bool line_history_keeps(const struct application *application, const char *line);

/* Give every line of the file to `add`, oldest first. A file that is not there has none. */
void line_history_load(const char *folder, void (*add)(void *into, const char *line), void *into);

/* Add a line, and cut the file where it is too long. False when it cannot be kept. */
bool line_history_add(const char *folder, const char *line);

#endif

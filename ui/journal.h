/*
 * What is typed and not saved, kept while the console runs, so that no crash, hangup or kill loses
 * it: recovery.h finds it at the next start.
 *
 * One file for each thing that is unsaved, in the local folder of the workspace; in a
 * demonstration, whose workspace goes with it, or when nothing can be written there, in the state
 * folder of the user; in the temporary folder at last. Mode 0600. Every keeping replaces the file
 * as a whole; it is not waited for the disk, so what a power cut loses is what the system had not
 * written yet. The file is locked (flock) as long as its console lives: a second one does not take
 * it for lost.
 */
#ifndef UI_JOURNAL_H
#define UI_JOURNAL_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct application;
struct journal;

enum journal_kind {
    JOURNAL_LEDGER, /* the whole text of a ledger */
    JOURNAL_TYPED,  /* a line that was being typed */
    JOURNAL_EDITED, /* a text of the draft that an editor was given, as it was given */
};

/* What is kept. Strings are borrowed. */
struct journal_note {
    enum journal_kind kind;
    const char *name;       /* the file without folders, the label of the line, the JSON pointer */
    const char *path;       /* where a save would go, NULL: nowhere yet; the file of the editor */
    const char *draft;      /* that the editor's text is of, NULL: one without a name */
    const char *operation;  /* and of which of its bodies */
    struct file_stamp seen; /* of that file, when it was read */
    const char *text;
    size_t len;
};

/* `ops` NULL: the machine's own. Nothing is written before there is something to keep. */
struct journal *journal_new(const struct application *application, const struct file_ops *ops);

/* What is kept stays, and is nobody's from then on: the next start offers it. */
void journal_free(struct journal *journal);

/*
 * Keep this instead of what was kept; nothing where nothing may be written. A key in it is
 * redacted: `*redacted` (may be NULL) is the line, from 1, of the first, else 0. On false what was
 * kept before is still there.
 */
bool journal_keep(struct journal *journal, const struct journal_note *note, size_t *redacted,
                  struct error *error);

/* It was saved, or the user let it go. NULL is fine here and for journal_free(). */
void journal_drop(struct journal *journal);

/* The file, NULL when nothing is kept. */
const char *journal_path(const struct journal *journal);

/* Where it may be kept, best first; answers how many, at most JOURNAL_FOLDERS. Caller frees. */
enum { JOURNAL_FOLDERS = 3 };
size_t journal_folders(const struct application *application, char **folders);

/* What a file belongs to: the workspace's folder, "" without one, a word for a demonstration. */
char *journal_owner(const struct application *application);

/* Of the file: a line of JSON, then the text as it is. */
enum { JOURNAL_VERSION = 1 };

/* How the names of its files begin. */
#define JOURNAL_PREFIX "unsaved-"

/* "ledger", "typed"; what is no name of a kind is false. */
const char *journal_kind_name(enum journal_kind kind);
bool journal_kind_from(const char *name, enum journal_kind *kind);

#endif

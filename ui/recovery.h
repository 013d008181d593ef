/*
 * What an earlier console kept and did not come to save (journal.h), found at the next start.
 *
 * Found is what belongs to this workspace, and to no console that still runs or asks about it; it
 * is ours as long as the list holds it. Nothing goes before the user said so.
 */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include "base/error.h"
#include "base/file.h"
#include "ui/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct application;

/* Strings belong to the list. */
struct recovery {
    enum journal_kind kind;
    char *file; /* where it is kept */
    int lock;   /* of it: a second console does not offer it while this one asks */
    char *name, *path, *draft, *operation; /* as struct journal_note */
    struct file_stamp seen;
    int64_t wall_ms; /* when it was kept last */
    bool redacted;   /* a key was taken out of it */
    char *text;
    size_t len;
};

struct recovery_list {
    struct recovery *items; /* the newest first */
    size_t count;
};

void recovery_find(const struct application *application, struct recovery_list *list);
void recovery_list_release(struct recovery_list *list);

/* Take one out of the list; its file stays. */
void recovery_list_drop(struct recovery_list *list, size_t index);

/* The user does not want it, or it is kept elsewhere now. */
bool recovery_discard(const struct recovery *recovery, struct error *error);

/* The file that it belongs to is not what it was when it was read: both versions matter. */
enum recovery_state {
    RECOVERY_SAME,    /* the file is as it was */
    RECOVERY_CHANGED, /* somebody wrote to it since */
    RECOVERY_GONE,    /* it was there and is no more */
    RECOVERY_NEW,     /* it was not there, and is not */
};
enum recovery_state recovery_state(const struct recovery *recovery);

#endif

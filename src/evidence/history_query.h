/*
 * Looking into the history: how many rows pass a filter, and pages of them by key.
 *
 * A page begins behind a row that is known, so the millionth costs what the first does. A filter
 * reads one index; nothing here waits for a lock.
 */
#ifndef EVIDENCE_HISTORY_QUERY_H
#define EVIDENCE_HISTORY_QUERY_H

#include "evidence/history.h"
#include "evidence/history_filter.h"

/* Where a row stands in the order of the list: by time, then id. */
struct history_key {
    int64_t wall_ms;
    char id[EVIDENCE_ID];
};
struct history_key history_key(const struct history_row *row);

enum history_direction {
    HISTORY_OLDER, /* newest first, downwards from the key */
    HISTORY_NEWER, /* oldest first, upwards from the key */
};

/* `filter` may be NULL: all of them. */
bool history_count(struct history *history, const struct history_filter *filter, uint64_t *count,
                   struct error *error);

/*
 * At most `limit` rows that pass and lie beyond `from`, which is not among them; NULL begins at
 * the end where the direction comes from.
 */
bool history_page(struct history *history, const struct history_filter *filter,
                  const struct history_key *from, enum history_direction direction, size_t limit,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error);

/* The row of that id; false when there is none. */
bool history_find(struct history *history, const char *id,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error);

/*
 * Write a note to a row ("" or NULL takes it away), or mark it. A database that is busy is
 * ERROR_FILE: nothing was changed, the user asks again.
 */
bool history_annotate(struct history *history, const char *id, const char *note,
                      struct error *error);
bool history_mark(struct history *history, const char *id, bool marked, struct error *error);

/*
 * Remove the row of `id` unless it is marked or has a note; `*removed` tells which. `also` (may be
 * NULL) runs while the row goes, for what goes with it; when it answers false the row stays and
 * this answers false too.
 */
bool history_remove(struct history *history, const char *id,
                    bool (*also)(void *context, struct error *error), void *context, bool *removed,
                    struct error *error);

#endif

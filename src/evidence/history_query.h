/*
 * Looking into the history: which rows pass a filter, found in pieces from a place that is known,
 * so that the millionth costs what the first does, and no screen waits for the rarest.
 *
 * A look reads one index and fetches the rows that pass; nothing here waits for a lock.
 */
#ifndef EVIDENCE_HISTORY_QUERY_H
#define EVIDENCE_HISTORY_QUERY_H

#include "evidence/history.h"
#include "evidence/history_filter.h"

struct clock;

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

/* Where a look stands. Zeroed: at the end that its direction comes from. */
struct history_place {
    struct history_key key;  /* of the row looked at last, which is not looked at again */
    bool begun;              /* `key` holds */
    bool ended;              /* nothing lies beyond; a row that was added since may */
    uint64_t looked, passed; /* by this look so far */
};

/* How long a piece may take, on the clock's monotonic time. */
struct history_patience {
    const struct clock *clock;
    int64_t until_us;
};

/*
 * Go on from `place` until `limit` further rows passed, the list ended or, unless `patience` is
 * NULL, it is at its end; at least some rows are looked at in any case. `filter` NULL: all pass.
 * `each` NULL counts them; its false ends the look behind that row.
 */
bool history_look(struct history *history, const struct history_filter *filter,
                  struct history_place *place, enum history_direction direction, uint64_t limit,
                  const struct history_patience *patience,
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

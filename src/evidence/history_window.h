/*
 * A part of the history in memory, for a list that is longer than anyone scrolls: rows around a
 * place, newest first, extended by pages at either end and cut at the other.
 */
#ifndef EVIDENCE_HISTORY_WINDOW_H
#define EVIDENCE_HISTORY_WINDOW_H

#include "evidence/history_query.h"

enum { HISTORY_PAGE = 256, HISTORY_WINDOW = 4 * HISTORY_PAGE };

/* Zeroed: empty. Callers read it; row 0 is the newest of the window. */
struct history_window {
    struct history_row *rows;
    size_t count;
    bool newest, oldest; /* nothing that passes lies beyond row 0, or beyond the last */
};

void history_window_release(struct history_window *window);

/* Begin anew at either end. After an error the window is empty. `filter` may be NULL. */
bool history_window_begin(struct history_window *window, struct history *history,
                          const struct history_filter *filter, enum history_direction from,
                          struct error *error);

/*
 * Begin anew around a key, whose row need not be there any more; `*place` is where it, or the next
 * older one, stands now.
 */
bool history_window_around(struct history_window *window, struct history *history,
                           const struct history_filter *filter, const struct history_key *key,
                           size_t *place, struct error *error);

/*
 * One more page of older or newer rows. `*shift` is by how much the rows that stay moved: what was
 * row i is row i + *shift. After an error the window is as it was.
 */
bool history_window_extend(struct history_window *window, struct history *history,
                           const struct history_filter *filter, enum history_direction direction,
                           ptrdiff_t *shift, struct error *error);

#endif

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
    struct history_place newer, older; /* where looking goes on beyond row 0, and the last one */
};

void history_window_release(struct history_window *window);

/* Begin anew, empty, at the end that `direction` comes from; or at a key, to both sides. */
void history_window_begin(struct history_window *window, enum history_direction direction);
void history_window_begin_at(struct history_window *window, const struct history_key *key);

/*
 * Look for one more page of older or newer rows that pass; it may need several calls when
 * `patience` ends it early. `*shift` is by how much the rows that stay moved: what was row i is row
 * i + *shift. After an error the window is as it was, but for the rows that came before it.
 */
bool history_window_extend(struct history_window *window, struct history *history,
                           const struct history_filter *filter, enum history_direction direction,
                           const struct history_patience *patience, ptrdiff_t *shift,
                           struct error *error);

/* Where the row of a key, or the next older one, stands; the last when there is none. */
size_t history_window_find(const struct history_window *window, const struct history_key *key);

#endif

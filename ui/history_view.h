/*
 * How the history looks: a line of titles, a line for each exchange, what is known of one.
 */
#ifndef UI_HISTORY_VIEW_H
#define UI_HISTORY_VIEW_H

#include "evidence/history_filter.h"
#include "evidence/history.h"
#include "ui/draw.h"

#include <stdbool.h>

struct bytes;

/* The titles of the columns that have room. */
void history_view_titles(const struct surface *surface, int row);

struct history_row_state {
    bool selected;                       /* the cursor is on it */
    bool base;                           /* others are compared with it */
    bool hidden;                         /* verdict and class are not told */
    const struct history_filter *filter; /* what it looks for is set apart; NULL: nothing */
};

void history_view_row(const struct surface *surface, int row, const struct history_row *exchange,
                      const struct history_row_state *state);

/* A line that parts what is below from the list. */
void history_view_rule(const struct surface *surface, int row);

/* One line of text, its fields between tabs: time, identifier, verdict, operation, model, note. */
bool history_view_text(const struct history_row *exchange, bool hidden, struct bytes *out);

/*
 * HISTORY_DETAIL rows, or one more, from `row` to the end: a rule, the evidence, where there is
 * room when and how long, the note.
 */
enum { HISTORY_DETAIL = 3 };
void history_view_detail(const struct surface *surface, int row, const struct history_row *exchange,
                         int64_t now_ms, bool hidden);

#endif

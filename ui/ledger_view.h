/*
 * How a ledger looks: its lines as they are, its tables drawn aligned to the width of the pane.
 *
 * Every line of the document takes one row; what a narrow column cuts is shown whole in the detail
 * of the line under the cursor. Draws through draw.h only.
 */
#ifndef UI_LEDGER_VIEW_H
#define UI_LEDGER_VIEW_H

#include "ui/draw.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct document;
struct ledger_view;

/* Where the cursor is. */
struct ledger_place {
    size_t line;   /* from 1 */
    long table;    /* -1: the line belongs to none */
    size_t row;    /* of the table: 0 header */
    size_t column; /* of the table */
    bool body;     /* a row whose cells can be edited */
};

/* The place of a line; the column is cut to what the table has. */
void ledger_place(const struct document *document, size_t line, size_t column,
                  struct ledger_place *place);

/* The cell at a place, or the line outside of tables; appended. False when it does not fit. */
bool ledger_place_text(const struct document *document, const struct ledger_place *place,
                       struct bytes *out);

struct ledger_view *ledger_view_new(void);
void ledger_view_free(struct ledger_view *view);

/* The document changed, or another one is shown: what was measured is forgotten. */
void ledger_view_reset(struct ledger_view *view);

/* One line on one row of the surface; the cursor is shown where it is on this line. */
void ledger_view_line(struct ledger_view *view, const struct surface *surface, int row,
                      const struct document *document, size_t line,
                      const struct ledger_place *cursor);

/*
 * The column of a table line that stands at `x` of a surface with so many columns, as it was drawn
 * with the cursor at `cursor`; the nearest one for what is beside the table.
 */
size_t ledger_view_column(struct ledger_view *view, int columns, const struct document *document,
                          const struct ledger_place *at, const struct ledger_place *cursor, int x);

/* The text of a cell, its breaks as line ends, or of a line outside of tables. The caller frees. */
char *ledger_view_text(const struct document *document, const struct ledger_place *place);

/* Rows that the detail takes of a pane with so many rows. */
int ledger_view_detail_rows(int rows);

/* What the cursor is on, whole, in `rows` rows from `row` on. */
void ledger_view_detail(const struct surface *surface, int row, int rows,
                        const struct document *document, const struct ledger_place *cursor);

#endif

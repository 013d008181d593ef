/*
 * The bytes an edit of a table replaces: computed from the text, applied by document.c.
 */
#ifndef LEDGER_DOCUMENT_EDIT_H
#define LEDGER_DOCUMENT_EDIT_H

#include "ledger/document_outline.h"

#include <stdbool.h>
#include <stddef.h>

/* One replacement of bytes; undo is the same the other way round. */
struct edit {
    size_t offset;
    char *old_text, *new_text;
};

void edit_release(struct edit *edit);

/*
 * Set a cell of a body row to `source` (see cell_escape()); a short row is filled up. With `fence`
 * a row without outer pipes gets them: its beginning could be taken for another kind of block, an
 * empty cell for none.
 */
struct edit edit_cell(const struct outline *outline, const char *text, size_t table, size_t row,
                      size_t column, const char *source, bool fence);

/*
 * Add a body row behind `row` (0: first), one source for each column, with the container prefix of
 * the delimiter row and the line end of the line above.
 */
struct edit edit_row(const struct outline *outline, const char *text, size_t table, size_t row,
                     char *const *sources);

/* Take the line (from 1) of a body row away, with its end; of the last line without one that of the
 * line above. */
struct edit edit_without_row(const struct outline *outline, const char *text, size_t line);

#endif

/*
 * A text over as many rows as it takes, broken at blanks: details below a list, or over a pane.
 */
#ifndef UI_PARAGRAPH_H
#define UI_PARAGRAPH_H

#include "ui/draw.h"
#include "ui/wrap.h"

struct list;

/*
 * From `row` up to and without `end`, `indent` columns from both borders; a "LABEL: " at the
 * beginning of a line is drawn as one. Answers the row behind it.
 */
int paragraph_draw(const struct surface *surface, int row, int end, int indent, const char *text);

/*
 * The same for one that is longer than its rows: `view` says what is shown, and is fitted to it.
 * The last row then tells how much follows.
 */
void paragraph_page(const struct surface *surface, int row, int end, int indent, const char *text,
                    struct list *view);

enum { PARAGRAPH_REST_FROM = 4 }; /* of so many rows one is spent on it */

/* That row: "↓ 12 more lines" behind what `view` shows. */
void paragraph_rest(const struct surface *surface, int row, int indent, const struct list *view);

/* The same in parts: broken for the width of a surface, then drawn row by row. */
struct paragraph {
    char *text; /* redacted; NULL: nothing was broken yet */
    struct wrap wrap;
    int indent;
};

/* What it held is released. Begins as {.text = NULL}. */
void paragraph_break(struct paragraph *paragraph, const struct surface *surface, int indent,
                     const char *text);
void paragraph_release(struct paragraph *paragraph);

size_t paragraph_rows(const struct paragraph *paragraph);
void paragraph_row(const struct paragraph *paragraph, const struct surface *surface, int row,
                   size_t index, bool selected);

/* The line of the text that a row is part of, from its beginning; "" for a row that is not. */
const char *paragraph_line(const struct paragraph *paragraph, size_t index);

#endif

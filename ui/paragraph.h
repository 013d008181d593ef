/*
 * A short text over as many rows as it takes, broken at blanks: details below a list.
 */
#ifndef UI_PARAGRAPH_H
#define UI_PARAGRAPH_H

#include "ui/draw.h"

struct list;

/*
 * From `row` up to and without `end`, `indent` columns from both borders; a "LABEL: " at the
 * beginning of a line is drawn as one. Answers the row behind it.
 */
int paragraph_draw(const struct surface *surface, int row, int end, int indent, const char *text);

/* The same for one that is longer than its rows: `view` says what is shown, and is fitted to it. */
void paragraph_page(const struct surface *surface, int row, int end, int indent, const char *text,
                    struct list *view);

#endif

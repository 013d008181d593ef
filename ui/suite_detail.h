/*
 * All that is known of a case of a suite: in short below the list, with a mark where there is more
 * of it, or as a page over the pane, with a cursor.
 */
#ifndef UI_SUITE_DETAIL_H
#define UI_SUITE_DETAIL_H

#include "ui/list.h"
#include "ui/paragraph.h"

struct suite_detail {
    struct list list; /* of the rows that were drawn last */
    struct paragraph paragraph;
};

void suite_detail_release(struct suite_detail *detail);

/* The page, over all of the surface. */
void suite_detail_draw(struct suite_detail *detail, const struct surface *surface,
                       const char *text);

/* A rule and as many rows as fit from `row` on; the rule tells how many do not. */
void suite_detail_brief(const struct surface *surface, int row, const char *text);

/* The line of the page that the cursor is on; "" before it was drawn. */
const char *suite_detail_line(const struct suite_detail *detail);

#endif

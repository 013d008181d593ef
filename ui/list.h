/*
 * A cursor in a list that is longer than what is shown: the moving that all panes share.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;

struct list {
    size_t count;  /* lines there are */
    size_t cursor; /* the chosen one; 0 when there are none */
    size_t top;    /* the first one shown */
    size_t rows;   /* lines shown at once */
};

/* Set how many lines there are and are shown; cursor and top are kept as far as possible. */
void list_fit(struct list *list, size_t count, size_t rows);

/*
 * Up, down, top, bottom, page and half page; scrolling moves what is shown, and the cursor only
 * to stay in it. False for any other request.
 */
bool list_request(struct list *list, enum request request);

/* The cursor to the line on `row` of what is shown; false when none is there. */
bool list_point(struct list *list, int row);

/* For text that is read there is no cursor: only what is shown moves, by the same requests. */
void list_fit_view(struct list *list, size_t count, size_t rows);
bool list_scroll(struct list *list, enum request request);

/* "1-20 of 99"; nothing where all of it is shown. */
void list_place(const struct list *list, struct bytes *out);

#endif

/*
 * The line over a list while its filter is typed: which word of it is wrong and why, or what may be
 * written next.
 */
#ifndef UI_FILTER_HINT_H
#define UI_FILTER_HINT_H

#include "ui/draw.h"

#include <stddef.h>

struct filter_typing {
    char *line;                 /* as typed so far, NULL: nothing is typed */
    char *trouble;              /* what is wrong with it, NULL: nothing */
    size_t wrong_at, wrong_len; /* the word that is */
};

void filter_typing_begin(struct filter_typing *typing, const char *line);
void filter_typing_end(struct filter_typing *typing);

void filter_hint_draw(const struct filter_typing *typing, const struct surface *surface, int row);

/* Whole lines that `line` could become, each given to `add`. */
void filter_hint_complete(const char *line, void (*add)(void *into, const char *candidate),
                          void *into);

#endif

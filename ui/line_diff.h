/*
 * The difference of two texts by lines, with a little of what is around it: for who has to choose
 * between them.
 */
#ifndef UI_LINE_DIFF_H
#define UI_LINE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct line_diff_line {
    char sign;   /* '-' only in the old text, '+' only in the new one, ' ' in both, '@' a leap */
    size_t line; /* its number, from 1: of the old text for '-', else of the new one */
    const char *text;
    size_t len; /* without the line end */
};

struct line_diff {
    struct line_diff_line *lines;
    size_t count;
    size_t added, removed;
};

/* The texts are borrowed. Where too much differs the parts are shown as a whole, one by the other.
 */
void line_diff_make(struct line_diff *diff, const char *old_text, size_t old_len,
                    const char *new_text, size_t new_len);
void line_diff_release(struct line_diff *diff);

#endif

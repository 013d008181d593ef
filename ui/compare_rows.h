/*
 * A comparison broken into rows of the screen: words that the sides share stand in the same row.
 * Rows are made in slices; a new width begins anew.
 */
#ifndef UI_COMPARE_ROWS_H
#define UI_COMPARE_ROWS_H

#include "evidence/compare.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compare_row_flag {
    COMPARE_TITLE = 1 << 0, /* the name of the section, before its first line */
    COMPARE_FIRST = 1 << 1, /* the first one of its line */
    COMPARE_LEFT = 1 << 2,  /* it shows that side */
    COMPARE_RIGHT = 1 << 3,
};

/* A part of a line: from where, and how many bytes of each side. */
struct compare_row {
    uint32_t line;
    uint32_t left, left_len, right, right_len;
    uint8_t flags; /* enum compare_row_flag */
    uint8_t sign;  /* enum compare_sign, of this part */
};

struct compare_rows {
    struct compare_row *rows;
    size_t count, size;
    size_t line;     /* that is broken next */
    int facts, text; /* columns for a side of either kind */
    bool beside;     /* a row shows both sides; else what differs takes one for each */
    bool ascii;
};

void compare_rows_reset(struct compare_rows *rows, int facts, int text, bool beside, bool ascii);
void compare_rows_release(struct compare_rows *rows);

/* Break some more lines; true when all are. */
bool compare_rows_extend(struct compare_rows *rows, const struct compare *compare);

/*
 * What of a row's sides differs: `each` gets runs of bytes in order, of both sides at once, where a
 * side may have none.
 */
struct compare_part {
    const char *left, *right;
    size_t left_len, right_len;
    bool same;
};
void compare_rows_parts(const struct compare *compare, const struct compare_row *row,
                        void (*each)(void *context, const struct compare_part *part),
                        void *context);

#endif

/*
 * A few words of somebody else's text, fit for a message on a terminal.
 */
#ifndef JUDGE_EXCERPT_H
#define JUDGE_EXCERPT_H

#include <stddef.h>

enum { EXCERPT_SIZE = 256 };

struct excerpt {
    char text[EXCERPT_SIZE]; /* escaped, cut with "…" where it was longer */
};

/* At most `columns` columns (≤ 80) of `text`; newlines become blanks. NULL gives "". */
struct excerpt excerpt(const char *text, size_t len, int columns);

#endif

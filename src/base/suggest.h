/*
 * "Did you mean …": the word of a list that is nearest to a mistyped one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word; /* NULL: nothing is near */
    size_t distance;
};

/* Offer one candidate; the nearest within a third of its length (at least 1 edit) stays. */
void suggest(struct suggestion *suggestion, const char *typed, const char *candidate);

/* Edits (insert, delete, replace, swap of neighbours) from `a` to `b`; words of over 63 bytes are
 * as far from everything as they are long. */
size_t edit_distance(const char *a, const char *b);

#endif

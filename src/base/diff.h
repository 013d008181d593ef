/*
 * What two sequences have in common: the shortest way from one to the other (Myers, "An O(ND)
 * Difference Algorithm and Its Variations", 1986). Pure. Hashes find what is the same, the caller's
 * own comparison says that it is: hashes alone are no proof.
 */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stretch that is the same on both sides, or stands in the place of the other. */
struct diff_run {
    size_t left, left_len;
    size_t right, right_len;
    bool same;
};

struct diff {
    struct diff_run *runs; /* in order; together all of both, no two of a kind in a row */
    size_t count;
};

/* What is compared; the hashes are borrowed. */
struct diff_sides {
    const uint64_t *left, *right;
    size_t left_count, right_count;
    /* Whether two elements of the same hash are the same. NULL: the hashes are the elements. */
    bool (*same)(const void *context, size_t left, size_t right);
    const void *context;
};

/*
 * `most` bounds time and memory to about its square: what is further apart counts as replaced as
 * a whole, but for what both begin and end with.
 */
void diff_make(struct diff *diff, const struct diff_sides *sides, size_t most);
void diff_release(struct diff *diff);

/* The hash of an element's bytes (FNV-1a). */
uint64_t diff_hash(const char *text, size_t len);

#endif

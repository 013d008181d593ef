/*
 * What two sequences have in common: the shortest way from one to the other (Myers, "An O(ND)
 * Difference Algorithm and Its Variations", 1986). Pure; elements are compared by their hashes.
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

/*
 * `most` bounds time and memory to about its square: what is further apart counts as replaced as
 * a whole, but for what both begin and end with.
 */
void diff_make(struct diff *diff, const uint64_t *left, size_t left_count, const uint64_t *right,
               size_t right_count, size_t most);
void diff_release(struct diff *diff);

/* The hash of an element's bytes (FNV-1a). */
uint64_t diff_hash(const char *text, size_t len);

#endif

/*
 * A text that is looked for in bytes: as it stands when it holds an upper-case letter, else in any
 * case (ASCII letters only; of others the case counts).
 */
#ifndef BASE_NEEDLE_H
#define BASE_NEEDLE_H

#include <stdbool.h>
#include <stddef.h>

enum { NEEDLE_MAX = 256 };
#define NEEDLE_NONE ((size_t)-1)

/* All zero: nothing is looked for, and nothing is found. */
struct needle {
    unsigned char text[NEEDLE_MAX]; /* folded, unless the case counts */
    size_t len;
    bool exact;
    unsigned char skip[256]; /* how far to go on past a last byte that does not fit */
};

/* False when `text` is empty or longer than NEEDLE_MAX; `needle` is empty then. */
bool needle_set(struct needle *needle, const char *text);

/* Where the first, or the last, match in `data` begins; NEEDLE_NONE when there is none. */
size_t needle_first(const struct needle *needle, const char *text, size_t len);
size_t needle_last(const struct needle *needle, const char *data, size_t len);

/* Set a byte of `marks` for each byte of `data` that is part of a match. */
void needle_mark(const struct needle *needle, const char *data, size_t len, unsigned char *marks);

#endif

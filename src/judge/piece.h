/*
 * One value of a JSON scan, kept as a slice of the text: an object or array with its brackets.
 */
#ifndef JUDGE_PIECE_H
#define JUDGE_PIECE_H

#include "base/json_scan.h"

#include <string.h>

struct bytes;

/* json_scan_is() for the hot path: the length of a literal is known when it is compiled. */
__attribute__((always_inline)) static inline bool scan_is(const struct json_scan *scan,
                                                          const char *word)
{
    if (scan->escaped)
        return json_scan_is(scan, word);
    return scan->length == strlen(word) && memcmp(scan->start, word, scan->length) == 0;
}

/* JSON_TOKEN_END in `token` means absent; a zeroed piece is absent. */
struct piece {
    enum json_token token;
    const char *start; /* strings without their quotes */
    size_t length;
    bool escaped;
};

/* The next value of `scan`, whole. False on a fault. */
bool piece_read(struct json_scan *scan, struct piece *piece);

/* The value whose first token was just read. False on a fault. */
bool piece_rest(struct json_scan *scan, enum json_token token, struct piece *piece);

bool piece_is(const struct piece *piece, const char *text); /* a string equal to `text` */
bool piece_absent(const struct piece *piece);               /* not there, or null */

/* Not there, null, false, "", {}, [] or a number equal to 0. */
bool piece_empty(const struct piece *piece);
bool piece_filled_string(const struct piece *piece); /* a string other than "" */
bool piece_integer(const struct piece *piece, int64_t *out);

/*
 * A copy as C string; the caller frees. NULL unless a string. One that holds U+0000 is copied as it
 * was escaped, so that it is not shortened, and `*nul` (may be NULL) is set.
 */
char *piece_take(const struct piece *piece, bool *nul);

/* The string's text, or the JSON text of any other value; appended, false when `out` is full. */
bool piece_append(const struct piece *piece, struct bytes *out);

/* Iterate the members of an object or the items of an array that piece_read() gave. */
struct piece_walk {
    struct json_scan scan;
    bool object;
};
void piece_walk(const struct piece *piece, struct piece_walk *walk);
/* False at the end; the walk is released then. `name` is a string piece, absent in an array. */
bool piece_walk_next(struct piece_walk *walk, struct piece *name, struct piece *value);

/* The member of an object, absent when there is none or it is no object. */
struct piece piece_member(const struct piece *object, const char *name);

#endif

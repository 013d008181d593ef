/*
 * Many texts that are looked for in one pass over bytes, each as it stands (needle.h is for one
 * that a person types). What a pass costs depends little on how many there are.
 */
#ifndef BASE_NEEDLES_H
#define BASE_NEEDLES_H

#include <stdbool.h>
#include <stddef.h>

enum { NEEDLES_LEN_MIN = 3, NEEDLES_LEN_MAX = 256 };

struct needles;

struct needles *needles_new(void);
void needles_free(struct needles *needles);

/*
 * One more text; `tag` is what a match answers. False when it is too short or too long, or there
 * already: the first tag stays. Not after the first search.
 */
bool needles_add(struct needles *needles, const char *text, size_t len, size_t tag);

struct needles_match {
    size_t at, len;
    size_t tag;
};

/*
 * The first match that begins at `from` or behind; of several at one place the longest. A text that
 * begins and does not end within `len` is no match.
 */
bool needles_next(const struct needles *needles, const char *text, size_t len, size_t from,
                  struct needles_match *match);

#endif

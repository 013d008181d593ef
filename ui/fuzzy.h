/*
 * Fuzzy matching as people know it from fzf: the characters of a term stand in the text in their
 * order, and of all the places where they do the best one counts. Free of curses and of the
 * application; matching changes nothing but memory that the matcher keeps for the next text.
 *
 * A pattern is terms split by blanks, and all must match; `a | b` is met by either of both.
 *
 *     term     its characters in their order      'term    these characters side by side
 *     ^term    at the beginning                   term$    at the end
 *     !term    nowhere side by side; !^ and !$ too
 *
 * A term without capitals matches capitals too. What follows a blank, a separator (/ - _ . : and
 * their like) or begins a camelHump is worth more, so is what stands together; gaps cost.
 */
#ifndef UI_FUZZY_H
#define UI_FUZZY_H

#include <stdbool.h>
#include <stddef.h>

struct fuzzy;

enum {
    FUZZY_TERM_MAX = 64,   /* characters of a term that count */
    FUZZY_TERMS_MAX = 16,  /* terms that count */
    FUZZY_TEXT_MAX = 4096, /* characters of a text that are looked at */
};

/* NULL is an empty pattern. */
struct fuzzy *fuzzy_new(const char *pattern);
void fuzzy_free(struct fuzzy *fuzzy);

/* There is no term: everything matches with a score of 0. */
bool fuzzy_is_empty(const struct fuzzy *fuzzy);

/*
 * Whether `text` matches; `*score` is then the larger the better, and comparable between texts of
 * one pattern. Invalid bytes are characters that match only themselves.
 */
bool fuzzy_match(struct fuzzy *fuzzy, const char *text, size_t len, int *score);

/* The same, and `marks[i]` becomes 1 for every byte of a character that matched, else 0. */
bool fuzzy_mark(struct fuzzy *fuzzy, const char *text, size_t len, unsigned char *marks);

/* What matched, for ranking: best score first, then the shorter text, then the earlier one. */
struct fuzzy_hit {
    size_t index;
    size_t len;
    int score;
};
void fuzzy_sort(struct fuzzy_hit *hits, size_t count);

/*
 * What one alignment is worth: `places` are the characters of `text` (not bytes) that the `count`
 * characters of a term stand at, rising. This is what fuzzy_match() finds the best of, for texts
 * of up to FUZZY_EXACT_CELLS / count characters; in longer ones it takes a near one.
 */
enum { FUZZY_EXACT_CELLS = 16384 };
int fuzzy_worth(const char *text, size_t len, const size_t *places, size_t count);

#endif

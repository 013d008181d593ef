/*
 * What stands in for characters that were said. Texts are as they stand between the quotes of a
 * JSON string, with its escapes; what is wrong in them stays wrong. Private to evidence/sanitize.
 */
#ifndef EVIDENCE_STAND_IN_H
#define EVIDENCE_STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/*
 * Outside of strings the letters of true, false and null stay as far as they are these words, those
 * of numbers too. Zeroed at the beginning.
 */
struct stand_outside {
    const char *literal; /* what may follow, NULL: no word has begun */
    char before;
};

/* Append what stands for the first character of `text`; answers how many bytes that had. */
size_t stand_in_outside(struct stand_outside *outside, const char *text, size_t len,
                        bool hide_digits, struct bytes *out);

/* Every character but blanks becomes x. */
void stand_in_text(const char *text, size_t len, struct bytes *out);

/* Of letters, digits and ._:/@+-[] alone, and short. */
bool stand_is_word(const char *text, size_t len);

/*
 * "chatcmpl-" and its like stay, what follows is made of the digest of the whole: the same for the
 * same. So are numbers of up to four digits, which count items. What is no word becomes x.
 */
void stand_in_id(const char *text, size_t len, struct bytes *out);

/*
 * Arguments of a tool call: JSON whose quotes and backslashes are escaped, in pieces. Names of its
 * members stay. An escape of its other strings is one x when its second character comes, which may
 * be in another piece. Zeroed at the beginning.
 */
struct stand_call {
    uint64_t key;     /* the caller's */
    bool inside;      /* a string of its own */
    bool escaped;     /* a backslash of it came */
    bool names;       /* the next string is the name of a member */
    bool named;       /* this one is */
    uint64_t objects; /* a bit for each open object or list, the last one lowest */
    struct stand_outside outside;
};
size_t stand_in_argument(struct stand_call *call, const char *text, size_t len, struct bytes *out);

#endif

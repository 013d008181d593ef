/*
 * The forms a known secret may take in a text: its own bytes and its base64 at three alignments,
 * each character plain, percent-encoded or JSON-escaped. Private to base/redact.
 */
#ifndef BASE_REDACT_PATTERN_H
#define BASE_REDACT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* What is there of a text; with `final` nothing follows. */
struct redact_view {
    const unsigned char *text;
    size_t len;
    bool final;
};

/*
 * A matcher answers the length of its match, or one of these. It answers MATCH_MORE only while both
 * are still possible, and never once the view is final: so cutting a text changes no decision.
 */
enum { MATCH_NO = 0, MATCH_MORE = -1 };

/* The bytes one character may take at most: three backslashes, "u" and four digits. */
enum { REDACT_UNIT_MAX = 8 };

/* Secrets shorter than this are found everywhere and protect nothing. */
enum { REDACT_SECRET_MIN = 4 };

struct redact_pattern {
    char *text;
    size_t len;
    bool numeric;   /* could be a JSON number */
    bool ambiguous; /* holds a percent sign or backslash: also compared without decoding */
};

struct redact_patterns {
    struct redact_pattern *items;
    size_t count;
    size_t longest;
};

/* Learn the forms of `key`. */
void redact_patterns_add(struct redact_patterns *patterns, const char *key, size_t len);
void redact_patterns_release(struct redact_patterns *patterns); /* wipes */

/* The longest pattern that begins at `at`; `*numeric` is that pattern's. */
ptrdiff_t redact_patterns_match(const struct redact_patterns *patterns,
                                const struct redact_view *view, size_t at, bool *numeric);

/*
 * An escape of any layer at `at`: "%41", "\u0041", "\\u0041", "\/". Its length, and the character
 * that it stands for if that is ASCII, else 0.
 */
ptrdiff_t redact_decode(const struct redact_view *view, size_t at, unsigned char *character);

#endif

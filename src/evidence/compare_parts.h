/*
 * The insides of a comparison, shared by its files: the two sides, and lines being added.
 */
#ifndef EVIDENCE_COMPARE_PARTS_H
#define EVIDENCE_COMPARE_PARTS_H

#include "base/bytes.h"
#include "base/diff.h"
#include "evidence/compare.h"
#include "evidence/replay.h"
#include "evidence/shape.h"

#include <stdint.h>

struct redact_stream;

struct compare_side {
    char *path;
    struct replay replay;
    bool open;
    struct shape shape;
    uint64_t unread;              /* events too large or no JSON: not in `shape` */
    uint64_t markers;             /* [DONE] */
    struct bytes raw;             /* the text, before the redactor */
    struct bytes text;            /* redacted */
    struct redact_stream *stream; /* while it is */
    size_t redacted;              /* bytes of `raw` */
    size_t split;                 /* bytes of `text` in lines */
    size_t *lines;                /* where each begins */
    uint64_t *hashes;
    size_t line_count, line_size;
};

struct compare {
    const struct redactor *redactor;
    struct compare_side sides[2];
    int state;
    struct compare_line *lines;
    size_t count, size;
    size_t differences[COMPARE_SECTIONS];
    struct diff diff; /* of the lines of text */
    size_t run, pair; /* of it, that becomes a line next */
};

/*
 * A line with texts that are copied and redacted; NULL: absent. Its sign is found from them, unless
 * `sign` is another than COMPARE_SAME.
 */
struct compare_line *compare_add(struct compare *compare, enum compare_section section,
                                 enum compare_sign sign, const char *label, const char *left,
                                 const char *right);

/* A line of bytes that live as long as the comparison, redacted before. */
void compare_add_text(struct compare *compare, enum compare_sign sign, const char *left,
                      size_t left_len, const char *right, size_t right_len);

/* The sections but for the text, in their order. */
void compare_add_verdict(struct compare *compare);
void compare_add_timing(struct compare *compare);
void compare_add_request(struct compare *compare);
void compare_add_headers(struct compare *compare);
void compare_add_shape(struct compare *compare);

#endif

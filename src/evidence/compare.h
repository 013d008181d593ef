/*
 * Two exchanges beside each other, from their captures: what was asked, how it was judged, headers,
 * shape, text and pace. Read and compared in slices, so that a screen need not wait.
 */
#ifndef EVIDENCE_COMPARE_H
#define EVIDENCE_COMPARE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct class_table;
struct redactor;
struct stream_rules;
struct compare;

enum compare_section {
    COMPARE_VERDICT,
    COMPARE_TIMING,
    COMPARE_REQUEST,
    COMPARE_HEADERS,
    COMPARE_SHAPE,
    COMPARE_TEXT, /* the longest comes last */
};
enum { COMPARE_SECTIONS = 6 };
const char *compare_section_name(enum compare_section section); /* "verdict", … */

enum compare_sign {
    COMPARE_SAME,
    COMPARE_CHANGED,
    COMPARE_REMOVED, /* only the left has it */
    COMPARE_ADDED,   /* only the right has it */
};
const char *compare_sign_word(enum compare_sign sign); /* "same", "changed", "only left", … */

/* One fact, or one line of the text. */
struct compare_line {
    enum compare_section section;
    enum compare_sign sign;
    bool varies;       /* it differs from one answer to the next by nature: no difference */
    char *label;       /* name of the header, pointer into the body, key path; NULL: text */
    const char *left;  /* NULL: absent there; bytes of any kind, redacted */
    const char *right; /* the same */
    size_t left_len, right_len;
    char *owned[2]; /* private */
};

/*
 * Both paths are opened at once; NULL when one cannot be read. `redactor` is borrowed for as
 * long as it lives.
 */
struct compare *compare_open(const char *left, const char *right, const struct redactor *redactor,
                             const struct stream_rules *rules, struct error *error);
void compare_free(struct compare *compare);

/* Of the workspace, before the first step; borrowed. Without it those that are shipped. */
void compare_use_classes(struct compare *compare, const struct class_table *classes);

enum compare_step { COMPARE_MORE, COMPARE_DONE, COMPARE_FAILED };

/* A slice of the work, some hundred kilobytes. */
enum compare_step compare_advance(struct compare *compare, struct error *error);
int compare_percent(const struct compare *compare);

/* The evidence ids; valid from the beginning. */
const char *compare_id(const struct compare *compare, bool right);

/* After COMPARE_DONE: lines in the order of the sections. */
size_t compare_count(const struct compare *compare);
const struct compare_line *compare_line(const struct compare *compare, size_t index);

/* How many lines of a section are a difference. */
size_t compare_differences(const struct compare *compare, enum compare_section section);

#endif

/*
 * Text gathered from pieces. All texts of one answer share one budget: what goes beyond it is
 * counted and not kept, from the first piece on that does not fit.
 */
#ifndef JUDGE_GATHER_H
#define JUDGE_GATHER_H

#include "base/bytes.h"
#include "judge/piece.h"

#include <stdint.h>

/* The most text of one answer that is kept. */
enum { ANSWER_TEXT_MAX = 32 * 1024 * 1024 };

struct budget {
    size_t left;
    bool over; /* something did not fit */
};

/* Zeroed means empty. */
struct gather {
    struct bytes kept;
    uint64_t total; /* bytes gathered, kept or not */
};

void gather_release(struct gather *gather);

/* Append the text of a string, or the JSON text of another value. */
void gather_piece(struct gather *gather, struct budget *budget, const struct piece *piece);
void gather_text(struct gather *gather, struct budget *budget, const char *text, size_t len);

/* The whole text is `text`, as far as it was kept, and but for what was redacted in one of them. */
bool gather_equals(const struct gather *gather, const char *text, size_t len);
bool gather_whole(const struct gather *gather); /* all of it was kept */

/* As C string, "" when empty. */
const char *gather_string(const struct gather *gather);

#endif

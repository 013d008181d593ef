/*
 * What to look for in the history, from one line:
 *
 *   verdict:truncated,stalled model:gpt since:2026-11-01 -class:none free words "two words"
 *
 * Every term must hold; "-" in front turns one round, a comma gives a choice of words. A word of a
 * vocabulary (verdict, class, operation) may be cut short, so that a filter holds while it is
 * typed, and a field without a value asks for nothing. Free words are looked for in the id, the
 * model, the request id and the note, without regard to case. Pure: no database, no clock.
 */
#ifndef EVIDENCE_HISTORY_FILTER_H
#define EVIDENCE_HISTORY_FILTER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct class_table;

enum history_field {
    HISTORY_VERDICT,
    HISTORY_CLASS,
    HISTORY_OPERATION,
    HISTORY_MODEL,
    HISTORY_PROFILE,
    HISTORY_STATUS,
    HISTORY_SINCE,
    HISTORY_UNTIL,
    HISTORY_SIMULATED,
    HISTORY_MARKED,
    HISTORY_NOTED,
    HISTORY_TEXT,
};
enum { HISTORY_FIELDS = 12 };

struct history_term {
    enum history_field field;
    bool unless;    /* it must not hold */
    char *text;     /* of words: ",truncated,stalled,"; of a status: "4*"; NULL: `number` */
    int64_t number; /* a time in ms, or 0 and 1 for no and yes */
};

enum { HISTORY_TERMS_MAX = 16 };

/* Zeroed: everything passes. */
struct history_filter {
    struct history_term terms[HISTORY_TERMS_MAX];
    size_t count;
    size_t wrong_at, wrong_len; /* of a line that is no filter: the word that is wrong */
};

/*
 * `now_ms` is for times such as "2h", `classes` (NULL: the shipped ones) for `class:`. An unknown
 * field or word is ERROR_USAGE with what was probably meant; but for the place of it the filter is
 * empty then.
 */
bool history_filter_parse(struct history_filter *filter, const char *line,
                          const struct class_table *classes, int64_t now_ms, struct error *error);
void history_filter_release(struct history_filter *filter);

/* The fields for help and completion: name without its colon; false behind the last. */
bool history_filter_field(size_t index, const char **name, const char **meaning);

/* The words a field takes, one by one, of the classes the shipped ones; NULL behind the last, and
 * for fields without such a list. */
const char *history_filter_word(size_t field, size_t index);

#endif

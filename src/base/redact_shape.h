/*
 * What looks like a secret although nobody told us: `sk-…` keys, and the values that follow the
 * names of credentials in headers, JSON members and queries. Private to base/redact.
 */
#ifndef BASE_REDACT_SHAPE_H
#define BASE_REDACT_SHAPE_H

#include "base/redact_pattern.h"

/* How far a value goes that is to be replaced. */
enum redact_span {
    SPAN_NONE,
    SPAN_KEY,    /* letters, digits, "-" and "_" */
    SPAN_LINE,   /* a header's value: to the end of the line or of the string it stands in */
    SPAN_QUOTED, /* a JSON string: to its closing quote */
    SPAN_ITEM,   /* the same, an item of an array of them */
    SPAN_SOFT,   /* a string in other quotes, or inside another string */
    SPAN_QUERY,  /* a query's value */
    SPAN_GAP,    /* between two items: replaces nothing */
};

struct redact_shape {
    enum redact_span span;
    size_t from; /* where the value begins, at or after the place that matched */
};

/* The most bytes a decision may take. */
enum { REDACT_SHAPE_WINDOW = 96 };

/*
 * A shape that begins at `at`, `before` being the character in front of it, 0 for none. Anything
 * above 0 fills `*shape`.
 */
ptrdiff_t redact_shape_match(const struct redact_view *view, size_t at, unsigned char before,
                             struct redact_shape *shape);

/* Whether `byte` is the first that no longer belongs to the value. */
bool redact_span_ends(enum redact_span span, unsigned char byte);

/* Whether a header of this name holds a credential. */
bool redact_is_credential(const char *header_name);

/* For the scanner's filter: the three bytes every shape begins with, in either case. */
extern const char *const redact_shape_beginnings[];
extern const size_t redact_shape_beginning_count;

#endif

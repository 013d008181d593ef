/*
 * The event before, as a pattern for the next one.
 *
 * Most events of a stream equal the one before but for the text they add and a string nobody
 * reads (padding). Such an event need not be scanned again: when everything around those strings
 * is the same, byte by byte, and the strings are valid ones, then the event is valid JSON with the
 * same members. The strings themselves are scanned strictly, as ever.
 */
#ifndef JUDGE_STENCIL_H
#define JUDGE_STENCIL_H

#include "base/bytes.h"
#include "judge/piece.h"

enum { STENCIL_HOLES = 2, STENCIL_MAX = 16 * 1024 };

struct stencil {
    struct bytes text; /* a valid event; empty: there is no pattern */
    struct {
        size_t from, to; /* of the string's inside in `text` */
        size_t hole;     /* its place in the arguments */
    } holes[STENCIL_HOLES];
    size_t count; /* in the order of the text */
};

void stencil_init(struct stencil *stencil);
void stencil_release(struct stencil *stencil);

/*
 * Remember `text`, a valid JSON value; `holes` are strings within it that may differ next time,
 * other pieces are passed over. False when it is too long to be kept: then there is no pattern.
 */
bool stencil_cut(struct stencil *stencil, const char *text, size_t len,
                 const struct piece holes[STENCIL_HOLES]);

/* Whether `text` fits the pattern; `filled` are then the strings in its holes. */
bool stencil_fits(const struct stencil *stencil, const char *text, size_t len,
                  struct piece filled[STENCIL_HOLES]);

#endif

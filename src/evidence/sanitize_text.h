/*
 * One text of JSON, or of what should be, as evidence/sanitize.h has it: an answer, the data of an
 * event, lines of a stream that are no fields. Private to evidence/sanitize.
 */
#ifndef EVIDENCE_SANITIZE_TEXT_H
#define EVIDENCE_SANITIZE_TEXT_H

#include "evidence/stand_in.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SANITIZE_NAME = 48,
    SANITIZE_DEPTH = 128,
    SANITIZE_CALLS = 64,
};

struct sanitize_level {
    char name[SANITIZE_NAME]; /* of what the members or items belong to */
    bool array;
    int64_t index;
};

struct sanitize_text {
    struct stand_call calls[SANITIZE_CALLS];
    size_t call_count;
    /* ---- of one text ---- */
    struct sanitize_level levels[SANITIZE_DEPTH];
    size_t depth;             /* may be more than there are levels kept */
    char name[SANITIZE_NAME]; /* of the value that follows */
    bool deltas, argument_deltas;
    bool fails; /* its root tells an error */
    struct stand_outside outside;
    struct bytes *out;
};

/*
 * Zeroed but for `out` at the beginning of a body. `name` is what the text is the value of, `fails`
 * whether its root tells an error. Text follows in any pieces that end between two of its tokens.
 */
void sanitize_text_begin(struct sanitize_text *sanitizer, const char *name, bool fails);
void sanitize_text_more(struct sanitize_text *sanitizer, const char *text, size_t len);

/* A whole one, in front of which the marker of a stream may stand; it may call itself an error. */
void sanitize_text_put(struct sanitize_text *sanitizer, const char *text, size_t len, bool fails);

/* An object that calls itself an error, as events of the responses operation do. */
bool sanitize_tells_error(const char *text, size_t len);

#endif

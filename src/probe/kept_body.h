/*
 * The body of an answer, kept for who looks for pointers in it. A body is kept whole or counts as
 * not kept: half of one says nothing of what is present.
 */
#ifndef PROBE_KEPT_BODY_H
#define PROBE_KEPT_BODY_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>

enum { KEPT_BODY_MAX = 8 * 1024 * 1024 };

struct kept_body {
    struct bytes text;
    bool cut; /* there was more than is kept */
};

void kept_body_init(struct kept_body *body);
void kept_body_release(struct kept_body *body);
void kept_body_clear(struct kept_body *body); /* for another answer */

void kept_body_add(struct kept_body *body, const char *data, size_t len);

/* All of it, body->text.len bytes; NULL when nothing came or not all of it was kept. */
const char *kept_body_text(const struct kept_body *body);

/*
 * Which of `count` JSON Pointers lead to something: in the document, or in any event of a stream.
 * `found` has as many. False when there is no JSON to look into; nothing is found then.
 */
bool kept_body_look(const struct kept_body *body, bool stream, const char *const *pointers,
                    size_t count, bool *found);

#endif

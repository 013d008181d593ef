/*
 * Error envelopes: the shapes in which gateways say that something failed (cometapi.md "Errors").
 */
#ifndef JUDGE_ENVELOPE_H
#define JUDGE_ENVELOPE_H

#include "judge/piece.h"

/* Zeroed means none. All but `kind` are owned and may be NULL. */
struct envelope {
    const char *kind; /* "error-object", "error-without-param", "error-string", "flat", "bare", … */
    char *message;
    char *type;
    char *code; /* strings as they are, numbers as their text */
    char *request_id;
};

void envelope_release(struct envelope *envelope);

/* From an `error` member: an object, a string or anything else. */
void envelope_from_error(struct envelope *envelope, const struct piece *error);

/* From an object that holds message, type and code itself; `kind` is kept by reference. */
void envelope_from_members(struct envelope *envelope, const char *kind, const struct piece *object);

/* From text that is no JSON. */
void envelope_from_text(struct envelope *envelope, const char *text, size_t len);

/*
 * Find the envelope in any JSON object that is not the answer: `error` member, bare members,
 * `detail`, `base_resp`. False when nothing in it looks like one.
 */
bool envelope_from_body(struct envelope *envelope, const char *json, size_t len);

/* The id within "(request id: …)"; the caller frees, NULL when there is none. */
char *envelope_request_id(const char *message);

#endif

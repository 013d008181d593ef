/*
 * What of a request body the contract contradicts (B12 C9 D33 D34): said before it is sent. Who
 * sends decides what it means: probes may break the contract on purpose, and people may insist.
 *
 * The clauses `chat.request.*` and `responses.request.*` are looked at: {"pointer", "presence",
 * "type", "values", "not_empty"}. A `*` in the pointer stands for every item of an array. `type` is
 * one of string, number, integer, boolean, array, object, null, or a list of them; `values` lists
 * what the field may be; `not_empty` true is that a string, array or object holds something. All
 * but the pointer may be absent.
 */
#ifndef CONTRACT_BODY_CHECK_H
#define CONTRACT_BODY_CHECK_H

#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct json;

struct body_problem {
    const struct json *value; /* what is wrong, or what lacks something */
    char *pointer;            /* of the value */
    char *text;               /* "must be a number (chat.request.temperature)" */
    bool refused;             /* operation_request() refuses a body with it */
};

enum { BODY_PROBLEMS_MAX = 100 };

/* In the order of the checks; what is over the maximum is only counted. */
struct body_problems {
    struct body_problem *items;
    size_t kept;
    size_t count;
};

/*
 * `body` is what would be sent, `body_len` bytes of it; NULL has no problems. The problems point
 * into it, and are released before they are made anew: `problems` is zeroed before its first time.
 */
void body_check(const struct contract *contract, enum operation operation, struct json *body,
                size_t body_len, struct body_problems *problems);
void body_problems_release(struct body_problems *problems);

/*
 * The members of `body`, an object, that no request clause of the operation names (D12): a JSON
 * Pointer a line. Only the outermost are looked at: what a clause says of a field covers what is in
 * it. An operation without any request clause has none. `out` is initialised.
 */
void body_undocumented(const struct contract *contract, enum operation operation,
                       const struct json *body, struct bytes *out);

/*
 * Whether a body that body_accept() refuses is wrong at this place, a JSON Pointer; "" is the body
 * as a whole: no JSON, or over `limits.input_bytes`.
 */
bool body_breaks_at(const struct contract *contract, enum operation operation, const char *text,
                    size_t len, const char *pointer);

/*
 * The gate before a body is sent: false with the first problem as ERROR_FILE, "NAME:LINE:COLUMN:
 * POINTER …", and how many more there are; also for text that is no JSON, and for a body over
 * `limits.input_bytes`, which is not read. `name` NULL: a body that stands nowhere, told without
 * its place. `anyway` (may be NULL) is said behind a problem that may be sent all the same, which a
 * placeholder is not.
 */
bool body_accept(const struct contract *contract, enum operation operation, const char *name,
                 const char *text, size_t len, const char *anyway, struct error *error);

#endif

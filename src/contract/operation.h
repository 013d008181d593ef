/*
 * Operations: how to call one endpoint, taken from its clauses (CON A8 B9 C1).
 */
#ifndef CONTRACT_OPERATION_H
#define CONTRACT_OPERATION_H

#include "base/error.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contract;
struct json;
struct profile;
struct bytes;

enum operation {
    OPERATION_MODELS,
    OPERATION_CHAT,
    OPERATION_RESPONSES,
};
enum { OPERATION_COUNT = 3 };

const char *operation_name(enum operation operation); /* "models", "chat", "responses" */
bool operation_from_name(const char *name, enum operation *operation);

/*
 * The canary body of an operation: deterministic, low-token, non-sensitive (D22), shaped by the
 * clauses `canary.*`. `prompt` NULL takes the canary's own; `model` NULL leaves a placeholder,
 * which operation_request() refuses. The caller frees. NULL for models, which sends none.
 */
char *operation_body(const struct contract *contract, enum operation operation, const char *model,
                     const char *prompt, bool stream);

/*
 * What goes on the wire: method, base URL and path joined, headers, auth, body (copied, may be
 * NULL); the caller adds the secret and releases the request. Refused with a message that names the
 * clause: a missing clause, a `<placeholder>` in any value or in the body (B17 E69), a base URL
 * that is no http(s) URL, the documentation's host or page as runtime URL (C54). `profile` may be
 * NULL. `pending` (may be NULL, initialised) receives the ids of the pending clauses the request
 * rests on, one a line.
 */
bool operation_request(const struct contract *contract, const struct profile *profile,
                       enum operation operation, const char *body, size_t body_len,
                       struct http_request *request, struct bytes *pending, struct error *error);

/*
 * What of a request is not as the contract says, on purpose (PRB). NULL, false: nothing; strings
 * are borrowed. What came of it differs from the contract and verifies no clause.
 */
struct request_change {
    const char *base_url;       /* instead of profile and contract: a private simulator */
    const char *method;         /* one word */
    const char *path_suffix;    /* behind the operation's path */
    const char *path_clause;    /* the path is the value of this clause, a string or the first of an
                                   array; it may be a page of the documentation (C54) */
    const struct json *headers; /* an object: name → value that is set, null that leaves it out */
    bool without_key;           /* no auth header at all */
};

/* The same with a change, which may be NULL. */
bool operation_request_changed(const struct contract *contract, const struct profile *profile,
                               enum operation operation, const char *body, size_t body_len,
                               const struct request_change *change, struct http_request *request,
                               struct bytes *pending, struct error *error);

/*
 * The first placeholder of a string or member name of the body, as operation_request() refuses it:
 * all of the text is one, or one in capitals stands in it. NULL when there is none.
 */
const char *operation_placeholder(const char *text, size_t *len);

/*
 * The body is within `limits.input_bytes`, a limit of our own (B48): ask before sending. Not part
 * of operation_request(), since a probe of the far side's limit is sent on purpose.
 */
bool operation_input_fits(const struct contract *contract, size_t body_len, struct error *error);

/* What of a request body the judge must know; kept in a capture's header line. */
struct request_facts {
    bool stream;                 /* a stream was asked for */
    int choices;                 /* `n`, 1 when absent */
    bool include_usage;          /* stream_options.include_usage */
    bool tools_without_required; /* every offered tool may be called with empty arguments */
    char
        *lenient_tools; /* names of tools without required parameters, newline separated; or NULL */
    char *model;        /* as asked, byte-exact; or NULL */
    /* For telemetry; not kept in captures. */
    int64_t max_tokens; /* the ceiling of the answer by whatever name, 0: none was asked for */
    bool has_temperature;
    double temperature;
};

/* From the body's JSON; a body that is not JSON gives the defaults. Release afterwards. */
void request_facts_from(enum operation operation, const char *body, size_t body_len,
                        struct request_facts *facts);
void request_facts_release(struct request_facts *facts);

#endif

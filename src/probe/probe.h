/*
 * A probe: an operation, a body, a mutation of it, an expectation: data, not code (design.md
 * "Words"; CAN, PRB). Probes rest on clauses: no URL, path, header name or model stands in them,
 * so they run against any contract.
 *
 * share/schema/probes.schema.json describes their files; what probe_read() takes and what the
 * schema allows is the same. Nothing can be expected of wording, latency, tokens or price (B34 C28
 * C29 D30): there is no member for it.
 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include "base/error.h"
#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct class_table;
struct json;
struct json_file;

enum probe_target {
    PROBE_ENDPOINT,  /* the base URL of the profile */
    PROBE_SIMULATOR, /* a private simulator: what it shows is marked *simulated* */
};

enum probe_key {
    PROBE_KEY_PROFILE, /* as always */
    PROBE_KEY_NONE,    /* no auth header at all */
    PROBE_KEY_INVALID, /* of the right shape, and nobody's */
};

enum probe_network {
    PROBE_NETWORK_NORMAL,
    PROBE_NETWORK_REFUSED, /* a loopback port that nobody listens on */
    PROBE_NETWORK_NO_NAME, /* a host that does not resolve (RFC 2606) */
};

enum probe_stream { PROBE_WHOLE, PROBE_STREAMED, PROBE_BOTH };

enum probe_content { PROBE_CONTENT_ANY, PROBE_CONTENT_PRESENT, PROBE_CONTENT_ABSENT };

enum probe_error_body {
    PROBE_ERROR_ANY,
    PROBE_ERROR_ENVELOPE, /* an error with a message, in one of the known envelopes */
    PROBE_ERROR_NONE,
};

enum { PROBE_WORDS_MAX = 64 };

/* Strings of a file, borrowed from its tree; at most PROBE_WORDS_MAX. */
struct probe_words {
    const char **items;
    size_t count;
};

/* What must hold; an empty list or ANY asks for nothing. */
struct probe_expectation {
    struct probe_words statuses; /* "401", "4xx" */
    struct probe_words failures; /* failure classes of the workspace; "none" for nothing failed */
    struct probe_words verdicts;
    struct probe_words present; /* JSON Pointers the answer must have: of a stream any event */
    struct probe_words absent;  /* JSON Pointers it must not have: of a stream no event */
    enum probe_error_body error_body;
    enum probe_content content;
    bool streamed;          /* of a streamed case: the answer is an event stream as well */
    bool refused;           /* by the request clauses; it never goes out, whatever they say */
    const char *refused_at; /* JSON Pointer of the place that they find wrong, "" for the body as a
                               whole; NULL: any */
};

/* What of the request is not as the contract says. NULL, 0: nothing. */
struct probe_change {
    const char *method;
    const char *path_suffix; /* behind the operation's path: one that does not exist */
    const char *path_clause; /* the path is what this clause assumes: a string, or the first of an
                                array (C54) */
    const struct json *headers; /* an object: name → its value, null to leave it out */
    enum probe_key key;
    enum probe_network network; /* with PROBE_SIMULATOR alone (E34) */
    int64_t timeout_ms;         /* of the client, for the whole exchange (B39) */
    const char *raw_body;       /* sent in place of the body, as it stands (E30) */
    int64_t oversize;           /* bytes by which the body exceeds limits.input_bytes (B38) */
};

struct probe {
    const char *id; /* a-z 0-9 - */
    const char *title;
    const char *explanation;         /* NULL */
    struct probe_words requirements; /* "B36" */
    struct probe_words cadence;      /* continuous release sdk-change rotation model-change
                                        docs-change */
    bool operations[OPERATION_COUNT];
    enum probe_stream stream;
    enum probe_target target;
    const char *scenario;                       /* of the simulator; NULL unless PROBE_SIMULATOR */
    const struct json *bodies[OPERATION_COUNT]; /* NULL: the operation's canary */
    const struct json *mutations[OPERATION_COUNT]; /* an array of add, remove, replace; NULL */
    bool negative;                                 /* what is sent is wrong on purpose */
    bool deliberate; /* passes local validation, which would refuse it */
    bool may_be_billed;
    bool canary; /* each thing a canary proves has a result of its own: probe/canary.h */
    struct probe_change change;
    struct probe_expectation expect;
    struct probe_words clauses;   /* that document what is expected: of a failure those that hold
                                     its status, such as errors.auth.status */
    struct probe_words scenarios; /* what an observation run must have shown to answer *handled?* */
    const char *fixture; /* "chat/ready", whose shape the answer must have (D72); NULL: none */
    const char *origin;  /* the file it came from, or "shipped" */
    bool replaces;       /* it stands in the place of the shipped one of its id */
};

/*
 * One element of the `probes` of `file`. `is_scenario` knows the simulator's scenarios, which is
 * not seen from here; `classes` may be NULL, see class_table_find(). Everything but `origin` is
 * set; strings and trees belong to `file`, lists are released with the probe. On false `error` has
 * file, line, column and member, and nothing needs releasing.
 */
bool probe_read(const struct json_file *file, const struct json *object,
                bool (*is_scenario)(const char *name), const struct class_table *classes,
                struct probe *probe, struct error *error);
void probe_release(struct probe *probe);

/* Whether it expects something of pointers into the answer, whose body must be kept then. */
bool probe_looks_into_body(const struct probe *probe);

/* Words of an expectation: "401" or "4xx", the name of a verdict. */
bool probe_is_status(const char *word);
bool probe_is_verdict(const char *word);

/* An id as probes and suites may have it. */
bool probe_is_id(const char *text);

bool probe_is_requirement(const char *word); /* "A16", a row of requirements */
bool probe_is_cadence(const char *word);     /* "release" */

/* All of them, for messages. */
#define PROBE_CADENCES "continuous, release, sdk-change, rotation, model-change, docs-change"

/* An array of non-empty strings. */
bool probe_read_words(const struct json_file *file, const struct json *object, const char *name,
                      bool needed, struct probe_words *words, struct error *error);
void probe_words_release(struct probe_words *words);
bool probe_words_hold(const struct probe_words *words, const char *word);

/* Refuses a member of `object` that is not among `names`, which ends with NULL. */
bool probe_known_members(const struct json_file *file, const struct json *object,
                         const char *const *names, struct error *error);

#endif

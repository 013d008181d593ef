/*
 * What a canary proves, each with a result of its own (B3 B28–B33), and its record (B18 E28
 * D23–D28): facts of one exchange, each only if it was returned. Wording, latency, tokens and price
 * are recorded, never judged (B34).
 */
#ifndef PROBE_CANARY_H
#define PROBE_CANARY_H

#include "probe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exchange_state;
struct json;
struct redactor;

enum canary_part {
    CANARY_ROUTING,        /* the host that was asked answered, without sending elsewhere */
    CANARY_AUTHENTICATION, /* the key was taken; unknown where another failure hides it */
    CANARY_STATUS,         /* 2xx */
    CANARY_PARSING,        /* read whole and proven complete */
    CANARY_TELEMETRY,      /* everything that was asked to be kept of it was */
    CANARY_LOGGING,        /* no form of the key is in what was kept (A11) */
    CANARY_TIMEOUT,        /* it ended within the limits in force */
    CANARY_PARTS,
};
const char *canary_part_name(enum canary_part part); /* "routing", "logging safety" */

/* NULL and -1: it was not returned. */
struct canary {
    enum tristate holds[CANARY_PARTS]; /* unknown: nothing came to tell it by */
    char *detail[CANARY_PARTS];
    int status;
    char *request_id, *trace_id, *finish_reasons;
    bool content;
    char *network; /* by which way (B16): "from ADDRESS to ADDRESS:PORT", the proxy's and trust's
                      variables where one is in force */
    char *usage;   /* the JSON of it, as it came */
    char *billing; /* names of the members of usage, "a, b" */
    int64_t latency_us, first_token_us;
    const char *verdict; /* what the reader made of it */
    int retries;
    char *shape; /* "choices[].message.content: string" one a line */
};

/* For a case whose probe is one. `body` as in probe_result_judge(); `redactor` knows the key. */
struct canary *canary_new(const struct exchange_state *state, const char *body, size_t body_len,
                          int attempts, const struct redactor *redactor);
void canary_free(struct canary *canary); /* NULL is nothing */

/* The first part that does not hold; CANARY_PARTS: none. */
enum canary_part canary_failed(const struct canary *canary);

/* {"routing": {"holds", "detail"}, …}, and the record; the caller frees. */
struct json *canary_parts_json(const struct canary *canary);
struct json *canary_record_json(const struct canary *canary);

#endif

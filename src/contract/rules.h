/*
 * The clauses that relax or limit the judgement of an answer (streams.md "Contract clauses that
 * relax a rule"), as values the judge can use.
 */
#ifndef CONTRACT_RULES_H
#define CONTRACT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contract;

enum marker_rule {
    MARKER_REQUIRED,                 /* the default */
    MARKER_OPTIONAL_IF_FRAMED_CLEAN, /* a clean chunked or length end may stand in */
    MARKER_COMPLETION_DONE,          /* an event `chat.completion.done` is the marker */
};

enum marker_origin {
    MARKER_FROM_MODEL,
    MARKER_FROM_GATEWAY, /* the marker may be the gateway's own: said in the evidence */
};

enum finish_rule {
    FINISH_REQUIRED,
    FINISH_ABSENT, /* this provider sends none */
};

enum sequence_rule {
    SEQUENCE_STRICT,
    SEQUENCE_IGNORE,
};

/* An alias of a finish reason into one of the three columns. */
enum finish_column {
    FINISH_UNKNOWN,
    FINISH_COMPLETE,
    FINISH_LIMITED,
    FINISH_ERRORED,
};

struct finish_alias {
    char *reason;
    enum finish_column column;
};

enum { FINISH_ALIASES_MAX = 32 };

struct stream_rules {
    enum marker_rule marker;                         /* stream.marker */
    enum marker_origin marker_origin;                /* stream.marker_origin */
    enum finish_rule finish;                         /* stream.finish_reason */
    enum sequence_rule sequence;                     /* responses.sequence */
    struct finish_alias aliases[FINISH_ALIASES_MAX]; /* finish.aliases */
    size_t alias_count;
    size_t max_event_bytes;  /* limits.event_bytes, default 16 MiB and some */
    size_t max_body_bytes;   /* limits.body_bytes: whole JSON answers */
    size_t max_stream_bytes; /* limits.stream_bytes: event streams, all in all */
    /* Time limits, microseconds. */
    int64_t connect_us, headers_us, first_event_us, gap_us, total_us;
    int64_t linger_us; /* reading on after the marker, 250 ms */
};

/* Defaults alone. */
void stream_rules_default(struct stream_rules *rules);

/* Defaults overridden by the clauses that are there. Release afterwards. */
void stream_rules_from(const struct contract *contract, struct stream_rules *rules);
void stream_rules_release(struct stream_rules *rules);

#endif

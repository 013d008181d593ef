/*
 * The body as it arrives: found out by its first bytes what it is (the content type only decides
 * where they do not), then decoded as a stream, kept as JSON, or sampled.
 */
#ifndef JUDGE_BODY_H
#define JUDGE_BODY_H

#include "judge/sse.h"

enum body_kind {
    BODY_UNDECIDED, /* too few bytes */
    BODY_STREAM,
    BODY_JSON,
    BODY_COMPRESSED,
    BODY_HTML,
    BODY_OTHER,
};

enum { BODY_HEAD = 8 }; /* bytes behind blanks and byte order mark that always decide */

struct body {
    enum body_kind kind;
    uint64_t bytes;
    bool event_stream, encoded; /* set before the first byte: what the headers say */
    struct bytes json;          /* kind JSON: all of it, without leading blanks */
    bool over;                  /* it was more than the limit */
    struct bytes sample;        /* neither stream nor JSON: its beginning */
    /* ---- */
    char head[BODY_HEAD];
    size_t head_len;
    unsigned mark; /* bytes of a byte order mark passed over */
};

void body_init(struct body *body, size_t max_json);
void body_release(struct body *body);

/* Bytes of a stream go on to `sse`. */
void body_feed(struct body *body, struct sse *sse, const char *data, size_t len);

/* No more bytes come: decide by what is there. */
void body_end(struct body *body, struct sse *sse);

/* Feed to another body what this one keeps; for kinds other than a stream. */
void body_replay(const struct body *body, struct body *to, struct sse *sse);

/* "an event stream", "JSON", … */
const char *body_kind_name(enum body_kind kind);

#endif

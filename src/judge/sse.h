/*
 * Decoder of event streams (WHATWG HTML §9.2.5–6), for any cut of the bytes into reads.
 *
 * An event that lies within one read is handed on in place, without a copy. Memory is bounded by
 * twice the event cap. What the standard drops in silence (unknown fields, bare text) is reported,
 * because failures hide there. Events without data are not dispatched and get no number.
 */
#ifndef JUDGE_SSE_H
#define JUDGE_SSE_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valid during the call. */
struct sse_event {
    uint64_t number;  /* from 1 */
    uint64_t offset;  /* of the first byte of its first field */
    const char *type; /* "message" unless named */
    size_t type_len;
    const char *data;
    size_t data_len;
    const char *id; /* the last event id so far */
    size_t id_len;
};

struct sse_ops {
    void (*event)(void *context, const struct sse_event *event);
    /* A whole line that is no field of the standard; also the unfinished last one, by sse_end(). */
    void (*stray)(void *context, const char *line, size_t len, uint64_t offset);
};

/* What a caller may read: the counters. The rest is private. */
struct sse {
    uint64_t events;
    uint64_t comments;
    uint64_t fields;           /* lines with a field of the standard */
    uint64_t strays;           /* lines that are neither field, comment nor blank */
    uint64_t oversized;        /* number of the first event over the cap, 0: none */
    uint64_t oversized_offset; /* where it begins */
    int64_t retry;             /* milliseconds, -1: not given */
    /* ---- */
    const struct sse_ops *ops;
    void *context;
    size_t max_event;
    struct bytes line; /* the beginning of a line, from earlier reads */
    struct bytes data, type, id;
    const char *slice; /* the only data line so far, still in the caller's read */
    size_t slice_len;
    uint64_t offset, line_offset, event_offset;
    unsigned char bom;
    bool skip_lf, skip_line, has_data, in_event, over;
};

/* An event whose data is longer than `max_event` is not dispatched but reported as oversized. */
void sse_init(struct sse *sse, size_t max_event, const struct sse_ops *ops, void *context);
void sse_release(struct sse *sse);

void sse_feed(struct sse *sse, const char *data, size_t len);

/* No more bytes come. Nothing pending is dispatched; a stray line without its end is reported. */
void sse_end(struct sse *sse);

/* What was begun and not dispatched; `bytes` 0 when nothing was. */
struct sse_residue {
    uint64_t offset, bytes;
    const char *data; /* data lines of the pending event, NULL: none */
    size_t data_len;
    const char *line; /* the line that has no end yet, "" when there is none */
    size_t line_len;
};
void sse_residue(const struct sse *sse, struct sse_residue *residue);

#endif

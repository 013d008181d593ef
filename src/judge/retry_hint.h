/*
 * When the server asks to be asked again: retry-after-ms, else Retry-After in seconds, fractions of
 * them, or as a date (RFC 9110 §10.2.3; cometapi.md "Retry hints"). D50.
 */
#ifndef JUDGE_RETRY_HINT_H
#define JUDGE_RETRY_HINT_H

#include "net/http.h"

#include <stdint.h>

enum retry_hint_kind {
    RETRY_HINT_NONE,
    RETRY_HINT_WAIT,
    RETRY_HINT_IGNORED, /* negative, absurd or unreadable: `note` says so */
};

/* Longer than this is absurd: no server of this kind means it. */
#define RETRY_HINT_MAX_US (INT64_C(86400) * 1000000)

struct retry_hint {
    enum retry_hint_kind kind;
    int64_t wait_us;    /* with WAIT, from when the answer came; 0 for a date just past */
    const char *header; /* the name it was read from; NULL with NONE */
    const char *note;   /* a phrase for people; NULL unless IGNORED */
};

/* `wall_ms` is when the answer came; a date is relative to the answer's own Date where it has one,
 * since clocks differ. */
void retry_hint_read(const struct http_headers *headers, int64_t wall_ms, struct retry_hint *hint);

#endif

/*
 * How much of the history is kept: by count, age and size; from a line, or from cometdeck.json.
 */
#ifndef CONTRACT_RETENTION_LIMITS_H
#define CONTRACT_RETENTION_LIMITS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct json_file;

/* What is kept at most; 0 sets no limit. All of them hold, and the newest stay. */
struct retention_limits {
    uint64_t rows;
    int64_t age_ms;
    uint64_t capture_bytes; /* of all captures in the local folder */
};

bool retention_limits_any(const struct retention_limits *limits);

/*
 * From words in any order: "10000" rows, "90d" (or h, w) of age, "500MB" (or kB, GB) of captures.
 * ERROR_USAGE for anything else, and for none: that would keep everything.
 */
bool retention_limits_parse(struct retention_limits *limits, const char *words,
                            struct error *error);

/* The member `retention` of a workspace file: {"count": 10000, "age": "90d", "size": "500MB"}, each
 * of which may be left out or null. */
bool retention_limits_read(struct retention_limits *limits, const struct json_file *file,
                           struct error *error);

#endif

/*
 * One line of a capture that tells of a read: {"t":…,"d":"…"} and nothing else, in this order.
 * Private to the readers of captures.
 */
#ifndef EVIDENCE_CAPTURE_LINE_H
#define EVIDENCE_CAPTURE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

struct capture_line {
    int64_t since_start_us;
    char kind;  /* 'd' or 'b': its bytes are there; 'n': only how many there were */
    size_t len; /* of a line of kind 'n' */
};

/* False when the line is none of a read. Bytes are appended to `data`. */
bool capture_line_scan(const char *line, size_t len, struct capture_line *read, struct bytes *data);

#endif

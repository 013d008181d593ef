/*
 * The bytes of a body laid out in rows, at any place of it, without looking at what lies before.
 *
 * A row ends behind a line end (LF, CRLF, CR) or where the width is used up. A line that is longer
 * than RAW_SEGMENT bytes is cut at multiples of it, so that rows are the same from wherever they
 * are reached, and none costs more than a few times that. No character is torn. What was read from
 * the tape is kept as one window around what is in view.
 */
#ifndef UI_STREAM_RAW_H
#define UI_STREAM_RAW_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct redactor;
struct tape;

enum { RAW_SEGMENT = 4096 };

/* A read that begins in the window. */
struct raw_read {
    uint64_t offset;
    int64_t since_start_us;
};

struct raw {
    struct tape *tape; /* borrowed; may change between calls */
    const struct redactor *redactor;
    uint64_t end; /* of the body, as far as it is shown */
    int columns;  /* of a row */
    bool ascii;
    /* ---- the window ---- */
    uint64_t from;
    struct bytes bytes; /* redacted */
    struct raw_read *reads;
    size_t read_count, read_size;
    bool failed; /* the file could not be read again */
};

void raw_init(struct raw *raw);
void raw_release(struct raw *raw);
void raw_forget(struct raw *raw); /* the window; another tape follows */

/* The bytes of the body from `offset` on, at most `len`; `*there` how many. Until the next call. */
const char *raw_bytes(struct raw *raw, uint64_t offset, size_t len, size_t *there);

/* Where the row after the one that begins at `row` begins; the end when there is none. */
uint64_t raw_next(struct raw *raw, uint64_t row);

/* Where the row before the one that begins at `row` begins; 0 at the beginning. */
uint64_t raw_previous(struct raw *raw, uint64_t row);

/* Where the row begins that holds the byte at `offset`. */
uint64_t raw_row(struct raw *raw, uint64_t offset);

/* Where the line begins, and where it ends, that holds the byte at `offset`, or the piece of it
 * where it is long. */
uint64_t raw_line_begin(struct raw *raw, uint64_t offset);
uint64_t raw_line_end(struct raw *raw, uint64_t offset);

/* The first read that begins in the window in [from, to); NULL when none does. */
const struct raw_read *raw_read_in(const struct raw *raw, uint64_t from, uint64_t to);

#endif

/*
 * Any place of what was received, from its capture, also while that is still being written.
 *
 * A capture is a long file of lines; a tape keeps where some of them begin, so that bytes and
 * events anywhere in it cost reading a little more than what is asked for. The index is made in
 * slices by whoever has the time (tape_extend), and its memory is bounded: of a longer tape it
 * keeps fewer places. Nothing is judged here, and the digest is not looked at; replay.h does both.
 */
#ifndef EVIDENCE_TAPE_H
#define EVIDENCE_TAPE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_header;
struct judge_event;
struct tape;

/* How close the places of the index lie; NULL in tape_open() stands for what suits a console. */
struct tape_spacing {
    size_t step;  /* bytes of the body between two of them, while they are few */
    size_t marks; /* the most of them, of reads and of events each; at least 2 */
};

/*
 * Opens and reads the header line. The file may be renamed or deleted afterwards, and may grow.
 * NULL when it is no capture.
 */
struct tape *tape_open(const char *path, const struct tape_spacing *spacing, struct error *error);
void tape_close(struct tape *tape); /* NULL is nothing */

/* What stands in the first line; valid until tape_close(). */
const struct capture_header *tape_header(const struct tape *tape);

/*
 * Look at no more than about `budget` bytes of the file that were not looked at yet. True when some
 * are left; false when all that is there was seen, or nothing more can be understood.
 */
bool tape_extend(struct tape *tape, size_t budget);

/* What is known so far. */
struct tape_extent {
    uint64_t bytes;              /* of the body */
    uint64_t reads;              /* lines of the capture that tell of them */
    uint64_t events;             /* dispatched */
    int64_t last_us;             /* since the start, of the last read */
    uint64_t file_at, file_size; /* how much of the file was looked at, of how much there was */
    bool kept;                   /* the bytes are there; else only how many there were, and when */
    bool ended;                  /* the end line was seen */
    bool broken;                 /* there is a line that is none of a capture; nothing behind it */
};
void tape_extent(const struct tape *tape, struct tape_extent *extent);

/* A part of a read, as much of it as was asked for. */
struct tape_piece {
    const char *data; /* valid during the call; NULL where the bytes were not kept */
    size_t len;
    uint64_t offset; /* of its first byte in the body */
    uint64_t read;   /* number of the read, from 1 */
    int64_t since_start_us;
    bool begins; /* with the first byte of the read */
    bool ends;   /* with its last */
};

/*
 * The bytes from `offset` on, `len` of them or as many as are known, in order. `piece` answers
 * whether it wants more. False when the file could not be read again as it was.
 */
bool tape_read(struct tape *tape, uint64_t offset, uint64_t len,
               bool (*piece)(void *context, const struct tape_piece *piece), void *context);

/*
 * The events `first` (from 1) and on, `count` of them or as many as are known, with the time of the
 * read that completed each; their numbers and offsets are those of the judge. What came before
 * `first` has no part in `text` and `semantic`. False as for tape_read().
 */
bool tape_events(struct tape *tape, uint64_t first, uint64_t count,
                 void (*event)(void *context, const struct judge_event *event,
                               int64_t since_start_us),
                 void *context);

#endif

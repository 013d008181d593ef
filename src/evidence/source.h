/*
 * A file or standard input, read once from its beginning, by lines or as it comes.
 */
#ifndef EVIDENCE_SOURCE_H
#define EVIDENCE_SOURCE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

/* `path` "-": standard input. */
struct source *source_open(const char *path, struct error *error);
void source_close(struct source *source);
const char *source_name(const struct source *source); /* for messages */

/* How much was consumed, and of how much: 0 where that is unknown, as of a pipe. */
void source_progress(const struct source *source, uint64_t *consumed, uint64_t *size);

/*
 * Look at the next `want` bytes, or at fewer where the source ends; nothing is consumed. What
 * `*data` points at is valid until the next call. A read error counts as the end here and comes
 * back with the next source_line() or source_read().
 */
size_t source_peek(struct source *source, size_t want, const char **data);

/*
 * It is a regular file: what is none may never end, and opening it may wait for somebody to write.
 * For whoever must not wait.
 */
bool source_is_file(const char *path, struct error *error);

enum source_step {
    SOURCE_DATA,
    SOURCE_REST, /* of a line: the source ends before its newline; never from source_read() */
    SOURCE_END,
    SOURCE_FAULT, /* `error` */
};

/* The next line with its newline, of at most `max` bytes; valid until the next call. */
enum source_step source_line(struct source *source, size_t max, const char **line, size_t *len,
                             struct error *error);

/* Whatever comes next, valid until the next call. */
enum source_step source_read(struct source *source, const char **data, size_t *len,
                             struct error *error);

#endif

/*
 * The history: one row per attempt in SQLite, WAL, never waited for (design.md "Console").
 *
 * The only module that sees sqlite3 (history*.c). A database of an older schema is brought up to
 * date when it is opened, one of a newer schema is refused, never altered. A busy database is not
 * waited for: the row is queued and history_retry() tries again.
 */
#ifndef EVIDENCE_HISTORY_H
#define EVIDENCE_HISTORY_H

#include "base/error.h"
#include "evidence/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct history;

/* Strings are borrowed; NULL and -1 mean absent. */
struct history_row {
    char id[EVIDENCE_ID];
    int64_t wall_ms;
    const char *profile, *operation, *model, *verdict, *class, *request_id;
    const char *finish_reasons; /* joined by "," */
    const char *capture;        /* path of the capture, relative to the local folder */
    const char *digest;         /* SHA-256 of the capture */
    int status, curl;
    bool simulated, streamed;
    int64_t latency_us, first_byte_us, first_token_us;
    int64_t input_tokens, output_tokens;
    uint64_t body_bytes, events;
    const char *note; /* what somebody wrote to it, NULL: nothing */
    bool marked;
    const char *test_case; /* of a probe: "canary-ready chat stream" */
    bool wrong; /* what was sent was wrong on purpose: its answer tells nothing of a usual one */
};

/* A copy with strings of its own. */
void history_row_copy(struct history_row *copy, const struct history_row *row);
void history_row_release(struct history_row *row); /* of a copy */

/*
 * Opens or creates `path` (0600) and its folders. One that is busy just now is opened all the same;
 * one that is no database, no history or of a newer schema is ERROR_FILE and stays as it is.
 */
struct history *history_open(const char *path, struct error *error);

/*
 * Open one that is there to be read alone: no file is made or changed, nor its schema, so one of an
 * earlier version is an error. Adding, noting and marking fail. Where another process has it open
 * the file that SQLite shares between them is touched.
 */
struct history *history_open_to_read(const char *path, struct error *error);

/*
 * Writes what is queued, waiting up to five seconds for a lock, and checkpoints. Answers how many
 * rows were lost: tell whoever asked for them.
 */
size_t history_close(struct history *history);

/*
 * Add, or queue when busy. False when the row cannot be written, or when it is queued and waits for
 * more than a lock: `error` says for what.
 */
bool history_add(struct history *history, const struct history_row *row, struct error *error);

/* Rows that wait for a lock; and those that still do after trying again. */
size_t history_waiting(const struct history *history);
size_t history_retry(struct history *history);

/* Move what was written into the database file; for idle moments, it may cost an fsync. */
void history_checkpoint(struct history *history);

/* Searching, reading and noting: evidence/history_query.h. */

#endif

/*
 * The history: one row per attempt in SQLite, WAL, never waited for (design.md "Console").
 *
 * The only module that sees sqlite3. A database of a newer schema is refused, never altered. A busy
 * database is not waited for: the row is queued and history_retry() tries again.
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
};

/*
 * Opens or creates `path` (0600) and its folders. One that is busy just now is opened all the same;
 * one that is no database, no history or of a newer schema is ERROR_FILE and stays as it is.
 */
struct history *history_open(const char *path, struct error *error);
void history_close(struct history *history); /* writes what is queued, checkpoints */

/* Add, or queue when busy. False only for what a retry cannot mend. */
bool history_add(struct history *history, const struct history_row *row, struct error *error);

/* Rows still queued after trying again. */
size_t history_retry(struct history *history);

/* Move what was written into the database file; for idle moments, it may cost an fsync. */
void history_checkpoint(struct history *history);

/* Newest first, at most `limit`; `each` answers false to stop. */
bool history_each(struct history *history, size_t limit,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error);

#endif

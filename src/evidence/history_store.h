/*
 * The database behind the history, shared by the files of that module and nobody else: they are the
 * only ones that see sqlite3.
 */
#ifndef EVIDENCE_HISTORY_STORE_H
#define EVIDENCE_HISTORY_STORE_H

#include "evidence/history.h"

#include <sqlite3.h>

/* A row that waits, with its strings in memory of its own. */
struct queued {
    struct history_row row;
    struct queued *next;
};

struct history {
    sqlite3 *db;
    char *path;
    bool ready; /* the schema is there */
    bool only_read;
    struct queued *first, **last;
    size_t queued;
    struct error failure; /* why they wait, unless it is only for a lock */
};

/* The schema is there, made or brought up to date just now if need be; it is not waited for. */
bool history_usable(struct history *history, struct error *error);

/* Says what an SQLite code means here; always false. */
bool history_failed(const struct history *history, int code, struct error *error);

/* NULL and `error` when it cannot be prepared; the caller finalizes. */
sqlite3_stmt *history_prepare(struct history *history, const char *sql, struct error *error);

/* "BEFORE column,column,… AFTER": all columns in the order history_read() wants; caller frees. */
char *history_with_columns(const char *before, const char *after);

/* The row a statement stands on; its strings live until the statement's next step. */
void history_read(sqlite3_stmt *statement, struct history_row *row);

/* What filters call; an SQLite code. */
int history_add_functions(sqlite3 *db);

#endif

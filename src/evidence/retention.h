/*
 * What of the history and its captures goes when it has grown too long: a plan first, so that a
 * warning can say what it would cost, then its execution.
 *
 * Never touched: rows that are marked or carry a note, and what was promoted to the workspace's
 * captures/. A row goes together with its capture in the local folder; a capture that lies
 * elsewhere (`send --capture`) is somebody's file and stays.
 */
#ifndef EVIDENCE_RETENTION_H
#define EVIDENCE_RETENTION_H

#include "base/error.h"
#include "base/file.h"
#include "contract/retention_limits.h"
#include "evidence/history_query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workspace;

struct retention_plan {
    size_t rows, captures;        /* that would go */
    uint64_t bytes;               /* of these captures */
    size_t removed;               /* rows that are gone by now */
    size_t kept;                  /* rows that a limit names, but a mark, note or promotion keeps */
    int64_t oldest_ms, newest_ms; /* of what would go */
    bool made;                    /* everything was looked at: the above is whole */
    /* ---- private ---- */
    struct retention_limits limits;
    int64_t now_ms;
    struct history_place place;
    uint64_t seen_bytes;          /* of captures, the newest first */
    struct retention_item *items; /* newest first: the oldest goes first */
    size_t size, left;
};

/* Begin a plan; released by the caller in any case. */
void retention_begin(struct retention_plan *plan, const struct retention_limits *limits,
                     int64_t now_ms);

/* Look only, until `plan->made` or `patience` (NULL: there is time) is at its end. */
bool retention_look(struct retention_plan *plan, struct history *history,
                    const struct workspace *workspace, const struct history_patience *patience,
                    struct error *error);
void retention_release(struct retention_plan *plan);

/* The warning: "Remove 1204 exchanges of 2026-01-02 to 2026-03-04 and 1100 captures (14.2 MB)". */
char *retention_describe(const struct retention_plan *plan);

/* Its middle: "1204 exchanges of 2026-01-02 to 2026-03-04 and 1100 captures (14.2 MB)". */
char *retention_excess(const struct retention_plan *plan);

/*
 * Let up to `most` further rows go, so that a screen need not wait; retention_left() tells how many
 * are left. A row that was marked or noted meanwhile stays. Of a capture that cannot be removed the
 * row stays too, and `error` names it; what went before is gone.
 */
bool retention_step(struct retention_plan *plan, struct history *history,
                    const struct workspace *workspace, const struct file_ops *ops, size_t most,
                    struct error *error);
size_t retention_left(const struct retention_plan *plan);

#endif

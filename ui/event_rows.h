/*
 * Events as the lines of a list need them, decoded for as many as are in sight.
 */
#ifndef UI_EVENT_ROWS_H
#define UI_EVENT_ROWS_H

#include "base/bytes.h"
#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;
struct judge_event;
struct needle;
struct tape;

struct event_row {
    uint64_t number;
    int64_t since_start_us, gap_us; /* gap -1: unknown */
    size_t len;                     /* of its data */
    bool semantic, matches;         /* what is searched for is in it */
    char *type;
    struct bytes summary;
};

struct event_rows {
    const struct needle *needle;
    enum operation operation;
    uint64_t first;
    struct event_row *items;
    size_t count, max;
    int64_t before_us; /* when the one before came, -1: unknown */
};

/* `count` of them from number `first` on are to be taken; `needle` is borrowed. */
void event_rows_init(struct event_rows *rows, enum operation operation, const struct needle *needle,
                     uint64_t first, size_t count);
void event_rows_release(struct event_rows *rows);

/* From the tape; or of those that are kept in memory, cut, where there is none. */
void event_rows_take(struct event_rows *rows, struct tape *tape);
void event_rows_take_kept(struct event_rows *rows, const struct events *kept);

/* What is searched for stands in its data or its type. */
bool event_rows_match(const struct needle *needle, const struct judge_event *event);

#endif

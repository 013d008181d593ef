#include "ui/event_rows.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/needle.h"
#include "evidence/tape.h"
#include "judge/judge.h"
#include "ui/event_summary.h"
#include "ui/events.h"

enum { LINE_MAX_BYTES = 4096 };

static void row_release(struct event_row *row)
{
    free(row->type);
    bytes_release(&row->summary);
}

bool event_rows_match(const struct needle *needle, const struct judge_event *event)
{
    return needle_first(needle, event->data, event->data_len) != NEEDLE_NONE ||
           needle_first(needle, event->type, event->type_len) != NEEDLE_NONE;
}

static void add_row(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct event_rows *rows = context;
    struct event_row *row;

    if (event->number >= rows->first && rows->count < rows->max) {
        row = &rows->items[rows->count++];
        *row = (struct event_row){
            .number = event->number,
            .since_start_us = since_start_us,
            .gap_us = rows->before_us < 0 ? -1 : since_start_us - rows->before_us,
            .len = event->data_len,
            .semantic = event->semantic,
            .matches = event_rows_match(rows->needle, event),
            .type = xmemdup0(event->type, event->type_len),
        };
        bytes_init(&row->summary, LINE_MAX_BYTES);
        event_summary(rows->operation, event->data, event->data_len, &row->summary);
    }
    rows->before_us = since_start_us;
}

void event_rows_take_kept(struct event_rows *rows, const struct events *kept)
{
    size_t first = events_count(kept) ? (size_t)(rows->first - events_get(kept, 0)->number) : 0;

    for (size_t i = first > 0 ? first - 1 : 0; i < events_count(kept) && rows->count < rows->max;
         i++) {
        const struct event_line *line = events_get(kept, i);
        const struct judge_event event = {
            .number = line->number,
            .offset = line->offset,
            .type = line->type,
            .type_len = line->type_len,
            .data = line->data,
            .data_len = line->kept,
            .semantic = line->semantic,
        };

        add_row(rows, &event, line->since_start_us);
        if (rows->count)
            rows->items[rows->count - 1].len = line->data_len;
    }
}

void event_rows_take(struct event_rows *rows, struct tape *tape)
{
    bool before = rows->first > 1; /* for the time of the one before */

    if (rows->max > 0)
        tape_events(tape, rows->first - before, rows->max + before, add_row, rows);
}

void event_rows_init(struct event_rows *rows, enum operation operation, const struct needle *needle,
                     uint64_t first, size_t count)
{
    *rows = (struct event_rows){
        .needle = needle,
        .operation = operation,
        .first = first,
        .items = xcalloc(count + 1, sizeof(*rows->items)),
        .max = count,
        .before_us = -1,
    };
}

void event_rows_release(struct event_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        row_release(&rows->items[i]);
    free(rows->items);
}

#include "ui/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/judge.h"

struct events {
    struct event_line *lines; /* a ring of EVENTS_KEPT, had when the first comes */
    uint64_t added;
};

struct events *events_new(void)
{
    return xcalloc(1, sizeof(struct events));
}

void events_free(struct events *events)
{
    if (!events)
        return;
    free(events->lines);
    free(events);
}

void events_clear(struct events *events)
{
    events->added = 0;
}

static unsigned char copy(char *to, size_t room, const char *from, size_t len)
{
    if (len > room)
        len = room;
    if (len > 0)
        memcpy(to, from, len);
    return (unsigned char)len;
}

void events_add(struct events *events, const struct judge_event *event, int64_t since_start_us)
{
    struct event_line *line;

    if (!events->lines)
        events->lines = xcalloc(EVENTS_KEPT, sizeof(*events->lines));
    line = &events->lines[events->added++ % EVENTS_KEPT];
    line->number = event->number;
    line->offset = event->offset;
    line->since_start_us = since_start_us;
    line->semantic = event->semantic;
    line->data_len = event->data_len;
    line->type_len = copy(line->type, EVENT_TYPE, event->type, event->type_len);
    line->kept = copy(line->data, EVENT_DATA, event->data, event->data_len);
}

size_t events_count(const struct events *events)
{
    return events->added < EVENTS_KEPT ? (size_t)events->added : EVENTS_KEPT;
}

const struct event_line *events_get(const struct events *events, size_t index)
{
    uint64_t first = events->added < EVENTS_KEPT ? 0 : events->added - EVENTS_KEPT;

    return &events->lines[(first + index) % EVENTS_KEPT];
}

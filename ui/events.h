/*
 * The last events of an exchange, as Stream lists them. What was received before is in the capture.
 */
#ifndef UI_EVENTS_H
#define UI_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct judge_event;

enum { EVENTS_KEPT = 4096, EVENT_TYPE = 32, EVENT_DATA = 200 };

struct event_line {
    uint64_t number; /* from 1 */
    uint64_t offset;
    int64_t since_start_us;
    size_t data_len; /* whole length; `data` holds its beginning */
    bool semantic;
    unsigned char type_len;
    unsigned char kept; /* bytes in `data` */
    char type[EVENT_TYPE];
    char data[EVENT_DATA];
};

struct events;
struct events *events_new(void);
void events_free(struct events *events);
void events_clear(struct events *events);
void events_add(struct events *events, const struct judge_event *event, int64_t since_start_us);

/* How many are kept, oldest first. */
size_t events_count(const struct events *events);
const struct event_line *events_get(const struct events *events, size_t index);

#endif

/*
 * What one event says, in a line: role, content, finish reason, usage, tool calls of chat; delta,
 * item, status of responses; the data itself where it is nothing of that.
 */
#ifndef UI_EVENT_SUMMARY_H
#define UI_EVENT_SUMMARY_H

#include "contract/operation.h"

#include <stddef.h>

struct bytes;

/* Appended; `data` may be the beginning of what came. */
void event_summary(enum operation operation, const char *data, size_t len, struct bytes *out);

/* The data for reading: JSON with indents, anything else as it is. Appended. */
void event_whole(const char *data, size_t len, struct bytes *out);

#endif

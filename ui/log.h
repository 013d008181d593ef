/*
 * The log that receives standard error while the screen is up: what it got in one run is redacted
 * when the run ends, and a log that got nothing is not left behind.
 */
#ifndef UI_LOG_H
#define UI_LOG_H

#include <stdint.h>

struct redactor;

/* How long it is before a run; -1 when there is none yet. */
int64_t log_begin(const char *path);

/* `path` NULL: there is no log. */
void log_end(const char *path, int64_t before, const struct redactor *redactor);

#endif

/*
 * The tape of what Stream shows, as its views use it: extended by a slice a frame, and not further
 * than what is shown has come (in a replay that is less than there is).
 */
#ifndef UI_STREAM_TAPE_H
#define UI_STREAM_TAPE_H

#include "evidence/exchange.h"
#include "evidence/tape.h"

#include <stdbool.h>

struct application;

struct stream_tape {
    struct tape *tape; /* NULL: there is none */
    struct tape_extent extent;
    bool behind; /* there is more than was looked at up to now */
};

/* Once a frame; the next slice comes with the next one. */
void stream_tape_extend(struct application *application, const struct exchange_state *state,
                        struct stream_tape *tape);

/* Why there are no bytes to look at, as a line of the view; NULL when there are, or none came yet.
 */
const char *stream_tape_missing(const struct stream_tape *tape, const struct exchange_state *state);

/* How much of the file was looked at, in hundredths. */
int stream_tape_percent(const struct stream_tape *tape);

#endif

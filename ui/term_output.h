/*
 * What goes to the terminal, behind a queue: a terminal that does not read (^S, an ssh that hangs,
 * a stopped reader) must not stop reception, timers and signals, and curses writes until it is
 * done.
 *
 * Curses starts on the terminal itself, then its descriptor is diverted to a file in memory, which
 * takes everything at once; what it wrote is moved to the queue and on to the terminal without ever
 * waiting. Curses can no longer set the modes of the terminal then: that is ui/term's.
 */
#ifndef UI_TERM_OUTPUT_H
#define UI_TERM_OUTPUT_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Callers use it through the calls below. */
struct term_output {
    FILE *stream; /* what curses writes to */
    int tty;      /* what is written to */
    bool shared;  /* with who started us: it must not be left non-blocking */
    bool diverted;
    struct bytes queue;
};

/* On standard output. False with errno when no descriptor can be had. */
bool term_output_init(struct term_output *output);
void term_output_release(struct term_output *output);

/* From now on nothing that curses writes waits. False with errno: nothing has changed. */
bool term_output_divert(struct term_output *output);

/* Behind what curses wrote so far. */
void term_output_put(struct term_output *output, const char *data, size_t len);

/* Send what the terminal takes now; true when nothing is left. */
bool term_output_send(struct term_output *output);

/*
 * Send everything, and wait for it a little. A terminal that takes nothing loses it, with what the
 * system holds for it: `ending` goes out instead, so that it is found in order when it reads again.
 */
void term_output_finish(struct term_output *output, const char *ending, size_t len);

/* Write at once or not at all; for a signal handler. */
void term_output_crash(const struct term_output *output, const char *data, size_t len);

#endif

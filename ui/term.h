/*
 * The terminal: taken, given back, whatever happens.
 *
 * While it is taken: alternate screen, raw mode, bracketed paste, the mouse if it is wanted, and
 * standard error goes to a log, since a line there would tear the screen. A crash, the want of
 * memory and every orderly end give it back as it was.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct term;

/*
 * Take the terminal of standard input and output; one at a time in a process. `log` receives
 * standard error meanwhile (appended, 0600); NULL drops it. Signals should be watched already.
 * NULL when this is no terminal or its type is unknown; nothing has changed then.
 */
struct term *term_new(const char *log, struct error *error);
void term_free(struct term *term); /* gives it back; NULL is fine */

int term_descriptor(const struct term *term);                  /* to wait for keys */
ssize_t term_read(struct term *term, char *data, size_t size); /* as read(2), EINTR retried */

/* The locale speaks UTF-8. */
bool term_is_utf8(void);

/* Colours are wanted: NO_COLOR is unset or empty (no-color.org). */
bool term_wants_colour(void);

/* Rows and columns as the terminal has them now, told to curses; at least 1, at most 1000. */
void term_size(struct term *term, int *rows, int *columns);

/*
 * What is written waits in a queue, so that a terminal that does not read stops
 * nothing. Send what is taken now; true when nothing is left. While something is, draw nothing and
 * wait for the descriptor to take more (POLLOUT).
 */
bool term_send(struct term *term);
int term_output_descriptor(const struct term *term);

/*
 * Presses and the wheel of the mouse are reported as input, or stay with the terminal, which
 * selects text with them. Off at first; a terminal that is lent or given back has it off.
 */
void term_set_mouse(struct term *term, bool on);

/*
 * Ask the terminal to put `len` bytes into the clipboard, by OSC 52, in one piece between frames.
 * No terminal answers. False, and nothing is written: there are more than TERM_CLIP_MAX, or the
 * terminal is of a kind that knows none. The largest sequence is just under 100,000 bytes, above
 * which hterm drops it; some take less (termux 7 kB), others far more (xterm).
 */
enum { TERM_CLIP_MAX = 74994 };
bool term_clip(struct term *term, const void *data, size_t len);

/* Give the terminal to another program until term_resume(). */
void term_lend(struct term *term);

/* Give the terminal back, stop the process; after SIGCONT take it again. Draw everything then. */
void term_suspend(struct term *term);

/* Stop this process as ^Z does while another program has the terminal. */
void term_stop(void);

/* After a stop that was not ours (SIGSTOP): set the modes again. Draw everything then. */
void term_resume(struct term *term);

/* The signals that ask a program to end, or end it unless it hears them; 0 behind the last. */
extern const int term_ending_signals[];

/*
 * Let those signals wait, or come: between making what must be taken away again
 * and the loop that hears them, and while leaving.
 */
void term_hold_signals(bool hold);

#endif

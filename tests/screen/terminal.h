/*
 * The console in a terminal of the test process: a child on a pty, its output checked raw and then
 * shown by libvterm. Nothing here sleeps: every wait is for a condition, with a limit.
 */
#ifndef TESTS_SCREEN_TERMINAL_H
#define TESTS_SCREEN_TERMINAL_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct terminal;
struct VTermScreen;

struct terminal_options {
    int rows, columns;
    const char *const *arguments; /* behind the program's name; NULL-terminated */
    const char *locale;           /* NULL: C.UTF-8 */
    const char *const *variables; /* "NAME=VALUE" besides; NULL-terminated, or NULL */
};

/* A variable for a program that is to be crashed by a signal: sanitizers would report that. */
#define TERMINAL_CRASH_WANTED "ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_abort=0"

/* Start $COMETDECK with a temporary HOME. Fails the test when that is not possible. */
struct terminal *terminal_start(const struct terminal_options *options);

/*
 * What the child wrote up to now is taken until it reports idle. Fails the test after the limit, or
 * when it ends meanwhile.
 */
void terminal_wait_idle(struct terminal *terminal);

/* It reported idle since the last wait for it or terminal_type(). */
bool terminal_is_idle(const struct terminal *terminal);

/* Until the screen shows `text`. */
void terminal_wait_text(struct terminal *terminal, const char *text);
void terminal_wait_gone(struct terminal *terminal, const char *text); /* until it no longer does */

/* Take what comes until something does, at most `wait_us`; false when nothing came. */
bool terminal_step(struct terminal *terminal, int64_t wait_us);

/* Send what a terminal would; idle is awaited afterwards. */
void terminal_type(struct terminal *terminal, const char *bytes);
void terminal_send(struct terminal *terminal, const void *bytes, size_t len); /* without waiting */

/* ":COMMAND" and Enter. */
void terminal_command(struct terminal *terminal, const char *command);

/* Idle from before does not count. */
void terminal_resize(struct terminal *terminal, int rows, int columns);
void terminal_signal(struct terminal *terminal, int signo);

/* The program is no more; terminal_wait_end() says how it ended. */
bool terminal_has_ended(const struct terminal *terminal);

/* Close our side: the line is dropped. */
void terminal_hang_up(struct terminal *terminal);

/* Wait for the end; answers its exit status, or TERMINAL_SIGNALLED + the signal. */
enum { TERMINAL_SIGNALLED = 1000 };
int terminal_wait_end(struct terminal *terminal);

/* Q, which asks nothing: it ends well, the line is as it was, and `terminal` is gone. */
void terminal_quit(struct terminal *terminal);

/*
 * The same without reading what it writes, up to its end: what the system still holds then is
 * taken. And how much that is meanwhile: a terminal that is not read holds no more at some point.
 */
int terminal_wait_end_unread(struct terminal *terminal);
int terminal_unread(const struct terminal *terminal);

/* Until that is another number, at most `wait_us`: nothing tells that it takes no more. */
void terminal_wait_unread(const struct terminal *terminal, int64_t wait_us);

/* What the screen shows, blanks at line ends cut. */
void terminal_dump(struct terminal *terminal, struct bytes *out);
void screen_dump_cells(struct VTermScreen *screen, int rows, int columns, struct bytes *out);
bool terminal_shows(struct terminal *terminal, const char *text);

/* The cells, for who looks at more than text; owned by the terminal. */
struct VTermScreen *terminal_screen(const struct terminal *terminal);

/* Where the cursor is, shown or not. */
void terminal_cursor(const struct terminal *terminal, int *row, int *column);

/* Everything that was written so far, raw. */
const struct bytes *terminal_raw(const struct terminal *terminal);

/* The process that runs in it. */
pid_t terminal_process(const struct terminal *terminal);

/* The folder that was HOME. */
const char *terminal_home(const struct terminal *terminal);

/* Modes as they were before the start: alternate screen left, cursor shown, termios the same. */
void terminal_check_restored(struct terminal *terminal);

void terminal_free(struct terminal *terminal); /* kills what runs, removes HOME */

/*
 * Wait until the screen is that of tests/screen/expect/NAME.txt; UPDATE=1 writes it anew. What
 * changes from run to run (times, ports, evidence ids, digests) is masked.
 */
void terminal_expect(struct terminal *terminal, const char *name);

/* For texts that are compared otherwise: mask them the same way; write one anew. */
void screen_mask(const char *screen, struct bytes *out);
void screen_write(const char *path, const struct bytes *screen);

#endif

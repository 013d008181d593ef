/*
 * The insides of the console, shared by its two files: the loop's side and what requests do.
 */
#ifndef UI_CONSOLE_STATE_H
#define UI_CONSOLE_STATE_H

#include "base/bytes.h"
#include "net/loop.h"
#include "ui/application.h"
#include "ui/input.h"
#include "ui/keymap.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/term.h"

#include <stdbool.h>
#include <stdint.h>

struct console {
    struct loop *loop;
    struct application *application;
    struct keymap *keymap;
    struct screen *screen;
    struct term *term;
    struct input *input;
    struct prompt *prompt;
    struct script *script; /* NULL: none */
    int idle_fd;
    bool stirred;       /* something happened since idle was last reported */
    bool keyed;         /* the terminal sent something since the last frame */
    bool wants_catalog; /* with the first frame */
    char *production;   /* the profile that sending to was confirmed for, or NULL */
    int64_t last_frame_us;
    struct loop_timer escape_timer;
    struct loop_timer tick_timer;
    bool asking_command; /* the prompt is the command line, else `question` */
    struct question question;
    enum completion completion;
    struct editing editing; /* what `editor` was started for */
    pid_t editor;           /* it has the terminal; 0: none */
    char *edited;           /* its file */
    char *doomed;           /* the draft that the open question would delete */
    struct error failure;   /* what ended the script */
    char *log;              /* where standard error goes meanwhile; NULL: nowhere */
    int64_t log_before;     /* its length when the screen came up */
    struct bytes farewell;  /* lines for standard error when the terminal is given back */
};

/* Dispatch a request: screen and panes first, then the console's own. */
void console_request(struct console *console, const struct request_call *call);

/* The same for a line of text; a message when it is no command. */
void console_command(struct console *console, const char *line);

/* Start the editor; console_edit_ended() looks whether it is done, after each SIGCHLD. */
void console_edit(struct console *console, const struct editing *editing);
void console_edit_ended(struct console *console);

/* Give the terminal to another program and no longer read or draw; take it again. */
void console_lend_terminal(struct console *console);
void console_take_terminal(struct console *console);

void console_ask_command(struct console *console);
void console_suspend(struct console *console);

#endif

/*
 * The insides of the console, shared by its files: the loop's side, what requests do, the programs
 * that have the terminal meanwhile, copying, the mouse.
 */
#ifndef UI_CONSOLE_STATE_H
#define UI_CONSOLE_STATE_H

#include "base/bytes.h"
#include "net/loop.h"
#include "ui/application.h"
#include "ui/input.h"
#include "ui/keymap.h"
#include "ui/prompt.h"
#include "ui/recovery.h"
#include "ui/screen.h"
#include "ui/term.h"

#include <stdbool.h>
#include <stdint.h>

struct console;

/* A program that is given the terminal until it ends. */
struct guest {
    const char *command;  /* for `sh -c`; "$1" is `argument` */
    const char *argument; /* may be NULL */
    int input;            /* becomes its standard input; -1: the terminal */
    const char *variable; /* set to `value` for it; NULL: none */
    const char *value;
    void (*ended)(struct console *console, int status); /* as of waitpid(2) */
};
enum { GUEST_MISSING = 127 }; /* what a shell answers for a program that is not there */

/* A press of the mouse, to tell a second one on the same place. */
struct click {
    int64_t at_us;
    int row, column;
};

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
    int64_t last_frame_us;
    struct loop_timer escape_timer;
    struct loop_timer tick_timer;
    bool picking;        /* the prompt filters the screen's picker */
    bool asking_command; /* the prompt is the command line, else `question` */
    struct question question;
    enum completion completion;
    pid_t guest_pid; /* it has the terminal; 0: none */
    void (*guest_ended)(struct console *console, int status);
    struct editing editing;      /* what the editor was started for */
    char *edited;                /* its file, or that of one that could not be taken; or NULL */
    struct journal *edited_note; /* says what that is of */
    struct copying *copying;     /* what a program is being given, or NULL */
    bool mouse;
    struct click click;             /* the last press */
    char *asked;                    /* what the open question is about, or NULL */
    bool insisted;                  /* the user wants to send what the contract contradicts */
    void (*allowed)(void *console); /* what the typed name of a profile allows */
    char *keeping;                  /* the probe that the open question is about */
    char *keeping_title, *keeping_tags;
    struct error failure;      /* what ended the script */
    char *line_folder;         /* where lines of the `:` prompt are kept; NULL: nowhere */
    char *log;                 /* where standard error goes meanwhile; NULL: nowhere */
    int64_t log_before;        /* its length when the screen came up */
    struct recovery_list left; /* what earlier ones left behind, the first is asked about */
    struct journal *typed;     /* keeps the line that is being typed */
    char *typed_kept;          /* what it kept last, or NULL */
    struct bytes farewell;     /* lines for standard error when the terminal is given back */
};

/* Dispatch a request: screen and panes first, then the console's own. */
void console_request(struct console *console, const struct request_call *call);

/* The same for a line of text; a message when it is no command. */
void console_command(struct console *console, const char *line);

/*
 * Lend the terminal to a guest. False when it cannot be started; `ended` is not called then.
 * console_guest_ended() looks whether it is done, after each SIGCHLD.
 */
bool console_invite(struct console *console, const struct guest *guest);
void console_guest_ended(struct console *console);

/* Texts of the editor: how the names of their files begin; what is read. */
#define CONSOLE_EDIT_PREFIX "edit-"
enum { CONSOLE_EDIT_MAX = 64 * 1024 * 1024 };

/* Start the user's editor. */
void console_edit(struct console *console, const struct editing *editing);

/* Everything that the focused pane shows, in the user's pager. */
bool console_page(struct console *console, const char *argument, struct error *error);
/* What `scan` says of a folder or file, the current one without an argument (A71 D3 E6 E55). */
bool console_page_scan(struct console *console, const char *argument, struct error *error);
/* What `policy show` says (B4 E45). */
bool console_page_policy(struct console *console, const char *argument, struct error *error);

/*
 * Copy a part of the focused pane: to tmux when it is around us, else to the terminal's clipboard,
 * else to a file; the message says which. console_copy_ended() looks whether tmux took it, after
 * each SIGCHLD; console_copy_free() gives up what is under way.
 */
bool console_copy(struct console *console, const char *argument, struct error *error);
void console_copy_ended(struct console *console);
void console_copy_free(struct console *console);

/* An event of the mouse. */
void console_mouse(struct console *console, const struct input_event *event);
bool console_set_mouse(struct console *console, const char *argument, struct error *error);

/* Give the terminal to another program and no longer read or draw; take it again. */
void console_lend_terminal(struct console *console);
void console_take_terminal(struct console *console);

/* Offer what earlier consoles left behind; false when there is nothing. */
bool console_recover(struct console *console);

/*
 * What was in flight when a session was killed: say so, or judge the last of it and show it in
 * Stream. `*found`: there is something. False when it cannot be opened.
 */
void console_tell_killed(struct console *console);
bool console_judge_killed(struct console *console, bool *found, struct error *error);

/* Keep what the prompt holds, so that no crash loses it; cheap when it did not change. */
void console_keep_typed(struct console *console);
void console_recover_end(struct console *console);

/*
 * Show the question that waits, if one does. One that no key asked for (`typed` false) waits until
 * what is being typed is answered.
 */
void console_show_question(struct console *console, bool typed);

/* What the terminal sent, or a script does in its place. */
void console_feed(struct console *console, const char *data, size_t len);

/* The next step of the script; true when one was done: the loop goes round once more. */
bool console_run_script(struct console *console, bool idle);

/* What nobody said may go outlives us: before the end that no answer led to. */
void console_rescue(struct console *console);

/* Open the `:` line, with a text to go on from, or NULL. */
void console_ask_command(struct console *console, const char *initial);

/*
 * Ask, about `subject` (may be NULL), what y or yes confirms. An open question is given up first.
 * `answered` gets the console, takes the subject and frees it.
 */
void console_ask_about(struct console *console, const char *subject, const char *label,
                       void (*answered)(void *context, const char *text));
char *console_take_asked(struct console *console);

/* ---- drafts (console_draft.c); `argument` NULL lets open choose from a list ---- */

bool console_new_draft(struct console *console, const char *argument, struct error *error);
bool console_open_draft(struct console *console, const char *argument, struct error *error);
bool console_rename_draft(struct console *console, const char *argument, struct error *error);
bool console_delete_draft(struct console *console, const char *argument, struct error *error);

/* ---- lists to choose from (console_pick.c) ---- */

/* Over all panes, with a prompt that filters it; the line of the row is run. Taken over. */
void console_show_picker(struct console *console, struct picker *picker);

void console_show_help(struct console *console);
void console_show_palette(struct console *console);

/* A key while one is open: true when it moved in it or left it, else it is the prompt's. */
bool console_pick_key(struct console *console, struct key key);

/* The list went for another reason than its prompt: that goes too. */
void console_pick_ended(struct console *console);

void console_suspend(struct console *console);

/* ---- probes and suites (console_probe.c) ---- */

bool console_probe(struct console *console, const char *argument, struct error *error);
bool console_keep_probe(struct console *console, const char *argument, struct error *error);
bool console_suite(struct console *console, const char *argument, struct error *error);

/* ---- an application under observation (console_observe.c) ---- */

bool console_observe(struct console *console, const char *argument, struct error *error);
bool console_observe_run(struct console *console, const char *argument, struct error *error);
bool console_observe_stop(struct console *console, const char *argument, struct error *error);

/* ---- production ---- */

/*
 * A case that is wrong on purpose would go to a production profile: its name is asked for first,
 * and `go` is called when it was typed. Where the profile would not take it that is said, and
 * nothing asked. False: neither is needed.
 */
bool console_asks_production(struct console *console, void (*go)(void *context));

#endif

/*
 * The model of the console: workspace, profile, catalog, draft, current exchange, messages.
 *
 * It knows neither terminal nor panes. Whoever changes something calls application_changed() with
 * the topics; the screen draws the panes that show them, once a frame. Nothing is sent and nothing
 * of curl or SQLite is initialised before something asks for it.
 */
#ifndef UI_APPLICATION_H
#define UI_APPLICATION_H

#include "base/error.h"
#include "contract/operation.h"
#include "contract/workspace.h"
#include "ui/pane.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body_problems;
struct catalog;
struct class_table;
struct citation;
struct clock;
struct events;
struct exchange_state;
struct history;
struct json_edit;
struct loop;
struct recall;
struct redactor;
struct replayer_view;
struct tape;

struct application_options {
    const char *workspace; /* folder, or NULL */
    struct profile_choice choice;
    bool temporary; /* the workspace is deleted at the end */
    bool offline;   /* nothing is sent */
    bool readonly;  /* and nothing is written */
};

/* `loop` outlives the application. NULL when the workspace cannot be used. */
struct application *application_new(struct loop *loop, const struct application_options *options,
                                    struct error *error);

/* Answers how many rows of the history were lost: another process held it all the time. */
size_t application_free(struct application *application);

/* ---- what it may do ---- */

/*
 * The one place that decides it, for the whole run: whoever sends or writes asks first, and says
 * the error. Beside what is asked for, what the console keeps by itself (drafts, its own log, lines
 * that were typed) is silently not kept.
 */
bool application_may_send(const struct application *application, struct error *error);
bool application_may_write(const struct application *application, struct error *error);

/* "OFFLINE", "READ-ONLY", or NULL when it may do everything. */
const char *application_restriction(const struct application *application);

/* ---- change ---- */

void application_changed(struct application *application, unsigned topics);
unsigned application_take_changed(struct application *application);
bool application_has_changed(const struct application *application);

/* ---- messages: one line, until the next key ---- */

enum message_kind {
    MESSAGE_NOTE,
    MESSAGE_DONE,   /* something the user asked for was done */
    MESSAGE_FAILED, /* something the user asked for was not done */
};
void application_say(struct application *application, enum message_kind kind, const char *format,
                     ...) __attribute__((format(printf, 3, 4)));
void application_fail(struct application *application, const struct error *error);
const char *application_message(const struct application *application, enum message_kind *kind);
void application_clear_message(struct application *application);

/* The last ones, for :messages (ui/messages.h). */
struct messages;
const struct messages *application_messages(const struct application *application);

/* ---- questions: the prompt asks, the answer comes later ---- */

struct question {
    const char *label;   /* "Model: " */
    const char *initial; /* text to start from, or NULL */
    bool replaced;       /* the first character that is typed replaces it */
    bool lines;          /* what is pasted keeps its line ends and tabs */
    size_t cursor;       /* in the initial text, in bytes from 1; 0: behind it */
    bool sends;          /* ^S takes the answer and sends the request with it */
    bool offered;        /* what completes it is shown from the beginning */
    bool incremental;    /* `changed` follows every key (filters) */
    const char *keys;    /* one of these, typed first, answers without Enter; a constant, or NULL */
    enum completion completion;

    /* `text` NULL: the user gave up. Exactly one call, from the loop. */
    void (*answered)(void *context, const char *text);
    void (*changed)(void *context, const char *text); /* may be NULL */
    void *context;                                    /* lives as long as the application */
};
/* Label and initial text are copied. A question that is already open is given up first. */
void application_ask(struct application *application, const struct question *question);

/* What was refused is asked once more, with what was typed: nothing of it is lost. */
void application_ask_again(struct application *application, const struct question *question,
                           const char *typed, const char *because);

/* A question waits to be shown. */
bool application_is_asking(const struct application *application);

/* The question that waits to be shown, once; false when there is none. */
bool application_take_question(struct application *application, struct question *question);

/* ---- texts for the user's editor ---- */

struct editing {
    const char *text;
    size_t len;
    const char
        *suffix; /* ".json": of the file, so that the editor knows the language; a constant */

    const char *pointer; /* the place in the body that it is of, "" for all of it */

    /*
     * The text as it was left; false when it cannot be taken: it stays kept until the next one.
     * No call when the editor failed, which is said. From the loop.
     */
    bool (*done)(void *context, const char *text, size_t len);
    void *context; /* lives as long as the application */
};
/* Text and place are copied. `text` NULL: what could not be taken may go. */
void application_edit(struct application *application, const struct editing *editing);

/* What waits for the editor, once; false when there is nothing. Valid until the next one. */
bool application_take_editing(struct application *application, struct editing *editing);

/* ---- what there is ---- */

const struct clock *application_clock(const struct application *application);
const struct workspace *application_workspace(const struct application *application);
const struct class_table *application_classes(const struct application *application); /* of it */
bool application_is_temporary(const struct application *application); /* its workspace */
const struct profile *application_profile(const struct application *application);

/* How screens call the base URL and the key: never the key, never user information of a URL. */
const char *application_base_alias(const struct application *application);
const char *application_key_alias(const struct application *application);

/* Empty (count 0, fetched_at NULL) until a list is there. */
const struct catalog *application_catalog(const struct application *application);

/* Another number whenever there is another list; what was borrowed of the one before is gone. */
unsigned application_catalog_version(const struct application *application);

/* The list is being fetched; and why the last try brought none, with what to do, or NULL. */
bool application_is_fetching(const struct application *application);
const char *application_catalog_failure(const struct application *application);

/* Milliseconds since the list was fetched, -1 when there is none or its time is unknown. */
int64_t application_catalog_age_ms(const struct application *application);

/* What Composer would send. Strings belong to the application. */
struct draft {
    enum operation operation;
    const char *model;
    const char *prompt; /* NULL: the body has no place for one */
    bool stream;
    bool raw; /* the body is no tree and is sent as it stands: there is nothing to set in it */
};
void application_draft(const struct application *application, struct draft *draft);

/* False: it is not so now; why is said, or it is asked whether edits of a probe may go. */
bool application_set_model(struct application *application, const char *model);
bool application_set_scenario(struct application *application, const char *name,
                              struct error *error);
bool application_set_operation(struct application *application, enum operation operation);
bool application_set_streaming(struct application *application, bool stream);

void application_set_prompt(struct application *application, const char *prompt);

/* Another one whenever something of what would be sent changed. */
unsigned application_draft_version(const struct application *application);

/*
 * The body of the draft for editing, NULL for an operation that sends none. After an edit of it,
 * application_draft_edited().
 */
struct json_edit *application_body(const struct application *application);
bool application_prompt_pointer(const struct application *application, struct bytes *pointer);
void application_draft_edited(struct application *application);

/* Take the choice of the operation back, or make it again; false when it was not done last. */
bool application_step_operation(struct application *application, bool undo);

/*
 * Begin to keep what was edited, when nothing is being kept; true while that goes on. What fails is
 * a message. application_settle_draft() waits until all is kept that can be.
 */
bool application_keep_draft(struct application *application);
void application_settle_draft(struct application *application);

/*
 * Drafts are kept after every edit, under their name; NULL when this one is not. A draft that
 * changed elsewhere meanwhile is not overwritten. A new one goes on from the one that is shown,
 * which stays as it was kept last.
 */
#define DRAFT_DEFAULT "default"
const char *application_draft_name(const struct application *application);

/* An edit of it is in no file and would be lost with it: not when writing was declined as a whole.
 */
bool application_draft_is_unkept(struct application *application);

bool application_draft_new(struct application *application, const char *name, struct error *error);
bool application_draft_open(struct application *application, const char *name, struct error *error);
bool application_draft_rename(struct application *application, const char *name,
                              struct error *error);
bool application_draft_delete(struct application *application, const char *name,
                              struct error *error);

/* What the contract contradicts in its body, see body_check(); answers its length as it is sent. */
size_t application_check_body(const struct application *application,
                              struct body_problems *problems);

/* The request exactly as it would go on the wire; `request` is released by the caller. */
bool application_preview(const struct application *application, struct http_request *request,
                         struct bytes *pending, struct error *error);

/* The same for the list of models. */
bool application_preview_catalog(const struct application *application,
                                 struct http_request *request, struct error *error);

/* There is no key, or none that can be used; `error` says what to do. No command is run for it. */
bool application_misses_key(const struct application *application, struct error *error);

/* ---- doing ---- */

/*
 * Send the draft; Stream shows it. One request is in flight at a time. `insisted`: the user knows
 * what the contract contradicts in it, and that it is larger than limits.input_bytes.
 */
bool application_send(struct application *application, bool insisted, struct error *error);
bool application_fetch_catalog(struct application *application, struct error *error);

/* The same without being asked, where a request costs nothing: says nothing unless it fails. */
void application_begin_catalog(struct application *application);
bool application_cancel(struct application *application); /* false: nothing runs */
bool application_use_profile(struct application *application, const char *name,
                             struct error *error);

/* What is in flight, for people ("chat sim/ready"), or NULL. */
const char *application_in_flight(const struct application *application);

/*
 * What Stream shows, an exchange, a capture that was opened, or its replay, and its last events.
 * False when there is nothing; the pointers in `state` live until something else is sent or opened.
 */
bool application_shown(const struct application *application, struct exchange_state *state);
const struct events *application_events(const struct application *application);

/*
 * All of its bytes and events, from its capture, as far as they came; whoever uses it extends it in
 * slices. NULL when there is none: nothing was sent, or no capture could be kept.
 */
struct tape *application_tape(struct application *application);

/* Another number whenever that became another one, or the same one as a replay. */
unsigned application_shown_version(const struct application *application);

/* What the clock says that its times are measured by: in a replay the replayed time. */
int64_t application_shown_now_us(const struct application *application);

/* The same as application_shown(), but of a replay the whole that is replayed. */
bool application_judged(const struct application *application, struct exchange_state *state);

/* The verdict and all that tells it are not shown: whoever looks guesses first. */
bool application_hides_verdict(const struct application *application);
void application_hide_verdict(struct application *application, bool hidden);

/* What is remembered of an opened capture without bodies (recall.h); NULL: nothing. */
const struct recall *application_recall(const struct application *application);

/* The user asked to see what Stream shows: once, for whoever moves the focus. */
bool application_take_look(struct application *application);

/* What composed texts pass before they are shown: a key may be spread over several events. */
const struct redactor *application_redactor(const struct application *application);

/*
 * Whether a text that the user is about to save holds the key, or what looks like one: `*line`,
 * from 1, is the first that does. A header that names its key by an alias is none.
 */
bool application_finds_key(const struct application *application, const char *text, size_t len,
                           size_t *line);

/* What differs from the contract in the profile in force, one a line, or NULL. */
const char *application_differs(const struct application *application);

/* ---- history ---- */

/* Opened when it is first asked for; NULL when it cannot be had, which is said once. */
struct history *application_history(struct application *application);

/* Another number whenever a row was added or changed by this console. */
unsigned application_history_version(const struct application *application);

/* How many rows this console added: when both numbers grew by the same, nothing else changed. */
unsigned application_history_added(const struct application *application);

/* Where the capture of a row lies, in the local folder or promoted; the caller frees. */
char *application_capture_path(const struct application *application, const char *capture);

/*
 * Judge a capture anew and let Stream show it. A large one is judged in slices between frames; what
 * was shown before stays until then. Refused while something is in flight.
 */
bool application_open_capture(struct application *application, const char *path,
                              struct error *error);

/*
 * Keep what another tool recorded as evidence with the origin *imported*, and show it as
 * application_open_capture() does. `entry` is that of a HAR, 0 for the only one. A large one is
 * judged in slices between frames and kept while the loop goes on; until then it is in flight, and
 * application_cancel() leaves nothing of it. HARs, traces and logs are first read in one piece.
 */
bool application_import(struct application *application, const char *path, size_t entry,
                        struct error *error);

/* Whether one is being judged; `*percent` is how much of it is. */
bool application_opening(const struct application *application, int *percent);

/*
 * Replay what Stream shows, or is about to: at `speed` thousandths of its own pace, or event by
 * event when that is 0; then each call is one event further. At the end the whole is shown again.
 */
bool application_replay(struct application *application, int64_t speed, struct error *error);

enum replay_drive {
    DRIVE_PAUSE, /* or go on */
    DRIVE_SKIP,  /* to what comes next */
    DRIVE_FASTER,
    DRIVE_SLOWER,
};
/* False when nothing is replayed. */
bool application_drive_replay(struct application *application, enum replay_drive drive);
bool application_replays(const struct application *application, struct replayer_view *view);

/* End the replay, or give up judging a capture; false: there is neither. */
bool application_stop_capture(struct application *application);

/* Something that runs shows its age: draw anew each second. */
bool application_ticks(const struct application *application);

/* Send what a capture says was sent, to the profile in force; Stream shows it. */
bool application_send_again(struct application *application, const char *path, struct error *error);

/* The note passes the redactor first. */
bool application_annotate(struct application *application, const char *id, const char *note,
                          struct error *error);
bool application_mark(struct application *application, const char *id, bool marked,
                      struct error *error);

/*
 * Let go what of history and captures is over limits such as "10000 90d 500MB", NULL: those of the
 * workspace. It is looked up in slices between frames, then said and asked about; nothing goes
 * without a yes.
 */
bool application_prune(struct application *application, const char *limits, struct error *error);

/*
 * What `attach` cites: what Stream shows, once its verdict stands. Its capture is promoted from the
 * local folder to the workspace's captures/. Strings stay valid until the next call.
 */
bool application_cite(struct application *application, struct citation *citation,
                      struct error *error);

#endif

/*
 * The one line where text is typed: commands, filters, values. GNU Readline edits it, so that the
 * user's inputrc and history hold, by its callback interface: it never reads, writes or waits.
 *
 * Readline's callbacks take no context; hence one prompt in a process.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct prompt;

struct prompt_question {
    const char *label;
    const char *initial; /* or NULL */
    bool replaced;       /* the first character typed or pasted replaces it; Backspace clears it */
    size_t cursor;       /* in the initial text, in bytes from 1; 0: behind it */
    bool offered;        /* completions are shown from the beginning */
    bool lines;          /* what is pasted keeps its line ends, as LF, and its tabs */
    const char *keys;    /* one of these, typed first, is the answer without Enter; or NULL */
    bool remember;       /* keep the answer in the history of lines */

    /* Give every completion of `line`, the text up to the cursor, to `add` as whole lines. */
    void (*complete)(void *context, const char *line,
                     void (*add)(void *into, const char *candidate), void *into);
    /* `text` NULL: given up. The prompt is closed already, and may be opened again. */
    void (*answered)(void *context, const char *text);
    void (*changed)(void *context, const char *text); /* after every key; or NULL */
    void *context;
};

/*
 * Before curses takes the terminal: readline looks the terminal up too, and libtinfo keeps only
 * the last one.
 */
struct prompt *prompt_new(void);
void prompt_free(struct prompt *prompt);

/* Label and initial text are copied. One that is open is given up first. */
void prompt_open(struct prompt *prompt, const struct prompt_question *question);
bool prompt_is_open(const struct prompt *prompt);
void prompt_give_up(struct prompt *prompt);

/* A line that Up brings back, as if it had been answered. */
void prompt_remember(struct prompt *prompt, const char *line);

/* Readline, or the user's inputrc, does something with the bytes of that key. */
bool prompt_knows(const struct prompt *prompt, const char *bytes, size_t len);

/*
 * The bytes of one key as they came from the terminal, or of a paste: its control bytes are dropped
 * and line ends become blanks, but for `lines`. `cut`: there was more of it, which the label says
 * from then on.
 */
void prompt_key(struct prompt *prompt, const char *bytes, size_t len);
void prompt_paste(struct prompt *prompt, const char *text, size_t len, bool cut);

void prompt_resize(struct prompt *prompt, int rows, int columns);

/* What to draw while it is open; valid until the next call. */
struct prompt_view {
    const char *label;
    const char *text;
    size_t cursor;              /* byte offset in `text` */
    bool selected;              /* the next character replaces the text */
    bool touched;               /* the text is not what the question began with */
    const char *const *choices; /* completions to choose from, as whole lines */
    size_t choice_count;
    size_t choice_shared; /* bytes that all begin with and that need not be shown */
};
void prompt_view(const struct prompt *prompt, struct prompt_view *view);

#endif

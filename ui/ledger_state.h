/*
 * The insides of the Ledger pane, shared by its files: the pane with its cells, the files it reads
 * and writes, what is kept for a crash.
 */
#ifndef UI_LEDGER_STATE_H
#define UI_LEDGER_STATE_H

#include "ledger/document.h"
#include "ui/ledger_compare.h"
#include "ui/ledger_reader.h"
#include "ui/ledger_view.h"
#include "ui/list.h"
#include "ui/pane.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;

struct pane_ledger {
    struct pane pane;
    struct document *document; /* NULL: none is open */
    struct ledger_view *view;
    struct list list;            /* over the lines of the document */
    size_t column;               /* the one asked for; a table may have fewer */
    int columns;                 /* of the surface that was drawn last */
    bool leaps;                  /* the cursor did, since it was drawn */
    size_t pending;              /* cells */
    bool was_pending;            /* that cell held the mark and nothing else */
    struct ledger_place edited;  /* what the open question is about */
    struct request_call dropped; /* what follows when unsaved changes may go */
    char *argument;              /* of `dropped` */
    char *phrase;                /* what it is called when leaving would lose it */
    char *title;                 /* as :ledger open finds it */
    char *notice;                /* shown instead, or NULL */

    struct ledger_compare *compare; /* shown instead, or NULL */
    void (*compare_closed)(void *context);
    void *compare_context;
    struct ledger_reader *reader; /* shown instead, or NULL */
    struct file_stamp theirs;     /* the version on disk that the open question is about */

    struct journal *journal;
    bool unkept;                           /* changed since it was kept */
    bool keeping_failed, keeping_redacted; /* that was told */
    bool rescued;                          /* what is kept outlives this console */
    int64_t keep_due_us;
};

enum { LEDGER_BYTES = 64 << 20 }; /* the most that is read of one */

/* What a ledger is called: its file without folders. */
const char *ledger_name(const struct document *document);

/* The same where :ledger open finds it by its name, else the path; the caller frees. */
char *ledger_title(const struct pane_ledger *pane);

struct ledger_place ledger_here(const struct pane_ledger *pane);
void ledger_go_to(struct pane_ledger *pane, size_t line, size_t column);

/* The document is another one than was drawn. */
void ledger_changed(struct pane_ledger *pane);

/* Let the pane show this one, which it owns then; it begins at the first open cell. */
void ledger_show(struct pane_ledger *pane, struct document *document);

/* ---- rows: ledger_row.c ---- */

unsigned ledger_add_row(struct pane_ledger *pane);    /* below the cursor */
unsigned ledger_remove_row(struct pane_ledger *pane); /* after asking when it says something */

/* ---- its files: ledger_file.c ---- */

/* `call` opens or begins one, after asking when that would lose something. */
unsigned ledger_open(struct pane_ledger *pane, const struct request_call *call);
unsigned ledger_reload(struct pane_ledger *pane);
unsigned ledger_write(struct pane_ledger *pane, const char *path); /* NULL: its own, or ask */

/* ---- what is kept for a crash: ledger_recover.c ---- */

/* Keep what is unsaved, or drop what is saved now; answers when it wants to be asked again. */
int64_t ledger_keep(struct pane_ledger *pane, int64_t now_us);
void ledger_rescue(struct pane_ledger *pane, struct bytes *said);
void ledger_keep_end(struct pane_ledger *pane); /* with the pane */

/* Show the difference of two versions until it is closed. */
void ledger_look(struct pane_ledger *pane, const struct ledger_version *old,
                 const struct ledger_version *new, void (*closed)(void *context), void *context);

#endif

/*
 * A pane: one rectangle of the console behind one const table of operations.
 *
 * Panes show the model (application.h) and answer requests with effects. They never refresh the
 * terminal, block, quit or loop; they draw only when asked to, only what is visible, and only
 * through draw.h. What they change in the model goes through application.h, which knows what to
 * draw anew.
 */
#ifndef UI_PANE_H
#define UI_PANE_H

#include "ui/draw.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct application;
struct bytes;
struct pane;

/* What a request led to; flags. */
enum effect {
    EFFECT_NONE = 0,
    EFFECT_UNHANDLED = 1 << 0, /* not mine: offer it to the next */
    EFFECT_DRAW = 1 << 1,      /* draw me anew */
    EFFECT_FOCUS = 1 << 2,     /* bring me to the front: the user asked for what I show */
};

/* What of the model changed; flags. A pane is drawn anew when one of its topics did. */
enum topic {
    TOPIC_CATALOG = 1 << 0,
    TOPIC_DRAFT = 1 << 1,    /* what Composer would send, and the profile */
    TOPIC_EXCHANGE = 1 << 2, /* the current exchange */
    TOPIC_LEDGER = 1 << 3,
    TOPIC_STATUS = 1 << 4, /* status line, messages */
    TOPIC_HISTORY = 1 << 5,
    TOPIC_SUITE = 1 << 6,   /* the suite that is planned or run */
    TOPIC_OBSERVE = 1 << 8, /* the application under observation */
    TOPIC_CHECK = 1 << 7,   /* what the contract says of the draft */
};

/* What the hint line says of a request: "fetch", with the key from the keymap in front. */
struct hint {
    enum request request;
    const char *label;
};

enum { PANE_HINTS = 9 };

/* What of a pane is wanted elsewhere. */
enum pane_part {
    PANE_HERE, /* what the cursor is on */
    PANE_ALL,  /* everything the pane shows, what is out of sight as well */
};

/* A text that leaves the console: the bytes as they are, neither cut nor escaped. */
struct pane_text {
    struct bytes *bytes; /* the caller's, empty at first, with a maximum */
    const char *what;    /* what it is, for messages: "the model identifier"; a constant */
};

struct pane_ops {
    const char *name;                  /* "catalog": in commands, the keymap, `pane NAME` */
    const char *title;                 /* "Catalog" */
    const char *key;                   /* what its tab is called by, a digit */
    unsigned topics;                   /* enum topic */
    struct hint hints[PANE_HINTS + 1]; /* most useful first; ends with NONE */
    struct pane *(*create)(struct application *application);
    void (*destroy)(struct pane *pane);

    /*
     * The model may have changed since anything of the pane was last called: let go of what is no
     * more. Comes before each of the operations below; may be NULL.
     */
    void (*catch_up)(struct pane *pane);

    /* Answer a request: flags of enum effect. */
    unsigned (*request)(struct pane *pane, const struct request_call *call);

    /* Draw every row of `surface`. Its size may be anything from 1×1 on. */
    void (*draw)(struct pane *pane, const struct surface *surface);

    /* Whether it has a tab without the focus. NULL: always. */
    bool (*present)(const struct pane *pane);

    /* Short facts for the right end of the title, e.g. "48 models · 3 min old"; may be NULL. */
    void (*facts)(const struct pane *pane, struct bytes *out);

    /*
     * The keys that matter in the state the pane is in, most useful first, ending with NONE;
     * `hints` when this is NULL or answers NULL. Valid until the pane changes.
     */
    const struct hint *(*hints_now)(const struct pane *pane);

    /*
     * Give a part of what is shown, to be copied or paged. False: there is nothing of it. Whoever
     * hands it on lets it pass the redactor. May be NULL.
     */
    bool (*text)(struct pane *pane, enum pane_part part, struct pane_text *text);

    /*
     * The pointer was pressed at a place inside the surface that was drawn last: the cursor goes
     * there. EFFECT_UNHANDLED: nothing stands there that a second press could use. May be NULL.
     */
    unsigned (*point)(struct pane *pane, int row, int column);

    /*
     * Something is pasted where no line is open: ask for what it can be here, with
     * application_ask(). False: nothing. May be NULL.
     */
    bool (*invite)(struct pane *pane);

    /* What would be lost by leaving, as a phrase ("ledger x.md"), or NULL; may be NULL itself. */
    const char *(*unsaved)(const struct pane *pane);

    /*
     * Keep what is unsaved where no crash loses it; called with every frame, so it costs nothing
     * when nothing changed. Answers when it wants to be called again, INT64_MAX: when something
     * changed. May be NULL.
     */
    int64_t (*keep)(struct pane *pane, int64_t now_us);

    /*
     * The terminal is gone: what is unsaved is kept for the next start. `said` receives a line
     * about it. May be NULL.
     */
    void (*rescue)(struct pane *pane, struct bytes *said);
};

/* The beginning of every pane; the rest is the pane's own. */
struct pane {
    const struct pane_ops *ops;
    struct application *application;
};

extern const struct pane_ops pane_catalog;
extern const struct pane_ops pane_composer;
extern const struct pane_ops pane_stream;
extern const struct pane_ops pane_ledger;
extern const struct pane_ops pane_history;
extern const struct pane_ops pane_suite;
extern const struct pane_ops pane_observe;

/* All of them in the order of their tabs. */
enum { PANE_COUNT = 7 };
const struct pane_ops *pane_ops(size_t index);

#endif

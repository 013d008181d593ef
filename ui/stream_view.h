/*
 * A view of Stream: what stands below the banner, behind one const table of operations.
 *
 * The pane owns one of each, draws the frame and chooses which is shown; a view shows the exchange
 * that it is given and keeps only where in it the reader is. stream_view.c lists them all: tabs,
 * `:view` and its completion follow that table.
 *
 * A place is a number whose meaning is the view's own: an offset in its text or in the body, or the
 * number of an event. Search and jumps go from place to place (stream_search.h).
 */
#ifndef UI_STREAM_VIEW_H
#define UI_STREAM_VIEW_H

#include "evidence/exchange.h"
#include "ui/draw.h"
#include "ui/pane.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct application;
struct bytes;
struct needle;
struct stream_view;

/* What looking through a slice led to. */
enum stream_look {
    STREAM_LOOK_FOUND, /* at the place */
    STREAM_LOOK_MORE,  /* go on at the place */
    STREAM_LOOK_NONE,  /* there is no more in this direction */
};

struct stream_view_ops {
    const char *name; /* one word: its tab, and `view NAME` */
    struct stream_view *(*create)(struct application *application);
    void (*destroy)(struct stream_view *view);

    /* Another exchange is shown from now on: begin at its beginning. */
    void (*forget)(struct stream_view *view);

    /* Draw every row of `surface`, which may have none. */
    void (*draw)(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface);

    /* Answer a request while the view is shown: flags of enum effect (pane.h). */
    unsigned (*request)(struct stream_view *view, const struct request_call *call);

    /* Where in the whole the reader is, "1-20 of 99", as of the last drawing; "" says nothing. */
    void (*place)(const struct stream_view *view, struct bytes *out);

    /*
     * Append a part of what is shown, to be copied or paged; answers what it is ("the answer"), a
     * constant, NULL when there is nothing of it. What does not fit is left out. May be NULL.
     */
    const char *(*text)(struct stream_view *view, const struct exchange_state *state,
                        enum pane_part part, struct bytes *out);

    /* The pointer was pressed on a row of the surface, see pane.h. May be NULL. */
    unsigned (*point)(struct stream_view *view, int row);

    /* ---- search; `look` is NULL in a view that has none, and the others with it ---- */

    /*
     * A slice of the search for `view->needle`: the first match at or behind `*place`, or with
     * `back` the last one before it. Places behind the end are good.
     */
    enum stream_look (*look)(struct stream_view *view, const struct exchange_state *state,
                             uint64_t *place, bool back);

    /* Where the reader is: at what was found last, when that is in sight, else at the top. */
    uint64_t (*here)(const struct stream_view *view);

    /* Show a place, marked; it is not followed any more. */
    void (*go)(struct stream_view *view, uint64_t place);

    /* Behind the last place, for progress; "byte 0x1f40", "event 7" for messages. */
    uint64_t (*end)(const struct stream_view *view);
    void (*tell)(const struct stream_view *view, uint64_t place, struct bytes *out);
};

/* The beginning of every view; the rest is its own. */
struct stream_view {
    const struct stream_view_ops *ops;
    struct application *application;
    bool follow;                 /* stays at the end while more comes */
    const struct needle *needle; /* what was searched for last, for highlights; the pane's */
    const char *jump;            /* a request wants this view shown at `jump_place`, NULL: none */
    uint64_t jump_place;
};

extern const struct stream_view_ops stream_view_answer;
extern const struct stream_view_ops stream_view_events;
extern const struct stream_view_ops stream_view_raw;
extern const struct stream_view_ops stream_view_headers;
extern const struct stream_view_ops stream_view_timing;
extern const struct stream_view_ops stream_view_reasons;

/* All of them, in the order of their tabs. */
enum { STREAM_VIEW_COUNT = 6 };
const struct stream_view_ops *stream_view_ops(size_t index);

/* The index of a name; STREAM_VIEW_COUNT when there is none of that name. */
size_t stream_view_find(const char *name);

#endif

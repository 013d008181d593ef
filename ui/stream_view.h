/*
 * A view of Stream: what stands below the banner, behind one const table of operations.
 *
 * The pane owns one of each, draws the frame and chooses which is shown; a view shows the exchange
 * that it is given and keeps only where in it the reader is. stream_view.c lists them all: tabs,
 * `:view` and its completion follow that table.
 */
#ifndef UI_STREAM_VIEW_H
#define UI_STREAM_VIEW_H

#include "evidence/exchange.h"
#include "ui/draw.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct application;
struct bytes;
struct stream_view;

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
};

/* The beginning of every view; the rest is its own. */
struct stream_view {
    const struct stream_view_ops *ops;
    struct application *application;
    bool follow; /* stays at the end while more comes */
};

extern const struct stream_view_ops stream_view_answer;
extern const struct stream_view_ops stream_view_events;
extern const struct stream_view_ops stream_view_headers;
extern const struct stream_view_ops stream_view_timing;
extern const struct stream_view_ops stream_view_reasons;

/* All of them, in the order of their tabs. */
enum { STREAM_VIEW_COUNT = 5 };
const struct stream_view_ops *stream_view_ops(size_t index);

/* The index of a name; STREAM_VIEW_COUNT when there is none of that name. */
size_t stream_view_find(const char *name);

#endif

/*
 * What the views of Stream share that show one text: wrapped to the width, scrolled by lines,
 * composed anew as long as the exchange runs.
 */
#ifndef UI_STREAM_PAGE_H
#define UI_STREAM_PAGE_H

#include "base/bytes.h"
#include "ui/list.h"
#include "ui/stream_view.h"
#include "ui/wrap.h"

/* How a page comes to its text. */
struct stream_page_source {
    /* Put the text together; what is appended is redacted as a whole afterwards. */
    void (*compose)(const struct application *application, const struct exchange_state *state,
                    struct bytes *out);

    /* The text is that of `state` as it stands, and not composed. NULL: never. */
    bool (*is_plain)(const struct exchange_state *state);
};

struct stream_page {
    struct stream_view view;
    const struct stream_page_source *source;
    bool follows;          /* how it begins */
    struct wrap wrap;      /* of the text in view */
    struct list list;      /* only its top: what is shown of the lines */
    struct bytes composed; /* the text, where it is put together */
    bool composed_running; /* that was done while it ran: compose again */
};

/* For `create`; `follows`: it begins at the end. */
struct stream_view *stream_page_new(const struct stream_view_ops *ops,
                                    struct application *application,
                                    const struct stream_page_source *source, bool follows);

/* The operations of such a view. */
void stream_page_destroy(struct stream_view *view);
void stream_page_forget(struct stream_view *view);
void stream_page_draw(struct stream_view *view, const struct exchange_state *state,
                      const struct surface *surface);
unsigned stream_page_request(struct stream_view *view, const struct request_call *call);
void stream_page_place(const struct stream_view *view, struct bytes *out);

#endif

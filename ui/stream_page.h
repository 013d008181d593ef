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

#include <stdint.h>

/* How a page comes to its text. */
struct stream_page_source {
    const char *what; /* for messages about a copy of it: "the answer" */

    /* Put the text together; what is appended is redacted as a whole afterwards. */
    void (*compose)(struct application *application, const struct exchange_state *state,
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
    size_t followed;       /* bytes of it that were known when it was followed last */
    size_t found;          /* where in the text is what was searched for, PAGE_NOWHERE: nowhere */
    size_t wanted;         /* to be shown as soon as the lines are known, PAGE_NOWHERE: nothing */
    size_t selected;       /* the line with this place has the cursor, PAGE_NOWHERE: none */
};

#define PAGE_NOWHERE SIZE_MAX

/* The text in view, whole; valid until the next call or change of the exchange. */
const char *stream_page_text(struct stream_page *page, const struct exchange_state *state,
                             size_t *len);

/* The line that holds a place of the text; the last one that is known when it is behind that. */
size_t stream_page_line(const struct stream_page *page, size_t at);

/* For `create`; `follows`: it begins at the end. */
struct stream_view *stream_page_new(const struct stream_view_ops *ops,
                                    struct application *application,
                                    const struct stream_page_source *source, bool follows);

/* The same for a view that has more behind its page; `page` is all zero. */
void stream_page_init(struct stream_page *page, const struct stream_view_ops *ops,
                      struct application *application, const struct stream_page_source *source,
                      bool follows);

/* The operations of such a view. */
void stream_page_destroy(struct stream_view *view);
void stream_page_forget(struct stream_view *view);
void stream_page_draw(struct stream_view *view, const struct exchange_state *state,
                      const struct surface *surface);
unsigned stream_page_request(struct stream_view *view, const struct request_call *call);
void stream_page_place(const struct stream_view *view, struct bytes *out);
const char *stream_page_copy(struct stream_view *view, const struct exchange_state *state,
                             enum pane_part part, struct bytes *out);
enum stream_look stream_page_look(struct stream_view *view, const struct exchange_state *state,
                                  uint64_t *place, bool back);
uint64_t stream_page_here(const struct stream_view *view);
void stream_page_go(struct stream_view *view, uint64_t place);
uint64_t stream_page_end(const struct stream_view *view);
void stream_page_tell(const struct stream_view *view, uint64_t place, struct bytes *out);

#endif

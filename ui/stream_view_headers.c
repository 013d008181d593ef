/* What was sent and what stood around the body: request line, status line, headers, trailers. */
#include "evidence/tape.h"
#include "ui/application.h"
#include "ui/stream_page.h"
#include "ui/stream_text.h"

static void compose(struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    const struct tape *tape = application_tape(application);

    stream_text_headers(state, tape ? tape_header(tape) : NULL, out);
}

static const struct stream_page_source source = {.what = "the headers", .compose = compose};

static struct stream_view *create(struct application *application)
{
    return stream_page_new(&stream_view_headers, application, &source, false);
}

const struct stream_view_ops stream_view_headers = {
    .name = "headers",
    .create = create,
    .destroy = stream_page_destroy,
    .forget = stream_page_forget,
    .draw = stream_page_draw,
    .request = stream_page_request,
    .place = stream_page_place,
    .text = stream_page_copy,
    .look = stream_page_look,
    .here = stream_page_here,
    .go = stream_page_go,
    .end = stream_page_end,
    .tell = stream_page_tell,
};

/* The verdict with all its reasons, what to do, and the evidence. */
#include "ui/application.h"
#include "ui/stream_page.h"
#include "ui/stream_text.h"

static void compose(const struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    if (!state->running && application_hides_verdict(application))
        bytes_puts(out, "The verdict and its reasons are hidden; :verdict show tells them.\n");
    else
        stream_text_reasons(state, application_differs(application), out);
}

static const struct stream_page_source source = {.compose = compose};

static struct stream_view *create(struct application *application)
{
    return stream_page_new(&stream_view_reasons, application, &source, false);
}

const struct stream_view_ops stream_view_reasons = {
    .name = "reasons",
    .create = create,
    .destroy = stream_page_destroy,
    .forget = stream_page_forget,
    .draw = stream_page_draw,
    .request = stream_page_request,
    .place = stream_page_place,
    .look = stream_page_look,
    .here = stream_page_here,
    .go = stream_page_go,
    .end = stream_page_end,
    .tell = stream_page_tell,
};

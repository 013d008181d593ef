/* When things happened. */
#include "ui/stream_page.h"
#include "ui/stream_text.h"

static void compose(const struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    (void)application;
    stream_text_timings(state, out);
}

static const struct stream_page_source source = {.compose = compose};

static struct stream_view *create(struct application *application)
{
    return stream_page_new(&stream_view_timing, application, &source, false);
}

const struct stream_view_ops stream_view_timing = {
    .name = "timing",
    .create = create,
    .destroy = stream_page_destroy,
    .forget = stream_page_forget,
    .draw = stream_page_draw,
    .request = stream_page_request,
    .place = stream_page_place,
};

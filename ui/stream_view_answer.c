/* The answer: text, and where there is more than that, every choice with its parts. */
#include "ui/stream_page.h"
#include "ui/stream_text.h"

static void compose(struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    (void)application;
    stream_text_answer(state, out);
}

static const struct stream_page_source source = {
    .what = "the answer",
    .compose = compose,
    .is_plain = stream_text_is_plain,
};

static struct stream_view *create(struct application *application)
{
    return stream_page_new(&stream_view_answer, application, &source, true);
}

const struct stream_view_ops stream_view_answer = {
    .name = "answer",
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

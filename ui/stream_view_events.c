/* The events as they came. */
#include "ui/stream_view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/application.h"
#include "ui/events.h"
#include "ui/list.h"
#include "ui/stream_text.h"

enum { EVENT_TIME = 10 };

struct view_events {
    struct stream_view view;
    struct list list; /* only its top */
};

static struct view_events *self(struct stream_view *view)
{
    return (struct view_events *)view;
}

static struct stream_view *create(struct application *application)
{
    struct view_events *events = xcalloc(1, sizeof(*events));

    events->view = (struct stream_view){
        .ops = &stream_view_events, .application = application, .follow = true};
    return &events->view;
}

static void destroy(struct stream_view *view)
{
    free(view);
}

static void forget(struct stream_view *view)
{
    view->follow = true;
    self(view)->list.top = 0;
}

static void draw_event(const struct surface *surface, int row, const struct event_line *event)
{
    struct bytes time;
    struct pen pen;

    bytes_init(&time, 64);
    stream_text_duration(&time, event->since_start_us);
    draw_begin(&pen, surface, row, false);
    draw_format(&pen, STYLE_STRONG, " %5" PRIu64 "  ", event->number);
    draw_field(&pen, STYLE_DIM, bytes_text(&time), time.len, EVENT_TIME);
    draw_text(&pen, STYLE_LIVE, event->semantic ? draw_sign(surface, SIGN_MARK) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_bytes(&pen, STYLE_LABEL, event->type, event->type_len);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_cut(&pen, STYLE_PLAIN, event->data, event->kept);
    draw_end(&pen);
    bytes_release(&time);
}

static void draw(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface)
{
    const struct events *events = application_events(view->application);
    struct list *list = &self(view)->list;
    int row = 0;

    (void)state;
    list_fit_view(list, events_count(events), surface->rows > 0 ? (size_t)surface->rows : 0);
    if (view->follow)
        list_scroll(list, REQUEST_BOTTOM);
    if (events_count(events) == 0)
        draw_line(surface, row++, STYLE_DIM, " (no event)");
    for (; row < surface->rows && list->top + (size_t)row < list->count; row++)
        draw_event(surface, row, events_get(events, list->top + (size_t)row));
    draw_blank_from(surface, row);
}

static unsigned request(struct stream_view *view, const struct request_call *call)
{
    struct list *list = &self(view)->list;

    if (!list_scroll(list, call->request))
        return EFFECT_UNHANDLED;
    view->follow = list->top + list->rows >= list->count;
    return EFFECT_DRAW;
}

static void place(const struct stream_view *view, struct bytes *out)
{
    list_place(&((const struct view_events *)view)->list, out);
}

const struct stream_view_ops stream_view_events = {
    .name = "events",
    .create = create,
    .destroy = destroy,
    .forget = forget,
    .draw = draw,
    .request = request,
    .place = place,
};

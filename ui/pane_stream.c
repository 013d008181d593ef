/* Stream: the verdict with its reasons, and what came: answer, events, headers. */
#include "ui/pane.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "ui/application.h"
#include "ui/events.h"
#include "ui/list.h"
#include "ui/stream_banner.h"
#include "ui/stream_text.h"
#include "ui/wrap.h"

enum { TEXT_MAX = 64 * 1024 * 1024, TIMINGS_MAX = 1024, FOOTER_FROM = 12, EVENT_TIME = 10 };

enum view { VIEW_ANSWER, VIEW_EVENTS, VIEW_HEADERS, VIEW_REASONS };
enum { VIEW_COUNT = 4 };
static const char *const view_names[VIEW_COUNT] = {"answer", "events", "headers", "reasons"};

struct pane_stream {
    struct pane pane;
    enum view view;
    bool follow;
    struct list list;      /* only its top: what is shown of the lines */
    struct wrap wrap;      /* of the text in view */
    struct bytes text;     /* the text in view, where it is composed */
    char id[EVIDENCE_ID];  /* of the exchange in view: another one begins anew */
    bool composed_running; /* `text` was composed while it ran: compose again at the end */
};

static struct pane_stream *self(struct pane *pane)
{
    return (struct pane_stream *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_stream *stream = xcalloc(1, sizeof(*stream));

    stream->pane = (struct pane){.ops = &pane_stream, .application = application};
    stream->follow = true;
    bytes_init(&stream->text, TEXT_MAX);
    return &stream->pane;
}

static void destroy(struct pane *pane)
{
    bytes_release(&self(pane)->text);
    wrap_release(&self(pane)->wrap);
    free(pane);
}

/* What is in view changed altogether: nothing of the old lines holds. */
static void forget(struct pane_stream *pane)
{
    pane->list.top = 0;
    pane->wrap.columns = 0;
    bytes_clear(&pane->text);
}

static void notice_exchange(struct pane_stream *pane, const struct exchange_state *state)
{
    if (strcmp(pane->id, state->id) == 0)
        return;
    strncpy(pane->id, state->id, sizeof(pane->id) - 1);
    pane->view = VIEW_ANSWER;
    pane->follow = true;
    forget(pane);
}

/* ---- requests ---- */

static unsigned set_view(struct pane_stream *pane, const char *name)
{
    int view = ((int)pane->view + 1) % VIEW_COUNT;

    if (name)
        for (view = 0; view < VIEW_COUNT && strcmp(view_names[view], name) != 0;)
            view++;
    if (view == VIEW_COUNT) {
        application_say(pane->pane.application, MESSAGE_FAILED, "Stream has no view \"%s\"", name);
        return EFFECT_NONE;
    }
    pane->view = (enum view)view;
    pane->follow = pane->view == VIEW_EVENTS;
    forget(pane);
    return EFFECT_DRAW;
}

static bool is_at_end(const struct list *list)
{
    return list->top + list->rows >= list->count;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_stream *pane = self(base);

    if (list_scroll(&pane->list, call->request)) {
        pane->follow = is_at_end(&pane->list);
        return EFFECT_DRAW;
    }
    switch (call->request) {
    case REQUEST_FOLLOW:
        pane->follow = !pane->follow;
        return EFFECT_DRAW;
    case REQUEST_VIEW:
        return set_view(pane, call->argument);
    default:
        return EFFECT_UNHANDLED;
    }
}

/* ---- drawing ---- */

static void compose(struct pane_stream *pane, const struct exchange_state *state)
{
    bytes_clear(&pane->text);
    pane->composed_running = state->running;
    if (pane->view == VIEW_ANSWER)
        stream_text_answer(state, &pane->text);
    else if (pane->view == VIEW_HEADERS)
        stream_text_headers(state, &pane->text);
    else
        stream_text_reasons(state, application_differs(pane->pane.application), &pane->text);
    if (pane->text.len > 0)
        redact(application_redactor(pane->pane.application), pane->text.data, pane->text.len);
    pane->wrap.columns = 0;
}

/* The text in view; the answer is not copied as long as it can be shown as it stands. */
static const char *view_text(struct pane_stream *pane, const struct exchange_state *state,
                             size_t *len)
{
    if (pane->view == VIEW_ANSWER && stream_text_is_plain(state)) {
        *len = state->text_len;
        return state->text ? state->text : "";
    }
    if (pane->text.len == 0 || pane->composed_running)
        compose(pane, state);
    *len = pane->text.len;
    return bytes_text(&pane->text);
}

static void draw_text_line(const struct surface *surface, int row, const char *line, size_t len)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    while (len > 0) {
        const char *tab = memchr(line, '\t', len);
        size_t part = tab ? (size_t)(tab - line) : len;

        draw_bytes(&pen, STYLE_PLAIN, line, part);
        if (tab) {
            draw_to(&pen, 1 + ((pen.column - 1) / WRAP_TAB + 1) * WRAP_TAB);
            part++;
        }
        line += part;
        len -= part;
    }
    draw_end(&pen);
}

static void fit(struct pane_stream *pane, size_t count, int rows)
{
    list_fit_view(&pane->list, count, rows > 0 ? (size_t)rows : 0);
    if (pane->follow)
        list_scroll(&pane->list, REQUEST_BOTTOM);
}

static void draw_lines(struct pane_stream *pane, const struct exchange_state *state,
                       const struct surface *surface)
{
    size_t len;
    const char *text = view_text(pane, state, &len);
    bool ended = !state->running;
    int row = 0;

    if (pane->wrap.columns != surface->columns - 2 && surface->columns > 2)
        wrap_reset(&pane->wrap, surface->columns - 2, canvas_is_ascii(surface->canvas));
    if (pane->wrap.count == 0)
        wrap_reset(&pane->wrap, 1, false);
    if (!wrap_extend(&pane->wrap, text, len, ended)) /* the next slice with the next frame */
        application_changed(pane->pane.application, TOPIC_EXCHANGE);
    fit(pane, pane->wrap.count, surface->rows);
    for (; row < surface->rows && pane->list.top + (size_t)row < pane->wrap.count; row++) {
        const char *line;
        size_t line_len = wrap_line(&pane->wrap, text, pane->list.top + (size_t)row, &line);

        draw_text_line(surface, row, line, line_len);
    }
    draw_blank_from(surface, row);
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

static void draw_events(struct pane_stream *pane, const struct surface *surface)
{
    const struct events *events = application_events(pane->pane.application);
    int row = 0;

    fit(pane, events_count(events), surface->rows);
    if (events_count(events) == 0)
        draw_line(surface, row++, STYLE_DIM, " (no event)");
    for (; row < surface->rows && pane->list.top + (size_t)row < pane->list.count; row++)
        draw_event(surface, row, events_get(events, pane->list.top + (size_t)row));
    draw_blank_from(surface, row);
}

static void describe(const struct exchange_state *state, struct bytes *out)
{
    bytes_puts(out, operation_name(state->operation));
    if (state->model)
        bytes_printf(out, " %.80s", state->model);
    if (state->result && state->result->status > 0)
        bytes_printf(out, ", HTTP %d, %s", state->result->status,
                     framing_name(state->result->framing));
}

static void draw_frame_to(struct pen *pen, int column)
{
    while (pen->column < column)
        draw_text(pen, STYLE_BORDER, draw_sign(pen->surface, SIGN_HORIZONTAL));
}

/* The line between banner and text: which view, where in it, followed or not, of what. */
static void draw_rule(const struct pane_stream *pane, const struct exchange_state *state,
                      const struct surface *surface, int row)
{
    const struct list *list = &pane->list;
    struct bytes what;
    struct pen pen;
    int width;

    bytes_init(&what, TIMINGS_MAX);
    describe(state, &what);
    width = text_width(bytes_text(&what), what.len);
    draw_begin(&pen, surface, row, false);
    draw_frame_to(&pen, 1);
    draw_format(&pen, STYLE_LABEL, " %s ", view_names[pane->view]);
    if (list->count > list->rows && list->rows > 0)
        draw_format(&pen, STYLE_DIM, "%zu-%zu of %zu ", list->top + 1, list->top + list->rows,
                    list->count);
    if (state->running && !pane->follow)
        draw_text(&pen, STYLE_WARNING, "PAUSED ");
    draw_frame_to(&pen, surface->columns - width - 3);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, STYLE_PLAIN, bytes_text(&what), what.len);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_frame_to(&pen, surface->columns);
    draw_end(&pen);
    bytes_release(&what);
}

static void draw_footer(const struct exchange_state *state, const struct surface *surface)
{
    struct bytes text;
    struct pen pen;

    bytes_init(&text, TIMINGS_MAX);
    stream_text_timings(state, &text);
    draw_begin(&pen, surface, surface->rows - 1, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, STYLE_DIM, bytes_text(&text), text.len);
    draw_end(&pen);
    bytes_release(&text);
}

static void draw_empty(const struct surface *surface)
{
    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_line(surface, 1, STYLE_PLAIN, "  Nothing was sent yet.");
    draw_line(surface, 2, STYLE_DIM,
              "  s in Composer sends what it shows, :send does so anywhere.");
    draw_blank_from(surface, 3);
}

/* Rows for the banner: half where there are few, and only the headline over other views. */
static int banner_rows(const struct pane_stream *pane, int rows)
{
    int most = rows < FOOTER_FROM ? rows / 2 : rows * 2 / 3;

    return most < 1 || pane->view != VIEW_ANSWER ? 1 : most;
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_stream *pane = self(base);
    struct surface body = *surface;
    struct exchange_state state;
    int banner;
    bool footer = surface->rows >= FOOTER_FROM;

    if (!application_shown(base->application, &state)) {
        draw_empty(surface);
        return;
    }
    notice_exchange(pane, &state);
    banner = stream_banner_draw(&state, application_redactor(base->application),
                                clock_now_us(application_clock(base->application)), surface,
                                banner_rows(pane, surface->rows));
    body.top += banner + 1;
    body.rows -= banner + 1 + (footer ? 1 : 0);
    if (pane->view == VIEW_EVENTS)
        draw_events(pane, &body);
    else
        draw_lines(pane, &state, &body);
    draw_rule(pane, &state, surface, banner);
    if (footer)
        draw_footer(&state, surface);
}

const struct pane_ops pane_stream = {
    .name = "stream",
    .title = "Stream",
    .topics = TOPIC_EXCHANGE,
    .hints = {{REQUEST_FOLLOW, "follow"},
              {REQUEST_VIEW, "view"},
              {REQUEST_CANCEL, "stop"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_BACK, "back"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
};

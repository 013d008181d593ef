#include "ui/stream_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/redact.h"
#include "ui/application.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

static struct stream_page *self(struct stream_view *view)
{
    return (struct stream_page *)view;
}

struct stream_view *stream_page_new(const struct stream_view_ops *ops,
                                    struct application *application,
                                    const struct stream_page_source *source, bool follows)
{
    struct stream_page *page = xcalloc(1, sizeof(*page));

    page->view = (struct stream_view){.ops = ops, .application = application, .follow = follows};
    page->source = source;
    page->follows = follows;
    bytes_init(&page->composed, TEXT_MAX);
    return &page->view;
}

void stream_page_destroy(struct stream_view *view)
{
    bytes_release(&self(view)->composed);
    wrap_release(&self(view)->wrap);
    free(view);
}

void stream_page_forget(struct stream_view *view)
{
    struct stream_page *page = self(view);

    page->view.follow = page->follows;
    page->list.top = 0;
    page->wrap.columns = 0;
    bytes_clear(&page->composed);
}

/* ---- the text ---- */

static void compose(struct stream_page *page, const struct exchange_state *state)
{
    struct application *application = page->view.application;

    bytes_clear(&page->composed);
    page->composed_running = state->running;
    page->source->compose(application, state, &page->composed);
    if (page->composed.len > 0)
        redact(application_redactor(application), page->composed.data, page->composed.len);
    page->wrap.columns = 0;
}

/* A text that can be shown as it stands is not copied. */
static const char *text_of(struct stream_page *page, const struct exchange_state *state,
                           size_t *len)
{
    if (page->source->is_plain && page->source->is_plain(state)) {
        *len = state->text_len;
        return state->text ? state->text : "";
    }
    if (page->composed.len == 0 || page->composed_running)
        compose(page, state);
    *len = page->composed.len;
    return bytes_text(&page->composed);
}

/* ---- drawing ---- */

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

void stream_page_draw(struct stream_view *view, const struct exchange_state *state,
                      const struct surface *surface)
{
    struct stream_page *page = self(view);
    size_t len;
    const char *text = text_of(page, state, &len);
    int row = 0;

    if (page->wrap.columns != surface->columns - 2 && surface->columns > 2)
        wrap_reset(&page->wrap, surface->columns - 2, canvas_is_ascii(surface->canvas));
    if (page->wrap.count == 0)
        wrap_reset(&page->wrap, 1, false);
    if (!wrap_extend(&page->wrap, text, len, !state->running)) /* the next slice, next frame */
        application_changed(view->application, TOPIC_EXCHANGE);
    list_fit_view(&page->list, page->wrap.count, surface->rows > 0 ? (size_t)surface->rows : 0);
    if (view->follow)
        list_scroll(&page->list, REQUEST_BOTTOM);
    for (; row < surface->rows && page->list.top + (size_t)row < page->wrap.count; row++) {
        const char *line;
        size_t line_len = wrap_line(&page->wrap, text, page->list.top + (size_t)row, &line);

        draw_text_line(surface, row, line, line_len);
    }
    draw_blank_from(surface, row);
}

/* ---- requests ---- */

unsigned stream_page_request(struct stream_view *view, const struct request_call *call)
{
    struct stream_page *page = self(view);

    if (!list_scroll(&page->list, call->request))
        return EFFECT_UNHANDLED;
    view->follow = page->list.top + page->list.rows >= page->list.count;
    return EFFECT_DRAW;
}

void stream_page_place(const struct stream_view *view, struct bytes *out)
{
    const struct list *list = &((const struct stream_page *)view)->list;

    list_place(list, out);
}

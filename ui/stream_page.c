#include "ui/stream_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/needle.h"
#include "base/redact.h"
#include "ui/application.h"
#include "ui/pane.h"
#include "ui/stream_text.h"

enum {
    TEXT_MAX = 64 * 1024 * 1024,
    LOOK_SLICE = 1024 * 1024, /* of text that is searched between two frames */
};

static struct stream_page *self(struct stream_view *view)
{
    return (struct stream_page *)view;
}

void stream_page_init(struct stream_page *page, const struct stream_view_ops *ops,
                      struct application *application, const struct stream_page_source *source,
                      bool follows)
{
    page->view = (struct stream_view){.ops = ops, .application = application, .follow = follows};
    page->source = source;
    page->follows = follows;
    page->found = page->wanted = page->selected = PAGE_NOWHERE;
    bytes_init(&page->composed, TEXT_MAX);
}

struct stream_view *stream_page_new(const struct stream_view_ops *ops,
                                    struct application *application,
                                    const struct stream_page_source *source, bool follows)
{
    struct stream_page *page = xcalloc(1, sizeof(*page));

    stream_page_init(page, ops, application, source, follows);
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
    page->followed = 0;
    page->found = page->wanted = page->selected = PAGE_NOWHERE;
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
const char *stream_page_text(struct stream_page *page, const struct exchange_state *state,
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

/* A line, or the part of a text in view; what was found in it is marked. */
static void draw_text_line(struct pen *pen, const char *line, size_t len,
                           const unsigned char *marks)
{
    while (len > 0) {
        const char *tab = memchr(line, '\t', len);
        size_t part = tab ? (size_t)(tab - line) : len;

        draw_cut_marked(pen, STYLE_PLAIN, line, part, marks);
        if (tab) {
            draw_to(pen, 1 + ((pen->column - 1) / WRAP_TAB + 1) * WRAP_TAB);
            part++;
        }
        line += part;
        marks += part;
        len -= part;
    }
}

size_t stream_page_line(const struct stream_page *page, size_t at)
{
    size_t low = 0, high = page->wrap.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (page->wrap.starts[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : 0;
}

/* What is to be shown comes into sight, a third from the top where it was not. */
static void show_wanted(struct stream_page *page, bool all_known)
{
    struct list *list = &page->list;
    size_t line;

    if (page->wanted == PAGE_NOWHERE || (page->wanted >= page->wrap.seen && !all_known))
        return;
    line = stream_page_line(page, page->wanted);
    page->wanted = PAGE_NOWHERE;
    if (line < list->top || line >= list->top + list->rows)
        list->top = line > list->rows / 3 ? line - list->rows / 3 : 0;
    list_fit_view(list, list->count, list->rows);
}

static bool holds(const struct stream_page *page, size_t line, size_t place)
{
    return place != PAGE_NOWHERE && stream_page_line(page, place) == line;
}

static void draw_lines(const struct stream_page *page, const char *text,
                       const struct surface *surface)
{
    size_t first = page->list.top, end, from, before, to;
    unsigned char *marks;
    int row = 0;

    if (surface->rows <= 0 || first >= page->wrap.count) { /* without rows the top is anywhere */
        draw_blank_from(surface, 0);
        return;
    }
    end = first + (size_t)surface->rows;
    end = end < page->wrap.count ? end : page->wrap.count;
    from = page->wrap.starts[first];
    to = end < page->wrap.count ? page->wrap.starts[end] : page->wrap.seen;
    before = from < page->view.needle->len ? from : page->view.needle->len;
    marks = xcalloc(1, before + (to - from) + page->view.needle->len + 1);
    /* A match may begin above what is in sight, or go on below. */
    needle_mark(page->view.needle, text + from - before, before + to - from, marks);
    for (; first + (size_t)row < end; row++) {
        size_t number = first + (size_t)row;
        const char *line;
        size_t len = wrap_line(&page->wrap, text, number, &line);
        struct pen pen;

        draw_begin(&pen, surface, row, holds(page, number, page->selected));
        draw_text(&pen, STYLE_FOCUS,
                  holds(page, number, page->found) ? draw_sign(surface, SIGN_POINTER) : " ");
        draw_text_line(&pen, line, len, marks + before + (size_t)(line - (text + from)));
        draw_end(&pen);
    }
    if (page->wrap.full && row < surface->rows)
        draw_line(surface, row++, STYLE_WARNING,
                  " There are too many lines to show the rest; v reads it.");
    draw_blank_from(surface, row);
    free(marks);
}

void stream_page_draw(struct stream_view *view, const struct exchange_state *state,
                      const struct surface *surface)
{
    struct stream_page *page = self(view);
    size_t len;
    const char *text = stream_page_text(page, state, &len);
    bool all_known;

    if (page->wrap.columns != surface->columns - 2 && surface->columns > 2)
        wrap_reset(&page->wrap, surface->columns - 2, canvas_is_ascii(surface->canvas));
    if (page->wrap.count == 0)
        wrap_reset(&page->wrap, 1, false);
    all_known = wrap_extend(&page->wrap, text, len, !state->running);
    if (!all_known) /* the next slice with the next frame */
        application_changed(view->application, TOPIC_EXCHANGE);
    list_fit_view(&page->list, page->wrap.count + page->wrap.full,
                  surface->rows > 0 ? (size_t)surface->rows : 0);
    if (view->follow) {
        list_scroll(&page->list, REQUEST_BOTTOM);
        page->followed = len;
    }
    show_wanted(page, all_known);
    draw_lines(page, text, surface);
}

/* ---- requests ---- */

/* To a line by its number. */
static unsigned go_to_line(struct stream_page *page, const char *text)
{
    char *end;
    unsigned long line = strtoul(text, &end, 10);

    if (end == text || *end || line == 0) {
        application_say(page->view.application, MESSAGE_FAILED,
                        "goto takes the number of a line here, from 1, not \"%s\"", text);
        return EFFECT_DRAW;
    }
    page->list.top = line - 1;
    list_fit_view(&page->list, page->list.count, page->list.rows);
    page->view.follow = false;
    return EFFECT_DRAW;
}

unsigned stream_page_request(struct stream_view *view, const struct request_call *call)
{
    struct stream_page *page = self(view);

    if (call->request == REQUEST_GOTO)
        return go_to_line(page, call->argument);
    if (!list_scroll(&page->list, call->request))
        return EFFECT_UNHANDLED;
    view->follow = page->list.top + page->list.rows >= page->list.count;
    return EFFECT_DRAW;
}

void stream_page_place(const struct stream_view *view, struct bytes *out)
{
    const struct stream_page *page = (const struct stream_page *)view;

    list_place(&page->list, out);
    if (view->follow || page->followed == 0 || page->wrap.seen <= page->followed)
        return;
    bytes_puts(out, out->len ? ", " : "");
    stream_text_size(out, page->wrap.seen - page->followed);
    bytes_puts(out, " new");
}

const char *stream_page_copy(struct stream_view *view, const struct exchange_state *state,
                             enum pane_part part, struct bytes *out)
{
    struct stream_page *page = self(view);
    size_t len;
    const char *text = stream_page_text(page, state, &len);

    (void)part;
    return len > 0 && bytes_append(out, text, len) ? page->source->what : NULL;
}

/* ---- search ---- */

enum stream_look stream_page_look(struct stream_view *view, const struct exchange_state *state,
                                  uint64_t *place, bool back)
{
    const size_t overlap = view->needle->len - 1;
    size_t len, at, from, end, found;
    const char *text = stream_page_text(self(view), state, &len);

    at = *place < len ? (size_t)*place : len;
    if (back ? at == 0 : at >= len)
        return STREAM_LOOK_NONE;
    from = !back ? at : at > LOOK_SLICE ? at - LOOK_SLICE : 0;
    end = back ? at : len - at > LOOK_SLICE ? at + LOOK_SLICE : len;
    *place = back ? from : end;
    end = len - end > overlap ? end + overlap : len; /* it begins in the slice */
    found = back ? needle_last(view->needle, text + from, end - from)
                 : needle_first(view->needle, text + from, end - from);
    if (found == NEEDLE_NONE)
        return STREAM_LOOK_MORE;
    *place = from + found;
    return STREAM_LOOK_FOUND;
}

uint64_t stream_page_here(const struct stream_view *view)
{
    const struct stream_page *page = (const struct stream_page *)view;
    const struct list *list = &page->list;
    size_t line = page->found == PAGE_NOWHERE ? SIZE_MAX : stream_page_line(page, page->found);

    if (line >= list->top && line < list->top + list->rows)
        return page->found;
    return list->top < page->wrap.count ? page->wrap.starts[list->top] : 0;
}

void stream_page_go(struct stream_view *view, uint64_t place)
{
    self(view)->found = self(view)->wanted = (size_t)place;
    view->follow = false;
}

uint64_t stream_page_end(const struct stream_view *view)
{
    return ((const struct stream_page *)view)->wrap.seen;
}

void stream_page_tell(const struct stream_view *view, uint64_t place, struct bytes *out)
{
    const struct stream_page *page = (const struct stream_page *)view;

    if (place < page->wrap.seen)
        bytes_printf(out, "line %zu of %zu", stream_page_line(page, (size_t)place) + 1,
                     page->wrap.count);
    else
        bytes_puts(out, "found");
}

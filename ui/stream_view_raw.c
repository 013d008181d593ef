/* The bytes of the body as they came, at any place of it. */
#include "ui/stream_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/needle.h"
#include "base/text.h"
#include "ui/application.h"
#include "ui/pane.h"
#include "ui/stream_raw.h"
#include "ui/stream_tape.h"
#include "ui/stream_text.h"

enum {
    OFFSET_DIGITS = 8,
    GUTTER = 2 + OFFSET_DIGITS + 2, /* the pointer, the offset, a dot where a read begins */
    TIME = 9,                       /* of that read */
    TIME_FROM = 76,                 /* columns of the pane from which it is shown */
    LOOK_SLICE = 1024 * 1024,
    NUMBER_MAX = 64,
};

#define NOWHERE UINT64_MAX

struct view_raw {
    struct stream_view view;
    struct raw raw;
    struct stream_tape tape;
    uint64_t top;       /* where the first row in sight begins */
    uint64_t bottom;    /* behind the last one */
    uint64_t found;     /* what was searched for or jumped to */
    uint64_t found_end; /* of what is marked of it */
    uint64_t paused_at; /* where the end was when it was followed last */
    int rows;
    bool stale;  /* `top` is any place, and no beginning of a row yet */
    bool wanted; /* `found` is to be brought into sight */
};

static struct view_raw *self(struct stream_view *view)
{
    return (struct view_raw *)view;
}

static struct stream_view *create(struct application *application)
{
    struct view_raw *raw = xcalloc(1, sizeof(*raw));

    raw->view =
        (struct stream_view){.ops = &stream_view_raw, .application = application, .follow = true};
    raw->found = raw->found_end = NOWHERE;
    raw_init(&raw->raw);
    return &raw->view;
}

static void destroy(struct stream_view *view)
{
    raw_release(&self(view)->raw);
    free(view);
}

static void forget(struct stream_view *view)
{
    struct view_raw *raw = self(view);

    view->follow = true;
    raw->top = 0;
    raw->wanted = false;
    raw->found = raw->found_end = NOWHERE;
    raw_forget(&raw->raw);
    raw->raw.tape = NULL; /* of what was shown before; the next frame takes another one */
    raw->raw.end = 0;
    raw->tape = (struct stream_tape){.behind = true};
}

/* ---- moving ---- */

static uint64_t back_by(struct view_raw *raw, uint64_t row, int rows)
{
    while (rows-- > 0 && row > 0)
        row = raw_previous(&raw->raw, row);
    return row;
}

static uint64_t on_by(struct view_raw *raw, uint64_t row, int rows)
{
    while (rows-- > 0 && row < raw->raw.end)
        row = raw_next(&raw->raw, row);
    return row;
}

/* Never so far down that rows stay empty. */
static void stay_inside(struct view_raw *raw)
{
    if (on_by(raw, raw->top, raw->rows) >= raw->raw.end)
        raw->top = back_by(raw, raw->raw.end, raw->rows);
}

static bool move(struct view_raw *raw, enum request request)
{
    int page = raw->rows > 1 ? raw->rows : 1, half = page / 2 ? page / 2 : 1;

    switch (request) {
    case REQUEST_UP:
    case REQUEST_SCROLL_UP:
        raw->top = back_by(raw, raw->top, 1);
        return true;
    case REQUEST_DOWN:
    case REQUEST_SCROLL_DOWN:
        raw->top = on_by(raw, raw->top, 1);
        return true;
    case REQUEST_HALF_UP:
        raw->top = back_by(raw, raw->top, half);
        return true;
    case REQUEST_HALF_DOWN:
        raw->top = on_by(raw, raw->top, half);
        return true;
    case REQUEST_PAGE_UP:
        raw->top = back_by(raw, raw->top, page);
        return true;
    case REQUEST_PAGE_DOWN:
        raw->top = on_by(raw, raw->top, page);
        return true;
    case REQUEST_TOP:
        raw->top = 0;
        return true;
    case REQUEST_BOTTOM:
        raw->top = raw->raw.end;
        return true;
    default:
        return false;
    }
}

/* "8000", "0x1f40"; false for anything else. */
static bool read_offset(const char *text, uint64_t *offset)
{
    char *end;

    *offset = strtoull(text, &end, 0);
    return end != text && !*end && text[0] != '-';
}

static unsigned go_to(struct view_raw *raw, const char *text)
{
    struct application *application = raw->view.application;
    uint64_t offset;

    if (!read_offset(text, &offset))
        application_say(application, MESSAGE_FAILED,
                        "goto takes an offset here, 8000 or 0x1f40, not \"%s\"", text);
    else if (offset >= raw->raw.end)
        application_say(application, MESSAGE_FAILED, "the last of its bytes is %" PRIu64,
                        raw->raw.end > 0 ? raw->raw.end - 1 : 0);
    else
        raw->view.ops->go(&raw->view, offset);
    return EFFECT_DRAW;
}

static unsigned request(struct stream_view *view, const struct request_call *call)
{
    struct view_raw *raw = self(view);

    if (call->request == REQUEST_GOTO)
        return go_to(raw, call->argument);
    if (raw->rows == 0 || !raw->tape.tape || !move(raw, call->request))
        return EFFECT_UNHANDLED;
    stay_inside(raw);
    view->follow = on_by(raw, raw->top, raw->rows) >= raw->raw.end;
    return EFFECT_DRAW;
}

/* ---- drawing ---- */

static void set_up(struct view_raw *raw, const struct exchange_state *state,
                   const struct surface *surface)
{
    struct application *application = raw->view.application;
    int columns = surface->columns - GUTTER - (surface->columns >= TIME_FROM ? TIME : 0) - 1;

    stream_tape_extend(application, state, &raw->tape);
    if (raw->raw.tape != raw->tape.tape)
        raw_forget(&raw->raw);
    raw->raw.tape = raw->tape.tape;
    raw->raw.redactor = application_redactor(application);
    raw->raw.end = raw->tape.extent.kept ? raw->tape.extent.bytes : 0;
    raw->raw.ascii = canvas_is_ascii(surface->canvas);
    if (raw->raw.columns != (columns < 1 ? 1 : columns)) {
        raw->raw.columns = columns < 1 ? 1 : columns;
        raw->stale = true;
    }
    raw->rows = surface->rows > 0 ? surface->rows : 0;
}

/* What is to be shown comes into sight, a third from the top where it was not. */
static void show_found(struct view_raw *raw)
{
    const size_t len = raw->view.needle->len;
    uint64_t row;
    size_t there;
    const char *bytes;

    if (!raw->wanted || (raw->found >= raw->raw.end && raw->tape.behind))
        return;
    raw->wanted = false;
    if (raw->found >= raw->raw.end) /* a cut is behind the last byte */
        raw->found = raw->raw.end - 1;
    bytes = raw_bytes(&raw->raw, raw->found, len, &there);
    /* What was searched for is marked as such; of what was jumped to the line is. */
    raw->found_end = len > 0 && needle_first(raw->view.needle, bytes, there) == 0
                         ? raw->found
                         : raw_line_end(&raw->raw, raw->found);
    row = raw_row(&raw->raw, raw->found);
    if (row < raw->top || on_by(raw, raw->top, raw->rows) <= row)
        raw->top = back_by(raw, row, raw->rows / 3);
    stay_inside(raw);
}

static void place_top(struct view_raw *raw)
{
    if (raw->stale || raw->top > raw->raw.end)
        raw->top = raw_row(&raw->raw, raw->top);
    raw->stale = false;
    if (raw->view.follow)
        raw->top = back_by(raw, raw->raw.end, raw->rows);
    else
        stay_inside(raw);
    if (raw->view.follow)
        raw->paused_at = raw->raw.end;
}

static void draw_gutter(const struct view_raw *raw, struct pen *pen, uint64_t row, uint64_t end)
{
    const struct raw_read *read = raw_read_in(&raw->raw, row, end);
    struct bytes time;

    draw_text(pen, STYLE_FOCUS,
              raw->found >= row && raw->found < end ? draw_sign(pen->surface, SIGN_POINTER) : " ");
    draw_format(pen, STYLE_LABEL, "%0*" PRIx64 " ", OFFSET_DIGITS, row);
    draw_text(pen, STYLE_DIM, read ? draw_sign(pen->surface, SIGN_DOT) : " ");
    draw_text(pen, STYLE_PLAIN, " ");
    if (pen->surface->columns < TIME_FROM)
        return;
    bytes_init(&time, NUMBER_MAX);
    if (read)
        stream_text_duration(&time, read->since_start_us);
    draw_field(pen, STYLE_DIM, bytes_text(&time), time.len, TIME);
    bytes_release(&time);
}

/* Marks for the bytes of a row: what is searched for, also where it goes on from row to row. */
static unsigned char *mark_row(struct view_raw *raw, uint64_t row, uint64_t end)
{
    size_t around = raw->view.needle->len, there;
    size_t before = row < around ? (size_t)row : around;
    size_t len = (size_t)(end - row);
    unsigned char *marks = xcalloc(1, before + len + around + 1);
    const char *bytes = raw_bytes(&raw->raw, row - before, before + len + around, &there);

    needle_mark(raw->view.needle, bytes, there, marks);
    memmove(marks, marks + before, len);
    for (size_t i = 0; i < len; i++)
        if (row + i >= raw->found && row + i < raw->found_end)
            marks[i] = 1;
    return marks;
}

static void draw_row(struct view_raw *raw, const struct surface *surface, int line, uint64_t row,
                     uint64_t end)
{
    unsigned char *marks = mark_row(raw, row, end);
    size_t there;
    const char *bytes = raw_bytes(&raw->raw, row, (size_t)(end - row), &there);
    struct pen pen;

    draw_begin(&pen, surface, line, false);
    draw_gutter(raw, &pen, row, end);
    draw_cut_marked(&pen, STYLE_PLAIN, bytes, there, marks);
    draw_end(&pen);
    free(marks);
}

static void draw(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface)
{
    struct view_raw *raw = self(view);
    const char *missing;
    int line = 0;
    uint64_t row;

    set_up(raw, state, surface);
    missing = stream_tape_missing(&raw->tape, state);
    if (missing || raw->raw.end == 0) {
        draw_line(surface, 0, STYLE_DIM, missing ? missing : " (no bytes)");
        draw_blank_from(surface, 1);
        return;
    }
    place_top(raw);
    show_found(raw);
    for (row = raw->top; line < surface->rows && row < raw->raw.end; line++) {
        uint64_t next = raw_next(&raw->raw, row);

        draw_row(raw, surface, line, row, next);
        row = next;
    }
    raw->bottom = row;
    draw_blank_from(surface, line);
}

/* ---- where it is ---- */

static void place(const struct stream_view *view, struct bytes *out)
{
    const struct view_raw *raw = (const struct view_raw *)view;
    uint64_t end = raw->raw.end;

    if (raw->tape.behind)
        bytes_printf(out, "reading back %d %%", stream_tape_percent(&raw->tape));
    else if (end > 0)
        bytes_printf(out, "%d %% of ", (int)((double)raw->bottom * 100 / (double)end));
    if (end > 0 && !raw->tape.behind)
        stream_text_size(out, end);
    if (!view->follow && end > raw->paused_at && raw->paused_at > 0) {
        bytes_puts(out, ", ");
        stream_text_size(out, end - raw->paused_at);
        bytes_puts(out, " new");
    }
}

/* ---- what is copied ---- */

static bool append(void *context, const struct tape_piece *piece)
{
    return piece->data && bytes_append(context, piece->data, piece->len);
}

/* The line that was found or stands at the top, or the whole body. */
static const char *text(struct stream_view *view, const struct exchange_state *state,
                        enum pane_part part, struct bytes *out)
{
    struct view_raw *raw = self(view);
    uint64_t from = raw_line_begin(&raw->raw, view->ops->here(view));
    uint64_t end = raw_line_end(&raw->raw, from);

    (void)state;
    if (raw->raw.end == 0)
        return NULL;
    if (part == PANE_ALL)
        tape_read(raw->raw.tape, 0, raw->raw.end, append, out);
    else
        tape_read(raw->raw.tape, from, end - from, append, out);
    return part == PANE_ALL ? "the body" : "the line";
}

/* ---- search ---- */

static enum stream_look look(struct stream_view *view, const struct exchange_state *state,
                             uint64_t *at, bool back)
{
    struct view_raw *raw = self(view);
    const size_t overlap = view->needle->len - 1;
    uint64_t end = raw->raw.end, from, place = *at < end ? *at : end;
    size_t there, found;
    const char *bytes;

    (void)state;
    if (back ? place == 0 : place >= end)
        return raw->tape.behind && !back ? STREAM_LOOK_MORE : STREAM_LOOK_NONE;
    from = !back ? place : place > LOOK_SLICE ? place - LOOK_SLICE : 0;
    bytes = raw_bytes(&raw->raw, from,
                      (back ? (size_t)(place - from) : (size_t)LOOK_SLICE) + overlap, &there);
    found =
        back ? needle_last(view->needle, bytes, there) : needle_first(view->needle, bytes, there);
    *at = back ? from : place + LOOK_SLICE < end ? place + LOOK_SLICE : end;
    if (found == NEEDLE_NONE)
        return STREAM_LOOK_MORE;
    *at = from + found;
    return STREAM_LOOK_FOUND;
}

static uint64_t here(const struct stream_view *view)
{
    const struct view_raw *raw = (const struct view_raw *)view;

    return raw->found >= raw->top && raw->found < raw->bottom ? raw->found : raw->top;
}

static void go(struct stream_view *view, uint64_t place)
{
    struct view_raw *raw = self(view);

    raw->found = raw->found_end = place;
    raw->wanted = true;
    view->follow = false;
}

static uint64_t end_of(const struct stream_view *view)
{
    return ((const struct view_raw *)view)->raw.end;
}

static void tell(const struct stream_view *view, uint64_t place, struct bytes *out)
{
    (void)view;
    bytes_printf(out, "byte %" PRIu64 " (0x%" PRIx64 ")", place, place);
}

const struct stream_view_ops stream_view_raw = {
    .name = "raw",
    .create = create,
    .destroy = destroy,
    .forget = forget,
    .draw = draw,
    .request = request,
    .place = place,
    .text = text,
    .look = look,
    .here = here,
    .go = go,
    .end = end_of,
    .tell = tell,
};

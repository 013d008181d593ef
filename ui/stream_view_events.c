/* The events as they came: a list of all of them, and one of them whole. */
#include "ui/stream_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/needle.h"
#include "base/redact.h"
#include "judge/judge.h"
#include "ui/application.h"
#include "ui/event_rows.h"
#include "ui/event_summary.h"
#include "ui/events.h"
#include "ui/list.h"
#include "ui/pane.h"
#include "ui/stream_page.h"
#include "ui/stream_tape.h"
#include "ui/stream_text.h"

enum {
    NUMBER = 7,
    TIME = 9,
    SIZE = 8,
    GAP_FROM = 60,      /* columns from which the gap is shown */
    SIZE_FROM = 100,    /* and the size */
    LOOK_EVENTS = 2000, /* that are searched between two frames, at most */
    LOOK_BYTES = 1024 * 1024,
    MINIMUM_EVENT = 64,
};

struct view_events {
    struct stream_view view;
    struct list list;
    struct stream_tape tape;
    uint64_t first;           /* number of the event in line 0 */
    uint64_t found;           /* what was searched for or jumped to, 0: nothing */
    uint64_t paused_at;       /* the last event when it was followed last */
    uint64_t wanted;          /* to be brought under the cursor, 0: nothing */
    struct stream_page *page; /* of the one that is open */
    uint64_t open;            /* its number, 0: none is */
    uint64_t open_offset;
};

static struct view_events *self(struct stream_view *view)
{
    return (struct view_events *)view;
}

static bool on_tape(const struct view_events *events)
{
    return events->tape.tape && events->tape.extent.kept && !events->tape.extent.broken;
}

static uint64_t number_of(const struct view_events *events, size_t line)
{
    return events->first + line;
}

static void nothing(struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    (void)application;
    (void)state;
    (void)out;
}

static struct stream_view *create(struct application *application)
{
    /* Of the page the view puts the text together itself. */
    static const struct stream_page_source source = {.compose = nothing};
    struct view_events *events = xcalloc(1, sizeof(*events));

    events->view = (struct stream_view){
        .ops = &stream_view_events, .application = application, .follow = true};
    events->page =
        (struct stream_page *)stream_page_new(&stream_view_events, application, &source, false);
    return &events->view;
}

static void destroy(struct stream_view *view)
{
    stream_page_destroy(&self(view)->page->view);
    free(view);
}

static void forget(struct stream_view *view)
{
    struct view_events *events = self(view);

    view->follow = true;
    events->list.top = events->list.cursor = 0;
    events->found = events->wanted = events->open = 0;
    events->list.count = 0; /* of what was shown before; the next frame takes another one */
    events->tape = (struct stream_tape){.behind = true};
}

/* `count` of them from `first` on; released by the caller. */
static void get_rows(const struct view_events *events, const struct exchange_state *state,
                     uint64_t first, size_t count, struct event_rows *rows)
{
    event_rows_init(rows, state->operation, events->view.needle, first, count);
    if (on_tape(events))
        event_rows_take(rows, events->tape.tape);
    else
        event_rows_take_kept(rows, application_events(events->view.application));
}

/* ---- the list ---- */

static void set_up(struct view_events *events, const struct exchange_state *state, int rows)
{
    const struct events *kept = application_events(events->view.application);
    size_t count = events_count(kept);

    stream_tape_extend(events->view.application, state, &events->tape);
    events->first = count ? events_get(kept, 0)->number : 1;
    if (on_tape(events)) {
        events->first = 1;
        count = (size_t)events->tape.extent.events;
    }
    if (events->view.follow && count > 0) {
        events->list.cursor = count - 1;
        events->paused_at = number_of(events, events->list.cursor);
    }
    if (events->wanted >= events->first && events->wanted < events->first + count) {
        events->list.cursor = (size_t)(events->wanted - events->first);
        events->wanted = 0;
    }
    list_fit(&events->list, count, rows > 0 ? (size_t)rows : 0);
}

static void draw_duration(struct pen *pen, enum style style, const char *sign, int64_t us,
                          int columns)
{
    struct bytes text;

    bytes_init(&text, 64);
    if (us >= 0) {
        bytes_puts(&text, sign);
        stream_text_duration(&text, us);
    }
    draw_field(pen, style, bytes_text(&text), text.len, columns);
    bytes_release(&text);
}

static void draw_row(const struct view_events *events, const struct surface *surface, int line,
                     const struct event_row *row)
{
    unsigned char *marks = xcalloc(1, row->summary.len + 1);
    bool cursor = number_of(events, events->list.cursor) == row->number;
    struct pen pen;

    draw_begin(&pen, surface, line, cursor && surface->focused);
    draw_text(&pen, STYLE_FOCUS, cursor ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_format(&pen, row->matches ? STYLE_MATCH : STYLE_STRONG, "%*" PRIu64, NUMBER - 1,
                row->number);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_duration(&pen, STYLE_DIM, "", row->since_start_us, TIME);
    if (surface->columns >= GAP_FROM)
        draw_duration(&pen, STYLE_DIM, "+", row->gap_us, TIME);
    if (surface->columns >= SIZE_FROM)
        draw_format(&pen, STYLE_DIM, "%*zu B  ", SIZE - 2, row->len);
    draw_text(&pen, STYLE_LIVE, row->semantic ? draw_sign(surface, SIGN_MARK) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    if (strcmp(row->type, "message") != 0)
        draw_format(&pen, STYLE_LABEL, "%.64s  ", row->type);
    needle_mark(events->view.needle, bytes_text(&row->summary), row->summary.len, marks);
    draw_cut_marked(&pen, STYLE_PLAIN, bytes_text(&row->summary), row->summary.len, marks);
    draw_end(&pen);
    free(marks);
}

/* Why older ones are missing, in the last row. */
static void draw_missing(const struct view_events *events, const struct exchange_state *state,
                         const struct surface *surface)
{
    const char *missing = stream_tape_missing(&events->tape, state);

    if (missing && events->list.count > 0 && surface->rows > 1)
        draw_line(surface, surface->rows - 1, STYLE_DIM,
                  " Not kept by policy or for want of a capture; the last 4096 events are, cut.");
}

static void draw_list(struct view_events *events, const struct exchange_state *state,
                      const struct surface *surface)
{
    struct event_rows rows;
    int line = 0;

    if (events->list.count == 0) {
        draw_line(surface, line++, STYLE_DIM, " (no event)");
        draw_blank_from(surface, line);
        return;
    }
    get_rows(events, state, number_of(events, events->list.top), events->list.rows, &rows);
    for (; line < surface->rows && (size_t)line < rows.count; line++)
        draw_row(events, surface, line, &rows.items[line]);
    draw_blank_from(surface, line);
    event_rows_release(&rows);
}

/* ---- one of them, whole ---- */

struct whole {
    struct view_events *events;
    const struct needle *needle;
    int64_t before_us;
};

static void compose_whole(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct whole *whole = context;
    struct view_events *events = whole->events;
    struct bytes *out = &events->page->composed;

    if (event->number != events->open) {
        whole->before_us = since_start_us;
        return;
    }
    events->open_offset = event->offset;
    bytes_printf(out, "event %" PRIu64 "  %.*s  byte %" PRIu64 " (0x%" PRIx64 ")  %zu bytes  ",
                 event->number, (int)(event->type_len < 200 ? event->type_len : 200), event->type,
                 event->offset, event->offset, event->data_len);
    stream_text_duration(out, since_start_us);
    if (whole->before_us >= 0) {
        bytes_puts(out, "  +");
        stream_text_duration(out, since_start_us - whole->before_us);
    }
    bytes_puts(out, event->semantic ? "  semantic\n\n" : "\n\n");
    event_whole(event->data, event->data_len, out);
}

static unsigned open_event(struct view_events *events, uint64_t number)
{
    struct whole whole = {.events = events, .before_us = -1};
    struct application *application = events->view.application;
    struct stream_page *page = events->page;

    if (!on_tape(events)) {
        application_say(application, MESSAGE_NOTE,
                        "Only its beginning is kept, which the list shows");
        return EFFECT_DRAW;
    }
    stream_page_forget(&page->view);
    page->view.needle = events->view.needle;
    events->open = number;
    tape_events(events->tape.tape, number > 1 ? number - 1 : 1, 1 + (number > 1), compose_whole,
                &whole);
    if (page->composed.len == 0)
        bytes_puts(&page->composed, "The event cannot be read again.");
    page->composed_running = false;
    redact(application_redactor(application), page->composed.data, page->composed.len);
    events->view.follow = false;
    return EFFECT_DRAW;
}

static unsigned turn_event(struct view_events *events, bool next)
{
    size_t *cursor = &events->list.cursor;

    if (next ? *cursor + 1 >= events->list.count : *cursor == 0)
        return EFFECT_DRAW;
    *cursor += next ? 1 : SIZE_MAX;
    list_fit(&events->list, events->list.count, events->list.rows);
    return open_event(events, number_of(events, *cursor));
}

static unsigned request_whole(struct view_events *events, const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_BACK:
        events->open = 0;
        return EFFECT_DRAW;
    case REQUEST_LEFT:
    case REQUEST_RIGHT:
        return turn_event(events, call->request == REQUEST_RIGHT);
    case REQUEST_ACTIVATE:
        events->view.jump = "raw";
        events->view.jump_place = events->open_offset;
        return EFFECT_DRAW;
    default:
        return stream_page_request(&events->page->view, call);
    }
}

/* ---- the view ---- */

static void draw(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface)
{
    struct view_events *events = self(view);
    struct surface part = *surface;

    set_up(events, state, surface->rows);
    if (events->open) {
        stream_page_draw(&events->page->view, state, surface);
        return;
    }
    if (stream_tape_missing(&events->tape, state) && surface->rows > 1 && events->list.count > 0) {
        part.rows--;
        list_fit(&events->list, events->list.count, (size_t)part.rows);
    }
    draw_list(events, state, &part);
    draw_missing(events, state, surface);
}

static unsigned go_to(struct view_events *events, const char *text)
{
    char *end;
    uint64_t number = strtoull(text, &end, 10);

    if (end == text || *end || text[0] == '-' || number < events->first ||
        number >= events->first + events->list.count)
        application_say(events->view.application, MESSAGE_FAILED,
                        "goto takes the number of an event here, %" PRIu64 " to %" PRIu64
                        ", not \"%s\"",
                        events->first, events->first + events->list.count - 1, text);
    else {
        events->open = 0;
        events->view.ops->go(&events->view, number);
    }
    return EFFECT_DRAW;
}

static unsigned request(struct stream_view *view, const struct request_call *call)
{
    struct view_events *events = self(view);

    if (events->open && call->request != REQUEST_GOTO)
        return request_whole(events, call);
    if (call->request == REQUEST_GOTO)
        return go_to(events, call->argument);
    if (call->request == REQUEST_ACTIVATE && events->list.count > 0)
        return open_event(events, number_of(events, events->list.cursor));
    if (!list_request(&events->list, call->request))
        return EFFECT_UNHANDLED;
    view->follow = events->list.cursor + 1 >= events->list.count;
    return EFFECT_DRAW;
}

static void place(const struct stream_view *view, struct bytes *out)
{
    const struct view_events *events = (const struct view_events *)view;
    uint64_t last = events->first + events->list.count - 1;

    if (events->open)
        bytes_printf(out, "event %" PRIu64 " ", events->open);
    else if (events->list.count > 0)
        bytes_printf(out, "%" PRIu64 " ", number_of(events, events->list.cursor));
    if (events->list.count > 0)
        bytes_printf(out, "of %" PRIu64, last);
    if (on_tape(events) && events->tape.behind)
        bytes_printf(out, ", reading back %d %%", stream_tape_percent(&events->tape));
    else if (!view->follow && events->list.count > 0 && last > events->paused_at &&
             events->paused_at > 0)
        bytes_printf(out, ", %" PRIu64 " new", last - events->paused_at);
}

/* ---- what is copied and pointed at ---- */

static void append_data(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct bytes *out = context;

    (void)since_start_us;
    if (out->len > 0)
        bytes_append_byte(out, '\n');
    bytes_append(out, event->data, event->data_len);
}

/* The data of the event, or of all of them, one after the other. */
static const char *text(struct stream_view *view, const struct exchange_state *state,
                        enum pane_part part, struct bytes *out)
{
    struct view_events *events = self(view);
    uint64_t number = number_of(events, events->list.cursor);

    (void)state;
    if (!on_tape(events) || events->list.count == 0)
        return NULL;
    if (part == PANE_ALL)
        tape_events(events->tape.tape, 1, events->list.count, append_data, out);
    else
        tape_events(events->tape.tape, number, 1, append_data, out);
    return part == PANE_ALL ? "the data of the events" : "the data of the event";
}

static unsigned point(struct stream_view *view, int row)
{
    struct view_events *events = self(view);

    if (events->open || !list_point(&events->list, row))
        return EFFECT_UNHANDLED;
    view->follow = events->list.cursor + 1 >= events->list.count;
    return EFFECT_DRAW;
}

/* ---- search ---- */

struct looking {
    const struct needle *needle;
    bool last;
    uint64_t found;
};

static void look_at(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct looking *looking = context;

    (void)since_start_us;
    if ((looking->found == 0 || looking->last) && event_rows_match(looking->needle, event))
        looking->found = event->number;
}

/* In the order of their numbers, of those that are kept in memory. */
static void look_at_kept(const struct view_events *events, uint64_t from, uint64_t end,
                         struct looking *looking)
{
    const struct events *kept = application_events(events->view.application);

    for (uint64_t number = from; number < end; number++) {
        const struct event_line *line = events_get(kept, (size_t)(number - events->first));

        look_at(looking,
                &(struct judge_event){.number = number,
                                      .type = line->type,
                                      .type_len = line->type_len,
                                      .data = line->data,
                                      .data_len = line->kept},
                line->since_start_us);
    }
}

/* How many events make a slice: fewer of large ones. */
static uint64_t slice(const struct view_events *events)
{
    const struct tape_extent *extent = &events->tape.extent;
    uint64_t mean = extent->events ? extent->bytes / extent->events : 0;
    uint64_t count = LOOK_BYTES / (mean > MINIMUM_EVENT ? mean : MINIMUM_EVENT);

    return count < 1 ? 1 : count > LOOK_EVENTS ? LOOK_EVENTS : count;
}

static enum stream_look look(struct stream_view *view, const struct exchange_state *state,
                             uint64_t *at, bool back)
{
    struct view_events *events = self(view);
    uint64_t begin = events->first, end = begin + events->list.count, from = *at, to;
    struct looking looking = {.needle = view->needle, .last = back};

    if (events->open)
        return stream_page_look(&events->page->view, state, at, back);
    from = from < begin ? begin : from > end ? end : from;
    if (back ? from == begin : from == end)
        return events->tape.behind && !back ? STREAM_LOOK_MORE : STREAM_LOOK_NONE;
    to = back ? from : end - from > slice(events) ? from + slice(events) : end;
    if (back)
        from = to - begin > slice(events) ? to - slice(events) : begin;
    if (on_tape(events))
        tape_events(events->tape.tape, from, to - from, look_at, &looking);
    else
        look_at_kept(events, from, to, &looking);
    *at = looking.found ? looking.found : back ? from : to;
    return looking.found ? STREAM_LOOK_FOUND : STREAM_LOOK_MORE;
}

static uint64_t here(const struct stream_view *view)
{
    const struct view_events *events = (const struct view_events *)view;

    return events->open ? stream_page_here(&events->page->view)
                        : number_of(events, events->list.cursor);
}

static void go(struct stream_view *view, uint64_t place)
{
    struct view_events *events = self(view);

    view->follow = false;
    if (events->open)
        stream_page_go(&events->page->view, place);
    else
        events->found = events->wanted = place;
}

static uint64_t end_of(const struct stream_view *view)
{
    const struct view_events *events = (const struct view_events *)view;

    return events->open ? stream_page_end(&events->page->view) : events->first + events->list.count;
}

static void tell(const struct stream_view *view, uint64_t place, struct bytes *out)
{
    const struct view_events *events = (const struct view_events *)view;

    if (events->open)
        stream_page_tell(&events->page->view, place, out);
    else
        bytes_printf(out, "event %" PRIu64, place);
}

const struct stream_view_ops stream_view_events = {
    .name = "events",
    .create = create,
    .destroy = destroy,
    .forget = forget,
    .draw = draw,
    .request = request,
    .place = place,
    .text = text,
    .point = point,
    .look = look,
    .here = here,
    .go = go,
    .end = end_of,
    .tell = tell,
};

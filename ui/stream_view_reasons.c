/* The verdict with all its reasons, what to do, and the evidence; a reason leads to its bytes. */
#include <string.h>

#include "base/memory.h"
#include "ui/application.h"
#include "ui/stream_page.h"
#include "ui/stream_text.h"

enum { TITLE_MAX = 512 };

struct view_reasons {
    struct stream_page page;
    size_t cursor; /* of the reasons of the verdict */
};

static struct view_reasons *self(struct stream_view *view)
{
    return (struct view_reasons *)view;
}

/* The profile in force sent nothing of what another tool recorded. */
static const char *differs(const struct application *application,
                           const struct exchange_state *state)
{
    return state->origin ? NULL : application_differs(application);
}

static void compose(struct application *application, const struct exchange_state *state,
                    struct bytes *out)
{
    if (!state->running && application_hides_verdict(application))
        bytes_puts(out, "The verdict and its reasons are hidden; :verdict show tells them.\n");
    else
        stream_text_reasons(state, differs(application, state), out);
}

static const struct stream_page_source source = {.what = "the reasons", .compose = compose};

static struct stream_view *create(struct application *application)
{
    struct view_reasons *reasons = xcalloc(1, sizeof(*reasons));

    stream_page_init(&reasons->page, &stream_view_reasons, application, &source, false);
    return &reasons->page.view;
}

static void forget(struct stream_view *view)
{
    self(view)->cursor = 0;
    stream_page_forget(view);
}

/* ---- reasons and their places in the text ---- */

/* Those that can be pointed at: none while the verdict is not there or hidden. */
static size_t reason_count(const struct stream_view *view, const struct exchange_state *state)
{
    if (!state->verdict || application_hides_verdict(view->application))
        return 0;
    return state->verdict->count;
}

/* Where the title of a reason begins; PAGE_NOWHERE when it is not in the text. */
static size_t find_title(struct stream_view *view, const struct exchange_state *state,
                         size_t reason)
{
    size_t len, at = 0;
    const char *text = stream_page_text(&self(view)->page, state, &len);

    for (size_t i = 0; i <= reason; i++) {
        struct bytes title;
        const char *found;

        bytes_init(&title, TITLE_MAX);
        bytes_append_byte(&title, '\n');
        stream_text_reason(&state->verdict->reasons[i], &title);
        bytes_append_byte(&title, '\n');
        found = memmem(text + at, len - at, bytes_text(&title), title.len);
        bytes_release(&title);
        if (!found)
            return PAGE_NOWHERE;
        at = (size_t)(found - text) + 1;
    }
    return at;
}

static void draw(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface)
{
    struct view_reasons *reasons = self(view);
    size_t count = reason_count(view, state);

    if (reasons->cursor >= count)
        reasons->cursor = 0;
    reasons->page.selected = count > 0 ? find_title(view, state, reasons->cursor) : PAGE_NOWHERE;
    stream_page_draw(view, state, surface);
}

/* ---- requests ---- */

static bool in_sight(struct stream_view *view, const struct exchange_state *state, size_t reason)
{
    const struct stream_page *page = &self(view)->page;
    size_t at = find_title(view, state, reason);
    size_t line = at == PAGE_NOWHERE ? SIZE_MAX : stream_page_line(page, at);

    return line >= page->list.top && line < page->list.top + page->list.rows;
}

/* To the next reason when it is in sight; else the text is to be moved. */
static bool step(struct stream_view *view, const struct exchange_state *state, bool down)
{
    size_t target = self(view)->cursor + (down ? 1 : SIZE_MAX);

    if (target >= reason_count(view, state) || !in_sight(view, state, target))
        return false;
    self(view)->cursor = target;
    return true;
}

/* Where the reason with the cursor went out of sight, one that is in sight gets it. */
static void keep_in_sight(struct stream_view *view, const struct exchange_state *state)
{
    size_t count = reason_count(view, state);

    if (count == 0 || in_sight(view, state, self(view)->cursor))
        return;
    for (size_t i = 0; i < count; i++) {
        if (!in_sight(view, state, i))
            continue;
        self(view)->cursor = i;
        return;
    }
}

/* With the text to its beginning or end goes the cursor; what is out of sight gives it up again. */
static void go_to_end(struct stream_view *view, const struct exchange_state *state, bool last)
{
    size_t count = reason_count(view, state);

    self(view)->cursor = last && count > 0 ? count - 1 : 0;
}

/* To the bytes that it rests on, or where only an event is known, to that. */
static unsigned jump(struct stream_view *view, const struct exchange_state *state)
{
    const struct reason *reason;

    if (reason_count(view, state) == 0)
        return EFFECT_UNHANDLED;
    reason = &state->verdict->reasons[self(view)->cursor];
    if (reason->offset != REASON_NOWHERE) {
        view->jump = "raw";
        view->jump_place = reason->offset;
    } else if (reason->event) {
        view->jump = "events";
        view->jump_place = reason->event;
    } else {
        application_say(view->application, MESSAGE_NOTE,
                        "%s rests on no one place: it is about the whole",
                        reason_name(reason->code));
    }
    return EFFECT_DRAW;
}

static unsigned request(struct stream_view *view, const struct request_call *call)
{
    struct exchange_state state;
    unsigned effects;

    if (!application_shown(view->application, &state))
        return EFFECT_UNHANDLED;
    if (call->request == REQUEST_ACTIVATE)
        return jump(view, &state);
    if ((call->request == REQUEST_UP || call->request == REQUEST_DOWN) &&
        step(view, &state, call->request == REQUEST_DOWN))
        return EFFECT_DRAW;
    effects = stream_page_request(view, call);
    if (call->request == REQUEST_TOP || call->request == REQUEST_BOTTOM)
        go_to_end(view, &state, call->request == REQUEST_BOTTOM);
    if (!(effects & EFFECT_UNHANDLED))
        keep_in_sight(view, &state);
    return effects;
}

/* A press on the title of a reason, or on what stands below it. */
static unsigned point(struct stream_view *view, int row)
{
    struct view_reasons *reasons = self(view);
    size_t line = reasons->page.list.top + (size_t)row, chosen = SIZE_MAX;
    struct exchange_state state;

    if (!application_shown(view->application, &state))
        return EFFECT_UNHANDLED;
    for (size_t i = 0; i < reason_count(view, &state); i++) {
        size_t at = find_title(view, &state, i);

        if (at != PAGE_NOWHERE && stream_page_line(&reasons->page, at) <= line)
            chosen = i;
    }
    if (chosen == SIZE_MAX)
        return EFFECT_UNHANDLED;
    reasons->cursor = chosen;
    return EFFECT_DRAW;
}

const struct stream_view_ops stream_view_reasons = {
    .name = "reasons",
    .create = create,
    .destroy = stream_page_destroy,
    .forget = forget,
    .draw = draw,
    .request = request,
    .place = stream_page_place,
    .text = stream_page_copy,
    .point = point,
    .look = stream_page_look,
    .here = stream_page_here,
    .go = stream_page_go,
    .end = stream_page_end,
    .tell = stream_page_tell,
};

/* Stream: the verdict with its reasons over one view of what came, and the frame of both. */
#include "ui/pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/application.h"
#include "ui/application_confirm.h"
#include "ui/stream_banner.h"
#include "ui/stream_replay.h"
#include "ui/stream_search.h"
#include "ui/stream_text.h"
#include "ui/stream_view.h"

enum { DESCRIPTION_MAX = 1024, FOOTER_FROM = 12, TABS_FROM = 64, DOTS_FROM = 90, DESCRIPTIONS = 3 };

struct pane_stream {
    struct pane pane;
    struct stream_view *views[STREAM_VIEW_COUNT];
    size_t shown;         /* of the views */
    char id[EVIDENCE_ID]; /* of the exchange in view: another one begins anew */
    unsigned version;     /* of what is shown of it: so does its replay, in the same view */
    struct stream_search search;
    size_t came_from;                /* the view that a jump left, STREAM_VIEW_COUNT: none */
    int rule;                        /* its row as it was drawn last; the view stands below */
    int tabs[STREAM_VIEW_COUNT + 1]; /* the columns in it where they begin, and end */
};

static struct pane_stream *self(struct pane *pane)
{
    return (struct pane_stream *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_stream *stream = xcalloc(1, sizeof(*stream));

    stream->pane = (struct pane){.ops = &pane_stream, .application = application};
    stream->came_from = STREAM_VIEW_COUNT;
    for (size_t i = 0; i < STREAM_VIEW_COUNT; i++) {
        stream->views[i] = stream_view_ops(i)->create(application);
        stream->views[i]->needle = &stream->search.needle;
    }
    return &stream->pane;
}

static void destroy(struct pane *pane)
{
    for (size_t i = 0; i < STREAM_VIEW_COUNT; i++)
        stream_view_ops(i)->destroy(self(pane)->views[i]);
    stream_search_release(&self(pane)->search);
    free(pane);
}

static struct stream_view *shown_view(const struct pane_stream *pane)
{
    return pane->views[pane->shown];
}

static void show(struct pane_stream *pane, size_t view)
{
    if (view != pane->shown)
        pane->search.running = false;
    pane->shown = view;
    pane->came_from = STREAM_VIEW_COUNT;
}

/* Another exchange, capture or replay is shown, or none: the views hold pointers into the old. */
static void catch_up(struct pane *base)
{
    struct pane_stream *pane = self(base);
    unsigned version = application_shown_version(base->application);
    struct exchange_state state = {.id = ""};

    if (!application_shown(base->application, &state))
        state.id = "";
    if (strcmp(pane->id, state.id) == 0 && pane->version == version)
        return;
    if (strcmp(pane->id, state.id) != 0)
        show(pane, 0);
    pane->search.running = false;
    snprintf(pane->id, sizeof(pane->id), "%s", state.id);
    pane->version = version;
    for (size_t i = 0; i < STREAM_VIEW_COUNT; i++)
        stream_view_ops(i)->forget(pane->views[i]);
}

/* ---- requests ---- */

static unsigned show_view(struct pane_stream *pane, const char *name)
{
    size_t view = stream_view_find(name);

    if (view == STREAM_VIEW_COUNT) {
        application_say(pane->pane.application, MESSAGE_FAILED, "Stream has no view \"%s\"", name);
        return EFFECT_NONE;
    }
    show(pane, view);
    return EFFECT_DRAW;
}

static unsigned turn_view(struct pane_stream *pane, size_t by)
{
    show(pane, (pane->shown + by) % STREAM_VIEW_COUNT);
    return EFFECT_DRAW;
}

/* Where a view wants the reader to be led; Esc leads back. */
static void take_jump(struct pane_stream *pane, struct stream_view *view)
{
    size_t target = view->jump ? stream_view_find(view->jump) : STREAM_VIEW_COUNT;
    size_t origin = pane->shown;

    view->jump = NULL;
    if (target == STREAM_VIEW_COUNT)
        return;
    show(pane, target);
    pane->came_from = origin;
    /* What is open there closes, so that the place is one of the view itself. */
    pane->views[target]->ops->request(pane->views[target],
                                      &(struct request_call){.request = REQUEST_BACK});
    pane->views[target]->ops->go(pane->views[target], view->jump_place);
}

/* One level of what was begun here ends: a search, a jump, what is judged or replayed. */
static unsigned go_back(struct pane_stream *pane)
{
    if (stream_search_cancel(&pane->search, shown_view(pane)))
        return EFFECT_DRAW;
    if (pane->came_from != STREAM_VIEW_COUNT) {
        show(pane, pane->came_from);
        return EFFECT_DRAW;
    }
    return application_stop_capture(pane->pane.application) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

/* ---- search ---- */

static void on_search(void *context, const char *text)
{
    struct pane_stream *pane = context;

    if (text)
        stream_search_begin(&pane->search, shown_view(pane), text);
}

static unsigned search(struct pane_stream *pane, const char *text)
{
    const struct question question = {.label = "Search: ", .answered = on_search, .context = pane};

    if (text)
        on_search(pane, text);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* ---- sending again ---- */

/* The same body once more. */
static unsigned again(struct pane_stream *pane)
{
    struct application *application = pane->pane.application;
    struct exchange_state state;
    struct error error;
    bool good;

    if (!application_judged(application, &state))
        good = error_set(&error, ERROR_USAGE, "nothing was sent yet");
    else if (state.running)
        good = error_set(&error, ERROR_USAGE, "it still runs; ^C stops it");
    else if (!state.capture)
        good = error_set(&error, ERROR_USAGE,
                         "no capture of it was kept; s sends what Composer shows");
    else
        good = application_confirm_again(application, state.capture, &error);
    if (!good)
        application_fail(application, &error);
    return EFFECT_DRAW;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_stream *pane = self(base);
    struct stream_view *view = shown_view(pane);
    unsigned effects;
    int percent;

    /* No view is in sight meanwhile. */
    if (call->request == REQUEST_BACK && application_opening(base->application, &percent)) {
        application_stop_capture(base->application);
        return EFFECT_DRAW;
    }
    effects = view->ops->request(view, call);
    take_jump(pane, view);
    if (!(effects & EFFECT_UNHANDLED))
        return effects;
    switch (call->request) {
    case REQUEST_REPLAY:
        stream_replay_request(base->application, call->argument);
        return EFFECT_DRAW;
    case REQUEST_BACK:
        return go_back(pane);
    case REQUEST_AGAIN:
        return again(pane);
    case REQUEST_SEARCH:
        return search(pane, call->argument);
    case REQUEST_SEARCH_NEXT:
    case REQUEST_SEARCH_PREVIOUS:
        stream_search_next(&pane->search, view, call->request == REQUEST_SEARCH_PREVIOUS);
        return EFFECT_DRAW;
    case REQUEST_PAUSE:
        if (application_drive_replay(base->application, DRIVE_PAUSE))
            return EFFECT_DRAW;
        view->follow = !view->follow;
        return EFFECT_DRAW;
    case REQUEST_FOLLOW:
        view->follow = !view->follow;
        return EFFECT_DRAW;
    case REQUEST_VIEW:
        return show_view(pane, call->argument);
    case REQUEST_NEXT_VIEW:
        return turn_view(pane, 1);
    case REQUEST_PREVIOUS_VIEW:
        return turn_view(pane, STREAM_VIEW_COUNT - 1);
    default:
        return EFFECT_UNHANDLED;
    }
}

/* ---- drawing ---- */

/* What it is of, less of it from level to level: "chat MODEL, HTTP 200, chunked", "MODEL". */
static void describe(const struct exchange_state *state, int level, struct bytes *out)
{
    bool answered = state->result && state->result->status > 0;

    if (level < 1 || !state->model)
        bytes_printf(out, "%s ", operation_name(state->operation));
    if (state->model)
        bytes_printf(out, "%.80s ", state->model);
    if (answered && level < 2)
        bytes_printf(out, "HTTP %d ", state->result->status);
    if (answered && level < 1)
        bytes_printf(out, "%s ", framing_name(state->result->framing));
}

/* At the right end of the rule, as much of it as there is room for. */
static void draw_description(const struct exchange_state *state, struct pen *pen)
{
    int room = pen->surface->columns - pen->column - 2;
    struct bytes what;

    bytes_init(&what, DESCRIPTION_MAX);
    for (int level = 0; level < DESCRIPTIONS; level++) {
        int width;

        bytes_clear(&what);
        describe(state, level, &what);
        width = text_width(bytes_text(&what), what.len);
        if (width > room)
            continue;
        draw_rule_to(pen, STYLE_BORDER, pen->surface->columns - width - 2);
        draw_format(pen, STYLE_PLAIN, " %s", bytes_text(&what));
        break;
    }
    bytes_release(&what);
}

/* "[answer] · events · …", or where columns are few only the view that is shown. */
static void draw_tabs(struct pane_stream *pane, struct pen *pen)
{
    bool all = pen->surface->columns >= TABS_FROM;

    memset(pane->tabs, 0, sizeof(pane->tabs));
    draw_text(pen, STYLE_PLAIN, " ");
    for (size_t i = 0; i < STREAM_VIEW_COUNT; i++) {
        if (i != pane->shown && !all)
            continue;
        if (i > 0 && all && pen->surface->columns >= DOTS_FROM)
            draw_format(pen, STYLE_BORDER, " %s", draw_sign(pen->surface, SIGN_DOT));
        if (i > 0 && all)
            draw_text(pen, STYLE_PLAIN, " ");
        pane->tabs[i] = pen->column;
        draw_format(pen, i == pane->shown ? STYLE_STRONG : STYLE_DIM,
                    i == pane->shown ? "[%s]" : "%s", stream_view_ops(i)->name);
    }
    pane->tabs[STREAM_VIEW_COUNT] = pen->column;
    draw_text(pen, STYLE_PLAIN, " ");
}

static void draw_place(const struct pane_stream *pane, const struct exchange_state *state,
                       struct pen *pen)
{
    const struct stream_view *view = shown_view(pane);
    struct bytes place;

    bytes_init(&place, DESCRIPTION_MAX);
    if (pane->search.running)
        stream_search_place(&pane->search, view, &place);
    else
        view->ops->place(view, &place);
    if (place.len > 0)
        draw_format(pen, STYLE_DIM, "%s ", bytes_text(&place));
    if (state->running && !view->follow)
        draw_text(pen, STYLE_WARNING, "PAUSED ");
    bytes_release(&place);
}

/* The line between banner and view: the views, where in this one, followed or not, of what. */
static void draw_rule(struct pane_stream *pane, const struct exchange_state *state,
                      const struct surface *surface, int row)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_rule_to(&pen, STYLE_BORDER, 1);
    draw_tabs(pane, &pen);
    draw_place(pane, state, &pen);
    draw_description(state, &pen);
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
}

static void draw_footer(const struct exchange_state *state, const struct surface *surface)
{
    struct bytes text;
    struct pen pen;

    bytes_init(&text, DESCRIPTION_MAX);
    stream_text_timings(state, &text);
    draw_begin(&pen, surface, surface->rows - 1, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, STYLE_DIM, bytes_text(&text), text.len);
    draw_end(&pen);
    bytes_release(&text);
}

/* A large capture on its way here. */
static void draw_opening(const struct surface *surface, int percent)
{
    struct pen pen;

    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_begin(&pen, surface, 1, false);
    draw_text(&pen, STYLE_LIVE, "  JUDGING");
    if (percent >= 0)
        draw_format(&pen, STYLE_STRONG, " %d %%", percent);
    draw_end(&pen);
    draw_line(surface, 2, STYLE_DIM, "  of the capture; Esc gives it up.");
    draw_blank_from(surface, 3);
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

    return most < 1 || pane->shown > 0 ? 1 : most;
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_stream *pane = self(base);
    struct surface body = *surface;
    struct exchange_state state;
    int banner, percent;
    bool footer = surface->rows >= FOOTER_FROM;

    if (application_opening(base->application, &percent)) {
        draw_opening(surface, percent);
        return;
    }
    if (!application_shown(base->application, &state)) {
        draw_empty(surface);
        return;
    }
    banner =
        stream_banner_draw(base->application, &state, surface, banner_rows(pane, surface->rows));
    body.top += banner + 1;
    body.rows -= banner + 1 + (footer ? 1 : 0);
    stream_search_step(&pane->search, shown_view(pane), &state);
    shown_view(pane)->ops->draw(shown_view(pane), &state, &body);
    pane->rule = banner;
    draw_rule(pane, &state, surface, banner);
    if (footer)
        draw_footer(&state, surface);
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint runs[] = {{REQUEST_CANCEL, "stop"},    {REQUEST_FOLLOW, "follow"},
                                       {REQUEST_NEXT_VIEW, "view"}, {REQUEST_SEARCH, "search"},
                                       {REQUEST_BACK, "back"},      {REQUEST_NONE, NULL}};
    const struct hint *replay = stream_replay_hints(base->application);
    struct exchange_state state;

    if (replay)
        return replay;
    return application_shown(base->application, &state) && state.running ? runs : NULL;
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct stream_view *view = shown_view(self(base));
    struct exchange_state state;

    if (!view->ops->text || !application_shown(base->application, &state))
        return false;
    out->what = view->ops->text(view, &state, part, out->bytes);
    return out->what != NULL;
}

/* The last tab that begins at or before a column. */
static size_t tab_at(const struct pane_stream *pane, int column)
{
    size_t tab = STREAM_VIEW_COUNT;

    if (column >= pane->tabs[STREAM_VIEW_COUNT])
        return tab;
    for (size_t i = 0; i < STREAM_VIEW_COUNT; i++)
        if (pane->tabs[i] > 0 && pane->tabs[i] <= column)
            tab = i;
    return tab;
}

static unsigned point(struct pane *base, int row, int column)
{
    struct pane_stream *pane = self(base);
    struct stream_view *view = shown_view(pane);
    size_t tab = tab_at(pane, column);

    if (row == pane->rule && tab < STREAM_VIEW_COUNT) {
        show(pane, tab);
        return EFFECT_DRAW | EFFECT_UNHANDLED; /* a second press is not one on a line */
    }
    if (row <= pane->rule || !view->ops->point)
        return EFFECT_UNHANDLED;
    return view->ops->point(view, row - pane->rule - 1);
}

const struct pane_ops pane_stream = {
    .name = "stream",
    .title = "Stream",
    .key = "3",
    .topics = TOPIC_EXCHANGE,
    .hints = {{REQUEST_NEXT_VIEW, "view"},
              {REQUEST_SEARCH, "search"},
              {REQUEST_REPLAY, "replay"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_AGAIN, "again"},
              {REQUEST_BACK, "back"}},
    .create = create,
    .destroy = destroy,
    .catch_up = catch_up,
    .request = request,
    .draw = draw,
    .hints_now = hints_now,
    .text = text,
    .point = point,
};

/* Observe: how an application behaved against each scenario, while it happens. */
#include "ui/pane.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "command/observe_watch.h"
#include "ui/application.h"
#include "ui/application_observe.h"
#include "ui/list.h"
#include "ui/observe_action.h"
#include "ui/observe_rows.h"
#include "ui/observe_text.h"
#include "ui/paragraph.h"

enum {
    TEXT_MAX = 256 * 1024,
    HEAD_FROM = 3,
    TITLES_FROM = 6,
    DETAIL_FROM = 14,
    ROOMY_FROM = 24,
    DETAIL_ROWS = 5,
    DETAIL_ROOMY = 11,
};

/* A line: a session, or a scenario that nobody asked yet. */
struct place {
    size_t session; /* OBSERVE_NO_SESSION: none */
    const char *name;
};

struct pane_observe {
    struct pane pane;
    struct list list;
    struct place *shown; /* those that pass the filter */
    size_t all;
    char *filter;
    bool open; /* the session is read, over all of the pane */
    struct list page;
    struct observe_action action;
    unsigned number; /* of the observation that is listed */
    int top;         /* the row where the list begins, as drawn last */
};

static struct pane_observe *self(struct pane *pane)
{
    return (struct pane_observe *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_observe *pane = xcalloc(1, sizeof(*pane));

    pane->pane = (struct pane){.ops = &pane_observe, .application = application};
    pane->filter = xstrdup("");
    pane->action.application = application;
    return &pane->pane;
}

static void destroy(struct pane *base)
{
    free(self(base)->shown);
    free(self(base)->filter);
    free(base);
}

static bool present(const struct pane *base)
{
    struct observe_view view;

    return application_observation(base->application, &view);
}

/* ---- the list ---- */

static struct observe_row row_of(const struct observe_view *view, const struct place *place)
{
    return (struct observe_row){
        .name = place->name,
        .session = place->session == OBSERVE_NO_SESSION
                       ? NULL
                       : observation_session(view->observation, place->session),
    };
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->session == b->session &&
           (a->session != OBSERVE_NO_SESSION || strcmp(a->name, b->name) == 0);
}

static bool passes(const struct pane_observe *pane, const struct observe_view *view,
                   const struct place *place)
{
    struct observe_row line = row_of(view, place);
    struct bytes text;
    bool found;

    if (!pane->filter[0])
        return true;
    bytes_init(&text, TEXT_MAX);
    observe_rows_text(&line, &text);
    found = strcasestr(bytes_text(&text), pane->filter) != NULL;
    bytes_release(&text);
    return found;
}

static bool was_asked(const struct observe_view *view, const char *name)
{
    for (size_t i = 0; i < observation_count(view->observation); i++)
        if (strcmp(observation_session(view->observation, i)->scenario, name) == 0)
            return true;
    return false;
}

static void add(struct pane_observe *pane, const struct observe_view *view, struct place place,
                size_t *count)
{
    pane->all++;
    if (passes(pane, view, &place))
        pane->shown[(*count)++] = place;
}

/* The newest session first; what nobody asked yet follows, while it can be asked. */
static size_t gather(struct pane_observe *pane, const struct observe_view *view)
{
    size_t sessions = observation_count(view->observation), count = 0;

    pane->all = 0;
    pane->shown =
        xreallocarray(pane->shown, sessions + view->usual.count + 1, sizeof(*pane->shown));
    for (size_t i = sessions; i > 0; i--)
        add(pane, view,
            (struct place){i - 1, observation_session(view->observation, i - 1)->scenario}, &count);
    for (size_t i = 0; view->state == OBSERVE_LIVE && i < view->usual.count; i++)
        if (!was_asked(view, view->usual.items[i]))
            add(pane, view, (struct place){OBSERVE_NO_SESSION, view->usual.items[i]}, &count);
    return count;
}

/*
 * The cursor stays on its line; on the first one it stays with what is newest, unless that is being
 * read.
 */
static bool refresh(struct pane_observe *pane, struct observe_view *view)
{
    struct place before = {OBSERVE_NO_SESSION, ""};
    bool sticks = pane->open || pane->list.cursor > 0;
    size_t count;

    if (!application_observation(pane->pane.application, view)) {
        list_fit(&pane->list, 0, pane->list.rows);
        return false;
    }
    if (pane->number != view->number) { /* another one: from its beginning */
        pane->number = view->number;
        pane->list = (struct list){.rows = pane->list.rows};
        pane->open = sticks = false;
    }
    if (pane->list.count > 0 && sticks)
        before = pane->shown[pane->list.cursor];
    count = gather(pane, view);
    for (size_t i = 0; sticks && i < count; i++)
        if (same_place(&pane->shown[i], &before))
            pane->list.cursor = i;
    list_fit(&pane->list, count, pane->list.rows);
    return true;
}

static const struct place *chosen(const struct pane_observe *pane)
{
    return pane->list.count > 0 ? &pane->shown[pane->list.cursor] : NULL;
}

static void describe(const struct pane_observe *pane, const struct observe_view *view,
                     const struct place *place, struct bytes *out)
{
    const struct observe_row line = row_of(view, place);
    const char *printed;
    char *address;

    if (!line.session) {
        address = view->state == OBSERVE_LIVE ? observe_view_address(view, place->name) : NULL;
        observe_text_scenario(place->name, address, out);
        free(address);
        return;
    }
    observe_text_session(line.session, view->policy, out);
    printed = application_observe_output(pane->pane.application, place->session);
    if (printed)
        bytes_printf(out, "\nIt printed:\n%s", printed);
}

/* ---- the filter ---- */

static void on_filter(void *context, const char *text)
{
    struct pane_observe *pane = context;

    free(pane->filter);
    pane->filter = xstrdup(text ? text : "");
    application_changed(pane->pane.application, TOPIC_OBSERVE);
}

static unsigned ask_filter(struct pane_observe *pane, const char *text)
{
    const struct question question = {
        .label = "Show sessions with: ",
        .initial = pane->filter,
        .incremental = true,
        .answered = on_filter,
        .changed = on_filter,
        .context = pane,
    };

    if (text)
        on_filter(pane, text);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned go_to_failed(struct pane_observe *pane, const struct observe_view *view,
                             bool forward)
{
    size_t count = pane->list.count, at = pane->list.cursor;

    for (size_t i = 0; i < count; i++) {
        struct observe_row line;

        at = forward ? (at + 1) % count : (at + count - 1) % count;
        line = row_of(view, &pane->shown[at]);
        if (!line.session || line.session->handled != IS_NO)
            continue;
        pane->list.cursor = at;
        pane->page.top = 0;
        list_fit(&pane->list, count, pane->list.rows);
        return EFFECT_DRAW;
    }
    application_say(pane->pane.application, MESSAGE_NOTE, "Nothing is shown that is not handled");
    return EFFECT_DRAW;
}

static unsigned back(struct pane_observe *pane)
{
    if (pane->open)
        pane->open = false;
    else if (pane->filter[0])
        on_filter(pane, "");
    else
        return EFFECT_UNHANDLED;
    return EFFECT_DRAW;
}

/* Once more at the same port: who was pointed at it need not be told anew. */
static unsigned begin(struct pane_observe *pane, uint16_t port)
{
    struct error error;

    if (!application_observe(pane->pane.application, port, &error))
        application_fail(pane->pane.application, &error);
    pane->open = false;
    return EFFECT_DRAW;
}

static unsigned observe_request(struct pane_observe *pane, const struct request_call *call,
                                const struct observe_view *view)
{
    switch (call->request) {
    case REQUEST_ACTIVATE:
        pane->open = !pane->open && chosen(pane);
        pane->page.top = 0;
        return EFFECT_DRAW;
    case REQUEST_BACK:
        return back(pane);
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_AGAIN:
        return chosen(pane) ? observe_action_run(&pane->action, chosen(pane)->name) : EFFECT_DRAW;
    case REQUEST_REFRESH:
        return view->state == OBSERVE_ENDED ? begin(pane, view->port) : EFFECT_DRAW;
    case REQUEST_ATTACH:
        application_mean_observation(pane->pane.application);
        return EFFECT_UNHANDLED; /* the ledger does it */
    case REQUEST_REPORT:
        return observe_action_report(&pane->action, call->argument);
    case REQUEST_NEXT_FAILED:
    case REQUEST_PREVIOUS_FAILED:
        return go_to_failed(pane, view, call->request == REQUEST_NEXT_FAILED);
    default:
        return EFFECT_UNHANDLED;
    }
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_observe *pane = self(base);
    struct observe_view view;

    if (!refresh(pane, &view)) {
        if (call->request == REQUEST_ACTIVATE || call->request == REQUEST_REFRESH)
            return begin(pane, 0);
        return EFFECT_UNHANDLED;
    }
    if (pane->open ? list_scroll(&pane->page, call->request)
                   : list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    return observe_request(pane, call, &view);
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_observe *pane = self(base);
    struct observe_view view;
    bool fits = true;
    char *address;

    if (!refresh(pane, &view) || !chosen(pane))
        return false;
    if (pane->open || (part == PANE_HERE && view.state != OBSERVE_LIVE)) {
        out->what = "the session";
        describe(pane, &view, chosen(pane), out->bytes);
        return true;
    }
    if (part == PANE_HERE) {
        out->what = "where to point the application";
        address = observe_view_address(&view, chosen(pane)->name);
        bytes_printf(out->bytes, "OPENAI_BASE_URL=%s", address);
        free(address);
        return true;
    }
    out->what = "the sessions";
    for (size_t i = 0; i < pane->list.count; i++) {
        struct observe_row line = row_of(&view, &pane->shown[i]);

        observe_rows_text(&line, out->bytes);
        fits &= bytes_puts(out->bytes, "\n");
    }
    return fits;
}

static unsigned point(struct pane *base, int row, int column)
{
    struct pane_observe *pane = self(base);

    (void)column;
    return !pane->open && list_point(&pane->list, row - pane->top) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

/* ---- drawing ---- */

static void draw_nothing(const struct surface *surface)
{
    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_line(surface, 1, STYLE_PLAIN, "  No application is observed.");
    draw_line(surface, 2, STYLE_DIM, "  Enter starts a simulator that one is pointed at;");
    draw_line(surface, 3, STYLE_DIM, "  :observe run -- COMMAND runs it for each scenario.");
    draw_blank_from(surface, 4);
}

static void draw_chosen(const struct pane_observe *pane, const struct surface *surface, int row,
                        const struct observe_view *view)
{
    struct bytes text;
    struct pen pen;

    draw_begin(&pen, surface, row++, false);
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
    if (chosen(pane)) {
        bytes_init(&text, TEXT_MAX);
        describe(pane, view, chosen(pane), &text);
        row = paragraph_draw(surface, row, surface->rows, 1, bytes_text(&text));
        bytes_release(&text);
    }
    draw_blank_from(surface, row);
}

static void draw_open(struct pane_observe *pane, const struct surface *surface,
                      const struct observe_view *view)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    describe(pane, view, chosen(pane), &text);
    paragraph_page(surface, 0, surface->rows, 1, bytes_text(&text), &pane->page);
    bytes_release(&text);
}

/* Titles, or the filter in force. */
static void draw_titles(const struct pane_observe *pane, const struct surface *surface, int row)
{
    struct pen pen;

    if (!pane->filter[0]) {
        observe_rows_titles(surface, row);
        return;
    }
    draw_begin(&pen, surface, row, false);
    draw_format(&pen, STYLE_STRONG, " %zu of %zu  ", pane->list.count, pane->all);
    draw_text(&pen, STYLE_LABEL, "with ");
    draw_cut(&pen, STYLE_PLAIN, pane->filter, strlen(pane->filter));
    draw_end(&pen);
}

static int draw_list(struct pane_observe *pane, const struct surface *surface, int row, int end,
                     const struct observe_view *view)
{
    pane->top = row;
    list_fit(&pane->list, pane->list.count, end > row ? (size_t)(end - row) : 0);
    for (size_t i = pane->list.top; row < end && i < pane->list.count; i++) {
        struct observe_row line = row_of(view, &pane->shown[i]);

        line.selected = i == pane->list.cursor;
        observe_rows_draw(surface, row++, &line);
    }
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    return row;
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_observe *pane = self(base);
    struct observe_view view;
    int row = 0, below = 0;

    if (!refresh(pane, &view)) {
        draw_nothing(surface);
        return;
    }
    pane->open = pane->open && chosen(pane);
    if (pane->open) {
        draw_open(pane, surface, &view);
        return;
    }
    if (surface->rows >= HEAD_FROM) {
        observe_rows_state(surface, row++, &view);
        observe_rows_place(surface, row++, &view, chosen(pane) ? chosen(pane)->name : "NAME");
    }
    if (surface->rows >= TITLES_FROM)
        draw_titles(pane, surface, row++);
    if (surface->rows >= DETAIL_FROM)
        below = surface->rows >= ROOMY_FROM ? DETAIL_ROOMY : DETAIL_ROWS;
    row = draw_list(pane, surface, row, surface->rows - below, &view);
    if (row < surface->rows)
        draw_chosen(pane, surface, row, &view);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_observe *pane = (const struct pane_observe *)base;
    struct observe_view view;

    if (!application_observation(base->application, &view))
        return;
    if (pane->open)
        list_place(&pane->page, out);
    else
        bytes_puts(out, view.state == OBSERVE_ENDED ? "ended, SIMULATED" : "SIMULATED");
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint none[] = {{REQUEST_ACTIVATE, "start"},
                                       {REQUEST_OBSERVE_RUN, "run an application"},
                                       {REQUEST_NONE, NULL}};
    static const struct hint reading[] = {{REQUEST_BACK, "list"},
                                          {REQUEST_NEXT_FAILED, "next not handled"},
                                          {REQUEST_COPY, "copy"},
                                          {REQUEST_REPORT, "report"},
                                          {REQUEST_NONE, NULL}};
    static const struct hint ended[] = {
        {REQUEST_ACTIVATE, "attempts"}, {REQUEST_NEXT_FAILED, "next not handled"},
        {REQUEST_REPORT, "report"},     {REQUEST_REFRESH, "observe anew"},
        {REQUEST_FILTER, "filter"},     {REQUEST_NONE, NULL}};
    struct observe_view view;

    if (!application_observation(base->application, &view))
        return none;
    if (((const struct pane_observe *)base)->open)
        return reading;
    return view.state == OBSERVE_ENDED ? ended : NULL;
}

const struct pane_ops pane_observe = {
    .name = "observe",
    .title = "Observe",
    .key = "9",
    .topics = TOPIC_OBSERVE,
    .hints = {{REQUEST_COPY, "copy the address"},
              {REQUEST_ACTIVATE, "attempts"},
              {REQUEST_OBSERVE_RUN, "run an application"},
              {REQUEST_OBSERVE_STOP, "end, keep"},
              {REQUEST_REPORT, "report"},
              {REQUEST_AGAIN, "run for this one"},
              {REQUEST_NEXT_FAILED, "next not handled"},
              {REQUEST_FILTER, "filter"}},
    .create = create,
    .destroy = destroy,
    .present = present,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .facts = facts,
    .hints_now = hints_now,
};

/* History: every exchange, found by a filter; what is done with one is in ui/history_action.h. */
#include "ui/pane.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "ui/application.h"
#include "ui/filter_hint.h"
#include "ui/history_action.h"
#include "ui/history_compare.h"
#include "ui/history_list.h"
#include "ui/history_view.h"

enum {
    TITLE_ROWS = 1,
    DETAIL_FROM = 12,
    ROOMY_FROM = 20,
    LOOK_US = 2000, /* a frame; the next goes on */
};

struct pane_history {
    struct pane pane;
    struct history_list list;
    struct history_action action;
    struct history_compare compare;
    char *filter_text, *filter_before; /* in force; and before it was typed */
    struct filter_typing typing;
    unsigned version, added; /* of the history in the list */
    bool loaded;
};

static struct pane_history *self(struct pane *pane)
{
    return (struct pane_history *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_history *history = xcalloc(1, sizeof(*history));

    history->pane = (struct pane){.ops = &pane_history, .application = application};
    history->action.application = application;
    history->compare.application = application;
    history->filter_text = xstrdup("");
    return &history->pane;
}

static void destroy(struct pane *base)
{
    struct pane_history *pane = self(base);

    history_list_release(&pane->list);
    history_compare_release(&pane->compare);
    filter_typing_end(&pane->typing);
    free(pane->filter_text);
    free(pane->filter_before);
    free(pane);
}

/* ---- the list ---- */

static void look(struct pane_history *pane)
{
    struct application *application = pane->pane.application;
    struct history *history = application_history(application);
    struct error error;
    bool more = false;

    if (history && !history_list_work(&pane->list, history, application_clock(application), LOOK_US,
                                      &more, &error))
        application_fail(application, &error);
    if (more)
        application_changed(application, TOPIC_HISTORY);
}

static void catch_up(struct pane *base)
{
    struct pane_history *pane = self(base);
    unsigned version = application_history_version(pane->pane.application) - pane->version;
    unsigned added = application_history_added(pane->pane.application) - pane->added;

    if (pane->loaded && version > 0 && version == added)
        history_list_grew(&pane->list);
    else if (!pane->loaded || version > 0)
        history_list_reload(&pane->list);
    pane->loaded = true;
    pane->version += version;
    pane->added += added;
    if (version > 0 || pane->list.window.count == 0)
        look(pane);
}

/* ---- the filter ---- */

/* A line that is no filter yet leaves the list as it is. */
static bool set_filter(struct pane_history *pane, const char *text, struct error *error)
{
    struct application *application = pane->pane.application;
    int64_t now_ms = clock_wall_ms(application_clock(application));
    struct history_filter filter;

    application_changed(application, TOPIC_HISTORY);
    if (!history_filter_parse(&filter, text, application_classes(application), now_ms, error)) {
        pane->typing.wrong_at = filter.wrong_at;
        pane->typing.wrong_len = filter.wrong_len;
        return false;
    }
    history_list_filter(&pane->list, &filter);
    free(pane->filter_text);
    pane->filter_text = xstrdup(text);
    return true;
}

static void on_typed(void *context, const char *text)
{
    struct pane_history *pane = context;
    struct error error;

    filter_typing_begin(&pane->typing, text ? text : "");
    if (!set_filter(pane, pane->typing.line, &error))
        pane->typing.trouble = xstrdup(error.text);
}

/* Who gives up keeps the list as it was before. */
static void on_filter(void *context, const char *text)
{
    struct pane_history *pane = context;
    struct error error;

    filter_typing_end(&pane->typing);
    if (!set_filter(pane, text ? text : pane->filter_before, &error))
        application_fail(pane->pane.application, &error);
}

static unsigned ask_filter(struct pane_history *pane, const char *text)
{
    const struct question question = {
        .label = "Filter history: ",
        .initial = pane->filter_text,
        .incremental = true,
        .completion = COMPLETION_HISTORY_FILTER,
        .answered = on_filter,
        .changed = on_typed,
        .context = pane,
    };

    if (text) {
        on_filter(pane, text);
        return EFFECT_DRAW;
    }
    application_ask(pane->pane.application, &question);
    filter_typing_begin(&pane->typing, pane->filter_text);
    free(pane->filter_before);
    pane->filter_before = xstrdup(pane->filter_text);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned ask_prune(const struct pane_history *pane, const char *limits)
{
    struct error error;

    if (!application_prune(pane->pane.application, limits, &error))
        application_fail(pane->pane.application, &error);
    return EFFECT_DRAW;
}

static unsigned row_request(struct pane_history *pane, const struct request_call *call)
{
    struct application *application = pane->pane.application;
    const struct history_row *row = history_list_chosen(&pane->list);
    bool of_row =
        call->request == REQUEST_ACTIVATE || request_info(call->request)->group == GROUP_HISTORY;

    if (call->request == REQUEST_COMPARE)
        return history_compare_open(&pane->compare, row, call->argument);
    if (row && call->request == REQUEST_BASE) {
        history_compare_choose(&pane->compare, row);
        return EFFECT_DRAW;
    }
    if (row)
        return history_action_request(&pane->action, row, call);
    if (!of_row)
        return EFFECT_UNHANDLED;
    application_say(application, MESSAGE_NOTE, "There is no exchange to do that with");
    return EFFECT_DRAW;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_history *pane = self(base);
    unsigned effects;

    if (history_compare_is_open(&pane->compare)) {
        effects = history_compare_request(&pane->compare, call->request);
        if (!(effects & EFFECT_UNHANDLED) || call->request == REQUEST_ACTIVATE)
            return effects;
    }
    if (history_list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_REFRESH:
        history_list_reload(&pane->list);
        return EFFECT_DRAW;
    case REQUEST_PRUNE:
        return ask_prune(pane, call->argument);
    case REQUEST_BACK:
        if (!pane->filter_text[0])
            return EFFECT_UNHANDLED;
        on_filter(pane, "");
        return EFFECT_DRAW;
    default:
        return row_request(pane, call);
    }
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_history *pane = self(base);
    const struct history_row *chosen = history_list_chosen(&pane->list);
    bool hidden = application_hides_verdict(base->application), fits = true;

    if (history_compare_is_open(&pane->compare)) {
        out->what = "the comparison";
        return compare_view_text(&pane->compare.view, out->bytes);
    }
    if (!chosen)
        return false;
    out->what = part == PANE_ALL ? "the exchanges around the cursor" : "the evidence identifier";
    if (part == PANE_HERE)
        return bytes_puts(out->bytes, chosen->id);
    for (size_t i = 0; i < pane->list.window.count; i++)
        fits &= history_view_text(&pane->list.window.rows[i], hidden, out->bytes);
    return fits;
}

static unsigned point(struct pane *base, int row, int column)
{
    (void)column;
    if (history_compare_is_open(&self(base)->compare))
        return EFFECT_UNHANDLED;
    return list_point(&self(base)->list.list, row - TITLE_ROWS) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

/* ---- drawing ---- */

static void draw_empty(const struct pane_history *pane, const struct surface *surface)
{
    int row = 1;

    if (history_list_looks(&pane->list)) {
        struct pen pen;

        draw_begin(&pen, surface, row++, false);
        draw_format(&pen, STYLE_DIM, "  Looking ... %" PRIu64 " exchanges so far",
                    pane->list.window.older.looked);
        draw_end(&pen);
    } else if (pane->filter_text[0]) {
        draw_line(surface, row++, STYLE_PLAIN, "  No exchange passes the filter.");
        draw_line(surface, row++, STYLE_DIM, "  / changes it, Esc shows all of them again.");
    } else {
        draw_line(surface, row++, STYLE_PLAIN, "  Nothing was sent yet.");
        draw_line(surface, row++, STYLE_DIM, "  What is sent stands here from then on.");
    }
    draw_blank_from(surface, row);
}

/* How many pass; before they are counted that is only known so far. */
static void draw_count(struct pen *pen, const struct history_list *list)
{
    if (list->counted)
        draw_format(pen, STYLE_STRONG, " %" PRIu64 " of %" PRIu64 "  ", list->passed, list->all);
    else
        draw_format(pen, STYLE_DIM, " %" PRIu64 " so far  ", list->tally.passed);
}

/* The titles, or what matters more: the filter in force, or what is wrong with the one typed. */
static void draw_head(const struct pane_history *pane, const struct surface *surface)
{
    struct pen pen;

    if (pane->typing.line && (pane->typing.trouble || surface->rows < DETAIL_FROM)) {
        filter_hint_draw(&pane->typing, surface, 0);
        return;
    }
    if (!pane->filter_text[0]) {
        history_view_titles(surface, 0);
        return;
    }
    draw_begin(&pen, surface, 0, false);
    draw_count(&pen, &pane->list);
    draw_text(&pen, STYLE_LABEL, "filter ");
    draw_cut(&pen, STYLE_PLAIN, pane->filter_text, strlen(pane->filter_text));
    draw_end(&pen);
}

/* In the place of what is known of a row: what may be written. */
static void draw_typing(const struct pane_history *pane, const struct surface *surface)
{
    struct filter_typing typing = pane->typing;
    int row = surface->rows - HISTORY_DETAIL;

    if (surface->rows >= ROOMY_FROM && pane->list.window.count)
        draw_line(surface, row - 1, STYLE_PLAIN, NULL);
    typing.trouble = NULL;
    history_view_rule(surface, row);
    filter_hint_draw(&typing, surface, row + 1);
    draw_line(surface, row + 2, STYLE_DIM,
              " Tab completes, Enter keeps the filter, Esc goes back to the one before");
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_history *pane = self(base);
    struct history_list *list = &pane->list;
    bool detail = surface->rows >= DETAIL_FROM;
    bool hidden = application_hides_verdict(base->application);
    int below = !detail ? 0 : HISTORY_DETAIL + (surface->rows >= ROOMY_FROM);
    int rows = surface->rows - TITLE_ROWS - below, row = 0;

    if (history_compare_is_open(&pane->compare)) {
        history_compare_draw(&pane->compare, surface);
        return;
    }
    list->list.rows = rows > 0 ? (size_t)rows : 0;
    look(pane);
    list_fit(&list->list, list->window.count, rows > 0 ? (size_t)rows : 0);
    draw_head(pane, surface);
    if (list->window.count == 0) {
        draw_empty(pane, surface);
        if (detail && pane->typing.line)
            draw_typing(pane, surface);
        return;
    }
    for (; row < rows && list->list.top + (size_t)row < list->window.count; row++) {
        size_t index = list->list.top + (size_t)row;
        const struct history_row *exchange = &list->window.rows[index];
        const struct history_row_state state = {
            .selected = index == list->list.cursor,
            .base = strcmp(exchange->id, pane->compare.base) == 0,
            .hidden = hidden,
            .filter = &list->filter,
        };

        history_view_row(surface, row + TITLE_ROWS, exchange, &state);
    }
    draw_blank_from(surface, row + TITLE_ROWS);
    if (detail && pane->typing.line)
        draw_typing(pane, surface);
    else if (detail)
        history_view_detail(surface, surface->rows - below, history_list_chosen(list),
                            clock_wall_ms(application_clock(base->application)), hidden);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_history *pane = (const struct pane_history *)base;
    const struct history_list *list = &pane->list;

    if (history_compare_is_open(&pane->compare))
        compare_view_facts(&pane->compare.view, out);
    else if (pane->loaded && list->counted && !pane->filter_text[0])
        bytes_printf(out, "%" PRIu64 " exchange%s", list->all, list->all == 1 ? "" : "s");
    else if (pane->loaded && !pane->filter_text[0]) /* they are counted when the rows are there */
        bytes_printf(out, "%" PRIu64 " or more exchanges",
                     list->tally.looked > list->window.count ? list->tally.looked
                                                             : (uint64_t)list->window.count);
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint comparing[] = {{REQUEST_NEXT_DIFFERENCE, "next difference"},
                                            {REQUEST_PREVIOUS_DIFFERENCE, "the one before"},
                                            {REQUEST_BACK, "back to the list"},
                                            {REQUEST_NONE, NULL}};
    const struct pane_history *pane = (const struct pane_history *)base;

    return history_compare_is_open(&pane->compare) ? comparing : NULL;
}

const struct pane_ops pane_history = {
    .name = "history",
    .title = "History",
    .key = "5",
    .topics = TOPIC_HISTORY,
    .hints = {{REQUEST_ACTIVATE, "open"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_BASE, "base"},
              {REQUEST_COMPARE, "compare"},
              {REQUEST_AGAIN, "again"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_MARK, "mark"},
              {REQUEST_ANNOTATE, "note"},
              {REQUEST_EXPORT, "export"}},
    .create = create,
    .destroy = destroy,
    .catch_up = catch_up,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .facts = facts,
    .hints_now = hints_now,
};

/* Suite: what a suite of probes would send, then what came of it, case by case. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/application_suite.h"
#include "ui/list.h"
#include "ui/paragraph.h"
#include "ui/suite_action.h"
#include "ui/suite_detail.h"
#include "ui/suite_start.h"
#include "ui/suite_view.h"

enum {
    TEXT_MAX = 64 * 1024,
    HEAD_FROM = 2,
    TITLES_FROM = 5,
    DETAIL_FROM = 12,
    ROOMY_FROM = 18,
    DETAIL_LEAST = 5,
    DETAIL_MOST = 14,
    ALERTS_SHARE = 6, /* of the rows, at most */
};

struct pane_suite {
    struct pane pane;
    struct list list; /* of those that pass the filter */
    size_t *shown;    /* their places in the plan */
    char *filter;
    unsigned number; /* of the plan that is listed, 0: none yet */
    bool reading;    /* the detail of the case, over all of the pane */
    struct suite_detail detail;
    struct suite_action action;
    struct suite_start start;
    int top; /* the row where the list begins, as drawn last */
};

static struct pane_suite *self(struct pane *pane)
{
    return (struct pane_suite *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_suite *pane = xcalloc(1, sizeof(*pane));

    pane->pane = (struct pane){.ops = &pane_suite, .application = application};
    pane->filter = xstrdup("");
    pane->action.application = pane->start.application = application;
    return &pane->pane;
}

static void destroy(struct pane *base)
{
    free(self(base)->shown);
    free(self(base)->filter);
    suite_detail_release(&self(base)->detail);
    free(base);
}

static bool present(const struct pane *base)
{
    struct suite_view suite;

    return application_suite(base->application, &suite);
}

/* ---- the list ---- */

static struct suite_row row_of(const struct pane_suite *pane, const struct suite_view *suite,
                               size_t index)
{
    return (struct suite_row){
        .plan_case = &suite->plan->cases[index],
        .result = suite->runner ? runner_result(suite->runner, index) : NULL,
        .attempts = &suite->attempts[index],
        .reviews = suite->reviews,
        .hidden = application_hides_verdict(pane->pane.application),
    };
}

static bool passes(const struct pane_suite *pane, const struct suite_view *suite, size_t index)
{
    struct suite_row line = row_of(pane, suite, index);
    struct bytes text;
    bool found;

    if (!pane->filter[0])
        return true;
    bytes_init(&text, TEXT_MAX);
    suite_view_text(&line, &text);
    found = strcasestr(bytes_text(&text), pane->filter) != NULL;
    bytes_release(&text);
    return found;
}

/* The cursor stays on its case as long as that passes the filter. */
static bool refresh(struct pane_suite *pane, struct suite_view *suite)
{
    size_t before = 0, count = 0;

    if (!application_suite(pane->pane.application, suite)) {
        list_fit(&pane->list, 0, pane->list.rows);
        return false;
    }
    if (pane->number != suite->number) { /* another suite: from its beginning */
        pane->number = suite->number;
        pane->reading = false;
        pane->list.count = 0;
        free(pane->filter);
        pane->filter = xstrdup("");
    }
    if (pane->list.count > 0)
        before = pane->shown[pane->list.cursor];
    pane->list.cursor = 0;
    pane->shown = xreallocarray(pane->shown, suite->plan->count + 1, sizeof(*pane->shown));
    for (size_t i = 0; i < suite->plan->count; i++) {
        if (!passes(pane, suite, i))
            continue;
        if (i <= before)
            pane->list.cursor = count;
        pane->shown[count++] = i;
    }
    list_fit(&pane->list, count, pane->list.rows);
    return true;
}

static bool chosen(const struct pane_suite *pane, size_t *index)
{
    if (pane->list.count == 0)
        return false;
    *index = pane->shown[pane->list.cursor];
    return true;
}

/* ---- the filter ---- */

static void on_filter(void *context, const char *text)
{
    struct pane_suite *pane = context;

    free(pane->filter);
    pane->filter = xstrdup(text ? text : "");
    application_changed(pane->pane.application, TOPIC_SUITE);
}

static unsigned ask_filter(struct pane_suite *pane, const char *text)
{
    const struct question question = {
        .label = "Show cases with: ",
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

static bool has_failed(const struct suite_view *suite, size_t index)
{
    enum outcome outcome = runner_result(suite->runner, index)->outcome;

    return outcome == OUTCOME_FAIL || outcome == OUTCOME_ERROR;
}

static void move_to(struct pane_suite *pane, size_t at)
{
    pane->list.cursor = at;
    pane->detail.list.cursor = 0;
    list_fit(&pane->list, pane->list.count, pane->list.rows);
}

static unsigned go_to_failed(struct pane_suite *pane, const struct suite_view *suite, bool forward)
{
    size_t count = pane->list.count, at = pane->list.cursor;
    size_t failed = suite->tally.failed + suite->tally.errors;

    for (size_t i = 0; suite->runner && i < count; i++) {
        at = forward ? (at + 1) % count : (at + count - 1) % count;
        if (!has_failed(suite, pane->shown[at]))
            continue;
        move_to(pane, at);
        return EFFECT_DRAW;
    }
    if (failed > 0)
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "None of these failed; the filter hides %zu that did, Esc takes it away",
                        failed);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "Nothing failed");
    return EFFECT_DRAW;
}

/* The case under the cursor. None can be there only where the filter hides all of them. */
static bool take_chosen(struct pane_suite *pane, size_t *index)
{
    if (chosen(pane, index))
        return true;
    application_say(pane->pane.application, MESSAGE_NOTE,
                    "No case passes the filter; Esc takes it away");
    return false;
}

/* The attempt that the cursor of the page is on. */
static size_t chosen_attempt(const struct pane_suite *pane)
{
    static const char label[] = SUITE_VIEW_ATTEMPT;
    const char *line = pane->reading ? suite_detail_line(&pane->detail) : "";

    return strncmp(line, label, strlen(label)) == 0 ? strtoul(line + strlen(label), NULL, 10) : 0;
}

static unsigned act(struct pane_suite *pane, const struct request_call *call)
{
    struct suite_action *action = &pane->action;

    action->attempt = chosen_attempt(pane);
    return take_chosen(pane, &action->asked) ? suite_action_request(action, call) : EFFECT_DRAW;
}

static unsigned begin(struct pane_suite *pane, size_t index)
{
    suite_start(&pane->start, index);
    return EFFECT_DRAW;
}

static unsigned read_detail(struct pane_suite *pane)
{
    size_t index;

    pane->reading = !pane->reading && take_chosen(pane, &index);
    pane->detail.list = (struct list){.rows = pane->detail.list.rows};
    return EFFECT_DRAW;
}

/* From the page to the list, from what the filter left to all, from a plan to the run behind it. */
static unsigned back(struct pane_suite *pane)
{
    if (pane->reading)
        pane->reading = false;
    else if (pane->filter[0])
        on_filter(pane, "");
    else if (!application_leave_plan(pane->pane.application))
        return EFFECT_UNHANDLED;
    return EFFECT_DRAW;
}

static unsigned suite_request(struct pane_suite *pane, const struct request_call *call,
                              const struct suite_view *suite)
{
    size_t index;

    switch (call->request) {
    case REQUEST_ACTIVATE:
        return suite->runner ? act(pane, call) : begin(pane, suite->plan->count);
    case REQUEST_AGAIN:
        return take_chosen(pane, &index) ? begin(pane, index) : EFFECT_DRAW;
    case REQUEST_REFRESH:
        return begin(pane, suite->plan->count);
    case REQUEST_INSPECT:
        return read_detail(pane);
    case REQUEST_ATTACH:
    case REQUEST_ANNOTATE:
    case REQUEST_FINDING:
        return act(pane, call);
    case REQUEST_REPORT:
        return suite_action_request(&pane->action, call);
    case REQUEST_NEXT_FAILED:
    case REQUEST_PREVIOUS_FAILED:
        return go_to_failed(pane, suite, call->request == REQUEST_NEXT_FAILED);
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_BACK:
        return back(pane);
    default:
        return EFFECT_UNHANDLED;
    }
}

static bool is_reading(const struct pane_suite *pane)
{
    return pane->reading && pane->list.count > 0;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_suite *pane = self(base);
    struct suite_view suite;

    if (!refresh(pane, &suite)) {
        if (call->request != REQUEST_ACTIVATE && request_info(call->request)->group != GROUP_PROBES)
            return EFFECT_UNHANDLED;
        if (call->request == REQUEST_PROBE || call->request == REQUEST_SUITE)
            return EFFECT_UNHANDLED;
        application_say(base->application, MESSAGE_NOTE, "No suite was chosen; p chooses one");
        return EFFECT_DRAW;
    }
    return list_request(is_reading(pane) ? &pane->detail.list : &pane->list, call->request)
               ? EFFECT_DRAW
               : suite_request(pane, call, &suite);
}

/* ---- what is copied and pointed at ---- */

/* What is read of a case; before the start what is read of the plan comes first. */
static bool describe(const struct pane_suite *pane, const struct suite_view *suite,
                     struct bytes *out)
{
    struct suite_row line;
    size_t index;

    if (!chosen(pane, &index))
        return false;
    if (pane->reading && !suite->runner) {
        suite_view_plan(suite, out);
        bytes_puts(out, "\n\n");
    }
    line = row_of(pane, suite, index);
    suite_view_detail(&line, out);
    return out->len > 0;
}

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_suite *pane = self(base);
    struct suite_view suite;
    bool fits = true;

    if (!refresh(pane, &suite) || pane->list.count == 0)
        return false;
    out->what = part == PANE_HERE || pane->reading ? "the case" : "the cases";
    if (part == PANE_HERE || pane->reading)
        return describe(pane, &suite, out->bytes);
    if (!suite.runner) {
        suite_view_plan(&suite, out->bytes);
        bytes_puts(out->bytes, "\n\n");
    }
    for (size_t i = 0; i < pane->list.count; i++) {
        struct suite_row line = row_of(pane, &suite, pane->shown[i]);

        suite_view_text(&line, out->bytes);
        fits &= bytes_puts(out->bytes, "\n");
    }
    return fits;
}

static unsigned point(struct pane *base, int row, int column)
{
    struct pane_suite *pane = self(base);

    (void)column;
    return (is_reading(pane) ? list_point(&pane->detail.list, row)
                             : list_point(&pane->list, row - pane->top))
               ? EFFECT_DRAW
               : EFFECT_UNHANDLED;
}

/* ---- drawing ---- */

static void draw_nothing(const struct surface *surface)
{
    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_line(surface, 1, STYLE_PLAIN, "  No suite of probes was chosen.");
    draw_line(surface, 2, STYLE_DIM, "  p chooses one, :suite NAME shows what it would send.");
    draw_blank_from(surface, 3);
}

/* As much of it as leaves room for a list of cases; in short where that is too much. */
static int draw_plan(const struct surface *surface, const struct suite_view *suite)
{
    struct paragraph paragraph = {.text = NULL};
    struct bytes text;
    int rows, row = 0;

    bytes_init(&text, TEXT_MAX);
    suite_view_plan(suite, &text);
    paragraph_break(&paragraph, surface, 1, bytes_text(&text));
    rows = (int)paragraph_rows(&paragraph);
    if (rows > (surface->rows + 1) / 2) {
        bytes_clear(&text);
        suite_view_brief(suite, &text);
        paragraph_break(&paragraph, surface, 1, bytes_text(&text));
        rows = (int)paragraph_rows(&paragraph);
    }
    for (; row < rows && row < surface->rows; row++)
        paragraph_row(&paragraph, surface, row, (size_t)row, false);
    paragraph_release(&paragraph);
    bytes_release(&text);
    return row;
}

/* What is read before the start, or how far it is. Answers the row behind it. */
static int draw_head(const struct pane_suite *pane, const struct surface *surface,
                     const struct suite_view *suite)
{
    bool hidden = application_hides_verdict(pane->pane.application);

    if (!suite->runner)
        return draw_plan(surface, suite);
    suite_view_gauge(surface, 0, suite, hidden);
    return hidden ? 1 : suite_view_alerts(surface, 1, surface->rows / ALERTS_SHARE, suite->alerts);
}

/* Over all of the pane, or from `row` on. */
static void draw_detail(struct pane_suite *pane, const struct surface *surface, int row,
                        const struct suite_view *suite)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    describe(pane, suite, &text);
    if (pane->reading)
        suite_detail_draw(&pane->detail, surface, bytes_text(&text));
    else
        suite_detail_brief(surface, row, bytes_text(&text));
    bytes_release(&text);
}

/* Titles, or the filter in force. */
static void draw_titles(const struct pane_suite *pane, const struct surface *surface, int row,
                        const struct suite_view *suite)
{
    struct pen pen;

    if (!pane->filter[0]) {
        suite_view_titles(surface, row, !suite->runner);
        return;
    }
    draw_begin(&pen, surface, row, false);
    draw_format(&pen, STYLE_STRONG, " %zu of %zu  ", pane->list.count, suite->plan->count);
    draw_text(&pen, STYLE_LABEL, "with ");
    draw_cut(&pen, STYLE_PLAIN, pane->filter, strlen(pane->filter));
    draw_end(&pen);
}

/* How many rows go to the detail: of results there is more to tell, and more of a higher pane. */
static int detail_rows(const struct surface *surface, bool planned)
{
    int rows = surface->rows * 2 / 5 + 1;

    if (surface->rows < DETAIL_FROM)
        return 0;
    if (planned || surface->rows < ROOMY_FROM)
        return DETAIL_LEAST;
    return rows < DETAIL_MOST ? rows : DETAIL_MOST;
}

static void draw_list(struct pane_suite *pane, const struct surface *surface,
                      const struct suite_view *suite)
{
    int below = detail_rows(surface, !suite->runner), row = 0, end;

    if (surface->rows >= HEAD_FROM)
        row = draw_head(pane, surface, suite);
    if (surface->rows - row >= TITLES_FROM)
        draw_titles(pane, surface, row++, suite);
    end = surface->rows - below > row ? surface->rows - below : surface->rows;
    pane->top = row;
    list_fit(&pane->list, pane->list.count, end > row ? (size_t)(end - row) : 0);
    if (below > 0 && pane->list.count > 0 && row + (int)pane->list.count < end)
        end = row + (int)pane->list.count; /* what a short list leaves goes to the detail */
    for (size_t i = pane->list.top; row < end && i < pane->list.count; i++) {
        struct suite_row line = row_of(pane, suite, pane->shown[i]);

        line.selected = i == pane->list.cursor;
        suite_view_row(surface, row++, &line);
    }
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    if (end < surface->rows)
        draw_detail(pane, surface, end, suite);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_suite *pane = self(base);
    struct suite_view suite;

    if (!refresh(pane, &suite))
        draw_nothing(surface);
    else if (is_reading(pane))
        draw_detail(pane, surface, 0, &suite);
    else
        draw_list(pane, surface, &suite);
}

static void facts(const struct pane *base, struct bytes *out)
{
    struct suite_view suite;

    if (!application_suite(base->application, &suite))
        return;
    bytes_printf(out, "%s%s", suite.name,
                 suite.running              ? ", running"
                 : !suite.runner            ? ", planned"
                 : suite.profile->simulator ? ", SIMULATED"
                                            : "");
}

/* Leaving would lose it: it is in no report. */
static const char *unsaved(const struct pane *base)
{
    return application_unreported_suite(base->application) ? "The run of the suite (x reports it)"
                                                           : NULL;
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint planned[] = {{REQUEST_ACTIVATE, "start"}, {REQUEST_BACK, "leave"},
                                          {REQUEST_INSPECT, "detail"}, {REQUEST_FILTER, "filter"},
                                          {REQUEST_PROBE, "probes"},   {REQUEST_NONE, NULL}};
    static const struct hint page[] = {{REQUEST_ACTIVATE, "open"},
                                       {REQUEST_INSPECT, "list"},
                                       {REQUEST_NEXT_FAILED, "next failed"},
                                       {REQUEST_AGAIN, "run it again"},
                                       {REQUEST_FINDING, "finding"},
                                       {REQUEST_PAGE, "pager"},
                                       {REQUEST_NONE, NULL}};
    const struct pane_suite *pane = (const struct pane_suite *)base;
    struct suite_view suite;

    if (!application_suite(base->application, &suite))
        return NULL;
    if (!suite.runner)
        return suite.restriction ? planned + 1 : planned;
    return is_reading(pane) ? page : NULL;
}

const struct pane_ops pane_suite = {
    .name = "suite",
    .title = "Suite",
    .key = "0",
    .topics = TOPIC_SUITE | TOPIC_HISTORY, /* verdicts are hidden or shown by that */
    .hints = {{REQUEST_ACTIVATE, "open"},
              {REQUEST_INSPECT, "detail"},
              {REQUEST_NEXT_FAILED, "next failed"},
              {REQUEST_AGAIN, "run it again"},
              {REQUEST_REPORT, "report"},
              {REQUEST_FINDING, "finding"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_ANNOTATE, "note"}},
    .create = create,
    .destroy = destroy,
    .present = present,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .facts = facts,
    .hints_now = hints_now,
    .unsaved = unsaved,
};

/* Suite: what a suite of probes would send, then what came of it, case by case. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/application_suite.h"
#include "ui/confirm.h"
#include "ui/list.h"
#include "ui/paragraph.h"
#include "ui/suite_action.h"
#include "ui/suite_view.h"

enum {
    TEXT_MAX = 64 * 1024,
    MARGIN = 2,
    HEAD_FROM = 2,
    TITLES_FROM = 6,
    DETAIL_FROM = 12,
    ROOMY_FROM = 18
};

struct pane_suite {
    struct pane pane;
    struct list list; /* of those that pass the filter */
    size_t *shown;    /* their places in the plan */
    char *filter;
    size_t asked; /* the case that the open question is about; the count: all of them */
    const struct plan_case *plan; /* that is listed; only compared */
    struct suite_action action;
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
    if (pane->plan != suite->plan->cases) { /* another suite: from its beginning */
        pane->plan = suite->plan->cases;
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

/* ---- starting ---- */

static void start(struct pane_suite *pane, const char *typed)
{
    struct application *application = pane->pane.application;
    struct suite_view suite;
    struct error error;
    bool all, started;

    if (!application_suite(application, &suite))
        return;
    all = pane->asked >= suite.plan->count;
    started = all ? application_begin_suite(application, typed, &error)
                  : application_run_case(application, pane->asked, typed, &error);
    if (!started)
        application_fail(application, &error);
}

static void on_production(void *context, const char *text)
{
    struct pane_suite *pane = context;
    struct suite_view suite;
    const char *name;

    if (!application_suite(pane->pane.application, &suite))
        return;
    name = suite.profile->name;
    if (suite.plan->negative ? text && name && strcmp(text, name) == 0 : confirm_yes(text))
        start(pane, name);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "Nothing was sent");
}

/* What goes to production is confirmed: by its name where something is wrong on purpose. */
static unsigned begin(struct pane_suite *pane, const struct suite_view *suite, size_t index)
{
    struct application *application = pane->pane.application;
    struct question question = {.answered = on_production, .context = pane};
    const char *name = suite->profile->name ? suite->profile->name : "none";
    struct error error;
    char *label;

    pane->asked = index;
    if (!application_may_send(application, &error)) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    if (!suite->profile->production || suite->frozen || suite->running) {
        start(pane, NULL);
        return EFFECT_DRAW;
    }
    label =
        suite->plan->negative
            ? xasprintf("PRODUCTION: some of it is wrong on purpose. Type %s to send it: ", name)
            : xasprintf("PRODUCTION, BILLABLE: send it to %s? (y or n) ", name);
    question.label = label;
    application_ask(application, &question);
    free(label);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned go_to_failed(struct pane_suite *pane, const struct suite_view *suite, bool forward)
{
    size_t count = pane->list.count, at = pane->list.cursor;

    for (size_t i = 0; suite->runner && i < count; i++) {
        enum outcome outcome;

        at = forward ? (at + 1) % count : (at + count - 1) % count;
        outcome = runner_result(suite->runner, pane->shown[at])->outcome;
        if (outcome != OUTCOME_FAIL && outcome != OUTCOME_ERROR)
            continue;
        pane->list.cursor = at;
        list_fit(&pane->list, count, pane->list.rows);
        return EFFECT_DRAW;
    }
    application_say(pane->pane.application, MESSAGE_NOTE, "Nothing failed");
    return EFFECT_DRAW;
}

static unsigned act(struct pane_suite *pane, const struct request_call *call)
{
    struct suite_action *action = &pane->action;

    return chosen(pane, &action->asked) ? suite_action_request(action, call) : EFFECT_DRAW;
}

static unsigned suite_request(struct pane_suite *pane, const struct request_call *call,
                              const struct suite_view *suite)
{
    size_t index;

    switch (call->request) {
    case REQUEST_ACTIVATE:
        if (!suite->runner)
            return begin(pane, suite, suite->plan->count);
        return act(pane, call);
    case REQUEST_AGAIN:
        return chosen(pane, &index) ? begin(pane, suite, index) : EFFECT_DRAW;
    case REQUEST_REFRESH:
        return begin(pane, suite, suite->plan->count);
    case REQUEST_ATTACH:
    case REQUEST_ANNOTATE:
    case REQUEST_FINDING:
    case REQUEST_REPORT:
        return act(pane, call);
    case REQUEST_NEXT_FAILED:
    case REQUEST_PREVIOUS_FAILED:
        return go_to_failed(pane, suite, call->request == REQUEST_NEXT_FAILED);
    default:
        return EFFECT_UNHANDLED;
    }
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
    if (list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_BACK:
        if (!pane->filter[0])
            return EFFECT_UNHANDLED;
        on_filter(pane, "");
        return EFFECT_DRAW;
    default:
        return suite_request(pane, call, &suite);
    }
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_suite *pane = self(base);
    struct suite_view suite;
    struct suite_row line;
    bool fits = true;
    size_t index;

    if (!refresh(pane, &suite) || !chosen(pane, &index))
        return false;
    out->what = part == PANE_HERE ? "the case" : "the cases";
    if (part == PANE_HERE) {
        line = row_of(pane, &suite, index);
        suite_view_detail(&line, out->bytes);
        return out->bytes->len > 0;
    }
    for (size_t i = 0; i < pane->list.count; i++) {
        line = row_of(pane, &suite, pane->shown[i]);
        suite_view_text(&line, out->bytes);
        fits &= bytes_puts(out->bytes, "\n");
    }
    return fits;
}

static unsigned point(struct pane *base, int row, int column)
{
    (void)column;
    return list_point(&self(base)->list, row - self(base)->top) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

/* ---- drawing ---- */

static void draw_nothing(const struct surface *surface)
{
    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_line(surface, 1, STYLE_PLAIN, "  No suite of probes was chosen.");
    draw_line(surface, 2, STYLE_DIM, "  p chooses one, :suite NAME shows what it would send.");
    draw_blank_from(surface, 3);
}

/* What is read before the start, or how far it is. Answers the row behind it. */
static int draw_head(const struct pane_suite *pane, const struct surface *surface,
                     const struct suite_view *suite)
{
    struct bytes text;
    int row;

    if (suite->runner) {
        suite_view_gauge(surface, 0, suite, application_hides_verdict(pane->pane.application));
        return 1;
    }
    bytes_init(&text, TEXT_MAX);
    suite_view_plan(suite, &text);
    row = paragraph_draw(surface, 0, (surface->rows + 1) / 2, 1, bytes_text(&text));
    bytes_release(&text);
    return row;
}

static void draw_detail(const struct pane_suite *pane, const struct surface *surface, int row,
                        const struct suite_view *suite)
{
    struct suite_row line;
    struct bytes text;
    struct pen pen;
    size_t index;

    draw_begin(&pen, surface, row++, false);
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
    if (chosen(pane, &index)) {
        line = row_of(pane, suite, index);
        bytes_init(&text, TEXT_MAX);
        suite_view_detail(&line, &text);
        row = paragraph_draw(surface, row, surface->rows, 1, bytes_text(&text));
        bytes_release(&text);
    }
    draw_blank_from(surface, row);
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

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_suite *pane = self(base);
    int below = 0;
    struct suite_view suite;
    int row = 0, end;

    if (!refresh(pane, &suite)) {
        draw_nothing(surface);
        return;
    }
    if (surface->rows >= DETAIL_FROM)
        below = suite.runner && surface->rows >= ROOMY_FROM ? 9 : 5;
    if (surface->rows >= HEAD_FROM)
        row = draw_head(pane, surface, &suite);
    if (surface->rows >= TITLES_FROM)
        draw_titles(pane, surface, row++, &suite);
    end = surface->rows - below > row ? surface->rows - below : surface->rows;
    pane->top = row;
    list_fit(&pane->list, pane->list.count, end > row ? (size_t)(end - row) : 0);
    for (size_t i = pane->list.top; row < end && i < pane->list.count; i++) {
        struct suite_row line = row_of(pane, &suite, pane->shown[i]);

        line.selected = i == pane->list.cursor;
        suite_view_row(surface, row++, &line);
    }
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    if (end < surface->rows)
        draw_detail(pane, surface, end, &suite);
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

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint planned[] = {{REQUEST_ACTIVATE, "start"},
                                          {REQUEST_BACK, "leave"},
                                          {REQUEST_FILTER, "filter"},
                                          {REQUEST_PROBE, "probes"},
                                          {REQUEST_NONE, NULL}};
    struct suite_view suite;

    return application_suite(base->application, &suite) && !suite.runner ? planned : NULL;
}

const struct pane_ops pane_suite = {
    .name = "suite",
    .title = "Suite",
    .key = "0",
    .topics = TOPIC_SUITE | TOPIC_HISTORY, /* verdicts are hidden or shown by that */
    .hints = {{REQUEST_ACTIVATE, "open"},
              {REQUEST_NEXT_FAILED, "next failed"},
              {REQUEST_AGAIN, "run it again"},
              {REQUEST_REPORT, "report"},
              {REQUEST_FINDING, "finding"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_ANNOTATE, "note"},
              {REQUEST_PROBE, "probes"}},
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

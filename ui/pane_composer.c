/* Composer: the values that make a request, and the request as it would go on the wire. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "probe/plan.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/composer_body.h"
#include "ui/composer_export.h"
#include "ui/composer_head.h"
#include "ui/composer_hints.h"
#include "ui/composer_line.h"
#include "ui/composer_probe.h"
#include "ui/composer_problem.h"
#include "ui/composer_set.h"
#include "ui/json_edit.h"
#include "ui/json_tree.h"
#include "ui/json_view.h"
#include "ui/list.h"

enum {
    POINTER_MAX = 256,
    MARGIN = 2,
    LONG_BODY = 256 * 1024, /* bytes from which no key waits for what looks at all of them */
    CHECK_US = 300000,      /* after the last edit of such a body */
    KEEP_LOOK_US = 1000000, /* its end is told; until then the console is not idle */
};

/* Its rows: those of the head, then the body's tree. */
struct pane_composer {
    struct pane pane;
    struct list list;
    struct composer_head head;
    struct composer_body *body;
    struct body_problems problems;
    unsigned version;              /* of the draft that they all show */
    const struct plan_case *probe; /* that they show; only compared */
    bool shown;                    /* they were made once */
    int columns;                   /* of the surface that was drawn last */
    size_t body_len;               /* of the body that was checked last */
    bool check_waits;
    struct hint hints[PANE_HINTS + 1]; /* of the place of the cursor */
    int64_t check_us;                  /* when it is due; 0: to be set */
};

static struct pane_composer *self(struct pane *pane)
{
    return (struct pane_composer *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_composer *composer = xcalloc(1, sizeof(*composer));

    composer->pane = (struct pane){.ops = &pane_composer, .application = application};
    composer->body = composer_body_new(application);
    composer->list.cursor = COMPOSER_PROMPT; /* Enter, a text, Enter, s: the first request */
    return &composer->pane;
}

static void destroy(struct pane *pane)
{
    composer_head_release(&self(pane)->head);
    composer_body_free(self(pane)->body);
    body_problems_release(&self(pane)->problems);
    free(pane);
}

/* ---- rows ---- */

static size_t tree_row(const struct pane_composer *pane)
{
    return pane->head.count;
}

static size_t row_count(const struct pane_composer *pane)
{
    return tree_row(pane) + json_tree_count(composer_body_tree(pane->body));
}

/* What is below the line is brought into sight with it, as far as there is room. */
static void go_to_line(struct pane_composer *pane, size_t line)
{
    const struct json_tree *tree = composer_body_tree(pane->body);
    size_t last = line;

    while (last + 1 < json_tree_count(tree) &&
           json_tree_line(tree, last + 1)->depth > json_tree_line(tree, line)->depth)
        last++;
    pane->list.cursor = tree_row(pane) + last;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    pane->list.cursor = tree_row(pane) + line;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
}

static void check_body(struct pane_composer *pane)
{
    pane->check_waits = false;
    pane->body_len = application_check_body(pane->pane.application, &pane->problems);
}

/* The cursor does not rest on the rule: it goes on the way it came. */
static void step_over_rule(struct pane_composer *pane, size_t before)
{
    size_t rule = tree_row(pane) - 1;

    if (pane->list.cursor != rule)
        return;
    pane->list.cursor = before < rule && row_count(pane) > rule + 1 ? rule + 1 : rule - 1;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
}

/* Head and marks stay behind an edit of a long body until nobody has edited it for a while. */
static void put_check_off(struct pane_composer *pane)
{
    body_problems_release(&pane->problems); /* they point into what was there before */
    pane->check_waits = true;
    pane->check_us = 0;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    step_over_rule(pane, 0);
}

/* The cursor keeps its line of the body when the head grows or shrinks. */
static void show(struct pane_composer *pane)
{
    size_t before = tree_row(pane);

    composer_head_make(&pane->head, pane->pane.application, &pane->problems);
    if (pane->shown && pane->list.cursor >= before)
        pane->list.cursor += tree_row(pane) - before;
    pane->shown = true;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    step_over_rule(pane, 0);
}

/* Another probe: the cursor is on what it changes first. */
static void look_at_probe(struct pane_composer *pane)
{
    const struct plan_case *plan_case = application_probe_case(pane->pane.application);
    size_t line = json_tree_first_mark(composer_body_tree(pane->body));

    if (pane->probe == plan_case)
        return;
    pane->probe = plan_case;
    pane->list.cursor =
        composer_head_row(&pane->head, plan_case ? COMPOSER_PROBE : COMPOSER_PROMPT);
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    if (plan_case && line > 0)
        go_to_line(pane, line);
}

static void refresh(struct pane_composer *pane)
{
    unsigned version = application_draft_version(pane->pane.application);
    size_t line;

    if (pane->shown && pane->version == version)
        return;
    composer_body_show(pane->body);
    if (pane->shown && pane->body_len > LONG_BODY) {
        put_check_off(pane);
    } else {
        check_body(pane);
        show(pane);
    }
    pane->version = version;
    if (composer_body_take_wanted(pane->body, &line))
        go_to_line(pane, line);
    look_at_probe(pane);
}

static void check_now(struct pane_composer *pane)
{
    if (!pane->check_waits)
        return;
    check_body(pane);
    show(pane);
    application_changed(pane->pane.application, TOPIC_CHECK);
}

static bool in_tree(const struct pane_composer *pane)
{
    return pane->list.cursor >= tree_row(pane);
}

static void make_hints(struct pane_composer *pane)
{
    const struct json_tree *tree = composer_body_tree(pane->body);
    struct composer_place place = {.problems = pane->problems.count > 0};

    if (!in_tree(pane))
        place.row = &pane->head.rows[pane->list.cursor];
    else
        place.folds = json_first(json_tree_line(tree, pane->list.cursor - tree_row(pane))->value);
    composer_hints_make(pane->pane.application, &place, pane->hints);
}

static void catch_up(struct pane *base)
{
    struct pane_composer *pane = self(base);

    refresh(pane);
    make_hints(pane);
}

/* ---- the head ---- */

static void answer_operation(void *context, const char *text)
{
    if (text && *text)
        composer_set_operation(context, text);
}

static void answer_model(void *context, const char *text)
{
    if (text && *text)
        application_set_model(context, text);
}

static void answer_prompt(void *context, const char *text)
{
    if (text)
        application_set_prompt(context, text);
}

static unsigned ask(struct pane_composer *pane, const struct question *question)
{
    struct question whole = *question;

    whole.replaced = true;
    whole.context = pane->pane.application;
    application_ask(pane->pane.application, &whole);
    return EFFECT_DRAW;
}

static unsigned edit_long_prompt(struct pane_composer *pane)
{
    struct bytes pointer;

    bytes_init(&pointer, POINTER_MAX);
    if (application_prompt_pointer(pane->pane.application, &pointer))
        composer_body_edit_text(pane->body, bytes_text(&pointer));
    bytes_release(&pointer);
    return EFFECT_DRAW;
}

static unsigned ask_prompt(struct pane_composer *pane, const char *initial)
{
    return ask(pane, &(struct question){.label = "Prompt (^S sends): ",
                                        .initial = initial,
                                        .lines = true,
                                        .sends = true,
                                        .answered = answer_prompt});
}

static unsigned edit_prompt(struct pane_composer *pane, const struct draft *draft)
{
    if (draft->prompt && !json_edit_is_plain(draft->prompt))
        return edit_long_prompt(pane);
    return ask_prompt(pane, draft->prompt);
}

/* The next place behind the cursor, or before it; from the end to the beginning again. */
static unsigned go_to_problem(struct pane_composer *pane, bool forward)
{
    size_t line, at;
    const char *text;

    check_now(pane);
    at = pane->list.cursor < tree_row(pane) ? 0 : pane->list.cursor - tree_row(pane);
    text = composer_problem_find(composer_body_tree(pane->body), &pane->problems,
                                 pane->list.cursor >= tree_row(pane), forward, at, &line);

    if (!text) {
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "The contract has nothing against this body");
        return EFFECT_DRAW;
    }
    application_say(pane->pane.application, MESSAGE_NOTE, "%s", text);
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    go_to_line(pane, line);
    return EFFECT_DRAW;
}

static unsigned open_list(struct pane_composer *pane, bool open)
{
    size_t row = pane->list.cursor;
    enum composer_row_kind kind = pane->head.rows[row].kind;

    if (!composer_head_open(&pane->head, row, open))
        return EFFECT_UNHANDLED;
    show(pane);
    if (kind == COMPOSER_HEADER)
        pane->list.cursor = composer_head_row(&pane->head, COMPOSER_HEADERS);
    else if (kind == COMPOSER_CLAUSE)
        pane->list.cursor = composer_head_row(&pane->head, COMPOSER_CLAUSES);
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    return EFFECT_DRAW;
}

static unsigned edit_row(struct pane_composer *pane)
{
    struct application *application = pane->pane.application;
    const struct composer_row *row = &pane->head.rows[pane->list.cursor];
    struct draft draft;

    application_draft(application, &draft);
    if (row->kind >= COMPOSER_PROBE && row->kind <= COMPOSER_REQUEST) {
        application_say(application, pane->head.refused ? MESSAGE_FAILED : MESSAGE_NOTE, "%s",
                        row->text);
        return EFFECT_DRAW;
    }
    switch (row->kind) {
    case COMPOSER_OPERATION:
        return ask(pane, &(struct question){.label = "Operation: ",
                                            .initial = operation_name(draft.operation),
                                            .offered = true,
                                            .completion = COMPLETION_OPERATION,
                                            .answered = answer_operation});
    case COMPOSER_MODEL:
        return ask(pane, &(struct question){.label = "Model: ",
                                            .initial = draft.model,
                                            .completion = COMPLETION_MODEL,
                                            .answered = answer_model});
    case COMPOSER_STREAM:
        composer_set_streaming(application, NULL);
        return EFFECT_DRAW;
    case COMPOSER_PROMPT:
        return edit_prompt(pane, &draft);
    case COMPOSER_PROBLEMS:
        return go_to_problem(pane, true);
    default:
        return open_list(pane, !composer_head_is_open(&pane->head, pane->list.cursor));
    }
}

static unsigned head_request(struct pane_composer *pane, enum request request)
{
    switch (request) {
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
        return edit_row(pane);
    case REQUEST_EDIT_TEXT:
        return pane->list.cursor == COMPOSER_PROMPT ? edit_long_prompt(pane) : edit_row(pane);
    case REQUEST_FOLD:
        return open_list(pane, !composer_head_is_open(&pane->head, pane->list.cursor));
    case REQUEST_LEFT:
    case REQUEST_RIGHT:
        return open_list(pane, request == REQUEST_RIGHT);
    default:
        return EFFECT_UNHANDLED;
    }
}

/* ---- requests ---- */

/* What the body answers, and the cursor that follows. */
static unsigned body_request(struct pane_composer *pane, const struct request_call *call)
{
    size_t line = in_tree(pane) ? pane->list.cursor - tree_row(pane) : 0;
    size_t before = line;
    unsigned effects = composer_body_request(pane->body, call, in_tree(pane), &line);

    if (effects & EFFECT_UNHANDLED)
        return effects;
    refresh(pane);
    if (line != before)
        go_to_line(pane, line);
    else
        list_fit(&pane->list, row_count(pane), pane->list.rows);
    return effects;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_composer *pane = self(base);
    size_t before = pane->list.cursor;
    unsigned effects;

    if (list_request(&pane->list, call->request)) {
        step_over_rule(pane, before);
        return EFFECT_DRAW;
    }
    if ((call->request == REQUEST_UNDO || call->request == REQUEST_REDO) &&
        application_step_operation(base->application, call->request == REQUEST_UNDO))
        return EFFECT_DRAW;
    effects = body_request(pane, call);
    if (!(effects & EFFECT_UNHANDLED))
        return effects;
    if (!in_tree(pane) && !(head_request(pane, call->request) & EFFECT_UNHANDLED))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_OPERATION:
        composer_set_operation(base->application, call->argument);
        return EFFECT_DRAW;
    case REQUEST_STREAMING:
        composer_set_streaming(base->application, call->argument);
        return EFFECT_DRAW;
    case REQUEST_NEXT_PROBLEM:
    case REQUEST_PREVIOUS_PROBLEM:
        return go_to_problem(pane, call->request == REQUEST_NEXT_PROBLEM);
    case REQUEST_BACK:
        return composer_probe_leave(base->application) ? EFFECT_DRAW : EFFECT_UNHANDLED;
    case REQUEST_PROMPT:
        application_set_prompt(base->application, call->argument);
        return EFFECT_DRAW;
    case REQUEST_EXPORT_CURL:
        composer_export(base->application, call->argument);
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

/* ---- what is copied and pointed at ---- */

/* A line of the head as it is, a value of the body as JSON. */
static bool text_here(const struct pane_composer *pane, struct pane_text *out)
{
    size_t row = pane->list.cursor;
    const struct json_tree *tree = composer_body_tree(pane->body);
    struct draft draft;

    application_draft(pane->pane.application, &draft);
    if (!in_tree(pane))
        return composer_head_text(&pane->head, row, &draft, &out->what, out->bytes);
    out->what = "the value";
    return row < row_count(pane) &&
           json_write(json_tree_line(tree, row - tree_row(pane))->value, false, out->bytes);
}

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_composer *pane = self(base);
    const struct json_edit *body;

    if (part == PANE_HERE)
        return text_here(pane, out);
    body = application_body(base->application);
    out->what = "the body";
    return body && json_write(json_edit_root(body), true, out->bytes);
}

static bool is_on_sign(const struct pane_composer *pane, int column)
{
    size_t row = pane->list.cursor;

    if (!in_tree(pane))
        return composer_head_is_sign(&pane->head, row, column);
    if (application_probe_before(pane->pane.application))
        column -= COMPOSER_MARK_COLUMNS;
    return json_view_is_sign(json_tree_line(composer_body_tree(pane->body), row - tree_row(pane)),
                             pane->columns, column);
}

/* On the sign of what has lines of its own: fold it, and a second press is another fold. */
static unsigned point(struct pane *base, int row, int column)
{
    const struct request_call fold = {.request = REQUEST_FOLD};
    struct pane_composer *pane = self(base);

    if (!list_point(&pane->list, row))
        return EFFECT_UNHANDLED;
    step_over_rule(pane, 0);
    if (!is_on_sign(pane, column - MARGIN))
        return EFFECT_DRAW;
    return request(base, &fold) | EFFECT_DRAW | EFFECT_UNHANDLED;
}

/* ---- drawing ---- */

/* A probe stands here: what it changes has a column of its own. */
static bool is_marked(const struct pane_composer *pane)
{
    return application_probe_before(pane->pane.application) != NULL;
}

static void draw_row(const struct pane_composer *pane, const struct surface *surface, int row,
                     const struct draft *draft)
{
    size_t index = pane->list.top + (size_t)row;
    bool current = index == pane->list.cursor && surface->focused;
    struct pen pen;

    draw_begin(&pen, surface, row, current);
    if (index + 1 == tree_row(pane)) {
        draw_rule_to(&pen, STYLE_BORDER, surface->columns);
        draw_end(&pen);
        return;
    }
    draw_text(&pen, STYLE_FOCUS, current ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    if (index < tree_row(pane))
        composer_head_draw(&pane->head, index, draft, &pen);
    else
        composer_line_draw(composer_body_tree(pane->body), index - tree_row(pane), &pane->problems,
                           is_marked(pane), &pen);
    draw_end(&pen);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_composer *pane = self(base);
    struct draft draft;
    int row = 0;

    application_draft(base->application, &draft);
    pane->columns = surface->columns;
    list_fit(&pane->list, row_count(pane), (size_t)surface->rows);
    for (; row < surface->rows && pane->list.top + (size_t)row < pane->list.count; row++)
        draw_row(pane, surface, row, &draft);
    draw_blank_from(surface, row);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const char *draft = application_draft_name(base->application);
    const struct plan_case *probe = application_probe_case(base->application);

    if (((const struct pane_composer *)base)->head.refused)
        bytes_puts(out, "cannot be sent");
    if (probe)
        bytes_printf(out, "%sPROBE %s", out->len ? ", " : "", probe->probe->id);
    if (draft && strcmp(draft, DRAFT_DEFAULT) != 0) /* who keeps but one need not know of it */
        bytes_printf(out, "%sdraft %s", out->len ? ", " : "", draft);
}

static const char *unsaved(const struct pane *base)
{
    return application_draft_is_unkept(base->application) ? "The draft" : NULL;
}

static const struct hint *hints_now(const struct pane *base)
{
    return ((const struct pane_composer *)base)->hints;
}

/* A paste on the prompt is the prompt, once Enter says so. */
static bool invite(struct pane *base)
{
    struct pane_composer *pane = self(base);
    struct draft draft;

    application_draft(base->application, &draft);
    if (in_tree(pane) || pane->list.cursor != COMPOSER_PROMPT || !draft.prompt)
        return false;
    ask_prompt(pane, json_edit_is_plain(draft.prompt) ? draft.prompt : NULL);
    return true;
}

static int64_t keep(struct pane *base, int64_t now_us)
{
    struct pane_composer *pane = self(base);
    int64_t due_us = application_keep_draft(base->application) ? now_us + KEEP_LOOK_US : INT64_MAX;

    if (!pane->check_waits)
        return due_us;
    if (!pane->check_us)
        pane->check_us = now_us + CHECK_US;
    if (now_us < pane->check_us)
        return pane->check_us < due_us ? pane->check_us : due_us;
    check_now(pane);
    return due_us;
}

static void rescue(struct pane *base, struct bytes *said)
{
    (void)said;
    application_settle_draft(base->application);
}

const struct pane_ops pane_composer = {
    .name = "composer",
    .title = "Composer",
    .key = "2",
    .topics = TOPIC_DRAFT | TOPIC_CHECK,
    .hints = {{REQUEST_SEND, "send"},
              {REQUEST_ACTIVATE, "edit"},
              {REQUEST_PROBE, "probes"},
              {REQUEST_OPERATION, "operation"}},
    .create = create,
    .destroy = destroy,
    .catch_up = catch_up,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .invite = invite,
    .facts = facts,
    .unsaved = unsaved,
    .hints_now = hints_now,
    .keep = keep,
    .rescue = rescue,
};

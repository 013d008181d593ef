/* Composer: the values that make a request, and the request as it would go on the wire. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/application.h"
#include "ui/composer_body.h"
#include "ui/composer_export.h"
#include "ui/composer_head.h"
#include "ui/json_tree.h"
#include "ui/json_view.h"
#include "ui/list.h"

enum { LABEL_COLUMNS = 13, PREVIEW_BYTES = 2000, POINTER_MAX = 256 };

enum field { FIELD_OPERATION, FIELD_MODEL, FIELD_STREAM, FIELD_PROMPT };
enum { FIELD_COUNT = 4 };
static const char *const field_names[FIELD_COUNT] = {"operation", "model", "stream", "prompt"};

/* Its rows: the fields, a rule, the head, an empty row, the body's tree. */
struct pane_composer {
    struct pane pane;
    struct list list;
    struct composer_head head;
    struct composer_body *body;
    unsigned version; /* of the draft that head and body show */
    bool shown;       /* they were made once */
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
    composer->list.cursor = FIELD_PROMPT; /* Enter, a text, Enter, s: the first request */
    return &composer->pane;
}

static void destroy(struct pane *pane)
{
    composer_head_release(&self(pane)->head);
    composer_body_free(self(pane)->body);
    free(pane);
}

/* ---- rows ---- */

static size_t head_row(void)
{
    return FIELD_COUNT + 1;
}

static size_t tree_row(const struct pane_composer *pane)
{
    return head_row() + pane->head.count + 1;
}

static size_t row_count(const struct pane_composer *pane)
{
    size_t lines = json_tree_count(composer_body_tree(pane->body));

    return tree_row(pane) - (lines == 0) + lines;
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

/* The cursor keeps its line of the body when the head grows or shrinks. */
static void refresh(struct pane_composer *pane)
{
    unsigned version = application_draft_version(pane->pane.application);
    size_t before = tree_row(pane), line;

    if (pane->shown && pane->version == version)
        return;
    composer_head_make(&pane->head, pane->pane.application);
    composer_body_show(pane->body);
    if (pane->shown && pane->list.cursor >= before)
        pane->list.cursor += tree_row(pane) - before;
    pane->version = version;
    pane->shown = true;
    list_fit(&pane->list, row_count(pane), pane->list.rows);
    if (composer_body_take_wanted(pane->body, &line))
        go_to_line(pane, line);
}

static bool in_tree(const struct pane_composer *pane)
{
    return pane->list.cursor >= tree_row(pane);
}

/* ---- fields ---- */

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

static unsigned ask(struct pane_composer *pane, const char *label, const char *initial,
                    enum completion completion, void (*answered)(void *, const char *))
{
    const struct question question = {
        .label = label,
        .initial = initial,
        .replaced = true,
        .completion = completion,
        .answered = answered,
        .context = pane->pane.application,
    };

    application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

static unsigned set_operation(struct pane_composer *pane, const char *name)
{
    struct application *application = pane->pane.application;
    enum operation operation;
    struct draft draft;

    application_draft(application, &draft);
    operation = (enum operation)((draft.operation + 1) % OPERATION_COUNT);
    if (name && !operation_from_name(name, &operation))
        application_say(application, MESSAGE_FAILED, "there is no operation \"%s\"", name);
    else
        application_set_operation(application, operation);
    return EFFECT_DRAW;
}

static unsigned set_streaming(struct pane_composer *pane, const char *word)
{
    struct application *application = pane->pane.application;
    struct draft draft;

    application_draft(application, &draft);
    if (word && strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
        application_say(application, MESSAGE_FAILED, "streaming is on or off, not \"%s\"", word);
    else
        application_set_streaming(application, word ? strcmp(word, "on") == 0 : !draft.stream);
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

static unsigned edit_field(struct pane_composer *pane)
{
    struct draft draft;

    application_draft(pane->pane.application, &draft);
    switch (pane->list.cursor) {
    case FIELD_OPERATION:
        return set_operation(pane, NULL);
    case FIELD_MODEL:
        return ask(pane, "Model: ", draft.model, COMPLETION_MODEL, answer_model);
    case FIELD_STREAM:
        return set_streaming(pane, NULL);
    case FIELD_PROMPT:
        if (draft.prompt && strchr(draft.prompt, '\n'))
            return edit_long_prompt(pane);
        return ask(pane, "Prompt: ", draft.prompt, COMPLETION_NONE, answer_prompt);
    default:
        if (pane->head.refused)
            application_say(pane->pane.application, MESSAGE_FAILED, "%s", pane->head.lines[0].text);
        else
            application_say(pane->pane.application, MESSAGE_NOTE,
                            "This line follows from the contract and the values above");
        return EFFECT_DRAW;
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
    unsigned effects;

    refresh(pane);
    if (list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    effects = body_request(pane, call);
    if (!(effects & EFFECT_UNHANDLED))
        return effects;
    switch (call->request) {
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
        return edit_field(pane);
    case REQUEST_OPERATION:
        return set_operation(pane, call->argument);
    case REQUEST_STREAMING:
        return set_streaming(pane, call->argument);
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

/* ---- drawing ---- */

static const char *field_value(const struct draft *draft, size_t field, enum style *style)
{
    *style = STYLE_PLAIN;
    switch (field) {
    case FIELD_OPERATION:
        return operation_name(draft->operation);
    case FIELD_MODEL:
        *style = draft->model ? STYLE_STRONG : STYLE_WARNING;
        return draft->model ? draft->model : "! none chosen: Enter, or take one in Catalog";
    case FIELD_STREAM:
        return draft->stream ? "on" : "off";
    default:
        *style = draft->prompt ? STYLE_PLAIN : STYLE_DIM;
        return draft->prompt ? draft->prompt : "the body has no place for one";
    }
}

static void draw_field_row(struct pen *pen, const struct draft *draft, size_t field)
{
    enum style style;
    const char *value = field_value(draft, field, &style);

    draw_text(pen, STYLE_LABEL, field_names[field]);
    draw_to(pen, LABEL_COLUMNS);
    draw_cut(pen, style, value, strnlen(value, PREVIEW_BYTES));
}

/* In two runs: behind the name of its header the alias of the key would be taken for the key. */
static void draw_head_row(struct pen *pen, const struct composer_head_line *line)
{
    const char *colon = strstr(line->text, ": ");
    size_t name = colon ? (size_t)(colon - line->text) + 2 : 0;

    draw_bytes(pen, line->style, line->text, name);
    draw_cut(pen, line->style, line->text + name, strlen(line->text + name));
    if (!line->pending)
        return;
    draw_text(pen, STYLE_PLAIN, "  ");
    draw_text(pen, STYLE_WARNING, "! pending: ");
    draw_cut(pen, STYLE_WARNING, line->pending, strlen(line->pending));
}

static bool holds_placeholder(const char *text)
{
    size_t len;

    return text && operation_placeholder(text, &len);
}

static void draw_tree_row(struct pen *pen, const struct json_tree_line *line)
{
    bool open =
        holds_placeholder(json_string(line->value)) || holds_placeholder(json_name(line->value));

    json_view_draw(pen, line, "body", open ? "! to be filled in: " : NULL);
}

static void draw_rule(struct pen *pen)
{
    while (pen->column < pen->surface->columns)
        draw_text(pen, STYLE_BORDER, draw_sign(pen->surface, SIGN_HORIZONTAL));
}

static void draw_row(const struct pane_composer *pane, const struct surface *surface, int row,
                     const struct draft *draft)
{
    size_t index = pane->list.top + (size_t)row;
    bool current = index == pane->list.cursor && surface->focused;
    struct pen pen;

    draw_begin(&pen, surface, row, current);
    if (index == FIELD_COUNT) {
        draw_rule(&pen);
        draw_end(&pen);
        return;
    }
    draw_text(&pen, STYLE_FOCUS, current ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    if (index < FIELD_COUNT)
        draw_field_row(&pen, draft, index);
    else if (index < head_row() + pane->head.count)
        draw_head_row(&pen, &pane->head.lines[index - head_row()]);
    else if (index >= tree_row(pane))
        draw_tree_row(&pen, json_tree_line(composer_body_tree(pane->body), index - tree_row(pane)));
    draw_end(&pen);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_composer *pane = self(base);
    struct draft draft;
    int row = 0;

    application_draft(base->application, &draft);
    refresh(pane);
    list_fit(&pane->list, row_count(pane), (size_t)surface->rows);
    for (; row < surface->rows && pane->list.top + (size_t)row < pane->list.count; row++)
        draw_row(pane, surface, row, &draft);
    draw_blank_from(surface, row);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const char *draft = application_draft_name(base->application);

    if (((const struct pane_composer *)base)->head.refused)
        bytes_puts(out, "cannot be sent");
    if (draft && strcmp(draft, DRAFT_DEFAULT) != 0)
        bytes_printf(out, "%sdraft %s", out->len ? ", " : "", draft);
}

const struct pane_ops pane_composer = {
    .name = "composer",
    .title = "Composer",
    .topics = TOPIC_DRAFT,
    .hints = {{REQUEST_SEND, "send"},
              {REQUEST_ACTIVATE, "edit"},
              {REQUEST_OPERATION, "operation"},
              {REQUEST_STREAMING, "stream"},
              {REQUEST_ADD, "add"},
              {REQUEST_REMOVE, "remove"},
              {REQUEST_UNDO, "undo"},
              {REQUEST_EXPORT_CURL, "as curl"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .facts = facts,
};

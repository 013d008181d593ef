/* Composer: the request as it would go on the wire, and the few values that make it. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/application.h"
#include "ui/list.h"

enum { PREVIEW_MAX = 16 * 1024 * 1024, LABEL_COLUMNS = 13 };

enum field { FIELD_OPERATION, FIELD_MODEL, FIELD_STREAM, FIELD_PROMPT };
enum { FIELD_COUNT = 4 };
static const char *const field_names[FIELD_COUNT] = {"operation", "model", "stream", "prompt"};

struct pane_composer {
    struct pane pane;
    struct list list; /* the fields, a rule, then the lines of the preview */
    struct bytes preview;
    size_t *lines; /* where each line of the preview begins, and its end */
    size_t line_count;
    bool refused; /* the preview is the reason why it cannot be sent */
};

static struct pane_composer *self(struct pane *pane)
{
    return (struct pane_composer *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_composer *composer = xcalloc(1, sizeof(*composer));

    composer->pane = (struct pane){.ops = &pane_composer, .application = application};
    bytes_init(&composer->preview, PREVIEW_MAX);
    return &composer->pane;
}

static void destroy(struct pane *pane)
{
    bytes_release(&self(pane)->preview);
    free(self(pane)->lines);
    free(pane);
}

/* ---- what would be sent, as text ---- */

static void add_headers(struct bytes *out, const struct http_request *request, const char *alias)
{
    if (request->auth_header)
        bytes_printf(out, "%s: %s%s<%s>\n", request->auth_header,
                     request->auth_scheme ? request->auth_scheme : "",
                     request->auth_scheme && *request->auth_scheme ? " " : "", alias);
    for (size_t i = 0; i < request->headers.count; i++)
        bytes_printf(out, "%s: %s\n", request->headers.items[i].name,
                     request->headers.items[i].value);
}

static void add_body(struct bytes *out, const struct http_request *request)
{
    struct json *body;

    if (!request->body) {
        bytes_puts(out, "\n(no body)\n");
        return;
    }
    bytes_append_byte(out, '\n');
    body = json_parse(request->body, request->body_len, "the body", NULL);
    if (body)
        json_write(body, true, out);
    else
        bytes_append(out, request->body, request->body_len);
    json_free(body);
}

static void add_pending(struct bytes *out, struct bytes *pending)
{
    if (pending->len == 0)
        return;
    for (size_t i = 0; i + 1 < pending->len; i++)
        if (pending->data[i] == '\n')
            pending->data[i] = ' ';
    bytes_printf(out, "\nrests on pending clauses: %s\n", bytes_text(pending));
}

static void index_lines(struct pane_composer *pane)
{
    const char *text = bytes_text(&pane->preview);
    size_t count = 0;

    for (size_t at = 0; at < pane->preview.len; at++)
        count += text[at] == '\n';
    pane->lines = xreallocarray(pane->lines, count + 1, sizeof(*pane->lines));
    pane->line_count = 0;
    pane->lines[0] = 0;
    for (size_t at = 0; at < pane->preview.len; at++)
        if (text[at] == '\n')
            pane->lines[++pane->line_count] = at + 1;
}

static void make_preview(struct pane_composer *pane)
{
    struct application *application = pane->pane.application;
    struct http_request request = {.method = NULL};
    struct bytes pending;
    struct error error;

    bytes_clear(&pane->preview);
    bytes_init(&pending, PREVIEW_MAX);
    pane->refused = !application_preview(application, &request, &pending, &error);
    if (pane->refused) {
        bytes_printf(&pane->preview, "cannot be sent: %s\n", error.text);
    } else {
        bytes_printf(&pane->preview, "%s %s\n", request.method, request.url);
        add_headers(&pane->preview, &request, application_key_alias(application));
        add_body(&pane->preview, &request);
        add_pending(&pane->preview, &pending);
    }
    http_request_release(&request);
    bytes_release(&pending);
    index_lines(pane);
}

/* ---- editing ---- */

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

static unsigned edit(struct pane_composer *pane)
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
        return ask(pane, "Prompt: ", draft.prompt, COMPLETION_NONE, answer_prompt);
    default:
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "This line follows from the contract and the values above");
        return EFFECT_DRAW;
    }
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_composer *pane = self(base);

    if (list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
        return edit(pane);
    case REQUEST_OPERATION:
        return set_operation(pane, call->argument);
    case REQUEST_STREAMING:
        return set_streaming(pane, call->argument);
    case REQUEST_PROMPT:
        application_set_prompt(base->application, call->argument);
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
        return draft->model ? draft->model : "none chosen: Enter, or take one in Catalog";
    case FIELD_STREAM:
        return draft->stream ? "on" : "off";
    default:
        *style = draft->prompt ? STYLE_PLAIN : STYLE_DIM;
        return draft->prompt ? draft->prompt : "the canary's own";
    }
}

static void draw_field_row(struct pen *pen, const struct draft *draft, size_t field)
{
    enum style style;
    const char *value = field_value(draft, field, &style);

    draw_text(pen, STYLE_LABEL, field_names[field]);
    draw_to(pen, LABEL_COLUMNS);
    draw_cut(pen, style, value, strlen(value));
}

static void draw_preview_row(const struct pane_composer *pane, struct pen *pen, size_t line)
{
    const char *text = bytes_text(&pane->preview) + pane->lines[line];
    size_t len = pane->lines[line + 1] - pane->lines[line] - 1;
    enum style style = STYLE_PLAIN;

    if (line == 0)
        style = pane->refused ? STYLE_BAD : STYLE_STRONG;
    draw_cut(pen, style, text, len);
}

static void draw_row(const struct pane_composer *pane, const struct surface *surface, int row,
                     const struct draft *draft)
{
    size_t index = pane->list.top + (size_t)row;
    bool current = index == pane->list.cursor && surface->focused;
    struct pen pen;

    draw_begin(&pen, surface, row, current);
    if (index == FIELD_COUNT) {
        while (pen.column < surface->columns)
            draw_text(&pen, STYLE_BORDER, draw_sign(surface, SIGN_HORIZONTAL));
    } else {
        draw_text(&pen, STYLE_FOCUS, current ? draw_sign(surface, SIGN_POINTER) : " ");
        draw_text(&pen, STYLE_PLAIN, " ");
        if (index < FIELD_COUNT)
            draw_field_row(&pen, draft, index);
        else
            draw_preview_row(pane, &pen, index - FIELD_COUNT - 1);
    }
    draw_end(&pen);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_composer *pane = self(base);
    struct draft draft;
    int row = 0;

    application_draft(base->application, &draft);
    make_preview(pane);
    list_fit(&pane->list, FIELD_COUNT + 1 + pane->line_count, (size_t)surface->rows);
    for (; row < surface->rows && pane->list.top + (size_t)row < pane->list.count; row++)
        draw_row(pane, surface, row, &draft);
    draw_blank_from(surface, row);
}

static void facts(const struct pane *base, struct bytes *out)
{
    if (((const struct pane_composer *)base)->refused)
        bytes_puts(out, "cannot be sent");
}

const struct pane_ops pane_composer = {
    .name = "composer",
    .title = "Composer",
    .topics = TOPIC_DRAFT,
    .hints = {{REQUEST_SEND, "send"},
              {REQUEST_ACTIVATE, "edit"},
              {REQUEST_OPERATION, "operation"},
              {REQUEST_STREAMING, "stream"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .facts = facts,
};

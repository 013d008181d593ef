#include "ui/composer_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "contract/contract.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/composer_probe.h"
#include "probe/plan.h"

enum { PENDING_MAX = 64 * 1024, LABEL_COLUMNS = 13, SIGN_COLUMNS = 2, PREVIEW_BYTES = 2000 };

static const char *const labels[] = {
    [COMPOSER_OPERATION] = "operation",
    [COMPOSER_MODEL] = "model",
    [COMPOSER_STREAM] = "stream",
    [COMPOSER_PROMPT] = "prompt",
    [COMPOSER_PROBE] = "probe",
    [COMPOSER_CHANGES] = "sends",
    [COMPOSER_EXPECTS] = "expects",
    [COMPOSER_COST] = "costs",
    [COMPOSER_RAW] = "body",
    [COMPOSER_REQUEST] = "request",
    [COMPOSER_HEADERS] = "headers",
    [COMPOSER_HEADER] = "",
    [COMPOSER_CLAUSES] = "contract",
    [COMPOSER_CLAUSE] = "",
    [COMPOSER_PROBLEMS] = "problems",
    [COMPOSER_RULE] = "",
};

static void forget_pairs(struct composer_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].text);
    }
    free(pairs->items);
    *pairs = (struct composer_pairs){.open = pairs->open};
}

static void forget(struct composer_head *head)
{
    for (size_t i = 0; i < head->count; i++)
        free(head->rows[i].text);
    head->count = 0;
    forget_pairs(&head->headers);
    forget_pairs(&head->clauses);
}

void composer_head_release(struct composer_head *head)
{
    forget(head);
    free(head->rows);
    *head = (struct composer_head){.rows = NULL};
}

/* ---- what is in it ---- */

/* `name` and `text` are taken over. */
static void add_pair(struct composer_pairs *pairs, char *name, char *text)
{
    pairs->items = xreallocarray(pairs->items, pairs->count + 1, sizeof(*pairs->items));
    pairs->items[pairs->count++] = (struct composer_pair){.name = name, .text = text};
}

static void take_headers(struct composer_head *head, const struct http_request *request,
                         const char *alias)
{
    const char *scheme = request->auth_scheme ? request->auth_scheme : "";

    if (request->auth_header)
        add_pair(&head->headers, xasprintf("%s: ", request->auth_header),
                 xasprintf("%s%s<%s>", scheme, *scheme ? " " : "", alias));
    for (size_t i = 0; i < request->headers.count; i++)
        add_pair(&head->headers, xasprintf("%s: ", request->headers.items[i].name),
                 xstrdup(request->headers.items[i].value));
}

/* `pending` holds the ids, one a line. */
static void take_clauses(struct composer_head *head, const struct contract *contract,
                         const char *pending)
{
    while (*pending) {
        size_t len = strcspn(pending, "\n");
        char *id = xmemdup0(pending, len);
        const struct clause *clause = contract_find(contract, id);

        add_pair(&head->clauses, xstrdup(id),
                 xstrdup(clause && clause->title ? clause->title : ""));
        free(id);
        pending += len + (pending[len] == '\n');
    }
}

/* How the key that would be sent is called. */
static const char *key_alias(const struct application *application)
{
    const struct plan_case *plan_case = application_probe_case(application);

    if (plan_case && plan_case->probe->change.key == PROBE_KEY_INVALID)
        return "nobody's key";
    if (plan_case && plan_case->probe->target == PROBE_SIMULATOR)
        return "the simulator's key";
    return application_key_alias(application);
}

/* What the request row says; the caller frees. */
static char *take_request(struct composer_head *head, const struct application *application)
{
    struct http_request request = {.method = NULL};
    struct bytes pending;
    struct error error;
    char *text;

    bytes_init(&pending, PENDING_MAX);
    head->refused = !application_preview(application, &request, &pending, &error);
    if (head->refused) {
        text = xasprintf("cannot be sent: %s", error.text);
    } else {
        text = xasprintf("%s %s%s", request.method, request.url, request.body ? "" : ", no body");
        take_headers(head, &request, key_alias(application));
        take_clauses(head, application_workspace(application)->contract, bytes_text(&pending));
    }
    http_request_release(&request);
    bytes_release(&pending);
    return text;
}

/* ---- its rows ---- */

/* `text` is taken over. */
static void add_row(struct composer_head *head, enum composer_row_kind kind, size_t index,
                    char *text)
{
    head->rows = xreallocarray(head->rows, head->count + 1, sizeof(*head->rows));
    head->rows[head->count++] = (struct composer_row){.kind = kind, .index = index, .text = text};
}

static void add_list(struct composer_head *head, const struct composer_pairs *pairs,
                     enum composer_row_kind kind, enum composer_row_kind one)
{
    if (pairs->count == 0)
        return;
    add_row(head, kind, 0, NULL);
    for (size_t i = 0; i < pairs->count && pairs->open; i++)
        add_row(head, one, i, NULL);
}

void composer_head_add(struct composer_head *head, enum composer_row_kind kind, char *text)
{
    add_row(head, kind, 0, text);
}

void composer_head_make(struct composer_head *head, const struct application *application,
                        const struct body_problems *problems)
{
    char *request;

    forget(head);
    request = take_request(head, application);
    for (int kind = COMPOSER_OPERATION; kind <= COMPOSER_PROMPT; kind++)
        add_row(head, (enum composer_row_kind)kind, 0, NULL);
    composer_probe_rows(head, application);
    composer_head_add(head, COMPOSER_REQUEST, request);
    add_list(head, &head->headers, COMPOSER_HEADERS, COMPOSER_HEADER);
    add_list(head, &head->clauses, COMPOSER_CLAUSES, COMPOSER_CLAUSE);
    if (problems->count)
        add_row(head, COMPOSER_PROBLEMS, 0, xasprintf("! %zu in the body", problems->count));
    add_row(head, COMPOSER_RULE, 0, NULL);
}

static struct composer_pairs *list_of(struct composer_head *head, size_t row)
{
    switch (head->rows[row].kind) {
    case COMPOSER_HEADERS:
    case COMPOSER_HEADER:
        return &head->headers;
    case COMPOSER_CLAUSES:
    case COMPOSER_CLAUSE:
        return &head->clauses;
    default:
        return NULL;
    }
}

bool composer_head_open(struct composer_head *head, size_t row, bool open)
{
    struct composer_pairs *pairs = list_of(head, row);

    if (pairs)
        pairs->open = open;
    return pairs != NULL;
}

bool composer_head_is_open(const struct composer_head *head, size_t row)
{
    enum composer_row_kind kind = head->rows[row].kind;

    return kind == COMPOSER_HEADER || kind == COMPOSER_CLAUSE ||
           (kind == COMPOSER_HEADERS && head->headers.open) ||
           (kind == COMPOSER_CLAUSES && head->clauses.open);
}

size_t composer_head_row(const struct composer_head *head, enum composer_row_kind kind)
{
    size_t row = 0;

    while (row + 1 < head->count && head->rows[row].kind != kind)
        row++;
    return row;
}

/* ---- text ---- */

static const char not_sent[] = "  (not sent)";

static const char *field_value(const struct draft *draft, enum composer_row_kind kind,
                               enum style *style)
{
    bool sent = draft->operation != OPERATION_MODELS;

    *style = sent ? STYLE_PLAIN : STYLE_DIM;
    switch (kind) {
    case COMPOSER_OPERATION:
        *style = STYLE_PLAIN;
        return operation_name(draft->operation);
    case COMPOSER_MODEL:
        if (sent)
            *style = draft->model ? STYLE_STRONG : STYLE_WARNING;
        return draft->model ? draft->model
               : sent       ? "! none chosen: Enter, or take one in Catalog"
                            : "none";
    case COMPOSER_STREAM:
        if (draft->raw)
            *style = STYLE_DIM;
        return draft->raw ? "as the body says" : draft->stream ? "on" : "off";
    default:
        *style = draft->prompt && sent ? STYLE_PLAIN : STYLE_DIM;
        return draft->prompt ? draft->prompt
               : draft->raw  ? "none to set: the body is sent as it stands"
                             : "no message of the user has a text";
    }
}

static bool add_pairs(const struct composer_pairs *pairs, bool whole, struct bytes *out)
{
    bool fits = true;

    for (size_t i = 0; i < pairs->count; i++)
        fits &= bytes_printf(out, "%s%s%s", i ? "\n" : "", pairs->items[i].name,
                             whole ? pairs->items[i].text : "");
    return fits && pairs->count > 0;
}

bool composer_head_text(const struct composer_head *head, size_t index, const struct draft *draft,
                        const char **what, struct bytes *out)
{
    const struct composer_row *row = &head->rows[index];
    const struct composer_pair *pair;
    enum style style;

    *what = "the line";
    switch (row->kind) {
    case COMPOSER_PROBE:
    case COMPOSER_CHANGES:
    case COMPOSER_EXPECTS:
    case COMPOSER_COST:
    case COMPOSER_RAW:
    case COMPOSER_REQUEST:
    case COMPOSER_PROBLEMS:
        return row->text && bytes_puts(out, row->text);
    case COMPOSER_HEADERS:
        *what = "the headers";
        return add_pairs(&head->headers, true, out);
    case COMPOSER_CLAUSES:
        *what = "the clauses";
        return add_pairs(&head->clauses, false, out);
    case COMPOSER_HEADER:
        *what = "the header";
        pair = &head->headers.items[row->index];
        return bytes_puts(out, pair->name) && bytes_puts(out, pair->text);
    case COMPOSER_CLAUSE:
        *what = "the clause";
        return bytes_puts(out, head->clauses.items[row->index].name);
    case COMPOSER_RULE:
        return false;
    default:
        *what = labels[row->kind];
        if ((row->kind == COMPOSER_MODEL && !draft->model) ||
            (row->kind == COMPOSER_PROMPT && !draft->prompt))
            return false;
        return bytes_puts(out, field_value(draft, row->kind, &style));
    }
}

bool composer_head_is_sign(const struct composer_head *head, size_t row, int column)
{
    enum composer_row_kind kind = head->rows[row].kind;

    return (kind == COMPOSER_HEADERS || kind == COMPOSER_CLAUSES) && column >= LABEL_COLUMNS &&
           column < LABEL_COLUMNS + SIGN_COLUMNS;
}

/* ---- drawing ---- */

/* In two runs: behind the name of its header the alias of the key would be taken for the key. */
static void draw_pair(struct pen *pen, const struct composer_pair *pair, enum style name)
{
    draw_cut(pen, name, pair->name, strlen(pair->name));
    draw_cut(pen, STYLE_PLAIN, pair->text, strlen(pair->text));
}

static void draw_sign_of(struct pen *pen, bool open)
{
    draw_text(pen, STYLE_DIM, open ? "- " : "+ ");
}

static void draw_headers(const struct composer_pairs *headers, struct pen *pen)
{
    draw_sign_of(pen, headers->open);
    if (headers->open) {
        draw_format(pen, STYLE_DIM, "%zu", headers->count);
        return;
    }
    for (size_t i = 0; i < headers->count; i++) {
        struct composer_pair pair = headers->items[i];

        if (i > 0) /* one run with the name, so that "…" stands for both */
            pair.name = xasprintf(" %s %s", draw_sign(pen->surface, SIGN_DOT), pair.name);
        draw_pair(pen, &pair, STYLE_DIM);
        if (i > 0)
            free(pair.name);
    }
}

static void draw_clauses(const struct composer_pairs *clauses, struct pen *pen)
{
    struct bytes names;

    draw_sign_of(pen, clauses->open);
    draw_format(pen, STYLE_WARNING, "! rests on %zu pending clause%s", clauses->count,
                clauses->count == 1 ? "" : "s");
    bytes_init(&names, PENDING_MAX);
    for (size_t i = 0; i < clauses->count && !clauses->open; i++)
        bytes_printf(&names, "%s%s", i > 0 ? ", " : ": ", clauses->items[i].name);
    draw_cut(pen, STYLE_DIM, bytes_text(&names), names.len);
    bytes_release(&names);
}

static void draw_clause(struct pen *pen, const struct composer_pair *clause)
{
    draw_format(pen, STYLE_WARNING, "! pending: %s", clause->name);
    draw_text(pen, STYLE_PLAIN, "  ");
    draw_cut(pen, STYLE_PLAIN, clause->text, strlen(clause->text));
}

static void draw_text_row(const struct composer_head *head, const struct composer_row *row,
                          struct pen *pen)
{
    enum style style = row->kind == COMPOSER_PROBLEMS || row->kind == COMPOSER_CHANGES
                           ? STYLE_WARNING
                       : row->kind != COMPOSER_REQUEST && row->kind != COMPOSER_PROBE ? STYLE_PLAIN
                       : row->kind == COMPOSER_REQUEST && head->refused               ? STYLE_BAD
                                                                        : STYLE_STRONG;

    draw_cut(pen, style, row->text, strlen(row->text));
}

void composer_head_draw(const struct composer_head *head, size_t index, const struct draft *draft,
                        struct pen *pen)
{
    const struct composer_row *row = &head->rows[index];
    enum style style;
    const char *value;

    draw_text(pen, STYLE_LABEL, labels[row->kind]);
    draw_to(pen, LABEL_COLUMNS);
    switch (row->kind) {
    case COMPOSER_PROBE:
    case COMPOSER_CHANGES:
    case COMPOSER_EXPECTS:
    case COMPOSER_COST:
    case COMPOSER_RAW:
    case COMPOSER_REQUEST:
    case COMPOSER_PROBLEMS:
        draw_text_row(head, row, pen);
        break;
    case COMPOSER_HEADERS:
        draw_headers(&head->headers, pen);
        break;
    case COMPOSER_HEADER:
        draw_pair(pen, &head->headers.items[row->index], STYLE_PLAIN);
        break;
    case COMPOSER_CLAUSES:
        draw_clauses(&head->clauses, pen);
        break;
    case COMPOSER_CLAUSE:
        draw_clause(pen, &head->clauses.items[row->index]);
        break;
    case COMPOSER_RULE:
        break;
    default:
        value = field_value(draft, row->kind, &style);
        draw_cut(pen, style, value, strnlen(value, PREVIEW_BYTES));
        if (style == STYLE_DIM && draft->operation == OPERATION_MODELS)
            draw_cut(pen, STYLE_DIM, not_sent, strlen(not_sent));
        break;
    }
}

/* Catalog: the models as returned, filtered; one of them goes to Composer. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "catalog/catalog.h"
#include "ui/application.h"
#include "ui/list.h"

enum { DETAIL_ROWS = 3, DETAIL_FROM = 12, DETAIL_MAX = 4096 };

struct pane_catalog {
    struct pane pane;
    struct list list;
    size_t *shown;                    /* indices of the models that pass the filter */
    char *filter;                     /* "" shows all */
    const struct catalog_model *seen; /* what `shown` was made from */
    size_t seen_count;
};

static struct pane_catalog *self(struct pane *pane)
{
    return (struct pane_catalog *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_catalog *catalog = xcalloc(1, sizeof(*catalog));

    catalog->pane = (struct pane){.ops = &pane_catalog, .application = application};
    catalog->filter = xstrdup("");
    return &catalog->pane;
}

static void destroy(struct pane *pane)
{
    free(self(pane)->shown);
    free(self(pane)->filter);
    free(pane);
}

/* Every word of the filter stands somewhere in the identifier. */
static bool passes(const char *id, const char *filter)
{
    while (*(filter += strspn(filter, " "))) {
        size_t len = strcspn(filter, " ");
        const char *at = id;

        while (*at && strncasecmp(at, filter, len) != 0)
            at++;
        if (!*at)
            return false;
        filter += len;
    }
    return true;
}

static const struct catalog_model *model_at(const struct pane_catalog *pane, size_t index)
{
    return &application_catalog(pane->pane.application)->models[pane->shown[index]];
}

static void select_id(struct pane_catalog *pane, const char *id)
{
    for (size_t i = 0; id && i < pane->list.count; i++)
        if (strcmp(model_at(pane, i)->id, id) == 0)
            pane->list.cursor = i;
}

/* Choose what is shown anew, the cursor stays on its model. */
static void apply_filter(struct pane_catalog *pane)
{
    const struct catalog *catalog = application_catalog(pane->pane.application);
    struct draft draft;
    size_t count = 0;

    application_draft(pane->pane.application, &draft);
    pane->seen = catalog->models;
    pane->seen_count = catalog->count;
    pane->shown = xreallocarray(pane->shown, catalog->count + 1, sizeof(*pane->shown));
    for (size_t i = 0; i < catalog->count; i++)
        if (passes(catalog->models[i].id, pane->filter))
            pane->shown[count++] = i;
    list_fit(&pane->list, count, pane->list.rows);
    select_id(pane, draft.model);
    list_fit(&pane->list, count, pane->list.rows);
}

static void apply_changes(struct pane_catalog *pane)
{
    const struct catalog *catalog = application_catalog(pane->pane.application);

    if (!pane->shown || pane->seen != catalog->models || pane->seen_count != catalog->count)
        apply_filter(pane);
}

static void set_filter(void *context, const char *text)
{
    struct pane_catalog *pane = context;
    bool typed = text && *text && strcmp(text, pane->filter) != 0;

    free(pane->filter);
    pane->filter = xstrdup(text ? text : "");
    apply_filter(pane);
    if (typed) /* what was selected before is not what is looked for */
        pane->list.cursor = pane->list.top = 0;
    application_changed(pane->pane.application, TOPIC_CATALOG);
}

static unsigned ask_filter(struct pane_catalog *pane, const char *text)
{
    const struct question question = {
        .label = "Filter models: ",
        .initial = pane->filter,
        .incremental = true,
        .answered = set_filter,
        .changed = set_filter,
        .context = pane,
    };

    if (text)
        set_filter(pane, text);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

static unsigned use_model(struct pane_catalog *pane)
{
    if (pane->list.count == 0)
        return EFFECT_NONE;
    application_set_model(pane->pane.application, model_at(pane, pane->list.cursor)->id);
    application_say(pane->pane.application, MESSAGE_DONE, "Composer uses %s",
                    model_at(pane, pane->list.cursor)->id);
    return EFFECT_DRAW;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_catalog *pane = self(base);
    struct error error;

    apply_changes(pane);
    if (list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_ACTIVATE:
        return use_model(pane);
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_REFRESH:
        if (!application_fetch_catalog(base->application, &error))
            application_fail(base->application, &error);
        return EFFECT_DRAW;
    case REQUEST_BACK:
        if (!pane->filter[0])
            return EFFECT_UNHANDLED;
        set_filter(pane, NULL);
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

/* The members of a record besides its identifier, on one line. */
static void describe(const struct json *record, struct bytes *out)
{
    for (const struct json *member = json_first(record); member; member = json_next(member)) {
        const char *name = json_name(member);
        const char *text = json_string(member);

        if (!name || strcmp(name, "id") == 0)
            continue;
        bytes_printf(out, "%s%s ", out->len ? "  " : "", name);
        if (text)
            bytes_puts(out, text);
        else
            json_write(member, false, out);
    }
}

static void draw_detail(struct pane_catalog *pane, const struct surface *surface, int row)
{
    const struct catalog_model *model = model_at(pane, pane->list.cursor);
    struct bytes text;
    struct pen pen;

    bytes_init(&text, DETAIL_MAX);
    describe(model->record, &text);
    draw_begin(&pen, surface, row, false);
    for (int i = 0; i < surface->columns; i++)
        draw_text(&pen, STYLE_BORDER, draw_sign(surface, SIGN_HORIZONTAL));
    draw_end(&pen);
    draw_begin(&pen, surface, row + 1, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, STYLE_STRONG, model->id, strlen(model->id));
    draw_end(&pen);
    draw_begin(&pen, surface, row + 2, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, STYLE_DIM, bytes_text(&text), text.len);
    draw_end(&pen);
    bytes_release(&text);
}

static void draw_model(struct pane_catalog *pane, const struct surface *surface, int row,
                       size_t index, const char *used)
{
    const char *id = model_at(pane, index)->id;
    bool in_use = used && strcmp(used, id) == 0;
    struct pen pen;

    draw_begin(&pen, surface, row, surface->focused && index == pane->list.cursor);
    draw_text(&pen, STYLE_FOCUS,
              index == pane->list.cursor ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_text(&pen, STYLE_GOOD, in_use ? draw_sign(surface, SIGN_MARK) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_cut(&pen, in_use ? STYLE_STRONG : STYLE_PLAIN, id, strlen(id));
    draw_end(&pen);
}

static void draw_empty(const struct pane_catalog *pane, const struct surface *surface)
{
    const struct catalog *catalog = application_catalog(pane->pane.application);
    int row = 1;

    draw_line(surface, 0, STYLE_PLAIN, NULL);
    if (catalog->count > 0) {
        draw_line(surface, row++, STYLE_PLAIN, "  No model holds these words.");
        draw_line(surface, row++, STYLE_DIM, "  Esc shows all of them again.");
    } else if (catalog->fetched_at) {
        draw_line(surface, row++, STYLE_PLAIN, "  The list came back empty.");
        draw_line(surface, row++, STYLE_DIM, "  R fetches it again.");
    } else {
        draw_line(surface, row++, STYLE_PLAIN, "  No list of models yet.");
        draw_line(surface, row++, STYLE_DIM, "  R sends one request for it.");
        draw_line(surface, row++, STYLE_DIM, "  :model ID needs no list.");
    }
    draw_blank_from(surface, row);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_catalog *pane = self(base);
    bool detail = surface->rows >= DETAIL_FROM;
    int rows = surface->rows - (detail ? DETAIL_ROWS : 0);
    struct draft draft;
    int row = 0;

    apply_changes(pane);
    list_fit(&pane->list, pane->list.count, (size_t)rows);
    if (pane->list.count == 0) {
        draw_empty(pane, surface);
        return;
    }
    application_draft(base->application, &draft);
    for (; row < rows && pane->list.top + (size_t)row < pane->list.count; row++)
        draw_model(pane, surface, row, pane->list.top + (size_t)row, draft.model);
    draw_blank_from(surface, row);
    if (detail)
        draw_detail(pane, surface, rows);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_catalog *pane = (const struct pane_catalog *)base;
    const struct catalog *catalog = application_catalog(base->application);
    int64_t minutes = application_catalog_age_ms(base->application) / 60000;

    if (!catalog->fetched_at)
        return;
    if (pane->filter[0] && pane->shown)
        bytes_printf(out, "%zu of ", pane->list.count);
    bytes_printf(out, "%zu", catalog->count);
    if (minutes < 1)
        bytes_puts(out, ", just now");
    else if (minutes < 120)
        bytes_printf(out, ", %d min old", (int)minutes);
    else if (minutes < 48 * 60)
        bytes_printf(out, ", %d h old", (int)(minutes / 60));
    else
        bytes_printf(out, ", %d days old", (int)(minutes / (24 * 60)));
}

const struct pane_ops pane_catalog = {
    .name = "catalog",
    .title = "Catalog",
    .topics = TOPIC_CATALOG | TOPIC_DRAFT,
    .hints = {{REQUEST_ACTIVATE, "use"},
              {REQUEST_REFRESH, "fetch"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_REVIEW, "show request"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .facts = facts,
};

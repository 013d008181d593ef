/* Catalog: the models as returned, ranked by a filter; one of them goes to Composer. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "catalog/catalog.h"
#include "ui/application.h"
#include "ui/catalog_detail.h"
#include "ui/catalog_notice.h"
#include "ui/catalog_table.h"
#include "ui/fuzzy.h"
#include "ui/list.h"

enum {
    BRIEF_FROM = 12, /* rows from which some of a model is shown below the list */
    BRIEF_HEAD = 2,  /* a rule and the identifier */
    HEAD_FROM = 6,   /* rows from which columns have their names above them */
};

/* Where one was before the filter was typed. */
struct place {
    char *filter; /* NULL: there is no such place */
    char *id;
    size_t top;
};

struct pane_catalog {
    struct pane pane;
    struct list list;
    struct fuzzy_hit *hits; /* the models that pass the filter, the best first */
    struct fuzzy *fuzzy;
    char *filter; /* "" shows all */
    char *id;     /* of the model under the cursor, over changes of the list; NULL: none yet */
    struct place before;
    struct catalog_table *table;
    struct catalog_detail *detail;
    int head;        /* rows above the list, as it was drawn last */
    bool inspecting; /* the detail fills the pane */
    bool seen;
    unsigned seen_version;
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
    catalog->fuzzy = fuzzy_new(NULL);
    catalog->table = catalog_table_new();
    catalog->detail = catalog_detail_new();
    return &catalog->pane;
}

static void forget_place(struct pane_catalog *pane)
{
    free(pane->before.filter);
    free(pane->before.id);
    pane->before = (struct place){.filter = NULL};
}

static void destroy(struct pane *base)
{
    struct pane_catalog *pane = self(base);

    catalog_detail_free(pane->detail);
    catalog_table_free(pane->table);
    fuzzy_free(pane->fuzzy);
    forget_place(pane);
    free(pane->hits);
    free(pane->filter);
    free(pane->id);
    free(pane);
}

static const struct catalog_model *model_at(const struct pane_catalog *pane, size_t index)
{
    return &application_catalog(pane->pane.application)->models[pane->hits[index].index];
}

/* ---- what is shown, and where the cursor is ---- */

static void keep_id(struct pane_catalog *pane)
{
    const char *id = pane->list.count ? model_at(pane, pane->list.cursor)->id : NULL;

    if (!id || (pane->id && strcmp(id, pane->id) == 0))
        return;
    free(pane->id);
    pane->id = xstrdup(id);
}

static bool select_id(struct pane_catalog *pane, const char *id)
{
    for (size_t i = 0; id && i < pane->list.count; i++) {
        if (strcmp(model_at(pane, i)->id, id) == 0) {
            pane->list.cursor = i;
            return true;
        }
    }
    return false;
}

/* Without a filter in the order of the list, else the best first. */
static size_t find_hits(struct pane_catalog *pane)
{
    const struct catalog *catalog = application_catalog(pane->pane.application);
    size_t count = 0;

    pane->hits = xreallocarray(pane->hits, catalog->count + 1, sizeof(*pane->hits));
    for (size_t i = 0; i < catalog->count; i++) {
        const char *id = catalog->models[i].id;
        struct fuzzy_hit *hit = &pane->hits[count];

        *hit = (struct fuzzy_hit){.index = i, .len = strlen(id)};
        count += fuzzy_match(pane->fuzzy, id, hit->len, &hit->score);
    }
    if (!fuzzy_is_empty(pane->fuzzy))
        fuzzy_sort(pane->hits, count);
    return count;
}

/* Choose what is shown anew, the cursor stays on its model; at first that is Composer's. */
static void apply_filter(struct pane_catalog *pane)
{
    struct draft draft;

    list_fit(&pane->list, find_hits(pane), pane->list.rows);
    application_draft(pane->pane.application, &draft);
    if (!select_id(pane, pane->id) && !pane->id)
        select_id(pane, draft.model);
    list_fit(&pane->list, pane->list.count, pane->list.rows);
}

/* Another list: nothing of the old one may be looked at again. */
static void catch_up(struct pane *base)
{
    struct pane_catalog *pane = self(base);
    const struct application *application = pane->pane.application;

    if (pane->seen && pane->seen_version == application_catalog_version(application))
        return;
    pane->seen = true;
    pane->seen_version = application_catalog_version(application);
    catalog_table_learn(pane->table, application_catalog(application));
    apply_filter(pane);
    pane->inspecting &= pane->list.count > 0 && pane->id &&
                        strcmp(model_at(pane, pane->list.cursor)->id, pane->id) == 0;
    if (pane->inspecting)
        catalog_detail_open(pane->detail, model_at(pane, pane->list.cursor));
    keep_id(pane);
}

static void use_filter(struct pane_catalog *pane, const char *text)
{
    free(pane->filter);
    pane->filter = xstrdup(text);
    fuzzy_free(pane->fuzzy);
    pane->fuzzy = fuzzy_new(text);
    apply_filter(pane);
}

/* ---- the filter ---- */

/* What was selected before is not what is looked for: the best goes first. */
static void filter_changed(void *context, const char *text)
{
    struct pane_catalog *pane = context;

    catch_up(&pane->pane); /* the list may be another one since it was drawn */
    if (!text || strcmp(text, pane->filter) == 0)
        return;
    use_filter(pane, text);
    if (*text) {
        pane->list.cursor = pane->list.top = 0;
    } else if (select_id(pane, pane->before.id)) {
        list_fit(&pane->list, pane->list.count, pane->list.rows);
    }
    application_changed(pane->pane.application, TOPIC_CATALOG);
}

/* Given up: everything is as it was before `/`. */
static void filter_answered(void *context, const char *text)
{
    struct pane_catalog *pane = context;

    catch_up(&pane->pane);
    if (text) {
        filter_changed(pane, text);
    } else if (pane->before.filter) {
        use_filter(pane, pane->before.filter);
        pane->list.top = pane->before.top;
        select_id(pane, pane->before.id);
        list_fit(&pane->list, pane->list.count, pane->list.rows);
    }
    keep_id(pane);
    forget_place(pane);
    application_changed(pane->pane.application, TOPIC_CATALOG);
}

static unsigned ask_filter(struct pane_catalog *pane, const char *text)
{
    const struct question question = {
        .label = "Filter models: ",
        .initial = pane->filter,
        .incremental = true,
        .answered = filter_answered,
        .changed = filter_changed,
        .context = pane,
    };

    pane->inspecting = false;
    if (text) {
        filter_answered(pane, text);
        return EFFECT_DRAW;
    }
    application_ask(pane->pane.application, &question); /* an open one is given up by this */
    forget_place(pane);
    pane->before = (struct place){
        .filter = xstrdup(pane->filter), .id = xstrdup(pane->id), .top = pane->list.top};
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned use_model(struct pane_catalog *pane)
{
    const char *id;

    if (pane->list.count == 0)
        return EFFECT_NONE;
    id = model_at(pane, pane->list.cursor)->id;
    if (application_set_model(pane->pane.application, id))
        application_say(pane->pane.application, MESSAGE_DONE, "Composer uses %s", id);
    return EFFECT_DRAW;
}

static unsigned inspect(struct pane_catalog *pane)
{
    pane->inspecting = !pane->inspecting && pane->list.count > 0;
    if (pane->inspecting)
        catalog_detail_open(pane->detail, model_at(pane, pane->list.cursor));
    return EFFECT_DRAW;
}

static unsigned go_back(struct pane_catalog *pane)
{
    if (pane->inspecting) {
        pane->inspecting = false;
    } else if (pane->filter[0]) {
        use_filter(pane, "");
    } else {
        return EFFECT_UNHANDLED;
    }
    return EFFECT_DRAW;
}

static unsigned move(struct pane_catalog *pane, const struct request_call *call)
{
    if (pane->inspecting)
        return catalog_detail_request(pane->detail, call);
    return list_request(&pane->list, call->request) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

static unsigned answer(struct pane_catalog *pane, const struct request_call *call)
{
    struct application *application = pane->pane.application;
    struct error error;

    switch (call->request) {
    case REQUEST_ACTIVATE:
        return use_model(pane);
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_REFRESH:
        if (!application_fetch_catalog(application, &error))
            application_fail(application, &error);
        return EFFECT_DRAW;
    case REQUEST_INSPECT:
    case REQUEST_FOLD:
        return inspect(pane);
    case REQUEST_BACK:
        return go_back(pane);
    case REQUEST_CLOSE:
        return pane->inspecting ? go_back(pane) : EFFECT_UNHANDLED;
    default:
        return EFFECT_UNHANDLED;
    }
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_catalog *pane = self(base);
    unsigned effects;

    effects = move(pane, call);
    if (effects & EFFECT_UNHANDLED)
        effects = answer(pane, call);
    keep_id(pane);
    return effects;
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    struct pane_catalog *pane = self(base);

    if (pane->list.count == 0)
        return false;
    if (pane->inspecting)
        return catalog_detail_text(pane->detail, part, out);
    out->what = part == PANE_ALL ? "the model identifiers" : "the model identifier";
    if (part == PANE_HERE)
        return bytes_puts(out->bytes, model_at(pane, pane->list.cursor)->id);
    for (size_t i = 0; i < pane->list.count; i++)
        if (!bytes_puts(out->bytes, model_at(pane, i)->id) || !bytes_append_byte(out->bytes, '\n'))
            return false;
    return true;
}

static unsigned point(struct pane *base, int row, int column)
{
    struct pane_catalog *pane = self(base);

    if (pane->list.count == 0)
        return EFFECT_UNHANDLED;
    if (pane->inspecting)
        return catalog_detail_point(pane->detail, row, column);
    if (!list_point(&pane->list, row - pane->head))
        return EFFECT_UNHANDLED;
    keep_id(pane);
    return EFFECT_DRAW;
}

/* ---- drawing ---- */

static void draw_model(struct pane_catalog *pane, const struct surface *surface, int row,
                       size_t index, const char *used)
{
    const struct catalog_model *model = model_at(pane, index);
    bool in_use = used && strcmp(used, model->id) == 0;
    size_t len = strnlen(model->id, CATALOG_ID_BYTES);
    unsigned char *marks = xcalloc(len + 1, 1);
    struct pen pen;

    fuzzy_mark(pane->fuzzy, model->id, len, marks);
    draw_begin(&pen, surface, row, surface->focused && index == pane->list.cursor);
    draw_text(&pen, STYLE_FOCUS,
              index == pane->list.cursor ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_text(&pen, STYLE_GOOD, in_use ? draw_sign(surface, SIGN_MARK) : " ");
    draw_text(&pen, STYLE_PLAIN, " ");
    catalog_table_row(pane->table, &pen, in_use ? STYLE_STRONG : STYLE_PLAIN, model, marks);
    draw_end(&pen);
    free(marks);
}

static void draw_names(const struct pane_catalog *pane, const struct surface *surface)
{
    struct pen pen;

    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, "   ");
    catalog_table_head(pane->table, &pen);
    draw_end(&pen);
}

/* As the fullest record wants, so that the list does not jump from model to model; at most a third.
 */
static int brief_rows(const struct pane_catalog *pane, const struct surface *surface)
{
    size_t wanted = catalog_table_members(pane->table) + BRIEF_HEAD;
    size_t most = (size_t)surface->rows / 3;

    if (surface->rows < BRIEF_FROM)
        return 0;
    return (int)(wanted < most ? wanted : most);
}

static void draw_list(struct pane_catalog *pane, const struct surface *surface)
{
    int end = surface->rows - brief_rows(pane, surface), row = 0;
    bool head = catalog_table_fit(pane->table, surface->columns) && surface->rows >= HEAD_FROM;
    struct draft draft;

    application_draft(pane->pane.application, &draft);
    pane->head = head;
    if (head)
        draw_names(pane, surface);
    list_fit(&pane->list, pane->list.count, (size_t)(end - head));
    for (row = head; row < end; row++) {
        size_t index = pane->list.top + (size_t)(row - head);

        if (index >= pane->list.count)
            break;
        draw_model(pane, surface, row, index, draft.model);
    }
    draw_blank_from(surface, row);
    if (end < surface->rows)
        catalog_detail_brief(model_at(pane, pane->list.cursor), surface, end);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_catalog *pane = self(base);
    bool filtered = application_catalog(base->application)->count > 0;

    if (pane->list.count == 0)
        catalog_notice_draw(base->application, surface, filtered ? pane->filter : NULL);
    else if (pane->inspecting)
        catalog_detail_draw(pane->detail, surface);
    else
        draw_list(pane, surface);
}

static void add_age(int64_t minutes, struct bytes *out)
{
    if (minutes < 1)
        bytes_puts(out, ", just now");
    else if (minutes < 120)
        bytes_printf(out, ", %d min old", (int)minutes);
    else if (minutes < 48 * 60)
        bytes_printf(out, ", %d h old", (int)(minutes / 60));
    else
        bytes_printf(out, ", %d days old", (int)(minutes / (24 * 60)));
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_catalog *pane = (const struct pane_catalog *)base;
    const struct catalog *catalog = application_catalog(base->application);
    const char *profile = application_profile(base->application)->name;

    if (!catalog->fetched_at)
        return;
    if (pane->filter[0] && pane->seen)
        bytes_printf(out, "%zu of ", pane->list.count);
    bytes_printf(out, "%zu", catalog->count);
    if (application_is_fetching(base->application))
        bytes_puts(out, ", fetching");
    else
        add_age(application_catalog_age_ms(base->application) / 60000, out);
    if (catalog->profile && profile && strcmp(catalog->profile, profile) != 0)
        bytes_printf(out, ", of %s", catalog->profile);
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint empty[] = {
        {REQUEST_REFRESH, "fetch"}, {REQUEST_REVIEW, "show request"}, {REQUEST_NONE, NULL}};
    static const struct hint unready[] = {{REQUEST_REVIEW, "show request"}, {REQUEST_NONE, NULL}};
    static const struct hint nothing[] = {
        {REQUEST_BACK, "show all"}, {REQUEST_FILTER, "filter"}, {REQUEST_NONE, NULL}};
    static const struct hint filtered[] = {
        {REQUEST_ACTIVATE, "use"},   {REQUEST_BACK, "show all"},       {REQUEST_FILTER, "filter"},
        {REQUEST_INSPECT, "detail"}, {REQUEST_REVIEW, "show request"}, {REQUEST_NONE, NULL}};
    static const struct hint detail[] = {{REQUEST_INSPECT, "list"},
                                         {REQUEST_FOLD, "fold"},
                                         {REQUEST_FOLD_ALL, "fold all"},
                                         {REQUEST_ACTIVATE, "use"},
                                         {REQUEST_NONE, NULL}};
    const struct pane_catalog *pane = (const struct pane_catalog *)base;

    if (pane->inspecting)
        return detail;
    if (application_catalog(base->application)->count == 0)
        return application_is_fetching(base->application) ||
                       application_misses_key(base->application, NULL)
                   ? unready
                   : empty;
    if (pane->list.count == 0)
        return nothing;
    return pane->filter[0] ? filtered : NULL;
}

const struct pane_ops pane_catalog = {
    .name = "catalog",
    .title = "Catalog",
    .key = "1",
    .topics = TOPIC_CATALOG | TOPIC_DRAFT,
    .hints = {{REQUEST_ACTIVATE, "use"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_INSPECT, "detail"},
              {REQUEST_REFRESH, "fetch"},
              {REQUEST_REVIEW, "show request"}},
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

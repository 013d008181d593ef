/* History: every exchange, found by a filter; one of them is opened, sent again, noted, exported.
 */
#include "ui/pane.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "evidence/export.h"
#include "evidence/history_window.h"
#include "ui/application.h"
#include "ui/history_view.h"
#include "ui/list.h"

enum {
    TITLE_ROWS = 1,
    DETAIL_FROM = 12,
};

struct pane_history {
    struct pane pane;
    struct list list; /* of the rows in the window */
    struct history_window window;
    struct history_filter filter;
    char *filter_text;
    char *trouble; /* with the filter as it is being typed, NULL: none */
    uint64_t passed, all;
    bool loaded;
    unsigned version;        /* of the history in the window */
    char asked[EVIDENCE_ID]; /* the exchange a question is about */
};

static struct pane_history *self(struct pane *pane)
{
    return (struct pane_history *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_history *history = xcalloc(1, sizeof(*history));

    history->pane = (struct pane){.ops = &pane_history, .application = application};
    history->filter_text = xstrdup("");
    return &history->pane;
}

static void destroy(struct pane *base)
{
    struct pane_history *pane = self(base);

    history_window_release(&pane->window);
    history_filter_release(&pane->filter);
    free(pane->filter_text);
    free(pane->trouble);
    free(pane);
}

static unsigned fail(const struct pane_history *pane, const struct error *error)
{
    application_fail(pane->pane.application, error);
    return EFFECT_DRAW;
}

/* ---- the window ---- */

/* How many there are and pass; what is in memory whole needs no query. */
static bool count(struct pane_history *pane, struct history *history, struct error *error)
{
    bool whole = pane->window.newest && pane->window.oldest;

    pane->passed = pane->window.count;
    if (!whole && !history_count(history, &pane->filter, &pane->passed, error))
        return false;
    pane->all = pane->passed;
    return pane->filter.count == 0 || history_count(history, NULL, &pane->all, error);
}

/* Read anew; the cursor stays on its row, or goes to the newest of another filter. */
static void load(struct pane_history *pane, bool stay)
{
    struct history *history = application_history(pane->pane.application);
    const struct history_key key = pane->window.count
                                       ? history_key(&pane->window.rows[pane->list.cursor])
                                       : (struct history_key){0};
    struct error error;
    size_t offset = pane->list.cursor - pane->list.top, place = 0;
    bool at_top = pane->list.top == 0 && pane->window.newest;
    bool good = true;

    pane->loaded = true;
    pane->version = application_history_version(pane->pane.application);
    if (!history)
        return;
    if (stay && pane->window.count)
        good = history_window_around(&pane->window, history, &pane->filter, &key, &place, &error);
    else
        good = history_window_begin(&pane->window, history, &pane->filter, HISTORY_OLDER, &error);
    if (!good || !count(pane, history, &error))
        fail(pane, &error);
    pane->list.cursor = place;
    pane->list.top = at_top || place < offset ? 0 : place - offset;
    list_fit(&pane->list, pane->window.count, pane->list.rows);
}

static void apply_changes(struct pane_history *pane)
{
    if (!pane->loaded || pane->version != application_history_version(pane->pane.application))
        load(pane, true);
}

/* One more page where the cursor comes near an end of the window. */
static void extend(struct pane_history *pane, enum history_direction direction)
{
    struct history *history = application_history(pane->pane.application);
    struct error error;
    ptrdiff_t shift;

    if (!history)
        return;
    if (!history_window_extend(&pane->window, history, &pane->filter, direction, &shift, &error))
        fail(pane, &error);
    pane->list.cursor = (size_t)((ptrdiff_t)pane->list.cursor + shift);
    pane->list.top =
        (ptrdiff_t)pane->list.top + shift > 0 ? (size_t)((ptrdiff_t)pane->list.top + shift) : 0;
    list_fit(&pane->list, pane->window.count, pane->list.rows);
}

static void fill(struct pane_history *pane)
{
    size_t ahead = 2 * pane->list.rows;

    if (!pane->window.oldest && pane->list.cursor + ahead >= pane->window.count)
        extend(pane, HISTORY_OLDER);
    if (!pane->window.newest && pane->list.cursor < ahead)
        extend(pane, HISTORY_NEWER);
}

static void jump(struct pane_history *pane, enum history_direction from)
{
    struct history *history = application_history(pane->pane.application);
    struct error error;

    if (history && !history_window_begin(&pane->window, history, &pane->filter, from, &error))
        fail(pane, &error);
    list_fit(&pane->list, pane->window.count, pane->list.rows);
}

static bool move(struct pane_history *pane, enum request request)
{
    if (request == REQUEST_TOP && !pane->window.newest)
        jump(pane, HISTORY_OLDER);
    if (request == REQUEST_BOTTOM && !pane->window.oldest)
        jump(pane, HISTORY_NEWER);
    if (!list_request(&pane->list, request))
        return false;
    fill(pane);
    return true;
}

static const struct history_row *chosen(const struct pane_history *pane)
{
    return pane->window.count ? &pane->window.rows[pane->list.cursor] : NULL;
}

/* ---- the filter ---- */

/* A line that is no filter yet leaves the list as it is, and says why. */
static bool set_filter(struct pane_history *pane, const char *text)
{
    int64_t now_ms = clock_wall_ms(application_clock(pane->pane.application));
    struct history_filter filter;
    struct error error;

    free(pane->trouble);
    pane->trouble = NULL;
    application_changed(pane->pane.application, TOPIC_HISTORY);
    if (!history_filter_parse(&filter, text, now_ms, &error)) {
        pane->trouble = xstrdup(error.text);
        return false;
    }
    history_filter_release(&pane->filter);
    pane->filter = filter;
    free(pane->filter_text);
    pane->filter_text = xstrdup(text);
    load(pane, false);
    return true;
}

static void on_typed(void *context, const char *text)
{
    set_filter(context, text ? text : "");
}

static void on_filter(void *context, const char *text)
{
    struct pane_history *pane = context;

    if (set_filter(pane, text ? text : ""))
        return;
    application_say(pane->pane.application, MESSAGE_FAILED, "%s", pane->trouble);
    free(pane->trouble);
    pane->trouble = NULL;
}

static unsigned ask_filter(struct pane_history *pane, const char *text)
{
    const struct question question = {
        .label = "Filter history: ",
        .initial = pane->filter_text,
        .incremental = true,
        .answered = on_filter,
        .changed = on_typed,
        .context = pane,
    };

    if (text)
        on_filter(pane, text);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* ---- what is done with one ---- */

/* Its capture; the caller frees. NULL after a message. */
static char *capture_of(const struct pane_history *pane, const struct history_row *row)
{
    if (row->capture)
        return application_capture_path(pane->pane.application, row->capture);
    application_say(pane->pane.application, MESSAGE_FAILED, "%s has no capture", row->id);
    return NULL;
}

static bool open_chosen(const struct pane_history *pane, const struct history_row *row)
{
    char *path = capture_of(pane, row);
    struct error error;
    bool opened = path && application_open_capture(pane->pane.application, path, &error);

    if (path && !opened)
        fail(pane, &error);
    free(path);
    return opened;
}

/* The ledger cites what Stream shows. */
static unsigned attach(const struct pane_history *pane, const struct history_row *row)
{
    if (!open_chosen(pane, row))
        return EFFECT_DRAW;
    application_take_look(pane->pane.application);
    return EFFECT_UNHANDLED;
}

static unsigned mark(struct pane_history *pane, const struct history_row *row)
{
    struct error error;

    if (!application_mark(pane->pane.application, row->id, !row->marked, &error))
        fail(pane, &error);
    return EFFECT_DRAW;
}

static void on_note(void *context, const char *text)
{
    struct pane_history *pane = context;
    struct error error;

    if (text && !application_annotate(pane->pane.application, pane->asked, text, &error))
        fail(pane, &error);
}

/* A question is answered later, when the cursor may be elsewhere. */
static void remember(struct pane_history *pane, const struct history_row *row)
{
    memcpy(pane->asked, row->id, sizeof(pane->asked));
}

static unsigned annotate(struct pane_history *pane, const struct history_row *row, const char *text)
{
    const struct question question = {
        .label = "Note: ", .initial = row->note, .answered = on_note, .context = pane};

    remember(pane, row);
    if (text)
        on_note(pane, text);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

static bool send_row(void *context, const struct history_row *row)
{
    struct pane_history *pane = context;
    char *path = capture_of(pane, row);
    struct error error;

    if (path && !application_send_again(pane->pane.application, path, &error))
        fail(pane, &error);
    free(path);
    return false;
}

static void on_again(void *context, const char *text)
{
    struct pane_history *pane = context;
    struct history *history = application_history(pane->pane.application);
    struct error error;

    if (!text || (strcmp(text, "y") != 0 && strcmp(text, "yes") != 0))
        return;
    if (!history_find(history, pane->asked, send_row, pane, &error))
        fail(pane, &error);
}

/* It may be billed: method, place and profile are shown first. */
static unsigned ask_again(struct pane_history *pane, const struct history_row *row)
{
    struct question question = {.answered = on_again, .context = pane};
    const struct profile *profile = application_profile(pane->pane.application);
    char *label = xasprintf(
        "%sSend %s%s%s again to %s with profile %s? (yes or no) ",
        profile->production ? "PRODUCTION, BILLABLE: " : "", row->operation ? row->operation : "it",
        row->model ? " " : "", row->model ? row->model : "",
        application_base_alias(pane->pane.application), profile->name ? profile->name : "none");

    remember(pane, row);
    question.label = label;
    application_ask(pane->pane.application, &question);
    free(label);
    return EFFECT_DRAW;
}

/* ---- export ---- */

/* "har", or "curl FILE"; without a name the evidence's own. */
static unsigned export(const struct pane_history *pane, const struct history_row *row,
                       const char *words)
{
    size_t len = strcspn(words, " ");
    const char *file = words + len + strspn(words + len, " ");
    const char *name, *suffix = "", *meaning;
    char *kind = xmemdup0(words, len), *capture = capture_of(pane, row), *path;
    struct error error;

    for (size_t i = 0; export_kind(i, &name, &suffix, &meaning) && strcmp(name, kind) != 0;)
        i++;
    path = *file ? xstrdup(file) : xasprintf("%s.%s", row->id, suffix);
    if (capture && export_write(kind, capture, path, application_redactor(pane->pane.application),
                                NULL, &error))
        application_say(pane->pane.application, MESSAGE_DONE, "%s is written", path);
    else if (capture)
        fail(pane, &error);
    free(kind);
    free(capture);
    free(path);
    return EFFECT_DRAW;
}

/* What was answered for the exchange that was asked about. */
struct answer_to {
    struct pane_history *pane;
    const char *words;
};

static bool export_row(void *context, const struct history_row *row)
{
    const struct answer_to *answer = context;

    export(answer->pane, row, answer->words);
    return false;
}

static void on_export(void *context, const char *text)
{
    struct answer_to answer = {.pane = context, .words = text};
    struct history *history = application_history(answer.pane->pane.application);
    struct error error;

    if (text && *text && !history_find(history, answer.pane->asked, export_row, &answer, &error))
        fail(answer.pane, &error);
}

/* "export curl": of what has the focus. */
static unsigned export_as_curl(const struct pane_history *pane, const struct history_row *row,
                               const char *file)
{
    char *words = xasprintf("curl %s", file ? file : "");

    export(pane, row, words);
    free(words);
    return EFFECT_DRAW;
}

static unsigned ask_export(struct pane_history *pane, const struct history_row *row,
                           const char *words)
{
    const struct question question = {
        .label = "Export as har, curl or capture, and to which file: ",
        .initial = "har",
        .replaced = true,
        .completion = COMPLETION_EXPORT,
        .answered = on_export,
        .context = pane,
    };

    remember(pane, row);
    if (words)
        return export(pane, row, words);
    application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* ---- what goes ---- */

static void on_prune(void *context, const char *text)
{
    struct pane_history *pane = context;

    if (text && (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0))
        application_prune(pane->pane.application);
}

/* What would be lost is said before anything is. */
static unsigned ask_prune(struct pane_history *pane, const char *limits)
{
    struct question question = {.answered = on_prune, .context = pane};
    struct error error;
    char *warning = application_plan_prune(pane->pane.application, limits, &error), *label;

    if (!warning)
        return fail(pane, &error);
    label = xasprintf("%s? (yes or no) ", warning);
    question.label = label;
    if (application_prunes(pane->pane.application))
        application_ask(pane->pane.application, &question);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "%s", warning);
    free(label);
    free(warning);
    return EFFECT_DRAW;
}

/* ---- requests ---- */

static unsigned row_request(struct pane_history *pane, const struct history_row *row,
                            const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_ACTIVATE:
        open_chosen(pane, row);
        return EFFECT_DRAW;
    case REQUEST_ATTACH:
        return attach(pane, row);
    case REQUEST_MARK:
        return mark(pane, row);
    case REQUEST_ANNOTATE:
        return annotate(pane, row, call->argument);
    case REQUEST_AGAIN:
        return ask_again(pane, row);
    case REQUEST_EXPORT_CURL:
        return export_as_curl(pane, row, call->argument);
    case REQUEST_EXPORT:
        return ask_export(pane, row, call->argument);
    default:
        return EFFECT_UNHANDLED;
    }
}

static bool is_of_row(enum request request)
{
    return request == REQUEST_ACTIVATE || request_info(request)->group == GROUP_HISTORY;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_history *pane = self(base);

    apply_changes(pane);
    if (move(pane, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_FILTER:
        return ask_filter(pane, call->argument);
    case REQUEST_REFRESH:
        load(pane, true);
        return EFFECT_DRAW;
    case REQUEST_PRUNE:
        return ask_prune(pane, call->argument);
    case REQUEST_BACK:
        if (!pane->filter_text[0])
            return EFFECT_UNHANDLED;
        set_filter(pane, "");
        return EFFECT_DRAW;
    default:
        break;
    }
    if (chosen(pane))
        return row_request(pane, chosen(pane), call);
    if (!is_of_row(call->request))
        return EFFECT_UNHANDLED;
    application_say(base->application, MESSAGE_NOTE, "There is no exchange to do that with");
    return EFFECT_DRAW;
}

/* ---- drawing ---- */

static void draw_empty(const struct pane_history *pane, const struct surface *surface)
{
    int row = 1;

    if (pane->filter_text[0]) {
        draw_line(surface, row++, STYLE_PLAIN, "  No exchange passes the filter.");
        draw_line(surface, row++, STYLE_DIM, "  Esc shows all of them again.");
    } else {
        draw_line(surface, row++, STYLE_PLAIN, "  Nothing was sent yet.");
        draw_line(surface, row++, STYLE_DIM, "  What is sent stands here from then on.");
    }
    draw_blank_from(surface, row);
}

/* The titles, or what matters more: the filter in force, or what is wrong with the one typed. */
static void draw_head(const struct pane_history *pane, const struct surface *surface)
{
    struct pen pen;

    if (!pane->trouble && !pane->filter_text[0]) {
        history_view_titles(surface, 0);
        return;
    }
    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    if (pane->trouble) {
        draw_cut(&pen, STYLE_WARNING, pane->trouble, strlen(pane->trouble));
    } else {
        draw_format(&pen, STYLE_STRONG, "%" PRIu64 " of %" PRIu64 "  ", pane->passed, pane->all);
        draw_text(&pen, STYLE_LABEL, "filter ");
        draw_cut(&pen, STYLE_PLAIN, pane->filter_text, strlen(pane->filter_text));
    }
    draw_end(&pen);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_history *pane = self(base);
    bool detail = surface->rows >= DETAIL_FROM;
    int rows = surface->rows - TITLE_ROWS - (detail ? HISTORY_DETAIL : 0), row = 0;

    apply_changes(pane);
    list_fit(&pane->list, pane->window.count, rows > 0 ? (size_t)rows : 0);
    fill(pane);
    draw_head(pane, surface);
    if (pane->window.count == 0) {
        draw_empty(pane, surface);
        return;
    }
    for (; row < rows && pane->list.top + (size_t)row < pane->window.count; row++) {
        size_t index = pane->list.top + (size_t)row;

        history_view_row(surface, row + TITLE_ROWS, &pane->window.rows[index],
                         index == pane->list.cursor);
    }
    draw_blank_from(surface, row + TITLE_ROWS);
    if (detail)
        history_view_detail(surface, surface->rows - HISTORY_DETAIL, chosen(pane));
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_history *pane = (const struct pane_history *)base;

    if (pane->loaded && !pane->filter_text[0])
        bytes_printf(out, "%" PRIu64 " exchange%s", pane->all, pane->all == 1 ? "" : "s");
}

const struct pane_ops pane_history = {
    .name = "history",
    .title = "History",
    .topics = TOPIC_HISTORY,
    .hints = {{REQUEST_ACTIVATE, "open"},
              {REQUEST_FILTER, "filter"},
              {REQUEST_AGAIN, "again"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_MARK, "mark"},
              {REQUEST_ANNOTATE, "note"},
              {REQUEST_EXPORT, "export"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .facts = facts,
};

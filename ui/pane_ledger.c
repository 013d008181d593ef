/* Ledger: one Markdown file; its table cells are edited here, evidence is cited in it. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "ledger/document.h"
#include "ledger/template.h"
#include "ui/application.h"
#include "ui/application_observe.h"
#include "ui/journal.h"
#include "ui/ledger_gaps.h"
#include "ui/ledger_state.h"

static struct pane_ledger *self(struct pane *pane)
{
    return (struct pane_ledger *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_ledger *pane = xcalloc(1, sizeof(*pane));

    pane->pane = (struct pane){.ops = &pane_ledger, .application = application};
    pane->view = ledger_view_new();
    pane->journal = journal_new(application, NULL);
    return &pane->pane;
}

static void destroy(struct pane *base)
{
    struct pane_ledger *pane = self(base);

    ledger_keep_end(pane);
    document_free(pane->document);
    ledger_compare_free(pane->compare);
    ledger_reader_free(pane->reader);
    ledger_view_free(pane->view);
    free(pane->notice);
    free(pane->argument);
    free(pane->phrase);
    free(pane->title);
    free(pane);
}

const char *ledger_name(const struct document *document)
{
    const char *path = document_path(document), *slash;

    if (!path)
        return "without a name";
    slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- places ---- */

struct ledger_place ledger_here(const struct pane_ledger *pane)
{
    struct ledger_place place;

    ledger_place(pane->document, pane->list.cursor + 1, pane->column, &place);
    return place;
}

void ledger_go_to(struct pane_ledger *pane, size_t line, size_t column)
{
    size_t last = document_line_count(pane->document);

    pane->list.cursor = (line < last ? line : last) - 1;
    pane->column = column;
    pane->leaps = true;
}

/* What a leap brought out of sight is shown with what is around it. */
static void place_list(struct pane_ledger *pane, size_t rows)
{
    struct list *list = &pane->list;
    bool seen = list->cursor >= list->top && list->cursor < list->top + rows;

    if (pane->leaps && !seen)
        list->top = list->cursor > rows / 3 ? list->cursor - rows / 3 : 0;
    pane->leaps = false;
    list_fit(list, document_line_count(pane->document), rows);
}

static unsigned go_to_gap(struct pane_ledger *pane, bool forwards)
{
    const struct ledger_place from = ledger_here(pane);
    struct ledger_gaps gaps;
    const struct ledger_place *target;

    ledger_gaps(pane->document, &from, &gaps);
    if (gaps.count == 0) {
        application_say(pane->pane.application, MESSAGE_NOTE, "Nothing is pending in %s",
                        ledger_name(pane->document));
        return EFFECT_NONE;
    }
    if (forwards)
        target = gaps.after.line ? &gaps.after : &gaps.first;
    else
        target = gaps.before.line ? &gaps.before : &gaps.last;
    ledger_go_to(pane, target->line, target->column);
    return EFFECT_DRAW;
}

/* ---- change ---- */

void ledger_changed(struct pane_ledger *pane)
{
    struct ledger_gaps gaps;

    pane->unkept = true;
    free(pane->phrase);
    pane->phrase = xasprintf("ledger %s", ledger_name(pane->document));
    free(pane->title);
    pane->title = ledger_title(pane);
    ledger_gaps(pane->document, NULL, &gaps);
    pane->pending = gaps.count;
    ledger_view_reset(pane->view);
    list_fit(&pane->list, document_line_count(pane->document), pane->list.rows);
    application_changed(pane->pane.application, TOPIC_LEDGER);
}

/* Begins at the first open cell: that is what the ledger is opened for. */
void ledger_show(struct pane_ledger *pane, struct document *document)
{
    struct ledger_gaps gaps;

    document_free(pane->document);
    pane->document = document;
    pane->edited = (struct ledger_place){.line = 0}; /* an open question was about the other */
    pane->list = (struct list){.rows = pane->list.rows};
    pane->column = 0;
    ledger_gaps(document, NULL, &gaps);
    ledger_changed(pane);
    if (gaps.count)
        ledger_go_to(pane, gaps.first.line, gaps.first.column);
}

static void set_cell(void *context, const char *text)
{
    struct pane_ledger *pane = context;
    const struct ledger_place *at = &pane->edited;
    struct error error;

    if (!text || !pane->document || at->line == 0 || (!*text && pane->was_pending))
        return;
    if (!document_set_cell(pane->document, (size_t)at->table, at->row, at->column, text, &error))
        application_fail(pane->pane.application, &error);
    ledger_changed(pane);
}

static unsigned edit_cell(struct pane_ledger *pane)
{
    char *label, *name, *text;
    struct error error;

    if (!application_may_write(pane->pane.application, &error)) {
        application_fail(pane->pane.application, &error);
        return EFFECT_DRAW;
    }
    pane->edited = ledger_here(pane);
    if (!pane->edited.body) {
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "Only the cells of tables are edited here; ] goes to the next open one");
        return EFFECT_NONE;
    }
    name = document_cell(pane->document, (size_t)pane->edited.table, 0, pane->edited.column);
    text = document_cell(pane->document, (size_t)pane->edited.table, pane->edited.row,
                         pane->edited.column);
    pane->was_pending = strcmp(text, LEDGER_PENDING) == 0;
    label = xasprintf("%s: ", *name ? name : "Cell");
    application_ask(pane->pane.application,
                    &(const struct question){.label = label,
                                             .initial = pane->was_pending ? NULL : text,
                                             .answered = set_cell,
                                             .context = pane});
    free(label);
    free(text);
    free(name);
    return EFFECT_DRAW;
}

static unsigned step_history(struct pane_ledger *pane, bool back)
{
    if (!(back ? document_undo(pane->document) : document_redo(pane->document))) {
        application_say(pane->pane.application, MESSAGE_NOTE, "Nothing to %s",
                        back ? "take back" : "do again");
        return EFFECT_NONE;
    }
    ledger_changed(pane);
    ledger_go_to(pane, document_changed_line(pane->document), pane->column);
    return EFFECT_DRAW;
}

/* The capture is promoted before the row is written: a row never cites what is not kept. */
static unsigned attach(struct pane_ledger *pane, bool observation)
{
    struct application *application = pane->pane.application;
    struct citation citation;
    struct error error;
    bool cited = observation ? application_cite_observation(application, &citation, &error)
                             : application_cite(application, &citation, &error);

    if (!cited || !ledger_attach(pane->document, &citation, &error)) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    ledger_changed(pane);
    ledger_go_to(pane, document_changed_line(pane->document), 0);
    application_say(application, MESSAGE_DONE, "%s is cited in %s, not written yet", citation.id,
                    ledger_name(pane->document));
    return EFFECT_DRAW;
}

/* ---- what is copied and pointed at ---- */

static bool text(struct pane *base, enum pane_part part, struct pane_text *out)
{
    const struct pane_ledger *pane = self(base);
    struct ledger_place place;
    const char *all;
    size_t len;

    if (!pane->document)
        return false;
    place = ledger_here(pane);
    out->what = part == PANE_ALL ? "the ledger" : place.table >= 0 ? "the cell" : "the line";
    if (part == PANE_HERE)
        return ledger_place_text(pane->document, &place, out->bytes);
    all = document_text(pane->document, &len);
    return bytes_append(out->bytes, all, len);
}

static unsigned point(struct pane *base, int row, int column)
{
    struct pane_ledger *pane = self(base);
    struct ledger_place before, at;

    if (!pane->document || pane->compare || pane->notice)
        return EFFECT_UNHANDLED;
    before = ledger_here(pane);
    if (!list_point(&pane->list, row))
        return EFFECT_UNHANDLED;
    at = ledger_here(pane);
    if (at.table >= 0)
        pane->column =
            ledger_view_column(pane->view, pane->columns, pane->document, &at, &before, column);
    return EFFECT_DRAW;
}

/* ---- the pane ---- */

static unsigned step_column(struct pane_ledger *pane, bool right)
{
    struct ledger_place place = ledger_here(pane);
    struct document_table table;

    if (place.table < 0)
        return EFFECT_NONE;
    document_table(pane->document, (size_t)place.table, &table);
    if (right && place.column + 1 < table.columns)
        pane->column = place.column + 1;
    else if (!right)
        pane->column = place.column ? place.column - 1 : 0;
    return EFFECT_DRAW;
}

/* What is longer than the rows below the table has a page of its own. */
static unsigned read_cell(struct pane_ledger *pane)
{
    struct ledger_place place = ledger_here(pane);
    char *text = ledger_view_text(pane->document, &place);
    char *name = place.table < 0
                     ? xstrdup("")
                     : document_cell(pane->document, (size_t)place.table, 0, place.column);
    char *title = *name ? xasprintf(" %s", name) : xasprintf(" Line %zu", place.line);

    pane->reader = ledger_reader_new(title, text);
    application_say(pane->pane.application, MESSAGE_NOTE, "Esc closes it");
    free(title);
    free(name);
    free(text);
    return EFFECT_DRAW;
}

static unsigned need_document(struct pane_ledger *pane, enum request request)
{
    switch (request) {
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
    case REQUEST_ROW_ADD:
    case REQUEST_ROW_REMOVE:
    case REQUEST_CELL:
    case REQUEST_ATTACH:
    case REQUEST_WRITE:
    case REQUEST_UNDO:
    case REQUEST_REDO:
    case REQUEST_NEXT_GAP:
    case REQUEST_PREVIOUS_GAP:
        application_say(pane->pane.application, MESSAGE_FAILED,
                        "No ledger is open; :ledger new %s starts one", template_name(0));
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

/* What lies over the ledger takes what moves and what closes it; anything else means the ledger. */
static unsigned cover_request(struct pane_ledger *pane, enum request request)
{
    struct ledger_compare *compare = pane->compare;

    if ((compare && ledger_compare_request(compare, request)) ||
        (pane->reader && ledger_reader_request(pane->reader, request)))
        return EFFECT_DRAW;
    if (request_info(request)->group == GROUP_PANES && request != REQUEST_BACK &&
        request != REQUEST_CLOSE)
        return EFFECT_UNHANDLED;
    if (pane->reader) {
        ledger_reader_free(pane->reader);
        pane->reader = NULL;
        application_changed(pane->pane.application, TOPIC_LEDGER);
        return request == REQUEST_BACK || request == REQUEST_CLOSE || request == REQUEST_CELL
                   ? EFFECT_DRAW
                   : EFFECT_UNHANDLED;
    }
    pane->compare = NULL;
    free(pane->notice);
    pane->notice = NULL;
    if (compare) {
        ledger_compare_free(compare);
        if (request == REQUEST_BACK || request == REQUEST_CLOSE || request == REQUEST_ACTIVATE) {
            pane->compare_closed(pane->compare_context);
            return EFFECT_DRAW;
        }
    }
    application_changed(pane->pane.application, TOPIC_LEDGER);
    return request == REQUEST_BACK || request == REQUEST_CLOSE ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_ledger *pane = self(base);
    bool observation = call->request == REQUEST_ATTACH && application_take_meant(base->application);
    unsigned effects = EFFECT_UNHANDLED;

    if (pane->compare || pane->notice || pane->reader)
        effects = cover_request(pane, call->request);
    if (!(effects & EFFECT_UNHANDLED))
        return effects;
    if (call->request == REQUEST_LEDGER_NEW || call->request == REQUEST_LEDGER_OPEN)
        return ledger_open(pane, call);
    if (!pane->document)
        return need_document(pane, call->request);
    if (list_request(&pane->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_LEFT:
    case REQUEST_RIGHT:
        return step_column(pane, call->request == REQUEST_RIGHT);
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
        return edit_cell(pane);
    case REQUEST_CELL:
        return read_cell(pane);
    case REQUEST_ROW_ADD:
        return ledger_add_row(pane);
    case REQUEST_ROW_REMOVE:
        return ledger_remove_row(pane);
    case REQUEST_ATTACH:
        return attach(pane, observation);
    case REQUEST_WRITE:
        return ledger_write(pane, call->argument);
    case REQUEST_UNDO:
    case REQUEST_REDO:
        return step_history(pane, call->request == REQUEST_UNDO);
    case REQUEST_NEXT_GAP:
    case REQUEST_PREVIOUS_GAP:
        return go_to_gap(pane, call->request == REQUEST_NEXT_GAP);
    case REQUEST_REFRESH:
        return ledger_reload(pane);
    default:
        return EFFECT_UNHANDLED;
    }
}

static void draw_empty(const struct surface *surface)
{
    draw_line(surface, 0, STYLE_PLAIN, NULL);
    draw_line(surface, 1, STYLE_PLAIN, "  No ledger is open.");
    draw_line(surface, 2, STYLE_DIM, "  :ledger new incident starts a review.");
    draw_line(surface, 3, STYLE_DIM, "  :ledger open FILE opens one.");
    draw_blank_from(surface, 4);
}

static void draw_notice(const struct surface *surface, const char *text)
{
    int row = 0;

    while (*text && row < surface->rows) {
        size_t len = strcspn(text, "\n");
        struct pen pen;

        draw_begin(&pen, surface, row++, false);
        draw_text(&pen, STYLE_PLAIN, "  ");
        draw_cut(&pen, STYLE_PLAIN, text, len);
        draw_end(&pen);
        text += len + (text[len] == '\n');
    }
    draw_blank_from(surface, row);
}

static void draw_instead(const struct pane_ledger *pane, const struct surface *surface)
{
    if (pane->compare)
        ledger_compare_draw(pane->compare, surface);
    else if (pane->reader)
        ledger_reader_draw(pane->reader, surface);
    else if (pane->notice)
        draw_notice(surface, pane->notice);
    else
        draw_empty(surface);
}

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_ledger *pane = self(base);
    int detail = ledger_view_detail_rows(surface->rows), rows = surface->rows - detail, row = 0;
    struct ledger_place cursor;
    size_t lines;

    if (pane->compare || pane->notice || pane->reader || !pane->document) {
        draw_instead(pane, surface);
        return;
    }
    lines = document_line_count(pane->document);
    pane->columns = surface->columns;
    place_list(pane, (size_t)rows);
    cursor = ledger_here(pane);
    for (; row < rows && pane->list.top + (size_t)row < lines; row++)
        ledger_view_line(pane->view, surface, row, pane->document, pane->list.top + (size_t)row + 1,
                         &cursor);
    for (; row < rows; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    if (detail)
        ledger_view_detail(surface, rows, detail, pane->document, &cursor);
}

static void facts(const struct pane *base, struct bytes *out)
{
    const struct pane_ledger *pane = (const struct pane_ledger *)base;
    size_t added, removed;

    if (pane->compare) {
        ledger_compare_counts(pane->compare, &added, &removed);
        bytes_printf(out, "%zu added, %zu gone", added, removed);
        return;
    }
    if (!pane->document)
        return;
    bytes_printf(out, "%s, ", pane->title);
    if (document_is_changed(pane->document))
        bytes_puts(out, "unsaved, ");
    bytes_printf(out, "%zu pending", pane->pending);
}

static const char *unsaved(const struct pane *base)
{
    const struct pane_ledger *pane = (const struct pane_ledger *)base;

    return pane->document && document_is_changed(pane->document) ? pane->phrase : NULL;
}

static int64_t keep(struct pane *base, int64_t now_us)
{
    return ledger_keep(self(base), now_us);
}

static void rescue(struct pane *base, struct bytes *said)
{
    ledger_rescue(self(base), said);
}

static const struct hint *hints_now(const struct pane *base)
{
    static const struct hint none[] = {{REQUEST_REVIEW, "show request"}, {REQUEST_NONE, NULL}};

    return ((const struct pane_ledger *)base)->document ? NULL : none;
}

const struct pane_ops pane_ledger = {
    .name = "ledger",
    .title = "Ledger",
    .key = "4",
    .topics = TOPIC_LEDGER,
    .hints = {{REQUEST_ACTIVATE, "edit"},
              {REQUEST_NEXT_GAP, "next open"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_WRITE, "write"},
              {REQUEST_CELL, "read"},
              {REQUEST_ROW_ADD, "row"},
              {REQUEST_UNDO, "undo"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .facts = facts,
    .hints_now = hints_now,
    .unsaved = unsaved,
    .keep = keep,
    .rescue = rescue,
};

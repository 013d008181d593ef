/* Ledger: one Markdown file; its table cells are edited here, evidence is cited in it. */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ledger/document.h"
#include "ledger/template.h"
#include "ui/application.h"
#include "ui/ledger_gaps.h"
#include "ui/ledger_view.h"
#include "ui/list.h"
#include "ui/recovery.h"

enum { DATE = 10 };

struct pane_ledger {
    struct pane pane;
    struct document *document; /* NULL: none is open */
    struct ledger_view *view;
    struct list list;            /* over the lines of the document */
    size_t column;               /* the one asked for; a table may have fewer */
    int columns;                 /* of the surface that was drawn last */
    size_t pending;              /* cells */
    bool was_pending;            /* that cell held the mark and nothing else */
    struct ledger_place edited;  /* what the open question is about */
    struct request_call dropped; /* what follows when unsaved changes may go */
    char *argument;              /* of `dropped` */
    char *phrase;                /* what it is called when leaving would lose it */
};

static struct pane_ledger *self(struct pane *pane)
{
    return (struct pane_ledger *)pane;
}

static struct pane *create(struct application *application)
{
    struct pane_ledger *pane = xcalloc(1, sizeof(*pane));

    pane->pane = (struct pane){.ops = &pane_ledger, .application = application};
    pane->view = ledger_view_new();
    return &pane->pane;
}

static void destroy(struct pane *base)
{
    struct pane_ledger *pane = self(base);

    document_free(pane->document);
    ledger_view_free(pane->view);
    free(pane->argument);
    free(pane->phrase);
    free(pane);
}

static const char *base_name(const struct document *document)
{
    const char *path = document_path(document), *slash;

    if (!path)
        return "without a name";
    slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- places ---- */

static struct ledger_place here(const struct pane_ledger *pane)
{
    struct ledger_place place;

    ledger_place(pane->document, pane->list.cursor + 1, pane->column, &place);
    return place;
}

static void go_to(struct pane_ledger *pane, size_t line, size_t column)
{
    pane->list.cursor = line - 1;
    pane->column = column;
    list_fit(&pane->list, document_line_count(pane->document), pane->list.rows);
}

static unsigned go_to_gap(struct pane_ledger *pane, bool forwards)
{
    const struct ledger_place from = here(pane);
    struct ledger_gaps gaps;
    const struct ledger_place *target;

    ledger_gaps(pane->document, &from, &gaps);
    if (gaps.count == 0) {
        application_say(pane->pane.application, MESSAGE_NOTE, "Nothing is pending in %s",
                        base_name(pane->document));
        return EFFECT_NONE;
    }
    if (forwards)
        target = gaps.after.line ? &gaps.after : &gaps.first;
    else
        target = gaps.before.line ? &gaps.before : &gaps.last;
    go_to(pane, target->line, target->column);
    return EFFECT_DRAW;
}

/* ---- change ---- */

static void changed(struct pane_ledger *pane)
{
    struct ledger_gaps gaps;

    free(pane->phrase);
    pane->phrase = xasprintf("ledger %s", base_name(pane->document));
    ledger_gaps(pane->document, NULL, &gaps);
    pane->pending = gaps.count;
    ledger_view_reset(pane->view);
    list_fit(&pane->list, document_line_count(pane->document), pane->list.rows);
    application_changed(pane->pane.application, TOPIC_LEDGER);
}

/* Begins at the first open cell: that is what the ledger is opened for. */
static void show(struct pane_ledger *pane, struct document *document)
{
    struct ledger_gaps gaps;

    document_free(pane->document);
    pane->document = document;
    pane->edited = (struct ledger_place){.line = 0}; /* an open question was about the other */
    pane->list = (struct list){.rows = pane->list.rows};
    pane->column = 0;
    ledger_gaps(document, NULL, &gaps);
    changed(pane);
    if (gaps.count)
        go_to(pane, gaps.first.line, gaps.first.column);
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
    changed(pane);
}

static unsigned edit_cell(struct pane_ledger *pane)
{
    char *label, *name, *text;

    pane->edited = here(pane);
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
    changed(pane);
    go_to(pane, document_changed_line(pane->document), pane->column);
    return EFFECT_DRAW;
}

/* The capture is promoted before the row is written: a row never cites what is not kept. */
static unsigned attach(struct pane_ledger *pane)
{
    struct application *application = pane->pane.application;
    struct citation citation;
    struct error error;

    if (!application_cite(application, &citation, &error) ||
        !ledger_attach(pane->document, &citation, &error)) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    changed(pane);
    go_to(pane, document_changed_line(pane->document), 0);
    application_say(application, MESSAGE_DONE, "%s is cited in %s, not written yet", citation.id,
                    base_name(pane->document));
    return EFFECT_DRAW;
}

/* ---- files ---- */

/* `folder` is one that a workspace keeps ledgers or captures in, whatever its spelling. */
static bool is_of_workspace(const struct workspace *workspace, const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : folder;
    char *parent, *real, *own;
    bool of_workspace;

    if (!workspace->folder || (strcmp(name, "ledgers") != 0 && strcmp(name, "captures") != 0))
        return false;
    parent = slash ? xmemdup0(folder, (size_t)(slash - folder) + 1) : xstrdup(".");
    real = realpath(parent, NULL);
    own = realpath(workspace->folder, NULL);
    of_workspace = real && own && strcmp(real, own) == 0;
    free(parent);
    free(real);
    free(own);
    return of_workspace;
}

/* What a workspace needs is made; any other folder that is missing is more likely mistyped. */
static bool find_folder(const struct workspace *workspace, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    bool good;

    if (!slash || slash == path)
        return true;
    folder = xmemdup0(path, (size_t)(slash - path));
    if (file_exists(folder))
        good = true;
    else if (is_of_workspace(workspace, folder))
        good = file_make_folders(folder, 0755, error);
    else
        good = error_set(error, ERROR_FILE, "the folder %s does not exist; nothing was written",
                         folder);
    free(folder);
    return good;
}

/* A ledger goes into git: the key never does, and it is the user who takes it out. */
static bool is_free_of_key(const struct pane_ledger *pane, struct error *error)
{
    size_t len, line;
    const char *text = document_text(pane->document, &len);

    if (!application_finds_key(pane->pane.application, text, len, &line))
        return true;
    return error_set(error, ERROR_CHECK,
                     "not written: line %zu of %s holds a key; take it out, then write", line,
                     base_name(pane->document));
}

static void write_to(void *context, const char *path)
{
    struct pane_ledger *pane = context;
    struct application *application = pane->pane.application;
    const char *target = path ? path : document_path(pane->document);
    struct error error;

    if (!target || !*target)
        return;
    if (is_free_of_key(pane, &error) &&
        find_folder(application_workspace(application), target, &error) &&
        document_save(pane->document, NULL, path, &error))
        application_say(application, MESSAGE_DONE, "Wrote %s", document_path(pane->document));
    else if (error.kind == ERROR_CHANGED && !file_exists(target))
        application_say(application, MESSAGE_FAILED, "%s; :write %s writes it anew", error.text,
                        target);
    else if (error.kind == ERROR_CHANGED)
        application_say(application, MESSAGE_FAILED, "%s; :write OTHER saves yours beside it",
                        error.text);
    else
        application_fail(application, &error);
    changed(pane);
}

static unsigned write_ledger(struct pane_ledger *pane, const char *path)
{
    const struct question question = {
        .label = "Write ledger to: ",
        .completion = COMPLETION_FILE,
        .answered = write_to,
        .context = pane,
    };

    if (path || document_path(pane->document))
        write_to(pane, path);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* "WORKSPACE/ledgers/incident-2026-11-21.md", numbered when it is taken; NULL: no workspace. */
static char *fresh_path(const struct pane_ledger *pane, const char *template, const char *today)
{
    const struct workspace *workspace = application_workspace(pane->pane.application);
    char *path = NULL;

    if (!workspace->folder)
        return NULL;
    for (int number = 1; !path || file_exists(path); number++) {
        free(path);
        path = number == 1 ? xasprintf("%s/ledgers/%s-%s.md", workspace->folder, template, today)
                           : xasprintf("%s/ledgers/%s-%s-%d.md", workspace->folder, template, today,
                                       number);
    }
    return path;
}

static struct document *from_template(const struct pane_ledger *pane, const char *name,
                                      struct error *error)
{
    char today[CLOCK_TEXT];
    struct document *document;
    char *path;

    clock_format(clock_wall_ms(application_clock(pane->pane.application)), today);
    today[DATE] = '\0';
    path = fresh_path(pane, name, today);
    document = template_new(name, path, today, error);
    free(path);
    return document;
}

static unsigned open_now(struct pane_ledger *pane, const struct request_call *call)
{
    struct application *application = pane->pane.application;
    struct document *document = NULL;
    struct error error;

    if (call->request == REQUEST_LEDGER_NEW)
        document = from_template(pane, call->argument, &error);
    else
        document = document_load(call->argument, &error);
    if (!document) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    show(pane, document);
    return EFFECT_DRAW | EFFECT_FOCUS;
}

static void drop_answered(void *context, const char *text)
{
    struct pane_ledger *pane = context;

    if (text && strcmp(text, "yes") == 0)
        open_now(pane, &pane->dropped);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "Kept %s", base_name(pane->document));
    application_changed(pane->pane.application, TOPIC_LEDGER);
}

/* Another ledger takes the place of this one; what is unsaved goes only when that was said. */
static unsigned open_other(struct pane_ledger *pane, const struct request_call *call)
{
    char *label;

    if (!pane->document || !document_is_changed(pane->document))
        return open_now(pane, call);
    free(pane->argument);
    pane->argument = xstrdup(call->argument);
    pane->dropped = (struct request_call){call->request, pane->argument};
    label = xasprintf("%s is not written. Type yes to drop it: ", base_name(pane->document));
    application_ask(
        pane->pane.application,
        &(const struct question){.label = label, .answered = drop_answered, .context = pane});
    free(label);
    return EFFECT_DRAW | EFFECT_FOCUS;
}

static unsigned reload(struct pane_ledger *pane)
{
    struct application *application = pane->pane.application;
    struct ledger_place place = here(pane);
    struct document *document;
    struct error error;

    if (document_is_changed(pane->document)) {
        application_say(application, MESSAGE_FAILED, "%s has unsaved changes; w writes them first",
                        base_name(pane->document));
        return EFFECT_DRAW;
    }
    document = document_load(document_path(pane->document), &error);
    if (!document) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    show(pane, document);
    go_to(pane, place.line, place.column);
    application_say(application, MESSAGE_DONE, "Read %s again", document_path(document));
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
    place = here(pane);
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

    if (!pane->document)
        return EFFECT_UNHANDLED;
    before = here(pane);
    if (!list_point(&pane->list, row))
        return EFFECT_UNHANDLED;
    at = here(pane);
    if (at.table >= 0)
        pane->column =
            ledger_view_column(pane->view, pane->columns, pane->document, &at, &before, column);
    return EFFECT_DRAW;
}

/* ---- the pane ---- */

static unsigned step_column(struct pane_ledger *pane, bool right)
{
    struct ledger_place place = here(pane);
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

static unsigned need_document(struct pane_ledger *pane, enum request request)
{
    switch (request) {
    case REQUEST_ACTIVATE:
    case REQUEST_EDIT:
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

static unsigned request(struct pane *base, const struct request_call *call)
{
    struct pane_ledger *pane = self(base);

    if (call->request == REQUEST_LEDGER_NEW || call->request == REQUEST_LEDGER_OPEN)
        return open_other(pane, call);
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
    case REQUEST_ATTACH:
        return attach(pane);
    case REQUEST_WRITE:
        return write_ledger(pane, call->argument);
    case REQUEST_UNDO:
    case REQUEST_REDO:
        return step_history(pane, call->request == REQUEST_UNDO);
    case REQUEST_NEXT_GAP:
    case REQUEST_PREVIOUS_GAP:
        return go_to_gap(pane, call->request == REQUEST_NEXT_GAP);
    case REQUEST_REFRESH:
        return reload(pane);
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

static void draw(struct pane *base, const struct surface *surface)
{
    struct pane_ledger *pane = self(base);
    int detail = ledger_view_detail_rows(surface->rows), rows = surface->rows - detail, row = 0;
    struct ledger_place cursor;
    size_t lines;

    if (!pane->document) {
        draw_empty(surface);
        return;
    }
    lines = document_line_count(pane->document);
    pane->columns = surface->columns;
    list_fit(&pane->list, lines, (size_t)rows);
    cursor = here(pane);
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

    if (!pane->document)
        return;
    bytes_printf(out, "%s, ", base_name(pane->document));
    if (document_is_changed(pane->document))
        bytes_puts(out, "unsaved, ");
    bytes_printf(out, "%zu pending", pane->pending);
}

static const char *unsaved(const struct pane *base)
{
    const struct pane_ledger *pane = (const struct pane_ledger *)base;

    return pane->document && document_is_changed(pane->document) ? pane->phrase : NULL;
}

static void rescue(struct pane *base, struct bytes *said)
{
    struct pane_ledger *pane = self(base);
    const char *text;
    size_t len;

    if (!pane->document || !document_is_changed(pane->document))
        return;
    text = document_text(pane->document, &len);
    recovery_keep(base->application,
                  document_path(pane->document) ? base_name(pane->document) : "ledger.md", text,
                  len, said);
}

const struct pane_ops pane_ledger = {
    .name = "ledger",
    .title = "Ledger",
    .topics = TOPIC_LEDGER,
    .hints = {{REQUEST_ACTIVATE, "edit"},
              {REQUEST_NEXT_GAP, "next open"},
              {REQUEST_ATTACH, "attach"},
              {REQUEST_WRITE, "write"},
              {REQUEST_UNDO, "undo"}},
    .create = create,
    .destroy = destroy,
    .request = request,
    .draw = draw,
    .text = text,
    .point = point,
    .facts = facts,
    .unsaved = unsaved,
    .rescue = rescue,
};

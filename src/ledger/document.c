#include "ledger/document.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/cell.h"
#include "ledger/document_edit.h"
#include "ledger/document_outline.h"
#include "ledger/scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    DOCUMENT_MAX = 64 << 20,
    TABLE_AREA_MAX = 1000000,
};

struct document {
    char *path;
    struct bytes text;
    struct outline outline;
    struct file_stamp seen;
    struct edit *edits;
    size_t edit_count;
    size_t position; /* edits before it are applied, the others undone */
    size_t changed;  /* line of the last change, 0: none */
    size_t saved;    /* position at the last save; SIZE_MAX: no longer reachable, or never */
};

static const char *where(const struct document *document)
{
    return document->path ? document->path : "the ledger";
}

/* ---- reading ---- */

static bool text_fits(const char *path, const char *text, size_t len, struct error *error)
{
    const char *name = path ? path : "the ledger";
    const char *nul = memchr(text, '\0', len);

    if (len > DOCUMENT_MAX)
        return error_set(error, ERROR_FILE, "%s: larger than 64 MiB; split the ledger", name);
    if (nul) {
        size_t line = 1, column;
        const char *at = text;

        for (size_t used, content; (used = scan_line(at, len, &content)) && at + used <= nul;) {
            at += used;
            len -= used;
            line++;
        }
        column = (size_t)(nul - at) + 1;
        return error_at(error, ERROR_FILE, name, line, column,
                        "a NUL byte: this is not Markdown text");
    }
    if (scan_table_area(text, len) > TABLE_AREA_MAX)
        return error_set(error, ERROR_FILE,
                         "%s: its tables have more than a million cells; split the ledger", name);
    return true;
}

struct document *document_parse(const char *path, const char *text, size_t len, struct error *error)
{
    struct document *document;

    if (!text_fits(path, text, len, error))
        return NULL;
    document = xcalloc(1, sizeof(*document));
    document->path = xstrdup(path);
    document->saved = SIZE_MAX;
    bytes_init(&document->text, DOCUMENT_MAX);
    bytes_append(&document->text, text, len);
    outline_init(&document->outline, bytes_text(&document->text), len);
    return document;
}

struct document *document_load(const char *path, struct error *error)
{
    struct document *document = NULL;
    struct file_stamp seen;
    struct bytes text;

    if (file_read(path, DOCUMENT_MAX, &text, &seen, error))
        document = document_parse(path, bytes_text(&text), text.len, error);
    if (document) {
        document->seen = seen;
        document->saved = 0;
    }
    bytes_release(&text);
    return document;
}

void document_free(struct document *document)
{
    if (!document)
        return;
    for (size_t i = 0; i < document->edit_count; i++)
        edit_release(&document->edits[i]);
    free(document->edits);
    outline_release(&document->outline);
    bytes_release(&document->text);
    free(document->path);
    free(document);
}

const char *document_path(const struct document *document)
{
    return document->path;
}

const char *document_text(const struct document *document, size_t *len)
{
    *len = document->text.len;
    return bytes_text(&document->text);
}

bool document_is_changed(const struct document *document)
{
    return document->position != document->saved;
}

size_t document_line_count(const struct document *document)
{
    return document->outline.line_count;
}

const char *document_line(const struct document *document, size_t line, size_t *len)
{
    return outline_line(&document->outline, bytes_text(&document->text), line, len);
}

/* ---- saving ---- */

/* `path` names the file that was read, whatever its spelling. */
static bool is_own(const struct document *document, const char *path)
{
    struct stat info;

    if (document->path && strcmp(path, document->path) == 0)
        return true;
    return document->seen.exists && stat(path, &info) == 0 &&
           (uint64_t)info.st_dev == document->seen.device &&
           (uint64_t)info.st_ino == document->seen.inode;
}

bool document_save(struct document *document, const struct file_ops *ops, const char *path,
                   struct error *error)
{
    const char *target = path ? path : document->path;
    struct file_stamp absent = {.exists = false}, after;
    bool own;

    if (!target)
        return error_set(error, ERROR_USAGE, "the ledger has no file name yet; give one to write");
    own = is_own(document, target);
    if (!own && file_exists(target))
        return error_set(error, ERROR_CHANGED,
                         "%s exists already and was not replaced; choose another name", target);
    if (own && document->seen.exists && !file_exists(target)) {
        if (!path)
            return error_set(error, ERROR_CHANGED,
                             "%s is gone: it was removed or renamed since it was read; "
                             "nothing was written",
                             target);
        own = false;
    }
    if (!file_replace(ops, target, bytes_text(&document->text), document->text.len, 0644,
                      own ? &document->seen : &absent, &after, error))
        return false;
    if (!own) {
        char *copy = xstrdup(target);

        free(document->path);
        document->path = copy;
    }
    document->seen = after;
    document->saved = document->position;
    return true;
}

const struct file_stamp *document_seen(const struct document *document)
{
    return &document->seen;
}

void document_rebase(struct document *document, const struct file_stamp *seen, bool same)
{
    document->seen = *seen;
    document->saved = same ? document->position : SIZE_MAX;
}

/* ---- tables ---- */

size_t document_table_count(const struct document *document)
{
    return document->outline.table_count;
}

void document_table(const struct document *document, size_t table, struct document_table *out)
{
    const struct outline_table *found = &document->outline.tables[table];

    *out = (struct document_table){
        .line = found->line,
        .columns = found->columns,
        .rows = found->rows,
        .heading = found->heading == SIZE_MAX ? "" : document->outline.headings[found->heading],
    };
}

long document_table_at(const struct document *document, size_t line)
{
    const struct outline_table *tables = document->outline.tables;
    size_t from = 0, to = document->outline.table_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (line < tables[middle].line)
            to = middle;
        else if (line > tables[middle].line + 1 + tables[middle].rows)
            from = middle + 1;
        else
            return (long)middle;
    }
    return -1;
}

static char *row_cell(const struct outline *outline, const char *text, size_t table, size_t row,
                      size_t column)
{
    struct scan_row scan;
    struct scan_cell cell;

    outline_row(outline, text, table, row, &scan);
    for (size_t i = 0; scan_row_next(&scan, &cell); i++)
        if (i == column)
            return cell_unescape(scan.line + cell.start, cell.end - cell.start);
    return xstrdup("");
}

/* NULL: there is no such table. */
static const struct outline_table *find(const struct document *document, size_t table)
{
    return table < document->outline.table_count ? &document->outline.tables[table] : NULL;
}

char *document_cell(const struct document *document, size_t table, size_t row, size_t column)
{
    const struct outline_table *found = find(document, table);

    if (!found || column >= found->columns || row > found->rows)
        return xstrdup("");
    if (row == 0)
        return xstrdup(found->header[column]);
    return row_cell(&document->outline, bytes_text(&document->text), table, row, column);
}

long document_find_table(const struct document *document, const char *const *header, size_t count)
{
    for (size_t i = 0; i < document->outline.table_count; i++) {
        const struct outline_table *table = &document->outline.tables[i];
        size_t same = 0;

        while (same < count && same < table->columns &&
               strcmp(table->header[same], header[same]) == 0)
            same++;
        if (same == count)
            return (long)i;
    }
    return -1;
}

long document_find_column(const struct document *document, size_t table, const char *name)
{
    const struct outline_table *found = &document->outline.tables[table];

    for (size_t i = 0; i < found->columns; i++)
        if (strcmp(found->header[i], name) == 0)
            return (long)i;
    return -1;
}

/* ---- editing ---- */

static bool replace(const struct bytes *text, size_t offset, const char *out, const char *in,
                    struct bytes *result)
{
    size_t after = offset + strlen(out);

    bytes_init(result, DOCUMENT_MAX);
    return bytes_append(result, bytes_text(text), offset) && bytes_puts(result, in) &&
           bytes_append(result, bytes_text(text) + after, text->len - after);
}

/* `edit` was made, forwards or backwards. */
static void adopt(struct document *document, const struct edit *edit, struct bytes *text,
                  struct outline *outline)
{
    size_t line = 1, last = outline->line_count;

    bytes_release(&document->text);
    outline_release(&document->outline);
    document->text = *text;
    document->outline = *outline;
    while (line < last) {
        size_t middle = line + (last - line + 1) / 2;

        if (outline->lines[middle - 1] <= edit->offset)
            line = middle;
        else
            last = middle - 1;
    }
    document->changed = line;
}

static void remember(struct document *document, struct edit *edit)
{
    while (document->edit_count > document->position)
        edit_release(&document->edits[--document->edit_count]);
    if (document->saved > document->position)
        document->saved = SIZE_MAX;
    document->edits = xreallocarray(document->edits, document->edit_count + 1, sizeof(*edit));
    document->edits[document->edit_count++] = *edit;
    document->position = document->edit_count;
}

/* What must be found after an edit, besides everything else as it was. */
struct expected {
    size_t table, row;
    size_t inserted; /* line of an added row, 0: none */
    size_t removed;  /* line of a row that went, 0: none; it has no cells then */
    char **cells;    /* of the row, NULL: it went */
};

static bool as_expected(const struct document *document, const char *text,
                        const struct outline *outline, const struct expected *expected)
{
    bool same;

    if (!expected->cells)
        return outline_same(outline, &document->outline, expected->removed);
    same = outline_same(&document->outline, outline, expected->inserted);
    for (size_t i = 0; same && i < outline->tables[expected->table].columns; i++) {
        char *cell = row_cell(outline, text, expected->table, expected->row, i);

        same = strcmp(cell, expected->cells[i]) == 0;
        free(cell);
    }
    return same;
}

/* Takes the memory of `edit`. */
static bool commit(struct document *document, struct edit *edit, const struct expected *expected,
                   struct error *error)
{
    size_t line = document->outline.tables[expected->table].line + 1 + expected->row;
    struct outline outline = {0};
    struct bytes text;
    bool good = false;

    if (!replace(&document->text, edit->offset, edit->old_text, edit->new_text, &text))
        error_set(error, ERROR_FILE, "%s: would grow above 64 MiB; split the ledger",
                  where(document));
    else if (scan_table_area(bytes_text(&text), text.len) > TABLE_AREA_MAX)
        error_set(error, ERROR_FILE, "%s: its tables would have more than a million cells",
                  where(document));
    else {
        outline_init(&outline, bytes_text(&text), text.len);
        good = as_expected(document, bytes_text(&text), &outline, expected);
        if (!good)
            error_at(error, ERROR_FILE, where(document), line, 0,
                     "this text would change more than its cell; nothing was changed");
    }
    if (good) {
        adopt(document, edit, &text, &outline);
        remember(document, edit);
    } else {
        edit_release(edit);
        outline_release(&outline);
        bytes_release(&text);
    }
    return good;
}

/* As little as possible is written; outer pipes only where it does not work without them. */
static bool write_source(struct document *document, const struct expected *expected, size_t column,
                         const char *source, struct error *error)
{
    const struct outline *outline = &document->outline;
    const char *text = bytes_text(&document->text);
    struct edit edit =
        edit_cell(outline, text, expected->table, expected->row, column, source, false);
    struct scan_row scan;

    if (commit(document, &edit, expected, error))
        return true;
    outline_row(outline, text, expected->table, expected->row, &scan);
    if (scan.leading)
        return false;
    edit = edit_cell(outline, text, expected->table, expected->row, column, source, true);
    if (!commit(document, &edit, expected, error))
        return false;
    error_clear(error);
    return true;
}

static bool text_valid(const struct document *document, size_t line, const char *text,
                       struct error *error)
{
    if (utf8_valid(text, strlen(text), NULL))
        return true;
    return error_at(error, ERROR_FILE, where(document), line, 0,
                    "the text for this cell is not valid UTF-8; nothing was changed");
}

bool document_set_cell(struct document *document, size_t table, size_t row, size_t column,
                       const char *text, struct error *error)
{
    const struct outline_table *found = find(document, table);
    struct expected expected = {.table = table, .row = row};
    size_t columns = found ? found->columns : 0;
    char *source, *old;
    bool good = true;

    if (!found || row == 0 || row > found->rows || column >= columns)
        return error_set(error, ERROR_USAGE, "%s: only the cells of body rows can be edited here",
                         where(document));
    source = cell_escape(text, strlen(text));
    old = document_cell(document, table, row, column);
    expected.cells = xcalloc(columns, sizeof(*expected.cells));
    for (size_t i = 0; i < columns; i++)
        expected.cells[i] = i == column ? cell_unescape(source, strlen(source))
                                        : document_cell(document, table, row, i);
    if (strcmp(expected.cells[column], old) != 0)
        good = text_valid(document, found->line + 1 + row, source, error) &&
               write_source(document, &expected, column, source, error);
    for (size_t i = 0; i < columns; i++)
        free(expected.cells[i]);
    free(expected.cells);
    free(old);
    free(source);
    return good;
}

bool document_add_row(struct document *document, size_t table, size_t row, const char *const *cells,
                      size_t count, struct error *error)
{
    const struct outline_table *found = find(document, table);
    size_t columns = found ? found->columns : 0, line = found ? found->line : 0;
    struct expected expected = {.table = table, .row = row + 1, .inserted = line + 2 + row};
    struct edit edit;
    char **sources;
    bool good = true;

    if (!found || row > found->rows || count > columns)
        return error_at(error, ERROR_USAGE, where(document), line, 0,
                        "the table has no room for such a row: %zu columns", columns);
    sources = xcalloc(columns, sizeof(*sources));
    expected.cells = xcalloc(columns, sizeof(*expected.cells));
    for (size_t i = 0; i < columns; i++) {
        const char *text = i < count && cells[i] ? cells[i] : "";

        sources[i] = cell_escape(text, strlen(text));
        expected.cells[i] = cell_unescape(sources[i], strlen(sources[i]));
        good = good && text_valid(document, line, text, error);
    }
    if (good) {
        edit = edit_row(&document->outline, bytes_text(&document->text), table, row, sources);
        good = commit(document, &edit, &expected, error);
    }
    for (size_t i = 0; i < columns; i++) {
        free(sources[i]);
        free(expected.cells[i]);
    }
    free(sources);
    free(expected.cells);
    return good;
}

bool document_remove_row(struct document *document, size_t table, size_t row, struct error *error)
{
    const struct outline_table *found = find(document, table);
    struct expected expected = {.table = table, .row = row};
    struct edit edit;

    if (!found || row == 0 || row > found->rows)
        return error_set(error, ERROR_USAGE, "%s: only body rows can be removed", where(document));
    expected.removed = found->line + 1 + row;
    edit = edit_without_row(&document->outline, bytes_text(&document->text), expected.removed);
    return commit(document, &edit, &expected, error);
}

bool document_take_text(struct document *document, const char *text, size_t len,
                        struct error *error)
{
    const char *old = bytes_text(&document->text);
    size_t old_len = document->text.len, from = 0, to = 0;
    struct outline outline;
    struct edit edit;
    struct bytes taken;

    if (!text_fits(document->path, text, len, error))
        return false;
    while (from < len && from < old_len && text[from] == old[from])
        from++;
    while (to < len - from && to < old_len - from && text[len - 1 - to] == old[old_len - 1 - to])
        to++;
    if (from == len && len == old_len)
        return true;
    edit = (struct edit){
        .offset = from,
        .old_text = xmemdup0(old + from, old_len - from - to),
        .new_text = xmemdup0(text + from, len - from - to),
    };
    bytes_init(&taken, DOCUMENT_MAX);
    bytes_append(&taken, text, len);
    outline_init(&outline, bytes_text(&taken), len);
    adopt(document, &edit, &taken, &outline);
    remember(document, &edit);
    return true;
}

/* Both texts were in the document before, so they fit and parse. */
static void apply(struct document *document, const struct edit *edit, bool forwards)
{
    struct outline outline;
    struct bytes text;

    replace(&document->text, edit->offset, forwards ? edit->old_text : edit->new_text,
            forwards ? edit->new_text : edit->old_text, &text);
    outline_init(&outline, bytes_text(&text), text.len);
    adopt(document, edit, &text, &outline);
}

bool document_undo(struct document *document)
{
    if (document->position == 0)
        return false;
    apply(document, &document->edits[--document->position], false);
    return true;
}

bool document_redo(struct document *document)
{
    if (document->position == document->edit_count)
        return false;
    apply(document, &document->edits[document->position++], true);
    return true;
}

size_t document_changed_line(const struct document *document)
{
    return document->changed;
}

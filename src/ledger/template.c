#include "ledger/template.h"

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/memory.h"
#include "ledger/cell.h"

#include <stdlib.h>
#include <string.h>

extern const struct embedded template_files[];

static const char *const templates[] = {"incident"};

static const char today_mark[] = "{{today}}";

size_t template_count(void)
{
    return sizeof(templates) / sizeof(*templates);
}

const char *template_name(size_t index)
{
    return templates[index];
}

static const struct embedded *find_file(const char *name)
{
    size_t len = strlen(name);

    for (const struct embedded *file = template_files; file->name; file++)
        if (strncmp(file->name, name, len) == 0 && strcmp(file->name + len, ".md") == 0)
            return file;
    return NULL;
}

struct document *template_new(const char *name, const char *path, const char *today,
                              struct error *error)
{
    const struct embedded *file = find_file(name);
    struct document *document;
    struct bytes text;
    const char *at, *mark;

    if (!file) {
        error_set(error, ERROR_USAGE, "there is no ledger template \"%s\"; there is: %s", name,
                  templates[0]);
        return NULL;
    }
    bytes_init(&text, file->len + 4096);
    for (at = file->data; (mark = strstr(at, today_mark)); at = mark + sizeof(today_mark) - 1) {
        bytes_append(&text, at, (size_t)(mark - at));
        bytes_puts(&text, today);
    }
    bytes_puts(&text, at);
    document = document_parse(path, bytes_text(&text), text.len, error);
    bytes_release(&text);
    return document;
}

bool ledger_is_pending(const struct document *document, size_t table, size_t row, size_t column)
{
    char *cell = document_cell(document, table, row, column);
    bool open = strstr(cell, LEDGER_PENDING);

    if (!*cell) {
        char *header = document_cell(document, table, 0, column);

        open = strcmp(header, "Notes") != 0;
        free(header);
    }
    free(cell);
    return open;
}

/* ---- citing ---- */

long ledger_evidence_table(const struct document *document)
{
    for (size_t i = 0; i < document_table_count(document); i++)
        if (document_find_column(document, i, "Evidence") >= 0 &&
            document_find_column(document, i, "SHA-256") >= 0)
            return (long)i;
    return -1;
}

static bool is_word_byte(char c)
{
    return c != '\0' && strchr("abcdefghijklmnopqrstuvwxyz0123456789-"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_",
                               c);
}

/* `id` stands in `cell` as a whole word. */
static bool mentions(const char *cell, const char *id)
{
    size_t len = strlen(id);

    for (const char *at = cell; (at = strstr(at, id)); at++)
        if ((at == cell || !is_word_byte(at[-1])) && !is_word_byte(at[len]))
            return true;
    return false;
}

static size_t row_that_cites(const struct document *document, size_t table, const char *id)
{
    size_t column = (size_t)document_find_column(document, table, "Evidence");
    struct document_table shape;
    size_t found = 0;

    document_table(document, table, &shape);
    for (size_t row = 1; row <= shape.rows && !found; row++) {
        char *cell = document_cell(document, table, row, column);

        found = mentions(cell, id) ? row : 0;
        free(cell);
    }
    return found;
}

static char *foreign(const char *text)
{
    return cell_escape_foreign(text, strlen(text));
}

/* "INCOMPLETE `truncated`, *simulated*" */
static char *verdict_cell(const struct citation *citation)
{
    char *headline = foreign(citation->headline ? citation->headline : "");
    char *verdict = foreign(citation->verdict ? citation->verdict : "");
    char *cell = NULL;
    const char *mark = citation->simulated  ? ", *simulated*"
                       : citation->imported ? ", *imported*"
                                            : "";

    if (!*headline && !*verdict)
        cell = xasprintf("%s%s", LEDGER_PENDING, mark);
    else
        cell = xasprintf("%s%s%s%s", headline, *headline && *verdict ? " " : "", verdict, mark);
    free(headline);
    free(verdict);
    return cell;
}

/* What a column of that name says; NULL: it is not ours. The caller frees. */
static char *citation_cell(const struct citation *citation, const char *name)
{
    const struct {
        const char *name, *text, *unknown;
    } columns[] = {
        {"Evidence", citation->id, LEDGER_PENDING},
        {"Time", citation->time, LEDGER_PENDING},
        {"Operation", citation->operation, LEDGER_PENDING},
        {"Model", citation->model, "–"}, /* a list of models asks for none */
        {"Reasons", citation->reasons, "–"},
        {"SHA-256", citation->digest, LEDGER_PENDING},
        {"Capture", citation->capture, LEDGER_PENDING},
    };

    if (strcmp(name, "Verdict") == 0)
        return verdict_cell(citation);
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        if (strcmp(name, columns[i].name) == 0)
            return columns[i].text && *columns[i].text ? foreign(columns[i].text)
                                                       : xstrdup(columns[i].unknown);
    return NULL;
}

bool ledger_attach(struct document *document, const struct citation *citation, struct error *error)
{
    const char *path = document_path(document) ? document_path(document) : "the ledger";
    long table = ledger_evidence_table(document);
    struct document_table shape;
    char **cells;
    size_t row;
    bool good;

    if (table < 0)
        return error_set(error, ERROR_FILE,
                         "%s has no evidence table: add one with the columns Evidence and SHA-256",
                         path);
    document_table(document, (size_t)table, &shape);
    row = row_that_cites(document, (size_t)table, citation->id);
    if (row)
        return error_at(error, ERROR_USAGE, path, shape.line + 1 + row, 0,
                        "%s is cited here already", citation->id);
    cells = xcalloc(shape.columns, sizeof(*cells));
    for (size_t i = 0; i < shape.columns; i++) {
        char *name = document_cell(document, (size_t)table, 0, i);

        cells[i] = citation_cell(citation, name);
        free(name);
    }
    good = document_add_row(document, (size_t)table, shape.rows, (const char *const *)cells,
                            shape.columns, error);
    for (size_t i = 0; i < shape.columns; i++)
        free(cells[i]);
    free(cells);
    return good;
}

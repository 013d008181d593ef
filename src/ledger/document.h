/*
 * A ledger: one Markdown file whose tables are edited here and whose every other byte is the
 * reader's own (design.md "Words", LED).
 *
 * cmark-gfm says which lines are tables, headings and tasks; an own line scanner (scan.h) finds the
 * cells. An edit is re-parsed before it is taken and refused unless only that cell differs, so
 * parse → write gives the same bytes but for what was edited. The only module that sees cmark-gfm.
 */
#ifndef LEDGER_DOCUMENT_H
#define LEDGER_DOCUMENT_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>

struct document;

struct document_table {
    size_t line; /* of its header row, from 1 */
    size_t columns;
    size_t rows;         /* body rows; row 0 of the calls below is the header */
    const char *heading; /* text of the nearest heading above, "" when there is none */
};

/* `text` is copied. Refused: columns × rows above a million, more than 64 MiB, a NUL byte. */
struct document *document_parse(const char *path, const char *text, size_t len,
                                struct error *error);
struct document *document_load(const char *path, struct error *error);
void document_free(struct document *document);

const char *document_path(const struct document *document);
const char *document_text(const struct document *document, size_t *len);
bool document_is_changed(const struct document *document); /* since load or save */

/*
 * Atomic; ERROR_CHANGED when the file changed since it was read. `path` NULL: its own. Another path
 * must not exist yet unless it is the document's own.
 */
bool document_save(struct document *document, const struct file_ops *ops, const char *path,
                   struct error *error);

size_t document_table_count(const struct document *document);
void document_table(const struct document *document, size_t table, struct document_table *out);

/* The cell's text unescaped (`\|` → `|`, `\\` → `\`), trimmed. The caller frees. */
char *document_cell(const struct document *document, size_t table, size_t row, size_t column);

/*
 * Set a cell of a body row. The text may hold anything valid in UTF-8: `|`, backslashes, backticks,
 * HTML and newlines are escaped so that the table keeps its shape. Refused with the reason when the
 * re-parse shows any other change. Undoable.
 */
bool document_set_cell(struct document *document, size_t table, size_t row, size_t column,
                       const char *text, struct error *error);

/* Add a body row behind `row` (0: first). */
bool document_add_row(struct document *document, size_t table, size_t row, const char *const *cells,
                      size_t count, struct error *error);

bool document_undo(struct document *document);
bool document_redo(struct document *document);

/* Find a table by the texts of its header cells (prefix match); -1 when there is none. */
long document_find_table(const struct document *document, const char *const *header, size_t count);

#endif

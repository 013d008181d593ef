/*
 * A ledger: one Markdown file whose tables are edited here and whose every other byte is the
 * reader's own (design.md "Words", LED).
 *
 * cmark-gfm says which lines are tables and headings (document_outline.h); an own line scanner
 * finds the cells (scan.h). An edit is re-parsed before it is taken and refused unless only that
 * cell differs, so parse → write gives the same bytes but for what was edited: line ends, BOM,
 * padding, a missing final newline and bytes that are not UTF-8 stay. Only document_*.c sees
 * cmark-gfm.
 */
#ifndef LEDGER_DOCUMENT_H
#define LEDGER_DOCUMENT_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>

struct document;

struct document_table {
    size_t line; /* of its header row, from 1; body row R is R + 1 lines further down */
    size_t columns;
    size_t rows;         /* body rows; row 0 of the calls below is the header */
    const char *heading; /* text of the nearest heading above, "" when there is none */
};

/*
 * `text` is copied. Refused: columns × rows above a million, more than 64 MiB, a NUL byte. `path`
 * (may be NULL) is where a save will go; no file is expected there, so the document counts as
 * changed until it is saved.
 */
struct document *document_parse(const char *path, const char *text, size_t len,
                                struct error *error);
struct document *document_load(const char *path, struct error *error);
void document_free(struct document *document);

const char *document_path(const struct document *document); /* NULL: none yet */
const char *document_text(const struct document *document, size_t *len);
bool document_is_changed(const struct document *document); /* since load or save */

/*
 * The version of the file that a save may replace, and another one instead: what was decided in
 * full view of both. `same`: the document is that version, so it no longer counts as changed.
 */
const struct file_stamp *document_seen(const struct document *document);
void document_rebase(struct document *document, const struct file_stamp *seen, bool same);

/* Lines from 1, as CommonMark counts them, without their ends; at least one. */
size_t document_line_count(const struct document *document);
const char *document_line(const struct document *document, size_t line, size_t *len);

/*
 * Atomic; ERROR_CHANGED when the file changed since it was read. `path` NULL: its own; a file that
 * is gone meanwhile is written anew only where `path` names it (else ERROR_CHANGED). Another path
 * must not exist yet unless it is the document's own (ERROR_CHANGED); it becomes the document's
 * own, so that further saves go there.
 */
bool document_save(struct document *document, const struct file_ops *ops, const char *path,
                   struct error *error);

size_t document_table_count(const struct document *document);
void document_table(const struct document *document, size_t table, struct document_table *out);

/*
 * The Markdown of a cell as a person edits it: trimmed, `\|` as `|` (see cell.h). "" where a short
 * row has no such cell. Setting a cell to what this gives changes no byte. The caller frees.
 */
char *document_cell(const struct document *document, size_t table, size_t row, size_t column);

/*
 * Set a cell of a body row to Markdown: `|` is escaped, a line end becomes `<br>`, blanks around it
 * are dropped; the rest is taken as typed. Text from the network goes through
 * cell_escape_foreign() first. Refused with the reason: the header, invalid UTF-8, a NUL byte, or
 * when the re-parse shows any other change. Undoable; setting what is there already is no edit.
 */
bool document_set_cell(struct document *document, size_t table, size_t row, size_t column,
                       const char *text, struct error *error);

/*
 * Add a body row behind `row` (0: first) with the container prefix and line end of the table;
 * texts as for document_set_cell(), missing ones are empty, NULL too. Refused when there are more
 * than columns.
 */
bool document_add_row(struct document *document, size_t table, size_t row, const char *const *cells,
                      size_t count, struct error *error);

/* Remove a body row (from 1) with its line. Undoable; refused when more than that would change. */
bool document_remove_row(struct document *document, size_t table, size_t row, struct error *error);

/*
 * Let the whole text be another one, as one undoable edit: what was kept of it for a crash, or what
 * somebody else wrote to the file. Refused as by document_parse().
 */
bool document_take_text(struct document *document, const char *text, size_t len,
                        struct error *error);

/* False: there is nothing to take back or to do again. */
bool document_undo(struct document *document);
bool document_redo(struct document *document);

/* The line that the last edit, undo or redo changed; 0: none did. */
size_t document_changed_line(const struct document *document);

/* The table whose header, delimiter or body row this line is; -1 for any other line. */
long document_table_at(const struct document *document, size_t line);

/* The first table whose header begins with these `count` cells; -1 when there is none. */
long document_find_table(const struct document *document, const char *const *header, size_t count);

/* The column whose header cell is `name`; -1 when there is none. */
long document_find_column(const struct document *document, size_t table, const char *name);

#endif

/*
 * What cmark-gfm says about a document: its blocks, headings and tables, by line.
 *
 * Cells are found by scan.h; a table is only listed here when both agree on every cell of it, so
 * whoever edits by offset never edits something that Markdown reads differently.
 */
#ifndef LEDGER_DOCUMENT_OUTLINE_H
#define LEDGER_DOCUMENT_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

struct scan_row;

/* One block element in document order. */
struct outline_block {
    int type;
    int level; /* of a heading */
    size_t line;
};

struct outline_table {
    size_t line; /* of the header row, from 1; the delimiter row is next, then the body */
    size_t columns, rows;
    char **header;  /* `columns` texts, as cell_unescape() gives them */
    size_t heading; /* index into `headings`, SIZE_MAX: none above */
};

struct outline {
    size_t *lines; /* offset of each line; lines[line_count] is the length of the text */
    size_t line_count;
    struct outline_block *blocks;
    size_t block_count;
    struct outline_table *tables;
    size_t table_count;
    char **headings; /* plain texts */
    size_t heading_count;
};

/* The text must hold no NUL byte and pass scan_table_area(); it is not kept. */
void outline_init(struct outline *outline, const char *text, size_t len);
void outline_release(struct outline *outline);

/* The line (from 1) without its end. */
const char *outline_line(const struct outline *outline, const char *text, size_t line, size_t *len);

/* Begin to walk the cells of a body row (from 1); answers the offset of its line. */
size_t outline_row(const struct outline *outline, const char *text, size_t table, size_t row,
                   struct scan_row *scan);

/*
 * Both have the same blocks on the same lines. With `inserted` not 0, `b` has one table row more,
 * on that line, and everything from there on is one line further down.
 */
bool outline_same(const struct outline *a, const struct outline *b, size_t inserted);

#endif

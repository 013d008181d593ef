/*
 * The cells of Markdown tables, line by line (design.md "Things to know about them").
 *
 * cmark-gfm says which lines are rows; where their cells begin and end it cannot say reliably. This
 * scanner finds them by the rule of the GFM table extension: a container prefix, an optional
 * leading pipe, then a split at every `|` that no backslash precedes. Pure, linear, allocates
 * nothing.
 */
#ifndef LEDGER_SCAN_H
#define LEDGER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The line that begins at `text`: answers its length with its end (LF, CRLF or a lone CR, as in
 * CommonMark), 0 at the end of the text. `*content` is the length without the end.
 */
size_t scan_line(const char *text, size_t len, size_t *content);

/*
 * Length of the container prefix of a line: BOM, blanks and `>`. With `item` set also list markers
 * and a task's box: only the header row of a table can stand on the first line of a list item.
 */
size_t scan_prefix(const char *line, size_t len, bool item);

/* One cell, as offsets into its line. */
struct scan_cell {
    size_t from, to;   /* everything between the pipes */
    size_t start, end; /* the same without the blanks around it; start == end when it is empty */
    bool closed;       /* a pipe follows */
};

/* Walks the cells of one row. */
struct scan_row {
    const char *line;
    size_t len;
    size_t next;  /* where the next cell begins */
    bool leading; /* the row begins with a pipe */
    bool ended;
};

/* `len` is the line without its end. */
void scan_row_start(struct scan_row *row, const char *line, size_t len, size_t prefix);
bool scan_row_next(struct scan_row *row, struct scan_cell *cell); /* false: there are no more */

/*
 * An upper bound for columns × rows of all tables in the text. cmark-gfm fills short rows up, so a
 * small file can ask for a great deal of memory: this is what to look at before parsing.
 */
uint64_t scan_table_area(const char *text, size_t len);

#endif

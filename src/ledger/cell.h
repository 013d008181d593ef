/*
 * The text of a table cell, between the bytes of the file and what a person edits.
 *
 * The two ways of writing one:
 *  - cell_escape() for what a person typed: it is Markdown and stays so (links, emphasis, code);
 *    only what would break the table is escaped. cell_unescape() is its inverse, byte for byte.
 *  - cell_escape_foreign() for what came from the network: it shows as literal text and can be
 *    neither table, markup, HTML, link nor mention.
 */
#ifndef LEDGER_CELL_H
#define LEDGER_CELL_H

#include <stddef.h>

/*
 * Source of a cell: `|` becomes `\|`, a line end becomes `<br>`, blanks around it are dropped. The
 * caller frees. Nothing else needs escaping: GFM takes `\|` for a pipe before anything else, also
 * inside code spans.
 */
char *cell_escape(const char *text, size_t len);

/* What a person edits: `\|` becomes `|`. The caller frees. */
char *cell_unescape(const char *source, size_t len);

/*
 * Text for cell_escape() that shows `text` as it is, as a code span: "" for an empty one. Control
 * bytes, invalid UTF-8 and bidi controls come out as visible escapes (text_glyph()); what is longer
 * than CELL_FOREIGN bytes is cut with "…". The caller frees.
 */
enum { CELL_FOREIGN = 1024 };
char *cell_escape_foreign(const char *text, size_t len);

#endif

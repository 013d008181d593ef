#include "ledger/document_outline.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/cell.h"
#include "ledger/scan.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void find_lines(struct outline *outline, const char *text, size_t len)
{
    size_t room = 0, content, at = 0;

    do {
        if (outline->line_count + 2 > room) {
            room = room ? room * 2 : 64;
            outline->lines = xreallocarray(outline->lines, room, sizeof(*outline->lines));
        }
        outline->lines[outline->line_count++] = at;
        at += scan_line(text + at, len - at, &content);
    } while (at < len);
    outline->lines[outline->line_count] = len;
}

const char *outline_line(const struct outline *outline, const char *text, size_t line, size_t *len)
{
    size_t from = outline->lines[line - 1];

    scan_line(text + from, outline->lines[line] - from, len);
    return text + from;
}

static cmark_node *parse(const char *text, size_t len)
{
    static const char *const extensions[] = {"table", "tasklist"};
    cmark_parser *parser;
    cmark_node *root;

    cmark_gfm_core_extensions_ensure_registered();
    parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(parser, text, len);
    root = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    return root;
}

static bool is_block(cmark_node *node)
{
    return (cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK;
}

static bool is_kind(cmark_node *node, const char *kind)
{
    return strcmp(cmark_node_get_type_string(node), kind) == 0;
}

static size_t start_line(cmark_node *node)
{
    int line = cmark_node_get_start_line(node);

    return line > 0 ? (size_t)line : 0;
}

/* The next block in document order; inlines and the cells of tables are passed over. */
static cmark_node *next_block(cmark_node *node)
{
    cmark_node *child = is_kind(node, "table_row") || is_kind(node, "table_header")
                            ? NULL
                            : cmark_node_first_child(node);

    if (child && is_block(child))
        return child;
    while (node && !cmark_node_next(node))
        node = cmark_node_parent(node);
    return node ? cmark_node_next(node) : NULL;
}

static char *plain_text(cmark_node *node)
{
    cmark_iter *iter = cmark_iter_new(node);
    struct bytes out;

    bytes_init(&out, SIZE_MAX / 2);
    while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
        cmark_node *inner = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(inner);

        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            bytes_puts(&out, cmark_node_get_literal(inner));
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            bytes_append_byte(&out, ' ');
    }
    cmark_iter_free(iter);
    return bytes_take(&out);
}

/* What is in a cell, `\|` already taken for `|`. cmark leaves the buffer of an empty one unset. */
static const char *cell_content(cmark_node *cell)
{
    return cmark_node_first_child(cell) ? cmark_node_get_string_content(cell) : "";
}

/* The scanned cells of a body row are those of cmark's row: the same texts, filled up with "". */
static bool row_agrees(cmark_node *row, const char *line, size_t len)
{
    struct scan_row scan;
    struct scan_cell found;
    bool same = true;

    scan_row_start(&scan, line, len, scan_prefix(line, len, false));
    for (cmark_node *cell = cmark_node_first_child(row); cell && same;
         cell = cmark_node_next(cell)) {
        char *text = scan_row_next(&scan, &found)
                         ? cell_unescape(line + found.start, found.end - found.start)
                         : xstrdup("");

        same = strcmp(text, cell_content(cell)) == 0;
        free(text);
    }
    return same;
}

/*
 * cmark gives the header the line on which the paragraph around it began. It is two above the first
 * body row; without one the table ends with the delimiter row.
 */
static size_t header_line(cmark_node *table)
{
    cmark_node *header = cmark_node_first_child(table);
    cmark_node *row = header ? cmark_node_next(header) : NULL;
    int end = cmark_node_get_end_line(table);

    if (row)
        return start_line(row) > 2 ? start_line(row) - 2 : 0;
    return end > 1 ? (size_t)end - 1 : 0;
}

/* False: the rows are not where they should be, or the scanner sees other cells in one. */
static bool table_rows(const struct outline *outline, const char *text, cmark_node *node,
                       struct outline_table *table)
{
    cmark_node *header = cmark_node_first_child(node);
    size_t len;

    if (!header || !table->line || table->line + 1 > outline->line_count)
        return false;
    for (cmark_node *row = cmark_node_next(header); row; row = cmark_node_next(row)) {
        size_t number = table->line + 2 + table->rows++;
        const char *line;

        if (start_line(row) != number || number > outline->line_count)
            return false;
        line = outline_line(outline, text, number, &len);
        if (!row_agrees(row, line, len))
            return false;
    }
    return true;
}

static void add_table(struct outline *outline, const char *text, cmark_node *node)
{
    struct outline_table table = {
        .line = header_line(node),
        .columns = cmark_gfm_extensions_get_table_columns(node),
        .heading = outline->heading_count ? outline->heading_count - 1 : SIZE_MAX,
    };
    cmark_node *cell;
    size_t count = 0;

    if (!table_rows(outline, text, node, &table))
        return;
    table.header = xcalloc(table.columns, sizeof(*table.header));
    cell = cmark_node_first_child(cmark_node_first_child(node));
    for (; cell && count < table.columns; cell = cmark_node_next(cell))
        table.header[count++] = xstrdup(cell_content(cell));
    while (count < table.columns)
        table.header[count++] = xstrdup("");
    outline->tables =
        xreallocarray(outline->tables, outline->table_count + 1, sizeof(*outline->tables));
    outline->tables[outline->table_count++] = table;
}

static void add_heading(struct outline *outline, cmark_node *node)
{
    outline->headings =
        xreallocarray(outline->headings, outline->heading_count + 1, sizeof(*outline->headings));
    outline->headings[outline->heading_count++] = plain_text(node);
}

/*
 * The text as every Markdown reader sees it: bytes that are not UTF-8 become something inert. cmark
 * would put a longer character there, which moves all that follows.
 */
static char *clean_copy(const char *text, size_t len)
{
    char *copy = xmemdup0(text, len);

    for (size_t at = 0, bad; at < len; at++) {
        if (utf8_valid(text + at, len - at, &bad))
            break;
        at += bad;
        copy[at] = '\x7F';
    }
    return copy;
}

void outline_init(struct outline *outline, const char *text, size_t len)
{
    char *clean = clean_copy(text, len);
    cmark_node *root = parse(clean, len);
    size_t room = 0;

    *outline = (struct outline){0};
    find_lines(outline, clean, len);
    for (cmark_node *node = root; node; node = next_block(node)) {
        if (outline->block_count == room) {
            room = room ? room * 2 : 64;
            outline->blocks = xreallocarray(outline->blocks, room, sizeof(*outline->blocks));
        }
        outline->blocks[outline->block_count++] = (struct outline_block){
            .type = cmark_node_get_type(node),
            .level = cmark_node_get_heading_level(node),
            .line = start_line(node),
        };
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING)
            add_heading(outline, node);
        else if (is_kind(node, "table"))
            add_table(outline, clean, node);
    }
    cmark_node_free(root);
    free(clean);
}

void outline_release(struct outline *outline)
{
    for (size_t i = 0; i < outline->table_count; i++) {
        for (size_t j = 0; j < outline->tables[i].columns; j++)
            free(outline->tables[i].header[j]);
        free(outline->tables[i].header);
    }
    for (size_t i = 0; i < outline->heading_count; i++)
        free(outline->headings[i]);
    free(outline->headings);
    free(outline->tables);
    free(outline->blocks);
    free(outline->lines);
    *outline = (struct outline){0};
}

size_t outline_row(const struct outline *outline, const char *text, size_t table, size_t row,
                   struct scan_row *scan)
{
    size_t number = outline->tables[table].line + 1 + row, len;
    const char *line = outline_line(outline, text, number, &len);

    scan_row_start(scan, line, len, scan_prefix(line, len, false));
    return outline->lines[number - 1];
}

/* Where block `a` stands after a line was inserted. */
static bool block_same(const struct outline_block *a, const struct outline_block *b,
                       size_t inserted)
{
    size_t line = a->line + (inserted && a->line >= inserted ? 1 : 0);

    return a->type == b->type && a->level == b->level && line == b->line;
}

bool outline_same(const struct outline *a, const struct outline *b, size_t inserted)
{
    size_t extra = inserted ? 1 : 0, skipped = 0;

    if (b->block_count != a->block_count + extra || b->table_count != a->table_count ||
        b->line_count != a->line_count + extra)
        return false;
    for (size_t i = 0; i < b->block_count; i++) {
        bool here = i - skipped < a->block_count &&
                    block_same(&a->blocks[i - skipped], &b->blocks[i], inserted);

        if (here)
            continue;
        if (skipped == extra || b->blocks[i].line != inserted)
            return false;
        skipped++;
    }
    return true;
}

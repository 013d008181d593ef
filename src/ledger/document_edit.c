#include "ledger/document_edit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ledger/scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void edit_release(struct edit *edit)
{
    free(edit->old_text);
    free(edit->new_text);
}

/* The source of a cell that is there: in its place, with the blanks around it as they were. */
static void write_cell(struct bytes *out, const struct scan_row *row, const struct scan_cell *cell,
                       const char *source)
{
    size_t len = strlen(source);

    if (cell->start == cell->end && len > 0) {
        bytes_printf(out, " %s ", source);
        return;
    }
    bytes_append(out, row->line + cell->from, cell->start - cell->from);
    bytes_puts(out, source);
    if (cell->end == cell->to && len > 0 && source[len - 1] == '\\')
        bytes_append_byte(out, ' ');
    bytes_append(out, row->line + cell->end, cell->to - cell->end);
}

struct edit edit_cell(const struct outline *outline, const char *text, size_t table, size_t row,
                      size_t column, const char *source, bool fence)
{
    struct scan_row scan;
    struct scan_cell cell = {0};
    struct bytes out;
    size_t base = outline_row(outline, text, table, row, &scan);
    size_t first = scan.next, count = 0, from, to;

    while (count <= column && scan_row_next(&scan, &cell))
        count++;
    from = count > column ? cell.from : cell.closed ? cell.to + 1 : cell.end;
    to = count > column ? cell.to : from;
    bytes_init(&out, SIZE_MAX / 2);
    if (fence) {
        bytes_puts(&out, "| ");
        bytes_append(&out, scan.line + first, from - first);
    }
    if (count > column) {
        write_cell(&out, &scan, &cell, source);
        if (!cell.closed && (fence || !*source))
            bytes_puts(&out, out.len > 0 && out.data[out.len - 1] == ' ' ? "|" : " |");
    } else {
        bytes_puts(&out, cell.closed ? "" : " |");
        for (; count < column; count++)
            bytes_puts(&out, "  |");
        bytes_printf(&out, " %s |", source);
    }
    from = fence ? first : from;
    return (struct edit){
        .offset = base + from,
        .old_text = xmemdup0(scan.line + from, to - from),
        .new_text = bytes_take(&out),
    };
}

struct edit edit_row(const struct outline *outline, const char *text, size_t table, size_t row,
                     char *const *sources)
{
    const struct outline_table *found = &outline->tables[table];
    size_t above = found->line + 1 + row, len, end = outline->lines[above];
    const char *line;
    const char *stop = "\n";
    struct bytes out;
    bool open_end;

    bytes_init(&out, SIZE_MAX / 2);
    line = outline_line(outline, text, above, &len);
    open_end = len == end - outline->lines[above - 1];
    /* The last line of the file may have no end: it gets one, the new last line gets none. */
    if (open_end)
        line = outline_line(outline, text, above - 1, &len);
    if (line[len] == '\r')
        stop = line[len + 1] == '\n' ? "\r\n" : "\r";
    bytes_puts(&out, open_end ? stop : "");
    line = outline_line(outline, text, found->line + 1, &len);
    bytes_append(&out, line, scan_prefix(line, len, false));
    bytes_puts(&out, "|");
    for (size_t i = 0; i < found->columns; i++)
        bytes_printf(&out, " %s%s|", sources[i], *sources[i] ? " " : "");
    bytes_puts(&out, open_end ? "" : stop);
    return (struct edit){.offset = end, .old_text = xstrdup(""), .new_text = bytes_take(&out)};
}

struct edit edit_without_row(const struct outline *outline, const char *text, size_t line)
{
    size_t from = outline->lines[line - 1], to = outline->lines[line], len;

    outline_line(outline, text, line, &len);
    if (len == to - from) { /* the last one, without an end: the one above gives its own */
        outline_line(outline, text, line - 1, &len);
        from = outline->lines[line - 2] + len;
    }
    return (struct edit){
        .offset = from, .old_text = xmemdup0(text + from, to - from), .new_text = xstrdup("")};
}

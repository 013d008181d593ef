#include "ledger/scan.h"

#include <string.h>

static const char bom[] = "\xEF\xBB\xBF";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What cmark trims from cells. Line ends cannot occur inside a line. */
static bool is_space(char c)
{
    return is_blank(c) || c == '\v' || c == '\f';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t scan_line(const char *text, size_t len, size_t *content)
{
    size_t end = 0;

    while (end < len && text[end] != '\n' && text[end] != '\r')
        end++;
    *content = end;
    if (end < len && text[end] == '\r' && end + 1 < len && text[end + 1] == '\n')
        return end + 2;
    return end < len ? end + 1 : end;
}

/* A list marker with the blank behind it; 0 when there is none. */
static size_t list_marker(const char *line, size_t len)
{
    size_t digits = 0;

    if (len >= 2 && strchr("-+*", line[0]) && line[0] && is_blank(line[1]))
        return 2;
    while (digits < len && is_digit(line[digits]))
        digits++;
    if (digits >= 1 && digits <= 9 && digits + 1 < len &&
        (line[digits] == '.' || line[digits] == ')') && is_blank(line[digits + 1]))
        return digits + 2;
    return 0;
}

/* A task's box with the blank behind it; 0 when there is none. */
static size_t task_box(const char *line, size_t len)
{
    if (len >= 4 && line[0] == '[' && strchr(" xX", line[1]) && line[1] && line[2] == ']' &&
        is_blank(line[3]))
        return 4;
    return 0;
}

size_t scan_prefix(const char *line, size_t len, bool item)
{
    size_t at = 0, marker;
    bool listed = false;

    if (len >= sizeof(bom) - 1 && memcmp(line, bom, sizeof(bom) - 1) == 0)
        at = sizeof(bom) - 1;
    while (at < len) {
        if (is_blank(line[at]) || line[at] == '>') {
            at++;
            continue;
        }
        marker = item ? list_marker(line + at, len - at) : 0;
        if (!marker && listed)
            marker = task_box(line + at, len - at);
        if (!marker)
            break;
        listed = line[at] != '[';
        at += marker;
    }
    return at;
}

static size_t skip_space(const char *line, size_t len, size_t at)
{
    while (at < len && is_space(line[at]))
        at++;
    return at;
}

void scan_row_start(struct scan_row *row, const char *line, size_t len, size_t prefix)
{
    *row = (struct scan_row){.line = line, .len = len, .next = prefix};
    row->leading = prefix < len && line[prefix] == '|';
    if (row->leading)
        row->next = prefix + 1;
    row->ended = skip_space(line, len, row->next) == len;
}

bool scan_row_next(struct scan_row *row, struct scan_cell *cell)
{
    const char *line = row->line;
    size_t at = row->next;

    if (row->ended)
        return false;
    while (at < row->len && !(line[at] == '|' && (at == 0 || line[at - 1] != '\\')))
        at++;
    *cell = (struct scan_cell){.from = row->next, .to = at, .end = at, .closed = at < row->len};
    cell->start = skip_space(line, at, row->next);
    while (cell->end > cell->start && is_space(line[cell->end - 1]))
        cell->end--;
    row->next = cell->closed ? at + 1 : at;
    row->ended = skip_space(line, row->len, row->next) == row->len;
    return true;
}

/* Columns that a line could give a table as its delimiter row: 1 when it cannot be one. */
static size_t delimiter_columns(const char *line, size_t len)
{
    size_t pipes = 0;
    bool dash = false;

    while (len > 0 && (is_space(line[len - 1]) || strchr("|:-", line[len - 1])) && line[len - 1]) {
        pipes += line[len - 1] == '|';
        dash |= line[len - 1] == '-';
        len--;
    }
    return dash ? pipes + 1 : 1;
}

/*
 * A table never reaches over a blank line, so a run of lines without one holds at most its lines
 * times the widest delimiter row in it. Containers are not understood, which only adds.
 */
uint64_t scan_table_area(const char *text, size_t len)
{
    uint64_t area = 0, rows = 0, columns = 1;

    for (size_t at = 0, content, line; at < len; at += line) {
        size_t here;

        line = scan_line(text + at, len - at, &content);
        if (scan_prefix(text + at, content, false) == content) {
            area += columns > 1 ? rows * columns : 0;
            rows = 0;
            columns = 1;
            continue;
        }
        rows++;
        here = delimiter_columns(text + at, content);
        columns = here > columns ? here : columns;
    }
    return area + (columns > 1 ? rows * columns : 0);
}

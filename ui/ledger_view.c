#include "ui/ledger_view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/document.h"
#include "ledger/scan.h"
#include "ledger/template.h"
#include "ui/wrap.h"

enum {
    GUTTER = 1,          /* on either side */
    CELL_FRAME = 3,      /* a border and a blank on both sides */
    NARROWEST = 8,       /* columns go out of sight before they get narrower */
    MEASURED_ROWS = 500, /* of a table */
    NAMES_FROM = 100,    /* columns of the pane from which a row's id is shown whole */
    NAME_MOST = 40,
    TOKEN_WIDTH = 20, /* longer words are ids, times and digests */
    TOKEN_CUT = 8,
    PIN_FROM = 30, /* columns from which the first one stays in sight */
};

/* Natural widths of the columns of one table. */
struct measured {
    int *widths;  /* NULL: not measured yet */
    bool *tokens; /* every cell of the column is one word */
    size_t columns;
};

struct ledger_view {
    struct measured *tables;
    size_t table_count;
};

void ledger_place(const struct document *document, size_t line, size_t column,
                  struct ledger_place *place)
{
    struct document_table table;

    *place = (struct ledger_place){.line = line, .table = document_table_at(document, line)};
    if (place->table < 0)
        return;
    document_table(document, (size_t)place->table, &table);
    place->column = column < table.columns ? column : table.columns - 1;
    place->row = line < table.line + 2 ? 0 : line - table.line - 1;
    place->body = place->row > 0;
}

bool ledger_place_text(const struct document *document, const struct ledger_place *place,
                       struct bytes *out)
{
    const char *line;
    size_t len;
    char *cell;
    bool fits;

    if (place->table < 0) {
        line = document_line(document, place->line, &len);
        return bytes_append(out, line, len);
    }
    cell = document_cell(document, (size_t)place->table, place->row, place->column);
    fits = bytes_puts(out, cell);
    free(cell);
    return fits;
}

struct ledger_view *ledger_view_new(void)
{
    return xcalloc(1, sizeof(struct ledger_view));
}

void ledger_view_reset(struct ledger_view *view)
{
    for (size_t i = 0; i < view->table_count; i++) {
        free(view->tables[i].widths);
        free(view->tables[i].tokens);
    }
    free(view->tables);
    *view = (struct ledger_view){0};
}

void ledger_view_free(struct ledger_view *view)
{
    if (view)
        ledger_view_reset(view);
    free(view);
}

/* ---- widths ---- */

static const struct measured *measure(struct ledger_view *view, const struct document *document,
                                      size_t table)
{
    struct document_table shape;
    struct measured *found;

    if (!view->tables) {
        view->table_count = document_table_count(document);
        view->tables = xcalloc(view->table_count, sizeof(*view->tables));
    }
    found = &view->tables[table];
    if (found->widths)
        return found;
    document_table(document, table, &shape);
    found->columns = shape.columns;
    found->widths = xcalloc(shape.columns, sizeof(*found->widths));
    found->tokens = xcalloc(shape.columns, sizeof(*found->tokens));
    for (size_t i = 0; i < shape.columns; i++)
        found->tokens[i] = true;
    for (size_t row = 0; row <= shape.rows && row <= MEASURED_ROWS; row++) {
        for (size_t i = 0; i < shape.columns; i++) {
            char *cell = document_cell(document, table, row, i);
            int width = text_width(cell, strlen(cell));

            found->widths[i] = width > found->widths[i] ? width : found->widths[i];
            found->tokens[i] &= row == 0 || !strchr(cell, ' ');
            free(cell);
        }
    }
    return found;
}

/* The columns of a table that are in sight, and how wide each is drawn. */
struct layout_columns {
    size_t from, count;
    int *widths; /* of `count` columns */
    int pinned;  /* width of the first column, which stays in sight before them; 0: it does not */
};

static int least(int natural)
{
    return natural < NARROWEST ? natural : NARROWEST;
}

/* How many columns from `from` on have room. */
static size_t columns_that_fit(const struct measured *table, size_t from, int room)
{
    size_t count = 0;

    room -= 1;
    while (from + count < table->columns) {
        room -= least(table->widths[from + count]) + CELL_FRAME;
        if (room < 0)
            break;
        count++;
    }
    return count ? count : 1;
}

/* Share `room` columns: narrow ones get what they need, the others the same each. */
static void share(const int *natural, size_t count, int room, int *widths)
{
    int left = (int)count;
    bool again = true;

    memset(widths, 0, count * sizeof(*widths));
    while (again) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            if (widths[i] || natural[i] * left > room)
                continue;
            widths[i] = natural[i] > 0 ? natural[i] : 1;
            room -= widths[i];
            left--;
            again = true;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (widths[i])
            continue;
        widths[i] = room / left > 1 ? room / left : 1;
        room -= widths[i];
        left--;
    }
}

/*
 * Of columns that hold one long word a cell (ids, times, digests) the first names the row: it is
 * shown whole, of the others the beginning is enough. `widths` are those that sharing gave.
 */
static void favour_name(const struct measured *table, size_t from, size_t count, int room,
                        int *widths)
{
    int *natural = xcalloc(count, sizeof(*natural));
    int *given = xcalloc(count, sizeof(*given));
    size_t name = count;

    for (size_t i = 0; i < count; i++) {
        bool token = table->tokens[from + i] && table->widths[from + i] > TOKEN_WIDTH;

        natural[i] = token && name < count ? TOKEN_CUT : table->widths[from + i];
        if (token && name == count)
            name = i;
    }
    if (name < count && natural[name] <= NAME_MOST && widths[name] < natural[name]) {
        int whole = natural[name];

        natural[name] = 1;
        share(natural, count, room - whole + 1, given);
        given[name] = whole;
        memcpy(widths, given, count * sizeof(*widths));
    }
    free(given);
    free(natural);
}

/* The leftmost columns that leave the one under the cursor in sight. */
static void fit_from(const struct measured *table, size_t from, size_t focus, int room,
                     struct layout_columns *out)
{
    out->from = from;
    while (out->from + columns_that_fit(table, out->from, room) <= focus)
        out->from++;
    out->count = columns_that_fit(table, out->from, room);
}

/* The first column names the row: it stays where it leaves enough room for the others. */
static int pinned_width(const struct measured *table, int room)
{
    int width = table->widths[0] < room / 3 ? table->widths[0] : room / 3;

    return room >= PIN_FROM ? width : 0;
}

static void fit(const struct measured *table, size_t focus, int room, struct layout_columns *out)
{
    int pinned = pinned_width(table, room);

    out->pinned = 0;
    fit_from(table, 0, focus, room, out);
    if (out->from > 0 && pinned > 0) {
        room -= pinned + CELL_FRAME;
        out->pinned = pinned;
        fit_from(table, 1, focus, room, out);
    }
    out->widths = xcalloc(out->count, sizeof(*out->widths));
    share(table->widths + out->from, out->count, room - 1 - (int)out->count * CELL_FRAME,
          out->widths);
    if (room >= NAMES_FROM)
        favour_name(table, out->from, out->count, room - 1 - (int)out->count * CELL_FRAME,
                    out->widths);
}

/* ---- lines ---- */

/* Words that say how something stands, wherever they begin a cell. */
static const struct {
    const char *word;
    enum style style;
} words[] = {
    {"pending", STYLE_WARNING},    {"pass", STYLE_GOOD},     {"fail", STYLE_BAD},
    {"escalate", STYLE_WARNING},   {"COMPLETE", STYLE_GOOD}, {"LIMITED", STYLE_WARNING},
    {"INCOMPLETE", STYLE_WARNING}, {"MALFORMED", STYLE_BAD}, {"ERROR", STYLE_BAD},
};

static enum style cell_style(const char *cell)
{
    size_t len;

    cell += strspn(cell, "*_`");
    len = strcspn(cell, "*_` ,.;:");
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strlen(words[i].word) == len && memcmp(words[i].word, cell, len) == 0)
            return words[i].style;
    return STYLE_PLAIN;
}

static enum style line_style(const char *line, size_t len)
{
    size_t prefix = scan_prefix(line, len, false);

    return prefix < len && line[prefix] == '#' ? STYLE_STRONG : STYLE_PLAIN;
}

static void draw_rule(struct pen *pen, const struct surface *surface, int columns)
{
    for (int i = 0; i < columns; i++)
        draw_text(pen, STYLE_BORDER, draw_sign(surface, SIGN_HORIZONTAL));
}

/* Where a table goes on to the side, a mark stands instead of the border. */
static void draw_border(struct pen *pen, const struct surface *surface, const char *beyond)
{
    draw_text(pen, STYLE_BORDER, beyond ? beyond : draw_sign(surface, SIGN_VERTICAL));
}

static void draw_cell(struct pen *pen, const struct document *document,
                      const struct ledger_place *at, int width, bool chosen)
{
    char *cell = document_cell(document, (size_t)at->table, at->row, at->column);

    draw_text(pen, STYLE_PLAIN, " ");
    if (chosen)
        draw_park(pen);
    pen->selected = chosen;
    draw_field(pen, at->body ? cell_style(cell) : STYLE_LABEL, cell, strlen(cell), width);
    pen->selected = false;
    draw_text(pen, STYLE_PLAIN, " ");
    free(cell);
}

static void draw_column(struct pen *pen, const struct document *document,
                        const struct ledger_place *at, int width, bool rule, bool chosen)
{
    if (rule)
        draw_rule(pen, pen->surface, width + CELL_FRAME - 1);
    else
        draw_cell(pen, document, at, width, chosen);
}

static void draw_row(struct pen *pen, const struct surface *surface,
                     const struct document *document, struct ledger_place at,
                     const struct ledger_place *cursor, const struct layout_columns *columns,
                     size_t all)
{
    struct document_table table;
    bool rule;

    document_table(document, (size_t)at.table, &table);
    rule = at.line == table.line + 1;
    draw_border(pen, surface, columns->from > 0 && !columns->pinned ? "<" : NULL);
    if (columns->pinned) {
        at.column = 0;
        draw_column(pen, document, &at, columns->pinned, rule, false);
        draw_border(pen, surface, columns->from > 1 ? "<" : NULL);
    }
    for (size_t i = 0; i < columns->count; i++) {
        bool last = columns->from + i + 1 == all;

        at.column = columns->from + i;
        draw_column(pen, document, &at, columns->widths[i], rule,
                    surface->focused && at.line == cursor->line && at.column == cursor->column);
        draw_border(pen, surface, i + 1 == columns->count && !last ? ">" : NULL);
    }
}

/* What stands in front of a table's rows, a quote or a list mark, as long as in its header. */
static int table_indent(const struct document *document, const struct ledger_place *at)
{
    struct document_table table;
    const char *header;
    size_t len;

    document_table(document, (size_t)at->table, &table);
    header = document_line(document, table.line, &len);
    return text_width(header, scan_prefix(header, len, true));
}

/* How the columns of a table stand on a surface; the caller frees `widths`. */
static void lay_out(struct ledger_view *view, int room, const struct document *document,
                    const struct ledger_place *at, const struct ledger_place *cursor,
                    struct layout_columns *columns)
{
    const struct measured *measured = measure(view, document, (size_t)at->table);
    size_t focus = cursor->table == at->table ? cursor->column : 0;

    fit(measured, focus, room - 2 * GUTTER - table_indent(document, at), columns);
}

static void draw_table_line(struct ledger_view *view, struct pen *pen,
                            const struct surface *surface, const struct document *document,
                            const struct ledger_place *at, const struct ledger_place *cursor)
{
    const struct measured *measured = measure(view, document, (size_t)at->table);
    size_t len;
    const char *line = document_line(document, at->line, &len);
    struct document_table table;
    struct layout_columns columns;

    document_table(document, (size_t)at->table, &table);
    lay_out(view, surface->columns, document, at, cursor, &columns);
    draw_bytes(pen, STYLE_DIM, line, scan_prefix(line, len, at->line == table.line));
    draw_to(pen, GUTTER + table_indent(document, at));
    draw_row(pen, surface, document, *at, cursor, &columns, measured->columns);
    free(columns.widths);
}

size_t ledger_view_column(struct ledger_view *view, int columns, const struct document *document,
                          const struct ledger_place *at, const struct ledger_place *cursor, int x)
{
    int right = GUTTER + table_indent(document, at) + 1; /* of the border before the column */
    struct layout_columns shown;
    size_t column;

    lay_out(view, columns, document, at, cursor, &shown);
    if (shown.pinned) {
        right += shown.pinned + CELL_FRAME;
        if (x < right) {
            free(shown.widths);
            return 0;
        }
    }
    for (column = 0; column + 1 < shown.count; column++) {
        right += shown.widths[column] + CELL_FRAME;
        if (x < right)
            break;
    }
    free(shown.widths);
    return shown.from + column;
}

void ledger_view_line(struct ledger_view *view, const struct surface *surface, int row,
                      const struct document *document, size_t line,
                      const struct ledger_place *cursor)
{
    bool here = line == cursor->line;
    struct ledger_place at;
    struct pen pen;
    size_t len;
    const char *text = document_line(document, line, &len);

    ledger_place(document, line, 0, &at);
    draw_begin(&pen, surface, row, here && surface->focused && at.table < 0);
    draw_text(&pen, STYLE_FOCUS, here ? draw_sign(surface, SIGN_POINTER) : " ");
    if (at.table >= 0)
        draw_table_line(view, &pen, surface, document, &at, cursor);
    else
        draw_cut(&pen, line_style(text, len), text, len);
    draw_end(&pen);
}

/* ---- detail ---- */

int ledger_view_detail_rows(int rows)
{
    return rows >= 20 ? 6 : rows >= 10 ? 4 : rows >= 5 ? 1 : 0;
}

/* "Result, column 6/6, row 1/7: Endpoint (E15)" */
static void draw_detail_label(struct pen *pen, const struct document *document,
                              const struct ledger_place *cursor)
{
    struct document_table table;
    char *first = document_cell(document, (size_t)cursor->table, cursor->row, 0);

    document_table(document, (size_t)cursor->table, &table);
    draw_format(pen, STYLE_DIM, ", column %zu/%zu", cursor->column + 1, table.columns);
    if (cursor->body)
        draw_format(pen, STYLE_DIM, ", row %zu/%zu", cursor->row, table.rows);
    if (cursor->body && cursor->column > 0 && *first) {
        draw_text(pen, STYLE_DIM, ": ");
        draw_cut(pen, STYLE_DIM, first, strlen(first));
    }
    free(first);
}

/* With no room for more, `text` stands behind the name of its column. */
static void draw_detail_head(const struct surface *surface, int row, const char *text,
                             const struct document *document, const struct ledger_place *cursor)
{
    char *name = document_cell(document, (size_t)cursor->table, 0, cursor->column);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_text(&pen, STYLE_STRONG, name);
    if (text) {
        draw_text(&pen, STYLE_PLAIN, ": ");
        draw_cut(&pen, STYLE_PLAIN, text, strlen(text));
    } else {
        draw_detail_label(&pen, document, cursor);
    }
    draw_end(&pen);
    free(name);
}

char *ledger_view_text(const struct document *document, const struct ledger_place *place)
{
    struct bytes out;
    size_t len;
    const char *line = document_line(document, place->line, &len);
    char *cell;

    if (place->table < 0)
        return xmemdup0(line, len);
    cell = document_cell(document, (size_t)place->table, place->row, place->column);
    bytes_init(&out, SIZE_MAX / 2);
    for (const char *at = cell; *at;) {
        bool stop = strncmp(at, "<br>", 4) == 0;

        bytes_append_byte(&out, stop ? '\n' : *at);
        at += stop ? 4 : 1;
    }
    free(cell);
    return bytes_take(&out);
}

/* What is whole above is not said twice. The caller frees. */
static char *detail_text(const struct document *document, const struct ledger_place *cursor,
                         int columns)
{
    char *text = ledger_view_text(document, cursor);

    if (cursor->table < 0 && text_width(text, strlen(text)) < columns)
        text[0] = '\0';
    return text;
}

static void draw_wrapped(const struct surface *surface, int row, int rows, const char *text)
{
    size_t len = strlen(text);
    struct wrap wrap = {0};

    wrap_reset(&wrap, surface->columns > 2 ? surface->columns - 2 : 1,
               canvas_is_ascii(surface->canvas));
    wrap_extend(&wrap, text, len, true);
    for (int i = 0; i < rows; i++) {
        struct pen pen;
        const char *line = "";
        size_t part = (size_t)i < wrap.count ? wrap_line(&wrap, text, (size_t)i, &line) : 0;

        draw_begin(&pen, surface, row + i, false);
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_bytes(&pen, STYLE_PLAIN, line, part);
        if (i == rows - 1 && wrap.count > (size_t)rows) {
            draw_to(&pen, surface->columns - 1);
            draw_text(&pen, STYLE_DIM, draw_sign(surface, SIGN_DOWN));
        }
        draw_end(&pen);
    }
    wrap_release(&wrap);
}

void ledger_view_detail(const struct surface *surface, int row, int rows,
                        const struct document *document, const struct ledger_place *cursor)
{
    char *whole = detail_text(document, cursor, surface->columns);
    char *text = draw_redact(surface, whole, strlen(whole));
    struct pen pen;

    if (rows > 1) {
        draw_begin(&pen, surface, row++, false);
        draw_rule(&pen, surface, surface->columns);
        draw_end(&pen);
        rows--;
    }
    if (cursor->table >= 0) {
        draw_detail_head(surface, row++, rows == 1 ? text : NULL, document, cursor);
        rows--;
    }
    draw_wrapped(surface, row, rows, text);
    free(text);
    free(whole);
}

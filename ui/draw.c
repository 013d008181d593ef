#include "ui/draw.h"

#include <limits.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"

enum {
    CELL_CHARS = CCHARW_MAX,
    SECRET_LEAST = 4,    /* bytes; the redactor looks for nothing shorter */
    RUN_MAX = 64 * 1024, /* bytes of one run; more than the widest row has */
};

/* One column of the screen; the second half of a wide character has width 0. */
struct cell {
    wchar_t chars[CELL_CHARS]; /* a character and its marks; 0 fills the rest */
    unsigned char width;
    unsigned char style;
    unsigned char selected;
    unsigned char unused; /* always 0, so that rows compare with memcmp() */
};

struct canvas {
    int rows, columns;
    bool ascii;
    bool plain;                      /* signs but lines and arrows are ASCII */
    const struct redactor *redactor; /* NULL: none */
    struct cell *cells;              /* what is to be shown */
    struct cell *shown;              /* what curses has */
    bool *touched;                   /* the rows that were drawn since the last flush */
    int cursor_row, cursor_column;
    int park_row, park_column;
    attr_t attributes[STYLE_COUNT];
    short pairs[STYLE_COUNT];
};

static const struct cell blank = {.chars = {L' '}, .width = 1};

static struct cell *cell_at(const struct canvas *canvas, int row, int column)
{
    return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

struct canvas *canvas_new(int rows, int columns, bool ascii)
{
    struct canvas *canvas = xcalloc(1, sizeof(*canvas));

    canvas->ascii = ascii;
    canvas_resize(canvas, rows, columns);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (!canvas)
        return;
    free(canvas->cells);
    free(canvas->shown);
    free(canvas->touched);
    free(canvas);
}

void canvas_resize(struct canvas *canvas, int rows, int columns)
{
    size_t count;

    canvas->rows = rows < 1 ? 1 : rows;
    canvas->columns = columns < 1 ? 1 : columns;
    count = (size_t)canvas->rows * (size_t)canvas->columns;
    canvas->cells = xreallocarray(canvas->cells, count, sizeof(struct cell));
    canvas->shown = xreallocarray(canvas->shown, count, sizeof(struct cell));
    canvas->touched = xreallocarray(canvas->touched, (size_t)canvas->rows, sizeof(bool));
    memset(canvas->shown, 0, count * sizeof(struct cell));
    memset(canvas->touched, true, (size_t)canvas->rows * sizeof(bool));
    for (size_t i = 0; i < count; i++)
        canvas->cells[i] = blank;
    canvas->cursor_row = -1;
    canvas_park(canvas, 0, 0);
}

bool canvas_is_ascii(const struct canvas *canvas)
{
    return canvas->ascii;
}

static attr_t curses_attributes(unsigned attributes, bool coloured)
{
    attr_t found = A_NORMAL;

    if (attributes & THEME_BOLD)
        found |= A_BOLD;
    if ((attributes & THEME_DIM) && !coloured)
        found |= A_DIM;
    if (attributes & THEME_REVERSE)
        found |= A_REVERSE;
    if (attributes & THEME_UNDERLINE)
        found |= A_UNDERLINE;
    return found;
}

void canvas_use_terminal(struct canvas *canvas, bool colour)
{
    int colours = 0;

    if (colour && has_colors() && start_color() == OK && use_default_colors() == OK)
        colours = COLORS;
    for (int i = 0; i < STYLE_COUNT; i++) {
        short own = theme_colour((enum style)i, colours);

        canvas->pairs[i] = 0;
        if (own >= 0 && init_pair((short)(i + 1), own, -1) == OK)
            canvas->pairs[i] = (short)(i + 1);
        canvas->attributes[i] =
            curses_attributes(theme_style((enum style)i)->attributes, canvas->pairs[i] != 0);
    }
}

void canvas_use_plain_signs(struct canvas *canvas)
{
    canvas->plain = true;
}

void canvas_use_redactor(struct canvas *canvas, const struct redactor *redactor)
{
    canvas->redactor = redactor;
}

void canvas_park(struct canvas *canvas, int row, int column)
{
    canvas->park_row = row;
    canvas->park_column = column;
}

void canvas_cursor(struct canvas *canvas, int row, int column)
{
    canvas->cursor_row = row;
    canvas->cursor_column = column;
}

/* A selected row is one calm bar: reversed, without the colours of what stands in it. */
static attr_t cell_attributes(const struct canvas *canvas, const struct cell *cell, short *pair)
{
    attr_t attributes = canvas->attributes[cell->style];

    *pair = canvas->pairs[cell->style];
    if (cell->selected) {
        attributes = (attributes & (A_BOLD | A_UNDERLINE)) | A_REVERSE;
        *pair = 0;
    }
    return attributes;
}

static void flush_row(const struct canvas *canvas, int row, cchar_t *line)
{
    int count = 0;

    for (int column = 0; column < canvas->columns; column++) {
        const struct cell *cell = cell_at(canvas, row, column);
        wchar_t chars[CELL_CHARS + 1] = {0};
        attr_t attributes;
        short pair;

        if (cell->width == 0)
            continue;
        memcpy(chars, cell->chars, sizeof(cell->chars));
        attributes = cell_attributes(canvas, cell, &pair);
        if (setcchar(&line[count], chars, attributes, pair, NULL) == OK)
            count++;
    }
    mvadd_wchnstr(row, 0, line, count);
}

void canvas_flush(struct canvas *canvas, bool all)
{
    size_t row_size = (size_t)canvas->columns * sizeof(struct cell);
    cchar_t *line = xcalloc((size_t)canvas->columns, sizeof(*line));

    if (all)
        clearok(curscr, TRUE);
    for (int row = 0; row < canvas->rows && row < LINES; row++) {
        struct cell *cells = cell_at(canvas, row, 0);
        struct cell *shown = &canvas->shown[(size_t)row * (size_t)canvas->columns];

        if (!all && (!canvas->touched[row] || memcmp(cells, shown, row_size) == 0))
            continue;
        flush_row(canvas, row, line);
        memcpy(shown, cells, row_size);
    }
    free(line);
    memset(canvas->touched, false, (size_t)canvas->rows * sizeof(bool));
    if (canvas->cursor_row >= 0) {
        move(canvas->cursor_row, canvas->cursor_column);
        curs_set(1);
    } else {
        move(canvas->park_row, canvas->park_column);
        curs_set(0);
    }
    wnoutrefresh(stdscr);
    doupdate();
}

bool canvas_dump(const struct canvas *canvas, struct bytes *out)
{
    bool fits = true;

    for (int row = 0; row < canvas->rows; row++) {
        size_t end = out->len;

        for (int column = 0; column < canvas->columns; column++) {
            const struct cell *cell = cell_at(canvas, row, column);

            for (int i = 0; i < CELL_CHARS && cell->chars[i]; i++)
                fits &= utf8_append(out, (uint32_t)cell->chars[i]);
            if (cell->chars[0] != L' ')
                end = out->len;
        }
        if (end < out->len)
            bytes_truncate(out, end);
        fits &= bytes_append_byte(out, '\n');
    }
    return fits;
}

/* ---- drawing ---- */

static bool pen_is_inside(const struct pen *pen)
{
    const struct surface *surface = pen->surface;

    return pen->row >= 0 && pen->row < surface->rows && pen->column < surface->columns &&
           surface->top + pen->row < surface->canvas->rows &&
           surface->left + pen->column < surface->canvas->columns;
}

/* Columns left up to the border. */
static int pen_room(const struct pen *pen)
{
    const struct surface *surface = pen->surface;
    int room = surface->columns - pen->column;
    int canvas_room = surface->canvas->columns - surface->left - pen->column;

    return room < canvas_room ? room : canvas_room;
}

/* The cell to be written. */
static struct cell *pen_cell(const struct pen *pen)
{
    pen->surface->canvas->touched[pen->surface->top + pen->row] = true;
    return cell_at(pen->surface->canvas, pen->surface->top + pen->row,
                   pen->surface->left + pen->column);
}

static void put_blank(struct pen *pen)
{
    struct cell *cell = pen_cell(pen);

    *cell = blank;
    cell->selected = pen->selected;
    pen->column++;
}

/*
 * What a style does to a blank cannot be seen, unless it reverses or underlines: one behind other
 * text goes on in the style of that, so that it costs no sequence.
 */
static enum style blank_style(const struct pen *pen, enum style style)
{
    const unsigned visible = THEME_REVERSE | THEME_UNDERLINE;
    enum style before = pen->column > 0 ? (enum style)pen_cell(pen)[-1].style : STYLE_PLAIN;

    if (theme_style(style)->attributes & visible)
        return style;
    return theme_style(before)->attributes & visible ? STYLE_PLAIN : before;
}

/* Put one character with its marks, `width` columns wide; the caller has checked the room. */
static void put_cell(struct pen *pen, enum style style, const wchar_t *chars, size_t count,
                     int width)
{
    struct cell *cell = pen_cell(pen);

    if (chars[0] == L' ')
        style = blank_style(pen, style);
    *cell = (struct cell){
        .width = (unsigned char)width, .style = (unsigned char)style, .selected = pen->selected};
    for (size_t i = 0; i < count && i < CELL_CHARS; i++)
        cell->chars[i] = chars[i];
    if (width == 2)
        cell[1] = (struct cell){.style = (unsigned char)style, .selected = pen->selected};
    pen->column += width;
}

/*
 * Terminals disagree on how wide a character with a presentation selector is, and whether a joiner
 * makes one of two wide ones. Without them all count the same columns; a joiner between letters
 * only shapes them.
 */
static bool is_of_disputed_width(uint32_t character, int width)
{
    enum { JOINER = 0x200D, TEXT_SELECTOR = 0xFE0E, EMOJI_SELECTOR = 0xFE0F };

    return character == TEXT_SELECTOR || character == EMOJI_SELECTOR ||
           (character == JOINER && width == 2);
}

/* The characters of a glyph; the answer is their number. */
static size_t glyph_chars(const struct glyph *glyph, wchar_t *chars, size_t max)
{
    size_t count = 0;
    size_t at = 0;

    while (at < glyph->shown_len && count < max) {
        uint32_t character;
        size_t used = utf8_decode(glyph->shown + at, glyph->shown_len - at, &character);

        if (used == 0 || character == UTF8_INVALID)
            break;
        at += used;
        if (!is_of_disputed_width(character, glyph->width))
            chars[count++] = (wchar_t)character;
    }
    return count;
}

/* False when the glyph did not fit; the pen is then at the border. */
static bool put_glyph(struct pen *pen, enum style style, const struct glyph *glyph)
{
    wchar_t chars[sizeof(glyph->shown)];
    size_t count = glyph_chars(glyph, chars, sizeof(chars) / sizeof(*chars));

    if (glyph->width > pen_room(pen)) {
        while (pen_room(pen) > 0)
            put_blank(pen);
        return false;
    }
    if (glyph->escaped) {
        for (size_t i = 0; i < count; i++)
            put_cell(pen, STYLE_ESCAPE, &chars[i], 1, 1);
        return true;
    }
    put_cell(pen, style, chars, count, glyph->width);
    return true;
}

void draw_park(const struct pen *pen)
{
    const struct surface *surface = pen->surface;

    if (surface->focused && pen_is_inside(pen))
        canvas_park(surface->canvas, surface->top + pen->row, surface->left + pen->column);
}

void draw_begin(struct pen *pen, const struct surface *surface, int row, bool selected)
{
    *pen = (struct pen){.surface = surface, .row = row, .selected = selected};
    if (selected)
        draw_park(pen);
}

void draw_end(struct pen *pen)
{
    while (pen_is_inside(pen))
        put_blank(pen);
}

char *draw_redact(const struct surface *surface, const char *text, size_t len)
{
    char *copy = xmemdup0(text, len);

    if (surface->canvas->redactor)
        redact(surface->canvas->redactor, copy, len);
    return copy;
}

/* A glyph of one byte: no mark can follow where the next byte is ASCII as well. */
static bool is_plain(const char *text, size_t len)
{
    return text[0] >= ' ' && text[0] <= '~' && (len == 1 || (unsigned char)text[1] < 0x80);
}

/* False when something did not fit. */
static bool put_glyphs(struct pen *pen, enum style style, const char *text, size_t len,
                       const unsigned char *marks)
{
    bool ascii = pen->surface->canvas->ascii;
    struct glyph glyph;

    for (size_t at = 0; at < len; at += glyph.used) {
        wchar_t plain = (unsigned char)text[at];

        if (!pen_is_inside(pen))
            return false;
        if (is_plain(text + at, len - at)) {
            put_cell(pen, marks && marks[at] ? STYLE_MATCH : style, &plain, 1, 1);
            glyph.used = 1;
            continue;
        }
        text_glyph(text + at, len - at, ascii, &glyph);
        if (!put_glyph(pen, marks && marks[at] ? STYLE_MATCH : style, &glyph))
            return false;
    }
    return true;
}

/* The same, redacted before anything is cut. What is too far to the right to be seen is left out.
 */
static bool draw_some(struct pen *pen, enum style style, const char *text, size_t len,
                      const unsigned char *marks)
{
    bool whole = len <= RUN_MAX;
    char *safe;

    if (len < SECRET_LEAST || !pen->surface->canvas->redactor)
        return put_glyphs(pen, style, text, len, marks);
    if (!pen_is_inside(pen))
        return false;
    safe = draw_redact(pen->surface, text, whole ? len : RUN_MAX);
    whole &= put_glyphs(pen, style, safe, whole ? len : RUN_MAX, marks);
    free(safe);
    return whole;
}

void draw_bytes(struct pen *pen, enum style style, const char *text, size_t len)
{
    draw_some(pen, style, text, len, NULL);
}

void draw_text(struct pen *pen, enum style style, const char *text)
{
    if (text)
        draw_some(pen, style, text, strlen(text), NULL);
}

void draw_format(struct pen *pen, enum style style, const char *format, ...)
{
    struct bytes text;
    va_list args;

    bytes_init(&text, 1 << 16);
    va_start(args, format);
    bytes_vprintf(&text, format, args);
    va_end(args);
    draw_some(pen, style, bytes_text(&text), text.len, NULL);
    bytes_release(&text);
}

/* Make the last column before the pen say that something was cut. */
static void mark_cut(struct pen *pen, int first)
{
    const wchar_t mark = pen->surface->canvas->ascii ? L'~' : L'…';
    struct cell *cell;

    if (pen->column <= first)
        return;
    pen->column--;
    cell = pen_cell(pen);
    if (cell->width == 0 && pen->column > first) {
        pen->column--;
        put_blank(pen);
    }
    put_cell(pen, STYLE_DIM, &mark, 1, 1);
}

void draw_cut(struct pen *pen, enum style style, const char *text, size_t len)
{
    draw_cut_marked(pen, style, text, len, NULL);
}

void draw_cut_marked(struct pen *pen, enum style style, const char *text, size_t len,
                     const unsigned char *marks)
{
    int first = pen->column;

    if (pen_is_inside(pen) && !draw_some(pen, style, text, len, marks))
        mark_cut(pen, first);
}

void draw_field(struct pen *pen, enum style style, const char *text, size_t len, int columns)
{
    struct surface narrow = *pen->surface;
    const struct surface *whole = pen->surface;
    int end = pen->column + columns;

    if (end < narrow.columns)
        narrow.columns = end;
    pen->surface = &narrow;
    draw_cut(pen, style, text, len);
    draw_end(pen);
    pen->surface = whole;
}

void draw_to(struct pen *pen, int column)
{
    while (pen->column < column && pen_is_inside(pen))
        put_blank(pen);
}

void draw_rule_to(struct pen *pen, enum style style, int column)
{
    while (pen->column < column && pen_is_inside(pen))
        draw_text(pen, style, draw_sign(pen->surface, SIGN_HORIZONTAL));
}

void draw_line(const struct surface *surface, int row, enum style style, const char *text)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    if (text)
        draw_cut(&pen, style, text, strlen(text));
    draw_end(&pen);
}

void draw_blank_from(const struct surface *surface, int row)
{
    for (; row < surface->rows; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
}

const char *draw_sign(const struct surface *surface, enum sign sign)
{
    static const char *const signs[SIGN_COUNT][2] = {
        [SIGN_HORIZONTAL] = {"─", "-"},  [SIGN_VERTICAL] = {"│", "|"},
        [SIGN_TOP_LEFT] = {"┌", "+"},    [SIGN_TOP_RIGHT] = {"┐", "+"},
        [SIGN_BOTTOM_LEFT] = {"└", "+"}, [SIGN_BOTTOM_RIGHT] = {"┘", "+"},
        [SIGN_POINTER] = {"▸", ">"},     [SIGN_DOT] = {"·", "-"},
        [SIGN_MARK] = {"●", "*"},        [SIGN_YES] = {"✓", "+"},
        [SIGN_NO] = {"✗", "x"},          [SIGN_ARROW] = {"→", ">"},
        [SIGN_UP] = {"↑", "^"},          [SIGN_DOWN] = {"↓", "v"},
    };
    bool rare;

    rare = sign == SIGN_POINTER || sign == SIGN_MARK || sign == SIGN_YES || sign == SIGN_NO;
    return signs[sign][surface->canvas->ascii || (rare && surface->canvas->plain)];
}

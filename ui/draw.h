/*
 * The only path of text to the terminal.
 *
 * A canvas is a grid of cells. Panes draw rows of a surface, a rectangle of the canvas; every byte
 * passes text_glyph() of base/text.h, so that control bytes and their like come out as escapes,
 * and is clipped by columns: a wide character that would stand across the border is replaced.
 * A row is always drawn whole, from border to border. canvas_flush() hands the rows that changed to
 * curses, whole as well, since ncurses loses track when half a wide character is overwritten.
 */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct canvas;
struct redactor;

/* ---- the canvas ---- */

/* `ascii`: the locale is not UTF-8; everything above U+007E is escaped, borders are ASCII. */
struct canvas *canvas_new(int rows, int columns, bool ascii);
void canvas_free(struct canvas *canvas);
void canvas_resize(struct canvas *canvas, int rows, int columns); /* blank afterwards */
bool canvas_is_ascii(const struct canvas *canvas);

/* Learn the colours of the running terminal; without it canvas_flush() must not be called. */
void canvas_use_terminal(struct canvas *canvas, bool colour);

/* The terminal's font has lines and arrows, but no other sign: those are plain as in ASCII. */
void canvas_use_plain_signs(struct canvas *canvas);

/* What every run of text passes before it is drawn or cut; NULL: nothing. Borrowed. */
void canvas_use_redactor(struct canvas *canvas, const struct redactor *redactor);

/* Where the cursor stands; a negative row hides it. */
void canvas_cursor(struct canvas *canvas, int row, int column);

/*
 * Where it rests while it is hidden: screen readers and braille lines follow it all the same, so it
 * is left where the user is. A selected row that is drawn takes it along.
 */
void canvas_park(struct canvas *canvas, int row, int column);

/* Rows that differ from what the terminal has go there in one update. `all`: every row. */
void canvas_flush(struct canvas *canvas, bool all);

/* What the canvas shows, as text: one line a row, blanks at the end cut. */
bool canvas_dump(const struct canvas *canvas, struct bytes *out);

/* ---- drawing ---- */

/* A rectangle to draw in, with its own coordinates from 0. */
struct surface {
    struct canvas *canvas;
    int top, left, rows, columns;
    bool focused;
};

/* One row being drawn. Begin, draw from left to right, end: the rest becomes blank. */
struct pen {
    const struct surface *surface;
    int row, column; /* where the next glyph goes */
    bool selected;   /* the row is the one under the cursor: reversed */
};

/* The cursor rests where the pen is, if it is drawn for who has the focus. */
void draw_park(const struct pen *pen);

/* A row outside of the surface is fine: nothing is drawn. */
void draw_begin(struct pen *pen, const struct surface *surface, int row, bool selected);
void draw_end(struct pen *pen);

/* Text of any origin; a newline or tab in it is shown as an escape. */
void draw_bytes(struct pen *pen, enum style style, const char *text, size_t len);
void draw_text(struct pen *pen, enum style style, const char *text); /* NULL draws nothing */
void draw_format(struct pen *pen, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A copy that has passed the redactor, for text that is broken into lines before it is drawn: of a
 * key in two runs neither would be known. The length stays. The caller frees.
 */
char *draw_redact(const struct surface *surface, const char *text, size_t len);

/* Exactly `columns` wide: cut with "…" or padded with blanks. */
void draw_field(struct pen *pen, enum style style, const char *text, size_t len, int columns);

/* What fits up to the border, the last column "…" when something was cut. */
void draw_cut(struct pen *pen, enum style style, const char *text, size_t len);

/*
 * The same, and bytes whose mark is not 0 are drawn in STYLE_MATCH. What the redactor replaced has
 * no marks of its own any more but keeps its length, so they stay where they are. NULL: no marks.
 */
void draw_cut_marked(struct pen *pen, enum style style, const char *text, size_t len,
                     const unsigned char *marks);

/* Blanks up to `column`; nothing when the pen is already there or behind. */
void draw_to(struct pen *pen, int column);

/* A horizontal line up to `column`. */
void draw_rule_to(struct pen *pen, enum style style, int column);

/* A whole row of text, cut with "…". NULL is an empty row. */
void draw_line(const struct surface *surface, int row, enum style style, const char *text);

/* Blank rows from `row` to the end of the surface. */
void draw_blank_from(const struct surface *surface, int row);

/* Signs with a plain replacement for terminals without UTF-8. */
enum sign {
    SIGN_HORIZONTAL,
    SIGN_VERTICAL,
    SIGN_TOP_LEFT,
    SIGN_TOP_RIGHT,
    SIGN_BOTTOM_LEFT,
    SIGN_BOTTOM_RIGHT,
    SIGN_POINTER, /* ▸ what has the focus */
    SIGN_DOT,     /* · between facts */
    SIGN_MARK,    /* ● what is in use */
    SIGN_YES,     /* ✓ */
    SIGN_NO,      /* ✗ */
    SIGN_ARROW,   /* → */
    SIGN_UP,      /* ↑ there is more above */
    SIGN_DOWN,    /* ↓ there is more below */
};
enum { SIGN_COUNT = SIGN_DOWN + 1 };
const char *draw_sign(const struct surface *surface, enum sign sign);

#endif

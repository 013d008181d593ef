/*
 * Draws the screen of the console at the end of a script as SVG, for README.md (`./dev picture`).
 *
 *   picture COLUMNSxROWS SCRIPT [MILLISECONDS] >FILE.svg
 *
 * $COMETDECK runs on its own simulator, which pauses for so long between events. Every run of text
 * states its width and frames are lines, so that columns stay columns in whatever monospaced font
 * the reader has.
 */
#include "tests/screen/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "base/bytes.h"
#include "base/text.h"

enum {
    SVG_MAX = 16 * 1024 * 1024,
    CELLS_MAX = 500,
    CELL_WIDTH = 9, /* of most monospaced fonts at this size: 0.6 em */
    CELL_HEIGHT = 19,
    FONT_SIZE = 15,
    BASELINE = 14,
    MARGIN = 14,
    LATIN_END = 0x250, /* letters from here on may come from a font of other widths */
    FOREGROUND = 0xd3d7de,
    BACKGROUND = 0x14171c,
};

/* The colours 0 to 15, which are the terminal's own choice: legible on the background. */
static const uint32_t palette[16] = {
    0x14171c, 0xe5686d, 0x8ccf7e, 0xe5c76b, 0x67b0e8, 0xc47fd5, 0x6cd0d4, 0xb3b9b8,
    0x5c6470, 0xef7e7e, 0x96d988, 0xf4d67a, 0x71baf2, 0xce89df, 0x7adfe3, 0xf2f4f8,
};

/* Which arms a character of a frame has. */
enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 };
static const struct {
    uint32_t character;
    unsigned arms;
} frames[] = {
    {0x2500, LEFT | RIGHT},
    {0x2502, UP | DOWN},
    {0x250c, RIGHT | DOWN},
    {0x2510, LEFT | DOWN},
    {0x2514, RIGHT | UP},
    {0x2518, LEFT | UP},
    {0x251c, RIGHT | UP | DOWN},
    {0x2524, LEFT | UP | DOWN},
    {0x252c, LEFT | RIGHT | DOWN},
    {0x2534, LEFT | RIGHT | UP},
    {0x253c, LEFT | RIGHT | UP | DOWN},
};

struct picture {
    VTermScreen *screen;
    int rows, columns;
    struct bytes svg;
};

/* A cell as it is drawn: colours settled, reverse applied. */
struct look {
    uint32_t character; /* ' ' where nothing stands, 0 right of a wide one */
    uint32_t foreground, background;
    int width;
    bool bold, underline;
    unsigned arms; /* of a frame; 0 for text */
    VTermScreenCell cell;
};

/* The colours 16 to 255 as terminals have them; libvterm's are darker. */
static uint32_t colour_of(unsigned index)
{
    static const uint32_t levels[] = {0, 95, 135, 175, 215, 255};
    enum { CUBE = 16, GREYS = 232 };
    uint32_t grey = 8 + 10 * (index - GREYS);

    if (index >= GREYS)
        return grey << 16 | grey << 8 | grey;
    index -= CUBE;
    return levels[index / 36] << 16 | levels[index / 6 % 6] << 8 | levels[index % 6];
}

static uint32_t settle(const struct picture *picture, VTermColor colour, uint32_t own)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour))
        return own;
    if (VTERM_COLOR_IS_INDEXED(&colour) && colour.indexed.idx < 16)
        return palette[colour.indexed.idx];
    if (VTERM_COLOR_IS_INDEXED(&colour))
        return colour_of(colour.indexed.idx);
    vterm_screen_convert_color_to_rgb(picture->screen, &colour);
    return (uint32_t)colour.rgb.red << 16 | (uint32_t)colour.rgb.green << 8 | colour.rgb.blue;
}

static struct look look_at(const struct picture *picture, int row, int column)
{
    VTermPos position = {.row = row, .col = column};
    struct look look = {.width = 1};
    uint32_t swap;

    vterm_screen_get_cell(picture->screen, position, &look.cell);
    look.character = look.cell.chars[0] == 0            ? ' '
                     : look.cell.chars[0] == UINT32_MAX ? 0
                                                        : look.cell.chars[0];
    look.foreground = settle(picture, look.cell.fg, FOREGROUND);
    look.background = settle(picture, look.cell.bg, BACKGROUND);
    if (look.cell.attrs.reverse) {
        swap = look.foreground;
        look.foreground = look.background;
        look.background = swap;
    }
    if (look.cell.width > 1)
        look.width = 2;
    look.bold = look.cell.attrs.bold;
    look.underline = look.cell.attrs.underline != 0;
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++)
        if (frames[i].character == look.character)
            look.arms = frames[i].arms;
    return look;
}

static int left_of(int column)
{
    return MARGIN + column * CELL_WIDTH;
}

static int top_of(int row)
{
    return MARGIN + row * CELL_HEIGHT;
}

/* ---- backgrounds ---- */

static void draw_backgrounds(struct picture *picture, int row)
{
    for (int column = 0, end; column < picture->columns; column = end) {
        uint32_t colour = look_at(picture, row, column).background;

        for (end = column + 1; end < picture->columns; end++)
            if (look_at(picture, row, end).background != colour)
                break;
        if (colour != BACKGROUND)
            bytes_printf(
                &picture->svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06" PRIx32 "\"/>\n",
                left_of(column), top_of(row), (end - column) * CELL_WIDTH, CELL_HEIGHT, colour);
    }
}

/* ---- frames ---- */

/* From (x, y) along the axis of `command`, H or V, to `end`. */
static void draw_line(struct picture *picture, int x, int y, char command, int end, uint32_t colour)
{
    bytes_printf(&picture->svg, "<path d=\"M%d.5 %d.5%c%d.5\" stroke=\"#%06" PRIx32 "\"/>\n", x, y,
                 command, end, colour);
}

/* Lines along a row, from the first arm to the right to the last to the left. */
static void draw_across(struct picture *picture, int row)
{
    int y = top_of(row) + CELL_HEIGHT / 2;

    for (int column = 0; column < picture->columns; column++) {
        struct look first = look_at(picture, row, column), next;
        int x = left_of(column) + (first.arms & LEFT ? 0 : CELL_WIDTH / 2);
        int last = column;

        if (!(first.arms & (LEFT | RIGHT)))
            continue;
        for (next = first; next.arms & RIGHT && last + 1 < picture->columns; last++) {
            next = look_at(picture, row, last + 1);
            if (!(next.arms & LEFT) || next.foreground != first.foreground)
                break;
        }
        next = look_at(picture, row, last);
        draw_line(picture, x, y, 'H',
                  left_of(last) + (next.arms & RIGHT ? CELL_WIDTH : CELL_WIDTH / 2),
                  first.foreground);
        column = last;
    }
}

/* The same along a column. */
static void draw_down(struct picture *picture, int column)
{
    int x = left_of(column) + CELL_WIDTH / 2;

    for (int row = 0; row < picture->rows; row++) {
        struct look first = look_at(picture, row, column), next;
        int y = top_of(row) + (first.arms & UP ? 0 : CELL_HEIGHT / 2);
        int last = row;

        if (!(first.arms & (UP | DOWN)))
            continue;
        for (next = first; next.arms & DOWN && last + 1 < picture->rows; last++) {
            next = look_at(picture, last + 1, column);
            if (!(next.arms & UP) || next.foreground != first.foreground)
                break;
        }
        next = look_at(picture, last, column);
        draw_line(picture, x, y, 'V',
                  top_of(last) + (next.arms & DOWN ? CELL_HEIGHT : CELL_HEIGHT / 2),
                  first.foreground);
        row = last;
    }
}

/* ---- text ---- */

static void add_character(struct bytes *out, uint32_t character)
{
    if (character == '&')
        bytes_puts(out, "&amp;");
    else if (character == '<')
        bytes_puts(out, "&lt;");
    else if (character == '>')
        bytes_puts(out, "&gt;");
    else
        utf8_append(out, character);
}

static void add_cell(struct bytes *out, const struct look *look)
{
    add_character(out, look->character);
    for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && look->cell.chars[i]; i++)
        add_character(out, look->cell.chars[i]);
}

static bool is_letter(const struct look *look)
{
    return look->character > ' ' && look->character < LATIN_END && look->width == 1;
}

static bool same_style(const struct look *one, const struct look *other)
{
    return one->foreground == other->foreground && one->bold == other->bold &&
           one->underline == other->underline;
}

/*
 * Where the run that begins at `column` ends: at a change of style, at two blanks, and around each
 * character that may come from another font.
 */
static int run_end(const struct picture *picture, int row, int column)
{
    struct look first = look_at(picture, row, column);
    int end = column + first.width;

    while (is_letter(&first) && end < picture->columns) {
        struct look next = look_at(picture, row, end);
        int step = 1;

        if (next.character == ' ' && end + 1 < picture->columns && !first.underline) {
            next = look_at(picture, row, end + 1);
            step = 2;
        }
        if (!is_letter(&next) || !same_style(&first, &next))
            break;
        end += step;
    }
    return end;
}

static void draw_run(struct picture *picture, int row, int column, int end)
{
    struct look first = look_at(picture, row, column);
    struct bytes *svg = &picture->svg;

    bytes_printf(svg, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"", left_of(column),
                 top_of(row) + BASELINE, (end - column) * CELL_WIDTH);
    if (!is_letter(&first))
        bytes_puts(svg, " lengthAdjust=\"spacingAndGlyphs\"");
    if (first.foreground != FOREGROUND)
        bytes_printf(svg, " fill=\"#%06" PRIx32 "\"", first.foreground);
    if (first.bold)
        bytes_puts(svg, " font-weight=\"bold\"");
    if (first.underline)
        bytes_puts(svg, " text-decoration=\"underline\"");
    bytes_append_byte(svg, '>');
    for (int at = column; at < end; at++) {
        struct look look = look_at(picture, row, at);

        if (look.character)
            add_cell(svg, &look);
    }
    bytes_puts(svg, "</text>\n");
}

static void draw_text(struct picture *picture, int row)
{
    for (int column = 0, end; column < picture->columns; column = end) {
        struct look look = look_at(picture, row, column);

        end = column + 1;
        if (look.character <= ' ' || look.arms)
            continue;
        end = run_end(picture, row, column);
        draw_run(picture, row, column, end);
    }
}

/* ---- the whole ---- */

static void draw_picture(struct picture *picture)
{
    int width = picture->columns * CELL_WIDTH + 2 * MARGIN;
    int height = picture->rows * CELL_HEIGHT + 2 * MARGIN;

    bytes_printf(&picture->svg,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" "
                 "height=\"%d\" viewBox=\"0 0 %d %d\">\n"
                 "<title>The console of cometdeck, %d columns by %d lines</title>\n"
                 "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n",
                 width, height, width, height, picture->columns, picture->rows, width, height,
                 BACKGROUND);
    for (int row = 0; row < picture->rows; row++)
        draw_backgrounds(picture, row);
    bytes_puts(&picture->svg, "<g fill=\"none\" stroke-linecap=\"square\">\n");
    for (int row = 0; row < picture->rows; row++)
        draw_across(picture, row);
    for (int column = 0; column < picture->columns; column++)
        draw_down(picture, column);
    bytes_printf(&picture->svg,
                 "</g>\n<g font-family=\"ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', "
                 "'Liberation Mono', Consolas, monospace\" font-size=\"%d\" fill=\"#%06x\">\n",
                 FONT_SIZE, FOREGROUND);
    for (int row = 0; row < picture->rows; row++)
        draw_text(picture, row);
    bytes_puts(&picture->svg, "</g>\n</svg>\n");
}

int main(int argc, char **argv)
{
    struct terminal_options options = {.rows = 0};
    struct terminal *terminal;
    struct picture picture;
    bool written;

    if (argc < 3 || argc > 4 || sscanf(argv[1], "%dx%d", &options.columns, &options.rows) != 2 ||
        options.columns < 1 || options.columns > CELLS_MAX || options.rows < 1 ||
        options.rows > CELLS_MAX) {
        fputs("usage: picture COLUMNSxROWS SCRIPT [MILLISECONDS] >FILE.svg\n", stderr);
        return 2;
    }
    options.arguments = (const char *const[]){"demo",     "--pace", argc > 3 ? argv[3] : "0",
                                              "--script", argv[2],  NULL};
    terminal = terminal_start(&options);
    terminal_wait_idle(terminal);
    picture = (struct picture){
        .screen = terminal_screen(terminal), .rows = options.rows, .columns = options.columns};
    bytes_init(&picture.svg, SVG_MAX);
    draw_picture(&picture);
    written = fwrite(bytes_text(&picture.svg), 1, picture.svg.len, stdout) == picture.svg.len &&
              fflush(stdout) == 0;
    if (!written)
        perror("picture");
    bytes_release(&picture.svg);
    terminal_free(terminal);
    return written ? 0 : 1;
}

#include "tests/screen/looks.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <vterm.h>

#include "base/bytes.h"
#include "base/text.h"

enum {
    LINE_MAX_BYTES = 64 * 1024,
    LOOKS_SIZE = 64,
    FRAMES_FIRST = 0x2500, /* box drawing */
    FRAMES_LAST = 0x257f,
};

static void describe_colour(char *text, const char *before, const VTermColor *colour)
{
    size_t len = strlen(text);

    if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour))
        return;
    if (VTERM_COLOR_IS_INDEXED(colour))
        snprintf(text + len, LOOKS_SIZE - len, "%s%u ", before, colour->indexed.idx);
}

/* "bold reverse 31 "; empty for plain text. */
static void describe_cell(const VTermScreenCell *cell, char *text)
{
    snprintf(text, LOOKS_SIZE, "%s%s%s", cell->attrs.bold ? "bold " : "",
             cell->attrs.reverse ? "reverse " : "", cell->attrs.underline ? "underline " : "");
    describe_colour(text, "", &cell->fg);
    describe_colour(text, "on ", &cell->bg);
}

/* In ASCII frames are made of | - and +. */
static bool is_frame(const VTermScreenCell *cell)
{
    return (cell->chars[0] && cell->chars[0] < 0x80 && strchr("|-+", (int)cell->chars[0])) ||
           (cell->chars[0] >= FRAMES_FIRST && cell->chars[0] <= FRAMES_LAST);
}

/* Append a cell; a piece of frame or a blank once only, however long the run of it is. */
static void add_cell(struct bytes *run, const VTermScreenCell *cell, uint32_t *last)
{
    uint32_t character = cell->chars[0] ? cell->chars[0] : ' ';
    bool repeats = character == *last && (character == ' ' || is_frame(cell));

    *last = character;
    if (cell->chars[0] == UINT32_MAX || repeats)
        return;
    utf8_append(run, character);
    for (int i = 1; i < VTERM_MAX_CHARS_PER_CELL && character != ' ' && cell->chars[i]; i++)
        utf8_append(run, cell->chars[i]);
}

static void add_run(struct bytes *line, const char *looks, bool tells, struct bytes *run)
{
    const char *text;

    while (run->len > 0 && run->data[run->len - 1] == ' ')
        bytes_truncate(run, run->len - 1);
    text = bytes_text(run);
    text += strspn(text, " ");
    if (looks[0] && *text && tells)
        bytes_printf(line, "  %s\"%s\"", looks, text);
    bytes_clear(run);
}

static bool is_blank(const VTermScreenCell *cell)
{
    return cell->chars[0] == 0 || cell->chars[0] == ' ';
}

static void describe_row(VTermScreen *screen, int row, int columns, struct bytes *line)
{
    char looks[LOOKS_SIZE] = "", next[LOOKS_SIZE];
    uint32_t last = 0;
    struct bytes run;
    bool tells = false; /* there is more in the run than frame */

    bytes_init(&run, LINE_MAX_BYTES);
    for (int column = 0; column < columns; column++) {
        VTermPos position = {.row = row, .col = column};
        VTermScreenCell cell;

        vterm_screen_get_cell(screen, position, &cell);
        describe_cell(&cell, next);
        if (is_blank(&cell) && !next[0]) /* between words of one run, which end it or not */
            memcpy(next, looks, sizeof(next));
        if (strcmp(looks, next) != 0) {
            add_run(line, looks, tells, &run);
            memcpy(looks, next, sizeof(looks));
            last = 0;
            tells = false;
        }
        tells |= cell.chars[0] > ' ' && !is_frame(&cell);
        add_cell(&run, &cell, &last);
    }
    add_run(line, looks, tells, &run);
    bytes_release(&run);
}

void looks_describe(struct VTermScreen *screen, int rows, int columns, struct bytes *out)
{
    struct bytes line;

    bytes_init(&line, LINE_MAX_BYTES);
    for (int row = 0; row < rows; row++) {
        bytes_clear(&line);
        describe_row(screen, row, columns, &line);
        if (line.len > 0)
            bytes_printf(out, "%3d%s\n", row + 1, bytes_text(&line));
    }
    bytes_release(&line);
}

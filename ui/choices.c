#include "ui/choices.h"

#include <string.h>

#include "base/text.h"

enum { GAP = 2, MARGIN = 1, TEXT_BYTES = 1024, SHARE = 3, ROWS_MOST = 12 };

struct grid {
    int width; /* of a column, its gap included */
    size_t across;
    size_t lines; /* in all */
};

/* What is shown of one: without what all share. */
static const char *shown(const struct prompt_view *view, size_t index)
{
    const char *choice = view->choices[index];

    return strlen(choice) > view->choice_shared ? choice + view->choice_shared : choice;
}

static struct grid lay_out(const struct prompt_view *view, int columns)
{
    struct grid grid = {.width = 1};

    for (size_t i = 0; i < view->choice_count; i++) {
        const char *text = shown(view, i);
        int width = text_width(text, strnlen(text, TEXT_BYTES)) + GAP;

        if (width > grid.width)
            grid.width = width;
    }
    if (grid.width > columns - MARGIN)
        grid.width = columns > MARGIN ? columns - MARGIN : 1;
    grid.across = (size_t)((columns - MARGIN) / grid.width);
    if (grid.across == 0)
        grid.across = 1;
    grid.lines = (view->choice_count + grid.across - 1) / grid.across;
    return grid;
}

int choices_rows(const struct prompt_view *view, int rows, int columns)
{
    int most = rows / SHARE < ROWS_MOST ? rows / SHARE : ROWS_MOST;
    struct grid grid;

    if (view->choice_count == 0)
        return 0;
    grid = lay_out(view, columns);
    return grid.lines < (size_t)most ? (int)grid.lines : most;
}

/* The one that stands in the line; the count when none does. */
static size_t current(const struct prompt_view *view)
{
    size_t i = 0;

    while (i < view->choice_count && strcmp(view->choices[i], view->text) != 0)
        i++;
    return i;
}

static void draw_choices(const struct prompt_view *view, const struct surface *surface, int row,
                         const struct grid *grid, size_t first)
{
    size_t chosen = current(view);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    for (size_t i = first; i < first + grid->across && i < view->choice_count; i++) {
        const char *text = shown(view, i);

        draw_to(&pen, MARGIN + (int)(i - first) * grid->width);
        pen.selected = i == chosen;
        draw_field(&pen, STYLE_PLAIN, text, strnlen(text, TEXT_BYTES), grid->width - GAP);
        pen.selected = false;
    }
    draw_end(&pen);
}

void choices_draw(const struct prompt_view *view, const struct surface *surface)
{
    struct grid grid = lay_out(view, surface->columns);
    size_t rows = (size_t)surface->rows, chosen = current(view), top = 0;
    bool all = grid.lines <= rows;
    struct pen pen;

    if (!all && rows > 1)
        rows--; /* the last one counts */
    if (chosen < view->choice_count && chosen / grid.across >= rows)
        top = chosen / grid.across - rows + 1;
    for (size_t row = 0; row < rows; row++)
        draw_choices(view, surface, (int)row, &grid, (top + row) * grid.across);
    if (all || surface->rows < 2)
        return;
    draw_begin(&pen, surface, surface->rows - 1, false);
    draw_format(&pen, STYLE_DIM, " %zu to %zu of %zu; Tab goes on, more letters narrow it",
                top * grid.across + 1,
                (top + rows) * grid.across < view->choice_count ? (top + rows) * grid.across
                                                                : view->choice_count,
                view->choice_count);
    draw_end(&pen);
}

#include "ui/suite_detail.h"

enum { INDENT = 1, MARK_FROM = 2 };

void suite_detail_release(struct suite_detail *detail)
{
    paragraph_release(&detail->paragraph);
}

void suite_detail_draw(struct suite_detail *detail, const struct surface *surface, const char *text)
{
    struct list *list = &detail->list;
    int row = 0, end = surface->rows;
    bool cut;

    paragraph_break(&detail->paragraph, surface, INDENT, text);
    cut = paragraph_rows(&detail->paragraph) > (size_t)end && end >= PARAGRAPH_REST_FROM;
    end -= cut;
    list_fit(list, paragraph_rows(&detail->paragraph), (size_t)end);
    for (size_t i = list->top; row < end && i < list->count; i++, row++)
        paragraph_row(&detail->paragraph, surface, row, i, surface->focused && i == list->cursor);
    draw_blank_from(surface, row);
    if (cut)
        paragraph_rest(surface, surface->rows - 1, INDENT, list);
}

static void draw_rule(const struct surface *surface, int row, size_t missing)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    if (missing > 0) {
        draw_rule_to(&pen, STYLE_BORDER, MARK_FROM);
        draw_format(&pen, STYLE_STRONG, " %s %zu more line%s: i ", draw_sign(surface, SIGN_DOWN),
                    missing, missing == 1 ? "" : "s");
    }
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
}

void suite_detail_brief(const struct surface *surface, int row, const char *text)
{
    struct paragraph paragraph = {.text = NULL};
    size_t room = surface->rows > row + 1 ? (size_t)(surface->rows - row - 1) : 0, rows;

    paragraph_break(&paragraph, surface, INDENT, text);
    rows = paragraph_rows(&paragraph);
    draw_rule(surface, row++, rows > room ? rows - room : 0);
    for (size_t i = 0; i < rows && i < room; i++)
        paragraph_row(&paragraph, surface, row++, i, false);
    draw_blank_from(surface, row);
    paragraph_release(&paragraph);
}

const char *suite_detail_line(const struct suite_detail *detail)
{
    return paragraph_line(&detail->paragraph, detail->list.cursor);
}

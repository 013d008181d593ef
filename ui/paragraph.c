#include "ui/paragraph.h"

#include <stdlib.h>
#include <string.h>

#include "ui/list.h"

enum { LABEL_MOST = 12 };

/* "sends: " at the beginning of a line. */
static size_t label_len(const char *line, size_t len)
{
    size_t at = strspn(line, "abcdefghijklmnopqrstuvwxyz?");

    return at > 0 && at < LABEL_MOST && at + 1 < len && line[at] == ':' && line[at + 1] == ' '
               ? at + 1
               : 0;
}

void paragraph_break(struct paragraph *paragraph, const struct surface *surface, int indent,
                     const char *text)
{
    int columns = surface->columns - 2 * indent;
    size_t len;

    paragraph_release(paragraph);
    paragraph->text = draw_redact(surface, text, strlen(text));
    paragraph->indent = indent;
    len = strlen(paragraph->text);
    wrap_reset(&paragraph->wrap, columns > 1 ? columns : 1, canvas_is_ascii(surface->canvas));
    while (!wrap_extend(&paragraph->wrap, paragraph->text, len, true))
        ;
}

void paragraph_release(struct paragraph *paragraph)
{
    wrap_release(&paragraph->wrap);
    free(paragraph->text);
    *paragraph = (struct paragraph){.text = NULL};
}

size_t paragraph_rows(const struct paragraph *paragraph)
{
    return paragraph->text ? paragraph->wrap.count : 0;
}

static bool begins_line(const struct paragraph *paragraph, const char *line)
{
    return line == paragraph->text || line[-1] == '\n';
}

void paragraph_row(const struct paragraph *paragraph, const struct surface *surface, int row,
                   size_t index, bool selected)
{
    const char *line;
    size_t len = wrap_line(&paragraph->wrap, paragraph->text, index, &line);
    size_t label = begins_line(paragraph, line) ? label_len(line, len) : 0;
    struct pen pen;

    draw_begin(&pen, surface, row, selected);
    draw_to(&pen, paragraph->indent);
    draw_bytes(&pen, STYLE_LABEL, line, label);
    draw_bytes(&pen, STYLE_PLAIN, line + label, len - label);
    draw_end(&pen);
}

const char *paragraph_line(const struct paragraph *paragraph, size_t index)
{
    const char *line;

    if (index >= paragraph_rows(paragraph))
        return "";
    wrap_line(&paragraph->wrap, paragraph->text, index, &line);
    while (!begins_line(paragraph, line))
        line--;
    return line;
}

int paragraph_draw(const struct surface *surface, int row, int end, int indent, const char *text)
{
    struct paragraph paragraph = {.text = NULL};

    paragraph_break(&paragraph, surface, indent, text);
    for (size_t i = 0; i < paragraph_rows(&paragraph) && row < end; i++)
        paragraph_row(&paragraph, surface, row++, i, false);
    paragraph_release(&paragraph);
    return row;
}

void paragraph_rest(const struct surface *surface, int row, int indent, const struct list *view)
{
    size_t rest = view->count - view->top - view->rows;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_to(&pen, indent);
    if (rest > 0)
        draw_format(&pen, STYLE_DIM, "%s %zu more line%s", draw_sign(surface, SIGN_DOWN), rest,
                    rest == 1 ? "" : "s");
    else
        draw_format(&pen, STYLE_DIM, "%s the end", draw_sign(surface, SIGN_UP));
    draw_end(&pen);
}

void paragraph_page(const struct surface *surface, int row, int end, int indent, const char *text,
                    struct list *view)
{
    struct paragraph paragraph = {.text = NULL};
    bool cut;

    paragraph_break(&paragraph, surface, indent, text);
    cut = end - row >= PARAGRAPH_REST_FROM && paragraph_rows(&paragraph) > (size_t)(end - row);
    end -= cut;
    list_fit_view(view, paragraph_rows(&paragraph), end > row ? (size_t)(end - row) : 0);
    for (size_t i = view->top; i < view->count && row < end; i++)
        paragraph_row(&paragraph, surface, row++, i, false);
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    if (cut)
        paragraph_rest(surface, end, indent, view);
    paragraph_release(&paragraph);
}

#include "ui/paragraph.h"

#include <stdlib.h>
#include <string.h>

#include "ui/list.h"
#include "ui/wrap.h"

enum { LABEL_MOST = 12 };

/* "sends: " at the beginning of a line. */
static size_t label_len(const char *line, size_t len)
{
    size_t at = strspn(line, "abcdefghijklmnopqrstuvwxyz?");

    return at > 0 && at < LABEL_MOST && at + 1 < len && line[at] == ':' && line[at + 1] == ' '
               ? at + 1
               : 0;
}

static void wrap_text(struct wrap *wrap, const struct surface *surface, int indent,
                      const char *text)
{
    int columns = surface->columns - 2 * indent;

    wrap_reset(wrap, columns > 1 ? columns : 1, canvas_is_ascii(surface->canvas));
    while (!wrap_extend(wrap, text, strlen(text), true))
        ;
}

static void draw_wrapped(const struct surface *surface, int row, int indent, const char *text,
                         const struct wrap *wrap, size_t index)
{
    const char *line;
    size_t len = wrap_line(wrap, text, index, &line), label = 0;
    struct pen pen;

    if (line == text || line[-1] == '\n')
        label = label_len(line, len);
    draw_begin(&pen, surface, row, false);
    draw_to(&pen, indent);
    draw_bytes(&pen, STYLE_LABEL, line, label);
    draw_bytes(&pen, STYLE_PLAIN, line + label, len - label);
    draw_end(&pen);
}

int paragraph_draw(const struct surface *surface, int row, int end, int indent, const char *text)
{
    char *shown = draw_redact(surface, text, strlen(text));
    struct wrap wrap = {.starts = NULL};

    wrap_text(&wrap, surface, indent, shown);
    for (size_t i = 0; i < wrap.count && row < end; i++)
        draw_wrapped(surface, row++, indent, shown, &wrap, i);
    wrap_release(&wrap);
    free(shown);
    return row;
}

void paragraph_page(const struct surface *surface, int row, int end, int indent, const char *text,
                    struct list *view)
{
    char *shown = draw_redact(surface, text, strlen(text));
    struct wrap wrap = {.starts = NULL};

    wrap_text(&wrap, surface, indent, shown);
    list_fit_view(view, wrap.count, end > row ? (size_t)(end - row) : 0);
    for (size_t i = view->top; i < wrap.count && row < end; i++)
        draw_wrapped(surface, row++, indent, shown, &wrap, i);
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    wrap_release(&wrap);
    free(shown);
}

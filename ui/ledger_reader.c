#include "ui/ledger_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/list.h"
#include "ui/wrap.h"

struct ledger_reader {
    char *name, *text;
    struct list list;
};

struct ledger_reader *ledger_reader_new(const char *name, const char *text)
{
    struct ledger_reader *reader = xcalloc(1, sizeof(*reader));

    reader->name = xstrdup(name);
    reader->text = xstrdup(text);
    return reader;
}

void ledger_reader_free(struct ledger_reader *reader)
{
    if (!reader)
        return;
    free(reader->name);
    free(reader->text);
    free(reader);
}

bool ledger_reader_request(struct ledger_reader *reader, enum request request)
{
    return list_scroll(&reader->list, request);
}

void ledger_reader_draw(struct ledger_reader *reader, const struct surface *surface)
{
    int rows = surface->rows > 1 ? surface->rows - 1 : 0;
    char *text = draw_redact(surface, reader->text, strlen(reader->text));
    size_t len = strlen(text);
    struct wrap wrap = {0};

    wrap_reset(&wrap, surface->columns > 2 ? surface->columns - 2 : 1,
               canvas_is_ascii(surface->canvas));
    while (!wrap_extend(&wrap, text, len, true))
        continue;
    list_fit_view(&reader->list, wrap.count, (size_t)rows);
    draw_line(surface, 0, STYLE_STRONG, reader->name);
    for (int row = 0; row < rows; row++) {
        size_t at = reader->list.top + (size_t)row;
        const char *line = "";
        size_t part = at < wrap.count ? wrap_line(&wrap, text, at, &line) : 0;
        struct pen pen;

        draw_begin(&pen, surface, row + 1, false);
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_bytes(&pen, STYLE_PLAIN, line, part);
        draw_end(&pen);
    }
    wrap_release(&wrap);
    free(text);
}

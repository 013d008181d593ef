#include "ui/messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "ui/wrap.h"

enum { INDENT = 3, MARGIN = INDENT + 1, NAMED_FROM = 36 };

static const char again[] = "  :messages";

struct message {
    enum message_kind kind;
    char *text;
};

struct messages {
    struct message kept[MESSAGES_KEPT];
    size_t count;
};

struct messages *messages_new(void)
{
    return xcalloc(1, sizeof(struct messages));
}

void messages_free(struct messages *messages)
{
    for (size_t i = 0; messages && i < messages->count; i++)
        free(messages->kept[i].text);
    free(messages);
}

void messages_add(struct messages *messages, enum message_kind kind, const char *text)
{
    if (messages->count > 0 && strcmp(messages->kept[messages->count - 1].text, text) == 0)
        return;
    if (messages->count == MESSAGES_KEPT) {
        free(messages->kept[0].text);
        memmove(messages->kept, messages->kept + 1, (MESSAGES_KEPT - 1) * sizeof(*messages->kept));
        messages->count--;
    }
    messages->kept[messages->count++] = (struct message){kind, xstrdup(text)};
}

/* ---- one message ---- */

static void begin(struct pen *pen, const struct surface *surface, int row, enum message_kind kind,
                  bool first)
{
    draw_begin(pen, surface, row, false);
    draw_text(pen, STYLE_PLAIN, " ");
    if (first && kind == MESSAGE_FAILED)
        draw_text(pen, STYLE_BAD, draw_sign(surface, SIGN_NO));
    else if (first && kind == MESSAGE_DONE)
        draw_text(pen, STYLE_GOOD, draw_sign(surface, SIGN_YES));
    draw_to(pen, INDENT);
}

static void wrap_message(struct wrap *wrap, const char *text, int columns, bool ascii)
{
    wrap_reset(wrap, columns - MARGIN, ascii);
    while (!wrap_extend(wrap, text, strlen(text), true))
        ;
}

int message_rows(const char *text, int columns, bool ascii, int most)
{
    struct wrap wrap = {.starts = NULL};
    int rows;

    wrap_message(&wrap, text, columns, ascii);
    rows = wrap.count < (size_t)most ? (int)wrap.count : most;
    wrap_release(&wrap);
    return rows;
}

/* The end of `text` that `columns` hold, from a word on where there is one. */
static const char *tail(const char *text, int columns)
{
    const char *blank;

    while (*text && text_width(text, strlen(text)) > columns) {
        struct glyph glyph;

        text_glyph(text, strlen(text), false, &glyph);
        text += glyph.used;
    }
    blank = strchr(text, ' ');
    return blank ? blank + 1 : text;
}

/* Where one row is all there is: the beginning. */
static void draw_beginning(struct pen *pen, const char *text)
{
    int room = pen->surface->columns - pen->column - (int)strlen(again);

    if (pen->surface->columns < NAMED_FROM) {
        draw_cut(pen, STYLE_PLAIN, text, strlen(text));
    } else {
        draw_field(pen, STYLE_PLAIN, text, strlen(text), room);
        draw_text(pen, STYLE_DIM, again);
    }
}

/* What to do stands at the end of a message: where rows are missing, its middle goes. */
static void draw_ending(struct pen *pen, const char *text)
{
    bool named = pen->surface->columns >= NAMED_FROM;
    int room = pen->surface->columns - MARGIN - 2 - (named ? (int)strlen(again) : 0);

    draw_text(pen, STYLE_DIM, canvas_is_ascii(pen->surface->canvas) ? "~ " : "… ");
    text = tail(text, room);
    draw_bytes(pen, STYLE_PLAIN, text, strlen(text));
    if (named)
        draw_text(pen, STYLE_DIM, again);
}

void message_draw(const struct surface *surface, enum message_kind kind, const char *text)
{
    struct wrap wrap = {.starts = NULL};
    wrap_message(&wrap, text, surface->columns, canvas_is_ascii(surface->canvas));
    for (int row = 0; row < surface->rows && (size_t)row < wrap.count; row++) {
        bool cut = row == surface->rows - 1 && (size_t)row + 1 < wrap.count;
        const char *line;
        size_t len = wrap_line(&wrap, text, (size_t)row, &line);
        struct pen pen;

        begin(&pen, surface, row, kind, row == 0);
        if (!cut)
            draw_bytes(&pen, kind == MESSAGE_DONE ? STYLE_GOOD : STYLE_PLAIN, line, len);
        else if (row == 0)
            draw_beginning(&pen, line);
        else
            draw_ending(&pen, line);
        draw_end(&pen);
    }
    wrap_release(&wrap);
}

/* ---- all of them ---- */

/* Lines are counted by drawing them: those above or below the surface go nowhere. */
static size_t draw_page(const struct messages *messages, size_t top, const struct surface *surface)
{
    size_t line = 0;

    for (size_t i = 0; i < messages->count; i++) {
        const struct message *message = &messages->kept[i];
        struct wrap wrap = {.starts = NULL};

        wrap_message(&wrap, message->text, surface->columns, canvas_is_ascii(surface->canvas));
        for (size_t part = 0; part < wrap.count; part++, line++) {
            const char *text;
            size_t len = wrap_line(&wrap, message->text, part, &text);
            struct pen pen;

            begin(&pen, surface, line < top || line - top > INT32_MAX ? -1 : (int)(line - top),
                  message->kind, part == 0);
            draw_bytes(&pen, STYLE_PLAIN, text, len);
            draw_end(&pen);
        }
        wrap_release(&wrap);
    }
    if (line == 0)
        draw_line(surface, (int)line++, STYLE_DIM, "   Nothing was said yet.");
    if (line >= top)
        draw_blank_from(surface, (int)(line - top));
    return line;
}

void messages_draw(const struct messages *messages, struct list *list,
                   const struct surface *surface)
{
    size_t top = list->top;
    size_t lines = draw_page(messages, top, surface);

    list_fit_view(list, lines, (size_t)surface->rows);
    if (list->top != top)
        draw_page(messages, list->top, surface);
}

#include "ui/wrap.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

static void begin_line(struct wrap *wrap, size_t start, int column)
{
    if (wrap->count == WRAP_LINES) {
        wrap->full = true;
        wrap->seen = start;
        return;
    }
    if (wrap->count == wrap->size) {
        wrap->size = wrap->size ? wrap->size * 2 : 64;
        wrap->starts = xreallocarray(wrap->starts, wrap->size, sizeof(*wrap->starts));
    }
    wrap->starts[wrap->count++] = (uint32_t)start;
    wrap->column = column;
    wrap->blank = 0;
}

void wrap_reset(struct wrap *wrap, int columns, bool ascii)
{
    wrap->columns = columns < 1 ? 1 : columns;
    wrap->ascii = ascii;
    wrap->count = 0;
    wrap->seen = 0;
    wrap->full = false;
    begin_line(wrap, 0, 0);
}

void wrap_release(struct wrap *wrap)
{
    free(wrap->starts);
    *wrap = (struct wrap){.starts = NULL};
}

/* Bytes and columns of what stands at `text`; 0 bytes when it is cut and more may come. */
static size_t measure(const struct wrap *wrap, const char *text, size_t len, bool ended, int *width)
{
    struct glyph glyph;
    uint32_t character;

    if (*text == '\t') {
        *width = WRAP_TAB - wrap->column % WRAP_TAB;
        return 1;
    }
    if (*text == '\r' && (len > 1 ? text[1] == '\n' : !ended)) {
        *width = 0;
        return len > 1 ? 1 : 0;
    }
    if (*text >= ' ' && *text < 0x7f && (len == 1 || (unsigned char)text[1] < 0x80)) {
        *width = 1;
        return 1;
    }
    if (!ended && utf8_decode(text, len, &character) == 0)
        return 0;
    text_glyph(text, len, wrap->ascii, &glyph);
    *width = glyph.width;
    return glyph.used;
}

static void add_glyph(struct wrap *wrap, size_t at, size_t used, int width, bool blank)
{
    if (wrap->column + width > wrap->columns && wrap->column > 0 && !blank) {
        if (wrap->blank > 0)
            begin_line(wrap, wrap->blank, wrap->column - wrap->blank_column);
        else
            begin_line(wrap, at, 0);
    }
    wrap->column += width;
    if (blank) {
        wrap->blank = at + used;
        wrap->blank_column = wrap->column;
    }
}

bool wrap_extend(struct wrap *wrap, const char *text, size_t len, bool ended)
{
    size_t end;

    if (len < wrap->seen)
        wrap_reset(wrap, wrap->columns, wrap->ascii);
    end = len - wrap->seen > WRAP_SLICE ? wrap->seen + WRAP_SLICE : len;
    while (wrap->seen < end && !wrap->full) {
        size_t at = wrap->seen;
        size_t used = 1;
        int width = 0;

        if (text[at] == '\n') {
            wrap->seen++;
            begin_line(wrap, at + 1, 0);
            continue;
        }
        used = measure(wrap, text + at, len - at, ended, &width);
        if (used == 0)
            return true;
        wrap->seen += used;
        add_glyph(wrap, at, used, width, text[at] == ' ' || text[at] == '\t');
    }
    return wrap->full || wrap->seen >= len;
}

size_t wrap_line(const struct wrap *wrap, const char *text, size_t index, const char **line)
{
    size_t start = wrap->starts[index];
    size_t end = index + 1 < wrap->count ? wrap->starts[index + 1] : wrap->seen;

    *line = text + start;
    while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    return end - start;
}

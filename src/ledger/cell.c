#include "ledger/cell.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_space(char c)
{
    return c != '\0' && strchr(" \t\v\f\r\n", c);
}

char *cell_escape(const char *text, size_t len)
{
    struct bytes out;

    bytes_init(&out, SIZE_MAX / 2);
    while (len > 0 && is_space(*text)) {
        text++;
        len--;
    }
    while (len > 0 && is_space(text[len - 1]))
        len--;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '|')
            bytes_append(&out, "\\|", 2);
        else if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue;
        else if (text[i] == '\n' || text[i] == '\r')
            bytes_append(&out, "<br>", 4);
        else
            bytes_append_byte(&out, text[i]);
    }
    return bytes_take(&out);
}

char *cell_unescape(const char *source, size_t len)
{
    struct bytes out;

    bytes_init(&out, len);
    for (size_t i = 0; i < len; i++) {
        if (source[i] == '\\' && i + 1 < len && source[i + 1] == '|')
            continue;
        bytes_append_byte(&out, source[i]);
    }
    return bytes_take(&out);
}

static size_t longest_backticks(const char *text, size_t len)
{
    size_t longest = 0;

    for (size_t i = 0, run = 0; i < len; i++) {
        run = text[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* `text` as it would be drawn, cut. */
static void show(struct bytes *out, const char *text, size_t len)
{
    struct glyph glyph;

    for (; len > 0; text += glyph.used, len -= glyph.used) {
        text_glyph(text, len, false, &glyph);
        if (out->len + glyph.shown_len > CELL_FOREIGN) {
            bytes_puts(out, "…");
            return;
        }
        bytes_append(out, glyph.shown, glyph.shown_len);
    }
}

/*
 * A code span takes every byte literally, and no forge looks for mentions, issue numbers or bare
 * addresses in it. Its fence is longer than any run of backticks inside.
 */
char *cell_escape_foreign(const char *text, size_t len)
{
    struct bytes shown, out;
    size_t fence;
    bool pad;

    if (!len)
        return xstrdup("");
    bytes_init(&shown, CELL_FOREIGN + sizeof("…"));
    bytes_init(&out, (size_t)4 * CELL_FOREIGN);
    show(&shown, text, len);
    fence = longest_backticks(shown.data, shown.len) + 1;
    pad = strchr("` ", shown.data[0]) || strchr("` ", shown.data[shown.len - 1]);
    if (strspn(shown.data, " ") == shown.len)
        pad = false;
    for (size_t i = 0; i < fence; i++)
        bytes_append_byte(&out, '`');
    bytes_puts(&out, pad ? " " : "");
    bytes_append(&out, shown.data, shown.len);
    bytes_puts(&out, pad ? " " : "");
    for (size_t i = 0; i < fence; i++)
        bytes_append_byte(&out, '`');
    bytes_release(&shown);
    return bytes_take(&out);
}

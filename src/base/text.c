#include "base/text.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum {
    /* As many combining marks as one cell of ncurses keeps (CCHARW_MAX - 1); a flood is shown. */
    GLYPH_MARKS = 4,
    DELETE = 0x7F,
    PICTURE_OF_NUL = 0x2400,
    PICTURE_OF_DELETE = 0x2421,
    ELLIPSIS = 0x2026,
    LAST_ASCII = 0x7E,
};

/* Smallest character that needs a sequence of this many bytes: less is an overlong form. */
static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

/* Bytes of the sequence that `lead` begins, 0 for a byte that begins none. */
static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/* The lowest and highest character that `have` of `length` bytes can still become. */
static bool may_become_valid(uint32_t value, size_t have, size_t length)
{
    unsigned shift = (unsigned)(6 * (length - have));
    uint32_t low = value << shift, high = low | ((1U << shift) - 1);

    return high >= smallest[length] && low <= 0x10FFFF && !(low >= 0xD800 && high <= 0xDFFF);
}

size_t utf8_decode(const char *text, size_t len, uint32_t *character)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length, have = 1;
    uint32_t value;

    if (!len)
        return 0;
    length = sequence_length(byte[0]);
    if (length == 1) {
        *character = byte[0];
        return 1;
    }
    *character = UTF8_INVALID;
    if (!length)
        return 1;
    value = byte[0] & (0x7FU >> length);
    while (have < length && have < len) {
        if ((byte[have] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (byte[have++] & 0x3FU);
        if (!may_become_valid(value, have, length))
            return 1;
    }
    if (have < length)
        return 0;
    *character = value;
    return length;
}

/* How many of the first bytes are plain ASCII, counted in eights: most text is, and fast matters.
 */
static size_t ascii_run(const char *text, size_t len)
{
    size_t at = 0;
    uint64_t eight;

    for (; len - at >= sizeof(eight); at += sizeof(eight)) {
        memcpy(&eight, text + at, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    return at;
}

bool utf8_valid(const char *text, size_t len, size_t *where)
{
    size_t at = 0, used;
    uint32_t character;

    while (at < len) {
        at += ascii_run(text + at, len - at);
        if (at == len)
            break;
        used = utf8_decode(text + at, len - at, &character);
        if (!used || character == UTF8_INVALID) {
            if (where)
                *where = at;
            return false;
        }
        at += used;
    }
    return true;
}

/* Encode a scalar value into `out`, 1 to 4 bytes. */
static size_t encode(uint32_t character, char out[static 4])
{
    size_t length = 1;

    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    while (length < 4 && (length == 1 || character >= smallest[length + 1]))
        length++;
    for (size_t i = length; i-- > 1; character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)((0xF00U >> length & 0xFF) | character);
    return length;
}

/* At most 3 bytes continue a character: more of them are none, and are cut anywhere. */
size_t utf8_whole(const char *text, size_t len, size_t most)
{
    size_t cut = most;

    if (len <= most)
        return len;
    while (cut > 0 && most - cut < 4 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    return most - cut < 4 ? cut : most;
}

bool utf8_append(struct bytes *out, uint32_t character)
{
    char buffer[4];

    return bytes_append(out, buffer, encode(character, buffer));
}

struct range {
    uint32_t first, last;
};

/* Characters that hide, reorder or break what stands around them, sorted. */
static const struct range hidden[] = {
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x180E, 0x180E},   /* Mongolian vowel separator */
    {0x200B, 0x200B},   /* zero width space */
    {0x200E, 0x200F},   /* left-to-right and right-to-left mark */
    {0x2028, 0x202E},   /* line and paragraph separator, bidi embeddings and overrides */
    {0x2060, 0x206F},   /* word joiner, invisible operators, bidi isolates, deprecated */
    {0xFDD0, 0xFDEF},   /* noncharacters */
    {0xFE00, 0xFE0D},   /* variation selectors that choose no presentation: they only hide data */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFF0, 0xFFFB},   /* unassigned, interlinear annotation */
    {0x1F3FB, 0x1F3FF}, /* skin tones: some terminals add them to the character before, some not */
    {0xE0000, 0xE007F}, /* tags */
    {0xE0100, 0xE01EF}, /* more variation selectors */
};

static bool is_hidden(uint32_t character)
{
    if ((character & 0xFFFE) == 0xFFFE)
        return true;
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]) && hidden[i].first <= character; i++)
        if (character <= hidden[i].last)
            return true;
    return false;
}

static void glyph_put(struct glyph *glyph, const char *text, size_t len)
{
    memcpy(glyph->shown + glyph->shown_len, text, len);
    glyph->shown_len += len;
    glyph->shown[glyph->shown_len] = '\0';
}

/* An escape stands for `used` bytes; every character of it takes one column. */
static void glyph_escape(struct glyph *glyph, uint32_t character, unsigned char byte, bool ascii)
{
    char text[16];
    int len;

    glyph->escaped = true;
    if (character < ' ' || character == DELETE) {
        uint32_t picture = character == DELETE ? PICTURE_OF_DELETE : PICTURE_OF_NUL + character;

        if (ascii)
            len = snprintf(text, sizeof(text), "^%c", (char)(character ^ 0x40));
        else
            len = (int)encode(picture, text);
        glyph->width = ascii ? 2 : 1;
    } else {
        if (ascii && character == ELLIPSIS)
            len = snprintf(text, sizeof(text), "~");
        else if (character == UTF8_INVALID)
            len = snprintf(text, sizeof(text), "\\x%02x", byte);
        else if (character > 0xFFFF)
            len = snprintf(text, sizeof(text), "\\U%08x", (unsigned)character);
        else
            len = snprintf(text, sizeof(text), "\\u%04x", (unsigned)character);
        glyph->width = len;
    }
    glyph_put(glyph, text, (size_t)len);
}

/* Join the marks that follow the base character; what does not fit is left for the next glyph. */
static void glyph_join(struct glyph *glyph, const char *text, size_t len)
{
    uint32_t character;
    size_t used;

    for (int marks = 0; marks < GLYPH_MARKS; marks++) {
        used = utf8_decode(text + glyph->used, len - glyph->used, &character);
        if (used < 2 || is_hidden(character) || wcwidth((wchar_t)character) != 0)
            return;
        glyph_put(glyph, text + glyph->used, used);
        glyph->used += used;
    }
}

void text_glyph(const char *text, size_t len, bool ascii, struct glyph *glyph)
{
    uint32_t character = UTF8_INVALID;
    size_t used;
    int width;

    glyph->shown[0] = '\0';
    glyph->shown_len = 0;
    glyph->escaped = false;
    glyph->width = 1;
    glyph->used = 0;
    if (!len)
        return;
    used = utf8_decode(text, len, &character);
    glyph->used = used ? used : 1;
    if (character >= ' ' && character <= LAST_ASCII) {
        glyph_put(glyph, text, 1);
    } else {
        width = used < 2 || ascii || is_hidden(character) ? -1 : wcwidth((wchar_t)character);
        if (width < 1) {
            glyph_escape(glyph, used ? character : UTF8_INVALID, (unsigned char)text[0], ascii);
            return;
        }
        glyph->width = width;
        glyph_put(glyph, text, used);
    }
    if (!ascii)
        glyph_join(glyph, text, len);
}

int text_width(const char *text, size_t len)
{
    struct glyph glyph;
    int width = 0;

    for (size_t at = 0; at < len; at += glyph.used) {
        text_glyph(text + at, len - at, false, &glyph);
        width += glyph.width;
    }
    return width;
}

bool text_escape(struct bytes *out, const char *text, size_t len, bool keep_newlines)
{
    bool ascii = MB_CUR_MAX == 1;
    struct glyph glyph;

    for (size_t at = 0; at < len; at += glyph.used) {
        if (keep_newlines && text[at] == '\n') {
            glyph.used = 1;
            if (!bytes_append_byte(out, '\n'))
                return false;
            continue;
        }
        text_glyph(text + at, len - at, ascii, &glyph);
        if (!bytes_append(out, glyph.shown, glyph.shown_len))
            return false;
    }
    return true;
}

bool text_line(struct bytes *out, const char *format, ...)
{
    struct bytes line;
    va_list args;
    bool good;

    bytes_init(&line, SIZE_MAX);
    va_start(args, format);
    bytes_vprintf(&line, format, args);
    va_end(args);
    good = text_escape(out, bytes_text(&line), line.len, false) && bytes_append_byte(out, '\n');
    bytes_release(&line);
    return good;
}

void text_place(const char *text, size_t offset, size_t *line, size_t *column)
{
    size_t begin = 0;

    *line = *column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            ++*line;
            begin = i + 1;
        }
    }
    for (size_t i = begin; i < offset; i++)
        *column += ((unsigned char)text[i] & 0xC0) != 0x80;
}

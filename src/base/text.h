/*
 * UTF-8 and what it looks like on a screen.
 *
 * Nothing from the network reaches a terminal but through text_glyph(): control bytes, C1, bidi
 * controls, invalid bytes and floods of combining marks come out as visible escapes
 * (design.md "Text from the network"). Stored and copied bytes are never changed by this module.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/*
 * Decode one character of the `len` bytes at `text`. Answers the bytes used: 0 when they are a
 * possible beginning that was cut (or `len` is 0), else 1 to 4. An invalid byte uses 1 and gives
 * UTF8_INVALID. Overlong forms, surrogates and values above U+10FFFF are invalid (RFC 3629).
 */
#define UTF8_INVALID UINT32_MAX
size_t utf8_decode(const char *text, size_t len, uint32_t *character);

/* Whole and valid; on false `*where` (may be NULL) is the offset of the first fault. */
bool utf8_valid(const char *text, size_t len, size_t *where);

/*
 * How much of `text` is shown where there is room for `most` bytes: all of it, or what ends before
 * the character that would be cut.
 */
size_t utf8_whole(const char *text, size_t len, size_t most);

/* Append one scalar value as UTF-8. */
bool utf8_append(struct bytes *out, uint32_t character);

/* One unit to draw: a character with its combining marks, or an escape that stands for one. */
struct glyph {
    char shown[64]; /* UTF-8 fit for a terminal, NUL-terminated, no control bytes */
    size_t shown_len;
    int width;    /* columns, 0 never occurs */
    size_t used;  /* bytes of the source it stands for, 0 at the end of the source */
    bool escaped; /* it is an escape: draw it set apart */
};

/*
 * The glyph at the beginning of `text`. A newline and a tab are escaped like any control byte:
 * callers split lines and expand tabs first. A cut character at the end counts as invalid bytes.
 * With `ascii` set every character above U+007E is escaped; of `…`, the mark of what was cut, "~"
 * is the escape.
 */
void text_glyph(const char *text, size_t len, bool ascii, struct glyph *glyph);

/* Columns that the whole of `text` takes when drawn glyph by glyph. */
int text_width(const char *text, size_t len);

/* Append `text` as it would be drawn; for messages on standard error. Newlines are kept if asked.
 */
bool text_escape(struct bytes *out, const char *text, size_t len, bool keep_newlines);

/*
 * Append a line and its newline. Whatever stands in what it is made of, it stays one, and nothing
 * of it is raw: for every text of ours that has words of others in it, whoever reads it.
 */
bool text_line(struct bytes *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Line and column, both from 1 and the column in characters, of the byte at `offset`. */
void text_place(const char *text, size_t offset, size_t *line, size_t *column);

#endif

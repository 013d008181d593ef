#include "tests/screen/odd_text.h"

#include <string.h>

#include "base/bytes.h"

struct piece {
    const char *text;
    size_t len;
};

#define PIECE(text)              \
    {                            \
        (text), sizeof(text) - 1 \
    }

static const struct piece pieces[] = {
    PIECE("plain"),
    PIECE(" "),
    PIECE("x"),
    PIECE("| "),
    PIECE("日"),
    PIECE("本語"),
    PIECE("한국"),
    PIECE("ｆｕｌｌ"),
    PIECE("e\xCC\x81"),
    PIECE("\xCC\x81\xCC\xA7\xCD\x9C"),
    PIECE("a\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86\xCC\x87\xCC\x88"),
    PIECE("ไทย"),
    PIECE("क्षि"),
    PIECE("😀"),
    PIECE("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80"),
    PIECE("\xE2\x9A\xA0\xEF\xB8\x8F"),
    PIECE("\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD"),
    PIECE("שלום עולם"),
    PIECE("مرحبا"),
    PIECE("\xD9\x85\xE2\x80\x8C\xD9\x85"),
    PIECE("\xE2\x80\xAEoverridden"),
    PIECE("\xE2\x81\xA7isolated\xE2\x81\xA9"),
    PIECE("\xE2\x80\x8B"),
    PIECE("\xEF\xBB\xBF"),
    PIECE("\xF3\xA0\x84\x80"),
    PIECE("\xF3\xA0\x80\xA1"),
    PIECE("\xC2\x9B"
          "31m"),
    PIECE("\x1B[2J"),
    PIECE("\x1B]0;title\a"),
    PIECE("\r\n"),
    PIECE("\n"),
    PIECE("\t"),
    PIECE("\0"),
    PIECE("\x7F"),
    PIECE("\xFF"),
    PIECE("\xE6\x97"),
    PIECE("\xC0\xAF"),
    PIECE("\xED\xA0\x80"),
    PIECE("\xF4\x90\x80\x80"),
    PIECE("\xEF\xBF\xBF"),
};
enum { PIECE_COUNT = sizeof(pieces) / sizeof(*pieces) };

/* xorshift64*, by Marsaglia and Vigna. */
static uint64_t next(struct odd_text *odd)
{
    odd->state ^= odd->state >> 12;
    odd->state ^= odd->state << 25;
    odd->state ^= odd->state >> 27;
    return odd->state * UINT64_C(2685821657736338717);
}

size_t odd_number(struct odd_text *odd, size_t below)
{
    return (size_t)((next(odd) >> 33) % below);
}

static const struct piece *any(struct odd_text *odd)
{
    return &pieces[odd_number(odd, PIECE_COUNT)];
}

void odd_bytes(struct odd_text *odd, size_t count, struct bytes *out)
{
    for (size_t i = odd_number(odd, count + 1); i > 0; i--) {
        const struct piece *piece = any(odd);

        bytes_append(out, piece->text, piece->len);
    }
}

void odd_json(struct odd_text *odd, size_t count, struct bytes *out)
{
    for (size_t i = odd_number(odd, count + 1); i > 0; i--) {
        const struct piece *piece = any(odd);

        for (size_t j = 0; j < piece->len; j++) {
            unsigned char byte = (unsigned char)piece->text[j];

            if (byte < ' ' || byte == '"' || byte == '\\')
                bytes_printf(out, "\\u%04x", byte);
            else
                bytes_append_byte(out, (char)byte);
        }
    }
}

void odd_line(struct odd_text *odd, size_t count, struct bytes *out)
{
    for (size_t i = odd_number(odd, count + 1); i > 0; i--) {
        const struct piece *piece = any(odd);

        if (!memchr(piece->text, '\0', piece->len) && !memchr(piece->text, '\n', piece->len) &&
            !memchr(piece->text, '|', piece->len))
            bytes_append(out, piece->text, piece->len);
    }
}

#include "base/base64.h"

#include "base/bytes.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(const void *data, size_t len, char *out)
{
    const unsigned char *in = data;
    char *start = out;

    for (; len; in += 3) {
        size_t part = len < 3 ? len : 3;
        uint32_t group = (uint32_t)in[0] << 16;

        group |= part > 1 ? (uint32_t)in[1] << 8 : 0;
        group |= part > 2 ? in[2] : 0;
        for (size_t i = 0; i < 4; i++)
            *out++ = i <= part ? alphabet[group >> (18 - 6 * i) & 63] : '=';
        len -= part;
    }
    return (size_t)(out - start);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which `padding` are "=". */
static bool decode_group(const char *text, size_t padding, struct bytes *out)
{
    uint32_t group = 0;
    char bytes[3];

    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(text[i]) : 0;

        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    for (size_t i = 0; i < 3; i++)
        bytes[i] = (char)(group >> (16 - 8 * i));
    /* Bits that stand for nothing must be 0, or two texts would stand for the same bytes. */
    for (size_t i = 3 - padding; i < 3; i++)
        if (bytes[i])
            return false;
    return bytes_append(out, bytes, 3 - padding);
}

bool base64_decode(const char *text, size_t len, struct bytes *out)
{
    size_t padding = 0;

    if (len % 4)
        return false;
    while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
        padding++;
    for (size_t at = 0; at < len; at += 4)
        if (!decode_group(text + at, at + 4 == len ? padding : 0, out))
            return false;
    return true;
}

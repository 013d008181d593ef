#include "base/needle.h"

#include <stdint.h>
#include <string.h>

static unsigned char fold(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

bool needle_set(struct needle *needle, const char *text)
{
    size_t len = strlen(text);

    *needle = (struct needle){.len = 0};
    if (len == 0 || len > NEEDLE_MAX)
        return false;
    needle->len = len;
    for (size_t i = 0; i < len; i++)
        needle->exact |= text[i] >= 'A' && text[i] <= 'Z';
    memset(needle->skip, len > UINT8_MAX ? UINT8_MAX : (int)len, sizeof(needle->skip));
    for (size_t i = 0; i < len; i++)
        needle->text[i] = needle->exact ? (unsigned char)text[i] : fold((unsigned char)text[i]);
    for (size_t i = 0; i + 1 < len; i++) {
        size_t skip = len - 1 - i;

        needle->skip[needle->text[i]] = skip > UINT8_MAX ? UINT8_MAX : (unsigned char)skip;
    }
    return true;
}

static bool stands_at(const struct needle *needle, const unsigned char *data)
{
    if (needle->exact)
        return memcmp(needle->text, data, needle->len) == 0;
    for (size_t i = 0; i < needle->len; i++)
        if (fold(data[i]) != needle->text[i])
            return false;
    return true;
}

/* Horspool: the byte under the needle's end says how far it may go on. */
size_t needle_first(const struct needle *needle, const char *text, size_t len)
{
    const unsigned char *data = (const unsigned char *)text;
    size_t at = 0;

    if (needle->len == 0)
        return NEEDLE_NONE;
    while (at + needle->len <= len) {
        unsigned char last = data[at + needle->len - 1];

        last = needle->exact ? last : fold(last);
        if (last == needle->text[needle->len - 1] && stands_at(needle, data + at))
            return at;
        at += needle->skip[last];
    }
    return NEEDLE_NONE;
}

size_t needle_last(const struct needle *needle, const char *data, size_t len)
{
    size_t last = NEEDLE_NONE, from = 0;

    for (;;) {
        size_t found = needle_first(needle, data + from, len - from);

        if (found == NEEDLE_NONE)
            return last;
        last = from + found;
        from = last + 1;
    }
}

void needle_mark(const struct needle *needle, const char *data, size_t len, unsigned char *marks)
{
    size_t from = 0;

    for (;;) {
        size_t found = needle_first(needle, data + from, len - from);

        if (found == NEEDLE_NONE)
            return;
        memset(marks + from + found, 1, needle->len);
        from += found + 1;
    }
}

#include "base/bytes.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_FIRST = 64 };

void bytes_init(struct bytes *bytes, size_t max)
{
    *bytes = (struct bytes){.max = max};
}

void bytes_release(struct bytes *bytes)
{
    free(bytes->data);
    bytes_init(bytes, bytes->max);
}

/* Room for `more` bytes and the NUL, doubling; false when that is over the maximum. */
static bool reserve(struct bytes *bytes, size_t more)
{
    size_t need, size = bytes->size ? bytes->size : BYTES_FIRST;

    if (more > bytes->max || bytes->len > bytes->max - more)
        return false;
    need = bytes->len + more + 1;
    if (need <= bytes->size)
        return true;
    while (size < need)
        size = size > bytes->max / 2 ? bytes->max + 1 : size * 2;
    bytes->data = xrealloc(bytes->data, size);
    bytes->size = size;
    return true;
}

bool bytes_append(struct bytes *bytes, const void *data, size_t len)
{
    if (!reserve(bytes, len))
        return false;
    if (len)
        memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
    bytes->data[bytes->len] = '\0';
    return true;
}

bool bytes_append_byte(struct bytes *bytes, char byte)
{
    return bytes_append(bytes, &byte, 1);
}

bool bytes_puts(struct bytes *bytes, const char *text)
{
    return bytes_append(bytes, text, strlen(text));
}

bool bytes_printf(struct bytes *bytes, const char *format, ...)
{
    va_list args;
    bool fits;

    va_start(args, format);
    fits = bytes_vprintf(bytes, format, args);
    va_end(args);
    return fits;
}

bool bytes_vprintf(struct bytes *bytes, const char *format, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len >= 0 && reserve(bytes, (size_t)len)) {
        vsnprintf(bytes->data + bytes->len, (size_t)len + 1, format, again);
        bytes->len += (size_t)len;
    } else {
        len = -1;
    }
    va_end(again);
    return len >= 0;
}

void bytes_clear(struct bytes *bytes)
{
    bytes_truncate(bytes, 0);
}

void bytes_truncate(struct bytes *bytes, size_t len)
{
    if (!bytes->data)
        return;
    bytes->len = len;
    bytes->data[len] = '\0';
}

void bytes_drop(struct bytes *bytes, size_t len)
{
    if (!len)
        return;
    bytes->len -= len;
    memmove(bytes->data, bytes->data + len, bytes->len + 1);
}

const char *bytes_text(const struct bytes *bytes)
{
    return bytes->data ? bytes->data : "";
}

char *bytes_take(struct bytes *bytes)
{
    char *data = bytes->data ? bytes->data : xmemdup0("", 0);

    bytes_init(bytes, bytes->max);
    return data;
}

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Mark a text that did not fit, without leaving half a UTF-8 character before the mark. */
static void mark_cut(char *text, size_t size)
{
    static const char mark[] = "…";
    size_t at = size - sizeof(mark);

    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    memcpy(text + at, mark, sizeof(mark));
}

__attribute__((format(printf, 3, 0))) static size_t append(struct error *error, size_t used,
                                                           const char *format, va_list args)
{
    size_t room = sizeof(error->text) - used;
    int len = vsnprintf(error->text + used, room, format, args);

    if (len < 0)
        return used;
    if ((size_t)len >= room) {
        mark_cut(error->text, sizeof(error->text));
        return sizeof(error->text) - 1;
    }
    return used + (size_t)len;
}

__attribute__((format(printf, 3, 4))) static size_t append_text(struct error *error, size_t used,
                                                                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    used = append(error, used, format, args);
    va_end(args);
    return used;
}

bool(error_set)(struct error *error, enum error_kind kind, const char *format, ...)
{
    va_list args;

    if (!error)
        return false;
    error->kind = kind;
    va_start(args, format);
    append(error, 0, format, args);
    va_end(args);
    return false;
}

bool(error_at)(struct error *error, enum error_kind kind, const char *path, size_t line,
               size_t column, const char *format, ...)
{
    va_list args;
    size_t used;

    if (!error)
        return false;
    error->kind = kind;
    used = append_text(error, 0, "%s:", path);
    if (line)
        used = append_text(error, used, "%zu:", line);
    if (line && column)
        used = append_text(error, used, "%zu:", column);
    used = append_text(error, used, " ");
    va_start(args, format);
    append(error, used, format, args);
    va_end(args);
    return false;
}

bool(error_errno)(struct error *error, enum error_kind kind, int number, const char *format, ...)
{
    va_list args;
    size_t used;

    if (!error)
        return false;
    error->kind = kind;
    va_start(args, format);
    used = append(error, 0, format, args);
    va_end(args);
    append_text(error, used, ": %s", strerror(number));
    return false;
}

void error_clear(struct error *error)
{
    if (error)
        *error = (struct error){.kind = ERROR_NONE};
}

int error_exit_status(const struct error *error)
{
    switch (error->kind) {
    case ERROR_NONE:
        return 0;
    case ERROR_USAGE:
        return 2;
    case ERROR_FILE:
    case ERROR_CHANGED:
        return 3;
    case ERROR_CHECK:
        return 4;
    }
    return 4;
}

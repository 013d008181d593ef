#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*exhausted_handler)(void);

void memory_set_exhausted(void (*handler)(void))
{
    exhausted_handler = handler;
}

static _Noreturn void exhausted(void)
{
    static const char message[] = "cometdeck: out of memory\n";
    void (*handler)(void) = exhausted_handler;

    exhausted_handler = NULL;
    if (handler)
        handler();
    if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
        _exit(3);
    _exit(3);
}

void *xmalloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        exhausted();
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);

    if (!memory)
        exhausted();
    return memory;
}

void *xrealloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);

    if (!memory)
        exhausted();
    return memory;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        exhausted();
    return xrealloc(old, count * size);
}

char *xstrdup(const char *text)
{
    return text ? xmemdup0(text, strlen(text)) : NULL;
}

char *xmemdup0(const void *data, size_t len)
{
    char *copy = xmalloc(len + 1);

    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        exhausted();
    return text;
}

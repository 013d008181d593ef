/*
 * Allocation that cannot fail: when memory runs out, the program ends cleanly.
 *
 * Every function here returns memory that the caller frees with free(). None returns NULL.
 * On exhaustion the handler set by memory_set_exhausted() runs first (the console restores the
 * terminal there), then one line goes to standard error and the process exits with status 3.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);

/* Room for `count` elements of `size` bytes; a product that overflows counts as exhaustion. */
void *xreallocarray(void *old, size_t count, size_t size);

/* `text` may be NULL, the answer is then NULL too. */
char *xstrdup(const char *text);

/* The first `len` bytes of `data`, NUL-terminated; `data` may hold NUL bytes. */
char *xmemdup0(const void *data, size_t len);

char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What runs once before the program ends for want of memory; NULL takes it back. */
void memory_set_exhausted(void (*handler)(void));

#endif

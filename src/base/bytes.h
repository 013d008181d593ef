/*
 * A growing run of bytes with a stated maximum.
 *
 * Whatever the network or a file can make grow is held in one of these, so that nothing hostile
 * eats the memory. `data[len]` is always a NUL once something was appended, and `data` may be NULL
 * before. An append that would exceed `max` changes nothing and answers false.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct bytes {
    char *data;
    size_t len;
    size_t size; /* allocated */
    size_t max;  /* the most `len` may become */
};

void bytes_init(struct bytes *bytes, size_t max);
void bytes_release(struct bytes *bytes);

bool bytes_append(struct bytes *bytes, const void *data, size_t len);
bool bytes_append_byte(struct bytes *bytes, char byte);
bool bytes_puts(struct bytes *bytes, const char *text);
bool bytes_printf(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool bytes_vprintf(struct bytes *bytes, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Empty, the memory is kept. */
void bytes_clear(struct bytes *bytes);

/* Keep the first `len` bytes; `len` must not exceed what is there. */
void bytes_truncate(struct bytes *bytes, size_t len);

/* Drop the first `len` bytes; `len` must not exceed what is there. */
void bytes_drop(struct bytes *bytes, size_t len);

/* The text as a C string, "" when empty; valid until the next change. */
const char *bytes_text(const struct bytes *bytes);

/* Hand the memory to the caller, who frees it; `bytes` is empty afterwards. Never NULL. */
char *bytes_take(struct bytes *bytes);

#endif

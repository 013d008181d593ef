/*
 * Base64 (RFC 4648 §4, with padding).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;

/* The characters that `len` bytes take. */
#define BASE64_LENGTH(len) (((len) + 2) / 3 * 4)

/* Write BASE64_LENGTH(len) characters to `out`, without a NUL; answers how many. */
size_t base64_encode(const void *data, size_t len, char *out);

/* Append what `text` stands for. False when it is not exactly what base64_encode() writes. */
bool base64_decode(const char *text, size_t len, struct bytes *out);

#endif

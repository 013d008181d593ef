/*
 * The bytes of a secret. Included by net/transport and base/redact only; a test holds that.
 */
#ifndef BASE_SECRET_REVEAL_H
#define BASE_SECRET_REVEAL_H

#include <stddef.h>

struct secret;

/* Not NUL-terminated; valid while the secret lives; copied nowhere that outlives the call. */
const char *secret_reveal(const struct secret *secret, size_t *len);

#endif

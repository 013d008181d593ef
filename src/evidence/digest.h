/*
 * SHA-256 (FIPS 180-4) over OpenSSL; the only module that sees it.
 */
#ifndef EVIDENCE_DIGEST_H
#define EVIDENCE_DIGEST_H

#include <stddef.h>

enum { DIGEST_TEXT = 65 }; /* 64 lower-case hex digits and the NUL */

struct digest;
struct digest *digest_new(void);
void digest_free(struct digest *digest);
void digest_update(struct digest *digest, const void *data, size_t len);
/* The digest so far; more may be added afterwards. */
void digest_text(const struct digest *digest, char text[static DIGEST_TEXT]);

#endif

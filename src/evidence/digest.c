#include "evidence/digest.h"

#include "base/memory.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGEST_BYTES = (DIGEST_TEXT - 1) / 2 };

struct digest {
    EVP_MD_CTX *context;
};

/* OpenSSL fails here for nothing but want of memory: SHA-256 is always there. */
static void need(int good)
{
    if (good == 1)
        return;
    fputs("cometdeck: SHA-256 cannot be computed: OpenSSL is out of memory or broken\n", stderr);
    exit(3);
}

struct digest *digest_new(void)
{
    struct digest *digest = xmalloc(sizeof(*digest));

    digest->context = EVP_MD_CTX_new();
    need(digest->context != NULL);
    need(EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL));
    return digest;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void digest_update(struct digest *digest, const void *data, size_t len)
{
    need(EVP_DigestUpdate(digest->context, data, len));
}

void digest_text(const struct digest *digest, char text[static DIGEST_TEXT])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *copy = EVP_MD_CTX_new();

    need(copy != NULL);
    need(EVP_MD_CTX_copy_ex(copy, digest->context));
    need(EVP_DigestFinal_ex(copy, bytes, NULL));
    EVP_MD_CTX_free(copy);
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

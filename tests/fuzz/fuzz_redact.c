/* A redacted stream equals the redacted whole, keeps every length, and keeps JSON whole. */
#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[] = {"sk-Fu/zz+key_01", "12345678", "u0041", "abab%5C"};

static struct redactor *new_redactor(const char *key)
{
    struct redactor *redactor = redactor_new();
    struct secret *secret = secret_new(key, strlen(key), "fuzz", NULL);

    redactor_add(redactor, secret);
    secret_free(secret);
    return redactor;
}

static void check_stream(const struct redactor *redactor, const char *text, size_t len,
                         const char *whole, size_t step)
{
    struct redact_stream *stream = redact_stream_new(redactor);
    size_t got = 0, part;
    const char *out;

    for (size_t at = 0; at < len; at += step) {
        part = redact_stream_push(stream, text + at, step < len - at ? step : len - at, &out);
        if (memcmp(whole + got, out, part) != 0)
            abort();
        got += part;
    }
    part = redact_stream_finish(stream, &out);
    if (got + part != len || memcmp(whole + got, out, part) != 0)
        abort();
    redact_stream_free(stream);
}

/* The first byte chooses key and piece size, the rest is the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct redactor *redactor;
    const char *text;
    char *whole;

    if (size < 2)
        return 0;
    text = (const char *)data + 1;
    size--;
    redactor = new_redactor(keys[data[0] % 4]);
    whole = xmemdup0(text, size);
    redact(redactor, whole, size);
    check_stream(redactor, text, size, whole, 1 + data[0] / 4u);
    if (json_validate(text, size, NULL) && !json_validate(whole, size, NULL))
        abort();
    free(whole);
    redactor_free(redactor);
    return 0;
}

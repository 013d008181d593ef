#include "evidence/import_file.h"

#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "evidence/digest.h"
#include "evidence/redact_result.h"
#include "evidence/source.h"

#include <stdlib.h>
#include <string.h>

static bool read_whole(struct source *source, struct digest *sum, struct bytes *out,
                       struct error *error)
{
    enum source_step step;
    const char *data;
    size_t len;

    bytes_init(out, IMPORT_MAX);
    while ((step = source_read(source, &data, &len, error)) == SOURCE_DATA) {
        digest_update(sum, data, len);
        if (!bytes_append(out, data, len))
            return error_set(error, ERROR_FILE,
                             "%s is larger than the %d MiB that are read of such a file; cut out "
                             "the exchange, or give the bytes of its body alone",
                             source_name(source), IMPORT_MAX / 1024 / 1024);
    }
    return step == SOURCE_END;
}

static void learn_header(struct redactor *redactor, const struct http_header *header)
{
    const char *key = strrchr(header->value, ' ');
    char *value = xstrdup(header->value);
    struct secret *secret = NULL;

    key = key ? key + 1 : header->value;
    if (*value && redact_header(redactor, header->name, value) == strlen(value))
        secret = secret_new(key, strlen(key), "imported", NULL);
    if (secret)
        redactor_add(redactor, secret);
    secret_free(secret);
    free(value);
}

static void redact_all(struct import *import, struct redactor *redactor)
{
    for (size_t i = 0; i < import->headers.count; i++)
        learn_header(redactor, &import->headers.items[i]);
    redact_headers(redactor, &import->headers);
    redact_result(redactor, &import->result);
    if (import->url)
        redact(redactor, import->url, strlen(import->url));
    if (import->recorded)
        redact(redactor, import->recorded, strlen(import->recorded));
    if (import->request.len)
        redact(redactor, import->request.data, import->request.len);
    if (import->body.len)
        redact(redactor, import->body.data, import->body.len);
}

bool import_file(struct source *source, enum import_kind kind, size_t entry,
                 struct redactor *redactor, struct digest *sum, struct import *import,
                 struct error *error)
{
    struct bytes text;
    bool good;

    *import = (struct import){.kind = kind};
    good =
        read_whole(source, sum, &text, error) &&
        import_read(kind, source_name(source), bytes_text(&text), text.len, entry, import, error);
    bytes_release(&text);
    if (good)
        redact_all(import, redactor);
    return good;
}

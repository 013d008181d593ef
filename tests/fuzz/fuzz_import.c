/* Any file as each kind of recording: read or refused with a message, and what is read is whole. */
#include "base/memory.h"
#include "evidence/import.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool good)
{
    if (!good)
        abort();
}

static void read_as(enum import_kind kind, const char *text, size_t len, size_t entry)
{
    struct error error = {0};
    struct import import;
    bool good = import_read(kind, "a file", text, len, entry, &import, &error);

    need(good || error.text[0]);
    if (good) {
        need(import.kind == IMPORT_FIXTURE || import.result.body_bytes == import.body.len ||
             import.result.body_bytes == 0);
        need(import.kind == IMPORT_HAR || import.body.len <= 2 * len + 2);
        need(!import.head_told || import.result.status > 0);
        need(import.missing.len > 0);
        import_operation(&import, OPERATION_CHAT);
    }
    import_release(&import);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0(data, size); /* of its own, so that reading past it is seen */
    struct bytes rows;
    struct error error;

    import_detect("a file", text, size);
    for (enum import_kind kind = IMPORT_HAR; kind <= IMPORT_FIXTURE; kind++)
        for (size_t entry = 0; entry < 2; entry++)
            read_as(kind, text, size, entry);
    bytes_init(&rows, IMPORT_MAX);
    import_list("a file", text, size, &rows, &error);
    bytes_release(&rows);
    free(text);
    return 0;
}

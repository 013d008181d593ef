/*
 * Any body, sanitized: it is no longer, what was JSON is JSON, and the lines of a stream are as
 * many (D29).
 */
#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "evidence/sanitize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool good)
{
    if (!good)
        abort();
}

static size_t count(const char *text, size_t len, char c)
{
    size_t found = 0;

    for (size_t i = 0; i < len; i++)
        found += text[i] == c;
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0(data, size); /* of its own, so that reading past it is seen */
    struct bytes whole, stream;

    bytes_init(&whole, size);
    bytes_init(&stream, size);
    sanitize_body(text, size, false, false, &whole);
    sanitize_body(text, size, true, false, &stream);
    need(!json_validate(text, size, NULL) || json_validate(bytes_text(&whole), whole.len, NULL));
    need(count(text, size, '\n') == count(bytes_text(&stream), stream.len, '\n'));
    need(count(text, size, '\r') == count(bytes_text(&stream), stream.len, '\r'));
    for (size_t at = 0; at < size; at += sanitize_event_length(text + at, size - at))
        need(sanitize_event_length(text + at, size - at) > 0);
    bytes_release(&whole);
    bytes_release(&stream);
    free(text);
    return 0;
}

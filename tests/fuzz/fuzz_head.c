/* Any lines are a head or none; what is kept fits what was sent. */
#include "net/head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t kept(const struct http_headers *headers)
{
    size_t sum = 0;

    for (size_t i = 0; i < headers->count; i++)
        sum += strlen(headers->items[i].name) + strlen(headers->items[i].value);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct http_result result = {0};
    struct head head;
    bool encoded;
    size_t left = size;

    head_init(&head, 0);
    while (left > 0) {
        const char *end = memchr(text, '\n', left);
        size_t line = end ? (size_t)(end - text) + 1 : left;

        if (head_line(&head, &result, text, line) == HEAD_TOO_BIG)
            break;
        text += line;
        left -= line;
    }
    head_end(&head, &result);
    if (kept(&result.headers) + kept(&result.trailers) > size || result.status < 0)
        abort();
    head_framing(&result.headers, result.status, "GET", &encoded);
    head_release(&head);
    http_result_release(&result);
    return 0;
}

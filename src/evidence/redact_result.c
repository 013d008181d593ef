#include "evidence/redact_result.h"

#include "base/redact.h"
#include "net/http.h"

#include <string.h>

void redact_headers(const struct redactor *redactor, struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct http_header *header = &headers->items[i];

        redact(redactor, header->name, strlen(header->name));
        redact_header(redactor, header->name, header->value);
    }
}

void redact_result(const struct redactor *redactor, struct http_result *result)
{
    redact_headers(redactor, &result->headers);
    redact_headers(redactor, &result->trailers);
    redact(redactor, result->message, strlen(result->message));
    redact(redactor, result->reason, strlen(result->reason));
}

#include "evidence/redact_result.h"

#include "base/bytes.h"
#include "base/redact.h"
#include "judge/judge.h"
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

void redact_whole_answer(const struct redactor *redactor, const struct answer *answer,
                         struct bytes *text)
{
    if (text->len > 0 || answer->choice_count == 0 || answer->choices[0].text_len == 0)
        return;
    bytes_append(text, answer->choices[0].text, answer->choices[0].text_len);
    redact(redactor, text->data, text->len);
}

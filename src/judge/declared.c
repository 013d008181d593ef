#include "judge/declared.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* `value` begins with `type`, and a parameter or nothing follows. */
static bool media_type_is(const char *value, const char *type)
{
    size_t len = strlen(type);

    return value && strncasecmp(value, type, len) == 0 && strchr("; \t", value[len]);
}

static bool media_type_is_json(const char *value)
{
    size_t len = value ? strcspn(value, "; \t") : 0;

    return media_type_is(value, "application/json") || media_type_is(value, "text/json") ||
           (len > 5 && strncasecmp(value + len - 5, "+json", 5) == 0);
}

void declared_from(struct declared *declared, int status, const struct http_headers *headers)
{
    static const char *const id_names[] = {"x-request-id", "request-id", "x-oneapi-request-id",
                                           "apim-request-id"};
    const char *type = http_headers_get(headers, "content-type");
    const char *encoding = http_headers_get(headers, "content-encoding");

    *declared = (struct declared){
        .known = true,
        .status = status,
        .type = xstrdup(type),
        .encoding = xstrdup(encoding),
        .event_stream = media_type_is(type, "text/event-stream"),
        .json = media_type_is_json(type),
        .encoded = encoding && *encoding && strcasecmp(encoding, "identity") != 0,
    };
    for (size_t i = 0; i < sizeof(id_names) / sizeof(id_names[0]) && !declared->request_id; i++)
        declared->request_id = xstrdup(http_headers_get(headers, id_names[i]));
}

void declared_copy(struct declared *declared, const struct declared *from)
{
    *declared = *from;
    declared->type = xstrdup(from->type);
    declared->encoding = xstrdup(from->encoding);
    declared->request_id = xstrdup(from->request_id);
}

void declared_release(struct declared *declared)
{
    free(declared->type);
    free(declared->encoding);
    free(declared->request_id);
    *declared = (struct declared){0};
}

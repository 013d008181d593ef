#include "net/http.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const framing_names[] = {
    [FRAMING_UNKNOWN] = "unknown", [FRAMING_CHUNKED] = "chunked", [FRAMING_LENGTH] = "length",
    [FRAMING_CLOSE] = "close",     [FRAMING_H2] = "h2",           [FRAMING_NONE] = "none",
};

static const char *const stop_names[] = {
    [STOP_NONE] = "none",
    [STOP_USER] = "user",
    [STOP_CONNECT] = "connect-timeout",
    [STOP_HEADERS] = "headers-timeout",
    [STOP_FIRST_EVENT] = "first-event-timeout",
    [STOP_GAP] = "gap-timeout",
    [STOP_TOTAL] = "total-timeout",
    [STOP_LINGER] = "linger",
    [STOP_HEADER_LIMIT] = "header-limit",
    [STOP_BODY_LIMIT] = "body-limit",
};

/* The index of `name`, 0 (the neutral value of both enums) when it is none of them. */
static size_t name_index(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 1; name && i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return 0;
}

const char *framing_name(enum framing framing)
{
    return framing_names[(size_t)framing < COUNT(framing_names) ? framing : FRAMING_UNKNOWN];
}

enum framing framing_from_name(const char *name)
{
    return (enum framing)name_index(framing_names, COUNT(framing_names), name);
}

const char *stop_name(enum stop stop)
{
    return stop_names[(size_t)stop < COUNT(stop_names) ? stop : STOP_NONE];
}

enum stop stop_from_name(const char *name)
{
    return (enum stop)name_index(stop_names, COUNT(stop_names), name);
}

void http_headers_add(struct http_headers *headers, const char *name, const char *value)
{
    headers->items = xreallocarray(headers->items, headers->count + 1, sizeof(*headers->items));
    headers->items[headers->count++] = (struct http_header){
        .name = xstrdup(name),
        .value = xstrdup(value),
    };
}

void http_headers_copy(const struct http_headers *from, struct http_headers *to)
{
    for (size_t i = 0; i < from->count; i++)
        http_headers_add(to, from->items[i].name, from->items[i].value);
}

void http_headers_release(struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->items[i].name);
        free(headers->items[i].value);
    }
    free(headers->items);
    *headers = (struct http_headers){0};
}

const char *http_headers_get(const struct http_headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (strcasecmp(headers->items[i].name, name) == 0)
            return headers->items[i].value;
    }
    return NULL;
}

void http_request_release(struct http_request *request)
{
    free(request->method);
    free(request->url);
    http_headers_release(&request->headers);
    free(request->auth_header);
    free(request->auth_scheme);
    free(request->interface);
    free(request->body);
    *request = (struct http_request){0};
}

void http_result_release(struct http_result *result)
{
    http_headers_release(&result->headers);
    http_headers_release(&result->trailers);
}

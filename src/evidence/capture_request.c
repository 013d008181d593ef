#include "evidence/capture_request.h"

#include "base/memory.h"
#include "base/redact.h"
#include "contract/curl_command.h"
#include "evidence/capture.h"

#include <string.h>
#include <strings.h>

static const char *scheme_of(const struct capture_header *header)
{
    bool bearer = header->auth_header && strcasecmp(header->auth_header, "Authorization") == 0;

    if (header->auth_scheme)
        return header->auth_scheme;
    return bearer ? "Bearer" : "";
}

static void copy_request(const struct capture_header *header, struct http_request *request)
{
    *request = (struct http_request){
        .method = xstrdup(header->method),
        .url = xstrdup(header->url),
        .auth_header = xstrdup(header->auth_header),
        .auth_scheme = xstrdup(scheme_of(header)),
        .body = header->body ? xmemdup0(header->body, header->body_len) : NULL,
        .body_len = header->body_len,
    };
    for (size_t i = 0; header->headers && i < header->headers->count; i++)
        http_headers_add(&request->headers, header->headers->items[i].name,
                         header->headers->items[i].value);
}

bool capture_request(const char *capture, enum operation *operation, struct http_request *request,
                     struct error *error)
{
    struct capture_reader *reader = capture_open(capture, error);
    const struct capture_header *header;
    bool good;

    *request = (struct http_request){0};
    if (!reader)
        return false;
    header = capture_reader_header(reader);
    if (operation)
        *operation = header->operation;
    good = header->body || header->operation == OPERATION_MODELS;
    if (good)
        copy_request(header, request);
    else
        error_set(error, ERROR_FILE,
                  "%s: the body was not kept (policy `bodies` of the workspace), there is nothing "
                  "to send",
                  capture);
    capture_close(reader);
    return good;
}

static void redact_request(const struct redactor *redactor, struct http_request *request)
{
    redact(redactor, request->url, strlen(request->url));
    for (size_t i = 0; i < request->headers.count; i++)
        redact_header(redactor, request->headers.items[i].name, request->headers.items[i].value);
    if (request->body)
        redact(redactor, request->body, request->body_len);
}

bool capture_curl_command(const char *capture, const struct redactor *redactor, struct bytes *out,
                          struct error *error)
{
    struct http_request request;
    bool good = capture_request(capture, NULL, &request, error);

    if (good)
        redact_request(redactor, &request);
    if (good && !curl_command(&request, NULL, out))
        good = error_set(error, ERROR_FILE,
                         "%s: the request is too long for a command, or its headers are none",
                         capture);
    http_request_release(&request);
    return good;
}

#include "evidence/import_kinds.h"

#include "base/json.h"
#include "evidence/fixture.h"

#include <stdlib.h>
#include <string.h>

enum { MISSING_MAX = 4096 };

const char *import_kind_name(enum import_kind kind)
{
    static const char *const names[] = {
        [IMPORT_NONE] = "none",       [IMPORT_HAR] = "HAR", [IMPORT_TRACE] = "curl trace",
        [IMPORT_VERBOSE] = "curl -v", [IMPORT_LOG] = "log", [IMPORT_FIXTURE] = "fixture",
    };

    return names[kind];
}

void import_misses(struct import *import, const char *what)
{
    bytes_printf(&import->missing, "%s%s", import->missing.len ? "\n" : "", what);
}

bool import_line(const char **text, size_t *left, const char **line, size_t *len)
{
    const char *newline;
    size_t whole;

    if (*left == 0)
        return false;
    newline = memchr(*text, '\n', *left);
    whole = newline ? (size_t)(newline - *text) + 1 : *left;
    *line = *text;
    *len = whole - (newline != NULL);
    if (*len > 0 && (*line)[*len - 1] == '\r')
        --*len;
    *text += whole;
    *left -= whole;
    return true;
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);

    return len >= tail && strcmp(name + len - tail, end) == 0;
}

static size_t skip_blanks(const char *text, size_t len, size_t at)
{
    while (at < len && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    return at;
}

/* {"log": {…: docker's own lines begin with {"log":"… */
static bool begins_as_har(const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf", name[] = "\"log\"";
    size_t at = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;

    at = skip_blanks(text, len, at);
    if (at == len || text[at] != '{')
        return false;
    at = skip_blanks(text, len, at + 1);
    if (len - at < strlen(name) || memcmp(text + at, name, strlen(name)) != 0)
        return false;
    at = skip_blanks(text, len, at + strlen(name));
    if (at == len || text[at] != ':')
        return false;
    at = skip_blanks(text, len, at + 1);
    return at < len && text[at] == '{';
}

const char *import_unreadable(const char *text, size_t len)
{
    static const struct {
        const char *begins;
        size_t len;
        const char *what;
    } forms[] = {
        {"\xff\xfe", 2, "is text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"},
        {"\xfe\xff", 2, "is text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"},
        {"\x1f\x8b", 2, "is compressed (gzip); unpack it (gunzip), or record with --compressed"},
        {"\x28\xb5\x2f\xfd", 4, "is compressed (zstd); unpack it first"},
        {"\xfd"
         "7zXZ",
         5, "is compressed (xz); unpack it first"},
        {"BZh", 3, "is compressed (bzip2); unpack it first"},
        {"PK\x03\x04", 4, "is a zip archive; unpack it first"},
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (len >= forms[i].len && memcmp(text, forms[i].begins, forms[i].len) == 0)
            return forms[i].what;
    return NULL;
}

enum import_kind import_detect(const char *name, const char *text, size_t len)
{
    if (ends_with(name, ".har") || begins_as_har(text, len))
        return IMPORT_HAR;
    if (fixture_detect(text, len))
        return IMPORT_FIXTURE;
    if (import_is_trace(text, len))
        return IMPORT_TRACE;
    if (import_is_verbose(text, len))
        return IMPORT_VERBOSE;
    return import_is_log(text, len) ? IMPORT_LOG : IMPORT_NONE;
}

bool import_read(enum import_kind kind, const char *name, const char *text, size_t len,
                 size_t entry, struct import *import, struct error *error)
{
    *import = (struct import){.kind = kind, .result = {.curl = -1}};
    bytes_init(&import->request, IMPORT_MAX);
    bytes_init(&import->body, IMPORT_MAX);
    bytes_init(&import->missing, MISSING_MAX);
    if (entry > 1 && kind != IMPORT_HAR)
        return error_set(error, ERROR_USAGE, "%s is no HAR: it holds one exchange, not %zu", name,
                         entry);
    switch (kind) {
    case IMPORT_HAR:
        return import_read_har(name, text, len, entry, import, error);
    case IMPORT_TRACE:
        return import_read_trace(name, text, len, import, error);
    case IMPORT_VERBOSE:
        return import_read_verbose(name, text, len, import, error);
    case IMPORT_LOG:
        return import_read_log(name, text, len, import, error);
    case IMPORT_FIXTURE:
        return import_read_fixture(name, text, len, import, error);
    case IMPORT_NONE:
        break;
    }
    return error_set(error, ERROR_FILE, "%s is no recording that can be imported", name);
}

void import_release(struct import *import)
{
    free(import->method);
    free(import->url);
    free(import->recorded);
    http_headers_release(&import->headers);
    http_result_release(&import->result);
    bytes_release(&import->request);
    bytes_release(&import->body);
    bytes_release(&import->missing);
    if (import->fixture)
        fixture_release(import->fixture);
    free(import->fixture);
    *import = (struct import){.kind = IMPORT_NONE};
}

bool import_list(const char *name, const char *text, size_t len, struct bytes *out,
                 struct error *error)
{
    return import_list_har(name, text, len, out, error);
}

enum operation import_operation(const struct import *import, enum operation fallback)
{
    struct json *root = import->request.len ? json_parse(bytes_text(&import->request),
                                                         import->request.len, "the request", NULL)
                                            : NULL;
    enum operation operation = fallback;

    if (json_member(root, "messages"))
        operation = OPERATION_CHAT;
    else if (json_member(root, "input"))
        operation = OPERATION_RESPONSES;
    else if (import->method && strcmp(import->method, "GET") == 0)
        operation = OPERATION_MODELS;
    json_free(root);
    return operation;
}

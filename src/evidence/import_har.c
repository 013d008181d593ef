/* HTTP Archive 1.2: one entry of it. The file is scanned whole, but only the entry becomes a tree.
 */
#include "evidence/import_kinds.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "base/text.h"
#include "net/head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUES_MAX = 1000 * 1000, /* of an entry: each is a node of a tree */
    LISTED_MAX = 8,           /* entries in a message */
    URL_SHOWN = 160,
};

struct archive {
    const char *name, *text;
    size_t len;
    size_t entries; /* counted so far */
    /* Called for each; false ends the walk. */
    bool (*entry)(struct archive *archive, size_t start, size_t len, struct error *error);
    void *context;
    size_t wanted;
};

static bool fault_at(const struct archive *archive, size_t offset, struct error *error,
                     const char *what)
{
    size_t line, column;

    text_place(archive->text, offset, &line, &column);
    return error_at(error, ERROR_FILE, archive->name, line, column, "this is no HAR: %s", what);
}

/* ---- finding the entries ---- */

static bool scan_fault(const struct archive *archive, const struct json_scan *scan,
                       struct error *error)
{
    struct json_fault fault;

    json_scan_fault(scan, &fault);
    return error_at(error, ERROR_FILE, archive->name, fault.line, fault.column,
                    "this is no HAR: %s%s", fault.what, fault.cut ? "; the file is cut" : "");
}

static size_t offset_of(const struct archive *archive, const struct json_scan *scan)
{
    return (size_t)(scan->start - archive->text);
}

/* To the value of the member `name` of the object that was just opened. */
static bool find_member(const struct archive *archive, struct json_scan *scan, const char *name,
                        enum json_token wanted, const char *what, struct error *error)
{
    size_t object = offset_of(archive, scan);
    enum json_token token;

    while ((token = json_scan_next(scan)) == JSON_TOKEN_KEY && !json_scan_is(scan, name))
        if (!json_scan_skip(scan))
            return scan_fault(archive, scan, error);
    if (token == JSON_TOKEN_FAULT)
        return scan_fault(archive, scan, error);
    if (token != JSON_TOKEN_KEY)
        return fault_at(archive, object, error, what);
    token = json_scan_next(scan);
    if (token == JSON_TOKEN_FAULT)
        return scan_fault(archive, scan, error);
    return token == wanted || fault_at(archive, offset_of(archive, scan), error, what);
}

static bool walk_entries(struct archive *archive, struct json_scan *scan, struct error *error)
{
    enum json_token token;
    size_t depth = scan->depth, start = 0, values = 0;

    while ((token = json_scan_next(scan)) != JSON_TOKEN_FAULT) {
        if (token == JSON_TOKEN_ARRAY_END && scan->depth < depth)
            return true;
        if (scan->depth == depth && token != JSON_TOKEN_OBJECT_END)
            return fault_at(archive, offset_of(archive, scan), error,
                            "each of log.entries must be an object");
        if (scan->depth == depth + 1 && token == JSON_TOKEN_OBJECT) {
            if (scan->start[0] == '{' && values == 0)
                start = offset_of(archive, scan);
        }
        values++;
        if (scan->depth == depth && token == JSON_TOKEN_OBJECT_END) {
            archive->entries++;
            if (values > VALUES_MAX)
                return fault_at(archive, start, error, "an entry holds more than a million values");
            if (!archive->entry(archive, start, offset_of(archive, scan) + 1 - start, error))
                return false;
            values = 0;
        }
    }
    return scan_fault(archive, scan, error);
}

static bool walk(struct archive *archive, struct error *error)
{
    size_t mark = archive->len >= 3 && memcmp(archive->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct json_scan scan;
    enum json_token token;
    bool good;

    json_scan_init(&scan, archive->text + mark, archive->len - mark);
    token = json_scan_next(&scan);
    good = token == JSON_TOKEN_FAULT    ? scan_fault(archive, &scan, error)
           : token != JSON_TOKEN_OBJECT ? fault_at(archive, mark, error, "it must be an object")
                                        : true;
    good = good &&
           find_member(archive, &scan, "log", JSON_TOKEN_OBJECT, "log must be an object", error) &&
           find_member(archive, &scan, "entries", JSON_TOKEN_ARRAY, "log.entries must be an array",
                       error) &&
           walk_entries(archive, &scan, error);
    while (good && (token = json_scan_next(&scan)) != JSON_TOKEN_END)
        good = token != JSON_TOKEN_FAULT || scan_fault(archive, &scan, error);
    json_scan_release(&scan);
    return good;
}

/* NULL with the place of the entry: what is in it has no line of its own any more. */
static struct json *parse_entry(const struct archive *archive, size_t start, size_t len,
                                struct error *error)
{
    struct error fault;
    struct json *json = json_parse(archive->text + start, len, "the entry", &fault);
    size_t line, column;

    if (json)
        return json;
    text_place(archive->text, start, &line, &column);
    error_at(error, ERROR_FILE, archive->name, line, column, "%s", fault.text);
    return NULL;
}

/* ---- one entry ---- */

static void read_headers(const struct json *list, struct http_headers *headers)
{
    for (const struct json *pair = json_first(list); pair; pair = json_next(pair)) {
        const char *name = json_string(json_member(pair, "name"));
        const char *value = json_string(json_member(pair, "value"));

        if (name && value && name[0] && name[0] != ':') /* browsers list HTTP/2's as well */
            http_headers_add(headers, name, value);
    }
}

static bool read_text(const struct json *holder, struct bytes *out)
{
    const char *text = json_string(json_member(holder, "text"));
    const char *encoding = json_string(json_member(holder, "encoding"));

    if (!text)
        return false;
    if (encoding && strcmp(encoding, "base64") == 0)
        return base64_decode(text, strlen(text), out);
    return bytes_puts(out, text);
}

static void read_request(const struct json *request, struct import *import)
{
    const char *method = json_string(json_member(request, "method"));
    const char *url = json_string(json_member(request, "url"));

    import->method = xstrdup(method);
    import->url = xstrdup(url);
    read_headers(json_member(request, "headers"), &import->headers);
    import->request_told = read_text(json_member(request, "postData"), &import->request) ||
                           (method && strcmp(method, "GET") == 0);
    if (!import->request_told)
        import_misses(import, "the body of the request");
}

/* Browsers write 0 for the status, but list HTTP/2's own header. */
static int64_t status_among(const struct json *headers)
{
    for (const struct json *pair = json_first(headers); pair; pair = json_next(pair)) {
        const char *name = json_string(json_member(pair, "name"));
        const char *value = json_string(json_member(pair, "value"));

        if (name && value && strcmp(name, ":status") == 0)
            return strtol(value, NULL, 10);
    }
    return 0;
}

static void read_status(const struct json *response, struct import *import)
{
    struct http_result *result = &import->result;
    const char *reason = json_string(json_member(response, "statusText"));
    const char *version = json_string(json_member(response, "httpVersion"));
    int64_t status = 0;
    bool encoded;

    json_integer(json_member(response, "status"), &status);
    if (status == 0)
        status = status_among(json_member(response, "headers"));
    if (status < 100 || status > 999)
        status = 0; /* browsers write 0 where no answer came */
    result->status = (int)status;
    import->head_told = status > 0;
    snprintf(result->reason, sizeof(result->reason), "%s", reason ? reason : "");
    if (version && (strncmp(version, "HTTP/", 5) == 0 || strncmp(version, "http/", 5) == 0))
        snprintf(result->version, sizeof(result->version), "%.7s", version + 5);
    read_headers(json_member(response, "headers"), &result->headers);
    result->framing = head_framing(&result->headers, result->status,
                                   import->method ? import->method : "POST", &encoded);
    if (encoded) /* the length is not that of the text, which was decoded */
        result->framing = FRAMING_UNKNOWN;
}

/* "_error" of Chromium and Firefox, "_failureText" of Playwright; NULL: none is told. */
static const char *failure_of(const struct json *response)
{
    const char *words = json_string(json_member(response, "_error"));

    if (!words || !*words)
        words = json_string(json_member(response, "_failureText"));
    return words && *words ? words : NULL;
}

static void read_end(const struct json *response, struct import *import)
{
    const char *words = failure_of(response);
    char *missing;

    if (words && import_failure(words, &import->result))
        return;
    missing = xasprintf("how the connection ended%s%.80s%s", words ? " (it says: " : "",
                        words ? words : "", words ? ")" : "");
    import_misses(import, missing);
    free(missing);
}

/* A size of 0 or below is what tools write that did not keep the text, too. */
static bool has_no_body(const struct import *import)
{
    const char *length = http_headers_get(&import->result.headers, "content-length");
    int status = import->result.status;

    return status == 204 || status == 304 || (length && strcmp(length, "0") == 0) ||
           (status == 0 && import->result.curl > 0);
}

static void read_response(const struct json *response, struct import *import)
{
    const struct json *content = json_member(response, "content");
    int64_t size = 0;

    read_status(response, import);
    read_end(response, import);
    json_integer(json_member(content, "size"), &size);
    import->body_told = read_text(content, &import->body) || has_no_body(import);
    import->body_cut = import->body_told && size > 0 && (uint64_t)size > import->body.len;
    import->result.body_bytes = import->body.len;
    if (!import->body_told)
        import_misses(import, "the body of the answer");
    import_misses(import, "when each event came");
}

static bool take_entry(struct archive *archive, size_t start, size_t len, struct error *error)
{
    struct import *import = archive->context;
    struct json *json, *request, *response;
    const char *recorded;
    bool good;

    if (archive->entries != archive->wanted)
        return true;
    json = parse_entry(archive, start, len, error);
    if (!json)
        return false;
    request = json_member(json, "request");
    response = json_member(json, "response");
    good = json_type(request) == JSON_OBJECT && json_type(response) == JSON_OBJECT;
    if (good) {
        recorded = json_string(json_member(json, "startedDateTime"));
        import->recorded = xstrdup(recorded);
        read_request(request, import);
        read_response(response, import);
    } else {
        fault_at(archive, start, error, "an entry must have a request and a response");
    }
    json_free(json);
    return good;
}

/* ---- listing ---- */

/* On one line whatever the recording says: a newline in a method makes no second row. */
static void append_row(struct bytes *out, size_t number, const struct json *json)
{
    const struct json *request = json_member(json, "request");
    const char *method = json_string(json_member(request, "method"));
    const char *url = json_string(json_member(request, "url"));
    const char *type =
        json_string(json_member(json_member(json_member(json, "response"), "content"), "mimeType"));
    struct bytes row;
    int64_t status = 0;

    json_integer(json_member(json_member(json, "response"), "status"), &status);
    bytes_init(&row, SIZE_MAX);
    bytes_printf(&row, "%zu %s %.*s %" PRId64 " %s", number, method ? method : "?", URL_SHOWN,
                 url ? url : "?", status, type ? type : "");
    text_escape(out, bytes_text(&row), row.len, false);
    bytes_release(&row);
}

static bool list_entry(struct archive *archive, size_t start, size_t len, struct error *error)
{
    struct json *json = parse_entry(archive, start, len, error);
    struct bytes *out = archive->context;

    if (!json)
        return false;
    if (archive->wanted == 0 || archive->entries <= archive->wanted) {
        append_row(out, archive->entries, json);
        bytes_puts(out, archive->wanted ? "; " : "\n");
    }
    json_free(json);
    return true;
}

static bool count_entry(struct archive *archive, size_t start, size_t len, struct error *error)
{
    (void)archive;
    (void)start;
    (void)len;
    (void)error;
    return true;
}

static bool choose(const char *name, const char *text, size_t len, struct error *error)
{
    struct bytes rows;
    struct archive archive = {.name = name,
                              .text = text,
                              .len = len,
                              .entry = list_entry,
                              .context = &rows,
                              .wanted = LISTED_MAX};

    bytes_init(&rows, sizeof(error->text));
    if (walk(&archive, error))
        error_set(error, ERROR_USAGE,
                  "%s holds %zu entries; choose one with :import FILE N or --entry N: %s%s", name,
                  archive.entries, bytes_text(&rows),
                  archive.entries > LISTED_MAX ? "… (--list shows all)" : "");
    bytes_release(&rows);
    return false;
}

/* Of the hexadecimal digits behind "\\u"; 0 where they are none of a surrogate. */
static unsigned surrogate(const char *text, size_t left)
{
    char digits[5] = "", *end;
    unsigned long value;

    if (left < 6 || text[0] != '\\' || text[1] != 'u')
        return 0;
    memcpy(digits, text + 2, 4);
    value = strtoul(digits, &end, 16);
    return *end == '\0' && value >= 0xd800 && value <= 0xdfff ? (unsigned)value : 0;
}

/*
 * Browsers write halves of a surrogate pair as they come from a script, which is no text (RFC 8259
 * §8.2); nothing else of the file is wrong for it. Each becomes U+FFFD, which is as long. NULL:
 * there is none. The caller frees.
 */
static char *mend_surrogates(const char *text, size_t len, size_t *count)
{
    char *copy = NULL;

    *count = 0;
    for (size_t at = 0; at + 1 < len; at++) {
        unsigned half;

        if (text[at] != '\\')
            continue;
        half = surrogate(text + at, len - at);
        if (half >= 0xd800 && half < 0xdc00 && len - at >= 12 &&
            surrogate(text + at + 6, len - at - 6) >= 0xdc00) {
            at += 11;
            continue;
        }
        if (half) {
            copy = copy ? copy : xmemdup0(text, len);
            memcpy(copy + at + 2, "fffd", 4);
            ++*count;
        }
        at += half ? 5 : 1; /* what is escaped begins no escape */
    }
    return copy;
}

static bool read_chosen(const char *name, const char *text, size_t len, size_t entry,
                        struct import *import, struct error *error)
{
    struct archive archive = {
        .name = name, .text = text, .len = len, .entry = count_entry, .context = import};

    if (!walk(&archive, error))
        return false;
    import->entries = archive.entries;
    import->entry = entry ? entry : 1;
    if (archive.entries == 0)
        return error_set(error, ERROR_FILE, "%s holds no entry: nothing was recorded", name);
    if (entry > archive.entries)
        return error_set(error, ERROR_USAGE, "%s holds %zu entries, there is no entry %zu", name,
                         archive.entries, entry);
    if (entry == 0 && archive.entries > 1)
        return choose(name, text, len, error);
    archive.entry = take_entry;
    archive.wanted = import->entry;
    archive.entries = 0;
    return walk(&archive, error);
}

bool import_read_har(const char *name, const char *text, size_t len, size_t entry,
                     struct import *import, struct error *error)
{
    size_t count;
    char *mended = mend_surrogates(text, len, &count), *missing;
    bool good = read_chosen(name, mended ? mended : text, len, entry, import, error);

    if (good && mended) {
        missing = xasprintf("%zu halves of surrogate pairs in the file, read as U+FFFD", count);
        import_misses(import, missing);
        free(missing);
    }
    free(mended);
    return good;
}

bool import_list_har(const char *name, const char *text, size_t len, struct bytes *out,
                     struct error *error)
{
    size_t count;
    char *mended = mend_surrogates(text, len, &count);
    struct archive archive = {.name = name,
                              .text = mended ? mended : text,
                              .len = len,
                              .entry = list_entry,
                              .context = out};
    bool good = walk(&archive, error);

    free(mended);
    return good;
}

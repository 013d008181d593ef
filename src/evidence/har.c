#include "evidence/har.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "evidence/capture.h"

#include <stdlib.h>
#include <string.h>

enum {
    BODY_MAX = 64 * 1024 * 1024,
    COMMENT_MAX = 4096,
};

/* A capture that was read to its end. */
struct exhibit {
    struct capture_reader *reader;
    const struct capture_header *header;
    const struct http_result *result; /* NULL: cut before its head */
    struct bytes body;
    const struct redactor *redactor;
    bool cut;
};

/* ---- reading ---- */

static bool read_steps(struct exhibit *exhibit, const char *capture, struct error *error)
{
    const struct http_result *result;
    enum capture_step step;
    int64_t since_start_us;
    const char *data;
    size_t len;

    for (;;) {
        step = capture_next(exhibit->reader, &data, &len, &since_start_us, &result, error);
        if (step == CAPTURE_HEAD || step == CAPTURE_END)
            exhibit->result = result;
        if (step == CAPTURE_READ && data && !bytes_append(&exhibit->body, data, len))
            return error_set(
                error, ERROR_FILE,
                "%s: the answer is larger than the %d MiB an archive takes; export the "
                "capture itself",
                capture, BODY_MAX / 1024 / 1024);
        exhibit->cut = step == CAPTURE_CUT;
        if (step == CAPTURE_BROKEN)
            return false;
        if (step == CAPTURE_END || step == CAPTURE_CUT)
            return true;
    }
}

static bool exhibit_open(struct exhibit *exhibit, const char *capture,
                         const struct redactor *redactor, struct error *error)
{
    *exhibit = (struct exhibit){.reader = capture_open(capture, error), .redactor = redactor};
    bytes_init(&exhibit->body, BODY_MAX);
    if (!exhibit->reader)
        return false;
    exhibit->header = capture_reader_header(exhibit->reader);
    if (!read_steps(exhibit, capture, error))
        return false;
    if (exhibit->body.len)
        redact(exhibit->redactor, exhibit->body.data, exhibit->body.len);
    return true;
}

static void exhibit_release(struct exhibit *exhibit)
{
    bytes_release(&exhibit->body);
    capture_close(exhibit->reader);
}

/* ---- pieces of an archive ---- */

static void append_pair(struct json *list, const char *name, const char *value)
{
    struct json *pair = json_new_object();

    json_set_string(pair, "name", name);
    json_set_string(pair, "value", value);
    json_append(list, pair);
}

static struct json *headers_json(const struct exhibit *exhibit, const struct http_headers *headers)
{
    struct json *list = json_new_array();

    for (size_t i = 0; headers && i < headers->count; i++) {
        char *value = xstrdup(headers->items[i].value);

        redact_header(exhibit->redactor, headers->items[i].name, value);
        append_pair(list, headers->items[i].name, value);
        free(value);
    }
    return list;
}

/* The parameters of a URL as they stand in it. */
static struct json *query_json(const char *url)
{
    struct json *list = json_new_array();
    const char *at = strchr(url, '?');

    while (at && *at && *at != '#') {
        size_t len = strcspn(++at, "&#"), name = strcspn(at, "=&#");
        char *text = xmemdup0(at, len);

        if (name < len)
            text[name] = '\0';
        if (len)
            append_pair(list, text, name < len ? text + name + 1 : "");
        free(text);
        at += len;
    }
    return list;
}

/* `text`, and `encoding` where it is base64. */
static void set_text(struct json *json, const char *data, size_t len)
{
    if (utf8_valid(data, len, NULL) && !memchr(data, '\0', len)) {
        json_set(json, "text", json_new_string_n(data, len));
    } else {
        char *text = xmalloc(BASE64_LENGTH(len) + 1);

        json_set(json, "text", json_new_string_n(text, base64_encode(data, len, text)));
        json_set_string(json, "encoding", "base64");
        free(text);
    }
}

static const char *media_type(const struct http_headers *headers, const char *fallback)
{
    const char *type = headers ? http_headers_get(headers, "content-type") : NULL;

    return type ? type : fallback;
}

static void set_version(struct json *json, const struct http_result *result)
{
    char *version = xasprintf("HTTP/%s", result && result->version[0] ? result->version : "1.1");

    json_set_string(json, "httpVersion", version);
    free(version);
}

static struct json *request_json(const struct exhibit *exhibit)
{
    const struct capture_header *header = exhibit->header;
    struct json *json = json_new_object(), *headers = headers_json(exhibit, header->headers);
    char *url = redact_copy(exhibit->redactor, header->url);

    if (header->auth_header) {
        char *value = xasprintf("(not kept: %s)", header->key_alias ? header->key_alias : "key");

        append_pair(headers, header->auth_header, value);
        free(value);
    }
    json_set_string(json, "method", header->method);
    json_set_string(json, "url", url);
    set_version(json, exhibit->result);
    json_set(json, "cookies", json_new_array());
    json_set(json, "headers", headers);
    json_set(json, "queryString", query_json(url));
    if (header->body) {
        struct json *post = json_new_object();
        char *body = xmemdup0(header->body, header->body_len);

        redact(exhibit->redactor, body, header->body_len);
        json_set_string(post, "mimeType", media_type(header->headers, "application/json"));
        set_text(post, body, header->body_len);
        json_set(json, "postData", post);
        free(body);
    }
    json_set_integer(json, "headersSize", -1);
    json_set_integer(json, "bodySize", header->body ? (int64_t)header->body_len : -1);
    free(url);
    return json;
}

/* What HAR has no member for, as browsers tell it; NULL where nothing failed. */
static char *failure_words(const struct http_result *result)
{
    if (result && result->stop != STOP_NONE && result->stop != STOP_LINGER)
        return xasprintf("stopped: %s", stop_name(result->stop));
    if (result && result->curl > 0 && result->stop == STOP_NONE)
        return xasprintf("curl %d: %s", result->curl, result->message);
    return NULL;
}

static struct json *response_json(const struct exhibit *exhibit)
{
    static const struct http_result none = {0};
    const struct http_result *result = exhibit->result ? exhibit->result : &none;
    struct json *json = json_new_object(), *content = json_new_object();
    char *reason = redact_copy(exhibit->redactor, result->reason);
    char *words = failure_words(exhibit->result);
    char *failure = words ? redact_copy(exhibit->redactor, words) : NULL;
    uint64_t size = exhibit->body.len > result->body_bytes ? exhibit->body.len : result->body_bytes;

    json_set_integer(json, "status", result->status);
    json_set_string(json, "statusText", reason);
    set_version(json, result);
    json_set(json, "cookies", json_new_array());
    json_set(json, "headers", headers_json(exhibit, &result->headers));
    json_set_integer(content, "size", (int64_t)size);
    json_set_string(content, "mimeType", media_type(&result->headers, "x-unknown"));
    if (exhibit->header->body_kept)
        set_text(content, bytes_text(&exhibit->body), exhibit->body.len);
    json_set(json, "content", content);
    json_set_string(json, "redirectURL", "");
    json_set_integer(json, "headersSize", -1);
    json_set_integer(json, "bodySize", (int64_t)size);
    if (failure)
        json_set_string(json, "_error", failure);
    free(words);
    free(failure);
    free(reason);
    return json;
}

/* ---- times ---- */

/* The milliseconds of a phase that ends at `at_us`; -1 when it did not happen. */
static double phase(int64_t *before_us, int64_t at_us)
{
    double ms;

    if (!at_us || at_us < *before_us)
        return -1;
    ms = (double)(at_us - *before_us) / 1000;
    *before_us = at_us;
    return ms;
}

/* What HAR wants to be there is 0 where it did not happen; `connect` holds `ssl`, as it says. */
static struct json *timings_json(const struct http_result *result)
{
    static const struct http_timings none = {0};
    const struct http_timings *at = result ? &result->timings : &none;
    struct json *json = json_new_object();
    int64_t before_us = at->start_us;
    double dns = phase(&before_us, at->resolved_us);
    double connect = phase(&before_us, at->connected_us);
    double ssl = phase(&before_us, at->tls_us);
    double send = phase(&before_us, at->sent_us);
    double wait = phase(&before_us, at->first_header_us);
    double receive = phase(&before_us, at->end_us);

    json_set_real(json, "blocked", -1);
    json_set_real(json, "dns", dns);
    json_set_real(json, "connect", ssl >= 0 && connect >= 0 ? connect + ssl : connect);
    json_set_real(json, "send", send < 0 ? 0 : send);
    json_set_real(json, "wait", wait < 0 ? 0 : wait);
    json_set_real(json, "receive", receive < 0 ? 0 : receive);
    json_set_real(json, "ssl", ssl);
    return json;
}

static double total_ms(const struct http_result *result)
{
    if (!result || !result->timings.end_us)
        return 0;
    return (double)(result->timings.end_us - result->timings.start_us) / 1000;
}

/* ---- the whole ---- */

static void describe(const struct exhibit *exhibit, struct bytes *out)
{
    const struct http_result *result = exhibit->result;

    bytes_printf(out, "evidence %s", exhibit->header->id);
    if (exhibit->header->simulated)
        bytes_puts(out, "; simulated");
    if (!exhibit->header->body_kept)
        bytes_puts(out, "; bodies were not kept");
    if (exhibit->cut)
        bytes_puts(out, "; the capture is cut, how the answer ended is unknown");
    else if (result && result->curl > 0)
        bytes_printf(out, "; curl %d: %s", result->curl, result->message);
    else if (result && result->stop != STOP_NONE)
        bytes_printf(out, "; stopped: %s", stop_name(result->stop));
}

static struct json *entry_json(const struct exhibit *exhibit)
{
    struct json *json = json_new_object();
    char started[CLOCK_TEXT];
    struct bytes comment;

    bytes_init(&comment, COMMENT_MAX);
    describe(exhibit, &comment);
    redact(exhibit->redactor, comment.data, comment.len);
    clock_format(exhibit->header->wall_ms, started);
    json_set_string(json, "startedDateTime", started);
    json_set_real(json, "time", total_ms(exhibit->result));
    json_set(json, "request", request_json(exhibit));
    json_set(json, "response", response_json(exhibit));
    json_set(json, "cache", json_new_object());
    json_set(json, "timings", timings_json(exhibit->result));
    json_set_string(json, "comment", bytes_text(&comment));
    bytes_release(&comment);
    return json;
}

bool har_write(const char *capture, const struct redactor *redactor, struct bytes *out,
               struct error *error)
{
    struct json *root, *log, *creator, *entries;
    struct exhibit exhibit;
    bool good = exhibit_open(&exhibit, capture, redactor, error);

    if (good) {
        root = json_new_object();
        log = json_new_object();
        creator = json_new_object();
        entries = json_new_array();
        json_set_string(creator, "name", "cometdeck");
        json_set_string(creator, "version", PACKAGE_VERSION);
        json_append(entries, entry_json(&exhibit));
        json_set_string(log, "version", "1.2");
        json_set(log, "creator", creator);
        json_set(log, "entries", entries);
        json_set(root, "log", log);
        good = json_write(root, true, out) ||
               error_set(error, ERROR_FILE, "%s: the archive would be too large", capture);
        json_free(root);
    }
    exhibit_release(&exhibit);
    return good;
}

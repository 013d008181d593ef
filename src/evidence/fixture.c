#include "evidence/fixture.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "evidence/record.h"
#include "evidence/sanitize.h"
#include "evidence/shape.h"
#include "judge/failure.h"
#include "judge/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 60, BODY_MAX = FIXTURE_MAX };

static const char schema_name[] = "fixture.schema.json";

/* ---- names ---- */

static bool is_plain(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_LENGTH && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

const char *fixture_split(const char *name, enum operation *operation, bool *told,
                          struct error *error)
{
    const char *slash = strchr(name, '/');
    char *first = slash ? xmemdup0(name, (size_t)(slash - name)) : NULL;
    bool known = !slash || operation_from_name(first, operation);

    free(first);
    *told = slash != NULL;
    if (known && is_plain(slash ? slash + 1 : name))
        return slash ? slash + 1 : name;
    error_set(error, ERROR_USAGE,
              "a fixture is called OPERATION/NAME, such as chat/ready; a name is made of a-z, 0-9 "
              "and - (at most %d), not \"%.60s\"",
              NAME_MAX_LENGTH, name);
    return NULL;
}

bool fixture_is_name(const char *name)
{
    enum operation operation;
    bool told;

    return fixture_split(name, &operation, &told, NULL) && told;
}

char *fixture_path(const char *folder, enum operation operation, const char *name)
{
    return xasprintf("%s/fixtures/%s/%s.json", folder, operation_name(operation), name);
}

bool fixture_detect(const char *text, size_t len)
{
    static const char *const parts[] = {"{", "\"$schema\"", ":", "\""};
    size_t at = 0, end;

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        size_t part = strlen(parts[i]);

        while (at < len && text[at] && strchr(" \t\r\n", text[at]))
            at++;
        if (len - at < part || memcmp(text + at, parts[i], part) != 0)
            return false;
        at += part;
    }
    for (end = at; end < len && text[end] != '"';)
        end++;
    return end < len && end - at >= strlen(schema_name) &&
           memcmp(text + end - strlen(schema_name), schema_name, strlen(schema_name)) == 0;
}

/* ---- writing a response ---- */

/* Both ways of an event that is written as every decoder writes it; the rest stays as it came. */
static void write_event(const char *type, size_t type_len, const char *data, size_t len,
                        struct bytes *out)
{
    if (type)
        bytes_printf(out, "event: %.*s\n", (int)type_len, type);
    bytes_puts(out, "data: ");
    bytes_append(out, data, len);
    bytes_puts(out, "\n\n");
}

/* The value of a line that begins with `field`; NULL when it does not. */
static const char *field_value(const char **text, size_t *len, const char *field, size_t *value_len)
{
    const char *newline = memchr(*text, '\n', *len), *value = *text + strlen(field);

    if (!newline || *len < strlen(field) || memcmp(*text, field, strlen(field)) != 0 ||
        newline < value)
        return NULL;
    *value_len = (size_t)(newline - value);
    *len -= (size_t)(newline + 1 - *text);
    *text = newline + 1;
    return value;
}

static bool is_text(const char *text, size_t len)
{
    return utf8_valid(text, len, NULL) && !memchr(text, '\0', len);
}

static void set_text(struct json *object, const char *name, const char *base64_name,
                     const char *text, size_t len)
{
    char *encoded;

    if (is_text(text, len)) {
        json_set(object, name, json_new_string_n(text, len));
        return;
    }
    encoded = xmalloc(BASE64_LENGTH(len) + 1);
    json_set(object, base64_name, json_new_string_n(encoded, base64_encode(text, len, encoded)));
    free(encoded);
}

static struct json *event_json(const char *text, size_t len)
{
    struct json *event = json_new_object();
    const char *at = text, *type, *data;
    size_t left = len, type_len = 0, data_len = 0;
    struct bytes again;

    bytes_init(&again, len + 32);
    type = field_value(&at, &left, "event: ", &type_len);
    data = field_value(&at, &left, "data: ", &data_len);
    if (data && is_text(text, len))
        write_event(type, type_len, data, data_len, &again);
    if (again.len == len && memcmp(bytes_text(&again), text, len) == 0) {
        if (type)
            json_set(event, "event", json_new_string_n(type, type_len));
        json_set(event, "data", json_new_string_n(data, data_len));
    } else {
        set_text(event, "raw", "base64", text, len);
    }
    bytes_release(&again);
    return event;
}

static void set_body(struct json *response, const char *body, size_t len, bool stream)
{
    struct json *events, *value;

    if (!stream) {
        value = len > 0 ? json_parse(body, len, "the body", NULL) : NULL;
        if (value)
            json_set(response, "json", value);
        else
            set_text(response, "text", "base64", body, len);
        return;
    }
    events = json_new_array();
    for (size_t at = 0; at < len;) {
        size_t event = sanitize_event_length(body + at, len - at);

        json_append(events, event_json(body + at, event));
        at += event;
    }
    json_set(response, "events", events);
}

struct json *fixture_response(const struct http_result *result, const char *body, size_t len,
                              bool stream)
{
    struct json *response = record_head_json(result);

    record_end_json(result, response);
    json_set_integer(response, "body_bytes", (int64_t)result->body_bytes);
    set_body(response, body, len, stream);
    return response;
}

/* ---- reading ---- */

static bool too_large(const struct json_file *file, const struct json *at, struct error *error)
{
    return json_file_error_at(file, at, error, "the body is larger than %d MiB",
                              BODY_MAX / 1024 / 1024);
}

static bool read_base64(const struct json_file *file, const struct json *object, struct bytes *out,
                        struct error *error)
{
    const char *text = NULL;

    return json_file_string(file, object, "base64", JSON_REQUIRED, &text, error) &&
           (base64_decode(text, strlen(text), out) ||
            json_file_error_at(file, json_member(object, "base64"), error, "this is no base64"));
}

static bool read_event(const struct json_file *file, const struct json *event, struct bytes *out,
                       struct error *error)
{
    static const char *const members[] = {"event", "data", "raw", "base64", NULL};
    const char *type = NULL, *data = NULL, *raw = NULL;

    if (json_type(event) != JSON_OBJECT)
        return json_file_error_at(file, event, error, "an event must be an object");
    if (!json_file_known(file, event, members, error) ||
        !json_file_string(file, event, "event", JSON_OPTIONAL, &type, error) ||
        !json_file_string(file, event, "data", JSON_OPTIONAL, &data, error) ||
        !json_file_string(file, event, "raw", JSON_OPTIONAL, &raw, error))
        return false;
    if ((data != NULL) + (raw != NULL) + (json_member(event, "base64") != NULL) != 1 ||
        (type && !data))
        return json_file_error_at(file, event, error,
                                  "an event has either data (and event), raw or base64");
    if (json_member(event, "base64"))
        return read_base64(file, event, out, error);
    if (data)
        write_event(type, type ? strlen(type) : 0, data, strlen(data), out);
    else
        bytes_puts(out, raw);
    return true;
}

static bool read_events(struct fixture *fixture, const struct json *response, struct error *error)
{
    struct json *events = NULL;

    if (!json_file_array(&fixture->file, response, "events", JSON_REQUIRED, &events, error))
        return false;
    fixture->stream = true;
    for (const struct json *event = json_first(events); event; event = json_next(event))
        if (!read_event(&fixture->file, event, &fixture->body, error))
            return false;
    return true;
}

static bool read_body(struct fixture *fixture, const struct json *response, struct error *error)
{
    static const char *const forms[] = {"json", "text", "base64", "events"};
    const struct json_file *file = &fixture->file;
    const char *text = NULL;
    int found = 0;

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        found += json_member(response, forms[i]) != NULL;
    if (found != 1)
        return json_file_error_at(file, response, error,
                                  "the body stands under one of json, text, base64 and events");
    bytes_init(&fixture->body, BODY_MAX);
    if (json_member(response, "events"))
        return read_events(fixture, response, error);
    if (json_member(response, "base64"))
        return read_base64(file, response, &fixture->body, error);
    if (json_member(response, "json"))
        return json_write(json_member(response, "json"), false, &fixture->body) ||
               too_large(file, response, error);
    return json_file_string(file, response, "text", JSON_REQUIRED, &text, error) &&
           (bytes_puts(&fixture->body, text) || too_large(file, response, error));
}

/* Pairs of strings, in their order. */
static bool check_headers(const struct json_file *file, const struct json *response,
                          const char *name, struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, response, name, JSON_REQUIRED, &list, error))
        return false;
    for (const struct json *pair = json_first(list); pair; pair = json_next(pair))
        if (json_count(pair) != 2 || !json_string(json_item(pair, 0)) ||
            !json_string(json_item(pair, 1)))
            return json_file_error_at(file, pair, error, "a header is a name and its value");
    return true;
}

static bool read_response(struct fixture *fixture, struct error *error)
{
    static const char *const members[] = {"status",  "reason",   "http_version", "framing",
                                          "headers", "curl",     "message",      "framed_clean",
                                          "stop",    "trailers", "body_bytes",   "json",
                                          "text",    "base64",   "events",       NULL};
    const struct json_file *file = &fixture->file;
    struct json *response = NULL;
    int64_t number = 0;

    if (!json_file_object(file, file->root, "response", JSON_REQUIRED, &response, error) ||
        !json_file_known(file, response, members, error) ||
        !json_file_integer(file, response, "status", JSON_REQUIRED, &number, error) ||
        !json_file_integer(file, response, "curl", JSON_REQUIRED, &number, error) ||
        !check_headers(file, response, "headers", error) ||
        !check_headers(file, response, "trailers", error) || !read_body(fixture, response, error))
        return false;
    record_result_read(response, &fixture->result);
    return true;
}

static bool check_verdict(const struct json_file *file, const struct json *expected,
                          const char *name, struct error *error)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (strcmp(verdict_name((enum verdict_kind)i), name) == 0)
            return true;
    return json_file_error_at(file, json_member(expected, "verdict"), error,
                              "\"%.60s\" is no verdict", name);
}

static bool check_shape(const struct fixture *fixture, struct error *error)
{
    const struct json_file *file = &fixture->file;

    for (const struct json *row = json_first(fixture->shape); row; row = json_next(row))
        if (!json_string(row) || !shape_types_from(json_string(row)))
            return json_file_error_at(file, row, error,
                                      "a path has types, such as \"string or null\"");
    for (const struct json *path = json_first(fixture->required); path; path = json_next(path))
        if (!json_string(path) || !json_member(fixture->shape, json_string(path)))
            return json_file_error_at(file, path, error, "what is required stands in the shape");
    return true;
}

static bool read_expected(struct fixture *fixture, struct error *error)
{
    static const char *const members[] = {"verdict", "reasons", "notes",    "class",
                                          "action",  "shape",   "required", NULL};
    const struct json_file *file = &fixture->file;
    struct json *expected = NULL;

    return json_file_object(file, file->root, "expected", JSON_REQUIRED, &expected, error) &&
           json_file_known(file, expected, members, error) &&
           json_file_string(file, expected, "verdict", JSON_REQUIRED, &fixture->verdict, error) &&
           check_verdict(file, expected, fixture->verdict, error) &&
           json_file_string(file, expected, "class", JSON_REQUIRED, &fixture->class, error) &&
           json_file_string(file, expected, "action", JSON_REQUIRED, &fixture->action, error) &&
           json_file_array(file, expected, "reasons", JSON_REQUIRED, &fixture->reasons, error) &&
           json_file_array(file, expected, "notes", JSON_REQUIRED, &fixture->notes, error) &&
           json_file_object(file, expected, "shape", JSON_REQUIRED, &fixture->shape, error) &&
           json_file_array(file, expected, "required", JSON_REQUIRED, &fixture->required, error) &&
           check_shape(fixture, error);
}

static bool read_request(struct fixture *fixture, struct error *error)
{
    static const char *const facts[] = {
        "stream", "choices", "include_usage", "tools_without_required", "lenient_tools",
        "model",  NULL};
    const struct json_file *file = &fixture->file;
    struct json *request = NULL, *rules = NULL;

    if (!json_file_object(file, file->root, "request", JSON_REQUIRED, &request, error) ||
        !json_file_known(file, request, facts, error) ||
        !json_file_object(file, file->root, "rules", JSON_REQUIRED, &rules, error))
        return false;
    record_facts_read(request, &fixture->facts);
    record_rules_read(rules, &fixture->rules);
    return true;
}

static bool read_head(struct fixture *fixture, struct error *error)
{
    static const char *const members[] = {"$schema", "version",     "name",        "operation",
                                          "kept_at", "answered_at", "evidence_id", "simulated",
                                          "origin",  "contract",    "text",        "request",
                                          "rules",   "response",    "expected",    NULL};
    const struct json_file *file = &fixture->file;
    const char *operation = NULL, *text = NULL;
    int64_t version = 0;

    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a fixture must be an object");
    if (!json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version != FIXTURE_VERSION)
        return json_file_error(file, "/version", error,
                               "version %lld is not known here, only %d: a newer cometdeck wrote "
                               "it",
                               (long long)version, FIXTURE_VERSION);
    if (!json_file_known(file, file->root, members, error) ||
        !json_file_string(file, file->root, "name", JSON_REQUIRED, &fixture->name, error) ||
        !json_file_string(file, file->root, "operation", JSON_REQUIRED, &operation, error) ||
        !json_file_string(file, file->root, "kept_at", JSON_REQUIRED, &fixture->kept_at, error) ||
        !json_file_string(file, file->root, "evidence_id", JSON_REQUIRED, &fixture->evidence_id,
                          error) ||
        !json_file_string(file, file->root, "text", JSON_REQUIRED, &text, error) ||
        !json_file_boolean(file, file->root, "simulated", JSON_REQUIRED, &fixture->simulated,
                           error))
        return false;
    fixture->text_kept = strcmp(text, "kept") == 0;
    if (!fixture->text_kept && strcmp(text, "replaced") != 0)
        return json_file_error(file, "/text", error, "text must be replaced or kept");
    if (!fixture_is_name(fixture->name))
        return json_file_error(file, "/name", error, "this is no name such as chat/ready");
    return operation_from_name(operation, &fixture->operation) ||
           json_file_error(file, "/operation", error, "an operation is models, chat or responses");
}

bool fixture_parse(struct fixture *fixture, const char *path, const char *text, size_t len,
                   struct error *error)
{
    *fixture = (struct fixture){.simulated = false};
    if (len > FIXTURE_MAX)
        return error_set(error, ERROR_FILE, "%s is larger than the %d MiB that a fixture may have",
                         path, FIXTURE_MAX / 1024 / 1024);
    if (!json_file_parse(&fixture->file, path, text, len, error))
        return false;
    if (read_head(fixture, error) && read_request(fixture, error) &&
        read_response(fixture, error) && read_expected(fixture, error))
        return true;
    fixture_release(fixture);
    return false;
}

bool fixture_open(struct fixture *fixture, const char *folder, const char *name,
                  struct error *error)
{
    enum operation operation = OPERATION_CHAT;
    struct bytes text;
    const char *rest;
    bool told, good;
    char *path;

    rest = fixture_split(name, &operation, &told, error);
    if (!rest)
        return false;
    if (!told)
        return error_set(error, ERROR_USAGE, "of which operation? say chat/%s, for example", rest);
    path = fixture_path(folder, operation, rest);
    good = file_read(path, FIXTURE_MAX, &text, NULL, error) &&
           fixture_parse(fixture, path, bytes_text(&text), text.len, error);
    if (good && (fixture->operation != operation || strcmp(fixture->name, name) != 0)) {
        json_file_error(&fixture->file, "/name", error,
                        "it calls itself %s, a fixture of %s, and stands where %s belongs",
                        fixture->name, operation_name(fixture->operation), name);
        fixture_release(fixture);
        good = false;
    }
    bytes_release(&text);
    free(path);
    return good;
}

void fixture_release(struct fixture *fixture)
{
    request_facts_release(&fixture->facts);
    stream_rules_release(&fixture->rules);
    http_result_release(&fixture->result);
    bytes_release(&fixture->body);
    json_file_release(&fixture->file);
    *fixture = (struct fixture){.simulated = false};
}

/* ---- what is expected ---- */

struct json *fixture_codes(const struct verdict *verdict, bool notes)
{
    struct json *codes = json_new_array();

    for (size_t i = 0; i < verdict->count; i++)
        if (reason_is_note(verdict->reasons[i].code) == notes)
            json_append(codes, json_new_string(reason_name(verdict->reasons[i].code)));
    return codes;
}

static void add_word(struct bytes *out, const char *what, const char *expected, const char *now)
{
    if (strcmp(expected, now) != 0)
        bytes_printf(out, "%s%s: %s in the fixture, %s now", out->len ? "\n" : "", what, expected,
                     now);
}

static char *join(const struct json *codes)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    for (const struct json *code = json_first(codes); code; code = json_next(code))
        bytes_printf(&text, "%s%s", text.len ? ", " : "",
                     json_string(code) ? json_string(code) : "?");
    if (text.len == 0)
        bytes_puts(&text, "none");
    return bytes_take(&text);
}

static void add_codes(struct bytes *out, const char *what, const struct json *expected,
                      const struct verdict *verdict, bool notes)
{
    struct json *now = fixture_codes(verdict, notes);
    char *before = join(expected), *after = join(now);

    add_word(out, what, before, after);
    free(before);
    free(after);
    json_free(now);
}

bool fixture_holds(const struct fixture *fixture, const struct verdict *verdict,
                   const struct failure *failure, struct bytes *differs, struct bytes *notes)
{
    size_t before = differs->len;

    add_word(differs, "verdict", fixture->verdict, verdict_name(verdict->kind));
    add_codes(differs, "reasons", fixture->reasons, verdict, false);
    add_word(differs, "class", fixture->class, failure->class);
    add_word(differs, "action", fixture->action, failure->action);
    add_codes(notes, "notes", fixture->notes, verdict, true);
    return differs->len == before;
}

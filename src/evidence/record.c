#include "evidence/record.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char format_name[] = "cometdeck-capture";

/* ---- words of the rules in force ---- */

static const char *const marker_names[] = {
    [MARKER_REQUIRED] = "required",
    [MARKER_OPTIONAL_IF_FRAMED_CLEAN] = "optional-if-framed-clean",
    [MARKER_COMPLETION_DONE] = "chat.completion.done",
};
static const char *const origin_names[] = {
    [MARKER_FROM_MODEL] = "model",
    [MARKER_FROM_GATEWAY] = "gateway",
};
static const char *const finish_names[] = {
    [FINISH_REQUIRED] = "required",
    [FINISH_ABSENT] = "absent",
};
static const char *const sequence_names[] = {
    [SEQUENCE_STRICT] = "strict",
    [SEQUENCE_IGNORE] = "ignore",
};
static const char *const column_names[] = {
    [FINISH_UNKNOWN] = "unknown",
    [FINISH_COMPLETE] = "complete",
    [FINISH_LIMITED] = "limited",
    [FINISH_ERRORED] = "errored",
};

/* The index of a word; 0, which is the strictest of each table, for one that is not in it. */
static size_t word_index(const struct json *value, const char *const *words, size_t count)
{
    const char *text = json_string(value);

    for (size_t i = 0; text && i < count; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return 0;
}
#define WORD(json, name, words) \
    word_index(json_member(json, name), words, sizeof(words) / sizeof(*(words)))

/* Numbers of the rules and where they are. */
#define RULE_SIZES(FIELD)  \
    FIELD(max_event_bytes) \
    FIELD(max_body_bytes)  \
    FIELD(max_stream_bytes)
#define RULE_TIMES(FIELD) \
    FIELD(connect_us)     \
    FIELD(headers_us)     \
    FIELD(first_event_us) \
    FIELD(gap_us)         \
    FIELD(total_us)       \
    FIELD(linger_us)
#define TIMINGS(FIELD)     \
    FIELD(start_us)        \
    FIELD(resolved_us)     \
    FIELD(connected_us)    \
    FIELD(tls_us)          \
    FIELD(sent_us)         \
    FIELD(first_header_us) \
    FIELD(headers_us)      \
    FIELD(first_byte_us)   \
    FIELD(end_us)

int64_t record_bounded(int64_t value)
{
    return value > RECORD_NUMBER_MAX    ? RECORD_NUMBER_MAX
           : value < -RECORD_NUMBER_MAX ? -RECORD_NUMBER_MAX
                                        : value;
}

static int64_t integer(const struct json *object, const char *name, int64_t fallback)
{
    int64_t value;

    return record_bounded(json_integer(json_member(object, name), &value) ? value : fallback);
}

static void copy_text(char *out, size_t size, const struct json *value)
{
    const char *text = json_string(value);
    size_t len = text ? strlen(text) : 0;

    len = len < size ? len : size - 1;
    if (len)
        memcpy(out, text, len);
    out[len] = '\0';
}

/* ---- headers of a request or an answer: in their order, names may repeat ---- */

struct json *record_headers_json(const struct http_headers *headers)
{
    struct json *list = json_new_array();

    for (size_t i = 0; headers && i < headers->count; i++) {
        struct json *pair = json_new_array();

        json_append(pair, json_new_string(headers->items[i].name));
        json_append(pair, json_new_string(headers->items[i].value));
        json_append(list, pair);
    }
    return list;
}

void record_headers_read(const struct json *list, struct http_headers *headers)
{
    for (struct json *pair = json_first(list); pair; pair = json_next(pair)) {
        const char *name = json_string(json_item(pair, 0));
        const char *value = json_string(json_item(pair, 1));

        if (name && value)
            http_headers_add(headers, name, value);
    }
}

/* ---- the header line ---- */

struct json *record_facts_json(const struct request_facts *facts)
{
    struct json *json = json_new_object();

    json_set_boolean(json, "stream", facts->stream);
    json_set_integer(json, "choices", facts->choices);
    json_set_boolean(json, "include_usage", facts->include_usage);
    json_set_boolean(json, "tools_without_required", facts->tools_without_required);
    json_set_string(json, "lenient_tools", facts->lenient_tools);
    json_set_string(json, "model", facts->model);
    return json;
}

void record_facts_read(const struct json *json, struct request_facts *facts)
{
    *facts = (struct request_facts){
        .stream = json_boolean(json_member(json, "stream"), false),
        .choices = (int)integer(json, "choices", 1),
        .include_usage = json_boolean(json_member(json, "include_usage"), false),
        .tools_without_required = json_boolean(json_member(json, "tools_without_required"), false),
        .lenient_tools = xstrdup(json_string(json_member(json, "lenient_tools"))),
        .model = xstrdup(json_string(json_member(json, "model"))),
    };
}

struct json *record_rules_json(const struct stream_rules *rules)
{
    struct json *json = json_new_object(), *aliases = json_new_object();

    json_set_string(json, "marker", marker_names[rules->marker]);
    json_set_string(json, "marker_origin", origin_names[rules->marker_origin]);
    json_set_string(json, "finish_reason", finish_names[rules->finish]);
    json_set_string(json, "sequence", sequence_names[rules->sequence]);
    for (size_t i = 0; i < rules->alias_count; i++)
        json_set_string(aliases, rules->aliases[i].reason, column_names[rules->aliases[i].column]);
    json_set(json, "aliases", aliases);
#define SET(field) json_set_integer(json, #field, (int64_t)rules->field);
    RULE_SIZES(SET)
    RULE_TIMES(SET)
#undef SET
    return json;
}

void record_rules_read(const struct json *json, struct stream_rules *rules)
{
    stream_rules_default(rules);
    rules->marker = (enum marker_rule)WORD(json, "marker", marker_names);
    rules->marker_origin = (enum marker_origin)WORD(json, "marker_origin", origin_names);
    rules->finish = (enum finish_rule)WORD(json, "finish_reason", finish_names);
    rules->sequence = (enum sequence_rule)WORD(json, "sequence", sequence_names);
    for (struct json *alias = json_first(json_member(json, "aliases"));
         alias && rules->alias_count < FINISH_ALIASES_MAX; alias = json_next(alias))
        rules->aliases[rules->alias_count++] = (struct finish_alias){
            .reason = xstrdup(json_name(alias)),
            .column = (enum finish_column)word_index(alias, column_names,
                                                     sizeof(column_names) / sizeof(*column_names)),
        };
#define GET(field) rules->field = (size_t)integer(json, #field, (int64_t)rules->field);
    RULE_SIZES(GET)
#undef GET
#define GET(field) rules->field = integer(json, #field, rules->field);
    RULE_TIMES(GET)
#undef GET
}

/* As text where JSON can hold it exactly. */
static void set_body(struct json *request, const char *body, size_t len)
{
    char *text;

    if (!body) {
        json_set(request, "body", json_new_null());
    } else if (utf8_valid(body, len, NULL) && !memchr(body, '\0', len)) {
        json_set(request, "body", json_new_string_n(body, len));
    } else {
        text = xmalloc(BASE64_LENGTH(len) + 1);
        json_set(request, "body_base64", json_new_string_n(text, base64_encode(body, len, text)));
        free(text);
    }
}

static bool read_body(const struct json *request, struct record_header *record)
{
    const char *text = json_string(json_member(request, "body"));
    const char *encoded = json_string(json_member(request, "body_base64"));
    struct bytes body;
    bool good = true;

    if (!text && !encoded)
        return true;
    bytes_init(&body, strlen(text ? text : encoded));
    if (text)
        bytes_puts(&body, text);
    else
        good = base64_decode(encoded, strlen(encoded), &body);
    record->header.body_len = body.len;
    record->header.body = record->body = bytes_take(&body);
    return good;
}

static struct json *request_to_json(const struct capture_header *header)
{
    struct json *request = json_new_object();

    json_set_string(request, "method", header->method);
    json_set_string(request, "url", header->url);
    json_set(request, "headers", record_headers_json(header->headers));
    json_set_string(request, "auth_header", header->auth_header);
    json_set_string(request, "auth_scheme", header->auth_scheme);
    json_set_string(request, "key_alias", header->key_alias);
    set_body(request, header->body_kept ? header->body : NULL, header->body_len);
    json_set_integer(request, "body_bytes", (int64_t)header->body_len);
    return request;
}

void record_write_header(const struct capture_header *header, struct bytes *out)
{
    struct json *json = json_new_object();
    char at[CLOCK_TEXT];

    clock_format(header->wall_ms, at);
    json_set_string(json, "format", format_name);
    json_set_integer(json, "version", CAPTURE_VERSION);
    json_set_string(json, "id", header->id);
    json_set_string(json, "at", at);
    json_set_integer(json, "wall_ms", header->wall_ms);
    json_set_string(json, "operation", operation_name(header->operation));
    json_set_string(json, "profile", header->profile);
    json_set_boolean(json, "simulated", header->simulated);
    json_set_string(json, "differs", header->differs);
    if (header->origin)
        json_set_string(json, "origin", header->origin);
    if (header->missing)
        json_set_string(json, "not_told", header->missing);
    json_set_boolean(json, "body_kept", header->body_kept);
    json_set(json, "request", request_to_json(header));
    json_set(json, "facts", header->facts ? record_facts_json(header->facts) : json_new_null());
    json_set(json, "rules", record_rules_json(header->rules));
    json_write(json, false, out);
    bytes_append_byte(out, '\n');
    json_free(json);
}

/* The time without what separates it, so that names sort. */
void evidence_make_id(char id[static EVIDENCE_ID], int64_t wall_ms, uint64_t chance)
{
    char time[CLOCK_TEXT], compact[CLOCK_TEXT], *out = compact;

    clock_format(wall_ms, time);
    for (const char *c = time; *c; c++)
        if (*c != '-' && *c != ':')
            *out++ = *c;
    *out = '\0';
    snprintf(id, EVIDENCE_ID, "ev-%s-%04x", compact, (unsigned)(chance & 0xFFFF));
}

static bool check_format(const char *where, const struct json *json, struct error *error)
{
    const char *name = json_string(json_member(json, "format"));
    int64_t version = integer(json, "version", 0);

    if (!name || strcmp(name, format_name) != 0)
        return error_at(error, ERROR_FILE, where, 1, 0, "this is no capture of cometdeck");
    if (version > CAPTURE_VERSION)
        return error_at(error, ERROR_FILE, where, 1, 0,
                        "the capture has version %lld, this cometdeck reads up to %d; use a newer "
                        "one",
                        (long long)version, CAPTURE_VERSION);
    return version == CAPTURE_VERSION ||
           error_at(error, ERROR_FILE, where, 1, 0, "the capture names no version");
}

bool record_read_header(const char *where, const char *line, size_t len,
                        struct record_header *record, struct error *error)
{
    const struct json *json, *request;
    struct capture_header *header = &record->header;
    const char *operation;

    *record = (struct record_header){0};
    json = record->json = json_parse(line, len, where, error);
    if (!json || !check_format(where, json, error))
        return false;
    request = json_member(json, "request");
    record_headers_read(json_member(request, "headers"), &record->headers);
    record_facts_read(json_member(json, "facts"), &record->facts);
    record_rules_read(json_member(json, "rules"), &record->rules);
    *header = (struct capture_header){
        .wall_ms = integer(json, "wall_ms", 0),
        .profile = json_string(json_member(json, "profile")),
        .method = json_string(json_member(request, "method")),
        .url = json_string(json_member(request, "url")),
        .headers = &record->headers,
        .auth_header = json_string(json_member(request, "auth_header")),
        .auth_scheme = json_string(json_member(request, "auth_scheme")),
        .key_alias = json_string(json_member(request, "key_alias")),
        .body_kept = json_boolean(json_member(json, "body_kept"), false),
        .facts = json_type(json_member(json, "facts")) == JSON_OBJECT ? &record->facts : NULL,
        .rules = &record->rules,
        .simulated = json_boolean(json_member(json, "simulated"), false),
        .differs = json_string(json_member(json, "differs")),
        .origin = json_string(json_member(json, "origin")),
        .missing = json_string(json_member(json, "not_told")),
    };
    copy_text(header->id, sizeof(header->id), json_member(json, "id"));
    header->body_len = (size_t)integer(request, "body_bytes", 0);
    operation = json_string(json_member(json, "operation"));
    if (!operation || !operation_from_name(operation, &header->operation))
        return error_at(error, ERROR_FILE, where, 1, 0,
                        "the capture is of an operation that this cometdeck does not know");
    return read_body(request, record) ||
           error_at(error, ERROR_FILE, where, 1, 0, "the request's body is no base64");
}

void record_header_release(struct record_header *record)
{
    json_free(record->json);
    http_headers_release(&record->headers);
    request_facts_release(&record->facts);
    stream_rules_release(&record->rules);
    free(record->body);
}

/* ---- the answer's head, and the end line ---- */

struct json *record_head_json(const struct http_result *result)
{
    struct json *json = json_new_object();

    json_set_integer(json, "status", result->status);
    json_set_string(json, "reason", result->reason);
    json_set_string(json, "http_version", result->version);
    json_set_string(json, "framing", framing_name(result->framing));
    json_set(json, "headers", record_headers_json(&result->headers));
    return json;
}

void record_write_head(const struct http_result *result, int64_t since_start_us, struct bytes *out)
{
    struct json *json = json_new_object();

    json_set(json, "head", record_head_json(result));
    json_set_integer(json, "t", since_start_us);
    json_write(json, false, out);
    bytes_append_byte(out, '\n');
    json_free(json);
}

void record_end_json(const struct http_result *result, struct json *json)
{
    json_set_integer(json, "curl", result->curl);
    json_set_string(json, "message", result->message);
    json_set_boolean(json, "framed_clean", result->framed_clean);
    json_set_string(json, "stop", stop_name(result->stop));
    json_set(json, "trailers", record_headers_json(&result->trailers));
}

void record_write_result(const struct http_result *result, struct bytes *out)
{
    struct json *json = record_head_json(result), *timings = json_new_object();

    record_end_json(result, json);
#define SET(field) json_set_integer(timings, #field, result->timings.field);
    TIMINGS(SET)
#undef SET
    json_set(json, "timings", timings);
    json_set_integer(json, "body_bytes", (int64_t)result->body_bytes);
    json_set_string(json, "peer", result->peer);
    if (result->local[0])
        json_set_string(json, "local", result->local);
    json_set_integer(json, "requests_sent", result->requests_sent);
    bytes_puts(out, "{\"end\":");
    json_write(json, false, out);
    json_free(json);
}

void record_result_read(const struct json *json, struct http_result *result)
{
    const struct json *timings = json_member(json, "timings");

    *result = (struct http_result){
        .curl = (int)integer(json, "curl", -1),
        .status = (int)integer(json, "status", 0),
        .framing = framing_from_name(json_string(json_member(json, "framing"))),
        .framed_clean = json_boolean(json_member(json, "framed_clean"), false),
        .stop = stop_from_name(json_string(json_member(json, "stop"))),
        .body_bytes = (uint64_t)integer(json, "body_bytes", 0),
        .requests_sent = (int)integer(json, "requests_sent", 0),
    };
    copy_text(result->message, sizeof(result->message), json_member(json, "message"));
    copy_text(result->reason, sizeof(result->reason), json_member(json, "reason"));
    copy_text(result->version, sizeof(result->version), json_member(json, "http_version"));
    copy_text(result->peer, sizeof(result->peer), json_member(json, "peer"));
    copy_text(result->local, sizeof(result->local), json_member(json, "local"));
    record_headers_read(json_member(json, "headers"), &result->headers);
    record_headers_read(json_member(json, "trailers"), &result->trailers);
#define GET(field) result->timings.field = integer(timings, #field, 0);
    TIMINGS(GET)
#undef GET
}

bool record_read_result(const char *line, size_t len, const char *name, struct http_result *result,
                        int64_t *since_start_us)
{
    struct json *line_json = json_parse(line, len, "the line", NULL);
    const struct json *json = json_member(line_json, name);
    bool good = json != NULL;

    *since_start_us = integer(line_json, "t", 0);
    record_result_read(json, result);
    json_free(line_json);
    return good;
}

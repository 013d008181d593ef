#include "probe/canary.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/base_url.h"
#include "evidence/exchange.h"
#include "evidence/shape.h"
#include "net/proxy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CAPTURE_MAX = 64 * 1024 * 1024, TEXT_MAX = 64 * 1024, TYPES_TEXT = 128 };

static const char *const names[CANARY_PARTS] = {
    [CANARY_ROUTING] = "routing",     [CANARY_AUTHENTICATION] = "authentication",
    [CANARY_STATUS] = "status",       [CANARY_PARSING] = "parsing",
    [CANARY_TELEMETRY] = "telemetry", [CANARY_LOGGING] = "logging safety",
    [CANARY_TIMEOUT] = "timeout",
};

const char *canary_part_name(enum canary_part part)
{
    return names[part];
}

/* ---- the parts; `detail` is taken over ---- */

static void tell(struct canary *canary, enum canary_part part, enum tristate holds, char *detail)
{
    canary->holds[part] = holds;
    canary->detail[part] = detail;
}

static enum tristate truth(bool known, bool holds)
{
    return !known ? IS_UNKNOWN : holds ? IS_YES : IS_NO;
}

/* What answers is no API: a page of a portal or a console, whatever the status says. */
static bool is_elsewhere(const struct exchange_state *state)
{
    return strcmp(state->failure->class, "not-api") == 0;
}

/* The body outranks the status here too, and a failure of another kind says nothing of the key. */
static void judge_key(struct canary *canary, const struct exchange_state *state)
{
    const struct failure *failure = state->failure;
    int status = state->result->status;

    if (status == 0)
        tell(canary, CANARY_AUTHENTICATION, IS_UNKNOWN, NULL);
    else if (strcmp(failure->class, "auth") == 0 || strcmp(failure->class, "permission") == 0)
        tell(canary, CANARY_AUTHENTICATION, IS_NO,
             xasprintf("the key was refused: class %s", failure->class));
    else if (status / 100 == 2 && state->verdict->kind != VERDICT_ERRORED && !is_elsewhere(state))
        tell(canary, CANARY_AUTHENTICATION, IS_YES, xstrdup("the key was taken"));
    else
        tell(canary, CANARY_AUTHENTICATION, IS_UNKNOWN,
             xasprintf("HTTP %d, class %s, says nothing of the key", status, failure->class));
}

static void judge_answered(struct canary *canary, const struct exchange_state *state)
{
    const struct http_result *result = state->result;
    int status = result->status;
    bool came = status > 0;
    const char *host = strstr(state->url, "://");
    int len;

    host = host ? host + 3 : state->url;
    len = (int)strcspn(host, "/?#");
    tell(canary, CANARY_ROUTING, truth(came, status / 100 != 3 && !is_elsewhere(state)),
         is_elsewhere(state)
             ? xasprintf("%.*s answers with something else than the API: class not-api", len, host)
         : status / 100 == 3 ? xasprintf("%.*s sends elsewhere with %d", len, host, status)
         : came ? xasprintf("%.*s%s%s, no redirect", len, host, result->peer[0] ? " at " : "",
                            result->peer)
                : xasprintf("%.*s did not answer", len, host));
    judge_key(canary, state);
    tell(canary, CANARY_STATUS, truth(came, status / 100 == 2),
         came ? xasprintf("HTTP %d", status) : NULL);
    tell(canary, CANARY_PARSING, truth(came, state->verdict->kind == VERDICT_COMPLETE),
         xasprintf("%s", verdict_name(state->verdict->kind)));
}

/* Where nothing could be kept, as without a home, nobody knows whether it would have been. */
static void judge_kept(struct canary *canary, const struct exchange_state *state)
{
    tell(canary, CANARY_TELEMETRY, truth(!state->trouble || state->capture, !state->trouble),
         state->trouble ? xstrdup(state->trouble)
         : canary->request_id
             ? xasprintf("%s is kept, with request id %s", state->id, canary->request_id)
             : xasprintf("%s is kept, no request id came", state->id));
}

static bool is_clean(const char *text, size_t len, const struct redactor *redactor)
{
    char *copy = xmemdup0(text, len);
    bool clean;

    redact(redactor, copy, len);
    clean = memcmp(copy, text, len) == 0;
    free(copy);
    return clean;
}

/* Halves of a key in two events are one again in the joined text. */
static bool texts_are_clean(const struct judge *judge, const struct redactor *redactor)
{
    struct answer answer;

    judge_answer(judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++)
        if (answer.choices[i].text_len > 0 &&
            !is_clean(answer.choices[i].text, answer.choices[i].text_len, redactor))
            return false;
    return true;
}

/* The capture as it lies on the disk, through the redactor once more: nothing may change. */
static void judge_logging(struct canary *canary, const struct exchange_state *state,
                          const struct redactor *redactor)
{
    struct bytes text;
    struct error error;
    bool safe;

    if (!state->capture) {
        tell(canary, CANARY_LOGGING, IS_UNKNOWN, xstrdup("no capture was kept"));
    } else if (!texts_are_clean(state->judge, redactor)) {
        tell(canary, CANARY_LOGGING, IS_NO,
             xasprintf("%s holds the key in pieces, as the server sent it", state->capture));
    } else if (!file_read(state->capture, CAPTURE_MAX, &text, NULL, &error)) {
        tell(canary, CANARY_LOGGING, IS_UNKNOWN, xstrdup(error.text));
    } else {
        safe = is_clean(bytes_text(&text), text.len, redactor);
        tell(canary, CANARY_LOGGING, truth(true, safe),
             safe ? xasprintf("no form of the key in %zu bytes", text.len)
                  : xasprintf("%s holds something of the shape of a key", state->capture));
        bytes_release(&text);
    }
}

static void judge_time(struct canary *canary, const struct exchange_state *state)
{
    enum stop stop = state->result->stop;
    bool ended = stop == STOP_NONE || stop == STOP_LINGER;

    tell(canary, CANARY_TIMEOUT, truth(true, ended),
         ended ? xasprintf("within %" PRId64 " ms in all",
                           state->rules ? state->rules->total_us / 1000 : 0)
               : xasprintf("stopped: %s", stop_name(stop)));
}

/* ---- the record ---- */

static char *find_trace_id(const struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        if (strcasestr(headers->items[i].name, "trace"))
            return xasprintf("%s: %s", headers->items[i].name, headers->items[i].value);
    return NULL;
}

static char *list_members(const char *usage)
{
    struct json *json = usage ? json_parse(usage, strlen(usage), "usage", NULL) : NULL;
    struct bytes list;

    bytes_init(&list, TEXT_MAX);
    for (const struct json *member = json_first(json); member; member = json_next(member))
        bytes_printf(&list, "%s%s", list.len ? ", " : "", json_name(member));
    json_free(json);
    if (list.len)
        return bytes_take(&list);
    bytes_release(&list);
    return NULL;
}

static void add_document(struct shape *shape, const char *text, size_t len)
{
    struct json *json = json_parse(text, len, "the answer", NULL);

    if (json)
        shape_add(shape, json);
    json_free(json);
}

/* Of the whole answer, or of all its events together. */
static char *describe_shape(const char *body, size_t len)
{
    static const char field[] = "data:";
    struct shape shape = {0};
    struct bytes out;
    char types[TYPES_TEXT];

    if (!body)
        return NULL;
    if (len > 0 && body[0] == '{')
        add_document(&shape, body, len);
    for (size_t at = 0; at < len && body[0] != '{';) {
        const char *line = body + at, *newline = memchr(line, '\n', len - at);
        size_t line_len = newline ? (size_t)(newline - line) : len - at;

        if (line_len > strlen(field) && memcmp(line, field, strlen(field)) == 0)
            add_document(&shape, line + strlen(field), line_len - strlen(field));
        at += line_len + 1;
    }
    bytes_init(&out, TEXT_MAX);
    for (size_t i = 0; i < shape.count; i++)
        if (shape.paths[i].path[0])
            bytes_printf(&out, "%s%s: %s", out.len ? "\n" : "", shape.paths[i].path,
                         shape_types(shape.paths[i].types, types, sizeof(types)));
    shape_release(&shape);
    return bytes_take(&out);
}

static char *describe_network(const struct exchange_state *state)
{
    const struct http_result *result = state->result;
    const char *proxy, *trust = trust_variable();
    char *host, *text;

    if (!result->peer[0])
        return NULL;
    host = base_url_host(state->url);
    proxy = host_is_loopback(host) ? NULL : proxy_variable(host);
    text = xasprintf("from %s to %s, %s%s, certificates of %s",
                     result->local[0] ? result->local : "an address unknown", result->peer,
                     proxy ? "through the proxy of " : "no proxy", proxy ? proxy : "",
                     trust ? trust : "the system");
    free(host);
    return text;
}

static void record(struct canary *canary, const struct exchange_state *state, const char *body,
                   size_t body_len)
{
    const struct http_timings *at = &state->result->timings;
    struct bytes reasons;
    struct answer answer;

    judge_answer(state->judge, &answer);
    bytes_init(&reasons, TEXT_MAX);
    for (size_t i = 0; i < answer.choice_count; i++) {
        canary->content |= answer.choices[i].text_len > 0 || answer.choices[i].tool_call_count > 0;
        if (answer.choices[i].finish_reason)
            bytes_printf(&reasons, "%s%s", reasons.len ? "," : "", answer.choices[i].finish_reason);
    }
    if (reasons.len)
        canary->finish_reasons = bytes_take(&reasons);
    bytes_release(&reasons);
    canary->status = state->result->status;
    canary->request_id = xstrdup(answer.request_id);
    canary->trace_id = find_trace_id(&state->result->headers);
    canary->network = describe_network(state);
    canary->usage = xstrdup(answer.usage);
    canary->billing = list_members(answer.usage);
    canary->latency_us = at->end_us ? at->end_us - at->start_us : -1;
    canary->first_token_us = state->first_token_us ? state->first_token_us : -1;
    canary->verdict = verdict_name(state->verdict->kind);
    canary->shape = describe_shape(body, body_len);
}

struct canary *canary_new(const struct exchange_state *state, const char *body, size_t body_len,
                          int attempts, const struct redactor *redactor)
{
    struct canary *canary = xcalloc(1, sizeof(*canary));

    record(canary, state, body, body_len);
    canary->retries = attempts > 1 ? attempts - 1 : 0;
    judge_answered(canary, state);
    judge_kept(canary, state);
    judge_logging(canary, state, redactor);
    judge_time(canary, state);
    return canary;
}

void canary_free(struct canary *canary)
{
    if (!canary)
        return;
    for (size_t i = 0; i < CANARY_PARTS; i++)
        free(canary->detail[i]);
    free(canary->request_id);
    free(canary->trace_id);
    free(canary->finish_reasons);
    free(canary->usage);
    free(canary->network);
    free(canary->billing);
    free(canary->shape);
    free(canary);
}

enum canary_part canary_failed(const struct canary *canary)
{
    for (enum canary_part part = 0; part < CANARY_PARTS; part++)
        if (canary->holds[part] == IS_NO)
            return part;
    return CANARY_PARTS;
}

/* ---- JSON ---- */

struct json *canary_parts_json(const struct canary *canary)
{
    struct json *parts = json_new_object();

    for (enum canary_part part = 0; part < CANARY_PARTS; part++) {
        struct json *one = json_new_object();

        json_set_string(one, "holds", tristate_name(canary->holds[part]));
        json_set_string(one, "detail", canary->detail[part]);
        json_set(parts, names[part], one);
    }
    return parts;
}

static void set_text(struct json *json, const char *name, const char *text)
{
    if (text && *text)
        json_set_string(json, name, text);
}

struct json *canary_record_json(const struct canary *canary)
{
    struct json *json = json_new_object(), *usage;

    if (canary->status > 0)
        json_set_integer(json, "status", canary->status);
    set_text(json, "request_id", canary->request_id);
    set_text(json, "trace_id", canary->trace_id);
    json_set_boolean(json, "content_present", canary->content);
    set_text(json, "network", canary->network);
    set_text(json, "finish_reasons", canary->finish_reasons);
    usage = canary->usage ? json_parse(canary->usage, strlen(canary->usage), "usage", NULL) : NULL;
    if (usage)
        json_set(json, "usage", usage);
    if (canary->latency_us >= 0)
        json_set_real(json, "latency_ms", (double)canary->latency_us / 1000);
    if (canary->first_token_us >= 0)
        json_set_real(json, "first_token_ms", (double)canary->first_token_us / 1000);
    json_set_string(json, "parser", canary->verdict);
    json_set_integer(json, "retries", canary->retries);
    set_text(json, "billing_fields", canary->billing);
    if (canary->shape)
        json_set(json, "shape", json_new_lines(canary->shape));
    return json;
}

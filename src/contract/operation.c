#include "contract/operation.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/base_url.h"
#include "contract/contract.h"
#include "contract/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CANARY_MAX = 1 << 20 };

/* What differs between operations; their clauses are named after them. */
static const struct {
    const char *name;
    bool body;
    const char *prompt_member; /* where a prompt goes when it is no list of messages */
    const char *ceiling_member;
} operations[OPERATION_COUNT] = {
    [OPERATION_MODELS] = {.name = "models"},
    [OPERATION_CHAT] = {.name = "chat", .body = true, .ceiling_member = "max_tokens"},
    [OPERATION_RESPONSES] = {.name = "responses",
                             .body = true,
                             .prompt_member = "input",
                             .ceiling_member = "max_output_tokens"},
};

/* Stands for a model that was not chosen: a request that holds it is refused, not guessed. */
static const char no_model[] =
    "<MODEL: to be chosen with --model, COMETAPI_MODEL or in the profile>";

const char *operation_name(enum operation operation)
{
    return operations[operation].name;
}

bool operation_from_name(const char *name, enum operation *operation)
{
    for (int i = 0; i < OPERATION_COUNT; i++) {
        if (strcmp(operations[i].name, name) == 0) {
            *operation = (enum operation)i;
            return true;
        }
    }
    return false;
}

/* ---- the canary body ---- */

static void put_prompt(struct json *body, enum operation operation, const char *prompt)
{
    struct json *messages, *message;

    if (operations[operation].prompt_member) {
        json_set_string(body, operations[operation].prompt_member, prompt);
        return;
    }
    messages = json_new_array();
    message = json_new_object();
    json_set_string(message, "role", "user");
    json_set_string(message, "content", prompt);
    json_append(messages, message);
    json_set(body, "messages", messages);
}

/* What the canary clauses add: a clause without a value leaves its member out. */
static void put_canary(const struct contract *contract, struct json *body, enum operation operation)
{
    const struct clause *temperature = contract_find(contract, "canary.temperature");
    int64_t ceiling = contract_integer(contract, "canary.max_tokens", 0);

    if (temperature && json_type(temperature->value) == JSON_NUMBER)
        json_set(body, "temperature", json_copy(temperature->value));
    if (ceiling)
        json_set_integer(body, operations[operation].ceiling_member, ceiling);
}

static void put_stream(const struct contract *contract, struct json *body, enum operation operation)
{
    const struct clause *usage = contract_find(contract, "canary.include_usage");
    struct json *options;

    json_set_boolean(body, "stream", true);
    if (operation != OPERATION_CHAT || !usage || !json_boolean(usage->value, false))
        return;
    options = json_new_object();
    json_set_boolean(options, "include_usage", true);
    json_set(body, "stream_options", options);
}

char *operation_body(const struct contract *contract, enum operation operation, const char *model,
                     const char *prompt, bool stream)
{
    struct json *body;
    struct bytes text;

    if (!operations[operation].body)
        return NULL;
    if (!prompt)
        prompt = contract_string(contract, "canary.prompt");
    body = json_new_object();
    json_set_string(body, "model", model ? model : no_model);
    put_prompt(body, operation, prompt ? prompt : "<PROMPT>");
    put_canary(contract, body, operation);
    if (stream)
        put_stream(contract, body, operation);
    bytes_init(&text, CANARY_MAX + strlen(prompt ? prompt : "") * 6);
    json_write(body, false, &text);
    json_free(body);
    return bytes_take(&text);
}

/* ---- the request ---- */

/* One request under construction: where its values come from and what it rests on. */
struct build {
    const struct contract *contract;
    const struct request_change *change;
    struct bytes *pending;
    struct error *error;
};

/* The request rests on this clause; say so when nothing proves it. */
static void rest_on(const struct build *build, const struct clause *clause)
{
    if (build->pending && clause_status(clause) == CLAUSE_PENDING)
        bytes_printf(build->pending, "%s%s", build->pending->len ? "\n" : "", clause->id);
}

static bool without_placeholder(const struct build *build, const char *id, const char *value)
{
    size_t len;
    const char *placeholder = placeholder_find(value, &len);

    if (!placeholder)
        return true;
    return error_set(build->error, ERROR_FILE,
                     "the clause %s still holds the placeholder %.*s: put in the documented value",
                     id, (int)len, placeholder);
}

/* Printable ASCII: what may go into a request line or header. */
static bool is_printable(const char *value)
{
    for (; *value; value++)
        if (*value < ' ' || *value > '~')
            return false;
    return true;
}

/* A clause's string, fit to be sent; NULL with `error` otherwise. */
static const char *need(const struct build *build, const char *id)
{
    const struct clause *clause = contract_find(build->contract, id);
    const char *value = clause ? json_string(clause->value) : NULL;

    if (!value) {
        error_set(build->error, ERROR_FILE,
                  "the contract has no value for the clause %s: the request cannot be built", id);
        return NULL;
    }
    if (!without_placeholder(build, id, value))
        return NULL;
    if (!is_printable(value)) {
        error_set(build->error, ERROR_FILE,
                  "the clause %s holds characters that cannot be sent in a request", id);
        return NULL;
    }
    rest_on(build, clause);
    return value;
}

/* One word: a method or a header name (RFC 9110 §5.6.2). */
static bool is_token(const char *text)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "!#$%&'*+-.^_`|~";

    return *text && !text[strspn(text, token)];
}

static const char *need_token(const struct build *build, const char *id)
{
    const char *value = need(build, id);

    if (!value || is_token(value))
        return value;
    error_set(build->error, ERROR_FILE, "the clause %s must be one word without blanks", id);
    return NULL;
}

static const char *need_part(const struct build *build, enum operation operation, const char *part)
{
    char id[64];

    snprintf(id, sizeof(id), "%s.%s", operation_name(operation), part);
    return strcmp(part, "method") == 0 ? need_token(build, id) : need(build, id);
}

/* C54: a page of the documentation is no endpoint, its host no API. */
static bool is_no_documentation(const struct build *build, const char *base, const char *path)
{
    const char *docs = contract_string(build->contract, "docs.host");
    const struct clause *pages = contract_find(build->contract, "docs.pages");
    char *host = base_url_host(base);
    bool same = docs && strcmp(host, docs) == 0;

    free(host);
    if (same)
        return error_set(build->error, ERROR_FILE,
                         "the base URL %s is the documentation's host (clause docs.host): it "
                         "answers with HTML pages, the API runs on another host",
                         base);
    for (const struct json *page = pages ? json_first(pages->value) : NULL; page;
         page = json_next(page))
        if (strcmp(json_string(page), path) == 0)
            return error_set(build->error, ERROR_FILE,
                             "the path %s is the address of a documentation page (clause "
                             "docs.pages), not an endpoint; use the path that the page states",
                             path);
    return true;
}

/* The path that a clause names, a string or the first of several. */
static char *path_of_clause(const struct build *build, const char *id)
{
    const struct clause *clause = contract_find(build->contract, id);
    const struct json *value = clause ? clause->value : NULL;
    const char *path = json_string(json_type(value) == JSON_ARRAY ? json_first(value) : value);

    if (path && is_printable(path))
        return xstrdup(path);
    error_set(build->error, ERROR_FILE,
              "the contract has no path in the clause %s: the request cannot be built", id);
    return NULL;
}

/* The caller frees. */
static char *path_of(const struct build *build, const char *base, enum operation operation)
{
    const struct request_change *change = build->change;
    const char *path;

    if (change && change->path_clause)
        return path_of_clause(build, change->path_clause);
    path = need_part(build, operation, "path");
    if (!path || !is_no_documentation(build, base, path))
        return NULL;
    return xasprintf("%s%s", path, change && change->path_suffix ? change->path_suffix : "");
}

static bool put_url(const struct build *build, const struct profile *profile,
                    enum operation operation, struct http_request *request)
{
    const char *base = profile ? profile->base_url : NULL;
    const char *what = base ? "the base URL of the profile" : "the clause base.url";
    char *path;

    if (build->change && build->change->base_url)
        base = build->change->base_url;
    if (!base)
        base = need(build, "base.url");
    if (!base || !base_url_check(what, base, ERROR_FILE, build->error))
        return false;
    path = path_of(build, base, operation);
    if (path)
        request->url = base_url_join(base, path, build->error);
    free(path);
    return request->url != NULL;
}

static bool put_header(const struct build *build, const char *name, const char *id,
                       struct http_request *request)
{
    const char *value = need(build, id);

    if (value)
        http_headers_add(&request->headers, name, value);
    return value != NULL;
}

/* Headers of the account that the contract names besides the key (A9 B11). */
static bool put_extra_headers(const struct build *build, struct http_request *request)
{
    static const char id[] = "auth.extra_headers";
    const struct clause *clause = contract_find(build->contract, id);
    const struct json *header = clause ? json_first(clause->value) : NULL;

    if (header)
        rest_on(build, clause);
    for (; header; header = json_next(header)) {
        const char *name = json_name(header), *value = json_string(header);

        if (!without_placeholder(build, id, name) || !without_placeholder(build, id, value))
            return false;
        if (!*name || strpbrk(name, " :") || !is_printable(name) || !is_printable(value))
            return error_set(build->error, ERROR_FILE,
                             "the clause %s holds a header that cannot be sent", id);
        http_headers_add(&request->headers, name, value);
    }
    return true;
}

static bool put_headers(const struct build *build, bool body, bool stream,
                        struct http_request *request)
{
    const char *name = need_token(build, "auth.header");
    const char *scheme = name ? need(build, "auth.scheme") : NULL;

    if (!scheme)
        return false;
    request->auth_header = xstrdup(name);
    request->auth_scheme = xstrdup(scheme);
    return put_header(build, "Accept", stream ? "stream.accept" : "request.accept", request) &&
           (!body || put_header(build, "Content-Type", "request.content_type", request)) &&
           put_extra_headers(build, request);
}

/* ---- what is changed on purpose ---- */

static void drop_header(struct http_headers *headers, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < headers->count; i++) {
        if (strcasecmp(headers->items[i].name, name) != 0) {
            headers->items[kept++] = headers->items[i];
            continue;
        }
        free(headers->items[i].name);
        free(headers->items[i].value);
    }
    headers->count = kept;
}

static bool change_headers(const struct build *build, struct http_request *request)
{
    const struct json *header = json_first(build->change->headers);

    for (; header; header = json_next(header)) {
        const char *name = json_name(header), *value = json_string(header);

        if (!is_token(name) || (value && !is_printable(value)))
            return error_set(build->error, ERROR_FILE, "the header %.60s cannot be sent", name);
        drop_header(&request->headers, name);
        if (value)
            http_headers_add(&request->headers, name, value);
    }
    return true;
}

static bool change_request(const struct build *build, struct http_request *request)
{
    const struct request_change *change = build->change;

    if (!change)
        return true;
    if (change->method && !is_token(change->method))
        return error_set(build->error, ERROR_FILE, "the method %.60s is not one word",
                         change->method);
    if (change->method) {
        free(request->method);
        request->method = xstrdup(change->method);
    }
    if (change->without_key) {
        free(request->auth_header);
        request->auth_header = NULL;
    }
    return change_headers(build, request);
}

/* A placeholder in capitals, as documents write them: text may hold <b>, never <MODEL_ID>. */
static const char *capital_placeholder(const char *text, size_t *len)
{
    const char *found = placeholder_find(text, len);

    while (found &&
           (*len < 4 || strspn(found + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ -") != *len - 2))
        found = placeholder_find(found + 1, len);
    return found;
}

const char *operation_placeholder(const char *text, size_t *len)
{
    const char *found = placeholder_find(text, len);

    return found && *len == strlen(text) ? found : capital_placeholder(text, len);
}

static bool body_string_fault(const struct build *build, const char *text)
{
    size_t len;
    const char *found = operation_placeholder(text, &len);

    if (!found)
        return true;
    return error_set(build->error, ERROR_FILE,
                     "the body still holds the placeholder %.*s: put in a real value", (int)len,
                     found);
}

static bool body_fault(const struct build *build, const struct json *value)
{
    const char *text = json_string(value);

    if (text && !body_string_fault(build, text))
        return false;
    for (const struct json *child = json_first(value); child; child = json_next(child))
        if ((json_name(child) && !body_string_fault(build, json_name(child))) ||
            !body_fault(build, child))
            return false;
    return true;
}

/* A body that is no JSON, as a negative probe sends it, is looked through as it is. */
static bool check_body(const struct build *build, const char *body, size_t len)
{
    struct json *root = json_parse(body, len, "body", NULL);
    char *text;
    bool good;

    if (root) {
        good = body_fault(build, root);
        json_free(root);
        return good;
    }
    text = xmemdup0(body, len);
    good = !capital_placeholder(text, &(size_t){0}) || body_string_fault(build, text);
    free(text);
    return good;
}

bool operation_request_changed(const struct contract *contract, const struct profile *profile,
                               enum operation operation, const char *body, size_t body_len,
                               const struct request_change *change, struct http_request *request,
                               struct bytes *pending, struct error *error)
{
    const struct build build = {contract, change, pending, error};
    struct request_facts facts;
    const char *method;
    bool stream;

    *request = (struct http_request){.method = NULL};
    request_facts_from(operation, body, body ? body_len : 0, &facts);
    stream = facts.stream;
    request_facts_release(&facts);
    method = need_part(&build, operation, "method");
    request->method = xstrdup(method);
    if (!method || !put_url(&build, profile, operation, request) ||
        !put_headers(&build, body != NULL, stream, request) || !change_request(&build, request) ||
        (body && !check_body(&build, body, body_len))) {
        http_request_release(request);
        return false;
    }
    request->interface = profile ? xstrdup(profile->interface) : NULL;
    if (body) {
        request->body = xmemdup0(body, body_len);
        request->body_len = body_len;
    }
    return true;
}

bool operation_request(const struct contract *contract, const struct profile *profile,
                       enum operation operation, const char *body, size_t body_len,
                       struct http_request *request, struct bytes *pending, struct error *error)
{
    return operation_request_changed(contract, profile, operation, body, body_len, NULL, request,
                                     pending, error);
}

bool operation_input_fits(const struct contract *contract, size_t body_len, struct error *error)
{
    int64_t max = contract_integer(contract, "limits.input_bytes", INT64_MAX);

    if (body_len <= (uint64_t)max)
        return true;
    return error_set(error, ERROR_CHECK,
                     "the body has %zu bytes, more than the %lld that the clause "
                     "limits.input_bytes allows: shorten it, or change the clause",
                     body_len, (long long)max);
}

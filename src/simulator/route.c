#include "simulator/route.h"

#include "base/secret.h"
#include "base/memory.h"
#include "simulator/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Above this a gateway refuses a body; the reader of requests takes more, so that it can answer. */
enum { BODY_TAKEN_MAX = 1024 * 1024 };

#define JSON_TYPE .type = "application/json; charset=utf-8", .framing = FRAME_LENGTH
#define HTML_TYPE .type = "text/html; charset=utf-8", .framing = FRAME_LENGTH

/* What is no scenario: nobody needs to ask for these by name. */
static const struct scene scene_models = {
    .about = {.name = "default"}, JSON_TYPE, .steps = STEPS(MODELS(LISTING_PLAIN))};
static const struct scene scene_model = {
    .about = {.name = "model"}, JSON_TYPE, .steps = STEPS({.kind = STEP_MODEL})};
static const struct scene scene_priced = {
    .about = {.name = "priced"}, JSON_TYPE, .steps = STEPS({.kind = STEP_PRICED})};
static const struct scene scene_no_model = {
    /* new-api answers 200 here, with an error object */
    .about = {.name = "no-such-model"},
    JSON_TYPE,
    .steps = STEPS(BODY("{\"error\":{\"message\":\"The model '@model@' does not exist\","
                        "\"type\":\"invalid_request_error\",\"param\":\"model\","
                        "\"code\":\"model_not_found\"}}\n"))};
static const struct scene scene_no_path = {
    .about = {.name = "invalid-url"},
    .status = 404,
    JSON_TYPE,
    .steps = STEPS(BODY("{\"error\":{\"message\":\"Invalid URL (@method@ @path@)\","
                        "\"type\":\"invalid_request_error\",\"param\":\"\",\"code\":\"\"}}\n"))};
static const struct scene scene_not_here = {
    .about = {.name = "not-here"},
    .status = 400,
    JSON_TYPE,
    .steps = STEPS(BODY("{\"error\":{\"message\":\"@model@ is a scenario of @detail@ only\","
                        "\"type\":\"invalid_request_error\",\"param\":\"model\","
                        "\"code\":\"scenario_not_here\"}}\n"))};
static const struct scene scene_bad_request = {
    .about = {.name = "bad-request"},
    JSON_TYPE,
    .steps = STEPS(BODY("{\"error\":{\"message\":\"@detail@ (request id: @request@)\","
                        "\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}\n"))};
static const struct scene scene_control = {
    .about = {.name = "control"},
    JSON_TYPE,
    .steps = STEPS(BODY("{\"scenario\":\"@detail@\",\"requests\":@serial@}\n"))};
static const struct scene scene_control_unknown = {
    .about = {.name = "control"},
    .status = 404,
    JSON_TYPE,
    .steps = STEPS(BODY("{\"error\":{\"message\":\"no scenario by that name; "
                        "simulate --list names them\"}}\n"))};
static const struct scene scene_documentation = {
    .about = {.name = "documentation"},
    HTML_TYPE,
    .steps = STEPS(BODY("<!doctype html>\n<html><head><title>Chat completions</title></head>\n"
                        "<body><h1>Chat completions</h1><p>This is a page about "
                        "<code>POST /v1/chat/completions</code>, simulated by cometdeck; it is "
                        "not the endpoint.</p></body></html>\n"))};
static const struct scene scene_console = {
    .about = {.name = "web-page"},
    HTML_TYPE,
    .steps = STEPS(BODY("<!doctype html>\n<html><head><title>Console</title></head>\n"
                        "<body><div id=\"root\"></div><p>Simulated by cometdeck.</p>"
                        "</body></html>\n"))};
static const struct scene scene_head = {.about = {.name = "head"},
                                        .status = 405,
                                        .headers = "Allow: GET, POST\r\n",
                                        JSON_TYPE,
                                        .steps = STEPS(BODY(""))};

static void set_model(struct ask *ask, const char *text)
{
    free(ask->model);
    ask->model = xstrdup(text);
}

static bool key_fits(const struct route *route, const struct sim_request *request,
                     const struct ask *ask)
{
    const char *value = sim_request_header(request, "Authorization");

    if (!value || strncasecmp(value, "Bearer ", 7) != 0)
        return false;
    if (route->key)
        return strcmp(ask->key, route->key) == 0;
    return strncmp(ask->key, "sk-", 3) == 0 && ask->key[3] && strcmp(ask->key, SECRET_NOBODYS) != 0;
}

static const struct scene *setting_for(const struct route *route, const char *operation,
                                       enum scenario_scope scope)
{
    const struct scene *setting = route->setting;

    if (setting && setting->about.scope == scope && scene_answers(setting, operation))
        return setting;
    return NULL;
}

/* The scene by the model asked for; NULL when nobody serves it. */
static const struct scene *model_scene(const struct route *route, const struct ask *ask)
{
    const struct scene *setting = setting_for(route, ask->operation, SCENARIO_ANSWER);

    if (setting)
        return setting;
    if (!listing_knows(ask->model))
        return NULL;
    return scene_find(strncmp(ask->model, "sim/", 4) == 0 ? ask->model : "ready");
}

/* chat and responses, in the order in which a gateway looks at a request. */
static const struct scene *route_answer(struct route *route, const struct sim_request *request,
                                        struct ask *ask, const char *operation)
{
    const struct scene *setting = setting_for(route, operation, SCENARIO_SERVER), *scene;

    ask_read_body(ask, operation, &request->body);
    if (setting)
        return setting;
    if (!key_fits(route, request, ask))
        return scene_find("key-rejected");
    if (request->body.len > BODY_TAKEN_MAX)
        return scene_find("too-large");
    if (ask->fault == ASK_NOT_JSON)
        return scene_find("malformed-json");
    if (ask->fault == ASK_NO_MODEL)
        return scene_find("model-required");
    scene = model_scene(route, ask);
    if (!scene)
        return scene_find("model-not-found");
    if (ask->fault == ASK_NO_MESSAGES)
        return scene_find("messages-required");
    if (ask->fault == ASK_BAD_ROLE)
        return scene_find("role-rejected");
    if (ask->fault == ASK_BAD_TYPE)
        return scene_find("type-rejected");
    if (!scene_answers(scene, operation)) {
        ask->detail = scene->about.operations;
        return &scene_not_here;
    }
    return scene;
}

static const struct scene *route_models(struct route *route, const struct sim_request *request,
                                        struct ask *ask)
{
    const struct scene *setting = setting_for(route, "models", SCENARIO_SERVER);

    ask->operation = "models";
    if (setting)
        return setting;
    return key_fits(route, request, ask) ? &scene_models : scene_find("key-rejected");
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c | 0x20) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* %XX becomes its byte; a NUL or a cut escape stays as it stands. */
static void decode_percent(char *text)
{
    char *to = text;

    for (const char *at = text; *at; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1;
        int low = high >= 0 ? hex_digit(at[2]) : -1;

        if (low >= 0 && high + low > 0) {
            *to++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
}

static const struct scene *route_model(struct route *route, const struct sim_request *request,
                                       struct ask *ask, const char *id)
{
    ask->operation = "models";
    set_model(ask, id);
    decode_percent(ask->model);
    if (!key_fits(route, request, ask))
        return scene_find("key-rejected");
    return listing_knows(ask->model) ? &scene_model : &scene_no_model;
}

/* `name=NAME` of the query; "" when it is not there. The caller frees. */
static char *query_name(const char *query)
{
    const char *at = strncmp(query, "name=", 5) == 0 ? query : strstr(query, "&name=");

    if (!at)
        return xstrdup("");
    at = strchr(at, '=') + 1;
    return xmemdup0(at, strcspn(at, "&"));
}

static const struct scene *route_control(struct route *route, const struct sim_request *request,
                                         struct ask *ask)
{
    char *name = query_name(sim_request_query(request));
    const struct scene *scene = NULL;
    bool known = true;

    decode_percent(name);
    if (strcmp(ask->method, "POST") == 0) {
        scene = scene_find(name);
        known = scene != NULL;
        if (known)
            route->setting = strcmp(scene->about.name, "default") == 0 ? NULL : scene;
    }
    free(name);
    ask->serial = route->served;
    ask->detail = route->setting ? route->setting->about.name : "default";
    return known ? &scene_control : &scene_control_unknown;
}

static const struct scene *route_page(const char *path)
{
    if (strncmp(path, "/v1/", 4) == 0 || strcmp(path, "/v1") == 0)
        return &scene_no_path;
    if (strncmp(path, "/api/text/", 10) == 0)
        return &scene_documentation;
    return &scene_console;
}

/* Where nothing is refused: an answer of the operation that the path resembles. */
static const struct scene *route_anything(struct route *route, const struct sim_request *request,
                                          struct ask *ask, const char *path)
{
    if (strstr(path, "models")) {
        ask->operation = "models";
        return &scene_models;
    }
    ask_read_body(ask, strstr(path, "responses") ? "responses" : "chat", &request->body);
    return route->setting;
}

/* The operations of the API, by path and method. */
static const struct scene *route_path(struct route *route, const struct sim_request *request,
                                      struct ask *ask, const char *path)
{
    bool get = strcmp(ask->method, "GET") == 0, post = strcmp(ask->method, "POST") == 0;

    if (strcmp(ask->method, "HEAD") == 0)
        return &scene_head;
    if (route->setting && route->setting->anywhere)
        return route_anything(route, request, ask, path);
    if (post && strcmp(path, "/v1/chat/completions") == 0)
        return route_answer(route, request, ask, "chat");
    if (post && strcmp(path, "/v1/responses") == 0)
        return route_answer(route, request, ask, "responses");
    if (get && strcmp(path, "/v1/models") == 0)
        return route_models(route, request, ask);
    if (get && strncmp(path, "/v1/models/", 11) == 0)
        return route_model(route, request, ask, path + 11);
    if (get && strcmp(path, "/api/models") == 0)
        return &scene_priced;
    return route_page(path);
}

/*
 * "/sim/as/NAME/v1/…" is "/v1/…" under the scenario NAME, for this request alone: who may change
 * nothing but a base URL, or asks for several at a time, chooses so.
 */
static const struct scene *route_as(const struct route *route, const struct sim_request *request,
                                    struct ask *ask, const char *path)
{
    char *name = xmemdup0(path, strcspn(path, "/"));
    const struct scene *scene = scene_find(name);
    struct route chosen = *route;

    free(name);
    ask->detail = "default";
    if (!scene)
        return &scene_control_unknown;
    chosen.setting = strcmp(scene->about.name, "default") == 0 ? NULL : scene;
    return route_path(&chosen, request, ask, path + strcspn(path, "/"));
}

const struct scene *route_request(struct route *route, const struct sim_request *request,
                                  struct ask *ask)
{
    static const char as[] = "/sim/as/";
    const char *path = sim_request_path(request);
    bool bad = request->state == SIM_REQUEST_BAD;

    ask_init(ask, request, route->served);
    if (!bad && strcmp(path, "/sim/scenario") == 0)
        return route_control(route, request, ask);
    ask->serial = ++route->served;
    if (bad && request->status == 413)
        return scene_find("too-large");
    if (bad) {
        ask->status = request->status;
        ask->detail = request->fault;
        return &scene_bad_request;
    }
    if (strncmp(path, as, sizeof(as) - 1) == 0)
        return route_as(route, request, ask, path + sizeof(as) - 1);
    return route_path(route, request, ask, path);
}

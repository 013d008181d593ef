#include "simulator/ask.h"

#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* FNV-1a: no secret depends on it, only that the same request gets the same ids. */
static uint64_t hash_more(uint64_t hash, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001B3);
    return hash;
}

static const char *sent_key(const struct sim_request *request)
{
    const char *value = sim_request_header(request, "Authorization");

    if (!value)
        return "";
    if (strncasecmp(value, "Bearer ", 7) == 0)
        value += 7;
    while (*value == ' ')
        value++;
    return value;
}

void ask_init(struct ask *ask, const struct sim_request *request, uint64_t serial)
{
    const char *method = sim_request_method(request), *path = sim_request_path(request);
    uint64_t hash = UINT64_C(0xCBF29CE484222325);

    hash = hash_more(hash, method, strlen(method));
    hash = hash_more(hash, path, strlen(path));
    hash = hash_more(hash, bytes_text(&request->body), request->body.len);
    *ask = (struct ask){
        .operation = "",
        .choices = 1,
        .model = xstrdup(""),
        .prompt = xstrdup(""),
        .key = xstrdup(sent_key(request)),
        .method = xstrdup(method),
        .path = xstrdup(path),
        .detail = "",
        .hash = hash,
        .serial = serial,
    };
}

void ask_release(struct ask *ask)
{
    free(ask->model);
    free(ask->prompt);
    free(ask->key);
    free(ask->method);
    free(ask->path);
    *ask = (struct ask){0};
}

static void replace(char **text, const char *by)
{
    free(*text);
    *text = xstrdup(by ? by : "");
}

/* The text of a message's content: a string, or the last part that holds one. */
static const char *content_text(const struct json *content)
{
    const char *text = json_string(content);

    for (const struct json *part = json_first(content); part && !text; part = json_next(part))
        text = json_string(json_member(part, "text"));
    return text;
}

static bool is_role(const char *role)
{
    static const char *const roles[] = {"system",    "developer", "user",
                                        "assistant", "tool",      "function"};

    for (size_t i = 0; role && i < sizeof(roles) / sizeof(*roles); i++)
        if (strcmp(role, roles[i]) == 0)
            return true;
    return false;
}

/* `strict`: items of responses' input need no role (they may be calls and their outputs). */
static void read_messages(struct ask *ask, const struct json *messages, bool strict)
{
    size_t index = 0;

    if (json_type(messages) != JSON_ARRAY || json_count(messages) == 0) {
        ask->fault = ASK_NO_MESSAGES;
        return;
    }
    for (const struct json *at = json_first(messages); at; at = json_next(at), index++) {
        const struct json *role = json_member(at, "role");
        const char *name = json_string(role);

        if (!is_role(name) && (strict || role)) {
            ask->fault = ASK_BAD_ROLE;
            ask->fault_index = index;
            return;
        }
        if (name && strcmp(name, "user") == 0)
            replace(&ask->prompt, content_text(json_member(at, "content")));
    }
}

static void read_input(struct ask *ask, const struct json *input)
{
    const char *text = json_string(input);

    if (text && *text)
        replace(&ask->prompt, text);
    else
        read_messages(ask, input, false);
}

static void read_choices(struct ask *ask, const struct json *n)
{
    int64_t choices;

    if (json_integer(n, &choices) && choices > 0)
        ask->choices = choices < ASK_CHOICES_MAX ? (unsigned)choices : ASK_CHOICES_MAX;
}

void ask_read_body(struct ask *ask, const char *operation, const struct bytes *body)
{
    struct json *root = json_parse(bytes_text(body), body->len, "the body", NULL);
    bool chat = strcmp(operation, "chat") == 0;
    const char *model = json_string(json_member(root, "model"));

    ask->operation = operation;
    ask->stream = json_boolean(json_member(root, "stream"), false);
    ask->include_usage =
        json_boolean(json_member(json_member(root, "stream_options"), "include_usage"), false);
    replace(&ask->model, model);
    if (json_type(root) != JSON_OBJECT)
        ask->fault = ASK_NOT_JSON;
    else if (!model || !*model)
        ask->fault = ASK_NO_MODEL;
    else if (chat)
        read_messages(ask, json_member(root, "messages"), true);
    else
        read_input(ask, json_member(root, "input"));
    if (ask->fault == ASK_FINE && json_member(root, "temperature") &&
        json_type(json_member(root, "temperature")) != JSON_NUMBER)
        ask->fault = ASK_BAD_TYPE;
    if (chat)
        read_choices(ask, json_member(root, "n"));
    json_free(root);
}

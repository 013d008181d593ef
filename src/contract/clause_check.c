#include "contract/clause_check.h"

#include "base/json.h"
#include "contract/rules.h"

#include <fnmatch.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool is_string(const struct json *value)
{
    return json_string(value) != NULL;
}

static bool is_boolean(const struct json *value)
{
    return json_type(value) == JSON_BOOLEAN;
}

static bool is_number(const struct json *value)
{
    return json_type(value) == JSON_NUMBER;
}

static bool is_positive(const struct json *value)
{
    int64_t number;

    return json_integer(value, &number) && number > 0;
}

static bool is_path(const struct json *value)
{
    const char *text = json_string(value);

    return text && (text[0] == '/' || text[0] == '<');
}

static bool is_list_of_strings(const struct json *value)
{
    if (json_type(value) != JSON_ARRAY)
        return false;
    for (const struct json *item = json_first(value); item; item = json_next(item))
        if (!is_string(item))
            return false;
    return true;
}

static bool is_map_of_strings(const struct json *value)
{
    if (json_type(value) != JSON_OBJECT)
        return false;
    for (const struct json *member = json_first(value); member; member = json_next(member))
        if (!is_string(member))
            return false;
    return true;
}

static bool is_one_of(const struct json *value, const char *const *words)
{
    const char *text = json_string(value);

    for (; text && *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static bool is_marker(const struct json *value)
{
    return is_one_of(value, (const char *const[]){"required", "optional-if-framed-clean",
                                                  "chat.completion.done", NULL});
}

static bool is_marker_origin(const struct json *value)
{
    return is_one_of(value, (const char *const[]){"model", "gateway", NULL});
}

static bool is_finish_rule(const struct json *value)
{
    return is_one_of(value, (const char *const[]){"required", "absent", NULL});
}

static bool is_sequence_rule(const struct json *value)
{
    return is_one_of(value, (const char *const[]){"strict", "ignore", NULL});
}

static bool is_alias_map(const struct json *value)
{
    if (json_type(value) != JSON_OBJECT || json_count(value) > FINISH_ALIASES_MAX)
        return false;
    for (const struct json *member = json_first(value); member; member = json_next(member))
        if (!is_one_of(member, (const char *const[]){"complete", "limited", "errored", NULL}))
            return false;
    return true;
}

static bool is_type_name(const struct json *value)
{
    return is_one_of(value, (const char *const[]){"string", "number", "integer", "boolean", "array",
                                                  "object", "null", NULL});
}

/* A field of a request, see body_check.h. */
static bool is_field(const struct json *value)
{
    const struct json *pointer = json_member(value, "pointer"), *type = json_member(value, "type");
    const struct json *not_empty = json_member(value, "not_empty");

    if (!is_path(pointer) || (not_empty && json_type(not_empty) != JSON_BOOLEAN))
        return false;
    for (const struct json *name = json_first(type); name; name = json_next(name))
        if (!is_type_name(name))
            return false;
    return !type || json_type(type) == JSON_ARRAY || is_type_name(type);
}

/* The first pattern that fits the id decides. */
static const struct {
    const char *pattern;
    bool (*accepts)(const struct json *value);
    const char *must_be;
} checks[] = {
    {"base.url", is_string, "a string, the URL"},
    {"chat.request.*", is_field,
     "an object with a JSON Pointer as \"pointer\", JSON types as \"type\" and true or false as "
     "\"not_empty\""},
    {"responses.request.*", is_field,
     "an object with a JSON Pointer as \"pointer\", JSON types as \"type\" and true or false as "
     "\"not_empty\""},
    {"*.method", is_string, "a string, the HTTP method"},
    {"*.path", is_path, "a string that begins with /"},
    {"auth.header", is_string, "a string, the header's name"},
    {"auth.scheme", is_string, "a string, empty for the bare key"},
    {"auth.extra_headers", is_map_of_strings, "an object of header names and their values"},
    {"request.content_type", is_string, "a string"},
    {"request.accept", is_string, "a string"},
    {"stream.accept", is_string, "a string"},
    {"stream.marker", is_marker,
     "\"required\", \"optional-if-framed-clean\" or \"chat.completion.done\""},
    {"stream.marker_origin", is_marker_origin, "\"model\" or \"gateway\""},
    {"stream.finish_reason", is_finish_rule, "\"required\" or \"absent\""},
    {"responses.sequence", is_sequence_rule, "\"strict\" or \"ignore\""},
    {"finish.aliases", is_alias_map,
     "an object of at most 32 finish reasons, each \"complete\", \"limited\" or \"errored\""},
    {"docs.host", is_string, "a string"},
    {"docs.pages", is_list_of_strings, "an array of strings"},
    {"network.proxy", is_string, "a string"},
    {"limits.*", is_positive, "a whole number above 0"},
    {"canary.prompt", is_string, "a string"},
    {"canary.max_tokens", is_positive, "a whole number above 0"},
    {"canary.temperature", is_number, "a number"},
    {"canary.include_usage", is_boolean, "true or false"},
};

const char *clause_check(const char *id, const struct json *value)
{
    if (json_type(value) <= JSON_NULL)
        return NULL;
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
        if (fnmatch(checks[i].pattern, id, 0) == 0)
            return checks[i].accepts(value) ? NULL : checks[i].must_be;
    return NULL;
}

bool clause_endpoint_level(const char *id)
{
    static const char *const prefixes[] = {"base.",   "models.",  "chat.",   "responses.",
                                           "auth.",   "request.", "stream.", "finish.",
                                           "errors.", "conflict."};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (strncmp(id, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

#include "tests/unit/schema.h"

#include "base/bytes.h"
#include "base/json.h"

#include <regex.h>
#include <stdint.h>
#include <string.h>

struct looking {
    struct json *root;
    struct bytes *faults;
};

static bool look(const struct looking *looking, const struct json *schema, const struct json *value,
                 const char *where);

static bool fault(const struct looking *looking, const char *where, const char *keyword)
{
    bytes_printf(looking->faults, "%s breaks %s\n", where, keyword);
    return false;
}

static bool is_type(const struct json *value, const char *name)
{
    int64_t number;

    switch (json_type(value)) {
    case JSON_NULL:
        return strcmp(name, "null") == 0;
    case JSON_BOOLEAN:
        return strcmp(name, "boolean") == 0;
    case JSON_NUMBER:
        return strcmp(name, "number") == 0 ||
               (strcmp(name, "integer") == 0 && json_integer(value, &number));
    case JSON_STRING:
        return strcmp(name, "string") == 0;
    case JSON_ARRAY:
        return strcmp(name, "array") == 0;
    case JSON_OBJECT:
        return strcmp(name, "object") == 0;
    default:
        return false;
    }
}

static bool type_holds(const struct json *wanted, const struct json *value)
{
    if (json_string(wanted))
        return is_type(value, json_string(wanted));
    for (const struct json *one = json_first(wanted); one; one = json_next(one))
        if (is_type(value, json_string(one)))
            return true;
    return false;
}

static bool is_among(const struct json *list, const struct json *value)
{
    for (const struct json *one = json_first(list); one; one = json_next(one))
        if (json_equal(one, value))
            return true;
    return false;
}

static bool pattern_holds(const char *pattern, const char *text)
{
    regex_t regex;
    bool holds;

    if (!text)
        return true;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    holds = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return holds;
}

static bool members_hold(const struct looking *looking, const struct json *schema,
                         const struct json *value, const char *where)
{
    const struct json *properties = json_member(schema, "properties");
    const struct json *more = json_member(schema, "additionalProperties");
    bool good = true;

    if (json_type(value) != JSON_OBJECT)
        return true;
    for (const struct json *one = json_first(value); one; one = json_next(one)) {
        const struct json *known = json_member(properties, json_name(one));
        struct bytes place;

        bytes_init(&place, 4096);
        bytes_printf(&place, "%s/%s", where, json_name(one));
        if (known)
            good &= look(looking, known, one, bytes_text(&place));
        else if (json_type(more) == JSON_OBJECT)
            good &= look(looking, more, one, bytes_text(&place));
        else if (more && !json_boolean(more, true))
            good &= fault(looking, bytes_text(&place), "additionalProperties");
        bytes_release(&place);
    }
    return good;
}

static bool items_hold(const struct looking *looking, const struct json *items,
                       const struct json *value, const char *where)
{
    bool good = true;
    size_t number = 0;

    if (json_type(value) != JSON_ARRAY)
        return true;
    for (const struct json *one = json_first(value); one; one = json_next(one)) {
        struct bytes place;

        bytes_init(&place, 4096);
        bytes_printf(&place, "%s/%zu", where, number++);
        good &= look(looking, items, one, bytes_text(&place));
        bytes_release(&place);
    }
    return good;
}

static bool any_holds(const struct looking *looking, const struct json *choices,
                      const struct json *value, const char *where)
{
    struct bytes faults;
    const struct looking quiet = {looking->root, &faults};
    bool good = false;

    bytes_init(&faults, SIZE_MAX);
    for (const struct json *one = json_first(choices); one && !good; one = json_next(one))
        good = look(&quiet, one, value, where);
    bytes_release(&faults);
    return good;
}

static bool needed_are_there(const struct json *names, const struct json *value)
{
    if (json_type(value) != JSON_OBJECT)
        return true;
    for (const struct json *one = json_first(names); one; one = json_next(one))
        if (!json_member(value, json_string(one)))
            return false;
    return true;
}

static bool keyword_holds(const struct looking *looking, const struct json *schema,
                          const struct json *keyword, const struct json *value, const char *where)
{
    const char *name = json_name(keyword), *text = json_string(value);
    int64_t limit = 0, number = 0;

    json_integer(keyword, &limit);
    if (strcmp(name, "$ref") == 0)
        return look(looking, json_at(looking->root, json_string(keyword) + 1), value, where);
    if (strcmp(name, "type") == 0)
        return type_holds(keyword, value) || fault(looking, where, name);
    if (strcmp(name, "enum") == 0)
        return is_among(keyword, value) || fault(looking, where, name);
    if (strcmp(name, "const") == 0)
        return json_equal(keyword, value) || fault(looking, where, name);
    if (strcmp(name, "pattern") == 0)
        return pattern_holds(json_string(keyword), text) || fault(looking, where, name);
    if (strcmp(name, "minLength") == 0)
        return !text || (int64_t)strlen(text) >= limit || fault(looking, where, name);
    if (strcmp(name, "maxLength") == 0)
        return !text || (int64_t)strlen(text) <= limit || fault(looking, where, name);
    if (strcmp(name, "maxItems") == 0)
        return (int64_t)json_count(value) <= limit || fault(looking, where, name);
    if (strcmp(name, "minimum") == 0)
        return !json_integer(value, &number) || number >= limit || fault(looking, where, name);
    if (strcmp(name, "minItems") == 0 || strcmp(name, "minProperties") == 0)
        return (int64_t)json_count(value) >= limit || fault(looking, where, name);
    if (strcmp(name, "required") == 0)
        return needed_are_there(keyword, value) || fault(looking, where, name);
    if (strcmp(name, "properties") == 0)
        return members_hold(looking, schema, value, where);
    if (strcmp(name, "items") == 0)
        return items_hold(looking, keyword, value, where);
    if (strcmp(name, "anyOf") == 0)
        return any_holds(looking, keyword, value, where) || fault(looking, where, name);
    if (strcmp(name, "additionalProperties") == 0)
        return json_member(schema, "properties") != NULL ||
               members_hold(looking, schema, value, where);
    return strcmp(name, "description") == 0 || strcmp(name, "title") == 0 ||
           strcmp(name, "$schema") == 0 || strcmp(name, "$id") == 0 || strcmp(name, "$defs") == 0 ||
           fault(looking, where, name);
}

static bool look(const struct looking *looking, const struct json *schema, const struct json *value,
                 const char *where)
{
    bool good = true;

    if (json_type(schema) != JSON_OBJECT)
        return json_boolean(schema, false) || fault(looking, where, "a schema that is not there");
    for (const struct json *keyword = json_first(schema); keyword; keyword = json_next(keyword))
        good &= keyword_holds(looking, schema, keyword, value, where);
    return good;
}

bool schema_holds(struct json *schema, const struct json *value, struct bytes *faults)
{
    const struct looking looking = {schema, faults};

    return look(&looking, schema, value, "");
}

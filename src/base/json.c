#include "base/json.h"

#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A number is kept as cJSON_Raw, that is as its text: cJSON itself would round it to a double.
 * cJSON_Number never occurs in a tree.
 */

/* cJSON answers NULL for want of memory in places that cannot be told apart: it asks xmalloc. */
__attribute__((constructor)) static void end_when_exhausted(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = xmalloc, .free_fn = free});
}

static cJSON *node(struct json *value)
{
    return (cJSON *)value;
}

static const cJSON *peek(const struct json *value)
{
    return (const cJSON *)value;
}

static struct json *json(cJSON *value)
{
    return (struct json *)value;
}

/* A tree under construction: the open containers and the name of the member that comes next. */
struct builder {
    cJSON *open[JSON_DEPTH_MAX];
    cJSON *root;
    struct bytes name, string;
    const char *fault;
};

static bool unescape(struct builder *builder, const struct json_scan *scan, struct bytes *out)
{
    bytes_clear(out);
    json_unescape(scan->start, scan->length, out);
    if (!memchr(bytes_text(out), '\0', out->len))
        return true;
    builder->fault = "strings that hold \\u0000 are not supported";
    return false;
}

static cJSON *value_of(struct builder *builder, const struct json_scan *scan, enum json_token token)
{
    switch (token) {
    case JSON_TOKEN_OBJECT:
        return cJSON_CreateObject();
    case JSON_TOKEN_ARRAY:
        return cJSON_CreateArray();
    case JSON_TOKEN_STRING:
        if (!unescape(builder, scan, &builder->string))
            return NULL;
        return cJSON_CreateString(bytes_text(&builder->string));
    case JSON_TOKEN_NUMBER:
        bytes_clear(&builder->string);
        bytes_append(&builder->string, scan->start, scan->length);
        return cJSON_CreateRaw(bytes_text(&builder->string));
    case JSON_TOKEN_TRUE:
        return cJSON_CreateTrue();
    case JSON_TOKEN_FALSE:
        return cJSON_CreateFalse();
    default:
        return cJSON_CreateNull();
    }
}

static void put(cJSON *parent, const char *name, cJSON *value)
{
    if (cJSON_IsObject(parent))
        cJSON_AddItemToObject(parent, name, value);
    else
        cJSON_AddItemToArray(parent, value);
}

/* One token into the tree; false when it cannot be kept. */
static bool build_token(struct builder *builder, const struct json_scan *scan,
                        enum json_token token)
{
    bool opens = token == JSON_TOKEN_OBJECT || token == JSON_TOKEN_ARRAY;
    size_t depth = scan->depth - opens;
    cJSON *value;

    if (token == JSON_TOKEN_OBJECT_END || token == JSON_TOKEN_ARRAY_END)
        return true;
    if (token == JSON_TOKEN_KEY)
        return unescape(builder, scan, &builder->name);
    value = value_of(builder, scan, token);
    if (!value)
        return false;
    if (depth)
        put(builder->open[depth - 1], bytes_text(&builder->name), value);
    else
        builder->root = value;
    if (opens)
        builder->open[depth] = value;
    return true;
}

struct json *json_parse(const char *text, size_t len, const char *name, struct error *error)
{
    struct builder builder = {.root = NULL};
    struct json_fault fault;
    struct json_scan scan;
    enum json_token token;

    bytes_init(&builder.name, len);
    bytes_init(&builder.string, len);
    json_scan_init(&scan, text, len);
    while ((token = json_scan_next(&scan)) != JSON_TOKEN_END && token != JSON_TOKEN_FAULT)
        if (!build_token(&builder, &scan, token))
            break;
    if (token != JSON_TOKEN_END) {
        json_scan_fault(&scan, &fault);
        error_at(error, ERROR_FILE, name, fault.line, fault.column, "%s",
                 builder.fault ? builder.fault : fault.what);
        cJSON_Delete(builder.root);
        builder.root = NULL;
    }
    json_scan_release(&scan);
    bytes_release(&builder.name);
    bytes_release(&builder.string);
    return json(builder.root);
}

/* A value that left its parent has no member name. */
static cJSON *nameless(cJSON *value)
{
    cJSON_free(value->string);
    value->string = NULL;
    return value;
}

struct json *json_copy(const struct json *value)
{
    return value ? json(nameless(cJSON_Duplicate(peek(value), true))) : NULL;
}

void json_free(struct json *root)
{
    cJSON_Delete(node(root));
}

enum json_type json_type(const struct json *value)
{
    if (!value)
        return JSON_ABSENT;
    switch (peek(value)->type & 0xFF) {
    case cJSON_True:
    case cJSON_False:
        return JSON_BOOLEAN;
    case cJSON_Raw:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

size_t json_count(const struct json *value)
{
    size_t count = 0;

    for (const struct json *child = json_first(value); child; child = json_next(child))
        count++;
    return count;
}

struct json *json_member(const struct json *object, const char *name)
{
    return json(cJSON_GetObjectItemCaseSensitive(peek(object), name));
}

struct json *json_item(const struct json *array, size_t index)
{
    struct json *item = json_first(array);

    while (item && index--)
        item = json_next(item);
    return item;
}

struct json *json_first(const struct json *parent)
{
    return parent ? json(peek(parent)->child) : NULL;
}

struct json *json_next(const struct json *child)
{
    return child ? json(peek(child)->next) : NULL;
}

const char *json_name(const struct json *child)
{
    return child ? peek(child)->string : NULL;
}

const char *json_string(const struct json *value)
{
    return json_type(value) == JSON_STRING ? peek(value)->valuestring : NULL;
}

const char *json_number_text(const struct json *value)
{
    return json_type(value) == JSON_NUMBER ? peek(value)->valuestring : NULL;
}

bool json_integer(const struct json *value, int64_t *out)
{
    static const double exact = 9007199254740992; /* 2^53: up to here a double is a whole number */
    const char *text = json_number_text(value);
    long long number;
    double real;
    char *end;

    if (!text)
        return false;
    if (!text[strcspn(text, ".eE")]) {
        number = strtoll(text, &end, 10);
        /* Out of range comes back as a limit; the text tells it apart from the limit itself. */
        if ((number == INT64_MAX && strcmp(text, "9223372036854775807") != 0) ||
            (number == INT64_MIN && strcmp(text, "-9223372036854775808") != 0))
            return false;
        *out = number;
        return true;
    }
    if (!json_real(value, &real) || fabs(real) > exact || real != (double)(int64_t)real)
        return false;
    *out = (int64_t)real;
    return true;
}

bool json_real(const struct json *value, double *out)
{
    const char *text = json_number_text(value);
    locale_t plain;

    if (!text)
        return false;
    plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    *out = strtod_l(text, NULL, plain);
    freelocale(plain);
    return isfinite(*out);
}

bool json_boolean(const struct json *value, bool fallback)
{
    return json_type(value) == JSON_BOOLEAN ? cJSON_IsTrue(peek(value)) : fallback;
}

struct json *json_new_object(void)
{
    return json(cJSON_CreateObject());
}

struct json *json_new_array(void)
{
    return json(cJSON_CreateArray());
}

struct json *json_new_string(const char *text)
{
    return json(cJSON_CreateString(text));
}

struct json *json_new_string_n(const char *text, size_t len)
{
    char *copy = xmemdup0(text, len);
    struct json *value = json_new_string(copy);

    free(copy);
    return value;
}

struct json *json_new_lines(const char *lines)
{
    struct json *list = json_new_array();

    while (lines && *lines) {
        size_t len = strcspn(lines, "\n");

        json_append(list, json_new_string_n(lines, len));
        lines += len + (lines[len] == '\n');
    }
    return list;
}

struct json *json_new_integer(int64_t number)
{
    char text[32];

    snprintf(text, sizeof(text), "%lld", (long long)number);
    return json(cJSON_CreateRaw(text));
}

struct json *json_new_real(double number)
{
    locale_t plain, before;
    char text[40];

    if (!isfinite(number))
        return json_new_null();
    plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    before = uselocale(plain);
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    uselocale(before);
    freelocale(plain);
    return json(cJSON_CreateRaw(text));
}

struct json *json_new_boolean(bool value)
{
    return json(cJSON_CreateBool(value));
}

struct json *json_new_null(void)
{
    return json(cJSON_CreateNull());
}

void json_set(struct json *object, const char *name, struct json *value)
{
    struct json *old = json_member(object, name);

    if (old)
        json_replace(object, old, value);
    else
        cJSON_AddItemToObject(node(object), name, node(value));
}

void json_append(struct json *array, struct json *value)
{
    cJSON_AddItemToArray(node(array), node(value));
}

/*
 * Links by hand: cJSON_InsertItemInArray of 1.7.15 as patched by Debian refuses every index but the
 * first. The first item's `prev` is the last item.
 */
void json_insert(struct json *array, size_t index, struct json *value)
{
    cJSON *before = node(json_item(array, index)), *item = node(value);

    if (!before) {
        json_append(array, value);
        return;
    }
    item->next = before;
    item->prev = before->prev;
    if (node(array)->child == before)
        node(array)->child = item;
    else
        before->prev->next = item;
    before->prev = item;
}

void json_replace(struct json *parent, struct json *child, struct json *value)
{
    const char *name = json_name(child);

    if (name) {
        cJSON_free(node(value)->string);
        node(value)->string = xstrdup(name);
    }
    cJSON_ReplaceItemViaPointer(node(parent), node(child), node(value));
}

/* The first child's `prev` is the last one. */
void json_exchange(struct json *parent, struct json *child)
{
    cJSON *list = node(parent), *first = node(child), *second = first->next;
    cJSON *before = first->prev;
    bool heads = list->child == first, ends = second && !second->next;

    if (!second)
        return;
    first->next = second->next;
    second->next = first;
    first->prev = second;
    second->prev = heads && ends ? first : before;
    if (heads)
        list->child = second;
    else
        before->next = second;
    if (ends)
        list->child->prev = first;
    else
        first->next->prev = first;
}

void json_rename(struct json *child, const char *name)
{
    char *copy = xstrdup(name);

    cJSON_free(node(child)->string);
    node(child)->string = copy;
}

struct json *json_take(struct json *parent, struct json *child)
{
    return json(nameless(cJSON_DetachItemViaPointer(node(parent), node(child))));
}

void json_set_string(struct json *object, const char *name, const char *text)
{
    json_set(object, name, text ? json_new_string(text) : json_new_null());
}

void json_set_integer(struct json *object, const char *name, int64_t number)
{
    json_set(object, name, json_new_integer(number));
}

void json_set_real(struct json *object, const char *name, double number)
{
    json_set(object, name, json_new_real(number));
}

void json_set_boolean(struct json *object, const char *name, bool value)
{
    json_set(object, name, json_new_boolean(value));
}

/* Files of JSON: reading them with messages that say where. */
#include "base/json.h"

#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POINTER_MAX = 4096,
    MESSAGE_MAX = 768,
};

bool json_file_parse(struct json_file *file, const char *path, const char *text, size_t len,
                     struct error *error)
{
    *file = (struct json_file){.root = json_parse(text, len, path, error)};
    if (!file->root)
        return false;
    file->path = xstrdup(path);
    file->text = xmemdup0(text, len);
    file->len = len;
    return true;
}

void json_file_release(struct json_file *file)
{
    json_free(file->root);
    free(file->path);
    free(file->text);
    *file = (struct json_file){.root = NULL};
}

static size_t token_offset(const struct json_scan *scan, enum json_token token)
{
    return (size_t)(scan->start - scan->text) - (token == JSON_TOKEN_STRING);
}

/*
 * Go on to the child called `name`, of the object or array whose beginning was just scanned; an
 * item's name is its index. False when there is none.
 */
static bool scan_child(struct json_scan *scan, enum json_token *token, const char *name)
{
    bool object = *token == JSON_TOKEN_OBJECT;
    size_t index = 0, wanted = strtoul(name, NULL, 10);

    if (!object && (*token != JSON_TOKEN_ARRAY || name[strspn(name, "0123456789")]))
        return false;
    for (;; index++) {
        *token = json_scan_next(scan);
        if (*token == JSON_TOKEN_OBJECT_END || *token == JSON_TOKEN_ARRAY_END ||
            *token == JSON_TOKEN_FAULT)
            return false;
        if (object ? json_scan_is(scan, name) : index == wanted)
            break;
        json_scan_skip(scan);
    }
    if (object)
        *token = json_scan_next(scan);
    return true;
}

/* Unescape one reference token into `name`; answers what is behind it. */
static const char *pointer_token(const char *pointer, struct bytes *name)
{
    bytes_clear(name);
    for (; *pointer && *pointer != '/'; pointer++) {
        if (pointer[0] == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            bytes_append_byte(name, *++pointer == '0' ? '~' : '/');
        else
            bytes_append_byte(name, *pointer);
    }
    return pointer;
}

/* Offset of the value at `pointer`, or of the nearest parent that is there. */
static size_t locate(const struct json_file *file, const char *pointer)
{
    struct json_scan scan;
    enum json_token token;
    struct bytes name;
    size_t offset;

    bytes_init(&name, POINTER_MAX);
    json_scan_init(&scan, file->text, file->len);
    token = json_scan_next(&scan);
    offset = token_offset(&scan, token);
    while (*pointer == '/') {
        pointer = pointer_token(pointer + 1, &name);
        if (!scan_child(&scan, &token, bytes_text(&name)))
            break;
        offset = token_offset(&scan, token);
    }
    json_scan_release(&scan);
    bytes_release(&name);
    return offset;
}

__attribute__((format(printf, 4, 0))) static bool error_at_pointer(const struct json_file *file,
                                                                   const char *pointer,
                                                                   struct error *error,
                                                                   const char *format, va_list args)
{
    char message[MESSAGE_MAX];
    size_t line, column;

    if (!error)
        return false;
    vsnprintf(message, sizeof(message), format, args);
    text_place(file->text, locate(file, pointer), &line, &column);
    return error_at(error, ERROR_FILE, file->path, line, column, "%s", message);
}

bool json_file_error(const struct json_file *file, const char *pointer, struct error *error,
                     const char *format, ...)
{
    va_list args;

    va_start(args, format);
    error_at_pointer(file, pointer, error, format, args);
    va_end(args);
    return false;
}

/* The pointer of `value` below `parent`, whose own is in `pointer`; false when it is not there. */
static bool find_pointer(const struct json *parent, const struct json *value, struct bytes *pointer)
{
    size_t before = pointer->len, index = 0;

    if (parent == value)
        return true;
    for (const struct json *child = json_first(parent); child; child = json_next(child), index++) {
        if (json_type(parent) == JSON_OBJECT)
            json_pointer_add(pointer, json_name(child));
        else
            bytes_printf(pointer, "/%zu", index);
        if (find_pointer(child, value, pointer))
            return true;
        bytes_truncate(pointer, before);
    }
    return false;
}

bool json_file_error_at(const struct json_file *file, const struct json *value, struct error *error,
                        const char *format, ...)
{
    struct bytes pointer;
    va_list args;

    bytes_init(&pointer, POINTER_MAX);
    find_pointer(file->root, value, &pointer);
    va_start(args, format);
    error_at_pointer(file, bytes_text(&pointer), error, format, args);
    va_end(args);
    bytes_release(&pointer);
    return false;
}

/* How messages call a type, with the words that make it readable: "must be a string". */
static const char *type_words(enum json_type type)
{
    static const char *const words[] = {
        [JSON_ABSENT] = "absent",     [JSON_NULL] = "null",       [JSON_BOOLEAN] = "true or false",
        [JSON_NUMBER] = "an integer", [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object",
    };

    return words[type];
}

static bool type_error(const struct json_file *file, const struct json *object, const char *name,
                       enum json_type type, struct error *error)
{
    const struct json *value = json_member(object, name);
    struct bytes pointer;

    if (!error)
        return false;
    bytes_init(&pointer, POINTER_MAX);
    find_pointer(file->root, object, &pointer);
    json_pointer_add(&pointer, name);
    json_file_error(file, bytes_text(&pointer), error, "%s must be %s%s", bytes_text(&pointer),
                    type_words(type), value ? "" : " and is missing");
    bytes_release(&pointer);
    return false;
}

/* The member, checked; `*value` is NULL when it is absent and may be. */
static bool member_of_type(const struct json_file *file, const struct json *object,
                           const char *name, enum json_need need, enum json_type type,
                           struct json **value, struct error *error)
{
    *value = json_member(object, name);
    if (json_type(*value) == type)
        return true;
    if (need == JSON_OPTIONAL && json_type(*value) <= JSON_NULL) {
        *value = NULL;
        return true;
    }
    return type_error(file, object, name, type, error);
}

bool json_file_string(const struct json_file *file, const struct json *object, const char *name,
                      enum json_need need, const char **out, struct error *error)
{
    struct json *value;

    if (!member_of_type(file, object, name, need, JSON_STRING, &value, error))
        return false;
    if (value)
        *out = json_string(value);
    return true;
}

bool json_file_boolean(const struct json_file *file, const struct json *object, const char *name,
                       enum json_need need, bool *out, struct error *error)
{
    struct json *value;

    if (!member_of_type(file, object, name, need, JSON_BOOLEAN, &value, error))
        return false;
    *out = json_boolean(value, *out);
    return true;
}

bool json_file_integer(const struct json_file *file, const struct json *object, const char *name,
                       enum json_need need, int64_t *out, struct error *error)
{
    struct json *value;

    if (!member_of_type(file, object, name, need, JSON_NUMBER, &value, error))
        return false;
    if (value && !json_integer(value, out))
        return type_error(file, object, name, JSON_NUMBER, error);
    return true;
}

static bool read_container(const struct json_file *file, const struct json *object,
                           const char *name, enum json_need need, enum json_type type,
                           struct json **out, struct error *error)
{
    struct json *value;

    if (!member_of_type(file, object, name, need, type, &value, error))
        return false;
    if (value)
        *out = value;
    return true;
}

bool json_file_array(const struct json_file *file, const struct json *object, const char *name,
                     enum json_need need, struct json **out, struct error *error)
{
    return read_container(file, object, name, need, JSON_ARRAY, out, error);
}

bool json_file_object(const struct json_file *file, const struct json *object, const char *name,
                      enum json_need need, struct json **out, struct error *error)
{
    return read_container(file, object, name, need, JSON_OBJECT, out, error);
}

bool json_file_known(const struct json_file *file, const struct json *object,
                     const char *const *names, struct error *error)
{
    for (const struct json *member = json_first(object); member; member = json_next(member)) {
        struct suggestion near = {.word = NULL};
        const char *name = json_name(member);
        size_t i = 0;

        while (names[i] && strcmp(names[i], name) != 0)
            suggest(&near, name, names[i++]);
        if (!names[i])
            return json_file_error_at(file, member, error, "there is no member \"%.60s\"%s%s%s",
                                      name, near.word ? "; did you mean \"" : "",
                                      near.word ? near.word : "", near.word ? "\"?" : "");
    }
    return true;
}

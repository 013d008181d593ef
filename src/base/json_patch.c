/* JSON Pointer (RFC 6901) and the three operations of JSON Patch that mutations use (RFC 6902). */
#include "base/json.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_DIGITS = 9 };

/* The reference token that begins at `*at` (behind its slash), unescaped; NULL for a bad escape. */
static char *next_token(const char **at)
{
    size_t len = strcspn(*at, "/"), used = 0;
    char *token = xmemdup0(*at, len);

    *at += len;
    for (size_t i = 0; i < len; i++) {
        char c = token[i];

        if (c == '~') {
            c = token[++i];
            if (c != '0' && c != '1') {
                free(token);
                return NULL;
            }
            c = c == '0' ? '~' : '/';
        }
        token[used++] = c;
    }
    token[used] = '\0';
    return token;
}

/* "0", "1", … without leading zeros or signs (RFC 6901 §4). */
static bool parse_index(const char *token, size_t *index)
{
    size_t digits = strspn(token, "0123456789");

    if (!digits || token[digits] || digits > INDEX_DIGITS || (token[0] == '0' && digits > 1))
        return false;
    *index = strtoul(token, NULL, 10);
    return true;
}

static struct json *child_of(const struct json *parent, const char *token)
{
    size_t index;

    if (json_type(parent) == JSON_OBJECT)
        return json_member(parent, token);
    if (json_type(parent) == JSON_ARRAY && parse_index(token, &index))
        return json_item(parent, index);
    return NULL;
}

struct json *json_at(struct json *root, const char *pointer)
{
    while (root && *pointer == '/') {
        char *token = (pointer++, next_token(&pointer));

        root = token ? child_of(root, token) : NULL;
        free(token);
    }
    return *pointer ? NULL : root;
}

bool json_pointer_add(struct bytes *pointer, const char *name)
{
    bool fits = bytes_append_byte(pointer, '/');

    for (; fits && *name; name++) {
        if (*name == '~')
            fits = bytes_puts(pointer, "~0");
        else if (*name == '/')
            fits = bytes_puts(pointer, "~1");
        else
            fits = bytes_append_byte(pointer, *name);
    }
    return fits;
}

/* Where an operation takes place: an existing parent and the last token. */
struct target {
    struct json *parent;
    char *token; /* allocated */
};

static bool pointer_fault(const char *pointer, struct error *error)
{
    return error_set(error, ERROR_FILE,
                     "\"%s\" is no JSON Pointer: it must be empty or begin with /, and ~ is "
                     "written ~0 and / is written ~1",
                     pointer);
}

/* The parent must exist: the first part of the pointer that does not is named. */
static bool find_target(struct json *root, const char *pointer, struct target *target,
                        struct error *error)
{
    const char *at = pointer;

    *target = (struct target){.parent = root};
    if (*at != '/')
        return pointer_fault(pointer, error);
    for (;;) {
        at++;
        target->token = next_token(&at);
        if (!target->token)
            return pointer_fault(pointer, error);
        if (json_type(target->parent) != JSON_OBJECT && json_type(target->parent) != JSON_ARRAY) {
            free(target->token);
            return error_set(error, ERROR_FILE,
                             "\"%.*s\" cannot be reached: what is before it is neither an object "
                             "nor an array",
                             (int)(at - pointer), pointer);
        }
        if (!*at)
            return true;
        target->parent = child_of(target->parent, target->token);
        free(target->token);
        if (!target->parent)
            return error_set(error, ERROR_FILE, "\"%s\" cannot be reached: nothing is at \"%.*s\"",
                             pointer, (int)(at - pointer), pointer);
    }
}

static bool replace_root(struct json **root, struct json *value)
{
    json_free(*root);
    *root = value;
    return true;
}

static bool add_item(struct json *array, const char *token, const char *pointer, struct json *value,
                     struct error *error)
{
    size_t count = json_count(array), index = count;

    if (strcmp(token, "-") != 0 && !parse_index(token, &index))
        return error_set(error, ERROR_FILE, "\"%s\" must end in an index of its array or in -",
                         pointer);
    if (index > count)
        return error_set(error, ERROR_FILE, "\"%s\" lies behind the end: the array has %zu items",
                         pointer, count);
    json_insert(array, index, value);
    return true;
}

bool json_patch_add(struct json **root, const char *pointer, struct json *value,
                    struct error *error)
{
    struct target target;
    bool done = true;

    if (!*pointer)
        return replace_root(root, value);
    if (!find_target(*root, pointer, &target, error)) {
        json_free(value);
        return false;
    }
    if (json_type(target.parent) == JSON_OBJECT)
        json_set(target.parent, target.token, value);
    else
        done = add_item(target.parent, target.token, pointer, value, error);
    if (!done)
        json_free(value);
    free(target.token);
    return done;
}

/* An operation on what must already be there; NULL with `error` where it is not. */
static struct json *find_existing(struct json *root, const char *pointer, struct json **parent,
                                  struct error *error)
{
    struct target target;
    struct json *child;

    if (!find_target(root, pointer, &target, error))
        return NULL;
    child = child_of(target.parent, target.token);
    free(target.token);
    if (!child)
        error_set(error, ERROR_FILE, "nothing is at \"%s\"", pointer);
    *parent = target.parent;
    return child;
}

bool json_patch_remove(struct json **root, const char *pointer, struct error *error)
{
    struct json *parent, *child;

    if (!*pointer)
        return error_set(error, ERROR_FILE, "the whole document cannot be removed");
    child = find_existing(*root, pointer, &parent, error);
    if (!child)
        return false;
    json_free(json_take(parent, child));
    return true;
}

bool json_patch_replace(struct json **root, const char *pointer, struct json *value,
                        struct error *error)
{
    struct json *parent, *child;

    if (!*pointer)
        return replace_root(root, value);
    child = find_existing(*root, pointer, &parent, error);
    if (!child) {
        json_free(value);
        return false;
    }
    json_replace(parent, child, value);
    return true;
}

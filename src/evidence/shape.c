#include "evidence/shape.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_LENGTH = 1024 };

/* Where a path is, or belongs. */
static size_t search(const struct shape *shape, const char *path, bool *found)
{
    size_t low = 0, high = shape->count;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(shape->paths[middle].path, path);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_path(struct shape *shape, const char *path, enum json_type type)
{
    bool found;
    size_t at = search(shape, path, &found);

    if (!found && shape->count == SHAPE_PATHS_MAX) {
        shape->full = true;
        return;
    }
    if (!found) {
        shape->paths = xreallocarray(shape->paths, shape->count + 1, sizeof(*shape->paths));
        memmove(&shape->paths[at + 1], &shape->paths[at],
                (shape->count - at) * sizeof(*shape->paths));
        shape->paths[at] = (struct shape_path){.path = xstrdup(path)};
        shape->count++;
    }
    shape->paths[at].types |= 1U << type;
    shape->paths[at].count++;
}

static void add_value(struct shape *shape, const struct json *value, struct bytes *path, int depth)
{
    size_t len = path->len;
    bool fits = depth < SHAPE_DEPTH_MAX;

    add_path(shape, bytes_text(path), json_type(value));
    for (const struct json *child = fits ? json_first(value) : NULL; child;
         child = json_next(child)) {
        bool named = json_type(value) == JSON_OBJECT;

        if (named ? bytes_printf(path, "%s%s", len ? "." : "", json_name(child))
                  : bytes_puts(path, "[]"))
            add_value(shape, child, path, depth + 1);
        else
            shape->full = true;
        bytes_truncate(path, len);
    }
    shape->full = shape->full || (!fits && json_first(value));
}

void shape_add(struct shape *shape, const struct json *document)
{
    struct bytes path;

    bytes_init(&path, PATH_MAX_LENGTH);
    bytes_puts(&path, "");
    add_value(shape, document, &path, 0);
    bytes_release(&path);
}

void shape_release(struct shape *shape)
{
    for (size_t i = 0; i < shape->count; i++)
        free(shape->paths[i].path);
    free(shape->paths);
    *shape = (struct shape){.count = 0};
}

const struct shape_path *shape_find(const struct shape *shape, const char *path)
{
    bool found;
    size_t at = search(shape, path, &found);

    return found ? &shape->paths[at] : NULL;
}

static const char *const names[] = {
    [JSON_NULL] = "null",     [JSON_BOOLEAN] = "boolean", [JSON_NUMBER] = "number",
    [JSON_STRING] = "string", [JSON_ARRAY] = "array",     [JSON_OBJECT] = "object",
};
enum { NAMES = sizeof(names) / sizeof(*names) };

const char *shape_types(unsigned types, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = JSON_NULL; i < NAMES; i++)
        if ((types & (1U << i)) && used < size)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", used ? " or " : "", names[i]);
    return text;
}

unsigned shape_types_from(const char *text)
{
    static const char separator[] = " or ";
    unsigned types = 0;

    for (;;) {
        unsigned before = types;

        for (size_t i = JSON_NULL; i < NAMES && types == before; i++) {
            size_t len = strlen(names[i]);

            if (strncmp(text, names[i], len) != 0 || (types & (1U << i)))
                continue;
            types |= 1U << i;
            text += len;
        }
        if (types == before)
            return 0;
        if (!*text)
            return types;
        if (strncmp(text, separator, strlen(separator)) != 0)
            return 0;
        text += strlen(separator);
    }
}

enum shape_text shape_add_text(struct shape *shape, const char *text, size_t len)
{
    static const char marker[] = "[DONE]";
    struct json *json = NULL;

    if (len == strlen(marker) && memcmp(text, marker, len) == 0)
        return SHAPE_MARKER;
    if (len <= SHAPE_TEXT_MAX)
        json = json_parse(text, len, "the answer", NULL);
    if (json)
        shape_add(shape, json);
    json_free(json);
    return json ? SHAPE_DOCUMENT : SHAPE_UNREAD;
}

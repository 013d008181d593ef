/* Writing and comparing JSON values. */
#include "base/json.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t replacement = 0xFFFD;

static bool quote_ascii(struct bytes *out, char c)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = c ? strchr(special, c) : NULL;

    if (found)
        return bytes_append(out, (char[]){'\\', letters[found - special]}, 2);
    return bytes_printf(out, "\\u%04x", (unsigned char)c);
}

/* Bytes that stand in a JSON string as they are. */
static size_t plain_run(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && (unsigned char)text[at] >= ' ' && (unsigned char)text[at] < 0x80 &&
           text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

bool json_quote(struct bytes *out, const char *text, size_t len)
{
    uint32_t character;
    size_t used;
    bool fits = bytes_append_byte(out, '"');

    for (size_t at = 0; fits && at < len; at += used) {
        used = plain_run(text + at, len - at);
        if (used) {
            fits = bytes_append(out, text + at, used);
            continue;
        }
        used = utf8_decode(text + at, len - at, &character);
        if (!used || character == UTF8_INVALID) {
            fits = utf8_append(out, replacement);
            used = 1;
        } else if (used == 1) {
            fits = quote_ascii(out, text[at]);
        } else {
            fits = bytes_append(out, text + at, used);
        }
    }
    return fits && bytes_append_byte(out, '"');
}

static bool new_line(struct bytes *out, int indent)
{
    if (indent < 0)
        return true;
    return bytes_printf(out, "\n%*s", 2 * indent, "");
}

/* `indent` is the level of the value's line, negative for compact. */
static bool write_value(const struct json *value, int indent, struct bytes *out);

static bool write_children(const struct json *parent, int indent, struct bytes *out)
{
    bool object = json_type(parent) == JSON_OBJECT;
    const struct json *child = json_first(parent);
    bool fits = bytes_append_byte(out, object ? '{' : '[');
    int inner = indent < 0 ? indent : indent + 1;

    for (; fits && child; child = json_next(child)) {
        const char *name = json_name(child);

        fits = new_line(out, inner);
        if (object)
            fits = fits && json_quote(out, name, strlen(name)) &&
                   bytes_puts(out, indent < 0 ? ":" : ": ");
        fits = fits && write_value(child, inner, out);
        if (json_next(child))
            fits = fits && bytes_append_byte(out, ',');
        else
            fits = fits && new_line(out, indent);
    }
    return fits && bytes_append_byte(out, object ? '}' : ']');
}

static bool write_value(const struct json *value, int indent, struct bytes *out)
{
    switch (json_type(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        return write_children(value, indent, out);
    case JSON_STRING:
        return json_quote(out, json_string(value), strlen(json_string(value)));
    case JSON_NUMBER:
        return bytes_puts(out, json_number_text(value));
    case JSON_BOOLEAN:
        return bytes_puts(out, json_boolean(value, false) ? "true" : "false");
    case JSON_NULL:
    case JSON_ABSENT:
        break;
    }
    return bytes_puts(out, "null");
}

bool json_write(const struct json *value, bool pretty, struct bytes *out)
{
    size_t before = out->len;

    if (write_value(value, pretty ? 0 : -1, out) && (!pretty || bytes_append_byte(out, '\n')))
        return true;
    bytes_truncate(out, before);
    return false;
}

static int compare_names(const void *a, const void *b)
{
    const struct json *const *left = a, *const *right = b;

    return strcmp(json_name(*left), json_name(*right));
}

/* The members in the order of their names; the caller frees. */
static const struct json **sorted_members(const struct json *object, size_t count)
{
    const struct json **members = xreallocarray(NULL, count + 1, sizeof(*members));
    size_t used = 0;

    for (const struct json *child = json_first(object); child; child = json_next(child))
        members[used++] = child;
    qsort(members, count, sizeof(*members), compare_names);
    return members;
}

static bool equal_objects(const struct json *a, const struct json *b)
{
    size_t count = json_count(a);
    const struct json **left, **right;
    bool equal = true;

    if (count != json_count(b))
        return false;
    left = sorted_members(a, count);
    right = sorted_members(b, count);
    for (size_t i = 0; equal && i < count; i++)
        equal =
            strcmp(json_name(left[i]), json_name(right[i])) == 0 && json_equal(left[i], right[i]);
    free(left);
    free(right);
    return equal;
}

static bool equal_arrays(const struct json *a, const struct json *b)
{
    const struct json *left = json_first(a), *right = json_first(b);

    for (; left && right; left = json_next(left), right = json_next(right))
        if (!json_equal(left, right))
            return false;
    return !left && !right;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (json_type(a) != json_type(b))
        return false;
    switch (json_type(a)) {
    case JSON_OBJECT:
        return equal_objects(a, b);
    case JSON_ARRAY:
        return equal_arrays(a, b);
    case JSON_STRING:
        return strcmp(json_string(a), json_string(b)) == 0;
    case JSON_NUMBER:
        return strcmp(json_number_text(a), json_number_text(b)) == 0;
    case JSON_BOOLEAN:
        return json_boolean(a, false) == json_boolean(b, false);
    case JSON_NULL:
    case JSON_ABSENT:
        break;
    }
    return true;
}

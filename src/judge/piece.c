#include "judge/piece.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

bool piece_rest(struct json_scan *scan, enum json_token token, struct piece *piece)
{
    *piece = (struct piece){token, scan->start, scan->length, scan->escaped};
    if (token == JSON_TOKEN_OBJECT || token == JSON_TOKEN_ARRAY) {
        if (!json_scan_skip(scan))
            return false;
        piece->length = (size_t)(scan->start + scan->length - piece->start);
        piece->escaped = false;
    }
    return token != JSON_TOKEN_FAULT && token != JSON_TOKEN_END;
}

bool piece_read(struct json_scan *scan, struct piece *piece)
{
    return piece_rest(scan, json_scan_next(scan), piece);
}

/* The string, unescaped, equals `text`; rare, so it may allocate. */
static bool escaped_is(const struct piece *piece, const char *text)
{
    struct bytes plain;
    bool same;

    bytes_init(&plain, piece->length);
    json_unescape(piece->start, piece->length, &plain);
    same = plain.len == strlen(text) && memcmp(bytes_text(&plain), text, plain.len) == 0;
    bytes_release(&plain);
    return same;
}

bool piece_is(const struct piece *piece, const char *text)
{
    if (piece->token != JSON_TOKEN_STRING)
        return false;
    if (piece->escaped)
        return escaped_is(piece, text);
    return piece->length == strlen(text) && memcmp(piece->start, text, piece->length) == 0;
}

bool piece_absent(const struct piece *piece)
{
    return piece->token == JSON_TOKEN_END || piece->token == JSON_TOKEN_NULL;
}

/* Only zeros before an exponent: 0, -0, 0.0, 0e5. */
static bool zero(const char *number, size_t len)
{
    for (size_t i = 0; i < len && number[i] != 'e' && number[i] != 'E'; i++) {
        if (number[i] >= '1' && number[i] <= '9')
            return false;
    }
    return true;
}

/* Nothing but blanks between the brackets. */
static bool hollow(const struct piece *piece)
{
    for (size_t i = 1; i + 1 < piece->length; i++) {
        if (!strchr(" \t\r\n", piece->start[i]))
            return false;
    }
    return true;
}

bool piece_empty(const struct piece *piece)
{
    switch (piece->token) {
    case JSON_TOKEN_OBJECT:
    case JSON_TOKEN_ARRAY:
        return hollow(piece);
    case JSON_TOKEN_STRING:
        return !piece->length;
    case JSON_TOKEN_NUMBER:
        return zero(piece->start, piece->length);
    case JSON_TOKEN_TRUE:
        return false;
    default:
        return true;
    }
}

bool piece_filled_string(const struct piece *piece)
{
    return piece->token == JSON_TOKEN_STRING && piece->length;
}

bool piece_integer(const struct piece *piece, int64_t *out)
{
    const char *at = piece->start, *end;
    bool negative;
    int64_t value = 0;

    if (piece->token != JSON_TOKEN_NUMBER)
        return false;
    end = at + piece->length;
    negative = *at == '-';
    for (at += negative; at < end; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *at - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

bool piece_append(const struct piece *piece, struct bytes *out)
{
    if (piece->escaped)
        return json_unescape(piece->start, piece->length, out);
    return bytes_append(out, piece->start, piece->length);
}

char *piece_take(const struct piece *piece, bool *nul)
{
    struct bytes text;

    if (piece->token != JSON_TOKEN_STRING)
        return NULL;
    if (!piece->escaped)
        return xmemdup0(piece->start, piece->length);
    bytes_init(&text, piece->length);
    json_unescape(piece->start, piece->length, &text);
    if (!memchr(bytes_text(&text), '\0', text.len))
        return bytes_take(&text);
    bytes_release(&text);
    if (nul)
        *nul = true;
    return xmemdup0(piece->start, piece->length);
}

void piece_walk(const struct piece *piece, struct piece_walk *walk)
{
    bool container = piece->token == JSON_TOKEN_OBJECT || piece->token == JSON_TOKEN_ARRAY;

    json_scan_init(&walk->scan, container ? piece->start : "", container ? piece->length : 0);
    walk->object = piece->token == JSON_TOKEN_OBJECT;
    json_scan_next(&walk->scan);
}

bool piece_walk_next(struct piece_walk *walk, struct piece *name, struct piece *value)
{
    enum json_token token = json_scan_next(&walk->scan);

    *name = (struct piece){0};
    if (walk->object && token == JSON_TOKEN_KEY) {
        *name = (struct piece){JSON_TOKEN_STRING, walk->scan.start, walk->scan.length,
                               walk->scan.escaped};
        token = json_scan_next(&walk->scan);
    }
    if (token != JSON_TOKEN_OBJECT_END && token != JSON_TOKEN_ARRAY_END &&
        piece_rest(&walk->scan, token, value))
        return true;
    json_scan_release(&walk->scan);
    return false;
}

struct piece piece_member(const struct piece *object, const char *name)
{
    struct piece_walk walk;
    struct piece found = {0}, key, value;

    if (object->token != JSON_TOKEN_OBJECT)
        return found;
    piece_walk(object, &walk);
    while (piece_walk_next(&walk, &key, &value)) {
        if (piece_is(&key, name))
            found = value;
    }
    return found;
}

#include "base/redact_pattern.h"

#include "base/memory.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

enum { BACKSLASHES_MAX = REDACT_UNIT_MAX - 5 };

static const char standard_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- learning ---- */

static void add_pattern(struct redact_patterns *patterns, const char *text, size_t len)
{
    struct redact_pattern *pattern;

    if (!len)
        return;
    patterns->items = xreallocarray(patterns->items, patterns->count + 1, sizeof(*patterns->items));
    pattern = &patterns->items[patterns->count++];
    *pattern = (struct redact_pattern){
        .text = xmemdup0(text, len),
        .len = len,
        .numeric = true,
    };
    for (size_t i = 0; i < len; i++) {
        pattern->numeric &= strchr("0123456789+-.eE", text[i]) != NULL;
        pattern->ambiguous |= text[i] == '%' || text[i] == '\\';
    }
    if (len > patterns->longest)
        patterns->longest = len;
}

/* Six bits of `key` from bit `bit` on, where `shift` unknown bytes come before it. */
static unsigned six_bits(const char *key, size_t bit, size_t shift)
{
    unsigned value = 0;

    for (size_t i = bit; i < bit + 6; i++) {
        unsigned char byte = (unsigned char)key[i / 8 - shift];

        value = value << 1 | (byte >> (7 - i % 8) & 1u);
    }
    return value;
}

/*
 * The base64 characters that depend on nothing but `key` when it stands `shift` bytes after a
 * multiple of three: whatever is encoded around it, these occur.
 */
static void add_base64(struct redact_patterns *patterns, const char *key, size_t len, size_t shift)
{
    size_t first = (8 * shift + 5) / 6, end = 8 * (shift + len) / 6;
    char *text = xmalloc(end - first + 1);
    bool differs = false;

    for (size_t i = first; i < end; i++) {
        text[i - first] = standard_alphabet[six_bits(key, 6 * i, shift)];
        differs |= text[i - first] == '+' || text[i - first] == '/';
    }
    add_pattern(patterns, text, end - first);
    for (size_t i = 0; differs && i < end - first; i++)
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    if (differs)
        add_pattern(patterns, text, end - first);
    secret_wipe(text, end - first);
    free(text);
}

/* Replacing a part of these words would break every JSON text. */
static bool is_part_of_a_json_word(const char *key, size_t len)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (memmem(words[i], strlen(words[i]), key, len))
            return true;
    return false;
}

static bool is_known(const struct redact_patterns *patterns, const char *key, size_t len)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (patterns->items[i].len == len && memcmp(patterns->items[i].text, key, len) == 0)
            return true;
    return false;
}

void redact_patterns_add(struct redact_patterns *patterns, const char *key, size_t len)
{
    if (len < REDACT_SECRET_MIN || is_part_of_a_json_word(key, len) || is_known(patterns, key, len))
        return;
    add_pattern(patterns, key, len);
    for (size_t shift = 0; shift < 3; shift++)
        add_base64(patterns, key, len, shift);
}

void redact_patterns_release(struct redact_patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        secret_wipe(patterns->items[i].text, patterns->items[i].len);
        free(patterns->items[i].text);
    }
    free(patterns->items);
    *patterns = (struct redact_patterns){0};
}

/* ---- matching ---- */

static int hex_value(unsigned char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The value of `count` hex digits at `at`: true, or `*answer` says why not. */
static bool read_hex(const struct redact_view *view, size_t at, size_t count, unsigned *value,
                     ptrdiff_t *answer)
{
    *value = 0;
    for (size_t i = at; i < at + count; i++) {
        int digit;

        if (i >= view->len) {
            *answer = view->final ? MATCH_NO : MATCH_MORE;
            return false;
        }
        digit = hex_value(view->text[i]);
        if (digit < 0) {
            *answer = MATCH_NO;
            return false;
        }
        *value = *value << 4 | (unsigned)digit;
    }
    return true;
}

static ptrdiff_t decode_percent(const struct redact_view *view, size_t at, unsigned char *character)
{
    ptrdiff_t answer;
    unsigned value;

    if (!read_hex(view, at + 1, 2, &value, &answer))
        return answer;
    *character = value < 0x80 ? (unsigned char)value : 0;
    return 3;
}

static ptrdiff_t decode_backslash(const struct redact_view *view, size_t at,
                                  unsigned char *character)
{
    size_t next = at;
    ptrdiff_t answer;
    unsigned value;

    while (next < view->len && next - at < BACKSLASHES_MAX && view->text[next] == '\\')
        next++;
    if (next >= view->len)
        return view->final ? MATCH_NO : MATCH_MORE;
    if (view->text[next] == 'u') {
        if (!read_hex(view, next + 1, 4, &value, &answer))
            return answer;
        *character = value < 0x80 ? (unsigned char)value : 0;
        return (ptrdiff_t)(next - at) + 5;
    }
    if (view->text[next] != '/' && view->text[next] != '"')
        return MATCH_NO;
    *character = view->text[next];
    return (ptrdiff_t)(next - at) + 1;
}

ptrdiff_t redact_decode(const struct redact_view *view, size_t at, unsigned char *character)
{
    if (view->text[at] == '%')
        return decode_percent(view, at, character);
    if (view->text[at] == '\\')
        return decode_backslash(view, at, character);
    return MATCH_NO;
}

/* How the one character `wanted` is written at `at`. */
static ptrdiff_t match_character(const struct redact_view *view, size_t at, unsigned char wanted)
{
    unsigned char found = 0;
    ptrdiff_t len;

    if (at >= view->len)
        return view->final ? MATCH_NO : MATCH_MORE;
    if (view->text[at] == wanted && wanted != '%' && wanted != '\\')
        return 1;
    len = redact_decode(view, at, &found);
    if (len > 0 && found == wanted)
        return len;
    if (len == MATCH_MORE)
        return MATCH_MORE;
    if (wanted != view->text[at])
        return MATCH_NO;
    /* A backslash that JSON doubles, or a percent sign nobody encoded. */
    if (wanted == '\\' && at + 1 >= view->len && !view->final)
        return MATCH_MORE;
    return wanted == '\\' && at + 1 < view->len && view->text[at + 1] == '\\' ? 2 : 1;
}

static ptrdiff_t match_encoded(const struct redact_pattern *pattern, const struct redact_view *view,
                               size_t at)
{
    size_t next = at;

    for (size_t i = 0; i < pattern->len; i++) {
        ptrdiff_t len = match_character(view, next, (unsigned char)pattern->text[i]);

        if (len <= 0)
            return len;
        next += (size_t)len;
    }
    return (ptrdiff_t)(next - at);
}

static ptrdiff_t match_plain(const struct redact_pattern *pattern, const struct redact_view *view,
                             size_t at)
{
    size_t there = view->len - at;

    if (memcmp(view->text + at, pattern->text, there < pattern->len ? there : pattern->len) != 0)
        return MATCH_NO;
    if (there >= pattern->len)
        return (ptrdiff_t)pattern->len;
    return view->final ? MATCH_NO : MATCH_MORE;
}

ptrdiff_t redact_patterns_match(const struct redact_patterns *patterns,
                                const struct redact_view *view, size_t at, bool *numeric)
{
    ptrdiff_t longest = MATCH_NO;

    for (size_t i = 0; i < patterns->count; i++) {
        const struct redact_pattern *pattern = &patterns->items[i];
        ptrdiff_t len = match_encoded(pattern, view, at);
        ptrdiff_t plain = pattern->ambiguous ? match_plain(pattern, view, at) : MATCH_NO;

        if (len == MATCH_MORE || plain == MATCH_MORE)
            return MATCH_MORE;
        len = plain > len ? plain : len;
        if (len > longest) {
            longest = len;
            *numeric = pattern->numeric;
        }
    }
    return longest;
}

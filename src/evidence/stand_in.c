#include "evidence/stand_in.h"

#include "base/bytes.h"
#include "base/text.h"
#include "evidence/digest.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORD_MAX = 128,
    ID_NUMBER_MAX = 4, /* digits: the number of an item, and nobody's */
    UNICODE_ESCAPE = 6,
};

/* ---- characters outside of strings ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char outside_letter(struct stand_outside *outside, char c)
{
    static const char *const literals[] = {"true", "false", "null"};

    if ((c == 'e' || c == 'E') && is_digit(outside->before) && !outside->literal)
        return c;
    if (outside->literal && *outside->literal == c) {
        outside->literal++;
        return c;
    }
    for (size_t i = 0; i < sizeof(literals) / sizeof(*literals); i++)
        if (!is_letter(outside->before) && *literals[i] == c) {
            outside->literal = literals[i] + 1;
            return c;
        }
    outside->literal = "";
    return 'x';
}

size_t stand_in_outside(struct stand_outside *outside, const char *text, size_t len,
                        bool hide_digits, struct bytes *out)
{
    uint32_t character;
    size_t used = 1;
    char c = *text;

    if (is_letter(c)) {
        bytes_append_byte(out, outside_letter(outside, c));
    } else if (is_digit(c) && hide_digits) {
        bytes_append_byte(out, '1');
    } else if ((unsigned char)c < 0x80) {
        bytes_append_byte(out, c);
    } else {
        used = utf8_decode(text, len, &character);
        if (used == 0 || character == UTF8_INVALID) {
            used = 1;
            bytes_append_byte(out, c);
        } else {
            bytes_append_byte(out, 'x');
        }
    }
    if (!is_letter(c))
        outside->literal = NULL;
    outside->before = c;
    return used;
}

/* ---- characters of a string, as they are escaped ---- */

static bool read_unicode(const char *text, size_t len, unsigned *unit)
{
    char digits[5] = "";

    if (len < UNICODE_ESCAPE || text[0] != '\\' || text[1] != 'u')
        return false;
    memcpy(digits, text + 2, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return false;
    *unit = (unsigned)strtoul(digits, NULL, 16);
    return true;
}

static bool is_between(unsigned unit, unsigned low, unsigned high)
{
    return unit >= low && unit <= high;
}

/* An escape becomes x where it is a character that can be seen; what is wrong stays so. */
static size_t put_escape(const char *text, size_t len, struct bytes *out)
{
    unsigned unit, next;
    size_t used = len > 1 ? 2 : 1;

    if (read_unicode(text, len, &unit)) {
        bool pair = is_between(unit, 0xD800, 0xDBFF) &&
                    read_unicode(text + UNICODE_ESCAPE, len - UNICODE_ESCAPE, &next) &&
                    is_between(next, 0xDC00, 0xDFFF);

        used = pair ? (size_t)2 * UNICODE_ESCAPE : UNICODE_ESCAPE;
        if (unit > ' ' && (pair || !is_between(unit, 0xD800, 0xDFFF)))
            bytes_append_byte(out, 'x');
        else
            bytes_append(out, text, used);
    } else if (len > 1 && strchr("\"\\/", text[1]) && text[1]) {
        bytes_append_byte(out, 'x');
    } else {
        bytes_append(out, text, used);
    }
    return used;
}

static size_t put_hidden(const char *text, size_t len, struct bytes *out)
{
    uint32_t character;
    size_t used;

    if (*text == '\\')
        return put_escape(text, len, out);
    if ((unsigned char)*text <= ' ') {
        bytes_append_byte(out, *text);
        return 1;
    }
    used = utf8_decode(text, len, &character);
    if (used == 0 || character == UTF8_INVALID) {
        bytes_append_byte(out, *text);
        return 1;
    }
    bytes_append_byte(out, 'x');
    return used;
}

void stand_in_text(const char *text, size_t len, struct bytes *out)
{
    size_t at = 0;

    while (at < len)
        at += put_hidden(text + at, len - at, out);
}

bool stand_is_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]) &&
            (!text[i] || !strchr("._:/@+-[]", text[i])))
            return false;
    return len <= WORD_MAX;
}

/* How long the prefix is that ids of this kind have everywhere; another may be somebody's name. */
static size_t prefix_length(const char *text, size_t len)
{
    static const char *const prefixes[] = {
        "call_", "chatcmpl-", "ci_", "cmpl-", "ctc_",   "cu_",   "fc_",   "fp_",
        "fs_",   "gen-",      "ig_", "item_", "mcp_",   "mcpl_", "mcpr_", "msg_",
        "req_",  "resp_",     "rs_", "run_",  "toolu_", "ws_",
    };

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        size_t prefix = strlen(prefixes[i]);

        if (len >= prefix && memcmp(text, prefixes[i], prefix) == 0)
            return prefix;
    }
    return 0;
}

static bool is_short_number(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && is_digit(text[at]))
        at++;
    return at == len && len <= ID_NUMBER_MAX;
}

void stand_in_id(const char *text, size_t len, struct bytes *out)
{
    char hex[DIGEST_TEXT];
    size_t prefix = prefix_length(text, len);
    struct digest *digest;

    if (!stand_is_word(text, len)) {
        stand_in_text(text, len, out);
        return;
    }
    bytes_append(out, text, prefix);
    if (is_short_number(text + prefix, len - prefix)) {
        bytes_append(out, text + prefix, len - prefix);
        return;
    }
    digest = digest_new();
    digest_update(digest, text, len);
    digest_text(digest, hex);
    digest_free(digest);
    for (size_t i = 0; i < len - prefix; i++)
        bytes_append_byte(out, hex[i % (DIGEST_TEXT - 1)]);
}

/* ---- arguments of tool calls ---- */

/* The grammar of JSON tells which string is a name. */
static void follow(struct stand_call *call, char c)
{
    if (c == '{' || c == '[')
        call->objects = call->objects << 1 | (c == '{');
    else if (c == '}' || c == ']')
        call->objects >>= 1;
    if (c == '{' || c == ',')
        call->names = call->objects & 1;
    else if (c == '[' || c == ':')
        call->names = false;
}

/* How many bytes of a name stand there: an escape, or one byte. */
static size_t put_name(const char *text, size_t len, struct bytes *out)
{
    size_t used = *text == '\\' && len > 1 ? 2 : 1;

    bytes_append(out, text, used);
    return used;
}

static size_t put_inside(struct stand_call *call, const char *text, size_t len, struct bytes *out)
{
    bool escape = *text == '\\' && len > 1;
    bool quote = escape && text[1] == '"', slash = escape && text[1] == '\\';
    bool second = call->escaped;

    call->escaped = slash && !second;
    if (quote && !second) {
        call->inside = false;
        call->outside = (struct stand_outside){.before = '"'};
    }
    if (call->named || (quote && !second))
        return put_name(text, len, out);
    if (second && (quote || slash))
        bytes_append_byte(out, 'x');
    else if (!slash)
        return put_hidden(text, len, out);
    return 2;
}

size_t stand_in_argument(struct stand_call *call, const char *text, size_t len, struct bytes *out)
{
    if (call->inside)
        return put_inside(call, text, len, out);
    if (*text == '\\' && len > 1 && text[1] == '"') {
        call->inside = true;
        call->named = call->names;
        bytes_append(out, text, 2);
        return 2;
    }
    follow(call, *text);
    return *text == '\\' ? put_hidden(text, len, out)
                         : stand_in_outside(&call->outside, text, len, true, out);
}

#include "base/json_scan.h"

#include "base/bytes.h"
#include "base/text.h"

#include <endian.h>
#include <string.h>

enum state {
    STATE_VALUE,      /* a value must follow */
    STATE_FIRST_ITEM, /* a value or ] */
    STATE_FIRST_KEY,  /* a member name or } */
    STATE_COLON,      /* behind a member name */
    STATE_AFTER,      /* behind a value in an object or array */
    STATE_DONE,       /* behind the whole value */
    STATE_FAULT,
};

static const char cut_between[] = "the text ends before its JSON value is whole";
static const char cut_in_string[] = "the text ends inside a string";

void json_scan_init(struct json_scan *scan, const char *text, size_t len)
{
    scan->text = scan->at = scan->start = text;
    scan->end = text + len;
    scan->length = scan->depth = 0;
    scan->escaped = scan->cut = false;
    scan->fault_what = NULL;
    scan->state = STATE_VALUE;
    scan->token = JSON_TOKEN_END;
    json_names_init(&scan->names);
}

void json_scan_release(struct json_scan *scan)
{
    json_names_release(&scan->names);
}

static enum json_token fault_at(struct json_scan *scan, const char *at, const char *what)
{
    scan->state = STATE_FAULT;
    scan->fault_what = what;
    scan->at = scan->start = at;
    scan->length = 0;
    scan->escaped = false;
    return JSON_TOKEN_FAULT;
}

static enum json_token fault(struct json_scan *scan, const char *what)
{
    return fault_at(scan, scan->at, what);
}

/* All bytes were right so far, but there are no more. */
static enum json_token cut(struct json_scan *scan, const char *what)
{
    scan->cut = true;
    return fault_at(scan, scan->end, what);
}

static void skip_blanks(struct json_scan *scan)
{
    const char *at = scan->at;

    while (at < scan->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    scan->at = at;
}

/* The first byte at or behind `at` that is not plain within a string: " \ control or ≥ 0x80. */
static const char *skip_plain(const char *at, const char *end)
{
    static const uint64_t ones = 0x0101010101010101;
    uint64_t word, quote, backslash, special;

    while (end - at >= (ptrdiff_t)sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        word = le64toh(word); /* the lowest bits come first in memory */
        quote = word ^ ones * '"';
        backslash = word ^ ones * '\\';
        special = ((word - ones * ' ') | (quote - ones) | (backslash - ones) | word) & ones * 0x80;
        if (special) /* a borrow only flags bytes above one that is special */
            return at + __builtin_ctzll(special) / 8;
        at += sizeof(word);
    }
    while (at < end && (unsigned char)*at >= ' ' && (unsigned char)*at < 0x80 && *at != '"' &&
           *at != '\\')
        at++;
    return at;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum escape {
    ESCAPE_GOOD,
    ESCAPE_BAD,
    ESCAPE_CUT,
};

/* The four digits of \u at `*at`. */
static enum escape scan_hex(const char **at, const char *end, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, ++*at) {
        if (*at == end)
            return ESCAPE_CUT;
        if (hex_digit(**at) < 0)
            return ESCAPE_BAD;
        *unit = *unit << 4 | (uint32_t)hex_digit(**at);
    }
    return ESCAPE_GOOD;
}

/* The second half of a surrogate pair: \uDC00 to \uDFFF, also where it is cut. */
static enum escape scan_low_surrogate(const char **at, const char *end, uint32_t *character)
{
    const char *begin = *at;
    uint32_t unit;
    enum escape result;

    for (const char *want = "\\u"; *want; want++, ++*at) {
        if (*at == end)
            return ESCAPE_CUT;
        if (**at != *want)
            return ESCAPE_BAD;
    }
    result = scan_hex(at, end, &unit);
    if (result == ESCAPE_BAD)
        return result;
    if ((end - begin > 2 && hex_digit(begin[2]) != 0xD) ||
        (end - begin > 3 && hex_digit(begin[3]) < 0xC))
        return ESCAPE_BAD;
    *character = 0x10000 + ((*character & 0x3FF) << 10) + (unit & 0x3FF);
    return result;
}

/* The escape behind a backslash at `*at`; `*at` is left at the fault. */
static enum escape scan_escape(const char **at, const char *end, uint32_t *character)
{
    static const char letters[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char *letter;
    enum escape result;

    if (*at == end)
        return ESCAPE_CUT;
    if (**at == 'u') {
        ++*at;
        result = scan_hex(at, end, character);
        if (result != ESCAPE_GOOD)
            return result;
        if (*character >= 0xD800 && *character <= 0xDBFF)
            return scan_low_surrogate(at, end, character);
        return *character >= 0xDC00 && *character <= 0xDFFF ? ESCAPE_BAD : ESCAPE_GOOD;
    }
    letter = memchr(letters, **at, sizeof(letters) - 1);
    if (!letter)
        return ESCAPE_BAD;
    *character = (unsigned char)meaning[letter - letters];
    ++*at;
    return ESCAPE_GOOD;
}

static bool scan_string_escape(struct json_scan *scan, const char **at)
{
    uint32_t character;
    const char *backslash = (*at)++;

    scan->escaped = true;
    switch (scan_escape(at, scan->end, &character)) {
    case ESCAPE_GOOD:
        return true;
    case ESCAPE_CUT:
        cut(scan, cut_in_string);
        return false;
    case ESCAPE_BAD:
        break;
    }
    if (backslash[1] == 'u')
        fault_at(scan, backslash, "\\u needs four hexadecimal digits and no lone surrogate");
    else
        fault_at(scan, backslash, "this character may not be escaped in a string");
    return false;
}

static bool scan_string_utf8(struct json_scan *scan, const char **at)
{
    uint32_t character;
    size_t used;

    do {
        used = utf8_decode(*at, (size_t)(scan->end - *at), &character);
        if (!used) {
            cut(scan, cut_in_string);
            return false;
        }
        if (character == UTF8_INVALID) {
            fault_at(scan, *at, "these bytes are not valid UTF-8");
            return false;
        }
        *at += used;
    } while (*at < scan->end && (unsigned char)**at >= 0x80);
    return true;
}

/* From the opening quote to behind the closing one. */
static enum json_token scan_string(struct json_scan *scan, enum json_token token)
{
    const char *at = scan->at + 1;

    scan->escaped = false;
    scan->start = at;
    for (;;) {
        at = skip_plain(at, scan->end);
        if (at == scan->end)
            return cut(scan, cut_in_string);
        if (*at == '"')
            break;
        if (*at == '\\') {
            if (!scan_string_escape(scan, &at))
                return JSON_TOKEN_FAULT;
        } else if ((unsigned char)*at >= 0x80) {
            if (!scan_string_utf8(scan, &at))
                return JSON_TOKEN_FAULT;
        } else {
            return fault_at(scan, at, "a control character in a string must be escaped");
        }
    }
    scan->length = (size_t)(at - scan->start);
    scan->at = at + 1;
    return token;
}

static unsigned char state_after(const struct json_scan *scan)
{
    return scan->depth ? STATE_AFTER : STATE_DONE;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* At least one digit from `*at` on. */
static bool scan_digits(struct json_scan *scan, const char **at, const char *what)
{
    const char *begin = *at;

    *at = skip_digits(begin, scan->end);
    if (*at > begin)
        return true;
    if (begin == scan->end)
        cut(scan, "the text ends inside a number");
    else
        fault_at(scan, begin, what);
    return false;
}

static enum json_token scan_number(struct json_scan *scan)
{
    const char *at = scan->at, *digits;

    if (*at == '-')
        at++;
    digits = at;
    if (!scan_digits(scan, &at, "a digit must follow the minus sign"))
        return JSON_TOKEN_FAULT;
    if (*digits == '0' && at - digits > 1)
        return fault_at(scan, digits, "a number may not begin with 0");
    if (at < scan->end && *at == '.') {
        at++;
        if (!scan_digits(scan, &at, "a digit must follow the decimal point"))
            return JSON_TOKEN_FAULT;
    }
    if (at < scan->end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < scan->end && (*at == '+' || *at == '-'))
            at++;
        if (!scan_digits(scan, &at, "a digit must follow the exponent"))
            return JSON_TOKEN_FAULT;
    }
    scan->start = scan->at;
    scan->length = (size_t)(at - scan->start);
    scan->at = at;
    scan->state = state_after(scan);
    return JSON_TOKEN_NUMBER;
}

static enum json_token scan_word(struct json_scan *scan, const char *word, enum json_token token)
{
    const char *at = scan->at;

    for (; *word; word++, at++) {
        if (at == scan->end)
            return cut(scan, cut_between);
        if (*at != *word)
            return fault_at(scan, at, "expected true, false or null in full");
    }
    scan->start = scan->at;
    scan->length = (size_t)(at - scan->start);
    scan->at = at;
    scan->state = state_after(scan);
    return token;
}

static enum json_token open(struct json_scan *scan, bool object)
{
    if (scan->depth == JSON_DEPTH_MAX)
        return fault(scan, "nested deeper than 128 levels");
    scan->is_object[scan->depth] = object;
    scan->first_name[scan->depth] = (uint32_t)scan->names.count;
    scan->depth++;
    scan->start = scan->at++;
    scan->length = 1;
    scan->state = object ? STATE_FIRST_KEY : STATE_FIRST_ITEM;
    return object ? JSON_TOKEN_OBJECT : JSON_TOKEN_ARRAY;
}

static enum json_token close(struct json_scan *scan)
{
    bool object = scan->is_object[--scan->depth];

    if (object)
        json_names_drop(&scan->names, scan->first_name[scan->depth]);
    scan->start = scan->at++;
    scan->length = 1;
    scan->state = state_after(scan);
    return object ? JSON_TOKEN_OBJECT_END : JSON_TOKEN_ARRAY_END;
}

static enum json_token scan_key(struct json_scan *scan)
{
    const char *quote = scan->at;

    if (*quote != '"')
        return fault(scan, "expected a member name in double quotes");
    if (scan_string(scan, JSON_TOKEN_KEY) == JSON_TOKEN_FAULT)
        return JSON_TOKEN_FAULT;
    if (!json_names_add(&scan->names, scan->first_name[scan->depth - 1], scan->start, scan->length,
                        scan->escaped))
        return fault_at(scan, quote, "this member name stands twice in its object");
    scan->state = STATE_COLON;
    return JSON_TOKEN_KEY;
}

static enum json_token scan_value(struct json_scan *scan)
{
    switch (*scan->at) {
    case '{':
        return open(scan, true);
    case '[':
        return open(scan, false);
    case '"':
        if (scan_string(scan, JSON_TOKEN_STRING) == JSON_TOKEN_FAULT)
            return JSON_TOKEN_FAULT;
        scan->state = state_after(scan);
        return JSON_TOKEN_STRING;
    case 't':
        return scan_word(scan, "true", JSON_TOKEN_TRUE);
    case 'f':
        return scan_word(scan, "false", JSON_TOKEN_FALSE);
    case 'n':
        return scan_word(scan, "null", JSON_TOKEN_NULL);
    case '\xEF':
        return fault(scan, "expected a JSON value (a byte order mark is none)");
    default:
        break;
    }
    if (*scan->at == '-' || (*scan->at >= '0' && *scan->at <= '9'))
        return scan_number(scan);
    return fault(scan, "expected a JSON value");
}

/* Behind a comma or colon: blanks, then something must follow. */
static bool expect_more(struct json_scan *scan)
{
    scan->at++;
    skip_blanks(scan);
    if (scan->at < scan->end)
        return true;
    cut(scan, cut_between);
    return false;
}

static enum json_token scan_after(struct json_scan *scan)
{
    bool object = scan->is_object[scan->depth - 1];

    if (*scan->at == (object ? '}' : ']'))
        return close(scan);
    if (*scan->at != ',')
        return fault(scan, object ? "expected , or }" : "expected , or ]");
    if (!expect_more(scan))
        return JSON_TOKEN_FAULT;
    return object ? scan_key(scan) : scan_value(scan);
}

static enum json_token scan_token(struct json_scan *scan)
{
    switch ((enum state)scan->state) {
    case STATE_VALUE:
        return scan_value(scan);
    case STATE_FIRST_ITEM:
        return *scan->at == ']' ? close(scan) : scan_value(scan);
    case STATE_FIRST_KEY:
        return *scan->at == '}' ? close(scan) : scan_key(scan);
    case STATE_COLON:
        if (*scan->at != ':')
            return fault(scan, "expected : behind the member name");
        return expect_more(scan) ? scan_value(scan) : JSON_TOKEN_FAULT;
    case STATE_AFTER:
        return scan_after(scan);
    case STATE_DONE:
        return fault(scan, "nothing may follow the JSON value");
    case STATE_FAULT:
        break;
    }
    return JSON_TOKEN_FAULT;
}

enum json_token json_scan_next(struct json_scan *scan)
{
    enum json_token token;

    if (scan->state == STATE_FAULT)
        return JSON_TOKEN_FAULT;
    skip_blanks(scan);
    if (scan->at < scan->end) {
        token = scan_token(scan);
    } else if (scan->state == STATE_DONE) {
        scan->start = scan->end;
        scan->length = 0;
        token = JSON_TOKEN_END;
    } else {
        token = cut(scan, cut_between);
    }
    scan->token = (unsigned char)token;
    return token;
}

bool json_scan_skip(struct json_scan *scan)
{
    enum json_token token = scan->token;
    size_t depth;

    if (token == JSON_TOKEN_KEY)
        token = json_scan_next(scan);
    if (token != JSON_TOKEN_OBJECT && token != JSON_TOKEN_ARRAY)
        return scan->state != STATE_FAULT;
    for (depth = scan->depth; scan->depth >= depth;)
        if (json_scan_next(scan) == JSON_TOKEN_FAULT)
            return false;
    return true;
}

/* One character of a scanned string; false at its end or where it is no string after all. */
static bool next_character(const char **at, const char *end, uint32_t *character)
{
    size_t used;

    if (*at == end)
        return false;
    if (**at == '\\') {
        ++*at;
        return scan_escape(at, end, character) == ESCAPE_GOOD;
    }
    used = utf8_decode(*at, (size_t)(end - *at), character);
    *at += used;
    return used && *character != UTF8_INVALID;
}

bool json_scan_is(const struct json_scan *scan, const char *text)
{
    const char *at = scan->start, *end = at + scan->length;
    size_t len = strlen(text), used;
    uint32_t character, expected;

    if (!scan->escaped)
        return len == scan->length && memcmp(scan->start, text, len) == 0;
    while (next_character(&at, end, &character)) {
        used = utf8_decode(text, len, &expected);
        if (!used || character != expected)
            return false;
        text += used;
        len -= used;
    }
    return len == 0;
}

void json_scan_fault(const struct json_scan *scan, struct json_fault *fault)
{
    *fault = (struct json_fault){
        .offset = (size_t)(scan->at - scan->text),
        .cut = scan->cut,
        .what = scan->fault_what ? scan->fault_what : "no fault",
    };
    text_place(scan->text, fault->offset, &fault->line, &fault->column);
}

bool json_unescape(const char *start, size_t length, struct bytes *out)
{
    const char *end = start + length, *plain;
    uint32_t character;

    while (start < end) {
        plain = start;
        start = memchr(plain, '\\', (size_t)(end - plain));
        if (!start)
            return bytes_append(out, plain, (size_t)(end - plain));
        if (!bytes_append(out, plain, (size_t)(start - plain)))
            return false;
        start++;
        if (scan_escape(&start, end, &character) != ESCAPE_GOOD)
            return true;
        if (!utf8_append(out, character))
            return false;
    }
    return true;
}

bool json_validate(const char *text, size_t len, struct json_fault *fault)
{
    struct json_scan scan;
    enum json_token token;

    json_scan_init(&scan, text, len);
    do
        token = json_scan_next(&scan);
    while (token != JSON_TOKEN_END && token != JSON_TOKEN_FAULT);
    if (token == JSON_TOKEN_FAULT && fault)
        json_scan_fault(&scan, fault);
    json_scan_release(&scan);
    return token == JSON_TOKEN_END;
}

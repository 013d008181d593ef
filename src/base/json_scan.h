/*
 * A strict JSON scanner that builds nothing (RFC 8259).
 *
 * It reads one value token by token from memory the caller keeps, and accepts exactly the grammar:
 * no BOM, no leading zeros, no raw control bytes, valid UTF-8, no lone surrogate escapes, no
 * duplicate member names (compared after unescaping), nesting up to JSON_DEPTH_MAX. Everything that
 * another JSON library is lax about is caught here before that library sees a byte. It allocates
 * only for objects with many members and for member names with escapes.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/json_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

enum { JSON_DEPTH_MAX = 128 };

enum json_token {
    JSON_TOKEN_END, /* the value is whole and only blanks followed it */
    JSON_TOKEN_FAULT,
    JSON_TOKEN_OBJECT, /* { */
    JSON_TOKEN_OBJECT_END,
    JSON_TOKEN_ARRAY, /* [ */
    JSON_TOKEN_ARRAY_END,
    JSON_TOKEN_KEY, /* a member name; its value is the next token */
    JSON_TOKEN_STRING,
    JSON_TOKEN_NUMBER,
    JSON_TOKEN_TRUE,
    JSON_TOKEN_FALSE,
    JSON_TOKEN_NULL,
};

struct json_fault {
    size_t offset;    /* byte offset of the fault */
    size_t line;      /* from 1 */
    size_t column;    /* from 1, in characters */
    bool cut;         /* the text is a proper prefix of some valid JSON text: it was cut */
    const char *what; /* static, e.g. "a number may not begin with 0" */
};

/*
 * Callers read the part above the line and treat the rest as private. A scan in use is not copied:
 * to look ahead, begin a second one on the same text.
 */
struct json_scan {
    const char *start; /* the token's bytes; strings and keys without their quotes */
    size_t length;
    bool escaped; /* the string or key holds a backslash: json_unescape() before comparing */
    size_t depth; /* objects and arrays open after this token */
    /* ---- */
    const char *text, *at, *end;
    const char *fault_what;
    bool cut;
    unsigned char state;
    unsigned char token;
    unsigned char is_object[JSON_DEPTH_MAX];
    uint32_t first_name[JSON_DEPTH_MAX];
    struct json_names names;
};

/* `text` stays the caller's and must live as long as the scan. Cheap: nothing large is cleared. */
void json_scan_init(struct json_scan *scan, const char *text, size_t len);
void json_scan_release(struct json_scan *scan);

enum json_token json_scan_next(struct json_scan *scan);

/* After OBJECT or ARRAY: to behind its end. After KEY: to behind its value. False on a fault. */
bool json_scan_skip(struct json_scan *scan);

/* The current string or key equals `text` after unescaping. */
bool json_scan_is(const struct json_scan *scan, const char *text);

/* Where and what the fault was, once FAULT was answered. */
void json_scan_fault(const struct json_scan *scan, struct json_fault *fault);

/* Append the unescaped bytes of a scanned string; false only when `out` is full. \u0000 gives NUL.
 */
bool json_unescape(const char *start, size_t length, struct bytes *out);

/* One whole valid value; `fault` may be NULL. */
bool json_validate(const char *text, size_t len, struct json_fault *fault);

#endif

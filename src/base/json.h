/*
 * JSON values in memory, over cJSON; json.c is the only file that sees it.
 *
 * Text is validated by json_scan first. Numbers that are not edited keep their bytes, members keep
 * their order, names compare by case. A `struct json *` is one value of a tree; the root owns the
 * rest. Reads accept NULL and answer "absent", so lookups chain. A string holding U+0000 is
 * kept out of the tree: json_parse() reports it as a fault rather than shorten it.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct json;

enum json_type {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* `name` is how messages call the text: a path, or "the answer". NULL with `error` on a fault. */
struct json *json_parse(const char *text, size_t len, const char *name, struct error *error);
struct json *json_copy(const struct json *value); /* without its member name; NULL for NULL */
void json_free(struct json *root);                /* a root, or a value that was taken out */

/* Pretty with two blanks, one member a line and a final newline; or compact on one line. */
bool json_write(const struct json *value, bool pretty, struct bytes *out);

enum json_type json_type(const struct json *value);
size_t json_count(const struct json *value); /* members or items, else 0 */
struct json *json_member(const struct json *object, const char *name); /* NULL when absent */
struct json *json_item(const struct json *array, size_t index);
struct json *json_first(const struct json *parent); /* iterate: first child, */
struct json *json_next(const struct json *child);   /* then the next, NULL at the end */
const char *json_name(const struct json *child);    /* its member name, NULL in an array */

const char *json_string(const struct json *value);          /* NULL unless a string */
const char *json_number_text(const struct json *value);     /* its bytes, NULL unless a number */
bool json_integer(const struct json *value, int64_t *out);  /* exact (2.0 is 2), false otherwise */
bool json_real(const struct json *value, double *out);      /* finite, false otherwise */
bool json_boolean(const struct json *value, bool fallback); /* fallback unless true or false */

/* Builders. What is added belongs to the parent from then on. Setting replaces in place. */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_string(const char *text);
struct json *json_new_string_n(const char *text, size_t len); /* without U+0000 */
struct json *json_new_lines(const char *lines); /* an array, a string each; NULL: empty */
struct json *json_new_integer(int64_t number);
struct json *json_new_real(double number); /* finite; not finite gives null */
struct json *json_new_boolean(bool value);
struct json *json_new_null(void);
void json_set(struct json *object, const char *name, struct json *value);
void json_append(struct json *array, struct json *value);
void json_insert(struct json *array, size_t index, struct json *value); /* before; count: at end */
void json_replace(struct json *parent, struct json *child, struct json *value); /* frees `child` */
void json_exchange(struct json *parent, struct json *child); /* places with the one behind it */
void json_rename(struct json *child, const char *name); /* a member, by a name that is not there */
struct json *json_take(struct json *parent, struct json *child); /* out of it; now the caller's */
void json_set_string(struct json *object, const char *name, const char *text); /* NULL: null */
void json_set_integer(struct json *object, const char *name, int64_t number);
void json_set_real(struct json *object, const char *name, double number);
void json_set_boolean(struct json *object, const char *name, bool value);

/* Append `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
bool json_quote(struct bytes *out, const char *text, size_t len);

/* Same value: members in any order, numbers by their bytes. */
bool json_equal(const struct json *a, const struct json *b);

/* JSON Pointer (RFC 6901); NULL when nothing is there. */
struct json *json_at(struct json *root, const char *pointer);

/* Append `name` to a pointer as one more reference token ("/a~1b"). */
bool json_pointer_add(struct bytes *pointer, const char *name);

/*
 * The three operations of JSON Patch (RFC 6902 §4.1–4.3) on `*root`. `value` is taken over in any
 * case. On false nothing changed and `error` tells which part of the pointer does not exist.
 */
bool json_patch_add(struct json **root, const char *pointer, struct json *value,
                    struct error *error);
bool json_patch_remove(struct json **root, const char *pointer, struct error *error);
bool json_patch_replace(struct json **root, const char *pointer, struct json *value,
                        struct error *error);

/*
 * A file of JSON with its place in messages. Typed readers fill `error` with
 * "FILE:LINE:COLUMN: POINTER must be …" and answer false; absence (null counts as it) is accepted
 * only where it is optional. All errors are ERROR_FILE.
 */
struct json_file {
    char *path;
    char *text;
    size_t len;
    struct json *root;
};

/* Copies. On false nothing needs releasing. */
bool json_file_parse(struct json_file *file, const char *path, const char *text, size_t len,
                     struct error *error);
void json_file_release(struct json_file *file);

/* "PATH:LINE:COLUMN: …" for the value at `pointer`, or its nearest existing parent. False. */
bool json_file_error(const struct json_file *file, const char *pointer, struct error *error,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for a value of its tree, which must not have been edited since it was read. */
bool json_file_error_at(const struct json_file *file, const struct json *value, struct error *error,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Refuses a member of `object` that is not among `names`, which ends with NULL; says the nearest.
 */
bool json_file_known(const struct json_file *file, const struct json *object,
                     const char *const *names, struct error *error);

enum json_need {
    JSON_REQUIRED,
    JSON_OPTIONAL, /* when absent or null `*out` keeps what the caller put there */
};

/* Members of `object`, a value of the file's tree; what is read belongs to the tree. */
bool json_file_string(const struct json_file *file, const struct json *object, const char *name,
                      enum json_need need, const char **out, struct error *error);
bool json_file_boolean(const struct json_file *file, const struct json *object, const char *name,
                       enum json_need need, bool *out, struct error *error);
bool json_file_integer(const struct json_file *file, const struct json *object, const char *name,
                       enum json_need need, int64_t *out, struct error *error);
bool json_file_array(const struct json_file *file, const struct json *object, const char *name,
                     enum json_need need, struct json **out, struct error *error);
bool json_file_object(const struct json_file *file, const struct json *object, const char *name,
                      enum json_need need, struct json **out, struct error *error);

#endif

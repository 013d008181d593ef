/*
 * An error a user can act on: what happened, where, what to do next.
 *
 * A function that can fail takes a `struct error *` as its last argument, answers false (or NULL)
 * and fills it; the caller owns the struct, nothing in it needs freeing. NULL is accepted where
 * the caller does not care. The kind decides the exit status of every verb (design.md "Shape").
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,   /* the words of the command line are off: exit 2 */
    ERROR_FILE,    /* the workspace or a file in it cannot be used: exit 3 */
    ERROR_CHANGED, /* the file changed since it was read, it was not replaced: exit 3 */
    ERROR_CHECK,   /* the check could not be made (no key, no connection): exit 4 */
};

struct error {
    enum error_kind kind;
    char text[1024]; /* one line, complete, valid UTF-8 if the format was; cut with "…" */
};

/* Always false, so that `return error_set(...)` reads well. */
bool error_set(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set with "PATH:LINE:COLUMN: " in front. Line and column count from 1; 0 leaves it out.
 */
bool error_at(struct error *error, enum error_kind kind, const char *path, size_t line,
              size_t column, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* As error_set with ": " and the text of errno value `number` behind. */
bool error_errno(struct error *error, enum error_kind kind, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What a static analyzer cannot see from another file: these always answer false. */
#ifdef __clang_analyzer__
#define error_set(...) ((void)error_set(__VA_ARGS__), false)
#define error_at(...) ((void)error_at(__VA_ARGS__), false)
#define error_errno(...) ((void)error_errno(__VA_ARGS__), false)
#endif

void error_clear(struct error *error);

/* 0, 2, 3 or 4. */
int error_exit_status(const struct error *error);

#endif

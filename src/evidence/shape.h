/*
 * The shape of an answer: which key paths its JSON has, of which types, how often; of one document
 * or of many events. Items of arrays share a path: "choices[].delta.content".
 */
#ifndef EVIDENCE_SHAPE_H
#define EVIDENCE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

enum { SHAPE_PATHS_MAX = 2000, SHAPE_DEPTH_MAX = 32 };

struct shape_path {
    char *path;     /* "" is the document itself */
    unsigned types; /* bit of each enum json_type that occurred */
    uint64_t count;
};

/* Zeroed: empty. */
struct shape {
    struct shape_path *paths; /* sorted */
    size_t count;
    bool full; /* more paths than are kept, or deeper ones */
};

void shape_add(struct shape *shape, const struct json *document);
void shape_release(struct shape *shape);

/* The data of an event, or a whole body. */
enum shape_text {
    SHAPE_DOCUMENT, /* JSON, and added */
    SHAPE_MARKER,   /* [DONE] */
    SHAPE_UNREAD,   /* larger than SHAPE_TEXT_MAX, or no JSON */
};
enum { SHAPE_TEXT_MAX = 8 * 1024 * 1024 };
enum shape_text shape_add_text(struct shape *shape, const char *text, size_t len);

const struct shape_path *shape_find(const struct shape *shape, const char *path);

/* "string", "string or null": of `types`; a constant or into `text`. */
const char *shape_types(unsigned types, char *text, size_t size);
unsigned shape_types_from(const char *text); /* 0: it is no such text */

#endif

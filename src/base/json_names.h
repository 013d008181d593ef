/*
 * The member names of the objects that are open in a JSON scan, to find a duplicate (RFC 8259 §4).
 *
 * Small objects are compared name by name in place. An object with many names is looked up in a
 * hash table whose key is chosen by chance, so that nobody can craft names that make it slow; what
 * is found never depends on it. Part of json_scan; nothing else uses it.
 */
#ifndef BASE_JSON_NAMES_H
#define BASE_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_NAMES_INLINE = 24, /* names of all open objects together that need no allocation */
    JSON_NAMES_LINEAR = 16, /* members of one object that are compared one by one */
};

struct json_name {
    const char *start; /* unescaped bytes, in the text or allocated */
    size_t length;
    uint64_t hash; /* of names in the table only */
    bool allocated;
};

/* Never copied while in use. */
struct json_names {
    size_t count, room;
    struct json_name *items; /* `few`, or allocated */
    uint32_t *slots;         /* index + 1 of an item, 0: free; NULL until needed */
    size_t slot_count;       /* a power of two */
    size_t slot_used;
    uint64_t key[2];
    struct json_name few[JSON_NAMES_INLINE];
};

void json_names_init(struct json_names *names);
void json_names_release(struct json_names *names);

/*
 * One more name of the innermost open object, whose first name is item `first`. The bytes are a
 * scanned string: kept by reference, or unescaped into a copy. False for a duplicate.
 */
bool json_names_add(struct json_names *names, size_t first, const char *start, size_t length,
                    bool escaped);

/* The innermost object ended: its names, from item `first` on, are dropped. */
void json_names_drop(struct json_names *names, size_t first);

#endif

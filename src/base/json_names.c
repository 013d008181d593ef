#include "base/json_names.h"

#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS_FIRST = 128 };

void json_names_init(struct json_names *names)
{
    names->count = 0;
    names->room = JSON_NAMES_INLINE;
    names->items = names->few;
    names->slots = NULL;
    names->slot_count = names->slot_used = 0;
}

void json_names_release(struct json_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].allocated)
            free((char *)(uintptr_t)names->items[i].start);
    if (names->items != names->few)
        free(names->items);
    free(names->slots);
    json_names_init(names);
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32) + v[3];
    v[2] += v[1];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein 2012). */
static uint64_t name_hash(const uint64_t key[2], const char *text, size_t len)
{
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                     key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    uint64_t word, last = (uint64_t)len << 56;
    size_t at = 0;

    for (; len - at >= sizeof(word); at += sizeof(word)) {
        memcpy(&word, text + at, sizeof(word));
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (int shift = 0; at < len; shift += 8)
        last |= (uint64_t)(unsigned char)text[at++] << shift;
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static bool same(const struct json_name *a, const struct json_name *b)
{
    return a->length == b->length && memcmp(a->start, b->start, a->length) == 0;
}

/*
 * The slot of item `index`, or the free one where it belongs. Items of outer objects may equal it
 * without being duplicates: they lie below `first`.
 */
static size_t find_slot(const struct json_names *names, size_t index, size_t first, bool *duplicate)
{
    const struct json_name *name = &names->items[index];
    size_t slot = name->hash & (names->slot_count - 1);

    for (; names->slots[slot]; slot = (slot + 1) & (names->slot_count - 1)) {
        size_t other = names->slots[slot] - 1;

        if (other == index)
            break;
        if (other >= first && names->items[other].hash == name->hash &&
            same(&names->items[other], name)) {
            *duplicate = true;
            break;
        }
    }
    return slot;
}

/* Put every indexed item into a new table, in the order they came (see json_names_drop). */
static void grow_table(struct json_names *names)
{
    uint32_t *old = names->slots;
    size_t old_count = names->slot_count;
    uint32_t *order = xcalloc(names->count + 1, sizeof(*order));
    bool duplicate = false;

    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            order[old[i] - 1] = 1;
    free(old);
    names->slot_count = old_count ? old_count * 2 : SLOTS_FIRST;
    names->slots = xcalloc(names->slot_count, sizeof(*names->slots));
    for (size_t i = 0; i < names->count; i++)
        if (order[i])
            names->slots[find_slot(names, i, SIZE_MAX, &duplicate)] = (uint32_t)i + 1;
    free(order);
}

static bool index_item(struct json_names *names, size_t index, size_t first)
{
    bool duplicate = false;
    size_t slot;

    if (names->slot_used * 2 >= names->slot_count)
        grow_table(names);
    names->items[index].hash =
        name_hash(names->key, names->items[index].start, names->items[index].length);
    slot = find_slot(names, index, first, &duplicate);
    if (duplicate)
        return false;
    names->slots[slot] = (uint32_t)index + 1;
    names->slot_used++;
    return true;
}

/* The object outgrew comparing one by one: its names so far enter the table. */
static void index_object(struct json_names *names, size_t first)
{
    /* Without randomness the table is only easier to slow down. */
    if (!names->slots && getentropy(names->key, sizeof(names->key)) != 0)
        names->key[0] = names->key[1] = (uintptr_t)names;
    for (size_t i = first; i < names->count - 1; i++)
        index_item(names, i, first);
}

static void make_room(struct json_names *names)
{
    struct json_name *old = names->items == names->few ? NULL : names->items;

    if (names->count < names->room)
        return;
    names->room *= 2;
    names->items = xreallocarray(old, names->room, sizeof(*names->items));
    if (!old)
        memcpy(names->items, names->few, sizeof(names->few));
}

static char *unescape(const char *start, size_t *length)
{
    struct bytes text;

    bytes_init(&text, *length);
    json_unescape(start, *length, &text);
    *length = text.len;
    return bytes_take(&text);
}

bool json_names_add(struct json_names *names, size_t first, const char *start, size_t length,
                    bool escaped)
{
    size_t members = names->count - first;
    struct json_name *name;

    make_room(names);
    if (escaped)
        start = unescape(start, &length);
    name = &names->items[names->count++];
    *name = (struct json_name){.start = start, .length = length, .allocated = escaped};
    if (members >= JSON_NAMES_LINEAR) {
        if (members == JSON_NAMES_LINEAR)
            index_object(names, first);
        return index_item(names, names->count - 1, first);
    }
    for (struct json_name *other = name; other-- > names->items + first;)
        if (same(other, name))
            return false;
    return true;
}

/*
 * Emptying slots newest first never breaks a chain: nothing that remains was placed after them.
 */
void json_names_drop(struct json_names *names, size_t first)
{
    bool indexed = names->count - first > JSON_NAMES_LINEAR, duplicate = false;

    while (names->count > first) {
        size_t index = names->count - 1;

        if (indexed) {
            names->slots[find_slot(names, index, SIZE_MAX, &duplicate)] = 0;
            names->slot_used--;
        }
        if (names->items[index].allocated)
            free((char *)(uintptr_t)names->items[index].start);
        names->count--;
    }
}

#include "base/needles.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A set of bits answers for three bytes at a time whether a text may be there. With texts of length
 * n or more their first n - 2 groups of three are in it, so that only every (n - 2)th place is
 * looked at; the table of beginnings then says which text, if any.
 */
enum {
    GRAM = NEEDLES_LEN_MIN,
    STRIDE_MAX = 8,
    FILTER_BITS = 16,
    SLOTS_MIN = 64,
};

struct needles_entry {
    char *text;
    size_t len;
    size_t tag;
    uint32_t gram;
    uint32_t next; /* of the same slot, 1 + its index; longest first */
};

struct needles {
    struct needles_entry *entries;
    size_t count, size;
    size_t shortest;
    uint32_t *slots; /* 1 + index */
    size_t slot_count;
    size_t stride; /* 0: the tables are not made */
    unsigned char filter[(1 << FILTER_BITS) / 8];
};

static inline uint32_t gram_at(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;

    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static inline uint32_t gram_hash(uint32_t gram)
{
    return gram * UINT32_C(2654435761) >> (32 - FILTER_BITS);
}

struct needles *needles_new(void)
{
    struct needles *needles = xcalloc(1, sizeof(*needles));

    needles->shortest = NEEDLES_LEN_MAX;
    return needles;
}

void needles_free(struct needles *needles)
{
    if (!needles)
        return;
    for (size_t i = 0; i < needles->count; i++)
        free(needles->entries[i].text);
    free(needles->entries);
    free(needles->slots);
    free(needles);
}

static size_t slot_of(const struct needles *needles, uint32_t gram)
{
    return gram_hash(gram) % needles->slot_count;
}

static void put_in_slot(struct needles *needles, size_t index)
{
    struct needles_entry *entry = &needles->entries[index];
    uint32_t *link = &needles->slots[slot_of(needles, entry->gram)];

    while (*link && needles->entries[*link - 1].len > entry->len)
        link = &needles->entries[*link - 1].next;
    entry->next = *link;
    *link = (uint32_t)index + 1;
}

static void make_slots(struct needles *needles, size_t count)
{
    free(needles->slots);
    needles->slot_count = count;
    needles->slots = xcalloc(count, sizeof(*needles->slots));
    for (size_t i = 0; i < needles->count; i++)
        put_in_slot(needles, i);
}

static const struct needles_entry *longest_at(const struct needles *needles, const char *text,
                                              size_t len)
{
    uint32_t gram = gram_at(text);

    for (uint32_t at = needles->slots[slot_of(needles, gram)]; at;) {
        const struct needles_entry *entry = &needles->entries[at - 1];

        if (entry->gram == gram && entry->len <= len && memcmp(entry->text, text, entry->len) == 0)
            return entry;
        at = entry->next;
    }
    return NULL;
}

/* Which places are looked at depends on the shortest text, so it is settled anew for each. */
static void fill_filter(struct needles *needles)
{
    needles->stride = needles->shortest - GRAM + 1;
    if (needles->stride > STRIDE_MAX)
        needles->stride = STRIDE_MAX;
    memset(needles->filter, 0, sizeof(needles->filter));
    for (size_t i = 0; i < needles->count; i++) {
        for (size_t from = 0; from < needles->stride; from++) {
            uint32_t hash = gram_hash(gram_at(needles->entries[i].text + from));

            needles->filter[hash / 8] |= (unsigned char)(1 << hash % 8);
        }
    }
}

static void add_to_filter(struct needles *needles, const struct needles_entry *entry)
{
    if (entry->len < needles->shortest || needles->stride == 0) {
        if (entry->len < needles->shortest)
            needles->shortest = entry->len;
        fill_filter(needles);
        return;
    }
    for (size_t from = 0; from < needles->stride; from++) {
        uint32_t hash = gram_hash(gram_at(entry->text + from));

        needles->filter[hash / 8] |= (unsigned char)(1 << hash % 8);
    }
}

bool needles_add(struct needles *needles, const char *text, size_t len, size_t tag)
{
    const struct needles_entry *same;

    if (len < NEEDLES_LEN_MIN || len > NEEDLES_LEN_MAX)
        return false;
    same = needles->count ? longest_at(needles, text, len) : NULL;
    if (same && same->len == len)
        return false;
    if (needles->count == needles->size) {
        needles->size = needles->size ? 2 * needles->size : SLOTS_MIN / 2;
        needles->entries =
            xreallocarray(needles->entries, needles->size, sizeof(*needles->entries));
        make_slots(needles, 2 * needles->size);
    }
    needles->entries[needles->count] = (struct needles_entry){
        .text = xmemdup0(text, len), .len = len, .tag = tag, .gram = gram_at(text)};
    needles->count++;
    put_in_slot(needles, needles->count - 1);
    add_to_filter(needles, &needles->entries[needles->count - 1]);
    return true;
}

static inline bool may_be(const struct needles *needles, const char *text)
{
    uint32_t hash = gram_hash(gram_at(text));

    return needles->filter[hash / 8] >> hash % 8 & 1;
}

bool needles_next(const struct needles *needles, const char *text, size_t len, size_t from,
                  struct needles_match *match)
{
    size_t stride = needles->stride;

    if (needles->count == 0)
        return false;
    for (size_t at = from + stride - 1; at < len && len - at >= GRAM; at += stride) {
        if (!may_be(needles, text + at))
            continue;
        for (size_t start = at - (stride - 1); start <= at; start++) {
            const struct needles_entry *entry = longest_at(needles, text + start, len - start);

            if (!entry)
                continue;
            *match = (struct needles_match){.at = start, .len = entry->len, .tag = entry->tag};
            return true;
        }
    }
    return false;
}

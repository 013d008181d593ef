#include "evidence/timeline.h"

#include "base/memory.h"

#include <string.h>

enum {
    FIRST_SLOT_US = 1000,
    EXACT_CLASSES = 64,
    CLASS_BITS = 5, /* of the gap's length that tell classes of one doubling apart */
};

struct timeline *timeline_new(void)
{
    struct timeline *timeline = xcalloc(1, sizeof(*timeline));

    timeline->slot_us = FIRST_SLOT_US;
    return timeline;
}

/* ---- classes of gaps ---- */

static size_t class_of(int64_t us)
{
    uint64_t value = us > 0 ? (uint64_t)us : 0;
    unsigned shift;
    size_t class;

    if (value < EXACT_CLASSES)
        return (size_t)value;
    shift = 63 - (unsigned)__builtin_clzll(value) - CLASS_BITS;
    class = EXACT_CLASSES + (size_t)(shift - 1) * (1 << CLASS_BITS) +
            (size_t)((value >> shift) - (1 << CLASS_BITS));
    return class < TIMELINE_CLASSES ? class : TIMELINE_CLASSES - 1;
}

/* The longest gap of a class. */
static int64_t class_end(size_t class)
{
    size_t above = class - EXACT_CLASSES;
    unsigned shift = (unsigned)(above >> CLASS_BITS) + 1;
    int64_t mantissa = (1 << CLASS_BITS) + (int64_t)(above & ((1 << CLASS_BITS) - 1));

    return class < EXACT_CLASSES ? (int64_t) class : ((mantissa + 1) << shift) - 1;
}

int64_t timeline_percentile(const struct timeline *timeline, double share)
{
    double wanted = share * (double)timeline_gaps(timeline);
    uint64_t seen = 0;

    for (size_t i = 0; i < TIMELINE_CLASSES; i++) {
        seen += timeline->classes[i];
        if (seen > 0 && (double)seen >= wanted) {
            int64_t end_us = class_end(i);

            return end_us < timeline->longest_gap_us ? end_us : timeline->longest_gap_us;
        }
    }
    return timeline->longest_gap_us;
}

uint64_t timeline_gaps(const struct timeline *timeline)
{
    return timeline->events > 0 ? timeline->events - 1 : 0;
}

uint64_t timeline_bursts(const struct timeline *timeline)
{
    return timeline->classes[0];
}

/* ---- slots ---- */

/* Twice as wide: each takes two of the old ones. */
static void widen(struct timeline *timeline)
{
    struct timeline_slot *slots = timeline->slots;

    for (size_t i = 0; i < TIMELINE_SLOTS / 2; i++) {
        const struct timeline_slot *one = &slots[2 * i], *other = &slots[2 * i + 1];
        struct timeline_slot both = {
            .longest_us = one->longest_us > other->longest_us ? one->longest_us : other->longest_us,
            .events = one->events + other->events,
        };

        slots[i] = both;
    }
    memset(slots + TIMELINE_SLOTS / 2, 0, TIMELINE_SLOTS / 2 * sizeof(*slots));
    timeline->slot_us *= 2;
}

static size_t slot_at(const struct timeline *timeline, int64_t us)
{
    int64_t slot = us > 0 ? us / timeline->slot_us : 0;

    return slot < TIMELINE_SLOTS ? (size_t)slot : TIMELINE_SLOTS - 1;
}

static void add_to_slot(struct timeline *timeline, int64_t since_start_us, int64_t gap_us)
{
    struct timeline_slot *slot;

    while (since_start_us / timeline->slot_us >= TIMELINE_SLOTS)
        widen(timeline);
    slot = &timeline->slots[slot_at(timeline, since_start_us)];
    slot->events++;
    if (gap_us > slot->longest_us)
        slot->longest_us = gap_us;
}

int64_t timeline_gap_between(const struct timeline *timeline, int64_t from_us, int64_t to_us)
{
    int64_t longest_us = 0;
    size_t slot, last;

    if (!timeline->first_us || to_us <= timeline->first_us || from_us > timeline->last_us)
        return 0;
    last = slot_at(timeline, timeline->last_us);
    for (slot = slot_at(timeline, from_us); slot <= last; slot++) {
        if (timeline->slots[slot].longest_us > longest_us)
            longest_us = timeline->slots[slot].longest_us;
        /* Behind the end of what was asked for only the gap counts that reaches into it. */
        if (timeline->slots[slot].events > 0 && (int64_t)(slot + 1) * timeline->slot_us >= to_us)
            break;
    }
    return longest_us;
}

/* ---- events ---- */

static void keep_longest(struct timeline *timeline, const struct timeline_gap *gap)
{
    struct timeline_gap *longest = timeline->longest;
    size_t at = timeline->longest_count;

    if (at == TIMELINE_LONGEST && gap->us <= longest[at - 1].us)
        return;
    if (at < TIMELINE_LONGEST)
        timeline->longest_count++;
    else
        at--;
    for (; at > 0 && longest[at - 1].us < gap->us; at--)
        longest[at] = longest[at - 1];
    longest[at] = *gap;
}

void timeline_event(struct timeline *timeline, int64_t since_start_us, uint64_t number,
                    uint64_t offset)
{
    struct timeline_gap gap = {
        .us = since_start_us - timeline->last_us,
        .ended_us = since_start_us,
        .event = number,
        .offset = offset,
    };

    if (gap.us < 0) /* a file of somebody else may say so */
        gap.us = 0;
    if (since_start_us < 0)
        since_start_us = 0;
    if (timeline->events++ == 0) {
        timeline->first_us = since_start_us > 0 ? since_start_us : 1;
        gap.us = 0;
    } else {
        timeline->classes[class_of(gap.us)]++;
        if (gap.us > timeline->longest_gap_us)
            timeline->longest_gap_us = gap.us;
        if (gap.us > 0)
            keep_longest(timeline, &gap);
    }
    add_to_slot(timeline, since_start_us, gap.us);
    timeline->last_us = since_start_us;
}

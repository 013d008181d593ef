/*
 * How the events of an answer came: a bounded account of all of them, filled as they come (D54).
 *
 * Times are microseconds since the start of the exchange. Only semantic events count, as for the
 * gap timer. What is kept does not grow with their number: the longest gaps one by one, all gaps
 * in classes at most 3 % wide for percentiles, and what happened over time in slots whose width
 * doubles whenever the answer outlasts them.
 */
#ifndef EVIDENCE_TIMELINE_H
#define EVIDENCE_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

enum {
    TIMELINE_SLOTS = 512,
    TIMELINE_LONGEST = 16,
    TIMELINE_CLASSES = 64 + 36 * 32, /* exact up to 63 us, then 32 for each doubling: to 50 days */
};

/* The silence before an event. */
struct timeline_gap {
    int64_t us;
    int64_t ended_us; /* when the event came */
    uint64_t event;   /* its number and its first byte in the body */
    uint64_t offset;
};

struct timeline_slot {
    int64_t longest_us; /* of the gaps that ended in it, 0: none did, or all at once */
    uint64_t events;
};

struct timeline {
    uint64_t events;
    int64_t first_us; /* of the first one, 0: none yet */
    int64_t last_us;
    int64_t longest_gap_us;
    struct timeline_gap longest[TIMELINE_LONGEST]; /* the longest first */
    size_t longest_count;
    int64_t slot_us; /* width of a slot; slot i is from i * slot_us on */
    struct timeline_slot slots[TIMELINE_SLOTS];
    uint64_t classes[TIMELINE_CLASSES];
};

/* The caller frees with free(). */
struct timeline *timeline_new(void);

/* A semantic event came; times never go back. */
void timeline_event(struct timeline *timeline, int64_t since_start_us, uint64_t number,
                    uint64_t offset);

/* How many gaps there are: one less than events. */
uint64_t timeline_gaps(const struct timeline *timeline);

/* How many of them are none: events that came in the same read as the one before. */
uint64_t timeline_bursts(const struct timeline *timeline);

/*
 * The gap that `share` (0 to 1) of all gaps do not exceed, at most 3 % too long and never longer
 * than the longest; 0 without any.
 */
int64_t timeline_percentile(const struct timeline *timeline, double share);

/*
 * The longest silence that touches `from_us` up to `to_us`, as a plot over time shows it: a gap
 * counts for all of the time it lasted. 0 before the first event and after the last one.
 */
int64_t timeline_gap_between(const struct timeline *timeline, int64_t from_us, int64_t to_us);

#endif

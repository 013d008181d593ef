/*
 * Numbers of the events of a Responses stream: they advance by one from any start, if they are used
 * at all. Unnumbered events are skipped; numbers that are all the same mean that nobody counts.
 */
#ifndef JUDGE_SEQUENCE_H
#define JUDGE_SEQUENCE_H

#include "judge/account.h"

/* Zeroed means that none came. */
struct sequence {
    uint64_t count;
    int64_t first, last;
    bool differs; /* not all are the same */
    bool gap;
    uint64_t gap_event, gap_offset;
    int64_t gap_after, gap_at;
};

/* The `sequence_number` of the event that is read, absent where it has none. */
void sequence_count(struct sequence *sequence, const struct account *account,
                    const struct piece *piece);

void sequence_conclude(const struct sequence *sequence, const struct stream_rules *rules,
                       struct findings *found);

#endif

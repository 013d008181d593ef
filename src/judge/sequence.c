#include "judge/sequence.h"

#include <inttypes.h>

void sequence_count(struct sequence *sequence, const struct account *account,
                    const struct piece *piece)
{
    int64_t number;

    if (!piece_integer(piece, &number))
        return;
    if (!sequence->count++) {
        sequence->first = number;
    } else {
        sequence->differs |= number != sequence->first;
        if (!sequence->gap && (sequence->last == INT64_MAX || number != sequence->last + 1)) {
            sequence->gap = true;
            sequence->gap_event = account->event;
            sequence->gap_offset = account->offset;
            sequence->gap_after = sequence->last;
            sequence->gap_at = number;
        }
    }
    sequence->last = number;
}

void sequence_conclude(const struct sequence *sequence, const struct stream_rules *rules,
                       struct findings *found)
{
    bool ignored = rules->sequence == SEQUENCE_IGNORE;

    /* All-equal numbers mean that this server does not number. */
    if (!sequence->gap || !sequence->differs)
        return;
    findings_add(found, ignored ? REASON_SEQUENCE_IGNORED : REASON_SEQUENCE_GAP,
                 sequence->gap_event, sequence->gap_offset, "%" PRId64 " follows %" PRId64,
                 sequence->gap_at, sequence->gap_after);
}

/*
 * What was found out about an answer so far: at most one finding of each code, the first, with the
 * number of times it was met again. The order of reasons.def decides what is told first and for
 * which verdict a finding argues.
 */
#ifndef JUDGE_FINDINGS_H
#define JUDGE_FINDINGS_H

#include "judge/verdict.h"

#include <stdarg.h>

/* Which verdict a reason argues for by itself; the rest only matter where witnesses are missing. */
enum finding_group {
    GROUP_CANCELLED,
    GROUP_ERRORED,
    GROUP_MALFORMED,
    GROUP_LIMITED,
    GROUP_STALLED,
    GROUP_UNPROVEN,
    GROUP_NOTE,
};
enum finding_group finding_group(enum reason_code code);

/* Zeroed means empty. */
struct findings {
    struct finding {
        char *detail; /* NULL: not found */
        uint64_t event, offset, again;
    } items[REASON_COUNT];
};

void findings_release(struct findings *findings);

/* `format` gives the evidence as a phrase; text of others in it must be escaped already. */
void findings_add(struct findings *findings, enum reason_code code, uint64_t event, uint64_t offset,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Met before: counted once more, true. */
bool findings_again(struct findings *findings, enum reason_code code);

/* What `from` holds and `findings` does not. */
void findings_merge(struct findings *findings, const struct findings *from);

bool findings_has(const struct findings *findings, enum reason_code code);
bool findings_has_group(const struct findings *findings, enum finding_group group);

/* Append those of `group` to the verdict, in the order of the table. */
void findings_tell(const struct findings *findings, enum finding_group group,
                   struct verdict *verdict);

#endif

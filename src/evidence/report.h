/*
 * The object of `send` and `judge --format json` (design.md "Shape"), live and replayed alike.
 */
#ifndef EVIDENCE_REPORT_H
#define EVIDENCE_REPORT_H

#include "contract/operation.h"
#include "judge/failure.h"
#include "judge/judge.h"

struct json;
struct redactor;

/* How the events came, in microseconds since the start (D54). */
struct pace {
    int64_t first_us; /* of the first semantic event, 0: none yet */
    int64_t last_us;  /* of the last one */
    int64_t longest_gap_us;
};

/* A semantic event came. */
void pace_event(struct pace *pace, int64_t since_start_us);

/* All of it borrowed; `model`, `id` may be NULL or "". */
struct report {
    enum operation operation;
    const char *model; /* as asked; NULL: as the answer echoed it */
    const char *id;
    const struct http_result *result;
    const struct judge *judge;
    const struct verdict *verdict;
    const struct failure *failure;
    const struct pace *pace;
};

/*
 * The texts are joined of pieces that were redacted one by one, so they are redacted once more. The
 * caller frees with json_free().
 */
struct json *report_json(const struct report *report, const struct redactor *redactor);

#endif

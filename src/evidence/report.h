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
struct timeline;

/* All of it borrowed; `model`, `id` may be NULL or "". */
struct report {
    enum operation operation;
    const char *model; /* as asked; NULL: as the answer echoed it */
    const char *id;
    const struct http_result *result;
    const struct judge *judge;
    const struct verdict *verdict;
    const struct failure *failure;
    const struct timeline *timeline;
};

/*
 * The texts are joined of pieces that were redacted one by one, so they are redacted once more. The
 * caller frees with json_free().
 */
struct json *report_json(const struct report *report, const struct redactor *redactor);

#endif

/*
 * From witnesses and findings to the verdict: the table of streams.md, first match wins.
 */
#ifndef JUDGE_DECIDE_H
#define JUDGE_DECIDE_H

#include "judge/account.h"
#include "judge/body.h"
#include "judge/reader.h"
#include "judge/sse.h"
#include "net/http.h"

/* Everything known when the verdict is asked for. */
struct testimony {
    const struct account *account;
    const struct witness *witness;
    enum body_kind kind;
    bool body_whole; /* kind JSON: one whole value */
    bool facts_known;
    uint64_t bytes, events;
    int status; /* 0: unknown */
    struct sse_residue residue;
    /* How the bytes ended. */
    bool end_known;
    int curl;
    const char *message;
    enum stop stop;
    enum framing framing;
    bool framed_clean;
};

/*
 * `found` holds what was found while the bytes arrived and by the reader at their end; more is
 * added to it here. The caller releases the verdict.
 */
void decide(const struct testimony *testimony, struct findings *found, struct verdict *verdict);

#endif

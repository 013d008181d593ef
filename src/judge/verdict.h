/*
 * The eight verdicts and their reasons: one table each, from which names, headlines, help, JSON and
 * the manual derive (streams.md "The eight verdicts").
 */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict_kind {
    VERDICT_CANCELLED,
    VERDICT_ERRORED,
    VERDICT_MALFORMED,
    VERDICT_LIMITED,
    VERDICT_COMPLETE,
    VERDICT_STALLED,
    VERDICT_UNPROVEN,
    VERDICT_TRUNCATED,
};
enum { VERDICT_COUNT = 8 };

const char *verdict_name(enum verdict_kind kind);     /* "complete", … */
const char *verdict_headline(enum verdict_kind kind); /* "COMPLETE", "INCOMPLETE", … */
const char *verdict_meaning(enum verdict_kind kind);  /* a sentence */

/*
 * Reason codes live in judge/reasons.def, an X-macro list: REASON(SYMBOL, "stable-code", note,
 * "meaning", "what to do"). `note` reasons never worsen a verdict.
 */
enum reason_code {
#define REASON(symbol, code, note, meaning, advice) REASON_##symbol,
#include "judge/reasons.def"
#undef REASON
    REASON_COUNT
};

const char *reason_name(enum reason_code code); /* the stable code */
bool reason_is_note(enum reason_code code);
const char *reason_meaning(enum reason_code code);
const char *reason_advice(enum reason_code code);

#define REASON_NOWHERE UINT64_MAX

struct reason {
    enum reason_code code;
    char *detail;    /* a phrase with the evidence, safe for a terminal; never NULL */
    uint64_t event;  /* number of the event it rests on, from 1; 0: none */
    uint64_t offset; /* byte offset in the body; REASON_NOWHERE: none */
};

/* What was decided, and on what. The most telling reason comes first, notes last. */
struct verdict {
    enum verdict_kind kind;
    struct reason *reasons;
    size_t count;
};

void verdict_release(struct verdict *verdict);

#endif

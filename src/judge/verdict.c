#include "judge/verdict.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct verdict_text {
    const char *name, *headline, *meaning;
} verdicts[] = {
    [VERDICT_CANCELLED] = {"cancelled", "INCOMPLETE",
                           "The user stopped it before the answer was whole."},
    [VERDICT_ERRORED] = {"errored", "ERROR",
                         "The exchange failed: status, connection or an error inside the answer."},
    [VERDICT_MALFORMED] = {"malformed", "MALFORMED",
                           "What came is no sound answer of this operation."},
    [VERDICT_LIMITED] = {"limited", "LIMITED",
                         "The answer is whole as sent, but the provider stopped it early."},
    [VERDICT_COMPLETE] = {"complete", "COMPLETE",
                          "Both what it says and its form show that the answer ended; nothing "
                          "contradicts them."},
    [VERDICT_STALLED] = {"stalled", "INCOMPLETE", "The answer was not whole in time; we gave up."},
    [VERDICT_UNPROVEN] = {"unproven", "INCOMPLETE",
                          "It may be whole, but only one of the two witnesses says so."},
    [VERDICT_TRUNCATED] = {"truncated", "INCOMPLETE",
                           "The bytes just ended; nothing says that the answer did."},
};
_Static_assert(COUNT(verdicts) == VERDICT_COUNT, "one text for each verdict");

static const struct reason_text {
    const char *name;
    bool note;
    const char *meaning, *advice;
} reasons[] = {
#define REASON(symbol, code, note, meaning, advice) \
    [REASON_##symbol] = {code, note, meaning, advice},
#include "judge/reasons.def"
#undef REASON
};

static const struct verdict_text *verdict_text(enum verdict_kind kind)
{
    return &verdicts[(size_t)kind < COUNT(verdicts) ? kind : VERDICT_TRUNCATED];
}

const char *verdict_name(enum verdict_kind kind)
{
    return verdict_text(kind)->name;
}

const char *verdict_headline(enum verdict_kind kind)
{
    return verdict_text(kind)->headline;
}

const char *verdict_meaning(enum verdict_kind kind)
{
    return verdict_text(kind)->meaning;
}

static const struct reason_text *reason_text(enum reason_code code)
{
    static const struct reason_text unknown = {"unknown", true, "", ""};

    return (size_t)code < COUNT(reasons) ? &reasons[code] : &unknown;
}

const char *reason_name(enum reason_code code)
{
    return reason_text(code)->name;
}

bool reason_is_note(enum reason_code code)
{
    return reason_text(code)->note;
}

const char *reason_meaning(enum reason_code code)
{
    return reason_text(code)->meaning;
}

const char *reason_advice(enum reason_code code)
{
    return reason_text(code)->advice;
}

void verdict_release(struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->count; i++)
        free(verdict->reasons[i].detail);
    free(verdict->reasons);
    *verdict = (struct verdict){.kind = verdict->kind};
}

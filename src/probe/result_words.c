/* What outcomes and findings are called, what they mean and what is to be done. */
#include "probe/result.h"

static const struct {
    const char *name, *meaning;
} outcomes[] = {
    [OUTCOME_WAITING] = {"waiting", "It has not begun."},
    [OUTCOME_RUNNING] = {"running", "It is on its way, or pauses before another attempt."},
    [OUTCOME_PASS] = {"pass", "What came is what the probe expects."},
    [OUTCOME_FAIL] = {"fail", "What came is not what the probe expects."},
    [OUTCOME_SKIPPED] = {"skipped", "It was not made; the notes say why."},
    [OUTCOME_STOPPED] = {"stopped", "It was sent, and stopped before its answer was whole."},
    [OUTCOME_ERROR] = {"error",
                       "The check could not be made: nobody answered, or there is no key."},
};

static const struct {
    const char *name, *meaning, *advice;
} findings[] = {
    [FINDING_HANDLED] = {"documented and handled",
                         "A clause says that this happens, and the integration copes with it.",
                         "Nothing is to be done."},
    [FINDING_NOT_HANDLED] = {"documented but not handled",
                             "A clause says that this happens, and the integration does not cope.",
                             "Correct the integration; until then the review does not pass."},
    [FINDING_NOT_DOCUMENTED] = {"observed but not documented",
                                "It happened, and no clause with a source says that it may.",
                                "Record it as a clause with its source, or ask the provider."},
    [FINDING_UNEXPECTED] = {"unexpected", "What came is not what is expected here.",
                            "Escalate with the evidence; the review stays open."},
    [FINDING_OPEN] =
        {"documented, handling unknown",
         "A clause says that this happens; whether the integration copes nobody knows.",
         "Observe the integration against the simulator, or cite an artefact."},
    [FINDING_NONE] = {"nothing observed", "Nothing was sent, or nothing came of it.",
                      "Make the check possible and run it again."},
};

static const char *const tristates[] = {[IS_UNKNOWN] = "unknown", [IS_NO] = "no", [IS_YES] = "yes"};

bool outcome_is_settled(enum outcome outcome)
{
    return outcome != OUTCOME_WAITING && outcome != OUTCOME_RUNNING;
}

const char *outcome_name(enum outcome outcome)
{
    return outcomes[outcome].name;
}

const char *finding_name(enum finding finding)
{
    return findings[finding].name;
}

const char *outcome_meaning(enum outcome outcome)
{
    return outcomes[outcome].meaning;
}

const char *finding_meaning(enum finding finding)
{
    return findings[finding].meaning;
}

const char *finding_advice(enum finding finding)
{
    return findings[finding].advice;
}

const char *tristate_name(enum tristate value)
{
    return tristates[value];
}

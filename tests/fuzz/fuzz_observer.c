/*
 * Lines of the simulator's observer, as hostile as a client may make them: whatever they are, what
 * is said of the sessions agrees with itself, and the record is sound.
 */
#include "tests/fuzz/scratch.h"

#include "base/json.h"
#include "base/redact.h"
#include "probe/observation_record.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_session(const struct observed_session *session)
{
    bool fault = false, doubt = false;

    require(session->count <= OBSERVATION_ATTEMPTS_MAX && session->finding_count <= RULE_COUNT);
    for (size_t i = 0; i < session->finding_count; i++) {
        enum observed_weight weight = observed_rule_weight(session->findings[i].rule);

        require(session->findings[i].seen && session->findings[i].seen[0]);
        fault |= weight == WEIGHT_FAULT;
        doubt |= weight == WEIGHT_DOUBT;
    }
    require((session->handled == IS_NO) == fault);
    require(session->handled != IS_YES || (!doubt && session->ended && session->settled));
}

/* What our engine says of it: each kind in turn is whole, cut, refused, or cannot be asked. */
static void refer(struct observation *observation)
{
    static const struct reference says[] = {
        {.verdict = VERDICT_COMPLETE, .failure = {.class = "none", .action = "none"}},
        {.verdict = VERDICT_TRUNCATED,
         .failure = {.class = "truncated", .action = "retry-briefly"},
         .partial = true},
        {.verdict = VERDICT_ERRORED, .failure = {.class = "rate-limit", .action = "back-off"}},
    };
    struct reference_kind kind;

    for (unsigned i = 0; observation_wanted(observation, &kind); i++)
        observation_refer(observation, &kind, i % 4 < 3 ? &says[i % 4] : NULL);
}

static void feed(struct observation *observation, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *newline = memchr(text + at, '\n', size - at);
        size_t len = newline ? (size_t)(newline - text) - at : size - at;

        observation_take(observation, text + at, len);
        at += len + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct observation_about about = {.id = "obs-x", .policy = "p", .program = "v"};
    static struct retry_policy *policy; /* costs more than all the rest */
    struct observation *observation;
    struct redactor *redactor = redactor_new();
    struct json *record;

    policy = policy ? policy : retry_policy_open(NULL, NULL);
    observation = observation_new(policy);
    if (size > 0 && data[0] % 2)
        observation_begin(observation, "ready", 0);
    feed(observation, (const char *)data, size);
    refer(observation);
    observation_end(observation, OBSERVED_ANSWER, 0, 0);
    observation_close(observation, 1);
    for (size_t i = 0; i < observation_count(observation); i++)
        check_session(observation_session(observation, i));
    record = observation_json(observation, policy, &about, redactor);
    require(observation_sound(record));
    json_free(record);
    redactor_free(redactor);
    observation_free(observation);
    return 0;
}

/*
 * The member `retry` of cometdeck.json: refused with its place, or whatever fails, the advice keeps
 * to the numbers: attempts, pauses, deadline.
 */
#include "tests/fuzz/scratch.h"

#include "judge/class_table.h"
#include "judge/retry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define US_IN_MS INT64_C(1000)

static int64_t number(const struct retry_policy *policy, enum retry_number_name name)
{
    return retry_policy_number(policy, name)->value;
}

static void check_class(const struct retry_policy *policy, const char *failure)
{
    for (int attempt = 1; attempt < 12; attempt++)
        for (int64_t elapsed_us = 0; elapsed_us <= INT64_C(100000000); elapsed_us += 33333333) {
            const struct retry_attempt after = {
                .number = attempt, .elapsed_us = elapsed_us, .failure = failure, .random = 0.999};
            struct retry_advice advice;

            retry_advise(policy, &after, &advice);
            require(advice.why && advice.fallback_why && advice.wait_us >= 0);
            if (!advice.again)
                continue;
            require(retry_policy_find(policy, failure)->retry != RETRY_NEVER);
            require(attempt < number(policy, RETRY_ATTEMPTS_MAX));
            require(advice.wait_us <= number(policy, RETRY_CAP_MS) * US_IN_MS);
            require(elapsed_us < number(policy, RETRY_DEADLINE_MS) * US_IN_MS);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {.kind = ERROR_NONE};
    struct retry_policy *policy;

    if (!scratch_is_worth_it(data, size))
        return 0;
    policy = retry_policy_open(scratch_put("cometdeck.json", data, size), &error);
    if (!policy) {
        require(error.kind == ERROR_FILE && strstr(error.text, "cometdeck.json"));
        return 0;
    }
    require(strlen(retry_policy_version(policy)) == 8);
    require(number(policy, RETRY_BASE_MS) <= number(policy, RETRY_CAP_MS));
    require(retry_worst_case(policy, 40) >= 40);
    for (size_t i = 0; i < retry_policy_count(policy); i++) {
        require(retry_policy_row(policy, i)->why && retry_policy_row(policy, i)->origin);
        check_class(policy, retry_policy_row(policy, i)->failure);
    }
    retry_policy_free(policy);
    return 0;
}

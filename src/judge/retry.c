#include "judge/retry.h"

enum { MS = 1000 };

static int64_t number_us(const struct retry_policy *policy, enum retry_number_name name)
{
    return retry_policy_number(policy, name)->value * MS;
}

/* One after the other may fail by each class that allows one more attempt. */
int64_t retry_worst_case(const struct retry_policy *policy, int64_t requests)
{
    int64_t most = retry_policy_number(policy, RETRY_ATTEMPTS_MAX)->value, attempts = 1;

    for (size_t i = 0; i < retry_policy_count(policy); i++) {
        enum retry_rule rule = retry_policy_row(policy, i)->retry;

        attempts += rule == RETRY_BOUNDED ? most : rule == RETRY_ONCE ? 1 : 0;
    }
    return requests * (attempts < most ? attempts : most);
}

/* Full jitter: anything up to the doubled pause, so that clients do not come back together. */
static int64_t pause_us(const struct retry_policy *policy, const struct retry_attempt *attempt)
{
    int64_t cap = number_us(policy, RETRY_CAP_MS);
    int64_t most = number_us(policy, RETRY_BASE_MS);

    for (int i = 1; i < attempt->number && most < cap; i++)
        most *= 2;
    return (int64_t)((double)(most < cap ? most : cap) * attempt->random);
}

/* Why there is no further attempt, or NULL. */
static const char *refusal(const struct retry_policy *policy, const struct retry_row *row,
                           const struct retry_attempt *attempt)
{
    int64_t most = retry_policy_number(policy, RETRY_ATTEMPTS_MAX)->value;

    if (row->retry == RETRY_NEVER)
        return row->why;
    if (attempt->partial && !attempt->regenerate)
        return "Part of the answer was received; another attempt was not asked for.";
    if (row->retry == RETRY_ONCE && attempt->asked_again)
        return "After such a failure it was asked again once already.";
    if (attempt->number >= most)
        return "There were as many attempts as the policy allows.";
    return NULL;
}

static void advise_fallback(const struct retry_policy *policy, const struct retry_row *row,
                            const struct retry_attempt *attempt, struct retry_advice *advice)
{
    advice->fallback = false;
    if (!row->fallback)
        advice->fallback_why = row->why;
    else if (advice->again)
        advice->fallback_why = "Not after one failure: there is another attempt first.";
    else if (attempt->number < 2)
        advice->fallback_why = "Not after one failure alone: see first whether it happens again.";
    else if (attempt->elapsed_us >= number_us(policy, RETRY_DEADLINE_MS))
        advice->fallback_why = "The deadline is over: it could not give a useful answer in time.";
    else {
        advice->fallback = true;
        advice->fallback_why = "Could be considered, where doing the work twice is harmless.";
    }
}

void retry_advise(const struct retry_policy *policy, const struct retry_attempt *attempt,
                  struct retry_advice *advice)
{
    const struct retry_row *row = retry_policy_find(policy, attempt->failure);
    const char *refused = refusal(policy, row, attempt);
    bool hinted = attempt->hint.kind == RETRY_HINT_WAIT;

    *advice = (struct retry_advice){.again = !refused, .why = refused ? refused : row->why};
    if (advice->again) {
        advice->wait_us = hinted ? attempt->hint.wait_us : pause_us(policy, attempt);
        advice->regenerated = attempt->partial;
        if (attempt->elapsed_us + advice->wait_us >= number_us(policy, RETRY_DEADLINE_MS)) {
            advice->again = false;
            advice->why = hinted ? "The answer asks to wait beyond the deadline."
                                 : "The deadline leaves no time for another attempt.";
            advice->wait_us = 0;
            advice->regenerated = false;
        }
    }
    advise_fallback(policy, row, attempt, advice);
}

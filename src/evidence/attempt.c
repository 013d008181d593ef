#include "evidence/attempt.h"

#include "base/clock.h"
#include "evidence/exchange.h"

#include <string.h>

/* A JSON body that ended too soon is not read, but it was an answer. */
static bool is_cut_body(const struct exchange_state *state)
{
    const struct judge_progress *progress = judge_progress(state->judge);
    enum verdict_kind kind = state->verdict ? state->verdict->kind : VERDICT_ERRORED;

    return (kind == VERDICT_TRUNCATED || kind == VERDICT_STALLED || kind == VERDICT_UNPROVEN) &&
           progress->bytes > 0 && !progress->event_stream;
}

bool attempt_is_partial(const struct exchange_state *state)
{
    struct answer answer;

    judge_answer(state->judge, &answer);
    return state->text_len > 0 || is_cut_body(state) ||
           (answer.choice_count > 0 && answer.choices[0].tool_call_count > 0);
}

static bool was_asked_for(const struct attempt *attempt, const char *class)
{
    for (size_t i = 0; i < attempt->asked_count; i++)
        if (strcmp(attempt->asked_for[i], class) == 0)
            return true;
    return false;
}

void attempt_advise(struct attempt *attempt, const struct exchange_state *state,
                    const struct clock *clock, struct retry_advice *advice)
{
    struct retry_attempt last = {
        .number = attempt->number,
        .elapsed_us = clock_now_us(clock) - attempt->began_us,
        .failure = state->failure->class,
        .asked_again = was_asked_for(attempt, state->failure->class),
        .partial = attempt_is_partial(state),
        .regenerate = attempt->regenerate,
        .random = (double)(clock_random(clock) >> 11) / (double)(1ULL << 53),
    };

    if (state->result)
        retry_hint_read(&state->result->headers, clock_wall_ms(clock), &last.hint);
    retry_advise(attempt->policy, &last, advice);
    if (advice->again && attempt->asked_count < RETRY_ATTEMPTS_LIMIT)
        attempt->asked_for[attempt->asked_count++] = state->failure->class;
}

int64_t attempt_left_us(const struct attempt *attempt, const struct clock *clock)
{
    int64_t deadline_us =
        retry_policy_number(attempt->policy, RETRY_DEADLINE_MS)->value * INT64_C(1000);
    int64_t left_us = attempt->began_us + deadline_us - clock_now_us(clock);

    return left_us > 0 ? left_us : 1;
}

#include "tests/unit/seen.h"

void seen_make(struct seen *seen, const struct trial *trial)
{
    struct answer answer;

    *seen = (struct seen){.judge = NULL};
    seen->judge = trial_run(trial, &seen->result);
    judge_verdict(seen->judge, &seen->verdict);
    judge_answer(seen->judge, &answer);
    failure_classify(NULL, &seen->result, &answer, &seen->verdict, &seen->failure);
    seen->state = (struct exchange_state){
        .id = "ev-20260101T000000Z-00000001",
        .operation = trial->operation,
        .method = "POST",
        .url = "https://api.example/v1/chat/completions",
        .result = &seen->result,
        .judge = seen->judge,
        .verdict = &seen->verdict,
        .failure = &seen->failure,
    };
}

void seen_release(struct seen *seen)
{
    verdict_release(&seen->verdict);
    judge_free(seen->judge);
    http_result_release(&seen->result);
}

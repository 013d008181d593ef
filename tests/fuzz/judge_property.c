#include "tests/fuzz/judge_property.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "judge/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct http_result results[] = {
    {.status = 200, .framing = FRAMING_CHUNKED, .framed_clean = true},
    {.status = 200, .framing = FRAMING_CLOSE},
    {.status = 200, .framing = FRAMING_CHUNKED, .curl = 18},
    {.status = 200, .framing = FRAMING_CHUNKED, .curl = 42, .stop = STOP_GAP},
};

/* Verdict, reasons and answer as text. */
static void describe(const struct judge *judge, struct bytes *out)
{
    struct verdict verdict;
    struct answer answer;

    judge_verdict(judge, &verdict);
    bytes_printf(out, "%s\n", verdict_name(verdict.kind));
    for (size_t i = 0; i < verdict.count; i++) {
        const struct reason *reason = &verdict.reasons[i];

        bytes_printf(out, "%s %" PRIu64 " %" PRIu64 " ", reason_name(reason->code), reason->event,
                     reason->offset);
        bytes_puts(out, reason->detail);
    }
    verdict_release(&verdict);
    judge_answer(judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++) {
        const struct answer_choice *choice = &answer.choices[i];

        bytes_append(out, choice->text, choice->text_len);
        bytes_append(out, choice->refusal, choice->refusal_len);
        bytes_append(out, choice->reasoning, choice->reasoning_len);
        for (size_t j = 0; j < choice->tool_call_count; j++)
            bytes_puts(out, choice->tool_calls[j].arguments ? choice->tool_calls[j].arguments : "");
    }
}

static struct judge *judged(enum operation operation, const char *body, size_t len, size_t step,
                            const struct http_result *result)
{
    static const struct http_headers none;
    static const struct request_facts facts = {.stream = true, .choices = 1};
    struct stream_rules rules;
    struct judge *judge;
    size_t now;

    stream_rules_default(&rules);
    rules.max_event_bytes = 64 * 1024;
    judge = judge_new(operation, &rules, &facts);
    judge_headers(judge, result->status, &none);
    for (size_t at = 0; at < len; at += now) {
        char *part;

        now = len - at < step ? len - at : step;
        part = xmemdup0(body + at, now);
        judge_body(judge, part, now);
        free(part);
    }
    judge_end(judge, result);
    return judge;
}

static void check_complete(const struct judge *judge)
{
    const struct judge_progress *progress = judge_progress(judge);
    struct verdict verdict;

    judge_verdict(judge, &verdict);
    if ((verdict.kind == VERDICT_COMPLETE || verdict.kind == VERDICT_LIMITED) &&
        (!progress->said_ended || (progress->event_stream && !progress->marker)))
        abort();
    if (!verdict.count)
        abort();
    verdict_release(&verdict);
    free(judge_naive_reading(judge));
}

void judge_property(enum operation operation, const uint8_t *data, size_t size)
{
    const struct http_result *result;
    const char *body = (const char *)data + 2;
    struct judge *whole, *cut;
    struct bytes expected, found;

    if (size < 2)
        return;
    result = &results[data[0] % (sizeof(results) / sizeof(results[0]))];
    bytes_init(&expected, (size_t)1 << 26);
    bytes_init(&found, (size_t)1 << 26);
    whole = judged(operation, body, size - 2, size, result);
    cut = judged(operation, body, size - 2, 1 + data[1] % 16, result);
    describe(whole, &expected);
    describe(cut, &found);
    if (expected.len != found.len ||
        memcmp(bytes_text(&expected), bytes_text(&found), found.len) != 0) {
        fprintf(stderr, "whole: %s\ncut: %s\n", bytes_text(&expected), bytes_text(&found));
        abort();
    }
    check_complete(whole);
    judge_free(whole);
    judge_free(cut);
    bytes_release(&expected);
    bytes_release(&found);
}

#include "tests/unit/trial.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void feed(struct judge *judge, const struct trial *trial, size_t len)
{
    uint64_t seed = trial->seed;
    size_t at = 0, step = trial->step ? trial->step : len, now;
    char *part;

    while (at < len) {
        now = seed ? 1 + next_random(&seed) % step : step;
        if (now > len - at)
            now = len - at;
        /* A copy of its own, so that a sanitizer sees any use of it after the call. */
        part = xmemdup0(trial->body + at, now);
        judge_body(judge, part, now);
        free(part);
        at += now;
    }
}

struct judge *trial_run(const struct trial *trial, struct http_result *result)
{
    static const struct request_facts streamed = {.stream = true, .choices = 1};
    struct stream_rules defaults;
    struct judge *judge;
    enum framing framing = trial->end.framing ? trial->end.framing : FRAMING_CHUNKED;
    size_t len = trial->len ? trial->len : strlen(trial->body);

    stream_rules_default(&defaults);
    *result = (struct http_result){
        .curl = trial->end.curl,
        .status = trial->status == -1 ? 0
                  : trial->status     ? trial->status
                                      : 200,
        .framing = framing,
        .framed_clean =
            !trial->end.curl && (framing == FRAMING_CHUNKED || framing == FRAMING_LENGTH),
        .stop = trial->end.stop,
        .requests_sent = 1,
    };
    if (!trial->type || *trial->type)
        http_headers_add(&result->headers, "Content-Type",
                         trial->type ? trial->type : "text/event-stream; charset=utf-8");
    if (trial->encoding)
        http_headers_add(&result->headers, "Content-Encoding", trial->encoding);
    judge = judge_new(trial->operation, trial->rules ? trial->rules : &defaults,
                      trial->facts ? trial->facts : &streamed);
    if (result->status)
        judge_headers(judge, result->status, &result->headers);
    feed(judge, trial, len);
    judge_end(judge, trial->end.unknown ? NULL : result);
    return judge;
}

static void put_choice(struct bytes *out, const struct answer_choice *choice)
{
    bytes_printf(out, "choice %" PRId64 " finish %s text ", choice->index,
                 choice->finish_reason ? choice->finish_reason : "-");
    bytes_append(out, choice->text, choice->text_len);
    bytes_puts(out, " refusal ");
    bytes_append(out, choice->refusal, choice->refusal_len);
    bytes_puts(out, " reasoning ");
    bytes_append(out, choice->reasoning, choice->reasoning_len);
    for (size_t i = 0; i < choice->tool_call_count; i++) {
        const struct answer_tool_call *call = &choice->tool_calls[i];

        bytes_printf(out, "\ncall %s %s(%s)%s", call->id ? call->id : "-",
                     call->name ? call->name : "-", call->arguments ? call->arguments : "-",
                     call->custom ? " custom" : "");
    }
    bytes_puts(out, "\n");
}

char *trial_text(const struct judge *judge)
{
    struct bytes out;
    struct verdict verdict;
    struct answer answer;
    char *naive = judge_naive_reading(judge);

    bytes_init(&out, (size_t)1 << 28);
    judge_verdict(judge, &verdict);
    bytes_printf(&out, "%s\n", verdict_name(verdict.kind));
    for (size_t i = 0; i < verdict.count; i++) {
        const struct reason *reason = &verdict.reasons[i];

        bytes_printf(&out, "%s @%" PRIu64 " +%" PRIu64 ": ", reason_name(reason->code),
                     reason->event, reason->offset);
        bytes_puts(&out, reason->detail);
        bytes_puts(&out, "\n");
    }
    verdict_release(&verdict);
    judge_answer(judge, &answer);
    bytes_printf(&out, "id %s model %s usage %s tokens %" PRId64 " %" PRId64 " %" PRId64 "\n",
                 answer.id ? answer.id : "-", answer.model ? answer.model : "-",
                 answer.usage ? answer.usage : "-", answer.input_tokens, answer.output_tokens,
                 answer.total_tokens);
    if (answer.error_envelope)
        bytes_printf(&out, "error %s: %s %s %s %s\n", answer.error_envelope,
                     answer.error_message ? answer.error_message : "-",
                     answer.error_type ? answer.error_type : "-",
                     answer.error_code ? answer.error_code : "-",
                     answer.request_id ? answer.request_id : "-");
    for (size_t i = 0; i < answer.choice_count; i++)
        put_choice(&out, &answer.choices[i]);
    if (naive)
        bytes_printf(&out, "naive %s\n", naive);
    free(naive);
    return bytes_take(&out);
}

bool trial_has(const struct verdict *verdict, const char *code)
{
    for (size_t i = 0; i < verdict->count; i++) {
        if (strcmp(reason_name(verdict->reasons[i].code), code) == 0)
            return true;
    }
    return false;
}

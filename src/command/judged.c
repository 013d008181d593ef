#include "command/judged.h"
#include "base/bytes.h"
#include "base/text.h"
#include "evidence/exchange.h"
#include "evidence/replay.h"
#include "judge/failure.h"
#include "judge/judge.h"
#include "judge/verdict.h"
#include "net/http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void judged_from_exchange(struct judged *judged, const struct exchange *exchange)
{
    struct exchange_state state;

    exchange_state(exchange, &state);
    *judged = (struct judged){
        .verdict = state.verdict,
        .failure = state.failure,
        .judge = state.judge,
        .result = state.result,
        .id = state.id,
        .capture = state.capture,
        .digest = state.digest,
        .pending = state.pending,
        .differs = state.differs,
        .trouble = state.trouble,
        .simulated = state.simulated,
    };
}

void judged_from_replay(struct judged *judged, const struct replay *replay)
{
    *judged = (struct judged){
        .verdict = &replay->verdict,
        .failure = &replay->failure,
        .judge = replay->judge,
        .result = &replay->result,
        .id = replay->header.id,
        .differs = replay->header.differs,
        .simulated = replay->header.simulated,
        .digest = replay->digest,
        .origin = replay->origin == REPLAY_CAPTURE ? replay->header.origin
                                                   : replay_origin_name(replay->origin),
        .missing = replay->missing,
    };
}

static void reason_line(struct bytes *out, const struct reason *reason)
{
    bool detailed = reason->detail[0] != '\0';

    text_line(out, "  %s %s: %s%s%s%s", reason_is_note(reason->code) ? "note" : "-",
              reason_name(reason->code), reason_meaning(reason->code), detailed ? " (" : "",
              reason->detail, detailed ? ")" : "");
}

/* "label (2): a, b" from lines. */
static void list_line(struct bytes *out, const char *label, const char *lines)
{
    const char *gap = "";
    struct bytes names;
    size_t count = 0;

    bytes_init(&names, SIZE_MAX);
    while (lines && *lines) {
        size_t len = strcspn(lines, "\n");

        if (len > 0) {
            bytes_puts(&names, gap);
            bytes_append(&names, lines, len);
            gap = ", ";
            count++;
        }
        lines += len + (lines[len] == '\n');
    }
    if (count)
        text_line(out, "%s (%zu): %s", label, count, bytes_text(&names));
    bytes_release(&names);
}

static void advice_lines(struct bytes *out, const struct judged *judged)
{
    const char *advice = failure_advice(judged->result, judged->failure, judged->verdict);

    if (strcmp(judged->failure->class, "none") != 0)
        text_line(out, "class %s, action %s: %s", judged->failure->class, judged->failure->action,
                  judged->failure->because);
    if (advice)
        text_line(out, "What to do: %s", advice);
}

void judged_report(struct bytes *out, const struct judged *judged)
{
    const struct verdict *verdict = judged->verdict;
    char *naive = judge_naive_reading(judged->judge);

    bytes_printf(out, "%s (%s): %s\n", verdict_headline(verdict->kind), verdict_name(verdict->kind),
                 verdict_meaning(verdict->kind));
    for (size_t i = 0; i < verdict->count; i++)
        reason_line(out, &verdict->reasons[i]);
    if (naive)
        text_line(out, "A client that trusts the end of the stream would have shown %s", naive);
    advice_lines(out, judged);
    if (judged->simulated)
        bytes_puts(out, "simulated: no evidence about the API\n");
    if (judged->origin)
        text_line(out, "origin: %s", judged->origin);
    list_line(out, "not told by this recording", judged->missing);
    list_line(out, "rests on pending clauses", judged->pending);
    list_line(out, "differs from the contract", judged->differs);
    if (judged->id && judged->id[0])
        text_line(out, "evidence %s%s%s", judged->id, judged->capture ? " in " : "",
                  judged->capture ? judged->capture : "");
    if (judged->digest && judged->digest[0])
        bytes_printf(out, "sha256 %s\n", judged->digest);
    if (judged->trouble)
        text_line(out, "not kept: %s", judged->trouble);
    free(naive);
}

void judged_answer(struct bytes *out, const struct judge *judge)
{
    struct answer answer;

    judge_answer(judge, &answer);
    if (answer.choice_count == 0 || answer.choices[0].text_len == 0)
        return;
    bytes_append(out, answer.choices[0].text, answer.choices[0].text_len);
    bytes_append_byte(out, '\n');
}

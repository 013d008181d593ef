/*
 * What is understood of an answer, what is told while it arrives, and the limits of what is kept
 * (D14 D15 D56 D77).
 */
#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/trial.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "judge/gather.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct judge *judged(enum operation operation, const char *body, struct answer *answer)
{
    const struct trial trial = {.operation = operation, .body = body};
    struct http_result result;
    struct judge *judge = trial_run(&trial, &result);

    http_result_release(&result);
    judge_answer(judge, answer);
    return judge;
}

static void chat_answers_are_told_apart(void **state)
{
    struct answer answer;
    struct judge *judge =
        judged(OPERATION_CHAT,
               ROLE CHUNK(CHOICE("0", "{\"reasoning_content\":\"h\\u00fc\"}", "null"))
                   DELTA("a\\n\\u0000b") CALL("0", "c1", "f", "{\\\"a\\\":") CALL_MORE("0", "1}")
                       CALL("1", "c2", "g", "{}") FINISH("tool_calls") USAGE DONE,
               &answer);
    const struct answer_choice *choice = answer.choices;

    (void)state;
    assert_string_equal(answer.id, "chatcmpl-1");
    assert_string_equal(answer.model, "m-1");
    assert_int_equal(answer.input_tokens, 3);
    assert_int_equal(answer.output_tokens, 2);
    assert_int_equal(answer.total_tokens, 5);
    assert_int_equal(answer.choice_count, 1);
    assert_string_equal(choice->role, "assistant");
    assert_int_equal(choice->text_len, 4);
    assert_memory_equal(choice->text, "a\n\0b", 4);
    assert_string_equal(choice->reasoning, "h\xC3\xBC");
    assert_int_equal(choice->refusal_len, 0);
    assert_string_equal(choice->finish_reason, "tool_calls");
    assert_int_equal(choice->tool_call_count, 2);
    assert_string_equal(choice->tool_calls[0].id, "c1");
    assert_string_equal(choice->tool_calls[0].name, "f");
    assert_string_equal(choice->tool_calls[0].arguments, "{\"a\":1}");
    assert_string_equal(choice->tool_calls[1].name, "g");
    judge_free(judge);
}

/* D15: a message that says more than the one before says it about its calls and refusal as well. */
static void a_longer_message_is_read_to_its_end(void **state)
{
    struct answer answer;
    struct judge *judge = judged(
        OPERATION_CHAT,
        EVENT("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"Hel\"}}]}") EVENT(
            "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"Hello\",\"refusal\":\"no\","
            "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{"
            "\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}") DONE,
        &answer);

    (void)state;
    assert_string_equal(answer.choices[0].text, "Hello");
    assert_int_equal(answer.choices[0].refusal_len, 2);
    assert_int_equal(answer.choices[0].tool_call_count, 1);
    assert_string_equal(answer.choices[0].tool_calls[0].name, "f");
    judge_free(judge);
}

static void responses_answers_are_told_apart(void **state)
{
    struct answer answer;
    struct judge *judge = judged(
        OPERATION_RESPONSES,
        CREATED ITEM_ADDED TEXT_DELTA("Hel") TEXT_DELTA("lo") ITEM_DONE("Hello")
            TYPED("response.output_item.done",
                  ",\"output_index\":1,\"item\":{\"type\":\"function_call\",\"call_id\":\"c\","
                  "\"name\":\"f\",\"arguments\":\"{}\"}")
                TYPED("response.output_text.delta",
                      ",\"output_index\":2,\"content_index\":0,\"delta\":\"!\"")
                    TYPED("response.reasoning_summary_text.delta",
                          ",\"output_index\":3,\"delta\":\"hm\""),
        &answer);

    (void)state;
    assert_string_equal(answer.id, "resp_1");
    assert_int_equal(answer.choice_count, 1);
    assert_string_equal(answer.choices[0].text, "Hello!");
    assert_string_equal(answer.choices[0].reasoning, "hm");
    assert_null(answer.choices[0].finish_reason);
    assert_int_equal(answer.choices[0].tool_call_count, 1);
    assert_string_equal(answer.choices[0].tool_calls[0].id, "c");
    judge_free(judge);
}

struct heard {
    struct bytes log;
};

static void hear(void *context, const struct judge_event *event)
{
    struct heard *heard = context;

    bytes_printf(&heard->log, "%d%s", (int)event->number, event->semantic ? "!" : ".");
    if (event->text)
        bytes_append(&heard->log, event->text, event->text_len);
    bytes_puts(&heard->log, " ");
}

/* Comments, roles, usage and pings are not semantic; reasoning, text, finish and marker are. */
static void events_are_told_as_they_come(void **state)
{
    static const char body[] =
        ": ping\n\n" ROLE CHUNK(CHOICE("0", "{\"reasoning\":\"hm\"}", "null")) DELTA("a")
            DELTA_OF("1", "b") CHUNK(CHOICE("0", "{}", "null")) FINISH("stop") USAGE DONE DONE;
    struct stream_rules rules;
    struct heard heard;
    struct judge *judge;

    (void)state;
    stream_rules_default(&rules);
    bytes_init(&heard.log, 4096);
    judge = judge_new(OPERATION_CHAT, &rules, NULL);
    judge_on_event(judge, hear, &heard);
    judge_body(judge, body, strlen(body));
    assert_string_equal(bytes_text(&heard.log), "1. 2! 3!a 4! 5. 6! 7. 8! 9. ");
    assert_int_equal(judge_progress(judge)->events, 9);
    assert_int_equal(judge_progress(judge)->semantic_events, 5);
    assert_int_equal(judge_progress(judge)->comments, 1);
    assert_int_equal(judge_progress(judge)->last_event, 9);
    assert_true(judge_progress(judge)->event_stream);
    assert_true(judge_progress(judge)->marker);
    assert_false(judge_progress(judge)->said_ended); /* choice 1 has no finish reason */
    judge_free(judge);
    bytes_release(&heard.log);
}

static char *naive(enum operation operation, const char *body)
{
    struct answer answer;
    struct judge *judge = judged(operation, body, &answer);
    char *text = judge_naive_reading(judge);

    judge_free(judge);
    return text;
}

/* D56: what a client that trusts the end of the stream would have shown. */
static void the_naive_reading_is_told_under_incomplete(void **state)
{
    static const struct {
        const char *body, *reading;
    } cases[] = {
        {DELTA("Hello") DELTA(" world"), "11 characters, as if they were whole: Hello world"},
        {DELTA("\\u00fc"), "1 character, as if it were whole: \xC3\xBC"},
        {DONE, "an empty answer, as if it were whole"},
        {CALL("0", "c", "f", "{\\\"a"), "1 tool call, as if whole: f({\"a)"},
        {"{\"choices\":[", "an error of its JSON parser instead of an answer"},
        {DELTA("Hello") FINISH("stop") DONE, NULL},
        {EVENT(ERROR_BODY), NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = naive(OPERATION_CHAT, cases[i].body);

        if (cases[i].reading)
            assert_string_equal(text, cases[i].reading);
        else
            assert_null(text);
        free(text);
    }
}

/* Its end is ours: no client would have taken it for one. */
static void what_was_cancelled_has_no_naive_reading(void **state)
{
    const struct trial trial = {.operation = OPERATION_CHAT,
                                .body = DELTA("Hello"),
                                .end = {.curl = 42, .stop = STOP_USER}};
    struct http_result result;
    struct judge *judge = trial_run(&trial, &result);
    struct verdict verdict;

    (void)state;
    judge_verdict(judge, &verdict);
    assert_int_equal(verdict.kind, VERDICT_CANCELLED);
    assert_null(judge_naive_reading(judge));
    verdict_release(&verdict);
    judge_free(judge);
    http_result_release(&result);
}

/* No control byte of a server in a reason or reading. */
static void what_is_told_is_fit_for_a_terminal(void **state)
{
    struct answer answer;
    struct judge *judge = judged(OPERATION_CHAT,
                                 DELTA("\\u001b[31m\\u202e") FINISH("\\u001b]0;x\\u0007")
                                     EVENT("{\"error\":{\"message\":\"\\u001b[2J\"}}"),
                                 &answer);
    struct verdict verdict;
    char *reading;

    (void)state;
    judge_verdict(judge, &verdict);
    assert_int_equal(verdict.kind, VERDICT_ERRORED);
    for (size_t i = 0; i < verdict.count; i++) {
        for (const char *at = verdict.reasons[i].detail; *at; at++)
            assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
    }
    verdict_release(&verdict);
    judge_free(judge);
    reading = naive(OPERATION_CHAT, DELTA("\\u001b[31m"));
    assert_null(strchr(reading, 0x1b));
    free(reading);
}

/* ---- limits ---- */

static void text_beyond_the_limit_is_counted_not_kept(void **state)
{
    enum { PIECE = 1024 * 1024, PIECES = ANSWER_TEXT_MAX / PIECE + 3 };
    char *text = xmalloc(PIECE + 1);
    struct stream_rules rules;
    struct judge *judge;
    struct verdict verdict;
    struct answer answer;

    (void)state;
    memset(text, 'x', PIECE);
    text[PIECE] = '\0';
    stream_rules_default(&rules);
    judge = judge_new(OPERATION_CHAT, &rules, NULL);
    for (int i = 0; i < PIECES; i++) {
        char *event = xasprintf("data: {\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}\n\n", text);

        judge_body(judge, event, strlen(event));
        free(event);
    }
    judge_body(judge, FINISH("stop") DONE, strlen(FINISH("stop") DONE));
    judge_end(judge, NULL);
    judge_verdict(judge, &verdict);
    judge_answer(judge, &answer);
    assert_int_equal(verdict.kind, VERDICT_COMPLETE);
    assert_true(trial_has(&verdict, "text-over-limit"));
    assert_int_equal(answer.choices[0].text_len, ANSWER_TEXT_MAX);
    verdict_release(&verdict);
    judge_free(judge);
    free(text);
}

static enum verdict_kind many(enum operation operation, const char *format, int count,
                              const char *end)
{
    struct stream_rules rules;
    struct judge *judge;
    struct verdict verdict;
    enum verdict_kind kind;

    stream_rules_default(&rules);
    judge = judge_new(operation, &rules, NULL);
    for (int i = 0; i < count; i++) {
        char number[16];
        struct bytes event;

        snprintf(number, sizeof(number), "%d", i);
        bytes_init(&event, 4096);
        for (const char *at = format; *at; at++) {
            if (*at == '#')
                bytes_puts(&event, number);
            else
                bytes_append_byte(&event, *at);
        }
        judge_body(judge, event.data, event.len);
        bytes_release(&event);
    }
    judge_body(judge, end, strlen(end));
    judge_end(judge, NULL);
    judge_verdict(judge, &verdict);
    kind = verdict.kind;
    if (kind == VERDICT_MALFORMED)
        assert_string_equal(reason_name(verdict.reasons[0].code), "too-many-parts");
    verdict_release(&verdict);
    judge_free(judge);
    return kind;
}

static void more_parts_than_are_read_are_malformed(void **state)
{
    static const char choices[] = EVENT(
        "{\"choices\":[{\"index\":#,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}");
    static const char calls[] =
        EVENT("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":#,\"id\":\"c#\","
              "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}");
    static const char items[] = TYPED("response.output_text.done",
                                      ",\"output_index\":#,\"content_index\":0,\"text\":\"x\"");
    static const char parts[] = TYPED("response.output_text.done",
                                      ",\"output_index\":0,\"content_index\":#,\"text\":\"x\"");
    static const char completed[] = TYPED("response.completed", RESPONSE("completed", "[]"));

    (void)state;
    assert_int_equal(many(OPERATION_CHAT, choices, 128, DONE), VERDICT_COMPLETE);
    assert_int_equal(many(OPERATION_CHAT, choices, 129, DONE), VERDICT_MALFORMED);
    assert_int_equal(many(OPERATION_CHAT, calls, 256, FINISH("tool_calls") DONE), VERDICT_COMPLETE);
    assert_int_equal(many(OPERATION_CHAT, calls, 257, FINISH("tool_calls") DONE),
                     VERDICT_MALFORMED);
    assert_int_equal(many(OPERATION_RESPONSES, items, 256, completed), VERDICT_COMPLETE);
    assert_int_equal(many(OPERATION_RESPONSES, items, 257, completed), VERDICT_MALFORMED);
    assert_int_equal(many(OPERATION_RESPONSES, parts, 128, completed), VERDICT_COMPLETE);
    assert_int_equal(many(OPERATION_RESPONSES, parts, 129, completed), VERDICT_MALFORMED);
}

/* A record in doubt is never complete, whatever it shows. */
static void a_doubtful_record_is_never_complete(void **state)
{
    static const enum reason_code codes[] = {REASON_CAPTURE_CUT, REASON_CAPTURE_BROKEN,
                                             REASON_BODIES_NOT_KEPT};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct answer answer;
        struct judge *judge = judged(OPERATION_CHAT, DELTA("a") FINISH("stop") DONE, &answer);
        struct verdict verdict;

        judge_doubt(judge, codes[i], "line 7");
        judge_verdict(judge, &verdict);
        assert_int_equal(verdict.kind, VERDICT_UNPROVEN);
        assert_int_equal(verdict.reasons[0].code, codes[i]);
        verdict_release(&verdict);
        judge_free(judge);
    }
}

static void an_answer_can_be_asked_for_twice(void **state)
{
    struct answer first, second;
    struct judge *judge = judged(
        OPERATION_CHAT, DELTA("a") CALL("0", "c", "f", "{}") FINISH("tool_calls") DONE, &first);

    (void)state;
    judge_answer(judge, &second);
    free(judge_naive_reading(judge));
    assert_ptr_equal(first.choices, second.choices);
    assert_ptr_equal(first.choices[0].tool_calls, second.choices[0].tool_calls);
    assert_string_equal(first.choices[0].text, "a");
    judge_free(judge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chat_answers_are_told_apart),
        cmocka_unit_test(a_longer_message_is_read_to_its_end),
        cmocka_unit_test(responses_answers_are_told_apart),
        cmocka_unit_test(events_are_told_as_they_come),
        cmocka_unit_test(the_naive_reading_is_told_under_incomplete),
        cmocka_unit_test(what_was_cancelled_has_no_naive_reading),
        cmocka_unit_test(what_is_told_is_fit_for_a_terminal),
        cmocka_unit_test(text_beyond_the_limit_is_counted_not_kept),
        cmocka_unit_test(more_parts_than_are_read_are_malformed),
        cmocka_unit_test(a_doubtful_record_is_never_complete),
        cmocka_unit_test(an_answer_can_be_asked_for_twice),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The dangerous state: a partial answer that looks complete. For every byte prefix of every good
 * body that ends before the blank line of its terminal marker, in every framing: never complete
 * (D57 D58).
 */
#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/trial.h"

#include <stdlib.h>
#include <string.h>

static const struct request_facts one = {.stream = true, .choices = 1};
static const struct request_facts two = {.stream = true, .choices = 2};
static const struct request_facts whole = {.choices = 1};

#define SEQ(number, type, rest) NUMBERED(number, type, rest)
#define PART ",\"output_index\":0,\"content_index\":0"
#define FUNCTION                                                                                 \
    "{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}" \
    "\"}"

static const struct good {
    const char *name;
    enum operation operation;
    const struct request_facts *facts;
    const char *type;
    const char *body;
} bodies[] = {
    {"chat, plain", OPERATION_CHAT, &one, NULL,
     ROLE DELTA("Hello") DELTA(" w\\u00f6rld \xF0\x9F\x8C\x8D") FINISH("stop") DONE},
    {"chat, finish with content", OPERATION_CHAT, &one, NULL,
     DELTA("Hello") LAST_DELTA(" world", "stop") DONE},
    {"chat, tools", OPERATION_CHAT, &one, NULL,
     CALL("0", "c1", "f", "") CALL_MORE("0", "{\\\"a\\\":") CALL_MORE("0", "1}")
         CALL("1", "c2", "g", "{}") FINISH("tool_calls") DONE},
    {"chat, two choices", OPERATION_CHAT, &two, NULL,
     DELTA_OF("0", "a") DELTA_OF("1", "b") FINISH_OF("1", "stop") FINISH_OF("0", "stop") DONE},
    {"chat, usage", OPERATION_CHAT, &one, NULL,
     DELTA("Hello") FINISH("stop") ": ping\n\n" USAGE DONE},
    {"chat, refusal", OPERATION_CHAT, &one, NULL,
     CHUNK(CHOICE("0", "{\"refusal\":\"No\"}", "null")) FINISH("stop") DONE},
    {"chat, reasoning", OPERATION_CHAT, &one, NULL,
     CHUNK(CHOICE("0", "{\"reasoning_content\":\"hm\"}", "null")) DELTA("a") FINISH("stop") DONE},
    {"chat, content array", OPERATION_CHAT, &one, NULL,
     CHUNK(CHOICE("0", "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}", "null")) FINISH("stop")
         DONE},
    {"chat, CRLF", OPERATION_CHAT, &one, NULL,
     "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\r\n\r\n"
     "data: [DONE]\r\n\r"},
    {"chat, message repeated", OPERATION_CHAT, &one, NULL,
     DELTA("Hi") EVENT(COMPLETION("Hi", "\"stop\"")) DONE},
    {"chat, [DONE] in the text", OPERATION_CHAT, &one, NULL,
     DELTA("data: [DONE]\\n\\n") FINISH("stop") DONE},
    {"chat, JSON", OPERATION_CHAT, &whole, "application/json", COMPLETION("Hello", "\"stop\"")},
    {"chat, JSON for a stream", OPERATION_CHAT, &one, "application/json",
     COMPLETION("Hello", "\"stop\"")},
    {"responses, text", OPERATION_RESPONSES, &one, NULL,
     CREATED ITEM_ADDED TEXT_DELTA("Hel") TEXT_DELTA("lo") TEXT_DONE("Hello") ITEM_DONE("Hello")
         COMPLETED("Hello")},
    {"responses, call", OPERATION_RESPONSES, &one, NULL,
     CREATED TYPED("response.output_item.added", ",\"output_index\":0,\"item\":" FUNCTION)
         TYPED("response.function_call_arguments.delta",
               ",\"output_index\":0,\"delta\":\"{\\\"a\\\":1}\"")
             TYPED("response.function_call_arguments.done",
                   ",\"output_index\":0,\"arguments\":\"{\\\"a\\\":1}\"")
                 TYPED("response.completed", RESPONSE("completed", "[" FUNCTION "]"))},
    {"responses, refusal", OPERATION_RESPONSES, &one, NULL,
     CREATED TYPED("response.refusal.delta", PART ",\"delta\":\"No\"")
         TYPED("response.refusal.done", PART ",\"refusal\":\"No\"")
             TYPED("response.completed", RESPONSE("completed", "[]"))},
    {"responses, numbered", OPERATION_RESPONSES, &one, NULL,
     SEQ("0", "response.created", RESPONSE("in_progress", "[]"))
         SEQ("1", "response.output_text.delta", PART ",\"delta\":\"Hi\"") SEQ("2", "keepalive", "")
             SEQ("3", "response.output_text.done", PART ",\"text\":\"Hi\"")
                 SEQ("4", "response.completed", RESPONSE("completed", "[" MESSAGE("Hi") "]"))},
    {"responses, JSON", OPERATION_RESPONSES, &whole, "application/json",
     "{\"object\":\"response\",\"status\":\"completed\",\"output\":[" MESSAGE("Hi") "]}"},
    {"models", OPERATION_MODELS, &whole, "application/json",
     "{\"object\":\"list\",\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"},
};

static const struct {
    const char *name;
    struct trial_end end;
} ends[] = {
    {"chunked", {.framing = FRAMING_CHUNKED}},
    {"chunked, cut", {.curl = 18, .framing = FRAMING_CHUNKED}},
    {"length, small", {.framing = FRAMING_LENGTH}},
    {"length, short", {.curl = 18, .framing = FRAMING_LENGTH}},
    {"close", {.framing = FRAMING_CLOSE}},
    {"reset", {.curl = 56, .framing = FRAMING_CLOSE}},
    {"our timer", {.curl = 42, .framing = FRAMING_CHUNKED, .stop = STOP_GAP}},
    {"unknown", {.unknown = true}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum verdict_kind verdict_of(const struct good *good, size_t len, size_t end)
{
    struct trial trial = {
        .operation = good->operation,
        .facts = good->facts,
        .type = good->type,
        .body = len ? good->body : "",
        .len = len,
        .end = ends[end].end,
    };
    struct http_result result;
    struct judge *judge = trial_run(&trial, &result);
    struct verdict verdict;
    enum verdict_kind kind;

    judge_verdict(judge, &verdict);
    kind = verdict.kind;
    verdict_release(&verdict);
    judge_free(judge);
    http_result_release(&result);
    return kind;
}

static void every_good_body_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        enum verdict_kind kind = verdict_of(&bodies[i], strlen(bodies[i].body), 0);

        if (kind != VERDICT_COMPLETE)
            fail_msg("%s: %s", bodies[i].name, verdict_name(kind));
    }
}

static void no_prefix_is_complete_in_any_framing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        for (size_t end = 0; end < COUNT(ends); end++) {
            for (size_t len = 0; len < strlen(bodies[i].body); len++) {
                enum verdict_kind kind = verdict_of(&bodies[i], len, end);

                if (kind == VERDICT_COMPLETE || kind == VERDICT_LIMITED)
                    fail_msg("%s, %zu bytes, %s: %s", bodies[i].name, len, ends[end].name,
                             verdict_name(kind));
            }
        }
    }
}

/* The same while the bytes still come: what would be said if they ended now. */
static void no_prefix_is_complete_while_it_arrives(void **state)
{
    struct stream_rules rules;

    (void)state;
    stream_rules_default(&rules);
    for (size_t i = 0; i < COUNT(bodies); i++) {
        const struct good *good = &bodies[i];
        struct judge *judge = judge_new(good->operation, &rules, good->facts);
        size_t len = strlen(good->body);
        struct verdict verdict;

        for (size_t at = 0; at < len; at++) {
            judge_verdict(judge, &verdict);
            if (verdict.kind == VERDICT_COMPLETE)
                fail_msg("%s after %zu bytes", good->name, at);
            assert_true(judge_progress(judge)->bytes == at);
            verdict_release(&verdict);
            judge_body(judge, good->body + at, 1);
        }
        judge_verdict(judge, &verdict);
        assert_int_equal(verdict.kind, VERDICT_COMPLETE);
        verdict_release(&verdict);
        judge_free(judge);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_good_body_is_complete),
        cmocka_unit_test(no_prefix_is_complete_in_any_framing),
        cmocka_unit_test(no_prefix_is_complete_while_it_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

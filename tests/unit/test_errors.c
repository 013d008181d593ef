/*
 * Finish reasons by family, the shapes of errors, and the class and action of each failure
 * (streams.md "Finish reasons", cometapi.md "Errors"; PRB A17 B14 D16 C54).
 */
#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/trial.h"

#include "base/memory.h"
#include "judge/finish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- finish reasons ---- */

static const struct {
    const char *reason;
    enum finish_column column;
} finishes[] = {
    {"stop", FINISH_COMPLETE},
    {"tool_calls", FINISH_COMPLETE},
    {"function_call", FINISH_COMPLETE},
    {"completed", FINISH_COMPLETE},
    {"length", FINISH_LIMITED},
    {"content_filter", FINISH_LIMITED},
    {"max_tokens", FINISH_LIMITED},
    {"max_output_tokens", FINISH_LIMITED},
    {"incomplete", FINISH_LIMITED},
    {"error", FINISH_ERRORED},
    {"abort", FINISH_ERRORED},
    {"network_error", FINISH_ERRORED},
    /* by contract only */
    {"eos", FINISH_UNKNOWN},
    {"eos_token", FINISH_UNKNOWN},
    {"stop_sequence", FINISH_UNKNOWN},
    {"end_turn", FINISH_UNKNOWN},
    {"tool_use", FINISH_UNKNOWN},
    {"STOP", FINISH_UNKNOWN},
    {"COMPLETE", FINISH_UNKNOWN},
    {"STOP_SEQUENCE", FINISH_UNKNOWN},
    {"TOOL_CALL", FINISH_UNKNOWN},
    {"end", FINISH_UNKNOWN},
    {"Stop", FINISH_UNKNOWN},
    {"stop ", FINISH_UNKNOWN},
    /* these columns hold everywhere */
    {"refusal", FINISH_LIMITED},
    {"pause_turn", FINISH_LIMITED},
    {"model_context_window_exceeded", FINISH_LIMITED},
    {"guardrail_intervened", FINISH_LIMITED},
    {"content_filtered", FINISH_LIMITED},
    {"MAX_TOKENS", FINISH_LIMITED},
    {"SAFETY", FINISH_LIMITED},
    {"RECITATION", FINISH_LIMITED},
    {"BLOCKLIST", FINISH_LIMITED},
    {"PROHIBITED_CONTENT", FINISH_LIMITED},
    {"SPII", FINISH_LIMITED},
    {"MALFORMED_FUNCTION_CALL", FINISH_ERRORED},
    {"ERROR_TOXIC", FINISH_LIMITED},
    {"ERROR", FINISH_ERRORED},
    {"model_length", FINISH_LIMITED},
    {"sensitive", FINISH_LIMITED},
    {"insufficient_system_resource", FINISH_ERRORED},
};

static enum verdict_kind verdict_of(const struct trial *trial, bool *aliased)
{
    struct http_result result;
    struct judge *judge = trial_run(trial, &result);
    struct verdict verdict;
    enum verdict_kind kind;

    judge_verdict(judge, &verdict);
    kind = verdict.kind;
    *aliased = trial_has(&verdict, "finish-aliased");
    verdict_release(&verdict);
    judge_free(judge);
    http_result_release(&result);
    return kind;
}

static enum verdict_kind verdict_of_finish(const char *reason, const struct stream_rules *rules,
                                           bool *aliased)
{
    char *body =
        xasprintf("%sdata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}"
                  "]}\n\n%s",
                  DELTA("x"), reason, DONE);
    const struct trial trial = {.operation = OPERATION_CHAT, .body = body, .rules = rules};
    enum verdict_kind kind = verdict_of(&trial, aliased);

    free(body);
    return kind;
}

static void finish_reasons_fall_into_their_columns(void **state)
{
    static const enum verdict_kind verdicts[] = {
        [FINISH_UNKNOWN] = VERDICT_UNPROVEN,
        [FINISH_COMPLETE] = VERDICT_COMPLETE,
        [FINISH_LIMITED] = VERDICT_LIMITED,
        [FINISH_ERRORED] = VERDICT_ERRORED,
    };
    struct stream_rules rules;
    bool aliased;

    (void)state;
    stream_rules_default(&rules);
    for (size_t i = 0; i < COUNT(finishes); i++) {
        const char *reason = finishes[i].reason;

        if (finish_column(&rules, reason, strlen(reason), NULL) != finishes[i].column)
            fail_msg("%s", reason);
        assert_int_equal(verdict_of_finish(reason, &rules, &aliased), verdicts[finishes[i].column]);
        assert_false(aliased);
    }
}

static void every_row_of_the_finish_table_is_tested(void **state)
{
    const char *family, *reason;
    enum finish_column column;
    bool by_contract;

    (void)state;
    for (size_t i = 0; finish_row(i, &family, &reason, &column, &by_contract); i++) {
        size_t j = 0;

        while (j < COUNT(finishes) && strcmp(finishes[j].reason, reason) != 0)
            j++;
        assert_true(j < COUNT(finishes));
        assert_int_equal(finishes[j].column, by_contract ? FINISH_UNKNOWN : column);
    }
}

static void an_alias_to_complete_needs_the_contract_and_is_told(void **state)
{
    char end_turn[] = "end_turn", stop[] = "stop";
    struct stream_rules rules;
    bool aliased;

    (void)state;
    stream_rules_default(&rules);
    rules.aliases[0] = (struct finish_alias){end_turn, FINISH_COMPLETE};
    rules.aliases[1] = (struct finish_alias){stop, FINISH_UNKNOWN};
    rules.alias_count = 2;
    assert_int_equal(verdict_of_finish("end_turn", &rules, &aliased), VERDICT_COMPLETE);
    assert_true(aliased);
    assert_int_equal(verdict_of_finish("tool_calls", &rules, &aliased), VERDICT_COMPLETE);
    assert_false(aliased);
    assert_int_equal(verdict_of_finish("stop", &rules, &aliased), VERDICT_UNPROVEN);
    assert_true(aliased);
}

/* ---- errors ---- */

#define MALFORMED_BODY "<html><head><title>404</title>"

static const struct failing {
    const char *name;
    int status;
    const char *body;
    const char *envelope; /* NULL: none */
    const char *class, *action;
    const char *request_id;
    struct trial_end end;
} failings[] = {
    {"bad key",
     401,
     "{\"error\":{\"message\":\"Invalid token (request id: 20260624abc)\","
     "\"type\":\"new_api_error\",\"param\":\"\",\"code\":\"\"}}",
     "error-object",
     "auth",
     "fix-credentials",
     "20260624abc",
     {0}},
    {"no key",
     401,
     "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"code\":null}}",
     "error-without-param",
     "auth",
     "fix-credentials",
     NULL,
     {0}},
    {"model missing",
     400,
     "{\"error\":{\"message\":\"model name is required (request id: r-1)\",\"type\":\"x\","
     "\"param\":\"\",\"code\":\"\"}}",
     "error-object",
     "request",
     "fix-request",
     "r-1",
     {0}},
    {"messages missing, as 500",
     500,
     "{\"error\":{\"message\":\"field messages is required\",\"type\":\"new_api_error\","
     "\"param\":\"\",\"code\":\"invalid_request\"}}",
     "error-object",
     "request",
     "fix-request",
     NULL,
     {0}},
    {"messages missing, as 500 by type",
     500,
     "{\"error\":{\"message\":\"field messages is required\",\"type\":\"invalid_request_error\"}}",
     "error-without-param",
     "request",
     "fix-request",
     NULL,
     {0}},
    {"unknown model, as 503",
     503,
     "{\"error\":{\"message\":\"No available "
     "channel\",\"type\":\"x\",\"code\":\"model_not_found\"}}",
     "error-without-param",
     "model-unknown",
     "fix-config",
     NULL,
     {0}},
    {"unknown model",
     404,
     "{\"error\":{\"message\":\"gone\",\"type\":\"invalid_request_error\",\"param\":null,"
     "\"code\":\"model_not_found\"}}",
     "error-object",
     "model-unknown",
     "fix-config",
     NULL,
     {0}},
    {"key lacks the model",
     403,
     "{\"error\":{\"message\":\"no access\",\"type\":\"x\",\"code\":\"\"}}",
     "error-without-param",
     "permission",
     "fix-credentials",
     NULL,
     {0}},
    {"quota, bare",
     403,
     "{\"code\":null,\"message\":\"user quota is not enough\"}",
     "bare",
     "quota",
     "page",
     NULL,
     {0}},
    {"quota, bare, as 200",
     200,
     "{\"code\":null,\"message\":\"user quota is not enough\"}",
     "bare",
     "quota",
     "page",
     NULL,
     {0}},
    {"quota",
     429,
     "{\"error\":{\"message\":\"x\",\"type\":\"x\",\"code\":\"insufficient_quota\"}}",
     "error-without-param",
     "quota",
     "page",
     NULL,
     {0}},
    {"rate limit",
     429,
     "{\"error\":{\"message\":\"slow\",\"type\":\"requests\"}}",
     "error-without-param",
     "rate-limit",
     "back-off",
     NULL,
     {0}},
    {"wrong path",
     404,
     "{\"error\":{\"message\":\"Invalid URL (POST /v1/x)\",\"type\":\"invalid_request_error\","
     "\"param\":\"\",\"code\":\"\"}}",
     "error-object",
     "not-found",
     "fix-config",
     NULL,
     {0}},
    {"wrong path, a page", 404, MALFORMED_BODY, NULL, "not-found", "fix-config", NULL, {0}},
    {"wrong path, a page as 200", 200, MALFORMED_BODY, NULL, "not-api", "fix-config", NULL, {0}},
    {"redirect", 301, "", NULL, "redirect", "fix-config", NULL, {0}},
    {"wrong method",
     405,
     "{\"detail\":\"Method Not Allowed\"}",
     "detail",
     "method",
     "fix-config",
     NULL,
     {0}},
    {"malformed JSON",
     400,
     "{\"error\":\"cannot parse\"}",
     "error-string",
     "request",
     "fix-request",
     NULL,
     {0}},
    {"invalid role",
     400,
     "{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\","
     "\"param\":\"messages[0].role\",\"code\":\"invalid_value\"}}",
     "error-object",
     "request",
     "fix-request",
     NULL,
     {0}},
    {"too large",
     413,
     "{\"error\":{\"message\":\"x\",\"type\":\"x\",\"code\":\"read_request_body_failed\"}}",
     "error-without-param",
     "too-large",
     "fix-request",
     NULL,
     {0}},
    {"edge timeout", 524, "error code: 524", "text", "edge-timeout", "fall-back", NULL, {0}},
    {"unavailable", 503, "no healthy upstream", "text", "overloaded", "back-off", NULL, {0}},
    {"broken", 500, "{\"oops\":1}", NULL, "server", "retry-briefly", NULL, {0}},
    {"teapot", 418, "", NULL, "unexpected", "escalate", NULL, {0}},
    {"in a 200", 200, ERROR_BODY, "error-object", "server", "retry-briefly", NULL, {0}},
    {"in a 200, unknown",
     200,
     "{\"error\":{\"message\":\"hm\",\"type\":\"odd\"}}",
     "error-without-param",
     "provider",
     "escalate",
     NULL,
     {0}},
    {"finish error", 200, DELTA("x") FINISH("error") DONE, NULL, "provider", "escalate", NULL, {0}},
    {"no such host", -1, "", NULL, "dns", "retry-briefly", NULL, {.curl = 6}},
    {"refused", -1, "", NULL, "refused", "retry-briefly", NULL, {.curl = 7}},
    {"certificate", -1, "", NULL, "tls", "fix-config", NULL, {.curl = 60}},
    {"proxy", -1, "", NULL, "proxy", "fix-config", NULL, {.curl = 5}},
    {"reset", -1, "", NULL, "reset", "retry-briefly", NULL, {.curl = 56}},
    {"no reply in time",
     -1,
     "",
     NULL,
     "timeout",
     "fall-back",
     NULL,
     {.curl = 42, .stop = STOP_HEADERS}},
    {"stalled",
     200,
     DELTA("x"),
     NULL,
     "stalled",
     "fall-back",
     NULL,
     {.curl = 42, .stop = STOP_GAP}},
    {"cancelled",
     200,
     DELTA("x"),
     NULL,
     "cancelled",
     "none",
     NULL,
     {.curl = 42, .stop = STOP_USER}},
    {"truncated", 200, DELTA("x"), NULL, "truncated", "retry-briefly", NULL, {0}},
    {"unproven", 200, DELTA("x") FINISH("stop"), NULL, "unproven", "investigate", NULL, {0}},
    {"malformed", 200, EVENT("{x"), NULL, "malformed", "investigate", NULL, {0}},
    {"limited", 200, DELTA("x") FINISH("length") DONE, NULL, "limited", "fix-request", NULL, {0}},
    {"good", 200, DELTA("x") FINISH("stop") DONE, NULL, "none", "none", NULL, {0}},
};

static void every_failure_has_its_class_and_action(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(failings); i++) {
        const struct failing *row = &failings[i];
        const struct trial trial = {
            .operation = OPERATION_CHAT,
            .status = row->status,
            .type = row->status == 200 ? NULL : "application/json",
            .body = row->body,
            .end = row->end,
        };
        struct http_result result;
        struct judge *judge = trial_run(&trial, &result);
        struct verdict verdict;
        struct answer answer;
        struct failure failure;

        judge_verdict(judge, &verdict);
        judge_answer(judge, &answer);
        failure_classify(NULL, &result, &answer, &verdict, &failure);
        if (strcmp(failure.class, row->class) != 0 || strcmp(failure.action, row->action) != 0)
            fail_msg("%s: %s, %s", row->name, failure.class, failure.action);
        assert_true(strlen(failure.advice) > 10);
        assert_true(strlen(failure.because) > 10);
        if (!row->envelope != !answer.error_envelope ||
            (row->envelope && strcmp(row->envelope, answer.error_envelope) != 0))
            fail_msg("%s: envelope %s", row->name,
                     answer.error_envelope ? answer.error_envelope : "none");
        if (!row->request_id != !answer.request_id ||
            (row->request_id && strcmp(row->request_id, answer.request_id) != 0))
            fail_msg("%s: request id %s", row->name, answer.request_id);
        verdict_release(&verdict);
        judge_free(judge);
        http_result_release(&result);
    }
}

/* D16: of a file without a head nothing is known of the transport, so nothing is said about it. */
static void advice_is_about_what_is_known(void **state)
{
    static const struct failure none = {.class = "none", .action = "none"},
                                cut = {"truncated", "retry", "Again.", "", ""};
    const struct http_result unseen = {.curl = -1}, refused = {.curl = 7},
                             answered = {.curl = 18, .status = 200};
    const struct verdict complete = {.kind = VERDICT_COMPLETE}, half = {.kind = VERDICT_TRUNCATED};

    (void)state;
    assert_string_equal(failure_advice(&unseen, &cut, &half), "Again.");
    assert_string_equal(failure_advice(NULL, &cut, &half), "Again.");
    assert_string_equal(failure_advice(&answered, &cut, &half), "Again.");
    assert_string_not_equal(failure_advice(&refused, &cut, &half), "Again.");
    assert_null(failure_advice(&answered, &none, &complete));
}

/* ---- vocabulary ---- */

static void codes_are_distinct_and_explained(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        const char *name = reason_name((enum reason_code)i);

        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
        assert_true(strlen(reason_meaning((enum reason_code)i)) > 10);
        assert_true(strlen(reason_advice((enum reason_code)i)) > 5);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, reason_name((enum reason_code)j));
    }
    for (int i = 0; i < VERDICT_COUNT; i++) {
        assert_true(strlen(verdict_name((enum verdict_kind)i)) > 5);
        assert_true(strlen(verdict_meaning((enum verdict_kind)i)) > 10);
    }
    assert_string_equal(verdict_headline(VERDICT_COMPLETE), "COMPLETE");
    assert_string_equal(verdict_headline(VERDICT_LIMITED), "LIMITED");
    assert_string_equal(verdict_headline(VERDICT_ERRORED), "ERROR");
    assert_string_equal(verdict_headline(VERDICT_MALFORMED), "MALFORMED");
    assert_string_equal(verdict_headline(VERDICT_TRUNCATED), "INCOMPLETE");
    assert_string_equal(verdict_headline(VERDICT_CANCELLED), "INCOMPLETE");
}

static void a_header_gives_the_request_id(void **state)
{
    struct stream_rules rules;
    struct http_headers headers = {0};
    struct judge *judge;
    struct answer answer;

    (void)state;
    stream_rules_default(&rules);
    http_headers_add(&headers, "Content-Type", "application/json");
    http_headers_add(&headers, "X-Request-Id", "abc");
    judge = judge_new(OPERATION_CHAT, &rules, NULL);
    judge_headers(judge, 200, &headers);
    judge_answer(judge, &answer);
    assert_string_equal(answer.request_id, "abc");
    assert_int_equal(answer.input_tokens, -1);
    assert_null(answer.usage);
    judge_free(judge);
    http_headers_release(&headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finish_reasons_fall_into_their_columns),
        cmocka_unit_test(every_row_of_the_finish_table_is_tested),
        cmocka_unit_test(an_alias_to_complete_needs_the_contract_and_is_told),
        cmocka_unit_test(every_failure_has_its_class_and_action),
        cmocka_unit_test(advice_is_about_what_is_known),
        cmocka_unit_test(codes_are_distinct_and_explained),
        cmocka_unit_test(a_header_gives_the_request_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

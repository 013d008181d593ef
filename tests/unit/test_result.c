#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/seen.h"

#include "base/json.h"
#include "base/text.h"
#include "contract/contract.h"
#include "evidence/fixture.h"
#include "evidence/shape.h"
#include "probe/describe.h"
#include "probe/kept_body.h"
#include "probe/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct contract *contract;
static struct probe probe;
static struct plan_case plan_case;
static struct probe_result result;

static int set_up(void **state)
{
    (void)state;
    contract = contract_starter();
    probe = (struct probe){.id = "mine"};
    plan_case = (struct plan_case){.probe = &probe, .operation = OPERATION_CHAT};
    result = (struct probe_result){.plan_case = &plan_case};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    probe_result_release(&result);
    contract_free(contract);
    return 0;
}

/* Judge an answer of this status. */
static void judge(int status, const char *type, const char *text, const struct kept_body *body)
{
    struct kept_body whole;
    struct seen seen;

    kept_body_init(&whole);
    kept_body_add(&whole, text, strlen(text));
    seen_make(
        &seen,
        &(struct trial){.operation = OPERATION_CHAT, .status = status, .type = type, .body = text});
    probe_result_judge(&result, &seen.state, body ? body : &whole, contract);
    seen_release(&seen);
    kept_body_release(&whole);
}

/* ---- pointers into the answer ---- */

static void present(const char *pointer)
{
    static const char *words[1];

    words[0] = pointer;
    probe.expect.present = (struct probe_words){words, 1};
}

static void what_must_be_present_is_looked_for(void **state)
{
    (void)state;
    present("/choices/0/message");
    judge(200, "application/json", COMPLETION("Hi", "\"stop\""), NULL);
    assert_int_equal(result.outcome, OUTCOME_PASS);
    present("/choices/1");
    judge(200, "application/json", COMPLETION("Hi", "\"stop\""), NULL);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
}

static void absent(const char *pointer)
{
    static const char *words[1];

    words[0] = pointer;
    probe.expect.present.count = 0;
    probe.expect.absent = (struct probe_words){words, 1};
}

static void what_must_be_absent_is_looked_for(void **state)
{
    (void)state;
    absent("/choices/1");
    judge(200, "application/json", COMPLETION("Hi", "\"stop\""), NULL);
    assert_int_equal(result.outcome, OUTCOME_PASS);
    absent("/usage/total_tokens");
    judge(200, "application/json", COMPLETION("Hi", "\"stop\""), NULL);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
    assert_non_null(strstr(result.notes, "/usage/total_tokens: wanted absent, got present"));
    judge(200, "application/json", "no JSON", NULL);
    assert_int_equal(result.outcome, OUTCOME_FAIL); /* nobody knows what is absent */
}

/* Of a stream any event may have it. */
static void pointers_are_looked_for_in_every_event(void **state)
{
    (void)state;
    present("/usage/total_tokens");
    judge(200, NULL, ROLE DELTA("Hi") FINISH("stop") USAGE DONE, NULL);
    assert_int_equal(result.outcome, OUTCOME_PASS);
    judge(200, NULL, ROLE DELTA("Hi") FINISH("stop") DONE, NULL);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
    absent("/usage/total_tokens");
    judge(200, NULL, ROLE DELTA("Hi") FINISH("stop") DONE, NULL);
    assert_int_equal(result.outcome, OUTCOME_PASS);
    judge(200, NULL, ROLE DELTA("Hi") FINISH("stop") USAGE DONE, NULL);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
}

/* A piece that was lost never makes a document that nobody sent. */
static void half_a_body_is_not_spliced(void **state)
{
    char *filler = calloc(1, KEPT_BODY_MAX);
    struct kept_body body;

    (void)state;
    memset(filler, ' ', KEPT_BODY_MAX);
    kept_body_init(&body);
    kept_body_add(&body, "{\"made\":", 8);
    kept_body_add(&body, filler, KEPT_BODY_MAX);
    kept_body_add(&body, "\"up\"}", 5);
    assert_true(body.cut);
    assert_null(kept_body_text(&body));
    assert_int_equal(body.text.len, 8);
    present("/made");
    judge(200, "application/json", COMPLETION("Hi", "\"stop\""), &body);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
    assert_non_null(strstr(result.notes, "the body was not kept whole"));
    kept_body_clear(&body);
    kept_body_add(&body, "{\"made\":1}", 10);
    assert_string_equal(kept_body_text(&body), "{\"made\":1}");
    kept_body_release(&body);
    free(filler);
}

/* ---- documented? ---- */

/* The contract holds one clause, with a source that was read. */
static void clause(const char *id, const char *value)
{
    char text[512];
    struct error error = {.kind = ERROR_NONE};
    int len =
        snprintf(text, sizeof(text),
                 "{\"version\": 1, \"clauses\": [{\"id\": \"%s\", \"title\": \"t\", \"value\": "
                 "%s, \"source\": \"api-reference\", \"source_url\": "
                 "\"https://docs.example\", \"accessed\": \"2026-01-01\"}]}",
                 id, value);
    static const char *ids[1];
    static char named[64];

    snprintf(named, sizeof(named), "%s", id);
    ids[0] = named;
    probe.clauses = (struct probe_words){ids, 1};
    contract_free(contract);
    contract = contract_parse("contract.json", text, (size_t)len, &error);
    if (!contract)
        fail_msg("%s", error.text);
    assert_int_equal(clause_status(contract_find(contract, id)), CLAUSE_DOCUMENTED);
}

static enum tristate documented(int status, const char *text)
{
    judge(status, "application/json", text, NULL);
    return result.documented;
}

/* E36 E38: what fails is documented by its status, or by nothing. */
static void a_failure_is_documented_by_a_clause_about_errors_alone(void **state)
{
    (void)state;
    probe.negative = true;
    clause("errors.malformed.status", "400");
    assert_int_equal(documented(400, ERROR_BODY), IS_YES);
    assert_int_equal(documented(500, ERROR_BODY), IS_NO);
    clause("errors.malformed.status", "[400, 422]");
    assert_int_equal(documented(422, ERROR_BODY), IS_YES);
    assert_int_equal(documented(500, ERROR_BODY), IS_NO);
    clause("errors.body", "\"an object\"");
    assert_int_equal(documented(400, ERROR_BODY), IS_NO);
    clause("chat.request.temperature", "{\"pointer\": \"/temperature\", \"type\": \"number\"}");
    assert_int_equal(documented(400, ERROR_BODY), IS_NO);
    clause("limits.of_status", "400");
    assert_int_equal(documented(400, ERROR_BODY), IS_NO);
}

static void a_failure_that_no_clause_is_named_for_is_not_documented(void **state)
{
    (void)state;
    assert_int_equal(documented(500, ERROR_BODY), IS_NO);
    assert_null(result.documented_by);
}

static void an_answer_is_documented_by_what_the_probe_names(void **state)
{
    (void)state;
    clause("chat.response.usage", "\"an object\"");
    assert_int_equal(documented(200, COMPLETION("Hi", "\"stop\"")), IS_YES);
}

/* ---- what is shown of a text ---- */

/* Neither half of a character ends a note, nor a phrase about what is sent. */
static void what_is_cut_ends_with_a_whole_character(void **state)
{
    static const char *words[1] = {"complete"};
    char message[1024] = "{\"error\":{\"message\":\"x",
         value[256] = "[{\"op\":\"add\",\"path\":\"/a\",\"value\":\"x";
    struct bytes phrase;
    struct json *patch;

    (void)state;
    for (int i = 0; i < 200; i++)
        strcat(message, "€");
    strcat(message, "\"}}");
    probe.expect.error_body = PROBE_ERROR_NONE;
    probe.expect.verdicts = (struct probe_words){words, 1};
    judge(400, "application/json", message, NULL);
    assert_non_null(strstr(result.notes, "€"));
    assert_true(utf8_valid(result.notes, strlen(result.notes), NULL));
    for (int i = 0; i < 40; i++)
        strcat(value, "€");
    strcat(value, "\"}]");
    patch = json_parse(value, strlen(value), "test", NULL);
    probe.mutations[OPERATION_CHAT] = patch;
    bytes_init(&phrase, SIZE_MAX);
    describe_change(&probe, OPERATION_CHAT, &phrase);
    assert_non_null(strstr(bytes_text(&phrase), "€…"));
    assert_true(utf8_valid(phrase.data, phrase.len, NULL));
    bytes_release(&phrase);
    json_free(patch);
}

/* ---- beside a fixture ---- */

/* What could not be kept is told of a case with a fixture, too (D72). */
static void a_comparison_forgets_no_trouble(void **state)
{
    struct shape shape = {.count = 0};
    struct fixture fixture = {.operation = OPERATION_CHAT,
                              .shape = json_parse("{\"id\":\"string\"}", 15, "test", NULL),
                              .required = json_parse("[\"id\"]", 6, "test", NULL)};
    struct seen seen;

    (void)state;
    probe.fixture = "chat/ready";
    plan_case.fixture = &fixture;
    seen_make(&seen, &(struct trial){.operation = OPERATION_CHAT,
                                     .status = 200,
                                     .type = "application/json",
                                     .body = "{}"});
    seen.state.trouble = "No space left";
    probe_result_judge(&result, &seen.state, &(struct kept_body){.cut = false}, contract);
    shape_add_text(&shape, "{}", 2);
    probe_result_compare(&result, &shape, false);
    assert_int_equal(result.outcome, OUTCOME_FAIL);
    assert_non_null(strstr(result.notes, "shape: wanted that of chat/ready"));
    assert_non_null(strstr(result.notes, "not kept: No space left"));
    shape_release(&shape);
    json_free(fixture.shape);
    json_free(fixture.required);
    seen_release(&seen);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(what_must_be_present_is_looked_for),
        RUN_TEST(what_must_be_absent_is_looked_for),
        RUN_TEST(pointers_are_looked_for_in_every_event),
        RUN_TEST(half_a_body_is_not_spliced),
        RUN_TEST(a_failure_is_documented_by_a_clause_about_errors_alone),
        RUN_TEST(a_failure_that_no_clause_is_named_for_is_not_documented),
        RUN_TEST(an_answer_is_documented_by_what_the_probe_names),
        RUN_TEST(what_is_cut_ends_with_a_whole_character),
        RUN_TEST(a_comparison_forgets_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

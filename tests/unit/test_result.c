#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/seen.h"

#include "contract/contract.h"
#include "probe/kept_body.h"
#include "probe/result.h"

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

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(what_must_be_present_is_looked_for),
        RUN_TEST(half_a_body_is_not_spliced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/unit/unit.h"

#include "tests/unit/runner_world.h"

#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "judge/retry.h"
#include "probe/canary.h"

#include <stdlib.h>
#include <string.h>

static struct runner_world fixture;

static int set_up(void **state)
{
    (void)state;
    return runner_world_set_up(&fixture) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    runner_world_tear_down(&fixture);
    return 0;
}

static void start(const char *name, struct runner_options options)
{
    runner_world_plan(&fixture, name, options.policy);
    runner_world_begin(&fixture, options);
}

static void run(const char *name, struct runner_options options)
{
    start(name, options);
    runner_world_until_done(&fixture);
}

static int64_t requests(void)
{
    struct runner_tally tally;

    runner_tally(fixture.runner, &tally);
    return tally.requests;
}

static const char *report(void)
{
    return runner_world_report(&fixture);
}

static void suite_passes(const char *name)
{
    run(name, (struct runner_options){.parallel = 8});
    if (*report())
        fail_msg("%s", report());
}

/* ---- against a simulator that behaves ---- */

static void negative_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    suite_passes("negative");
}

static void canary_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    suite_passes("canary");
}

static void streaming_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    suite_passes("streaming");
}

static void catalog_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    suite_passes("catalog");
}

static void smoke_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    suite_passes("smoke");
}

/* ---- and where it does not ---- */

static void a_stream_that_is_cut_fails_the_canary(void **state)
{
    static char cut[] = "sim/cut-mid-stream";
    struct runner_tally tally;

    (void)state;
    fixture.profile.model = cut;
    run("canary-ready", (struct runner_options){.parallel = 1});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.failed, 4);
    assert_non_null(strstr(report(), "verdict: wanted complete, got truncated"));
}

/* B3 B28: whatever suite it runs in, and by its id alone. */
static void a_canary_proves_its_parts_in_every_suite(void **state)
{
    size_t canaries = 0;

    (void)state;
    run("smoke", (struct runner_options){.parallel = 8});
    for (size_t i = 0; i < fixture.plan.count; i++) {
        const struct probe_result *result = runner_result(fixture.runner, i);

        assert_int_equal(result->canary != NULL, result->plan_case->probe->canary);
        canaries += result->canary != NULL;
    }
    assert_int_equal(canaries, 5);
}

static void a_canary_proves_its_parts_by_its_id(void **state)
{
    (void)state;
    run("canary-json", (struct runner_options){.parallel = 2});
    assert_null(runner_result(fixture.runner, 0)->plan_case->suite);
    assert_non_null(runner_result(fixture.runner, 0)->canary);
}

/*
 * Where nobody listens nothing was seen, whatever would also fit: a probe passes only when it is
 * about that, which it tells by the class.
 */
static void nobody_who_answers_passes_no_probe(void **state)
{
    static char nobody[] = "http://127.0.0.1:1";
    static const char *const suites[] = {"streaming", "catalog", "negative"};
    size_t judged = 0;

    (void)state;
    fixture.profile.base_url = nobody;
    snprintf(fixture.simulator, sizeof(fixture.simulator), "%s", nobody);
    for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
        run(suites[i], (struct runner_options){.parallel = 8});
        for (size_t j = 0; j < fixture.plan.count; j++) {
            const struct probe_result *result = runner_result(fixture.runner, j);
            const struct probe *probe = result->plan_case->probe;
            bool meant = probe->expect.refused || probe->change.network != PROBE_NETWORK_NORMAL;

            judged += !meant;
            if (result->outcome != (meant ? OUTCOME_PASS : OUTCOME_ERROR))
                fail_msg("%s: %s", result->plan_case->name, outcome_name(result->outcome));
            if (!meant)
                assert_int_equal(probe_result_finding(result), FINDING_NONE);
            assert_true(meant || result->notes);
        }
        runner_world_forget(&fixture);
    }
    assert_true(judged > 40);
}

/* B40: what was only observed is never told to be documented. */
static void what_was_observed_is_not_documented(void **state)
{
    static const char id[] = "errors.auth.status";
    struct contract *contract = fixture.workspace.contract;
    struct json *seen = json_new_object();
    struct error error;

    (void)state;
    json_set_integer(seen, "value", 401);
    json_set_string(seen, "at", "2026-11-20T10:00:00Z");
    json_set_string(seen, "evidence", "ev-1");
    if (!contract_set(contract, id, "accessed", json_new_null(), &error) ||
        !contract_set(contract, id, "observed", seen, &error))
        fail_msg("%s", error.text);
    assert_int_equal(clause_status(contract_find(contract, id)), CLAUSE_OBSERVED);
    run("no-key", (struct runner_options){.parallel = 1});
    assert_int_equal(runner_result(fixture.runner, 0)->documented, IS_NO);
    assert_int_equal(probe_result_finding(runner_result(fixture.runner, 0)),
                     FINDING_NOT_DOCUMENTED);
}

/* B16: it goes out by the interface of the profile, and its record tells the way. */
static void a_canary_goes_out_by_the_interface_of_the_profile(void **state)
{
    static char own[] = "127.0.0.2", none[] = "192.0.2.1";
    const struct probe_result *result;

    (void)state;
    fixture.profile.interface = own;
    run("canary-json", (struct runner_options){.parallel = 1});
    result = runner_result(fixture.runner, 0);
    assert_int_equal(result->outcome, OUTCOME_PASS);
    assert_non_null(strstr(result->canary->network, "from 127.0.0.2 to 127.0.0.1:"));
    assert_non_null(strstr(result->canary->network, "no proxy, certificates of "));
    runner_world_forget(&fixture);
    fixture.profile.interface = none;
    run("canary-json", (struct runner_options){.parallel = 1});
    result = runner_result(fixture.runner, 0);
    assert_int_equal(result->outcome, OUTCOME_ERROR);
    assert_null(result->canary->network);
}

/* A16 D9: one case is one request. */
static void one_attempt_is_one_request(void **state)
{
    struct runner_tally tally;

    (void)state;
    run("no-model", (struct runner_options){.parallel = 1});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, 2);
    assert_int_equal(fixture.attempts, 2);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 1);
}

/* A53 D9 D49: what was sent stands beside what the contract says, and it is sent once. */
static void a_changed_request_line_stands_beside_the_contracts(void **state)
{
    static const struct {
        const char *method, *path;
    } lines[] = {
        {"GET", "/v1/models"}, {"POST", "/v1/chat/completions"}, {"POST", "/v1/responses"}};
    struct retry_policy *policy = retry_policy_open(NULL, NULL);

    (void)state;
    run("wrong-path", (struct runner_options){.parallel = 1, .policy = policy});
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        const struct probe_result *result = runner_result(fixture.runner, i);
        char *wanted =
            xasprintf("request line %s %s%s-no-such-path instead of %s %s", lines[i].method,
                      fixture.base, lines[i].path, lines[i].method, lines[i].path);

        assert_string_equal(result->departs, wanted);
        assert_non_null(strstr(result->differs, wanted)); /* and on the evidence */
        assert_int_equal(result->attempts, 1);
        free(wanted);
    }
    runner_world_forget(&fixture);
    retry_policy_free(policy);
}

/* B38 B17: nothing goes out. */
static void what_is_refused_locally_sends_nothing(void **state)
{
    struct runner_tally tally;

    (void)state;
    run("oversize-refused", (struct runner_options){.parallel = 1});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, 0);
    assert_int_equal(tally.passed, 2);
    assert_string_equal(runner_result(fixture.runner, 0)->id, "");
    assert_non_null(strstr(runner_result(fixture.runner, 0)->notes, "limits.input_bytes"));
}

/* A shipped probe, changed by the test, with the first of its operations. */
static void run_changed(const struct probe *probe)
{
    runner_world_plan(&fixture, probe->id, NULL);
    fixture.plan.count = 1;
    fixture.plan.cases[0].probe = probe;
    runner_world_begin(&fixture, (struct runner_options){.parallel = 1});
    runner_world_until_done(&fixture);
}

static struct probe shipped(const char *id)
{
    return *library_find_probe(fixture.library, id);
}

static void assert_unsent(enum outcome outcome, const char *words)
{
    const struct probe_result *result = runner_result(fixture.runner, 0);

    assert_int_equal(requests(), 0);
    assert_int_equal(result->outcome, outcome);
    if (!result->notes || !strstr(result->notes, words))
        fail_msg("%s", result->notes ? result->notes : "no notes");
}

/* D38: it counts as no request, so none goes out, even where no clause refuses it. */
static void what_should_be_refused_is_never_sent(void **state)
{
    struct probe probe = shipped("placeholder-refused");

    (void)state;
    memset(probe.mutations, 0, sizeof(probe.mutations));
    run_changed(&probe);
    assert_unsent(OUTCOME_FAIL, "let it through");
}

static void a_refusal_at_another_place_fails(void **state)
{
    struct probe probe = shipped("placeholder-refused");

    (void)state;
    probe.expect.refused_at = "/temperature";
    run_changed(&probe);
    assert_unsent(OUTCOME_FAIL, "refused at: wanted /temperature, got /model");
}

/* Only a request clause refuses: nothing else that goes wrong is what the probe expects. */
static void a_body_that_cannot_be_made_is_no_refusal(void **state)
{
    static const char text[] = "[{\"op\": \"remove\", \"path\": \"/no/such/place\"}]";
    struct json *patch = json_parse(text, strlen(text), "test", NULL);
    struct probe probe = shipped("placeholder-refused");

    (void)state;
    probe.mutations[OPERATION_CHAT] = patch;
    run_changed(&probe);
    assert_unsent(OUTCOME_ERROR, "does not apply");
    json_free(patch);
}

/* B17 is about whom it goes to, not about the body. */
static void a_pending_clause_is_no_refusal(void **state)
{
    struct probe probe = shipped("placeholder-refused");

    (void)state;
    fixture.profile.production = true;
    memset(probe.mutations, 0, sizeof(probe.mutations));
    run_changed(&probe);
    assert_unsent(OUTCOME_ERROR, "production");
}

/* D38: the cap holds over all cases. */
static void the_cap_on_requests_holds(void **state)
{
    struct runner_tally tally;

    (void)state;
    run("negative", (struct runner_options){.parallel = 4, .requests_max = 5});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, 5);
    assert_true(tally.skipped > 0);
}

/* D38: an attempt that the cap forbids leaves what the one before it showed. */
static void the_cap_ends_retries_with_what_was_seen(void **state)
{
    static char limited[] = "sim/rate-limited-ms";
    struct retry_policy *policy = retry_policy_open(NULL, NULL);
    struct runner_tally tally;

    (void)state;
    fixture.profile.model = limited;
    run("canary-json", (struct runner_options){.parallel = 1, .policy = policy, .requests_max = 2});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, 2);
    assert_int_equal(tally.running, 0);
    assert_int_equal(tally.failed, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct probe_result *result = runner_result(fixture.runner, i);

        assert_int_equal(result->attempts, 1);
        assert_string_equal(result->failure.class, "rate-limit");
        assert_non_null(strstr(result->notes, "status: wanted 2xx, got 429"));
        assert_non_null(strstr(result->notes, "not asked again: the run may send 2 requests"));
    }
    runner_free(fixture.runner);
    fixture.runner = NULL;
    retry_policy_free(policy);
}

/* A server that never answers one probe does not hold the others; a cancel settles every case. */
static void a_cancelled_run_settles_every_case(void **state)
{
    static char endless[] = "sim/silence";
    struct runner_tally tally;

    (void)state;
    fixture.profile.model = endless;
    start("canary", (struct runner_options){.parallel = 2});
    do {
        loop_iterate(fixture.loop, INT64_MAX);
        runner_tally(fixture.runner, &tally);
    } while (tally.running < 2);
    runner_cancel(fixture.runner);
    runner_world_until_done(&fixture);
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.stopped, 2);
    assert_int_equal(tally.skipped, fixture.plan.count - 2);
    assert_int_equal(tally.requests, 2);
}

/* Its result is forgotten, the others stay; what runs cannot be run again. */
static void a_settled_case_is_run_again_alone(void **state)
{
    char id[EVIDENCE_ID];
    struct runner_tally tally;
    int64_t requests;

    (void)state;
    start("no-key", (struct runner_options){.parallel = 8});
    assert_false(runner_again(fixture.runner, 0));
    runner_world_until_done(&fixture);
    runner_tally(fixture.runner, &tally);
    requests = tally.requests;
    snprintf(id, sizeof(id), "%s", runner_result(fixture.runner, 1)->id);
    fixture.done = false;
    assert_true(runner_again(fixture.runner, 1));
    assert_false(runner_again(fixture.runner, 1));
    runner_world_until_done(&fixture);
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, requests + 1);
    assert_int_equal(tally.passed, fixture.plan.count);
    assert_string_not_equal(runner_result(fixture.runner, 1)->id, id);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 1);
}

/* After a cancel a case that is run again has its attempts as any other. */
static void a_case_of_a_cancelled_run_is_tried_again(void **state)
{
    static char limited[] = "sim/rate-limited-ms";
    struct retry_policy *policy = retry_policy_open(NULL, NULL);

    (void)state;
    fixture.profile.model = limited;
    start("canary-json", (struct runner_options){.parallel = 1, .policy = policy});
    runner_cancel(fixture.runner);
    runner_world_until_done(&fixture);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_SKIPPED);
    fixture.done = false;
    assert_true(runner_again(fixture.runner, 0));
    runner_world_until_done(&fixture);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_FAIL);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 3);
    runner_free(fixture.runner);
    fixture.runner = NULL;
    retry_policy_free(policy);
}

static void a_run_can_be_freed_while_it_runs(void **state)
{
    static char endless[] = "sim/silence";
    struct runner_tally tally;

    (void)state;
    fixture.profile.model = endless;
    start("canary", (struct runner_options){.parallel = 2});
    do {
        loop_iterate(fixture.loop, INT64_MAX);
        runner_tally(fixture.runner, &tally);
    } while (tally.running < 2);
    runner_free(fixture.runner);
    fixture.runner = NULL;
}

/* D42: a transient failure is tried again, under the policy and no more often. */
static void a_transient_failure_is_tried_again(void **state)
{
    static char limited[] = "sim/rate-limited-ms";
    struct retry_policy *policy = retry_policy_open(NULL, NULL);
    struct runner_tally tally;

    (void)state;
    fixture.profile.model = limited;
    run("canary-json", (struct runner_options){.parallel = 2, .policy = policy});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 3);
    assert_int_equal(tally.requests, 6);
    assert_int_equal(fixture.attempts, 6);
    assert_int_equal(tally.failed, 2);
    runner_free(fixture.runner);
    fixture.runner = NULL;
    retry_policy_free(policy);
}

/* B17: a production profile does not rest on what is only pending. */
static void production_refuses_what_rests_on_pending_clauses(void **state)
{
    struct runner_tally tally;

    (void)state;
    fixture.profile.production = true;
    run("canary-json", (struct runner_options){.parallel = 2});
    runner_tally(fixture.runner, &tally);
    assert_int_equal(tally.requests, 0);
    assert_int_equal(tally.errors, 2);
    assert_non_null(strstr(report(), "production"));
}

/* No key goes to the simulator, and none into a result. */
static void no_result_holds_the_key(void **state)
{
    (void)state;
    run("negative", (struct runner_options){.parallel = 8});
    for (size_t i = 0; i < fixture.plan.count; i++) {
        const struct probe_result *result = runner_result(fixture.runner, i);

        assert_false(result->notes && strstr(result->notes, RUNNER_KEY));
        assert_false(result->endpoint && strstr(result->endpoint, RUNNER_KEY));
        for (size_t j = 0; j < result->check_count; j++)
            assert_false(strstr(result->checks[j].got, RUNNER_KEY));
    }
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(negative_passes_where_the_simulator_behaves),
        RUN_TEST(canary_passes_where_the_simulator_behaves),
        RUN_TEST(streaming_passes_where_the_simulator_behaves),
        RUN_TEST(catalog_passes_where_the_simulator_behaves),
        RUN_TEST(smoke_passes_where_the_simulator_behaves),
        RUN_TEST(a_stream_that_is_cut_fails_the_canary),
        RUN_TEST(a_canary_proves_its_parts_in_every_suite),
        RUN_TEST(a_canary_proves_its_parts_by_its_id),
        RUN_TEST(nobody_who_answers_passes_no_probe),
        RUN_TEST(what_was_observed_is_not_documented),
        RUN_TEST(a_canary_goes_out_by_the_interface_of_the_profile),
        RUN_TEST(one_attempt_is_one_request),
        RUN_TEST(a_changed_request_line_stands_beside_the_contracts),
        RUN_TEST(what_is_refused_locally_sends_nothing),
        RUN_TEST(what_should_be_refused_is_never_sent),
        RUN_TEST(a_refusal_at_another_place_fails),
        RUN_TEST(a_body_that_cannot_be_made_is_no_refusal),
        RUN_TEST(a_pending_clause_is_no_refusal),
        RUN_TEST(the_cap_on_requests_holds),
        RUN_TEST(the_cap_ends_retries_with_what_was_seen),
        RUN_TEST(a_cancelled_run_settles_every_case),
        RUN_TEST(a_settled_case_is_run_again_alone),
        RUN_TEST(a_case_of_a_cancelled_run_is_tried_again),
        RUN_TEST(a_run_can_be_freed_while_it_runs),
        RUN_TEST(a_transient_failure_is_tried_again),
        RUN_TEST(production_refuses_what_rests_on_pending_clauses),
        RUN_TEST(no_result_holds_the_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

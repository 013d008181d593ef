/* probe/runner: when a case is tried again, by a clock that only the test moves (D41 D42 D50 D67).
 */
#include "tests/unit/unit.h"

#include "tests/unit/runner_world.h"

#include "base/file.h"
#include "judge/retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct runner_world fixture;
static int64_t now_us; /* of a clock that stands still unless it is moved */

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

static int64_t requests(void)
{
    struct runner_tally tally;

    runner_tally(fixture.runner, &tally);
    return tally.requests;
}

static int64_t frozen_us(void *context)
{
    (void)context;
    return now_us;
}

/* Half of what full jitter may take. */
static uint64_t half(void *context)
{
    (void)context;
    return UINT64_C(1) << 63;
}

static void freeze(void)
{
    now_us = clock_now_us(&clock_system);
    fixture.clock.monotonic_us = frozen_us;
    fixture.clock.random = half;
}

/* Sockets go on, the clock does not: a millisecond at most is waited for them. */
static void until_ended(int attempts)
{
    for (int i = 0; i < 5000 && fixture.attempts < attempts && !fixture.done; i++)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_int_equal(fixture.attempts, attempts);
}

static void until_sent(int64_t wanted)
{
    for (int i = 0; i < 5000 && requests() < wanted; i++)
        loop_iterate(fixture.loop, now_us);
    assert_int_equal(requests(), wanted);
}

/* The next attempt goes out at `pause_us` behind the one that ended, not a microsecond sooner. */
static void expect_pause(int64_t pause_us)
{
    int64_t before = requests();

    now_us += pause_us - 1;
    for (int i = 0; i < 5; i++)
        loop_iterate(fixture.loop, now_us);
    assert_int_equal(requests(), before);
    now_us++;
    loop_iterate(fixture.loop, now_us);
    assert_int_equal(requests(), before + 1);
}

static struct retry_policy *policy_with(const char *numbers)
{
    char folder[] = "/tmp/cometdeck-runner.XXXXXX", file[64], text[512];
    struct retry_policy *policy;
    struct error error = {.kind = ERROR_NONE};
    int len = snprintf(text, sizeof(text), "{\"retry\": {\"numbers\": {%s}}}", numbers);

    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/cometdeck.json", folder);
    assert_true(file_replace(NULL, file, text, (size_t)len, 0644, NULL, NULL, &error));
    policy = retry_policy_open(folder, &error);
    if (!policy)
        fail_msg("%s", error.text);
    unlink(file);
    rmdir(folder);
    return policy;
}

/* The first `cases` of two. */
static void begin(char *model, const struct retry_policy *policy, size_t cases)
{
    freeze();
    fixture.profile.model = model;
    runner_world_plan(&fixture, "canary-json", policy);
    fixture.plan.count = cases;
    runner_world_begin(&fixture, (struct runner_options){.parallel = 1, .policy = policy});
}

static void end(struct retry_policy *policy)
{
    runner_free(fixture.runner);
    fixture.runner = NULL;
    retry_policy_free(policy);
}

/* D42: base 500 ms that doubles, full jitter: half of it is what chance says here. */
static void pauses_double_and_are_jittered(void **state)
{
    static char model[] = "sim/bad-gateway";
    struct retry_policy *policy =
        policy_with("\"attempts_max\": {\"value\": 5, \"reason\": \"unit\"}, "
                    "\"cap_ms\": {\"value\": 1500, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    expect_pause(250000);
    until_ended(2);
    expect_pause(500000);
    until_ended(3);
    expect_pause(750000); /* half of the cap */
    until_ended(4);
    expect_pause(750000);
    until_ended(5);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_FAIL);
    end(policy);
}

/* D42: a class that allows one more attempt allows it after a failure of another class, too. */
static void one_more_attempt_is_counted_for_each_class(void **state)
{
    static char model[] = "sim/bad-gateway", nobody[] = "http://127.0.0.1:1";
    struct retry_policy *policy =
        policy_with("\"attempts_max\": {\"value\": 5, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    fixture.profile.base_url = nobody;
    expect_pause(250000);
    until_ended(2);
    assert_string_equal(runner_result(fixture.runner, 0)->failure.class, "refused");
    expect_pause(500000);
    until_ended(3);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_ERROR);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 3); /* once, and not again */
    end(policy);
}

/* D50: the hint of the answer goes before the own pause, to the millisecond. */
static void a_hint_is_honoured_exactly(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    struct retry_policy *policy = policy_with("");

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    expect_pause(350000);
    until_ended(2);
    expect_pause(350000);
    until_ended(3);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 3);
    end(policy);
}

/* D50 D67: one that asks to wait beyond the deadline ends the retries at once. */
static void a_hint_beyond_the_deadline_ends_the_retries(void **state)
{
    static char model[] = "sim/rate-limited-seconds"; /* 7 s */
    struct retry_policy *policy =
        policy_with("\"deadline_ms\": {\"value\": 7000, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_FAIL);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 1);
    end(policy);
}

/* A pause holds no slot: where one case alone may be on the wire, the others go on meanwhile. */
static void a_case_that_pauses_holds_no_other(void **state)
{
    static char model[] = "sim/bad-gateway";
    struct retry_policy *policy = policy_with("");

    (void)state;
    begin(model, policy, 2);
    until_ended(2);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 1);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 1);
    now_us += 250000;
    until_sent(3);
    assert_int_equal(runner_result(fixture.runner, 0)->attempts, 2); /* both are due */
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 1);
    until_ended(4);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 2);
    end(policy);
}

/* D50: who asks us to wait is asked nothing until then, whatever case it would be. */
static void a_hint_holds_every_case_for_that_server(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    struct retry_policy *policy =
        policy_with("\"attempts_max\": {\"value\": 1, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 2);
    until_ended(1);
    expect_pause(350000);
    until_ended(2);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 1);
    end(policy);
}

/* The private simulator is another server. */
static void a_hint_holds_no_case_for_another_server(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    const char *const names[] = {"canary-json", "no-usage"};
    const struct plan_choice choice = {.names = names, .name_count = 2};
    struct error error;

    (void)state;
    freeze();
    fixture.profile.model = model;
    runner_world_plan(&fixture, "canary-json", NULL);
    plan_release(&fixture.plan);
    if (!plan_make(&fixture.plan, fixture.library, &choice, NULL, &error))
        fail_msg("%s", error.text);
    fixture.plan.count = 3;
    assert_int_equal(fixture.plan.cases[1].probe->target, PROBE_ENDPOINT);
    assert_int_equal(fixture.plan.cases[2].probe->target, PROBE_SIMULATOR);
    runner_world_begin(&fixture, (struct runner_options){.parallel = 1});
    until_ended(2);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 0);
    assert_int_equal(runner_result(fixture.runner, 2)->attempts, 1);
    expect_pause(350000);
    until_ended(3);
    runner_free(fixture.runner);
    fixture.runner = NULL;
}

/* All of them at once behind the pause would be the storm it was asked for: D50. */
static void behind_a_pause_one_request_goes_first(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    struct retry_policy *policy =
        policy_with("\"attempts_max\": {\"value\": 2, \"reason\": \"unit\"}");

    (void)state;
    freeze();
    fixture.profile.model = model;
    runner_world_plan(&fixture, "canary-json", policy);
    fixture.plan.count = 2;
    runner_world_begin(&fixture, (struct runner_options){.parallel = 2, .policy = policy});
    until_ended(2);
    expect_pause(350000);
    until_ended(3);
    expect_pause(350000);
    until_ended(4);
    end(policy);
}

/* What the simulator asks for holds nothing that goes to the endpoint. */
static void a_hint_of_the_simulator_holds_nothing(void **state)
{
    static char model[] = "sim/ready";
    const char *const names[] = {"canary-json", "rate-limited"};
    const struct plan_choice choice = {.names = names, .name_count = 2};
    struct plan_case first;
    struct error error;

    (void)state;
    freeze();
    fixture.profile.model = model;
    runner_world_plan(&fixture, "canary-json", NULL);
    plan_release(&fixture.plan);
    if (!plan_make(&fixture.plan, fixture.library, &choice, NULL, &error))
        fail_msg("%s", error.text);
    first = fixture.plan.cases[0];
    fixture.plan.cases[0] = fixture.plan.cases[fixture.plan.count - 1];
    fixture.plan.cases[fixture.plan.count - 1] = first;
    assert_int_equal(fixture.plan.cases[0].probe->target, PROBE_SIMULATOR);
    assert_int_equal(fixture.plan.cases[1].probe->target, PROBE_ENDPOINT);
    runner_world_begin(&fixture, (struct runner_options){.parallel = 1});
    until_ended(2);
    assert_int_equal(runner_result(fixture.runner, 1)->attempts, 1);
    runner_free(fixture.runner);
    fixture.runner = NULL;
}

/* Short pauses add up: D67. */
static void the_pauses_of_a_run_together_have_an_end(void **state)
{
    static char model[] = "sim/rate-limited-ms"; /* 350 ms */
    struct retry_policy *policy =
        policy_with("\"attempts_max\": {\"value\": 5, \"reason\": \"unit\"}, "
                    "\"deadline_ms\": {\"value\": 1000, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 2);
    until_ended(1);
    expect_pause(350000);
    until_ended(2);
    expect_pause(350000);
    until_ended(3);
    for (int i = 0; i < 5000 && !fixture.done; i++)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_true(fixture.done);
    assert_int_equal(requests(), 3);
    assert_int_equal(runner_result(fixture.runner, 1)->outcome, OUTCOME_SKIPPED);
    assert_non_null(strstr(runner_result(fixture.runner, 1)->notes, "pauses of 1 s in all"));
    end(policy);
}

/* D67: a run does not stand still for longer than a single request may take. */
static void a_hint_beyond_the_deadline_leaves_the_others_out(void **state)
{
    static char model[] = "sim/rate-limited-seconds"; /* 7 s */
    struct retry_policy *policy =
        policy_with("\"deadline_ms\": {\"value\": 7000, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 2);
    until_ended(1);
    for (int i = 0; i < 5000 && !fixture.done; i++)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_true(fixture.done);
    assert_int_equal(requests(), 1);
    assert_int_equal(runner_result(fixture.runner, 1)->outcome, OUTCOME_SKIPPED);
    assert_non_null(strstr(runner_result(fixture.runner, 1)->notes, "asked for pauses of 7 s"));
    end(policy);
}

/* A cancel does not wait for it either. */
static void a_cancel_ends_the_wait_for_a_server(void **state)
{
    static char model[] = "sim/rate-limited-seconds";
    struct retry_policy *policy = policy_with("");

    (void)state;
    begin(model, policy, 2);
    until_ended(1);
    runner_cancel(fixture.runner);
    for (int i = 0; i < 5000 && !fixture.done; i++)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_true(fixture.done);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_STOPPED);
    assert_int_equal(runner_result(fixture.runner, 1)->outcome, OUTCOME_SKIPPED);
    assert_non_null(strstr(runner_result(fixture.runner, 1)->notes, "nothing was sent"));
    end(policy);
}

/* D41: what is due when the deadline is over is not sent to be given up at once. */
static void no_attempt_begins_behind_the_deadline(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    struct retry_policy *policy =
        policy_with("\"deadline_ms\": {\"value\": 1000, \"reason\": \"unit\"}");

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    now_us += 1000000;
    until_ended(1);
    while (!fixture.done)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_int_equal(requests(), 1);
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_FAIL);
    assert_non_null(strstr(runner_result(fixture.runner, 0)->notes, "the deadline was over"));
    end(policy);
}

/* What pauses, and what waits for its turn after a pause, is settled by a cancel. */
static void a_cancel_ends_pauses(void **state)
{
    static char model[] = "sim/bad-gateway";
    struct retry_policy *policy = policy_with("");

    (void)state;
    begin(model, policy, 2);
    until_ended(2);
    now_us += 250000;
    until_sent(3);
    runner_cancel(fixture.runner);
    for (int i = 0; i < 5000 && !fixture.done; i++)
        loop_iterate(fixture.loop, now_us + 1000);
    assert_true(fixture.done);
    assert_int_equal(requests(), 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(runner_result(fixture.runner, i)->outcome, OUTCOME_STOPPED);
        assert_non_null(strstr(runner_result(fixture.runner, i)->notes, "had been sent"));
    }
    end(policy);
}

/* D41: an attempt that is not the first ends at the deadline, whatever the limits of it are. */
static void the_deadline_ends_an_attempt(void **state)
{
    static char model[] = "sim/rate-limited-ms";
    struct retry_policy *policy =
        policy_with("\"deadline_ms\": {\"value\": 1000, \"reason\": \"unit\"}");
    char silent[128];

    (void)state;
    begin(model, policy, 1);
    until_ended(1);
    snprintf(silent, sizeof(silent), "%s/sim/as/silence", fixture.base);
    fixture.profile.base_url = silent;
    expect_pause(350000);
    now_us += 1000000 - 350000 - 1;
    for (int i = 0; i < 5; i++)
        loop_iterate(fixture.loop, now_us);
    assert_int_equal(fixture.attempts, 1);
    now_us++;
    until_ended(2);
    assert_string_equal(runner_result(fixture.runner, 0)->failure.class, "timeout");
    assert_int_equal(runner_result(fixture.runner, 0)->outcome, OUTCOME_ERROR);
    end(policy);
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        RUN_TEST(pauses_double_and_are_jittered),
        RUN_TEST(one_more_attempt_is_counted_for_each_class),
        RUN_TEST(a_hint_is_honoured_exactly),
        RUN_TEST(a_hint_beyond_the_deadline_ends_the_retries),
        RUN_TEST(a_case_that_pauses_holds_no_other),
        RUN_TEST(a_hint_holds_every_case_for_that_server),
        RUN_TEST(a_hint_holds_no_case_for_another_server),
        RUN_TEST(behind_a_pause_one_request_goes_first),
        RUN_TEST(a_hint_of_the_simulator_holds_nothing),
        RUN_TEST(the_pauses_of_a_run_together_have_an_end),
        RUN_TEST(a_hint_beyond_the_deadline_leaves_the_others_out),
        RUN_TEST(a_cancel_ends_the_wait_for_a_server),
        RUN_TEST(no_attempt_begins_behind_the_deadline),
        RUN_TEST(a_cancel_ends_pauses),
        RUN_TEST(the_deadline_ends_an_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

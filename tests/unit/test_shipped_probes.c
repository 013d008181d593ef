#include "tests/unit/unit.h"

#include "tests/unit/runner_world.h"

#include "base/bytes.h"
#include "command/check_report.h"

#include <stdio.h>
#include <string.h>

/*
 * Every probe that comes with the product, whether a suite has it or not, with every operation and
 * both ways to answer: it passes where the simulator behaves and fails where it does not. A probe
 * that nothing can fail proves nothing.
 */
static struct runner_world world;

static int set_up(void **state)
{
    (void)state;
    return runner_world_set_up(&world) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    runner_world_tear_down(&world);
    return 0;
}

static void run_planned(void)
{
    runner_world_begin(&world, (struct runner_options){.parallel = 8});
    runner_world_until_done(&world);
}

static void every_shipped_probe_passes_where_the_simulator_behaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < library_probe_count(world.library); i++) {
        runner_world_plan(&world, library_probe(world.library, i)->id, NULL);
        assert_true(world.plan.count > 0);
        run_planned();
        if (*runner_world_report(&world))
            fail_msg("%s", runner_world_report(&world));
        runner_world_forget(&world);
    }
}

/* ---- where it does not behave ---- */

static bool expects_success(const struct probe *probe)
{
    return probe_words_hold(&probe->expect.failures, "none") ||
           probe_words_hold(&probe->expect.verdicts, "complete");
}

/*
 * A fault where the probe expects none, none where it expects one. One that expects of the private
 * simulator that a peculiar answer is taken as whole meets one that is not peculiar: it must tell
 * them apart. What is refused before sending meets no server: a body that nothing is wrong with
 * fails it.
 */
static struct probe contrary(const struct probe *probe)
{
    struct probe other = *probe;

    other.change.network = PROBE_NETWORK_NORMAL;
    if (probe->target == PROBE_SIMULATOR)
        other.scenario = "default";
    if (probe->expect.refused) {
        memset(other.mutations, 0, sizeof(other.mutations));
        other.change.oversize = 0;
    }
    return other;
}

static void assert_fails(const struct probe_result *result)
{
    const char *name = result->plan_case->name;

    if (result->outcome != OUTCOME_FAIL)
        fail_msg("%s: %s, where it must fail (HTTP %d, class %s)", name,
                 outcome_name(result->outcome), result->http_status, result->failure.class);
    if (!result->notes || !strstr(result->notes, "wanted "))
        fail_msg("%s fails without a word of what was wanted", name);
    if (!check_advice(result))
        fail_msg("%s fails without a word of what to do", name);
}

static void every_shipped_probe_fails_where_the_simulator_does_not(void **state)
{
    char anything[96], outage[96];

    (void)state;
    snprintf(anything, sizeof(anything), "%s/sim/as/accepts-anything", world.base);
    snprintf(outage, sizeof(outage), "%s/sim/as/outage", world.base);
    for (size_t i = 0; i < library_probe_count(world.library); i++) {
        const struct probe *probe = library_probe(world.library, i);
        const struct probe other = contrary(probe);

        world.profile.base_url = expects_success(probe) ? outage : anything;
        runner_world_plan(&world, probe->id, NULL);
        for (size_t j = 0; j < world.plan.count; j++)
            world.plan.cases[j].probe = &other;
        run_planned();
        for (size_t j = 0; j < world.plan.count; j++)
            assert_fails(runner_result(world.runner, j));
        runner_world_forget(&world);
    }
}

/* An answer that is almost right: every outage fails a probe, this takes one that looks. */
static const char *near_miss(const struct probe *probe)
{
    return probe->operations[OPERATION_MODELS] ? "catalog-no-id" : "empty";
}

static void what_expects_an_answer_fails_where_one_is_almost_right(void **state)
{
    char almost[96];
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < library_probe_count(world.library); i++) {
        const struct probe *probe = library_probe(world.library, i);

        if (probe->target == PROBE_SIMULATOR || !expects_success(probe))
            continue;
        snprintf(almost, sizeof(almost), "%s/sim/as/%s", world.base, near_miss(probe));
        world.profile.base_url = almost;
        runner_world_plan(&world, probe->id, NULL);
        run_planned();
        for (size_t j = 0; j < world.plan.count; j++)
            assert_fails(runner_result(world.runner, j));
        runner_world_forget(&world);
        count++;
    }
    assert_true(count >= 5);
}

/* ---- where nothing is streamed ---- */

static void run_against(const char *scenario)
{
    char as[96];

    snprintf(as, sizeof(as), "%s/sim/as/%s", world.base, scenario);
    world.profile.base_url = as;
    run_planned();
}

/* D54: an endpoint that answers with one JSON body does not stream, however whole that is. */
static void every_probe_of_streaming_fails_where_one_json_body_comes(void **state)
{
    const struct suite *suite = library_find_suite(world.library, "streaming");

    (void)state;
    for (size_t i = 0; i < suite->probes.count; i++) {
        const struct probe *probe = library_find_probe(world.library, suite->probes.items[i]);
        struct probe other = *probe;

        if (probe->target == PROBE_SIMULATOR)
            other.scenario = "not-streamed";
        runner_world_plan(&world, probe->id, NULL);
        for (size_t j = 0; j < world.plan.count; j++)
            world.plan.cases[j].probe = &other;
        run_against("not-streamed");
        for (size_t j = 0; j < world.plan.count; j++)
            assert_fails(runner_result(world.runner, j));
        runner_world_forget(&world);
    }
}

/* Of a canary both are an answer; which one came is told in every format. */
static void what_passes_without_its_stream_tells_so(void **state)
{
    static const enum format formats[] = {FORMAT_TEXT,  FORMAT_JSON,     FORMAT_TAP,
                                          FORMAT_JUNIT, FORMAT_MARKDOWN, FORMAT_JSONL};
    struct check_run run;

    (void)state;
    runner_world_plan(&world, "canary-ready", NULL);
    run_against("not-streamed");
    assert_string_equal(runner_world_report(&world), "");
    run = (struct check_run){.id = "run-unit",
                             .profile = &world.profile,
                             .base_alias = "unit",
                             .plan = &world.plan,
                             .runner = world.runner};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct bytes report;

        bytes_init(&report, SIZE_MAX);
        check_report(&run, formats[i], &report);
        if (!strstr(bytes_text(&report), "not-streamed: A stream was asked for"))
            fail_msg("format %d says nothing of it:\n%s", (int)formats[i], bytes_text(&report));
        bytes_release(&report);
    }
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(every_shipped_probe_passes_where_the_simulator_behaves),
        RUN_TEST(every_shipped_probe_fails_where_the_simulator_does_not),
        RUN_TEST(what_expects_an_answer_fails_where_one_is_almost_right),
        RUN_TEST(every_probe_of_streaming_fails_where_one_json_body_comes),
        RUN_TEST(what_passes_without_its_stream_tells_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

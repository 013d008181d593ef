/* What our engine says of every scenario is what the scenario's own table promises: what clients
 * are held against cannot differ from what `send` says (E36). */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/redact.h"
#include "contract/contract.h"
#include "judge/retry.h"
#include "net/loop.h"
#include "net/transport.h"
#include "probe/reference.h"
#include "simulator/ending.h"
#include "simulator/scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KINDS_MAX = 1024, URL_MAX = 64 };

struct told {
    struct reference_kind kind;
    struct reference reference;
    bool known;
};

struct fixture {
    pid_t simulator;
    char url[URL_MAX];
    struct loop *loop;
    struct transport *transport;
    struct redactor *redactor;
    struct contract *contract;
    /* One for what our timers end, one for the others, which a slow machine may take its time over.
     */
    struct referee *impatient, *patient;
    struct told told[KINDS_MAX];
    size_t count;
};

static struct fixture fixture;

static void on_settled(void *context, const struct reference_kind *kind,
                       const struct reference *reference)
{
    struct told *told = &fixture.told[fixture.count++];

    (void)context;
    told->kind = *kind;
    told->known = reference != NULL;
    if (reference)
        told->reference = *reference;
}

static int set_up(void **state)
{
    const struct simulator_options options = {.quiet = true, .pace_ms = -1};
    struct referee_options referee = {
        .settled = on_settled,
        .simulator = fixture.url,
        .ended_so = scenario_ended_so,
        .total_us = 5000000,
        .gap_us = 2000000,
    };
    uint16_t port;
    int listener = simulator_listen(&options, &port, NULL);

    (void)state;
    fixture = (struct fixture){.simulator = simulator_fork(listener, &options, NULL)};
    close(listener);
    snprintf(fixture.url, sizeof(fixture.url), "http://127.0.0.1:%u", port);
    fixture.loop = loop_new(&clock_system, NULL);
    fixture.transport = transport_new(fixture.loop);
    fixture.redactor = redactor_new();
    fixture.contract = contract_starter();
    referee.loop = fixture.loop;
    referee.transport = fixture.transport;
    referee.redactor = fixture.redactor;
    referee.contract = fixture.contract;
    fixture.impatient = referee_new(&referee);
    referee.total_us = referee.gap_us = 120000000;
    fixture.patient = referee_new(&referee);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    transport_free(fixture.transport);
    referee_free(fixture.impatient);
    referee_free(fixture.patient);
    loop_free(fixture.loop);
    contract_free(fixture.contract);
    redactor_free(fixture.redactor);
    simulator_stop(fixture.simulator);
    return 0;
}

/* Those that nothing but our timers ends. */
static bool waits(const char *scene)
{
    enum step_kind end = scene_end(scene_find(scene));

    return end == STEP_STALL || end == STEP_LOOP;
}

static bool ask_so(const char *scene, enum operation operation, bool stream, unsigned choices)
{
    struct reference_kind kind = {.operation = operation, .stream = stream, .choices = choices};

    snprintf(kind.scene, sizeof(kind.scene), "%s", scene);
    return referee_ask(waits(scene) ? fixture.impatient : fixture.patient, &kind);
}

static bool ask(const char *scene, enum operation operation, unsigned choices)
{
    return ask_so(scene, operation, operation != OPERATION_MODELS, choices);
}

static void wait_for_all(void)
{
    while (!referee_idle(fixture.impatient) || !referee_idle(fixture.patient))
        loop_iterate(fixture.loop, INT64_MAX);
}

static const struct reference *answer(const char *scene)
{
    for (size_t i = 0; i < fixture.count; i++)
        if (strcmp(fixture.told[i].kind.scene, scene) == 0 && fixture.told[i].known)
            return &fixture.told[i].reference;
    fail_msg("nothing is known of %s", scene);
    return NULL;
}

/* Told whole, an answer has no verdict in the table, but it is known. */
static void every_scenario_has_the_verdict_of_its_table(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; scenario_get(i); i++) {
        const struct scenario *scenario = scenario_get(i);

        for (int k = 0; k < OPERATION_COUNT; k++) {
            if (!scene_answers(scene_find(scenario->name), operation_name((enum operation)k)))
                continue;
            assert_true(ask(scenario->name, (enum operation)k,
                            strncmp(scenario->name, "two-choices", 11) == 0 ||
                                    strcmp(scenario->name, "one-of-n") == 0
                                ? 2
                                : 1));
            if (k == OPERATION_CHAT)
                assert_true(ask_so(scenario->name, (enum operation)k, false, 1));
        }
    }
    wait_for_all();
    assert_true(fixture.count > 250);
    for (size_t i = 0; i < fixture.count; i++) {
        const struct told *told = &fixture.told[i];
        const char *wanted = scenario_find(told->kind.scene)->verdict;
        bool promised = told->kind.stream || told->kind.operation == OPERATION_MODELS;

        if (!told->known)
            fail_msg("nothing is known of %s", told->kind.scene);
        if (promised && *wanted && strcmp(wanted, verdict_name(told->reference.verdict)) != 0 &&
            ++wrong)
            print_error("%s of %s is %s, not %s\n", operation_name(told->kind.operation),
                        told->kind.scene, verdict_name(told->reference.verdict), wanted);
    }
    assert_int_equal(wrong, 0);
}

/* A client is not held against what a dead simulator seems to say. */
static void what_a_dead_simulator_does_is_no_reference(void **state)
{
    (void)state;
    simulator_stop(fixture.simulator);
    fixture.simulator = 0;
    ask("ready", OPERATION_CHAT, 1);
    ask("no-reply-reset", OPERATION_CHAT, 1);
    ask("silence", OPERATION_CHAT, 1);
    ask("outage", OPERATION_MODELS, 1);
    wait_for_all();
    assert_int_equal(fixture.count, 4);
    for (size_t i = 0; i < fixture.count; i++)
        assert_false(fixture.told[i].known);
}

/* It dies while it answers: what came until then is half of an answer that is whole. */
static void what_a_simulator_began_before_its_death_is_none(void **state)
{
    (void)state;
    ask("headers-then-silence", OPERATION_CHAT, 1);
    ask("stall", OPERATION_CHAT, 1);
    for (int i = 0; i < 50; i++)
        loop_iterate(fixture.loop, clock_now_us(&clock_system) + 2000);
    assert_int_equal(fixture.count, 0);
    simulator_stop(fixture.simulator);
    fixture.simulator = 0;
    wait_for_all();
    assert_int_equal(fixture.count, 2);
    assert_false(fixture.told[0].known);
    assert_false(fixture.told[1].known);
}

static void hints_are_those_of_the_answers(void **state)
{
    (void)state;
    ask("rate-limited-seconds", OPERATION_CHAT, 1);
    ask("rate-limited-ms", OPERATION_CHAT, 1);
    ask("rate-limited-nonsense", OPERATION_CHAT, 1);
    ask("rate-limited", OPERATION_CHAT, 1);
    wait_for_all();
    assert_int_equal(answer("rate-limited-seconds")->hint.wait_us, 7000000);
    assert_int_equal(answer("rate-limited-ms")->hint.wait_us, 350000);
    assert_int_equal(answer("rate-limited-nonsense")->hint.kind, RETRY_HINT_IGNORED);
    assert_int_equal(answer("rate-limited")->hint.kind, RETRY_HINT_NONE);
}

static void classes_follow_the_body_and_not_the_status(void **state)
{
    (void)state;
    ask("messages-required", OPERATION_CHAT, 1);
    ask("model-not-found", OPERATION_CHAT, 1);
    ask("cut-mid-stream", OPERATION_CHAT, 1);
    ask("stall", OPERATION_CHAT, 1);
    wait_for_all();
    assert_string_equal(answer("messages-required")->failure.class, "request");
    assert_string_equal(answer("model-not-found")->failure.class, "model-unknown");
    assert_string_equal(answer("cut-mid-stream")->failure.class, "truncated");
    assert_true(answer("cut-mid-stream")->partial);
    assert_string_equal(answer("stall")->failure.class, "stalled");
}

static void a_kind_is_asked_once(void **state)
{
    (void)state;
    assert_true(ask("ready", OPERATION_CHAT, 1));
    assert_false(ask("ready", OPERATION_CHAT, 1));
    assert_true(ask("ready", OPERATION_RESPONSES, 1));
    wait_for_all();
    assert_int_equal(fixture.count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_scenario_has_the_verdict_of_its_table),
        TEST(what_a_dead_simulator_does_is_no_reference),
        TEST(what_a_simulator_began_before_its_death_is_none),
        TEST(hints_are_those_of_the_answers),
        TEST(classes_follow_the_body_and_not_the_status),
        TEST(a_kind_is_asked_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

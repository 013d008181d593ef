/*
 * Every answer of the simulator through an exchange: it is judged as the table says, and its
 * capture replays to the same verdict (the cases of streams.md, D57 D58 E9).
 */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "net/loop.h"
#include "simulator/simulator.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS_MAX = 512 };

static bool is_silent(const struct scenario *scenario)
{
    return strcmp(scenario->verdict, "stalled") == 0 || strstr(scenario->name, "silence");
}

/* Those that wait for our timers get short ones, the others may be slow. */
static void set_limits(struct contract *contract, int64_t ms)
{
    static const char *const limits[] = {"limits.headers_ms", "limits.first_event_ms",
                                         "limits.gap_ms"};

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
        assert_true(contract_set(contract, limits[i], "value", json_new_integer(ms), NULL));
}

static void cancel(struct world *world)
{
    exchange_cancel(world->exchange);
}

/* A17: of the classes there are, with what chose it; nothing failed where all is complete. */
static void assert_classified(const struct scenario *scenario, const struct exchange_state *state)
{
    const struct class_row *row = class_table_find(NULL, state->failure->class);

    if (!row || strcmp(row->action, state->failure->action) != 0 || !state->failure->rule[0] ||
        !state->failure->because[0])
        fail_msg("%s: class %s, action %s, rule %s", scenario->name, state->failure->class,
                 state->failure->action, state->failure->rule);
    assert_int_equal(strcmp(state->failure->class, "none") == 0,
                     state->verdict->kind == VERDICT_COMPLETE);
}

/* ---- one of them ---- */

struct run {
    const struct scenario *scenario;
    enum operation operation;
    struct exchange *exchange;
    struct world *world;
};

/* Waits long: they may do so side by side, since they cost next to nothing. */
static bool takes_its_time(const struct scenario *scenario)
{
    return is_silent(scenario) || strcmp(scenario->name, "slow") == 0;
}

static void on_done(void *context)
{
    struct run *run = context;

    run->world->done++;
}

static void begin(struct run *run, uint16_t port)
{
    struct world *world = run->world;
    struct contract *contract = world->workspace.contract;
    char *model = xasprintf("sim/%s", run->scenario->name);
    char *body = operation_body(contract, run->operation, model, NULL, true);
    const struct exchange_request request = {
        .operation = run->operation, .body = body, .body_len = strlen(body), .synthetic = true};
    const struct exchange_observer observer = {.done = on_done, .context = run};
    struct error error = {0};

    set_limits(contract, is_silent(run->scenario) ? 300 : 20000);
    world->on_event = strcmp(run->scenario->name, "endless") == 0 ? cancel : NULL;
    if (takes_its_time(run->scenario))
        run->exchange = world_start_heard(world, port, &request, &observer);
    else if (!world_start(world, port, &request, NULL, &error))
        fail_msg("%s: %s", run->scenario->name, error.text);
    free(model);
    free(body);
}

/* Of the exchange that is the world's. */
static void assert_judged(const struct run *run)
{
    const struct scenario *scenario = run->scenario;
    struct exchange_state state;

    exchange_state(run->world->exchange, &state);
    if (*scenario->verdict && strcmp(verdict_name(state.verdict->kind), scenario->verdict) != 0)
        fail_msg("%s (%s) is %s, not %s: %s", scenario->name, operation_name(run->operation),
                 verdict_name(state.verdict->kind), scenario->verdict,
                 state.verdict->count ? state.verdict->reasons[0].detail : "");
    assert_classified(scenario, &state);
    world_assert_replays(run->world);
}

static size_t list_runs(struct run *runs, struct world *world)
{
    static const enum operation operations[] = {OPERATION_CHAT, OPERATION_RESPONSES};
    size_t count = 0;

    for (size_t i = 0; i < scenario_count(); i++)
        for (size_t j = 0; j < 2; j++) {
            const struct scenario *scenario = scenario_get(i);

            if (scenario->scope != SCENARIO_ANSWER ||
                !strstr(scenario->operations, operation_name(operations[j])))
                continue;
            assert_true(count < RUNS_MAX);
            runs[count++] = (struct run){scenario, operations[j], NULL, world};
        }
    return count;
}

static void run_side_by_side(struct run *runs, size_t count, uint16_t port)
{
    struct world *world = runs->world;
    int begun = 0;

    for (size_t i = 0; i < count; i++)
        if (takes_its_time(runs[i].scenario)) {
            begin(&runs[i], port);
            begun++;
        }
    assert_true(begun > 10);
    while (world->done < begun)
        loop_iterate(world->loop, INT64_MAX);
    for (size_t i = 0; i < count; i++)
        if (runs[i].exchange) {
            world->exchange = runs[i].exchange;
            assert_judged(&runs[i]);
            exchange_free(world->exchange);
            world->exchange = NULL;
        }
}

static void every_scenario_is_judged_as_its_table_says(void **state)
{
    static struct run runs[RUNS_MAX];
    const struct simulator_options options = {.quiet = true};
    struct world *world = *state;
    uint16_t port;
    int listener = simulator_listen(&options, &port, NULL);
    pid_t child = simulator_fork(listener, &options, NULL);
    size_t count = list_runs(runs, world);

    assert_true(child > 0);
    assert_true(count > 40);
    run_side_by_side(runs, count, port);
    for (size_t i = 0; i < count; i++) {
        if (takes_its_time(runs[i].scenario))
            continue;
        begin(&runs[i], port);
        loop_run(world->loop);
        assert_judged(&runs[i]);
    }
    simulator_stop(child);
    close(listener);
}

/* The settings of the server, for each operation they are about. */
static void run_setting(struct world *world, uint16_t port, const struct scenario *scenario,
                        enum operation operation)
{
    char *base = xasprintf("http://127.0.0.1:%u/sim/as/%s", port, scenario->name);
    char *body = operation_body(world->workspace.contract, operation, "sim/ready", NULL, true);
    const struct request_change change = {.base_url = base};
    const struct exchange_request request = {
        .operation = operation,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .change = &change,
        .synthetic = true,
    };
    struct exchange_state state;
    struct error error = {0};

    if (!world_start(world, port, &request, NULL, &error))
        fail_msg("%s: %s", scenario->name, error.text);
    loop_run(world->loop);
    exchange_state(world->exchange, &state);
    assert_classified(scenario, &state);
    free(body);
    free(base);
}

static void every_setting_of_the_server_has_a_class(void **state)
{
    const struct simulator_options options = {.quiet = true};
    struct world *world = *state;
    uint16_t port;
    int listener = simulator_listen(&options, &port, NULL);
    pid_t child = simulator_fork(listener, &options, NULL);
    size_t run = 0;

    assert_true(child > 0);
    set_limits(world->workspace.contract,
               500); /* how it ends does not matter, only that it has a class */
    for (size_t i = 0; i < scenario_count(); i++) {
        for (int j = 0; j < OPERATION_COUNT; j++) {
            const struct scenario *scenario = scenario_get(i);

            if (scenario->scope != SCENARIO_SERVER ||
                !strstr(scenario->operations, operation_name((enum operation)j)))
                continue;
            run_setting(world, port, scenario, (enum operation)j);
            run++;
        }
    }
    assert_true(run > 10);
    simulator_stop(child);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_scenario_is_judged_as_its_table_says),
        WORLD_TEST(every_setting_of_the_server_has_a_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

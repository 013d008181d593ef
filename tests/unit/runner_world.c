#include "tests/unit/unit.h"

#include "tests/unit/runner_world.h"

#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "net/syncer.h"
#include "simulator/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char profile_name[] = "unit", profile_model[] = "sim/ready";

static bool has_scenario(const char *name)
{
    return scenario_find(name) != NULL;
}

static pid_t serve(const char *key, char *base, size_t size)
{
    const struct simulator_options options = {.quiet = true, .key = key, .pace_ms = -1};
    uint16_t port;
    int listener = simulator_listen(&options, &port, NULL);
    pid_t child = simulator_fork(listener, &options, NULL);

    close(listener);
    snprintf(base, size, "http://127.0.0.1:%u", port);
    return child;
}

bool runner_world_set_up(struct runner_world *world)
{
    struct error error;

    *world = (struct runner_world){.clock = clock_system};
    world->children[0] = serve(RUNNER_KEY, world->base, sizeof(world->base));
    world->children[1] = serve(NULL, world->simulator, sizeof(world->simulator));
    world->loop = loop_new(&world->clock, &error);
    world->transport = transport_new(world->loop);
    world->redactor = redactor_new();
    world->secret = secret_new(RUNNER_KEY, strlen(RUNNER_KEY), "unit", &error);
    redactor_add(world->redactor, world->secret);
    world->syncer = syncer_new(world->loop);
    strcpy(world->folder, "/tmp/cometdeck-runner-XXXXXX");
    world->workspace =
        (struct workspace){.contract = contract_starter(), .local = mkdtemp(world->folder)};
    world->profile =
        (struct profile){.name = profile_name, .base_url = world->base, .model = profile_model};
    world->library = library_open(NULL, has_scenario, &error);
    return world->library && world->workspace.local;
}

void runner_world_forget(struct runner_world *world)
{
    runner_free(world->runner);
    world->runner = NULL;
    plan_release(&world->plan);
}

void runner_world_tear_down(struct runner_world *world)
{
    char *command = xasprintf("rm -rf %s", world->folder);

    runner_world_forget(world);
    library_free(world->library);
    transport_free(world->transport);
    syncer_free(world->syncer);
    loop_free(world->loop);
    contract_free(world->workspace.contract);
    redactor_free(world->redactor);
    secret_free(world->secret);
    simulator_stop(world->children[0]);
    simulator_stop(world->children[1]);
    assert_int_equal(system(command), 0);
    free(command);
}

static void on_done(void *context)
{
    struct runner_world *world = context;

    world->done = true;
}

static void on_attempt(void *context, size_t index, const struct exchange_state *state, int number)
{
    struct runner_world *world = context;

    (void)index;
    (void)number;
    assert_non_null(state->verdict);
    world->attempts++;
}

void runner_world_plan(struct runner_world *world, const char *name,
                       const struct retry_policy *policy)
{
    const char *const names[] = {name};
    const struct plan_choice choice = {.names = names, .name_count = 1};
    struct error error = {.kind = ERROR_NONE};

    if (!plan_make(&world->plan, world->library, &choice, policy, &error))
        fail_msg("%s", error.text);
}

void runner_world_begin(struct runner_world *world, struct runner_options options)
{
    const struct exchange_env env = {
        .loop = world->loop,
        .transport = world->transport,
        .redactor = world->redactor,
        .workspace = &world->workspace,
        .profile = &world->profile,
        .secret = world->secret,
        .syncer = world->syncer,
    };
    const struct runner_observer observer = {
        .attempt = on_attempt, .done = on_done, .context = world};

    world->done = false;
    options.simulator = world->simulator;
    world->runner = runner_new(&env, &world->plan, &options, &observer);
}

void runner_world_until_done(struct runner_world *world)
{
    while (!world->done)
        loop_iterate(world->loop, INT64_MAX);
}

const char *runner_world_report(const struct runner_world *world)
{
    static char text[16384];
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < world->plan.count; i++) {
        const struct probe_result *result = runner_result(world->runner, i);

        if (result->outcome != OUTCOME_PASS && len < sizeof(text) - 1)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s: %s, HTTP %d, %s: %s\n",
                                    world->plan.cases[i].name, outcome_name(result->outcome),
                                    result->http_status,
                                    result->failure.class ? result->failure.class : "-",
                                    result->notes ? result->notes : "");
    }
    return text;
}

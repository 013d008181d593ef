#include "tests/unit/observed_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 1024 };

struct world world;

int world_set_up(void **state)
{
    (void)state;
    world = (struct world){.policy = retry_policy_open(NULL, NULL), .at_us = SECOND};
    world.observation = observation_new(world.policy);
    return 0;
}

int world_tear_down(void **state)
{
    (void)state;
    observation_free(world.observation);
    retry_policy_free(world.policy);
    return 0;
}

/* ---- what happens ---- */

void take(const char *line)
{
    observation_take(world.observation, line, strlen(line));
}

void wait_ms(int64_t ms)
{
    world.at_us += ms * MS;
}

void run(const char *scenario)
{
    world.scenario = scenario;
    observation_begin(world.observation, scenario, world.at_us);
}

void begun(struct request request)
{
    char line[LINE];

    snprintf(line, sizeof(line),
             "{\"record\":\"begun\",\"at_us\":%" PRId64 ",\"id\":%" PRIu64 ",\"connection\":1,"
             "\"method\":\"POST\",\"path\":\"/v1/chat/completions\",\"scenario\":\"%s\","
             "\"scene\":\"%s\",\"besides\":%s,\"operation\":\"chat\",\"stream\":true,\"choices\":1,"
             "\"headers\":[\"host\",\"accept\"],\"values\":{%s},\"idempotency_key\":%s,"
             "\"body\":\"%s\",\"body_bytes\":80}",
             world.at_us, ++world.id, world.scenario,
             request.scene ? request.scene : world.scenario, request.besides ? "true" : "false",
             request.values ? request.values : "", request.key ? "true" : "false",
             request.body ? request.body : "0123456789abcdef");
    take(line);
}

void ended(const char *how, int status)
{
    char line[LINE];

    wait_ms(1);
    snprintf(line, sizeof(line),
             "{\"record\":\"ended\",\"at_us\":%" PRId64 ",\"id\":%" PRIu64
             ",\"status\":%d,\"sent\":100,\"how\":\"%s\",\"quiet_us\":0,\"unread\":7}",
             world.at_us, world.id, status, how);
    take(line);
}

void asks(int status)
{
    begun((struct request){.scene = NULL});
    ended("told", status);
}

void asks_again(int status, int times, int64_t gap_ms)
{
    for (int i = 0; i < times; i++) {
        wait_ms(gap_ms);
        asks(status);
    }
}

const struct reference complete = {
    .verdict = VERDICT_COMPLETE, .failure = {.class = "none", .action = "none"}, .partial = true};

struct reference error(const char *class, const char *action)
{
    return (struct reference){.verdict = VERDICT_ERRORED,
                              .failure = {.class = class, .action = action}};
}

struct reference partial(enum verdict_kind verdict, const char *class, const char *action)
{
    return (struct reference){
        .verdict = verdict, .failure = {.class = class, .action = action}, .partial = true};
}

struct reference hinted(int64_t wait_ms_asked)
{
    struct reference reference = error("rate-limit", "back-off");

    reference.hint = (struct retry_hint){
        .kind = RETRY_HINT_WAIT, .wait_us = wait_ms_asked * MS, .header = "Retry-After"};
    return reference;
}

void engine_says(struct reference reference)
{
    struct reference_kind kind;

    while (observation_wanted(world.observation, &kind))
        observation_refer(world.observation, &kind, &reference);
}

void exits(int status)
{
    observation_end(world.observation, status == 0 ? OBSERVED_ANSWER : OBSERVED_FAILURE, status,
                    SECOND);
}

/* ---- what is said ---- */

const struct observed_session *session(void)
{
    assert_true(observation_count(world.observation) > 0);
    return observation_session(world.observation, observation_count(world.observation) - 1);
}

bool found(enum observed_rule rule)
{
    for (size_t i = 0; i < session()->finding_count; i++)
        if (session()->findings[i].rule == rule)
            return true;
    return false;
}

void assert_handled(enum tristate wanted)
{
    if (session()->handled != wanted)
        fail_msg("%s is handled %s; first finding: %s", session()->scenario,
                 tristate_name(session()->handled),
                 session()->finding_count > 0 ? session()->findings[0].seen : "none");
}

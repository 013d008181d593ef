/*
 * Everything a run of probes works with, for tests: an endpoint, which is a simulator that takes
 * one key, and a private simulator, which takes any.
 */
#ifndef TESTS_UNIT_RUNNER_WORLD_H
#define TESTS_UNIT_RUNNER_WORLD_H

#include "base/clock.h"
#include "contract/workspace.h"
#include "net/loop.h"
#include "net/transport.h"
#include "probe/runner.h"

#include <stdbool.h>
#include <sys/types.h>

#define RUNNER_KEY "sk-unit-runner-0123456789abcdef"

struct runner_world {
    char base[64];      /* the endpoint */
    char simulator[64]; /* the private simulator */
    pid_t children[2];
    char folder[64]; /* of the captures */
    struct clock clock;
    struct loop *loop;
    struct transport *transport;
    struct syncer *syncer;
    struct redactor *redactor;
    struct secret *secret;
    struct workspace workspace;
    struct profile profile; /* named "unit", with the model sim/ready */
    struct library *library;
    struct plan plan;
    struct runner *runner;
    bool done;
    int attempts;
};

/* False when it cannot be; tear it down all the same. */
bool runner_world_set_up(struct runner_world *world);
void runner_world_tear_down(struct runner_world *world);

/* `name` is a suite's or a probe's. */
void runner_world_plan(struct runner_world *world, const char *name,
                       const struct retry_policy *policy);
/* Begin what is planned; `options.simulator` is set. */
void runner_world_begin(struct runner_world *world, struct runner_options options);
void runner_world_until_done(struct runner_world *world);
/* Run and plan are gone, so that another can be made. */
void runner_world_forget(struct runner_world *world);

/* What did not pass, a case a line; "" when all did. Valid until the next call. */
const char *runner_world_report(const struct runner_world *world);

#endif

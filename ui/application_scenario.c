/* Scenarios: an answer's fault is a model, a server's fault is told to the simulator itself. */
#include "ui/application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/transport.h"
#include "simulator/simulator.h"
#include "ui/application_state.h"

enum { TELL_LIMIT_US = 10 * 1000 * 1000, HEADERS_MAX = 64 * 1024 };

static void on_told(void *context, const struct http_result *result)
{
    struct application *application = context;

    application->telling = NULL;
    application_set_flight(application, NULL, NULL);
    if (result->status == 200)
        application_say(application, MESSAGE_DONE, "The simulator is set to %s", application->told);
    else
        application_say(application, MESSAGE_FAILED, "The simulator was not set: status %d, %s",
                        result->status, result->message[0] ? result->message : "no further word");
}

/* Its control path is the simulator's own (simulator.h) and stands in no contract. */
static bool tell_simulator(struct application *application, const struct scenario *scenario,
                           struct error *error)
{
    const struct transfer_limits limits = {
        .connect_us = TELL_LIMIT_US,
        .headers_us = TELL_LIMIT_US,
        .total_us = TELL_LIMIT_US,
        .max_header_bytes = HEADERS_MAX,
        .max_body_bytes = HEADERS_MAX,
    };
    const struct transfer_observer observer = {.done = on_told, .context = application};
    struct http_request request = {.method = xstrdup("POST")};

    if (!application->profile.simulator || !application->profile.base_url) {
        http_request_release(&request);
        return error_set(error, ERROR_USAGE,
                         "%s is a fault of the simulator's server; this profile is none of it",
                         scenario->name);
    }
    if (!application_prepare(application, error)) {
        http_request_release(&request);
        return false;
    }
    request.url =
        xasprintf("%s/sim/scenario?name=%s", application->profile.base_url, scenario->name);
    application->told = scenario->name;
    application_set_flight(application, "scenario", scenario->name);
    application->telling =
        transport_start(application->transport, &request, &limits, &observer, error);
    if (!application->telling)
        application_set_flight(application, NULL, NULL);
    http_request_release(&request);
    return application->telling != NULL;
}

bool application_set_scenario(struct application *application, const char *name,
                              struct error *error)
{
    const struct scenario *scenario = scenario_find(name);
    char *model;

    if (!scenario)
        return error_set(error, ERROR_USAGE,
                         "there is no scenario \"%s\"; Tab completes, simulate --list explains",
                         name);
    if (scenario->scope != SCENARIO_ANSWER)
        return tell_simulator(application, scenario, error);
    model = xasprintf("sim/%s", scenario->name);
    if (application_set_model(application, model))
        application_say(application, MESSAGE_DONE, "Composer uses %s: %s", model,
                        scenario->summary);
    free(model);
    return true;
}

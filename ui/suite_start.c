#include "ui/suite_start.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/application_suite.h"
#include "ui/confirm.h"

static void begin(struct suite_start *start, const char *typed)
{
    struct application *application = start->application;
    struct suite_view suite;
    struct error error;
    bool all, started;

    if (!application_suite(application, &suite))
        return;
    all = start->asked >= suite.plan->count;
    started = all ? application_begin_suite(application, typed, &error)
                  : application_run_case(application, start->asked, typed, &error);
    if (!started)
        application_fail(application, &error);
}

static void say_nothing_went(struct suite_start *start)
{
    application_say(start->application, MESSAGE_NOTE, "Nothing was sent");
}

/* ---- to production ---- */

static void on_production(void *context, const char *text)
{
    struct suite_start *start = context;
    struct suite_view suite;
    const char *name;

    if (!application_suite(start->application, &suite))
        return;
    name = suite.profile->name;
    if (suite.plan->negative ? text && name && strcmp(text, name) == 0 : confirm_yes(text))
        begin(start, name);
    else
        say_nothing_went(start);
}

/* What goes to production is confirmed: by its name where something is wrong on purpose. */
static void ask_production(struct suite_start *start, const struct suite_view *suite)
{
    struct question question = {.answered = on_production, .context = start};
    const char *name = suite->profile->name ? suite->profile->name : "none";
    char *label =
        suite->plan->negative
            ? xasprintf("PRODUCTION: some of it is wrong on purpose. Type %s to send it: ", name)
            : xasprintf("PRODUCTION, BILLABLE: send it to %s? (y or n) ", name);

    question.label = label;
    application_ask(start->application, &question);
    free(label);
}

static void go_on(struct suite_start *start, const struct suite_view *suite)
{
    if (!suite->profile->production || suite->frozen || suite->running)
        begin(start, NULL);
    else
        ask_production(start, suite);
}

/* ---- over results ---- */

static void on_replace(void *context, const char *text)
{
    struct suite_start *start = context;
    struct suite_view suite;

    if (application_suite(start->application, &suite) && confirm_yes(text))
        go_on(start, &suite);
    else
        say_nothing_went(start);
}

static void ask_replace(struct suite_start *start, const char *lost)
{
    struct question question = {.answered = on_replace, .context = start};
    char *label = xasprintf(
        "Starting replaces the results of %s, which are in no report. Start? (y or n) ", lost);

    question.label = label;
    application_ask(start->application, &question);
    free(label);
}

/* Nothing of it can be sent: said before anything is asked. */
static bool is_in_vain(const struct suite_view *suite, struct error *error)
{
    if (suite->blocked.count == 0 ||
        suite->blocked.count + suite->plan->refused < suite->plan->count)
        return false;
    error_set(error, ERROR_CHECK, "nothing of it can be sent: %s", suite->blocked.because);
    return true;
}

void suite_start(struct suite_start *start, size_t index)
{
    struct application *application = start->application;
    const char *lost = application_unreported_suite(application);
    struct suite_view suite;
    struct error error;

    start->asked = index;
    if (!application_suite(application, &suite))
        return;
    if (!application_may_send(application, &error) || is_in_vain(&suite, &error))
        application_fail(application, &error);
    else if (lost && index == suite.plan->count && !suite.running && !suite.frozen)
        ask_replace(start, lost);
    else
        go_on(start, &suite);
}

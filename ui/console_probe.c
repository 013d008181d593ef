/* Probes and suites: choosing one, keeping one, what must be typed for production. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "probe/keep.h"
#include "ui/application_probe.h"
#include "ui/application_suite.h"
#include "ui/composer_probe.h"
#include "ui/console_state.h"
#include "ui/layout.h"
#include "ui/probe_list.h"

static bool choose(struct console *console, struct error *error)
{
    const struct library *library = application_library(console->application, error);
    struct picker *picker;

    if (!library)
        return false;
    picker = picker_new(&probe_list_kind);
    probe_list_fill(picker, library, application_retry_policy(console->application));
    console_show_picker(console, picker);
    return true;
}

bool console_probe(struct console *console, const char *argument, struct error *error)
{
    if (!argument)
        return choose(console, error);
    if (strcmp(argument, "off") == 0) {
        if (!composer_probe_leave(console->application))
            application_say(console->application, MESSAGE_NOTE, "No probe is shown; p chooses one");
        return true;
    }
    if (!application_load_probe(console->application, argument, error))
        return false;
    screen_visit(console->screen, LAYOUT_COMPOSER);
    return true;
}

bool console_suite(struct console *console, const char *argument, struct error *error)
{
    struct suite_view view;

    if (!argument && !application_suite(console->application, &view))
        return choose(console, error);
    if (argument && !application_plan_suite(console->application, argument, error))
        return false;
    screen_visit(console->screen, LAYOUT_SUITE);
    return true;
}

/* ---- keeping ---- */

static void on_expectation(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (!text || !*text)
        application_say(console->application, MESSAGE_NOTE, "Nothing was kept");
    else if (application_keep_probe(console->application, console->keeping, console->keeping_title,
                                    console->keeping_tags, text, &error))
        application_say(console->application, MESSAGE_DONE, "%s is a probe of the workspace now",
                        console->keeping);
    else
        application_fail(console->application, &error);
}

static void on_tags(void *context, const char *text)
{
    struct console *console = context;
    const struct question question = {
        .label = "Expected, such as 4xx auth, complete content, unsent: ",
        .answered = on_expectation,
        .context = console,
    };

    if (!text)
        return;
    free(console->keeping_tags);
    console->keeping_tags = xstrdup(text);
    application_ask(console->application, &question);
}

static void on_title(void *context, const char *text)
{
    struct console *console = context;
    const struct plan_case *plan_case = application_probe_case(console->application);
    struct question question = {
        .label = "Rows, cadence and clauses, such as B36 release errors.auth.status, or none: ",
        .answered = on_tags,
        .context = console,
    };
    struct bytes tags;

    if (!text || !*text)
        return;
    free(console->keeping_title);
    console->keeping_title = xstrdup(text);
    bytes_init(&tags, SIZE_MAX);
    if (plan_case)
        probe_tags(plan_case->probe, &tags);
    question.initial = bytes_text(&tags);
    application_ask(console->application, &question);
    bytes_release(&tags);
}

bool console_keep_probe(struct console *console, const char *argument, struct error *error)
{
    const struct plan_case *plan_case = application_probe_case(console->application);
    const struct question question = {
        .label = "Its title, a sentence on what is wrong or looked at: ",
        .initial = plan_case ? plan_case->probe->title : NULL,
        .replaced = true,
        .answered = on_title,
        .context = console,
    };

    if (!application_may_keep_probe(console->application, argument, error))
        return false;
    application_ask(console->application, &question); /* gives an open one up first */
    free(console->keeping);
    console->keeping = xstrdup(argument);
    return true;
}

/* ---- production ---- */

static void on_typed(void *context, const char *text)
{
    struct console *console = context;
    const char *name = application_profile(console->application)->name;

    if (text && name && strcmp(text, name) == 0)
        console->allowed(console);
    else
        application_say(console->application, MESSAGE_NOTE, "Nothing was sent");
}

bool console_asks_production(struct console *console, void (*go)(void *context))
{
    const struct plan_case *plan_case = application_probe_case(console->application);
    const struct profile *profile = application_profile(console->application);
    struct question question = {.answered = on_typed, .context = console};
    struct error error;
    char *label;

    if (!plan_case || !plan_case->probe->negative || !profile->production ||
        plan_case->probe->target == PROBE_SIMULATOR || plan_case->probe->expect.refused)
        return false;
    if (!application_probe_open(console->application, &error)) {
        application_fail(console->application, &error);
        return true;
    }
    label =
        xasprintf("PRODUCTION: %s is wrong on purpose. Type %s to send it: ", plan_case->probe->id,
                  profile->name);
    question.label = label;
    console->allowed = go;
    application_ask(console->application, &question);
    free(label);
    return true;
}

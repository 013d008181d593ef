#include "ui/observe_action.h"

#include <stdlib.h>

#include "base/memory.h"
#include "simulator/simulator.h"
#include "ui/application.h"
#include "ui/application_observe.h"
#include "ui/report_words.h"

/* ---- running ---- */

static void run(struct observe_action *action, const char *command)
{
    struct error error;
    char *words = xasprintf("%s -- %s", action->asked, command);

    if (!application_observe_run(action->application, words, &error))
        application_fail(action->application, &error);
    free(words);
}

static void on_command(void *context, const char *text)
{
    if (text && *text)
        run(context, text);
}

unsigned observe_action_run(struct observe_action *action, const char *name)
{
    const struct question question = {
        .label = "Run for this scenario: ", .answered = on_command, .context = action};
    const struct scenario *scenario = scenario_find(name);
    struct observe_view view;

    if (!scenario) {
        application_say(action->application, MESSAGE_NOTE,
                        "%s is what wrong requests get; it cannot be asked for", name);
        return EFFECT_DRAW;
    }
    action->asked = scenario->name;
    if (application_observation(action->application, &view) && view.command)
        run(action, view.command);
    else
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

/* ---- the report ---- */

static void on_report(void *context, const char *text);

static struct question ask_report(struct observe_action *action)
{
    return (struct question){
        .label = REPORT_LABEL,
        .initial = "text",
        .replaced = true,
        .offered = true,
        .completion = COMPLETION_REPORT,
        .answered = on_report,
        .context = action,
    };
}

static void on_report(void *context, const char *text)
{
    struct observe_action *action = context;
    const struct question question = ask_report(action);
    struct application *application = action->application;
    struct observe_view view;
    enum format format;
    struct error error;
    char *path;

    if (!text || !*text || !application_observation(application, &view))
        return;
    path = report_words(text, view.id, &format, &error);
    if (path && application_report_observation(application, format, path, &error))
        application_say(application, MESSAGE_DONE, "%s is written", path);
    else
        application_ask_again(application, &question, text, error.text);
    free(path);
}

unsigned observe_action_report(struct observe_action *action, const char *words)
{
    const struct question question = ask_report(action);
    struct error error;

    if (!application_may_write(action->application, &error))
        application_fail(action->application, &error);
    else if (words && *words)
        on_report(action, words);
    else
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

#include "ui/suite_action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/application.h"
#include "ui/application_suite.h"
#include "ui/pane.h"
#include "ui/report_words.h"

/* Said before anything is asked. */
static bool may_write(const struct suite_action *action)
{
    struct error error;

    if (application_may_write(action->application, &error))
        return true;
    application_fail(action->application, &error);
    return false;
}

/* Before a run there is nothing to say anything of. */
static bool has_results(const struct suite_action *action)
{
    struct suite_view suite;

    if (application_suite(action->application, &suite) && suite.runner)
        return true;
    application_say(action->application, MESSAGE_FAILED, "nothing was run yet; Enter starts it");
    return false;
}

static bool open_chosen(struct suite_action *action)
{
    struct application *application = action->application;
    struct error error;

    if (application_open_case(application, action->asked, action->attempt, &error))
        return true;
    application_fail(application, &error);
    return false;
}

/* The ledger cites what Stream shows. */
static unsigned attach(struct suite_action *action)
{
    if (!open_chosen(action))
        return EFFECT_DRAW;
    application_take_look(action->application);
    return EFFECT_UNHANDLED;
}

static void on_note(void *context, const char *text);

static struct question ask_note(struct suite_action *action)
{
    return (struct question){
        .label = "Note to its evidence: ", .answered = on_note, .context = action};
}

static void on_note(void *context, const char *text)
{
    struct suite_action *action = context;
    const struct question question = ask_note(action);
    struct error error;

    if (!text)
        return;
    if (application_annotate(action->application, action->noted, text, &error))
        application_say(action->application, MESSAGE_DONE, "Noted at %s", action->noted);
    else
        application_ask_again(action->application, &question, text, error.text);
}

/* Once, when the question opens: the case may be run again before it is answered. */
static bool fix_noted(struct suite_action *action)
{
    struct suite_view suite;
    const struct suite_attempts *attempts;
    const struct probe_result *result;
    size_t at = action->attempt;

    if (!application_suite(action->application, &suite) || !suite.runner ||
        action->asked >= suite.plan->count)
        return false;
    attempts = &suite.attempts[action->asked];
    result = runner_result(suite.runner, action->asked);
    snprintf(action->noted, sizeof(action->noted), "%s",
             at > 0 && at <= attempts->count ? attempts->items[at - 1].id : result->id);
    if (!action->noted[0])
        application_say(action->application, MESSAGE_FAILED, "There is no evidence: %s",
                        result->trouble ? result->trouble : "nothing was sent");
    return action->noted[0] != '\0';
}

static unsigned annotate(struct suite_action *action, const char *text)
{
    const struct question question = ask_note(action);

    if (!has_results(action) || !may_write(action) || !fix_noted(action))
        return EFFECT_DRAW;
    if (text)
        on_note(action, text);
    else
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

static void on_finding(void *context, const char *text);

static struct question ask_finding(struct suite_action *action)
{
    return (struct question){
        .label = "documented or handled, yes, no, unknown or computed, and why: ",
        .offered = true,
        .completion = COMPLETION_FINDING,
        .answered = on_finding,
        .context = action,
    };
}

static void on_finding(void *context, const char *text)
{
    struct suite_action *action = context;
    const struct question question = ask_finding(action);
    struct application *application = action->application;
    struct error error;

    if (!text || !*text)
        return;
    if (application_review_case(application, action->asked, text, &error))
        application_say(application, MESSAGE_DONE,
                        "Kept in findings.json; * marks it, what is computed stays beside it");
    else
        application_ask_again(action->application, &question, text, error.text);
}

static unsigned find(struct suite_action *action, const char *text)
{
    const struct question question = ask_finding(action);

    if (text && *text)
        on_finding(action, text);
    else if (has_results(action) && may_write(action))
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

/* ---- the report ---- */

static void on_report(void *context, const char *text);

static struct question ask_report(struct suite_action *action)
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
    struct suite_action *action = context;
    const struct question question = ask_report(action);
    struct application *application = action->application;
    struct suite_view suite;
    enum format format;
    struct error error;
    char *path;

    if (!text || !*text || !application_suite(application, &suite))
        return;
    path = report_words(text, suite.name, &format, &error);
    if (path && application_report_suite(application, format, path, &error))
        application_say(application, MESSAGE_DONE, "%s is written", path);
    else
        application_ask_again(action->application, &question, text, error.text);
    free(path);
}

static unsigned report(struct suite_action *action, const char *words)
{
    const struct question question = ask_report(action);

    if (!has_results(action) || !may_write(action))
        return EFFECT_DRAW;
    if (words && *words)
        on_report(action, words);
    else
        application_ask(action->application, &question);
    return EFFECT_DRAW;
}

unsigned suite_action_request(struct suite_action *action, const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_ACTIVATE:
        open_chosen(action);
        return EFFECT_DRAW;
    case REQUEST_ATTACH:
        return attach(action);
    case REQUEST_ANNOTATE:
        return annotate(action, call->argument);
    case REQUEST_FINDING:
        return find(action, call->argument);
    case REQUEST_REPORT:
        return report(action, call->argument);
    default:
        return EFFECT_UNHANDLED;
    }
}

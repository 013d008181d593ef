/* What goes of a long history: looked up in slices, said, asked about, and only then let go. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/application.h"
#include "ui/application_state.h"
#include "ui/confirm.h"

enum {
    PRUNE_SLICE = 50,
    LOOK_US = 2000,
    START_US = 300000, /* behind the first frame */
};

static void go_on(struct application *application, void (*slice)(void *context))
{
    loop_timer_set(application->loop, &application->prune_timer,
                   clock_now_us(application_clock(application)), slice, application);
}

/* ---- letting go ---- */

static void prune(void *context)
{
    struct application *application = context;
    struct retention_plan *plan = &application->prune;
    struct error error;

    if (!retention_step(plan, application->history, application->workspace, NULL, PRUNE_SLICE,
                        &error)) {
        application_fail(application, &error);
    } else if (retention_left(plan) > 0) {
        go_on(application, prune);
        return;
    } else {
        application_say(application, MESSAGE_DONE, "%zu exchange%s gone", plan->removed,
                        plan->removed == 1 ? " is" : "s are");
    }
    application_history_changed(application);
}

static void on_answer(void *context, const char *text)
{
    struct application *application = context;

    application->prune_asks = false;
    if (confirm_yes(text))
        prune(application);
    else
        application_say(application, MESSAGE_NOTE, "Nothing was removed");
}

/* ---- looking ---- */

static void tell(struct application *application)
{
    const struct retention_plan *plan = &application->prune;
    char *text = retention_describe(plan), *label = xasprintf("%s? (yes or no) ", text);
    const struct question question = {
        .label = label, .answered = on_answer, .context = application};

    if (!application->prune_asks && plan->rows)
        application_say(application, MESSAGE_NOTE,
                        "The history is over the limits of cometdeck.json; :history prune asks: %s",
                        text);
    else if (application->prune_asks && plan->rows)
        application_ask(application, &question);
    else if (application->prune_asks)
        application_say(application, MESSAGE_NOTE, "%s", text);
    application->prune_asks = application->prune_asks && plan->rows;
    free(label);
    free(text);
}

static void look(void *context)
{
    struct application *application = context;
    struct history *history = application_history(application);
    const struct clock *clock = application_clock(application);
    const struct history_patience patience = {.clock = clock,
                                              .until_us = clock_now_us(clock) + LOOK_US};
    struct retention_plan *plan = &application->prune;
    struct error error;

    if (!history)
        return;
    if (!retention_look(plan, history, application->workspace, &patience, &error))
        application_fail(application, &error);
    else if (!plan->made)
        go_on(application, look);
    else
        tell(application);
}

static void begin(struct application *application, const struct retention_limits *limits, bool asks)
{
    loop_timer_cancel(application->loop, &application->prune_timer);
    retention_release(&application->prune);
    retention_begin(&application->prune, limits, clock_wall_ms(application_clock(application)));
    application->prune_asks = asks;
}

bool application_prune(struct application *application, const char *words, struct error *error)
{
    struct retention_limits limits = application->workspace->retention;

    if (!application_may_write(application, error))
        return false;
    if (words && !retention_limits_parse(&limits, words, error))
        return false;
    if (!retention_limits_any(&limits))
        return error_set(
            error, ERROR_USAGE,
            "name what to keep, such as :history prune 10000 90d 500MB; `retention` in "
            "cometdeck.json makes it a setting");
    begin(application, &limits, true);
    look(application);
    return true;
}

void application_watch_retention(struct application *application)
{
    const struct retention_limits *limits = &application->workspace->retention;

    /* A plan that is asked about, or goes on, stays the one it was. */
    if (application->readonly || !retention_limits_any(limits) || application->prune_timer.armed ||
        application->prune_asks)
        return;
    begin(application, limits, false);
    loop_timer_set(application->loop, &application->prune_timer,
                   clock_now_us(application_clock(application)) + START_US, look, application);
}

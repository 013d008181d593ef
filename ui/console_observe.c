/* An application under observation: what begins it, runs it and ends it. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/application_observe.h"
#include "ui/console_state.h"
#include "ui/layout.h"

enum { PORT_MAX = 65535 };

static bool read_port(const char *text, uint16_t *port, struct error *error)
{
    char *end;
    unsigned long number = text ? strtoul(text, &end, 10) : 0;

    if (text && (*text < '0' || *text > '9' || *end || number > PORT_MAX))
        return error_set(
            error, ERROR_USAGE,
            "\"%.20s\" is no port; :observe takes one up to %d, :observe run a command", text,
            PORT_MAX);
    *port = (uint16_t)number;
    return true;
}

/* Without a port one that goes on is shown. */
bool console_observe(struct console *console, const char *argument, struct error *error)
{
    struct observe_view view;
    uint16_t port = 0;

    if (!read_port(argument, &port, error))
        return false;
    if (argument || !application_observation(console->application, &view) ||
        view.state == OBSERVE_ENDED) {
        if (!application_observe(console->application, port, error))
            return false;
        application_say(console->application, MESSAGE_DONE,
                        "Point the application at what stands above; y copies it");
    }
    screen_visit(console->screen, LAYOUT_OBSERVE);
    return true;
}

static bool run(struct console *console, const char *words, struct error *error)
{
    if (!application_observe_run(console->application, words, error))
        return false;
    screen_visit(console->screen, LAYOUT_OBSERVE);
    return true;
}

static void on_command(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (text && *text && !run(console, text, &error))
        application_fail(console->application, &error);
}

bool console_observe_run(struct console *console, const char *argument, struct error *error)
{
    struct observe_view view;
    struct question question = {
        .label = "Run for each scenario (A,B -- COMMAND: for these): ",
        .answered = on_command,
        .context = console,
    };

    if (argument)
        return run(console, argument, error);
    if (application_observation(console->application, &view))
        question.initial = view.command;
    application_ask(console->application, &question);
    return true;
}

bool console_observe_stop(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    return application_observe_stop(console->application, error);
}

#include <fcntl.h>
#include <unistd.h>

#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "ui/console.h"
#include "ui/demo.h"

enum { DEMO_PACE_MS = 40, PACE_MAX_MS = 60000, DESCRIPTOR_MAX = 1 << 20 };

static bool is_demo(const struct options *options)
{
    return options->verb->name[0] != '\0';
}

static bool read_options(const struct options *options, struct console_options *console,
                         struct error *error)
{
    int64_t idle_fd = -1;

    *console = (struct console_options){
        .application =
            {
                .workspace = option_value(options, OPTION_WORKSPACE),
                .offline = option_given(options, OPTION_OFFLINE),
                .readonly = option_given(options, OPTION_READONLY),
                .choice =
                    {
                        .name = option_value(options, OPTION_PROFILE),
                        .base_url = option_value(options, OPTION_BASE_URL),
                        .model = option_value(options, OPTION_MODEL),
                    },
            },
        .without_mouse = option_given(options, OPTION_NO_MOUSE),
        .script = option_value(options, OPTION_SCRIPT),
    };
    if (!option_arguments(options, 0, is_demo(options) ? 0 : 1, error) ||
        !option_integer(options, OPTION_IDLE_FD, 0, DESCRIPTOR_MAX, &idle_fd, error))
        return false;
    if (options->argument_count > 0)
        console->application.workspace = options->arguments[0];
    if (idle_fd >= 0 && fcntl((int)idle_fd, F_GETFD) < 0)
        return error_set(error, ERROR_USAGE, "--idle-fd %d: no such descriptor is open",
                         (int)idle_fd);
    console->idle_fd = (int)idle_fd;
    return true;
}

static int run_demo(const struct options *options, struct console_options *console)
{
    int64_t pace_ms = DEMO_PACE_MS;
    struct error error;
    struct demo demo = {.simulator = -1};
    int status;

    if (option_integer(options, OPTION_PACE, 0, PACE_MAX_MS, &pace_ms, &error) &&
        demo_begin(&demo, (int)pace_ms, &error)) {
        console->application.workspace = demo.folder;
        console->begins_with_catalog = true;
        console->application.temporary = true;
        status = console_run(console);
    } else {
        status = output_error(NULL, &error);
    }
    demo_end(&demo);
    return status;
}

/* The verbs that need a screen. */
static int run_console(const struct options *options)
{
    struct console_options console;
    struct error error;

    if (!read_options(options, &console, &error))
        return output_error(NULL, &error);
    return is_demo(options) ? run_demo(options, &console) : console_run(&console);
}

int main(int argc, char **argv)
{
    return verb_dispatch(argc, argv, run_console);
}

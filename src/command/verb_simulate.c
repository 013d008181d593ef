/* `simulate`: the simulator alone. */
#include "base/bytes.h"
#include "base/json.h"
#include "command/observe.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "simulator/simulator.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT_MAX = 65535, PACE_MAX = 60000, PID_MAX = 1 << 22 };

static struct json *scenarios_json(void)
{
    struct json *root = json_new_object(), *list = json_new_array();

    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);
        struct json *one = json_new_object();

        json_set_string(one, "name", scenario->name);
        json_set_string(one, "chosen_by", scenario->scope == SCENARIO_ANSWER ? "model" : "setting");
        json_set_string(one, "operations", scenario->operations);
        json_set_string(one, "verdict", scenario->verdict);
        json_set_string(one, "summary", scenario->summary);
        json_set_string(one, "source", scenario->source);
        json_append(list, one);
    }
    json_set(root, "scenarios", list);
    return root;
}

/* Settings of the server have no model; a plus tells them apart. */
static bool write_list(void *context, const struct format_choice *choice, struct bytes *out)
{
    (void)context;
    if (choice->format == FORMAT_JSON) {
        struct json *root = scenarios_json();

        json_write(root, true, out);
        json_free(root);
        return true;
    }
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);

        bytes_printf(out, "%s%-28s %-10s %-16s %s\n",
                     scenario->scope == SCENARIO_ANSWER ? "sim/" : "    ", scenario->name,
                     scenario->verdict[0] ? scenario->verdict : "-", scenario->operations,
                     scenario->summary);
    }
    return true;
}

static int serve(const struct simulator_options *settings)
{
    uint16_t port;
    struct error error;
    struct bytes line;
    int listener = simulator_listen(settings, &port, &error);
    int status;

    if (listener < 0)
        return output_error(NULL, &error);
    bytes_init(&line, SIZE_MAX);
    bytes_printf(&line, strchr(settings->host, ':') ? "http://[%s]:%u\n" : "http://%s:%u\n",
                 settings->host, (unsigned)port);
    status = output_text(&line);
    bytes_release(&line);
    if (status == EXIT_HOLDS)
        status = simulator_serve(listener, settings);
    close(listener);
    return status;
}

/*
 * The console starts its simulators with a socket that listens already as standard input; of one
 * that is observed the records (simulator/observer.h) go to standard output.
 */
static bool is_handed(void)
{
    int listens = 0;
    socklen_t len = sizeof(listens);

    return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens;
}

static int serve_handed(struct simulator_options *settings, bool observed)
{
    settings->quiet = true;
    settings->observe_fd = observed ? STDOUT_FILENO : 0;
    return simulator_serve(STDIN_FILENO, settings);
}

/* A command, its time and the formats of a test belong to --observe. */
static bool check_choice(const struct options *options, struct error *error)
{
    if (option_given(options, OPTION_OBSERVE))
        return true;
    if (!option_arguments(options, 0, 0, error))
        return false;
    if (option_given(options, OPTION_TIMEOUT))
        return error_set(error, ERROR_USAGE, "--timeout belongs to simulate --observe");
    for (size_t i = 0; i < options->format_count; i++)
        if (!(FORMATS_REPORT & 1U << options->formats[i].format))
            return error_set(error, ERROR_USAGE, "that format belongs to simulate --observe");
    return true;
}

int verb_simulate(const struct options *options)
{
    struct simulator_options settings = {.host = "127.0.0.1"};
    int64_t port = 0, pace = 0, parent = 0;
    struct error error;

    if (!check_choice(options, &error) ||
        !option_integer(options, OPTION_PORT, 0, PORT_MAX, &port, &error) ||
        !option_integer(options, OPTION_PACE, 0, PACE_MAX, &pace, &error) ||
        !option_integer(options, OPTION_PARENT, 1, PID_MAX, &parent, &error))
        return output_error(NULL, &error);
    if (option_given(options, OPTION_LIST))
        return output_report(options, NULL, write_list, NULL);
    if (option_given(options, OPTION_HOST))
        settings.host = option_value(options, OPTION_HOST);
    settings.port = (uint16_t)port;
    settings.pace_ms = (int)pace;
    if (parent > 0 && !option_given(options, OPTION_PACE))
        settings.pace_ms = -1;
    if (parent > 0 && !simulator_end_with((pid_t)parent))
        return EXIT_INTERRUPTED;
    if (parent > 0 && is_handed())
        return serve_handed(&settings, option_given(options, OPTION_OBSERVE));
    if (option_given(options, OPTION_OBSERVE))
        return observe_run(options, &settings);
    settings.scenario = option_value(options, OPTION_SCENARIO);
    settings.quiet = option_given(options, OPTION_QUIET);
    return serve(&settings);
}

/* The script that feeds a console: demonstrations and tests. */
#include <string.h>

#include "base/bytes.h"
#include "command/verb.h"
#include "ui/console_state.h"
#include "ui/script.h"

enum { DUMP_MAX = 16 * 1024 * 1024 };

static bool screen_shows(struct console *console, const char *text)
{
    struct bytes dump;
    bool shows;

    bytes_init(&dump, DUMP_MAX);
    screen_dump(console->screen, &dump);
    shows = strstr(bytes_text(&dump), text) != NULL;
    bytes_release(&dump);
    return shows;
}

static void fail_script(struct console *console, const struct script_step *step)
{
    screen_dump(console->screen, &console->farewell);
    console_rescue(console);
    error_at(&console->failure, ERROR_FILE, script_name(console->script), step->line, 0,
             "the screen never showed \"%s\"", step->text);
    loop_stop(console->loop, EXIT_FAILS);
}

bool console_run_script(struct console *console, bool idle)
{
    const struct script_step *step = console->script ? script_peek(console->script) : NULL;

    if (!step || (!idle && !step->now && step->action != SCRIPT_UNTIL))
        return false;
    if (step->action == SCRIPT_UNTIL && !screen_shows(console, step->text)) {
        if (idle)
            fail_script(console, step);
        return false;
    }
    script_advance(console->script);
    application_clear_message(console->application);
    if (step->action == SCRIPT_COMMAND)
        console_command(console, step->text);
    else if (step->action == SCRIPT_KEYS)
        console_feed(console, step->text, step->len);
    console_show_question(console, true);
    return true;
}

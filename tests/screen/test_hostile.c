/*
 * No control byte of a server reaches the terminal, in any pane or message: every scenario is sent
 * and looked at in every view, while the harness checks each byte that is written.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "simulator/simulator.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char *const views[] = {"events", "headers", "reasons", "answer"};

static void send_scenario(struct terminal *terminal, const struct scenario *scenario,
                          const char *operation)
{
    bool stalls = strcmp(scenario->verdict, "stalled") == 0;
    char *lines = xasprintf(":scenario %s\r:operation %s\r:send\r", scenario->name, operation);

    terminal_send(terminal, lines, strlen(lines));
    if (stalls) { /* its time limits are those of the contract: far too long for a test */
        terminal_wait_text(terminal, "in flight");
        terminal_type(terminal, "\003");
    }
    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "evidence ev-");
    free(lines);
}

static void every_scenario_is_shown_without_a_control_byte(void **state)
{
    const struct terminal_options options = {.rows = 30, .columns = 120, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    (void)state;
    terminal_wait_idle(terminal);
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);
        bool chat = strstr(scenario->operations, "chat") != NULL;

        if (scenario->scope != SCENARIO_ANSWER)
            continue;
        send_scenario(terminal, scenario, chat ? "chat" : "responses");
        for (size_t j = 0; j < sizeof(views) / sizeof(*views); j++) {
            char *command = xasprintf("view %s", views[j]);

            terminal_command(terminal, command);
            free(command);
        }
    }
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_is_shown_without_a_control_byte),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

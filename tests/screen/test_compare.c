/*
 * Two exchanges side by side: the base is chosen, differences are gone through, Esc leads back to
 * the same row (issue "History").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static const struct size {
    int rows, columns;
    const char *name;
} sizes[] = {{30, 140, "140x30"}, {24, 80, "80x24"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size)
{
    const struct terminal_options options = {
        .rows = size->rows, .columns = size->columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void end(struct terminal *terminal)
{
    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-simulator"));
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void send_scenario(struct terminal *terminal, const char *scenario, const char *headline)
{
    char *command = xasprintf("scenario %s", scenario);

    terminal_command(terminal, command);
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, headline);
    free(command);
}

/* The end of it: what took how long, further up, is another each time. */
static void expect(struct terminal *terminal, const struct size *size)
{
    char *name = xasprintf("compare-%s", size->name);

    terminal_expect(terminal, name);
    free(name);
}

static void two_exchanges_stand_side_by_side(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i]);

        send_scenario(terminal, "ready", "COMPLETE");
        send_scenario(terminal, "cut-mid-stream", "INCOMPLETE");
        terminal_type(terminal, "5fjc");
        terminal_wait_text(terminal, "sent at");
        terminal_type(terminal, "\033"); /* with what Stream shows */
        terminal_wait_gone(terminal, "sent at");
        terminal_type(terminal, "=");
        terminal_wait_text(terminal, "is the base");
        terminal_type(terminal, "kc");
        terminal_wait_text(terminal, "retry-briefly");
        terminal_wait_text(terminal, " differences ");
        terminal_type(terminal, "nn");
        terminal_type(terminal, "N");
        terminal_wait_text(terminal, sizes[i].columns < 100 ? "-" : "~");
        terminal_type(terminal, "G");
        terminal_wait_text(terminal, "text 1 difference");
        terminal_wait_text(terminal, sizes[i].columns < 100 ? "+ stop the writers"
                                                            : "table, then stop the writers");
        expect(terminal, &sizes[i]);
        terminal_type(terminal, "nnnnnnnn");
        terminal_wait_text(terminal, "no further difference");
        terminal_type(terminal, "\033");
        terminal_wait_text(terminal, "=");
        terminal_wait_text(terminal, "sim/cut-mid-stream");
        end(terminal);
    }
}

static void what_cannot_be_compared_is_said(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_type(terminal, "5");
    terminal_command(terminal, "compare");
    terminal_wait_text(terminal, "as the base (=)");
    terminal_command(terminal, "compare ev-none ev-other");
    terminal_wait_text(terminal, "no exchange ev-none");
    end(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_exchanges_stand_side_by_side),
        cmocka_unit_test(what_cannot_be_compared_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Catalog: found by a few characters, shown in full, and plain about what a fetch would do. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char *const nothing[] = {NULL};
static const char *const unreachable[] = {"--base-url", "http://127.0.0.1:1", NULL};
static const char *const with_key[] = {"COMETAPI_API_KEY=test-key-of-the-catalog", NULL};

struct size {
    int rows, columns;
    const char *name;
};
static const struct size sizes[] = {{40, 140, "140x40"}, {24, 80, "80x24"}, {12, 40, "40x12"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size, const char *const *arguments,
                              const char *const *variables)
{
    const struct terminal_options options = {.rows = size->rows,
                                             .columns = size->columns,
                                             .arguments = arguments,
                                             .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    if (arguments == demo)
        terminal_wait_text(terminal, "sim/ready");
    return terminal;
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("catalog-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

static void a_filter_ranks_and_escape_restores_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_type(terminal, "gjj");
        terminal_wait_text(terminal, "▸  demo/harbor-nano");
        terminal_type(terminal, "/");
        terminal_type(terminal, "ctmid");
        expect(terminal, "filter", &sizes[i]);
        terminal_type(terminal, "\033");
        terminal_wait_text(terminal, "▸  demo/harbor-nano");
        terminal_type(terminal, "/");
        terminal_type(terminal, "^demo !chat mini$");
        terminal_wait_text(terminal, "▸  demo/quarry-think-3-mini");
        terminal_type(terminal, "\r");
        terminal_type(terminal, "\033"); /* all again, and the cursor stays */
        terminal_wait_text(terminal, "demo/quarry-code");
        terminal_wait_text(terminal, "▸  demo/quarry-think-3-mini");
        terminal_type(terminal, "/");
        terminal_type(terminal, "qqqq");
        terminal_wait_text(terminal, "No model matches:");
        terminal_type(terminal, "\033");
        terminal_quit(terminal);
    }
}

static void a_model_is_shown_with_all_there_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_command(terminal, "scenario catalog-extra-fields");
        terminal_type(terminal, "R");
        terminal_wait_text(terminal, " models");
        terminal_type(terminal, "gi");
        expect(terminal, "detail", &sizes[i]);
        terminal_type(terminal, "G");
        terminal_type(terminal, "h");
        expect(terminal, "detail-folded", &sizes[i]);
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, "Composer uses");
        terminal_type(terminal, "\033");
        terminal_wait_text(terminal, "demo/harbor-nano");
        terminal_quit(terminal);
    }
}

/* What R does is said before it is done. */
static void without_a_list_it_says_what_a_fetch_sends(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], nothing, NULL);

        expect(terminal, "no-key", &sizes[i]);
        terminal_quit(terminal);
        terminal = start(&sizes[i], unreachable, with_key);
        expect(terminal, "empty", &sizes[i]);
        terminal_type(terminal, "R");
        terminal_wait_text(terminal, "No list: ERROR");
        terminal_type(terminal, "j"); /* the message goes */
        expect(terminal, "failed", &sizes[i]);
        terminal_quit(terminal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_ranks_and_escape_restores_the_place),
        cmocka_unit_test(a_model_is_shown_with_all_there_is),
        cmocka_unit_test(without_a_list_it_says_what_a_fetch_sends),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * History: what was sent is found, opened, marked, noted, exported, cited and sent again (issue
 * "History").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static const struct size {
    int rows, columns;
    const char *name;
} sizes[] = {{40, 140, "140x40"}, {24, 80, "80x24"}};
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

/* The pane alone, so that what other panes look like does not matter here. */
static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("history-%s-%s", step, size->name);

    terminal_type(terminal, "f");
    terminal_expect(terminal, name);
    terminal_type(terminal, "f");
    free(name);
}

static void send_scenario(struct terminal *terminal, const char *scenario, const char *headline)
{
    char *command = xasprintf("scenario %s", scenario);

    terminal_command(terminal, command);
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, headline);
    free(command);
}

static void check_file(struct terminal *terminal, const char *name, const char *holds)
{
    char *path = file_join(terminal_home(terminal), name);
    struct bytes text;
    struct error error;

    if (!file_read(path, 1 << 20, &text, NULL, &error))
        fail_msg("%s", error.text);
    assert_non_null(strstr(bytes_text(&text), holds));
    assert_null(strstr(bytes_text(&text), "sk-simulator"));
    bytes_release(&text);
    free(path);
}

static void what_was_sent_is_found_and_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        const struct size *size = &sizes[i];
        struct terminal *terminal = start(size);

        send_scenario(terminal, "ready", "COMPLETE");
        send_scenario(terminal, "cut-mid-stream", "INCOMPLETE");
        send_scenario(terminal, "ready", "COMPLETE");
        terminal_type(terminal, "5");
        terminal_wait_text(terminal, "truncated");
        expect(terminal, "list", size);
        terminal_type(terminal, "/");
        terminal_type(terminal, "verdcit:x");
        terminal_wait_text(terminal, "did you mean verdict:?");
        terminal_type(terminal, "\025verdict:tr");
        terminal_wait_text(terminal, "1 of 4");
        terminal_type(terminal, "\r");
        expect(terminal, "filter", size);
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, "INCOMPLETE");
        terminal_type(terminal, "\033"); /* back to where it was asked for */
        terminal_wait_text(terminal, "1 of 4");
        terminal_type(terminal, "\033");
        terminal_wait_gone(terminal, "1 of 4");
        end(terminal);
    }
}

static void one_is_marked_noted_exported_cited_and_sent_again(void **state)
{
    const struct size *size = &sizes[0];
    struct terminal *terminal = start(size);

    (void)state;
    send_scenario(terminal, "cut-mid-stream", "INCOMPLETE");
    terminal_type(terminal, "5");
    terminal_wait_text(terminal, "truncated");
    terminal_type(terminal, "m");
    terminal_type(terminal, ";");
    terminal_type(terminal, "ask the vendor\r");
    terminal_type(terminal, "f");
    terminal_wait_text(terminal, "note ask the vendor");
    terminal_type(terminal, "f");
    expect(terminal, "noted", size);
    terminal_type(terminal, "x");
    terminal_type(terminal, "\025har out.har\r");
    terminal_wait_text(terminal, "out.har is written");
    check_file(terminal, "out.har", "\"version\": \"1.2\"");
    terminal_command(terminal, "export curl out.sh");
    terminal_wait_text(terminal, "out.sh is written");
    check_file(terminal, "out.sh", "$COMETAPI_API_KEY");
    terminal_command(terminal, "export curl out.sh");
    terminal_wait_text(terminal, "there already");
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "5a");
    terminal_command(terminal, "write review.md");
    check_file(terminal, "review.md", "sim/cut-mid-stream");
    terminal_type(terminal, "5r");
    terminal_wait_text(terminal, "INCOMPLETE"); /* by the simulator: nothing is asked */
    terminal_type(terminal, "5");
    terminal_command(terminal, "filter cut-mid-stream");
    terminal_wait_text(terminal, "2 of 3"); /* the list of models is the first */
    terminal_type(terminal, "\033");
    terminal_command(terminal, "history prune 3");
    terminal_wait_text(terminal, "Nothing goes");
    terminal_command(terminal, "history prune 1");
    terminal_wait_text(terminal, "Remove 1 exchange of ");
    terminal_wait_text(terminal, "1 that is marked, noted or attached stays?");
    terminal_type(terminal, "yes\r");
    terminal_wait_text(terminal, "1 exchange is gone");
    terminal_wait_text(terminal, "2 exchanges");
    end(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_is_found_and_opened),
        cmocka_unit_test(one_is_marked_noted_exported_cited_and_sent_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

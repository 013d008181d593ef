/*
 * Help, the palette and the `:` line: every action is found by typing, and run in the pane one came
 * from; what was typed comes back.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};

struct size {
    int rows, columns;
    const char *name;
};
static const struct size sizes[] = {{40, 140, "140x40"}, {24, 80, "80x24"}, {12, 40, "40x12"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size)
{
    const struct terminal_options options = {
        .rows = size->rows, .columns = size->columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "sim/ready");
    return terminal;
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("help-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

static void help_begins_with_the_pane_and_finds_what_is_typed(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i]);

        terminal_type(terminal, "2?");
        terminal_wait_text(terminal, "Keys in Composer");
        terminal_type(terminal, "fold");
        terminal_wait_text(terminal, "Fold or unfold");
        terminal_wait_gone(terminal, "Send the request");
        terminal_type(terminal, "\025zzzz");
        terminal_wait_text(terminal, "Nothing matches");
        terminal_type(terminal, "\033");
        terminal_wait_gone(terminal, "Help, what for?");
        terminal_wait_text(terminal, "2 Composer");
        terminal_quit(terminal);
    }
}

static void what_is_chosen_runs_in_the_pane_one_came_from(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_type(terminal, "2?");
    terminal_type(terminal, "stream or not\r");
    terminal_wait_text(terminal, "stream     off");
    terminal_type(terminal, "?");
    terminal_type(terminal, "\020\016\016\033[B\033[A"); /* ^P ^N ^N Down Up: the second row */
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "Help, what for?");
    terminal_quit(terminal);
}

static void what_needs_an_argument_goes_to_the_command_line(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_type(terminal, "?");
    terminal_type(terminal, ":draft new\r");
    terminal_wait_text(terminal, "\n:draft new");
    terminal_type(terminal, "other\r");
    terminal_wait_text(terminal, "This is the draft other now");
    terminal_type(terminal, "?");
    terminal_type(terminal, "messages\t");
    terminal_wait_text(terminal, "\n:messages");
    terminal_type(terminal, "\033");
    terminal_quit(terminal);
}

static void the_palette_offers_what_a_command_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i]);

        terminal_type(terminal, "\020");
        terminal_wait_text(terminal, "▸ pane NAME");
        terminal_type(terminal, "scenario\r");
        terminal_wait_text(terminal, "Which?");
        terminal_type(terminal, "cut mid");
        terminal_wait_text(terminal, "▸ cut-mid-stream");
        terminal_wait_gone(terminal, "cut-reset");
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, "Composer uses sim/cut-mid-stream");
        terminal_quit(terminal);
    }
}

/* As people do who know M-x: a whole command is taken as it stands. */
static void the_palette_takes_a_whole_command(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_type(terminal, "\033x");
    terminal_wait_text(terminal, "Command:");
    terminal_type(terminal, "model made-up/zq9\r");
    terminal_wait_text(terminal, "Composer uses made-up/zq9");
    terminal_quit(terminal);
}

/* A message or another pane that comes meanwhile leaves no prompt without its list. */
static void a_resize_keeps_the_list_and_escape_ends_it(void **state)
{
    struct terminal *terminal = start(&sizes[0]);

    (void)state;
    terminal_type(terminal, "?");
    terminal_type(terminal, "send");
    terminal_resize(terminal, 12, 40);
    terminal_wait_text(terminal, "Help, what for? send");
    terminal_resize(terminal, 5, 19);
    terminal_wait_text(terminal, "Too small");
    terminal_resize(terminal, 24, 80);
    terminal_wait_text(terminal, "Send the request");
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "Help");
    terminal_quit(terminal);
}

/* ---- the `:` line ---- */

static void completions_are_a_menu_that_tab_goes_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i]);

        terminal_type(terminal, ":pane \t");
        expect(terminal, "completion", &sizes[i]);
        terminal_type(terminal, "\t\t");
        terminal_wait_text(terminal, "\n:pane composer");
        terminal_type(terminal, "\033[Z");
        terminal_wait_text(terminal, "\n:pane catalog");
        terminal_wait_text(terminal, "catalog   composer");
        terminal_type(terminal, "x");
        terminal_wait_gone(terminal, "catalog   composer");
        terminal_type(terminal, "\025model \t");
        terminal_wait_text(terminal, "; Tab goes on");
        terminal_type(terminal, "\033");
        terminal_quit(terminal);
    }
}

static void explain_says_what_a_code_means_and_offers_what_is_near(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_command(terminal, "explain model_unknown");
    terminal_wait_text(terminal, "model-unknown (class): The model is not known");
    terminal_command(terminal, "explain trunkated");
    terminal_wait_text(terminal, "did you mean truncated?");
    terminal_type(terminal, ":explain finish-r\t");
    terminal_wait_text(terminal, ":explain finish-retracted");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "finish-retracted (reason):");
    terminal_command(terminal, "explain");
    terminal_wait_text(terminal, "explain needs CODE");
    terminal_quit(terminal);
}

static struct terminal *start_at_home(const char *folder)
{
    static const char *const model[] = {"--model", "some/model", NULL};
    char *variable = xasprintf("XDG_STATE_HOME=%s", folder);
    const char *const variables[] = {variable, NULL};
    const struct terminal_options options = {
        .rows = 24, .columns = 80, .arguments = model, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    free(variable);
    return terminal;
}

static void lines_come_back_after_a_restart_but_no_key_and_no_prompt(void **state)
{
    char folder[] = "/tmp/command-lines-XXXXXX";
    struct terminal *terminal;
    char *command;

    (void)state;
    assert_non_null(mkdtemp(folder));
    terminal = start_at_home(folder);
    terminal_command(terminal, "model older/one");
    terminal_command(terminal, "model newer/two");
    terminal_command(terminal, "model newer/two");
    terminal_command(terminal, "prompt Something private");
    terminal_command(terminal, "model sk-abcdefghijklmnop1234567890ABCDEFGHIJ");
    terminal_type(terminal, "Q");
    terminal_wait_text(terminal, "The draft is not saved."); /* it holds the key */
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
    terminal = start_at_home(folder);
    terminal_type(terminal, ":\033[A");
    terminal_wait_text(terminal, "\n:model newer/two");
    terminal_type(terminal, "\033[A");
    terminal_wait_text(terminal, "\n:model older/one");
    terminal_type(terminal, "\033[B\022old"); /* ^R */
    terminal_wait_text(terminal, "model older/one");
    terminal_type(terminal, "\033");
    terminal_quit(terminal);
    command =
        xasprintf("! grep -rq 'private\\|sk-' %s/cometdeck/commands && rm -r %s", folder, folder);
    assert_int_equal(system(command), 0);
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_begins_with_the_pane_and_finds_what_is_typed),
        cmocka_unit_test(what_is_chosen_runs_in_the_pane_one_came_from),
        cmocka_unit_test(what_needs_an_argument_goes_to_the_command_line),
        cmocka_unit_test(the_palette_offers_what_a_command_takes),
        cmocka_unit_test(the_palette_takes_a_whole_command),
        cmocka_unit_test(a_resize_keeps_the_list_and_escape_ends_it),
        cmocka_unit_test(completions_are_a_menu_that_tab_goes_through),
        cmocka_unit_test(explain_says_what_a_code_means_and_offers_what_is_near),
        cmocka_unit_test(lines_come_back_after_a_restart_but_no_key_and_no_prompt),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

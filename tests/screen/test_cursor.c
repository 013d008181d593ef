/* The cursor rests where the user is, for screen readers and braille lines (E: "screen-reader
 * calm"), and what is typed or pasted goes where it shows. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DUMP_MAX = 1 << 20 };

#define POINTER "\342\226\270" /* in front of the row under the cursor */

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static struct terminal *start(int rows, int columns)
{
    const struct terminal_options options = {.rows = rows, .columns = columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "just now");
    return terminal;
}

/* From the cursor on the screen shows `text`. */
static void expect_at_cursor(struct terminal *terminal, const char *text)
{
    struct bytes dump;
    const char *at;
    int row, column;

    bytes_init(&dump, DUMP_MAX);
    terminal_dump(terminal, &dump);
    terminal_cursor(terminal, &row, &column);
    at = bytes_text(&dump);
    for (int i = 0; i < row && strchr(at, '\n'); i++)
        at = strchr(at, '\n') + 1;
    for (int i = 0; i < column && *at && *at != '\n';)
        i += (*++at & 0xc0) != 0x80;
    if (strncmp(at, text, strlen(text)) != 0)
        fail_msg("at the cursor, row %d column %d, stands \"%.40s\", not \"%s\"", row, column, at,
                 text);
    bytes_release(&dump);
}

static void the_cursor_rests_on_what_is_chosen(struct terminal *terminal)
{
    expect_at_cursor(terminal, POINTER "\342\227\217 sim/ready");
    terminal_type(terminal, "j");
    expect_at_cursor(terminal, POINTER "  sim/no-done");
    terminal_type(terminal, "2");
    expect_at_cursor(terminal, POINTER " prompt");
    terminal_type(terminal, "j");
    expect_at_cursor(terminal, POINTER " request");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    expect_at_cursor(terminal, " COMPLETE");
    terminal_command(terminal, "view events");
    expect_at_cursor(terminal, POINTER);
    terminal_command(terminal, "ledger new incident");
    expect_at_cursor(terminal, "*pending*");
    terminal_type(terminal, "]");
    expect_at_cursor(terminal, "*pending*");
    terminal_command(terminal, "write");
    terminal_type(terminal, "5");
    expect_at_cursor(terminal, POINTER);
    terminal_type(terminal, "1");
    expect_at_cursor(terminal, POINTER "  sim/no-done");
}

static void in_every_pane_the_cursor_rests_on_what_is_chosen(void **state)
{
    static const int sizes[][2] = {{40, 140}, {30, 120}, {24, 80}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct terminal *terminal = start(sizes[i][0], sizes[i][1]);

        the_cursor_rests_on_what_is_chosen(terminal);
        terminal_quit(terminal);
    }
}

static void a_line_that_is_typed_has_the_cursor_and_gives_it_back(void **state)
{
    struct terminal *terminal = start(24, 80);
    int row, column;

    (void)state;
    terminal_type(terminal, ":");
    terminal_type(terminal, "mo");
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(row, 23);
    assert_int_equal(column, 3);
    terminal_type(terminal, "\033[D");
    expect_at_cursor(terminal, "o");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "Enter use");
    expect_at_cursor(terminal, POINTER "\342\227\217 sim/ready");
    terminal_type(terminal, "?");
    terminal_wait_text(terminal, "Keys in Catalog");
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(row, 23);
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "Keys in Catalog");
    terminal_command(terminal, "messages");
    terminal_cursor(terminal, &row, &column);
    assert_int_equal(row, 2);
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "Messages");
    expect_at_cursor(terminal, POINTER "\342\227\217 sim/ready");
    terminal_quit(terminal);
}

/* What streams in elsewhere moves the cursor only for as long as it is written. */
static void a_stream_leaves_the_cursor_where_the_user_is(void **state)
{
    struct terminal *terminal = start(40, 140);

    (void)state;
    terminal_command(terminal, "model sim/long");
    terminal_send(terminal, ":send\r1", 7);
    terminal_wait_text(terminal, "COMPLETE");
    terminal_type(terminal, "k");
    terminal_type(terminal, "j");
    expect_at_cursor(terminal, POINTER);
    terminal_wait_text(terminal, POINTER " 1 Catalog");
    terminal_quit(terminal);
}

/* ---- pastes ---- */

static void paste(struct terminal *terminal, const char *text, size_t len)
{
    terminal_send(terminal, "\033[200~", 6);
    terminal_send(terminal, text, len);
    terminal_type(terminal, "\033[201~");
}

static void control_bytes_of_a_paste_are_no_keys(void **state)
{
    static const char hostile[] = "prompt a\003\004\025\027\r\n\tb\033[A\033OQ\177\0c\302\233d\377";
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_type(terminal, ":");
    paste(terminal, hostile, sizeof(hostile) - 1);
    terminal_wait_text(terminal, ":prompt a  b");
    terminal_wait_text(terminal, "cd");
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, ":prompt");
    terminal_quit(terminal);
}

/* A text that is asked for may have lines; a command has one. */
static void the_lines_of_a_pasted_prompt_are_kept(void **state)
{
    static const char text[] = "one\r\ntwo\rthree\n\tfour";
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_type(terminal, "2");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Prompt (^S sends): ");
    paste(terminal, text, sizeof(text) - 1);
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "\"one\\ntwo\\nthree\\n\\tfour\"");
    terminal_quit(terminal);
}

static void a_paste_without_a_line_runs_nothing(void **state)
{
    static const char commands[] = "Q\r:quit\rs\rD\003\033[201Q";
    struct terminal *terminal = start(24, 80);

    (void)state;
    paste(terminal, commands, sizeof(commands) - 1);
    terminal_wait_text(terminal, "A paste is taken where something is typed");
    expect_at_cursor(terminal, POINTER "\342\227\217 sim/ready");
    terminal_quit(terminal);
}

static void a_paste_of_a_megabyte_is_taken_whole_and_a_longer_one_is_told(void **state)
{
    enum { LEN = 1 << 20 };
    struct terminal *terminal = start(24, 80);
    char *text = malloc(LEN);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', LEN);
    terminal_type(terminal, ":");
    paste(terminal, text, LEN);
    terminal_wait_text(terminal, "xxxx");
    assert_false(terminal_shows(terminal, "only in part"));
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "xxxx");
    terminal_type(terminal, ":");
    terminal_send(terminal, "\033[200~yy", 8);
    paste(terminal, text, LEN);
    terminal_wait_text(terminal, "pasted only in part");
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, "xxxx");
    free(text);
    terminal_quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_every_pane_the_cursor_rests_on_what_is_chosen),
        cmocka_unit_test(a_line_that_is_typed_has_the_cursor_and_gives_it_back),
        cmocka_unit_test(a_stream_leaves_the_cursor_where_the_user_is),
        cmocka_unit_test(control_bytes_of_a_paste_are_no_keys),
        cmocka_unit_test(the_lines_of_a_pasted_prompt_are_kept),
        cmocka_unit_test(a_paste_without_a_line_runs_nothing),
        cmocka_unit_test(a_paste_of_a_megabyte_is_taken_whole_and_a_longer_one_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

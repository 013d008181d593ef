/* What leaves the screen and what points at it: copying, the pager, the mouse. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/memory.h"

enum { FILE_MAX = 1 << 20 };

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char *const without_mouse[] = {"demo", "--pace", "0", "--no-mouse", NULL};

static struct terminal *start(const char *const *arguments, const char *const *variables)
{
    const struct terminal_options options = {
        .rows = 40, .columns = 140, .arguments = arguments, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

/* ---- the mouse, as a terminal reports it ---- */

static void press(struct terminal *terminal, int row, int column)
{
    char bytes[64];

    snprintf(bytes, sizeof(bytes), "\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1,
             row + 1);
    terminal_type(terminal, bytes);
}

static void press_twice(struct terminal *terminal, int row, int column)
{
    char bytes[128];

    snprintf(bytes, sizeof(bytes), "\033[<0;%d;%dM\033[<0;%d;%dm\033[<0;%d;%dM\033[<0;%d;%dm",
             column + 1, row + 1, column + 1, row + 1, column + 1, row + 1, column + 1, row + 1);
    terminal_type(terminal, bytes);
}

static void wheel(struct terminal *terminal, bool down, int row, int column)
{
    char bytes[32];

    snprintf(bytes, sizeof(bytes), "\033[<%d;%d;%dM", down ? 65 : 64, column + 1, row + 1);
    terminal_type(terminal, bytes);
}

/* Where a text stands on the screen; fails the test when it does not. */
static void find(struct terminal *terminal, const char *text, int *row, int *column)
{
    struct bytes dump;
    const char *at, *line;

    bytes_init(&dump, FILE_MAX);
    terminal_dump(terminal, &dump);
    at = strstr(bytes_text(&dump), text);
    if (!at)
        fail_msg("the screen does not show %s", text);
    *row = 0;
    for (line = bytes_text(&dump); strchr(line, '\n') && strchr(line, '\n') < at;
         line = strchr(line, '\n') + 1)
        ++*row;
    *column = 0;
    for (; line < at; line++)
        *column += ((unsigned char)*line & 0xc0) != 0x80;
    bytes_release(&dump);
}

static void press_text(struct terminal *terminal, const char *text)
{
    int row, column;

    find(terminal, text, &row, &column);
    press(terminal, row, column);
}

/* ---- copying ---- */

/* What the last OSC 52 in the raw output asks for; the caller frees. */
static char *clipboard(struct terminal *terminal)
{
    const char *at = bytes_text(terminal_raw(terminal)), *last = NULL;
    struct bytes text;

    while ((at = strstr(at, "\033]52;c;")))
        last = at += 7;
    if (!last)
        return NULL;
    bytes_init(&text, FILE_MAX);
    assert_true(base64_decode(last, strcspn(last, "\007"), &text));
    return bytes_take(&text);
}

static void expect_clipboard(struct terminal *terminal, const char *text)
{
    char *got = clipboard(terminal);

    assert_non_null(got);
    assert_string_equal(got, text);
    free(got);
}

static void copy_sends_the_exact_bytes_to_the_terminal(void **state)
{
    struct terminal *terminal = start(demo, NULL);

    (void)state;
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "Sent the model identifier, 9 bytes, to the terminal");
    expect_clipboard(terminal, "sim/ready");
    terminal_command(terminal, "prompt a \\ \"b\"   \303\244");
    terminal_type(terminal, "2");
    terminal_command(terminal, "copy");
    expect_clipboard(terminal, "a \\ \"b\"   \303\244");
    terminal_command(terminal, "copy all");
    terminal_wait_text(terminal, "Sent the body");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_type(terminal, "5");
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "Sent the evidence identifier, 28 bytes");
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "Sent the cell, 9 bytes");
    expect_clipboard(terminal, "*pending*");
    terminal_command(terminal, "write");
    terminal_quit(terminal);
}

static void every_view_of_stream_gives_what_it_shows(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    char *got;

    (void)state;
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_type(terminal, "f");
    terminal_type(terminal, "y");
    expect_clipboard(terminal, "READY");
    press_text(terminal, "raw");
    terminal_wait_text(terminal, "[raw]");
    terminal_type(terminal, "Y");
    terminal_wait_text(terminal, "Sent the body");
    got = clipboard(terminal);
    assert_memory_equal(got, "data: {", 7);
    assert_string_equal(got + strlen(got) - 14, "data: [DONE]\n\n");
    free(got);
    press_text(terminal, "events");
    terminal_wait_text(terminal, "[events]");
    terminal_type(terminal, "y");
    expect_clipboard(terminal, "[DONE]");
    press_text(terminal, "headers");
    terminal_wait_text(terminal, "[headers]");
    terminal_type(terminal, "Y");
    terminal_wait_text(terminal, "Sent the headers");
    press_text(terminal, "timing");
    terminal_wait_text(terminal, "[timing]");
    terminal_type(terminal, "Y");
    terminal_wait_text(terminal, "Sent the times");
    press_text(terminal, "reasons");
    terminal_wait_text(terminal, "[reasons]");
    terminal_type(terminal, "Y");
    terminal_wait_text(terminal, "Sent the reasons");
    terminal_quit(terminal);
}

static void what_is_too_long_for_a_terminal_goes_to_a_file_of_the_user_alone(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    char *path = file_join(terminal_home(terminal), ".local/state/cometdeck/copied"), *long_text;
    struct bytes copied;
    struct stat about;

    (void)state;
    long_text = xcalloc(1, 80001);
    memset(long_text, 'x', 80000);
    terminal_type(terminal, ":");
    terminal_send(terminal, "\033[200~prompt ", 13);
    terminal_send(terminal, long_text, 80000);
    terminal_type(terminal, "\033[201~");
    terminal_type(terminal, "\r");
    terminal_type(terminal, "2");
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "80000 bytes, to the file");
    assert_null(clipboard(terminal));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_true(file_read(path, FILE_MAX, &copied, NULL, NULL));
    assert_int_equal(copied.len, 80000);
    assert_memory_equal(copied.data, long_text, copied.len);
    bytes_release(&copied);
    free(long_text);
    free(path);
    terminal_quit(terminal);
}

static void a_terminal_without_a_clipboard_gets_a_file(void **state)
{
    const char *const variables[] = {"STY=1.screen", NULL};
    struct terminal *terminal = start(demo, variables);

    (void)state;
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "to the file");
    assert_null(clipboard(terminal));
    terminal_quit(terminal);
}

static void a_tmux_that_is_not_there_is_passed_over(void **state)
{
    const char *const variables[] = {"TMUX=/nowhere/socket,1,0", NULL};
    struct terminal *terminal = start(demo, variables);

    (void)state;
    terminal_send(terminal, "y", 1);
    terminal_wait_text(terminal, "Sent the model");
    expect_clipboard(terminal, "sim/ready");
    terminal_quit(terminal);
}

static void a_tmux_that_never_takes_it_stops_no_key(void **state)
{
    char variable[256];
    const char *const variables[] = {"TMUX=/nowhere/socket,1,0", variable, NULL};
    char folder[] = "/tmp/cometdeck-tmux-XXXXXX";
    struct terminal *terminal;
    char *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "tmux");
    assert_true(
        file_replace(NULL, path, "#!/bin/sh\nexec sleep 1000\n", 25, 0700, NULL, NULL, NULL));
    snprintf(variable, sizeof(variable), "PATH=%s:%s", folder, getenv("PATH"));
    terminal = start(demo, variables);
    terminal_send(terminal, "y?", 2);
    terminal_wait_text(terminal, "Keys in Catalog");
    terminal_send(terminal, "\033", 1);
    terminal_wait_gone(terminal, "Keys in Catalog");
    terminal_wait_text(terminal, "Sent the model"); /* after its time */
    expect_clipboard(terminal, "sim/ready");
    terminal_quit(terminal);
    unlink(path);
    rmdir(folder);
    free(path);
}

/* ---- the pager ---- */

static void the_pager_reads_what_the_pane_shows(void **state)
{
    const char *const variables[] = {"PAGER=tee \"$HOME/paged\"; echo DONE; read -r x </dev/tty",
                                     NULL};
    struct terminal *terminal = start(demo, variables);
    char *path = file_join(terminal_home(terminal), "paged");
    struct bytes paged;

    (void)state;
    terminal_command(terminal, "prompt <\\033[31m> and \\u009b");
    terminal_type(terminal, "2");
    terminal_send(terminal, "v", 1);
    terminal_wait_text(terminal, "DONE");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "Enter type a prompt");
    assert_true(file_read(path, FILE_MAX, &paged, NULL, NULL));
    assert_non_null(strstr(bytes_text(&paged), "\"model\": \"sim/ready\""));
    assert_null(strchr(bytes_text(&paged), '\033'));
    bytes_release(&paged);
    free(path);
    terminal_quit(terminal);
}

/* A71 B4: what has no pane is read there as well. */
static void the_pager_reads_what_a_verb_says(void **state)
{
    const char *const variables[] = {"PAGER=tee -a \"$HOME/paged\"; echo DONE; read -r x </dev/tty",
                                     NULL};
    struct terminal *terminal = start(demo, variables);
    char *path = file_join(terminal_home(terminal), "paged"), *tree, *command;
    static const char code[] = "url = 'https://api.cometapi.com/v1'\n";
    struct bytes paged;

    (void)state;
    tree = file_join(terminal_home(terminal), "it's $(a) tree.py");
    assert_true(file_replace(NULL, tree, code, strlen(code), 0600, NULL, NULL, NULL));
    command = xasprintf(":scan %s\r", tree);
    terminal_send(terminal, command, strlen(command));
    terminal_wait_text(terminal, "DONE");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "SIMULATOR");
    terminal_send(terminal, ":policy\r", 8);
    terminal_wait_text(terminal, "attempts_max");
    terminal_wait_text(terminal, "DONE");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "SIMULATOR");
    assert_true(file_read(path, FILE_MAX, &paged, NULL, NULL));
    assert_non_null(strstr(bytes_text(&paged), "it's $(a) tree.py:1:"));
    assert_non_null(strstr(bytes_text(&paged), "attempts_max"));
    bytes_release(&paged);
    free(command);
    free(tree);
    free(path);
    terminal_quit(terminal);
}

static void a_pager_that_is_missing_or_killed_is_told(void **state)
{
    const char *const missing[] = {"PAGER=no-such-pager", NULL};
    const char *const killed[] = {"PAGER=kill -9 $$", NULL};
    struct terminal *terminal = start(demo, missing);

    (void)state;
    terminal_send(terminal, "v", 1);
    terminal_wait_text(terminal, "\"no-such-pager\" is not there");
    terminal_quit(terminal);
    terminal = start(demo, killed);
    terminal_send(terminal, "v", 1);
    terminal_wait_text(terminal, "ended by signal 9");
    terminal_quit(terminal);
}

/* ---- what the mouse does ---- */

static void a_press_selects_and_a_second_one_uses(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    int row, column;

    (void)state;
    find(terminal, "demo/quarry-code", &row, &column);
    press(terminal, row, column);
    terminal_type(terminal, "y");
    expect_clipboard(terminal, "demo/quarry-code");
    press_twice(terminal, row + 1, column);
    terminal_wait_text(terminal, "Composer uses demo/lantern-chat-7b");
    terminal_quit(terminal);
}

static void tabs_panes_hints_and_signs_answer_a_press(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    int row, column;

    (void)state;
    press_text(terminal, "5 History");
    terminal_wait_text(terminal, "\342\226\270 5 History");
    press_text(terminal, "2 Composer");
    terminal_wait_text(terminal, "\342\226\270 2 Composer");
    press_text(terminal, "temperature");
    terminal_type(terminal, "y");
    expect_clipboard(terminal, "0");
    find(terminal, "- messages: ", &row, &column);
    press(terminal, row, column);
    terminal_wait_text(terminal, "+ messages: ");
    press(terminal, row, column);
    terminal_wait_text(terminal, "- messages: ");
    press_text(terminal, "? help");
    terminal_wait_text(terminal, "Keys in Composer");
    press_text(terminal, "Fold or unfold all");
    terminal_wait_text(terminal, "\342\226\270 z");
    terminal_send(terminal, "\033", 1);
    terminal_wait_gone(terminal, "Keys in Composer");
    terminal_quit(terminal);
}

static void a_cell_of_the_ledger_is_pointed_at(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    int row, column;

    (void)state;
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "f");
    find(terminal, "Requests timed out", &row, &column);
    press(terminal, row + 1, column);
    terminal_type(terminal, "y");
    terminal_wait_text(terminal, "Sent the cell, 86 bytes");
    find(terminal, "\342\224\202 *pending*", &row, &column);
    press(terminal, row, column + 3);
    terminal_type(terminal, "y");
    expect_clipboard(terminal, "*pending*");
    terminal_command(terminal, "write");
    terminal_quit(terminal);
}

static void the_wheel_scrolls_and_leaves_the_focus(void **state)
{
    struct terminal *terminal = start(demo, NULL);
    int row, column;

    (void)state;
    terminal_type(terminal, "2");
    terminal_wait_text(terminal, "demo/harbor-nano");
    wheel(terminal, true, 5, 5);
    terminal_wait_gone(terminal, "demo/harbor-nano");
    terminal_wait_text(terminal, "\342\226\270 2 Composer");
    wheel(terminal, false, 5, 5);
    terminal_wait_text(terminal, "demo/harbor-nano");
    terminal_type(terminal, "?");
    terminal_wait_text(terminal, "Keys in Composer");
    terminal_wait_text(terminal, "\342\226\270 Enter");
    wheel(terminal, true, 5, 5);
    terminal_wait_gone(terminal, "\342\226\270 Enter");
    find(terminal, "Choose chat, responses or models", &row, &column);
    press_twice(terminal, row, column);
    terminal_wait_gone(terminal, "Keys in Composer");
    terminal_wait_text(terminal, "operation  responses");
    terminal_quit(terminal);
}

static void a_press_loses_nothing_that_is_typed(void **state)
{
    struct terminal *terminal = start(demo, NULL);

    (void)state;
    terminal_type(terminal, ":mod");
    press_text(terminal, "5 History");
    terminal_wait_text(terminal, ":mod");
    terminal_type(terminal, "\033");
    terminal_quit(terminal);
}

static size_t count(struct terminal *terminal, const char *sequence)
{
    const char *at = bytes_text(terminal_raw(terminal));
    size_t found = 0;

    while ((at = strstr(at, sequence))) {
        found++;
        at += strlen(sequence);
    }
    return found;
}

/* A terminal that goes on reporting fills the shell's line with rubbish. */
static void the_mouse_is_given_back_with_the_terminal(void **state)
{
    static const int signals[] = {SIGTERM, SIGSEGV, SIGABRT};
    static const char *const crashed[] = {TERMINAL_CRASH_WANTED, NULL};
    const char *const variables[] = {"PAGER=echo PAGED; read -r x </dev/tty", NULL};
    struct terminal *terminal = start(demo, variables);

    (void)state;
    assert_int_equal(count(terminal, "\033[?1000h\033[?1006h"), 1);
    assert_int_equal(count(terminal, "\033[?1002h") + count(terminal, "\033[?1003h"), 0);
    terminal_send(terminal, "v", 1);
    terminal_wait_text(terminal, "PAGED");
    assert_int_equal(count(terminal, "\033[?1006l\033[?1000l"), 1);
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Enter use");
    assert_int_equal(count(terminal, "\033[?1000h\033[?1006h"), 2);
    terminal_type(terminal, "M");
    assert_int_equal(count(terminal, "\033[?1006l\033[?1000l"), 2);
    terminal_command(terminal, "mouse on");
    terminal_send(terminal, "Q", 1);
    terminal_wait_end(terminal);
    assert_int_equal(count(terminal, "\033[?1000h"), 3);
    assert_int_equal(count(terminal, "\033[?1000l"), 3);
    terminal_free(terminal);
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        terminal = start(demo, crashed);
        terminal_signal(terminal, signals[i]);
        terminal_wait_end(terminal);
        assert_true(count(terminal, "\033[?1006l\033[?1000l") >= 1);
        terminal_free(terminal);
    }
}

static void without_the_mouse_no_mode_of_it_is_set(void **state)
{
    struct terminal *terminal = start(without_mouse, NULL);

    (void)state;
    terminal_quit(terminal);
    terminal = start(without_mouse, NULL);
    terminal_type(terminal, "j");
    assert_int_equal(count(terminal, "\033[?1000h"), 0);
    terminal_type(terminal, "M");
    assert_int_equal(count(terminal, "\033[?1000h\033[?1006h"), 1);
    terminal_quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_sends_the_exact_bytes_to_the_terminal),
        cmocka_unit_test(every_view_of_stream_gives_what_it_shows),
        cmocka_unit_test(what_is_too_long_for_a_terminal_goes_to_a_file_of_the_user_alone),
        cmocka_unit_test(a_terminal_without_a_clipboard_gets_a_file),
        cmocka_unit_test(a_tmux_that_is_not_there_is_passed_over),
        cmocka_unit_test(a_tmux_that_never_takes_it_stops_no_key),
        cmocka_unit_test(the_pager_reads_what_the_pane_shows),
        cmocka_unit_test(the_pager_reads_what_a_verb_says),
        cmocka_unit_test(a_pager_that_is_missing_or_killed_is_told),
        cmocka_unit_test(a_press_selects_and_a_second_one_uses),
        cmocka_unit_test(tabs_panes_hints_and_signs_answer_a_press),
        cmocka_unit_test(a_cell_of_the_ledger_is_pointed_at),
        cmocka_unit_test(the_wheel_scrolls_and_leaves_the_focus),
        cmocka_unit_test(a_press_loses_nothing_that_is_typed),
        cmocka_unit_test(the_mouse_is_given_back_with_the_terminal),
        cmocka_unit_test(without_the_mouse_no_mode_of_it_is_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

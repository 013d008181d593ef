/* The terminal is taken well and given back, whatever happens (issue: "Bad input, hostile input").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <glob.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static struct terminal *start(int rows, int columns)
{
    const struct terminal_options options = {.rows = rows, .columns = columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void end(struct terminal *terminal, int status)
{
    assert_int_equal(terminal_wait_end(terminal), status);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void quit(struct terminal *terminal)
{
    terminal_send(terminal, "Q", 1);
    end(terminal, 0);
}

static void the_first_screen_says_what_to_do(void **state)
{
    static const struct {
        int rows, columns;
        const char *name;
    } sizes[] = {{40, 140, "start-140x40"}, {30, 120, "start-120x30"}, {24, 80, "start-80x24"},
                 {12, 40, "start-40x12"},   {6, 20, "start-20x6"},     {5, 19, "start-19x5"}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct terminal *terminal = start(sizes[i].rows, sizes[i].columns);

        terminal_expect(terminal, sizes[i].name);
        quit(terminal);
    }
}

static void any_size_from_1x1_to_500x200_is_survived(void **state)
{
    static const int sizes[][2] = {{1, 1},    {2, 1},    {1, 2},  {3, 3},    {6, 20},    {5, 200},
                                   {200, 5},  {24, 80},  {6, 19}, {40, 140}, {200, 500}, {7, 21},
                                   {30, 120}, {39, 139}, {8, 32}, {12, 40},  {1, 500},   {200, 1}};
    struct terminal *terminal = start(24, 80);

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            terminal_resize(terminal, sizes[i][0], sizes[i][1]);
            terminal_wait_idle(terminal);
            terminal_type(terminal, round ? "\t" : "f");
        }
    }
    terminal_resize(terminal, 24, 80);
    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "SIMULATOR");
    quit(terminal);
}

/* Nothing is changed where the type cannot carry a screen: the reason is the only line. */
static void a_type_that_cannot_carry_a_screen_is_refused(void **state)
{
    static const struct {
        const char *variable;
        const char *reason;
    } types[] = {{"TERM=dumb", "cannot place its cursor"}, {"TERM=no-such", "is not known here"}};

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        const char *const variables[] = {types[i].variable, NULL};
        const struct terminal_options options = {
            .rows = 24, .columns = 80, .arguments = demo, .variables = variables};
        struct terminal *terminal = terminal_start(&options);

        assert_int_equal(terminal_wait_end(terminal), 2);
        assert_true(terminal_shows(terminal, types[i].reason));
        assert_null(strchr(bytes_text(terminal_raw(terminal)), '\033'));
        terminal_free(terminal);
    }
}

static void a_start_in_1x1_waits_for_room(void **state)
{
    struct terminal *terminal = start(1, 1);

    (void)state;
    terminal_resize(terminal, 24, 80);
    terminal_wait_text(terminal, "1 Catalog");
    quit(terminal);
}

static void every_signal_that_ends_it_restores_the_terminal(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP,  SIGINT,    SIGQUIT, SIGUSR1, SIGUSR2,
                                  SIGALRM, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        struct terminal *terminal = start(24, 80);

        terminal_signal(terminal, signals[i]);
        end(terminal, 130);
    }
}

static void a_broken_pipe_is_no_reason_to_end(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_signal(terminal, SIGPIPE);
    terminal_signal(terminal, SIGXFSZ);
    terminal_type(terminal, "2");
    terminal_wait_text(terminal, "▸ 2 Composer");
    quit(terminal);
}

static void a_crash_restores_the_terminal(void **state)
{
    static const char *const variables[] = {TERMINAL_CRASH_WANTED, NULL};
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGSYS, SIGTRAP};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        const struct terminal_options options = {
            .rows = 24, .columns = 80, .arguments = demo, .variables = variables};
        struct terminal *terminal = terminal_start(&options);

        terminal_wait_idle(terminal);
        terminal_signal(terminal, signals[i]);
        assert_int_equal(terminal_wait_end(terminal), TERMINAL_SIGNALLED + signals[i]);
        terminal_check_restored(terminal);
        terminal_free(terminal);
    }
}

static bool demo_left_something(const struct terminal *terminal)
{
    char *pattern = xasprintf("%s/cometdeck-demo-*", terminal_home(terminal));
    glob_t found;
    bool left = glob(pattern, 0, NULL, &found) == 0;

    if (left)
        globfree(&found);
    free(pattern);
    return left;
}

/* The line drops, and the shell that dies of it sends the same signal once more. */
static void a_dropped_line_ends_it_and_leaves_nothing(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    assert_true(demo_left_something(terminal));
    terminal_hang_up(terminal);
    for (int i = 0; i < 20; i++)
        terminal_signal(terminal, SIGHUP);
    assert_int_equal(terminal_wait_end(terminal), 130);
    assert_false(demo_left_something(terminal));
    terminal_free(terminal);
}

static struct terminal *start_with_state(const char *folder)
{
    char *variable = xasprintf("XDG_STATE_HOME=%s", folder);
    const char *const variables[] = {variable, NULL};
    const struct terminal_options options = {
        .rows = 24, .columns = 80, .arguments = demo, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    free(variable);
    return terminal;
}

/* What was not saved when it had to end is kept; that is said then, and at the next start. */
static void a_rescued_ledger_is_told_of_then_and_at_the_next_start(void **state)
{
    char folder[] = "/tmp/cometdeck-state-XXXXXX";
    struct terminal *terminal;
    char *pattern;
    glob_t found;

    (void)state;
    assert_non_null(mkdtemp(folder));
    pattern = xasprintf("%s/cometdeck/unsaved-*", folder);
    for (int i = 0; i < 2; i++) {
        terminal = start_with_state(folder);
        if (i == 1) {
            terminal_wait_text(terminal, "> ledger incident-");
            terminal_type(terminal, "l\r");
        }
        terminal_command(terminal, "ledger new incident");
        terminal_signal(terminal, SIGTERM);
        assert_int_equal(terminal_wait_end(terminal), 130);
        terminal_check_restored(terminal);
        assert_non_null(strstr(bytes_text(terminal_raw(terminal)),
                               "was not saved; the next start offers it again"));
        terminal_free(terminal);
    }
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 2);
    for (size_t i = 0; i < found.gl_pathc; i++)
        remove(found.gl_pathv[i]);
    globfree(&found);
    free(pattern);
    pattern = xasprintf("%s/cometdeck", folder);
    rmdir(pattern);
    free(pattern);
    assert_int_equal(rmdir(folder), 0);
}

/* The session has no shell that could continue it: a stop is passed over, the modes are set anew.
 */
static void suspending_gives_the_terminal_back_and_takes_it_again(void **state)
{
    struct terminal *terminal = start(24, 80);
    size_t before;

    (void)state;
    before = terminal_raw(terminal)->len;
    terminal_type(terminal, "\032");
    assert_non_null(strstr(bytes_text(terminal_raw(terminal)) + before, "\033[?1049l"));
    assert_non_null(strstr(bytes_text(terminal_raw(terminal)) + before, "\033[?2004l"));
    terminal_wait_text(terminal, "1 Catalog");
    terminal_signal(terminal, SIGSTOP);
    terminal_signal(terminal, SIGCONT);
    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "1 Catalog");
    quit(terminal);
}

/* design.md "Console": a paste never fires bindings. */
static void a_paste_never_fires_bindings(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_type(terminal, "\033[200~QQ\r:quit\rs\033[201~");
    terminal_wait_text(terminal, "A paste is taken where");
    terminal_type(terminal, ":");
    terminal_type(terminal, "\033[200~model a\nb\033[31m\007c\033[201~");
    terminal_wait_text(terminal, ":model a b[31mc");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Composer uses a b[31mc");
    quit(terminal);
}

static void a_lone_escape_closes_the_prompt(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_type(terminal, ":half a word");
    terminal_wait_text(terminal, ":half a word");
    terminal_type(terminal, "\033");
    terminal_wait_gone(terminal, ":half a word");
    quit(terminal);
}

static void the_command_line_completes_and_suggests(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_type(terminal, ":scen\tcut-mid\t");
    terminal_wait_text(terminal, ":scenario cut-mid-stream");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Composer uses sim/cut-mid-stream");
    terminal_command(terminal, "sned");
    terminal_wait_text(terminal, "did you mean \"send\"?");
    terminal_type(terminal, ":\020");
    terminal_wait_text(terminal, ":sned");
    terminal_type(terminal, "\003");
    quit(terminal);
}

/* design.md "Console": a confirmation only where something is billed; nothing listens there. */
static void sending_to_production_is_confirmed_once(void **state)
{
    static const char profiles[] =
        "{\"version\": 1, \"default_profile\": \"live\", \"profiles\": [{\"name\": \"live\", "
        "\"environment\": \"live\", \"base_url\": \"http://127.0.0.1:9\", \"model\": \"m\", "
        "\"key_source\": \"env:LIVE_KEY\", \"production\": true, \"simulator\": false}]}\n";
    static const char twice[] = ":send\n:send\n";
    char folder[] = "/tmp/cometdeck-live-XXXXXX";
    const char *arguments[] = {folder, NULL, NULL, NULL};
    const char *const variables[] = {"LIVE_KEY=sk-not-a-key", NULL};
    const struct terminal_options options = {
        .rows = 24, .columns = 80, .arguments = arguments, .variables = variables};
    struct terminal *terminal;
    char *path, *command;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_true(workspace_init(folder, NULL, NULL));
    path = file_join(folder, "cometdeck.json");
    assert_true(file_replace(NULL, path, profiles, sizeof(profiles) - 1, 0600, NULL, NULL, NULL));
    terminal = terminal_start(&options);
    terminal_wait_idle(terminal);
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "PRODUCTION, BILLABLE: send: POST http://127.0.0.1:9");
    terminal_wait_text(terminal, "live? (y or n)");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "Nothing was sent");
    terminal_type(terminal, ":send\ry\r");
    terminal_wait_text(terminal, "▸ 3 Stream");
    terminal_wait_text(terminal, "ERROR");
    terminal_command(terminal, "send");
    assert_false(terminal_shows(terminal, "live? (y"));
    terminal_command(terminal, "again"); /* sent again it is asked about each time */
    terminal_wait_text(terminal, "PRODUCTION, BILLABLE: send chat m again: POST");
    terminal_wait_text(terminal, "live? (y or n)");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "Nothing was sent");
    quit(terminal);
    free(path);

    path = file_join(folder, "twice.script"); /* the first question is no answer to itself */
    assert_true(file_replace(NULL, path, twice, sizeof(twice) - 1, 0600, NULL, NULL, NULL));
    arguments[1] = "--script";
    arguments[2] = path;
    terminal = terminal_start(&options);
    terminal_wait_text(terminal, "live? (y or n)");
    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "live? (y or n)");
    assert_false(terminal_shows(terminal, "▸ 3 Stream"));
    terminal_type(terminal, "y\r");
    terminal_wait_text(terminal, "▸ 3 Stream");
    quit(terminal);
    free(path);
    command = xasprintf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

static void a_message_that_passed_is_read_again(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_command(terminal, "sned");
    terminal_type(terminal, "2");
    terminal_wait_gone(terminal, "did you mean");
    terminal_command(terminal, "messages");
    terminal_wait_text(terminal, "─ Messages ─");
    terminal_wait_text(terminal, "did you mean \"send\"?");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "▸ 2 Composer");
    quit(terminal);
}

static bool writes_colours(const char *raw)
{
    regex_t regex;
    bool found;

    assert_int_equal(regcomp(&regex, "\033\\[([0-9;]*;)?[349][0-7](;[0-9;]*)?m", REG_EXTENDED), 0);
    found = regexec(&regex, raw, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static void without_utf8_borders_are_ascii_and_without_colour_nothing_is_lost(void **state)
{
    static const char *const variables[] = {"NO_COLOR=1", NULL};
    const struct terminal_options options = {
        .rows = 24, .columns = 80, .arguments = demo, .locale = "C", .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    (void)state;
    terminal_wait_idle(terminal);
    terminal_expect(terminal, "start-ascii-80x24");
    assert_false(writes_colours(bytes_text(terminal_raw(terminal))));
    quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_screen_says_what_to_do),
        cmocka_unit_test(any_size_from_1x1_to_500x200_is_survived),
        cmocka_unit_test(a_type_that_cannot_carry_a_screen_is_refused),
        cmocka_unit_test(a_start_in_1x1_waits_for_room),
        cmocka_unit_test(every_signal_that_ends_it_restores_the_terminal),
        cmocka_unit_test(a_broken_pipe_is_no_reason_to_end),
        cmocka_unit_test(a_crash_restores_the_terminal),
        cmocka_unit_test(a_dropped_line_ends_it_and_leaves_nothing),
        cmocka_unit_test(a_rescued_ledger_is_told_of_then_and_at_the_next_start),
        cmocka_unit_test(suspending_gives_the_terminal_back_and_takes_it_again),
        cmocka_unit_test(a_paste_never_fires_bindings),
        cmocka_unit_test(a_lone_escape_closes_the_prompt),
        cmocka_unit_test(the_command_line_completes_and_suggests),
        cmocka_unit_test(sending_to_production_is_confirmed_once),
        cmocka_unit_test(a_message_that_passed_is_read_again),
        cmocka_unit_test(without_utf8_borders_are_ascii_and_without_colour_nothing_is_lost),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A crash, a hangup or a kill loses no draft and no ledger edit: they come back at the next start,
 * after asking (issue "The console for daily use", Recovery).
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"

static const char ledger[] = "# Review\n\n| Field | Value |\n|---|---|\n| Owner | *pending* |\n"
                             "| Result | open |\n";

struct world {
    char folder[64]; /* the workspace */
    char *ledger;
    char *editor; /* "VISUAL=…", or NULL */
};

static int set_up(void **state)
{
    struct world *world = xcalloc(1, sizeof(*world));
    char *ledgers;

    strcpy(world->folder, "/tmp/cometdeck-recovery-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    assert_true(workspace_init(world->folder, NULL, NULL));
    ledgers = file_join(world->folder, "ledgers");
    assert_true(file_make_folders(ledgers, 0755, NULL));
    world->ledger = file_join(ledgers, "review.md");
    assert_true(
        file_replace(NULL, world->ledger, ledger, sizeof(ledger) - 1, 0644, NULL, NULL, NULL));
    free(ledgers);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    char *command = xasprintf("rm -rf %s", world->folder);
    int status = system(command);

    free(command);
    free(world->ledger);
    free(world->editor);
    free(world);
    return status;
}

static struct terminal *start_in(struct world *world, int rows, int columns)
{
    const char *const arguments[] = {world->folder, NULL};
    const char *const variables[] = {"COMETAPI_API_KEY=sk-recovery-0123456789abcdef",
                                     TERMINAL_CRASH_WANTED, world->editor, NULL};
    const struct terminal_options options = {
        .rows = rows, .columns = columns, .arguments = arguments, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static struct terminal *start(struct world *world)
{
    return start_in(world, 24, 80);
}

static void kill_it(struct terminal *terminal)
{
    terminal_signal(terminal, SIGKILL);
    assert_int_equal(terminal_wait_end(terminal), TERMINAL_SIGNALLED + SIGKILL);
    terminal_free(terminal);
}

static void leave(struct terminal *terminal, const char *keys)
{
    terminal_send(terminal, keys, strlen(keys));
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void open_ledger(struct world *world, struct terminal *terminal)
{
    char *command = xasprintf("ledger open %s", world->ledger);

    terminal_command(terminal, command);
    terminal_wait_text(terminal, "*pending*");
    free(command);
}

static size_t count_files(const struct world *world, const char *pattern)
{
    char *whole = xasprintf("%s/.cometdeck/%s", world->folder, pattern);
    size_t count = 0;
    glob_t found;

    if (glob(whole, 0, NULL, &found) == 0) {
        count = found.gl_pathc;
        globfree(&found);
    }
    free(whole);
    return count;
}

static bool file_holds(const char *path, const char *text)
{
    struct bytes content;
    bool holds;

    assert_true(file_read(path, 1 << 24, &content, NULL, NULL));
    holds = strstr(bytes_text(&content), text) != NULL;
    bytes_release(&content);
    return holds;
}

/* ---- ledgers ---- */

static void a_killed_console_loses_no_edit_of_a_ledger(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "ops team\r");
    terminal_wait_text(terminal, "review.md, unsaved, 0 pending");
    kill_it(terminal);
    assert_false(file_holds(world->ledger, "ops team"));

    terminal = start(world);
    terminal_wait_text(terminal, "Recover it? (r, d, l or x)");
    terminal_wait_text(terminal, "ledger review.md, 0 min ago");
    terminal_type(terminal, "d");
    terminal_wait_text(terminal, "- | Owner | *pending* |");
    terminal_wait_text(terminal, "+ | Owner | ops team |");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "Recover it? (r, d, l or x)");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "Recovered review.md, not written");
    terminal_wait_text(terminal, "review.md, unsaved, 0 pending");
    terminal_wait_text(terminal, "ops team");
    terminal_type(terminal, "u");
    terminal_wait_text(terminal, "review.md, 1 pending");
    terminal_type(terminal, "\022");
    terminal_type(terminal, "w");
    terminal_wait_text(terminal, "Wrote ");
    assert_true(file_holds(world->ledger, "| Owner | ops team |"));
    assert_int_equal(count_files(world, "unsaved-*"), 0);
    leave(terminal, "Q");
}

static void a_second_kill_loses_nothing_either(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "first\r");
    kill_it(terminal);
    terminal = start(world);
    kill_it(terminal); /* with the question open */
    terminal = start(world);
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "review.md, unsaved");
    kill_it(terminal);
    terminal = start(world);
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "first");
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    leave(terminal, "Qyes\r");
    assert_int_equal(count_files(world, "unsaved-*"), 0);
    terminal = start(world);
    assert_false(terminal_shows(terminal, "Recover it?"));
    leave(terminal, "Q");
}

static void signals_and_a_dropped_line_keep_it_too(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGSEGV, 0 /* the line drops */};
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        struct terminal *terminal = start(world);

        open_ledger(world, terminal);
        terminal_type(terminal, "le");
        terminal_type(terminal, "known\r");
        if (signals[i])
            terminal_signal(terminal, signals[i]);
        else
            terminal_hang_up(terminal);
        terminal_wait_end(terminal);
        terminal_free(terminal);
        terminal = start(world);
        terminal_wait_text(terminal, "ledger review.md");
        terminal_type(terminal, "x");
        terminal_wait_text(terminal, "Discard it for good?");
        terminal_type(terminal, "yes\r");
        terminal_wait_text(terminal, "Discarded");
        assert_int_equal(count_files(world, "unsaved-*"), 0);
        leave(terminal, "Q");
    }
}

static void what_is_left_for_later_is_offered_again(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "known\r");
    kill_it(terminal);
    terminal = start(world);
    terminal_type(terminal, "l");
    terminal_wait_text(terminal, "It stays kept; :recover asks again");
    terminal_command(terminal, "recover");
    terminal_wait_text(terminal, "Recover it?");
    terminal_type(terminal, "x");
    terminal_type(terminal, "no\r");
    terminal_wait_text(terminal, "Recover it?");
    terminal_type(terminal, "\003");
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    leave(terminal, "Q");
}

static void what_a_running_console_keeps_is_not_lost(void **state)
{
    struct world *world = *state;
    struct terminal *one = start(world), *other;

    open_ledger(world, one);
    terminal_type(one, "le");
    terminal_type(one, "known\r");
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    other = start(world);
    assert_false(terminal_shows(other, "Recover it?"));
    terminal_command(other, "recover");
    terminal_wait_text(other, "Nothing is kept that was not saved");
    leave(other, "Q");
    leave(one, "Qyes\r");
}

/* Its steps would be taken for answers. */
static void a_script_is_not_asked(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);
    char *script = file_join(world->folder, "steps");
    const char *const arguments[] = {world->folder, "--script", script, NULL};
    const struct terminal_options options = {.rows = 24, .columns = 80, .arguments = arguments};

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "known\r");
    kill_it(terminal);
    assert_true(file_replace(NULL, script, ":quit\n", 6, 0600, NULL, NULL, NULL));
    terminal = terminal_start(&options);
    assert_int_equal(terminal_wait_end(terminal), 0);
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    terminal_free(terminal);
    free(script);
}

static void it_fits_a_small_screen(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start_in(world, 12, 40);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "known\r");
    kill_it(terminal);
    terminal = start_in(world, 12, 40);
    terminal_expect(terminal, "recover-40x12");
    terminal_resize(terminal, 24, 80);
    terminal_expect(terminal, "recover-80x24");
    leave(terminal, "\003Q");
}

/* ---- what is typed ---- */

static void a_line_that_was_being_typed_comes_back(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "a long sentence about the owner");
    kill_it(terminal);
    terminal = start(world);
    terminal_wait_text(terminal, "typed at \"Value: \": a long sentence about the owner");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "Up in the line brings it back");
    open_ledger(world, terminal);
    terminal_type(terminal, "le\033[A\033[A"); /* the command was after it */
    terminal_wait_text(terminal, "Value: a long sentence about the owner");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "review.md, unsaved, 0 pending");
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    leave(terminal, "Qyes\r");
}

/* The command that ends it was typed too, and answered. */
static void a_command_that_ends_it_is_not_offered(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    terminal_type(terminal, ":quit");
    leave(terminal, "\r");
    assert_int_equal(count_files(world, "unsaved-*"), 0);
}

static void a_key_is_not_kept(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);
    char *command = xasprintf("grep -rq sk-recovery-0123456789 %s/.cometdeck", world->folder);

    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "sk-recovery-0123456789abcdef");
    assert_true(system(command) != 0);
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Line 5 holds a key");
    assert_true(system(command) != 0);
    kill_it(terminal);
    terminal = start(world);
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "a key had been taken out of it");
    leave(terminal, "Qyes\r");
    free(command);
}

/* ---- drafts ---- */

static void a_killed_console_loses_no_draft(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    terminal_command(terminal, "prompt what was written before the end");
    kill_it(terminal);
    terminal = start(world);
    terminal_type(terminal, "2");
    terminal_wait_text(terminal, "what was written before the end");
    leave(terminal, "Q");
}

static void a_damaged_draft_is_told_of_and_left_alone(void **state)
{
    static const char damaged[] = "{\n  \"version\": 1,\n  oops\n}\n";
    struct world *world = *state;
    struct terminal *terminal = start(world);
    char *path = xasprintf("%s/.cometdeck/drafts/default.json", world->folder);

    terminal_command(terminal, "prompt one");
    leave(terminal, "Q");
    assert_true(file_replace(NULL, path, damaged, sizeof(damaged) - 1, 0600, NULL, NULL, NULL));
    terminal = start(world);
    terminal_wait_text(terminal, "default.json:3:3:");
    terminal_command(terminal, "prompt another");
    terminal_type(terminal, "Q");
    terminal_wait_text(terminal, "The draft is not saved. Leave without saving?");
    leave(terminal, "yes\r");
    assert_true(file_holds(path, damaged));
    free(path);
}

/* Killed while the user's editor, here one command and a wait, has a text of Composer. */
static void kill_in_editor(struct world *world, const char *key, const char *edit)
{
    char *script = file_join(world->folder, "editor.sh");
    char *done = file_join(world->folder, "edited");
    FILE *file = fopen(script, "w");
    struct terminal *terminal;

    fprintf(file, "%s; touch %s; read -r x\n", edit, done);
    fclose(file);
    free(world->editor);
    world->editor = xasprintf("VISUAL=sh %s", script);
    terminal = start(world);
    terminal_type(terminal, "2");
    terminal_send(terminal, key, 1);
    while (!file_exists(done))
        terminal_step(terminal, 1000);
    kill_it(terminal);
    unlink(done);
    assert_int_equal(count_files(world, "edit-*"), 1);
    free(done);
    free(script);
}

static void a_text_in_the_editor_survives_its_console(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    kill_in_editor(world, "E", "sed -i 's/READY/EDITED-MEANWHILE/' \"$1\"");
    terminal = start(world);
    terminal_wait_text(terminal, "a text of the editor, the body of the draft default, 0 min ago");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "The text of the editor is in the draft");
    terminal_wait_text(terminal, "EDITED-MEANWHILE");
    assert_int_equal(count_files(world, "edit-*"), 0);
    assert_int_equal(count_files(world, "unsaved-*"), 0);
    leave(terminal, "Q");
}

/* A text that reads as JSON is one all the same; another draft has nothing to do with it. */
static void it_goes_where_it_was_from_and_nowhere_else(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    terminal = start(world);
    terminal_command(terminal, "prompt one");
    leave(terminal, "Q");
    kill_in_editor(world, "\005", "echo 42 >\"$1\"");
    terminal = start(world);
    terminal_type(terminal, "l");
    terminal_command(terminal, "draft new another");
    terminal_command(terminal, "recover");
    terminal_wait_text(terminal, "/messages/0/content of the draft default");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "The text of the editor is in the draft");
    terminal_wait_text(terminal, "content: \"42\"");
    terminal_wait_text(terminal, "model: ");
    terminal_command(terminal, "draft open another");
    assert_false(terminal_shows(terminal, "content: \"42\""));
    leave(terminal, "Q");
}

static void an_editor_that_changed_nothing_leaves_nothing(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    kill_in_editor(world, "E", "true");
    terminal = start(world);
    assert_false(terminal_shows(terminal, "Recover it?"));
    assert_int_equal(count_files(world, "edit-*"), 0);
    assert_int_equal(count_files(world, "unsaved-*"), 0);
    leave(terminal, "Q");
}

/* No file of ours holds a key, also not the one of the editor. */
static void a_key_does_not_go_to_the_editor(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    world->editor = xstrdup("VISUAL=cp -t /tmp/nowhere-at-all");
    terminal = start(world);
    terminal_command(terminal, "prompt my sk-recovery-0123456789abcdef");
    terminal_type(terminal, "2E");
    terminal_wait_text(terminal, "holds a key, which would come to lie in a file");
    assert_int_equal(count_files(world, "edit-*"), 0);
    leave(terminal, "Qyes\r");
}

/* What was refused is on disk as well, for the draft that it is of, until it is let go. */
static void what_cannot_be_taken_outlives_a_crash(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    world->editor = xstrdup("VISUAL=sh -c 'echo {oops >\"$1\"' sh");
    terminal = start(world);
    terminal_type(terminal, "2E");
    terminal_wait_text(terminal, "Edit again?");
    terminal_type(terminal, "\003");
    assert_int_equal(count_files(world, "edit-*"), 1);
    kill_it(terminal);
    terminal = start(world);
    terminal_wait_text(terminal, "a text of the editor, the body of");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "It stays in");
    terminal_command(terminal, "recover");
    terminal_type(terminal, "xyes\r");
    terminal_wait_text(terminal, "Discarded");
    assert_int_equal(count_files(world, "edit-*"), 0);
    terminal_type(terminal, "2E");
    terminal_wait_text(terminal, "Edit again?");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "The text is gone");
    assert_int_equal(count_files(world, "edit-*"), 0);
    leave(terminal, "Q");
}

/* The end of the console is an answer too: what was asked about is let go of once. */
static void an_end_while_it_asks_is_in_order(void **state)
{
    struct world *world = *state;
    struct terminal *terminal;

    kill_in_editor(world, "E", "echo 1 >\"$1\"");
    terminal = start(world);
    terminal_wait_text(terminal, "a text of the editor, ");
    terminal_signal(terminal, SIGTERM);
    assert_int_equal(terminal_wait_end(terminal), 130);
    terminal_check_restored(terminal);
    terminal_free(terminal);
    assert_int_equal(count_files(world, "edit-*"), 1);
}

/* One key an answer, and what came of it stays readable while the next one is asked about. */
static void one_after_the_other_is_offered(void **state)
{
    struct world *world = *state;
    struct terminal *terminal = start(world);

    terminal_command(terminal, "draft new one");
    open_ledger(world, terminal);
    terminal_type(terminal, "le");
    terminal_type(terminal, "ops team\r");
    terminal_type(terminal, ":note something that ends in the middle of \xc3\xa9\xc3\xa9\xc3\xa9");
    kill_it(terminal);
    terminal = start(world);
    terminal_wait_text(terminal, "> typed at \":\": note something");
    terminal_wait_text(terminal, "ledger review.md");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "Up in the line brings it back: note something");
    terminal_wait_text(terminal, "> ledger review.md");
    terminal_wait_text(terminal, "Recover it? (r, d, l or x)");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "review.md, unsaved, 0 pending");
    assert_int_equal(count_files(world, "unsaved-*"), 1);
    leave(terminal, "Qyes\r");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_killed_console_loses_no_edit_of_a_ledger),
        IN_WORLD(a_second_kill_loses_nothing_either),
        IN_WORLD(signals_and_a_dropped_line_keep_it_too),
        IN_WORLD(what_is_left_for_later_is_offered_again),
        IN_WORLD(what_a_running_console_keeps_is_not_lost),
        IN_WORLD(a_script_is_not_asked),
        IN_WORLD(it_fits_a_small_screen),
        IN_WORLD(a_line_that_was_being_typed_comes_back),
        IN_WORLD(a_command_that_ends_it_is_not_offered),
        IN_WORLD(a_key_is_not_kept),
        IN_WORLD(a_killed_console_loses_no_draft),
        IN_WORLD(a_damaged_draft_is_told_of_and_left_alone),
        IN_WORLD(a_text_in_the_editor_survives_its_console),
        IN_WORLD(it_goes_where_it_was_from_and_nowhere_else),
        IN_WORLD(an_editor_that_changed_nothing_leaves_nothing),
        IN_WORLD(a_key_does_not_go_to_the_editor),
        IN_WORLD(what_cannot_be_taken_outlives_a_crash),
        IN_WORLD(an_end_while_it_asks_is_in_order),
        IN_WORLD(one_after_the_other_is_offered),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

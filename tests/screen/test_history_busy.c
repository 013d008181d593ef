/* A history that another process holds: nothing waits for it, nothing is lost in silence. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <glob.h>
#include <sqlite3.h>
#include <string.h>

#include "base/memory.h"

static struct terminal *start(void)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};
    const struct terminal_options options = {.rows = 40, .columns = 140, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "sim/ready");
    return terminal;
}

/* The database of the running console, locked for writing. */
static sqlite3 *lock_history(const struct terminal *terminal)
{
    char *pattern = xasprintf("%s/cometdeck-demo-*/.cometdeck/history.db", terminal_home(terminal));
    sqlite3 *db;
    glob_t found;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(sqlite3_open(found.gl_pathv[0], &db), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 10000), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    globfree(&found);
    free(pattern);
    return db;
}

static void a_row_that_waited_is_written_without_a_key(void **state)
{
    struct terminal *terminal = start();
    sqlite3 *other;

    (void)state;
    terminal_type(terminal, "5");
    terminal_wait_text(terminal, "1 exchange");
    other = lock_history(terminal);
    terminal_command(terminal, "send"); /* and is idle all the same */
    terminal_wait_text(terminal, "COMPLETE");
    terminal_type(terminal, "5");
    assert_false(terminal_shows(terminal, "2 exchanges"));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    terminal_wait_text(terminal, "2 exchanges");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

static void what_is_lost_in_the_end_is_said(void **state)
{
    struct terminal *terminal = start();
    sqlite3 *other = lock_history(terminal);

    (void)state;
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    assert_non_null(strstr(bytes_text(terminal_raw(terminal)), "1 exchange is not in the history"));
    terminal_check_restored(terminal);
    sqlite3_close(other);
    terminal_free(terminal);
}

/* What goes is looked up between frames; its question waits until the line is answered. */
static void a_question_that_comes_late_takes_no_line_that_is_typed(void **state)
{
    static const char more[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
        "INSERT INTO exchange SELECT 'ev-' || i, wall_ms - i, profile, operation, model, verdict,"
        " class, request_id, finish_reasons, capture, digest, status, curl, simulated, streamed,"
        " latency_us, first_byte_us, first_token_us, input_tokens, output_tokens, body_bytes,"
        " events, note, marked, wrong, test_case FROM (SELECT * FROM exchange LIMIT 1), n; COMMIT";
    static const char keys[] = ":history prune 10\r:draft ne";
    struct terminal *terminal = start();
    sqlite3 *other = lock_history(terminal);

    (void)state;
    assert_int_equal(sqlite3_exec(other, more, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    terminal_send(terminal, keys, sizeof(keys) - 1);
    terminal_wait_text(terminal, ":draft ne");
    terminal_wait_idle(terminal);
    terminal_type(terminal, "w");
    assert_true(terminal_shows(terminal, ":draft new"));
    terminal_type(terminal, "\003");
    terminal_wait_text(terminal, "(yes or no)");
    terminal_type(terminal, "no\r");
    terminal_wait_text(terminal, "Nothing was removed");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_waited_is_written_without_a_key),
        cmocka_unit_test(what_is_lost_in_the_end_is_said),
        cmocka_unit_test(a_question_that_comes_late_takes_no_line_that_is_typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ui/line_history: lines of the prompt over restarts, and of two consoles at once. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/line_history.h"

enum { TEXT_MAX = 8 * 1024 * 1024, CONSOLES = 4, EACH = 60 };

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/line-history-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int status = system(command);

    (void)state;
    free(command);
    return status;
}

static void collect(void *into, const char *line)
{
    bytes_printf(into, "%s\n", line);
}

static void check_lines(const char *expected)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    line_history_load(folder, collect, &text);
    assert_string_equal(bytes_text(&text), expected);
    bytes_release(&text);
}

static void lines_come_back_in_their_order_and_for_nobody_else(void **state)
{
    char *path = xasprintf("%s/commands", folder);
    struct stat about;

    (void)state;
    check_lines("");
    assert_true(line_history_add(folder, "model a/b"));
    assert_true(line_history_add(folder, "view events"));
    check_lines("model a/b\nview events\n");
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    free(path);
}

static void count(void *into, const char *line)
{
    (void)line;
    ++*(size_t *)into;
}

static void the_oldest_go_when_there_are_too_many(void **state)
{
    char *path = xasprintf("%s/commands", folder), line[32];
    struct stat about;
    size_t lines = 0;

    (void)state;
    for (int i = 0; i < 3 * LINE_HISTORY_KEPT; i++) {
        snprintf(line, sizeof(line), "model m/%04d", i);
        assert_true(line_history_add(folder, line));
    }
    line_history_load(folder, count, &lines);
    assert_int_equal(lines, LINE_HISTORY_KEPT);
    assert_int_equal(stat(path, &about), 0);
    assert_true(about.st_size <= 2 * LINE_HISTORY_KEPT * 13);
    assert_int_equal(about.st_mode & 0777, 0600);
    free(path);
}

static void consoles_at_once_lose_nothing_of_each_other(void **state)
{
    size_t lines = 0;
    int status;

    (void)state;
    for (int i = 0; i < CONSOLES; i++) {
        if (fork() == 0) {
            bool added = true;

            for (int j = 0; j < EACH; j++)
                added &= line_history_add(folder, "model some/model");
            _exit(!added);
        }
    }
    for (int i = 0; i < CONSOLES; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    line_history_load(folder, count, &lines);
    assert_int_equal(lines, CONSOLES * EACH);
}

static void what_is_no_file_of_ours_is_left_alone(void **state)
{
    char *path = xasprintf("%s/commands", folder);

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(line_history_add(folder, "model a"));
    check_lines("");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_false(line_history_add(folder, "model a"));
    assert_false(line_history_add("/proc/none", "model a"));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_come_back_in_their_order_and_for_nobody_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_go_when_there_are_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(consoles_at_once_lose_nothing_of_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_file_of_ours_is_left_alone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

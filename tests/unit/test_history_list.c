/* ui/history_list: the cursor stays on its row or follows the newest; no look takes long. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "ui/history_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 2000, SHOWN = 10 };

static char folder[64];
static struct history *history;
static struct history_list list;
static int64_t now_us;
static int next_row;

static int64_t tick(void *context)
{
    (void)context;
    return now_us += 10;
}

static const struct clock ticking = {.monotonic_us = tick};

static void add_row(void)
{
    struct history_row row = {.wall_ms = 1000 + next_row,
                              .verdict = next_row % 500 ? "complete" : "truncated"};

    snprintf(row.id, sizeof(row.id), "ev-%06d", next_row++);
    assert_true(history_add(history, &row, NULL));
}

static int set_up(void **state)
{
    char *path;

    (void)state;
    strcpy(folder, "/tmp/cometdeck-list-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "history.db");
    history = history_open(path, NULL);
    free(path);
    next_row = 0;
    for (int i = 0; i < ROWS; i++)
        add_row();
    list = (struct history_list){.list.rows = SHOWN};
    return 0;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer;

    (void)state;
    history_list_release(&list);
    history_close(history);
    answer = system(command);
    free(command);
    return answer;
}

/* Until nothing is left to do; answers how many pieces that took. */
static int work(int64_t most_us)
{
    struct error error;
    bool more = true;
    int pieces = 0;

    for (; more; pieces++) {
        if (!history_list_work(&list, history, &ticking, most_us, &more, &error))
            fail_msg("%s", error.text);
        list_fit(&list.list, list.window.count, SHOWN);
        assert_true(pieces < 10000);
    }
    return pieces;
}

static void load(const char *filter_line)
{
    struct history_filter filter;

    assert_true(history_filter_parse(&filter, filter_line, NULL, 0, NULL));
    history_list_filter(&list, &filter);
    work(1000000);
}

static void assert_chosen(int number)
{
    assert_non_null(history_list_chosen(&list));
    assert_int_equal(atoi(history_list_chosen(&list)->id + 3), number);
}

static void who_is_on_the_newest_row_follows(void **state)
{
    static const char *const lines[] = {"", "verdict:truncated,complete"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        load(lines[i]);
        assert_chosen(next_row - 1);
        add_row();
        history_list_grew(&list);
        work(1000000);
        assert_chosen(next_row - 1);
        assert_int_equal(list.list.top, 0);
        assert_int_equal(list.all, next_row);
        assert_int_equal(list.passed, next_row);
    }
}

static void anywhere_else_the_cursor_stays_on_its_row(void **state)
{
    static const char *const lines[] = {"", "verdict:truncated,complete"};
    int chosen;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        load(lines[i]);
        for (int j = 0; j < 40; j++)
            assert_true(history_list_request(&list, REQUEST_DOWN));
        chosen = next_row - 41;
        assert_chosen(chosen);
        add_row();
        history_list_grew(&list);
        work(1000000);
        assert_chosen(chosen);
        assert_int_equal(list.list.cursor - list.list.top, SHOWN - 1); /* in the same line */
    }
}

static void the_ends_are_reached_from_anywhere(void **state)
{
    (void)state;
    load("");
    assert_true(history_list_request(&list, REQUEST_BOTTOM));
    work(1000000);
    assert_chosen(0);
    assert_true(history_list_request(&list, REQUEST_TOP));
    work(1000000);
    assert_chosen(ROWS - 1);
}

static void what_is_rare_is_found_in_pieces(void **state)
{
    struct history_filter filter;

    (void)state;
    assert_true(history_filter_parse(&filter, "verdict:truncated", NULL, 0, NULL));
    history_list_filter(&list, &filter);
    assert_true(work(15) > 10); /* a glance at the clock takes 10 */
    assert_int_equal(list.window.count, 4);
    assert_true(list.counted);
    assert_int_equal(list.passed, 4);
    assert_int_equal(list.all, ROWS);
    assert_chosen(1500);
    assert_true(history_list_request(&list, REQUEST_DOWN));
    add_row();
    history_list_grew(&list);
    work(15);
    assert_chosen(1000);
    assert_int_equal(list.window.count, 4 + 1); /* number 2000 */
}

#define LIST_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIST_TEST(who_is_on_the_newest_row_follows),
        LIST_TEST(anywhere_else_the_cursor_stays_on_its_row),
        LIST_TEST(the_ends_are_reached_from_anywhere),
        LIST_TEST(what_is_rare_is_found_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

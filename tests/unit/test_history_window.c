/* evidence/history_window: whatever part is in memory, it is the list and no other. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3000 };

static char folder[64];
static struct history *history;
static struct history_window window;

static void add_row(int number)
{
    struct history_row row = {.wall_ms = 1000 + number / 3,
                              .verdict = number % 7 ? "complete" : "truncated"};

    snprintf(row.id, sizeof(row.id), "ev-%06d", number);
    assert_true(history_add(history, &row, NULL));
}

static int open_history(void **state)
{
    char *path;

    (void)state;
    strcpy(folder, "/tmp/cometdeck-window-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "history.db");
    history = history_open(path, NULL);
    free(path);
    for (int i = 0; i < ROWS; i++)
        add_row(2 * i); /* odd numbers come later */
    return 0;
}

static int close_history(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer;

    (void)state;
    history_window_release(&window);
    history_close(history);
    answer = system(command);
    free(command);
    return answer;
}

static int number_of(size_t place)
{
    assert_true(place < window.count);
    return atoi(window.rows[place].id + 3);
}

static void assert_in_order(int step)
{
    for (size_t i = 1; i < window.count; i++)
        assert_int_equal(number_of(i), number_of(i - 1) - step);
}

static void look(const struct history_filter *filter, enum history_direction direction,
                 const struct history_patience *patience, ptrdiff_t *shift)
{
    struct error error;

    if (!history_window_extend(&window, history, filter, direction, patience, shift, &error))
        fail_msg("%s", error.text);
}

static void extend(enum history_direction direction, ptrdiff_t *shift)
{
    look(NULL, direction, NULL, shift);
}

static void begin(enum history_direction direction)
{
    ptrdiff_t shift;

    history_window_begin(&window, direction);
    extend(direction, &shift);
}

static size_t begin_at(const struct history_key *key)
{
    ptrdiff_t shift;

    history_window_begin_at(&window, key);
    extend(HISTORY_NEWER, &shift);
    extend(HISTORY_OLDER, &shift);
    return history_window_find(&window, key);
}

static void a_walk_to_the_oldest_and_back_sees_every_row_in_order(void **state)
{
    ptrdiff_t shift;
    size_t steps = 0;

    (void)state;
    begin(HISTORY_OLDER);
    assert_true(window.newer.ended && !window.older.ended);
    assert_int_equal(number_of(0), 2 * (ROWS - 1));
    for (; !window.older.ended; steps++) {
        int at = number_of(window.count - 1);
        size_t place = window.count - 1;

        extend(HISTORY_OLDER, &shift);
        assert_true(window.count <= HISTORY_WINDOW);
        assert_int_equal(number_of((size_t)((ptrdiff_t)place + shift)), at);
        assert_in_order(2);
        assert_true(steps < ROWS);
    }
    assert_int_equal(number_of(window.count - 1), 0);
    assert_false(window.newer.ended);
    while (!window.newer.ended) {
        int at = number_of(0);

        extend(HISTORY_NEWER, &shift);
        assert_int_equal(number_of((size_t)shift), at);
        assert_in_order(2);
    }
    assert_int_equal(number_of(0), 2 * (ROWS - 1));
}

static void it_begins_at_the_oldest_as_well(void **state)
{
    ptrdiff_t shift;

    (void)state;
    begin(HISTORY_NEWER);
    assert_true(window.older.ended && !window.newer.ended);
    assert_int_equal(number_of(window.count - 1), 0);
    assert_in_order(2);
    extend(HISTORY_OLDER, &shift); /* there is nothing */
    assert_int_equal(shift, 0);
}

static void around_a_key_its_row_or_the_next_older_one_is_found(void **state)
{
    struct history_key key = {0};
    size_t place;

    (void)state;
    for (int number = 0; number < 2 * ROWS; number += 997) {
        key.wall_ms = 1000 + number / 3;
        snprintf(key.id, sizeof(key.id), "ev-%06d", number);
        place = begin_at(&key);
        assert_in_order(2);
        assert_int_equal(number_of(place), number - number % 2);
    }
    key = (struct history_key){.wall_ms = INT64_MAX};
    place = begin_at(&key);
    assert_int_equal(place, 0);
    assert_true(window.newer.ended);
    key = (struct history_key){.wall_ms = 1, .id = "ev"};
    place = begin_at(&key);
    assert_int_equal(place, window.count - 1);
    assert_true(window.older.ended);
}

static void new_rows_come_in_at_the_newest_end(void **state)
{
    struct history_key key;
    size_t place;

    (void)state;
    begin(HISTORY_OLDER);
    key = history_key(&window.rows[10]);
    add_row(2 * ROWS);
    place = begin_at(&key);
    assert_int_equal(place, 11);
    assert_true(window.newer.ended);
}

static void a_filter_holds_for_every_page(void **state)
{
    struct history_filter filter;
    ptrdiff_t shift;

    (void)state;
    assert_true(history_filter_parse(&filter, "verdict:truncated", NULL, 0, NULL));
    history_window_begin(&window, HISTORY_OLDER);
    while (!window.older.ended)
        look(&filter, HISTORY_OLDER, NULL, &shift);
    assert_int_equal(window.count, (ROWS + 6) / 7);
    assert_in_order(14);
    history_filter_release(&filter);
    assert_true(history_filter_parse(&filter, "nothing-like-it", NULL, 0, NULL));
    history_window_begin(&window, HISTORY_OLDER);
    look(&filter, HISTORY_OLDER, NULL, &shift);
    assert_int_equal(window.count, 0);
    assert_true(window.newer.ended && window.older.ended);
    history_filter_release(&filter);
}

static int64_t no_time(void *context)
{
    return ++*(int64_t *)context;
}

/* However little time there is, the rarest row is found, and nothing is looked at twice. */
static void a_look_goes_on_where_it_stood(void **state)
{
    int64_t now_us = 0;
    const struct clock clock = {.monotonic_us = no_time, .context = &now_us};
    const struct history_patience patience = {.clock = &clock, .until_us = 0};
    struct history_filter filter;
    ptrdiff_t shift;
    int pieces = 0;

    (void)state;
    assert_true(history_filter_parse(&filter, "000042", NULL, 0, NULL));
    history_window_begin(&window, HISTORY_OLDER);
    for (; !window.older.ended; pieces++)
        look(&filter, HISTORY_OLDER, &patience, &shift);
    assert_true(pieces > 10);
    assert_int_equal(window.count, 1);
    assert_int_equal(number_of(0), 42);
    assert_int_equal(window.older.looked, ROWS);
    assert_int_equal(window.older.passed, 1);
    history_filter_release(&filter);
}

static void a_row_that_came_later_is_found_from_the_end_that_was_reached(void **state)
{
    struct history_key key;
    ptrdiff_t shift;

    (void)state;
    begin(HISTORY_OLDER);
    key = history_key(&window.rows[300 % window.count]);
    begin_at(&key);
    while (!window.newer.ended)
        extend(HISTORY_NEWER, &shift);
    add_row(2 * ROWS + 1);
    window.newer.ended = false;
    extend(HISTORY_NEWER, &shift);
    assert_int_equal(shift, 1);
    assert_int_equal(number_of(0), 2 * ROWS + 1);
}

#define HISTORY_TEST(test) cmocka_unit_test_setup_teardown(test, open_history, close_history)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HISTORY_TEST(a_walk_to_the_oldest_and_back_sees_every_row_in_order),
        HISTORY_TEST(it_begins_at_the_oldest_as_well),
        HISTORY_TEST(around_a_key_its_row_or_the_next_older_one_is_found),
        HISTORY_TEST(new_rows_come_in_at_the_newest_end),
        HISTORY_TEST(a_look_goes_on_where_it_stood),
        HISTORY_TEST(a_row_that_came_later_is_found_from_the_end_that_was_reached),
        HISTORY_TEST(a_filter_holds_for_every_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

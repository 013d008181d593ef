/* evidence/retention: what goes is said first, and what somebody cares for stays. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "evidence/history_query.h"
#include "evidence/retention.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 20, DAY_MS = 24 * 3600 * 1000, CAPTURE_BYTES = 1000 };

#define NOW_MS (ROWS * (int64_t)DAY_MS)

static char folder[64];
static struct workspace workspace;
static struct history *history;
static struct retention_plan plan;

static char *capture_path(const char *root, int number)
{
    return xasprintf("%s/captures/ev-%02d.jsonl", root, number);
}

static void put_capture(const char *root, int number)
{
    char *path = capture_path(root, number), bytes[CAPTURE_BYTES] = {0};

    assert_true(file_replace(NULL, path, bytes, sizeof(bytes), 0600, NULL, NULL, NULL));
    free(path);
}

static bool has_capture(const char *root, int number)
{
    char *path = capture_path(root, number);
    bool there = file_exists(path);

    free(path);
    return there;
}

static bool ignore_row(void *context, const struct history_row *row)
{
    (void)context;
    (void)row;
    return true;
}

static bool has_row(int number)
{
    char id[EVIDENCE_ID];

    snprintf(id, sizeof(id), "ev-%02d", number);
    return history_find(history, id, ignore_row, NULL, NULL);
}

static void make_folders(const char *root)
{
    char *captures = file_join(root, "captures");

    assert_true(file_make_folders(captures, 0700, NULL));
    free(captures);
}

/* One row a day, each with a capture, number 0 the oldest. */
static int make_history(void **state)
{
    char *path;

    (void)state;
    strcpy(folder, "/tmp/cometdeck-retention-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    workspace = (struct workspace){.folder = folder, .local = file_join(folder, ".cometdeck")};
    make_folders(workspace.folder);
    make_folders(workspace.local);
    path = file_join(workspace.local, "history.db");
    history = history_open(path, NULL);
    free(path);
    for (int i = 0; i < ROWS; i++) {
        char name[64];
        struct history_row row = {.wall_ms = i * (int64_t)DAY_MS, .capture = name};

        snprintf(name, sizeof(name), "captures/ev-%02d.jsonl", i);
        snprintf(row.id, sizeof(row.id), "ev-%02d", i);
        put_capture(workspace.local, i);
        assert_true(history_add(history, &row, NULL));
    }
    return 0;
}

static int remove_history(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    retention_release(&plan);
    history_close(history);
    free(workspace.local);
    free(command);
    return answer;
}

static void make_plan(struct retention_limits limits)
{
    struct error error = {0};

    retention_release(&plan);
    retention_begin(&plan, &limits, NOW_MS);
    if (!retention_look(&plan, history, &workspace, NULL, &error))
        fail_msg("%s", error.text);
    assert_true(plan.made);
}

static void execute(size_t most)
{
    struct error error = {0};

    if (!retention_step(&plan, history, &workspace, NULL, most, &error))
        fail_msg("%s", error.text);
}

/* ---- tests ---- */

static void a_plan_tells_and_touches_nothing(void **state)
{
    char *text;

    (void)state;
    make_plan((struct retention_limits){0});
    assert_int_equal(plan.rows, 0);
    make_plan((struct retention_limits){.rows = 15});
    assert_int_equal(plan.rows, 5);
    assert_int_equal(plan.captures, 5);
    assert_int_equal(plan.bytes, 5 * CAPTURE_BYTES);
    text = retention_describe(&plan);
    assert_string_equal(
        text, "Remove 5 exchanges of 1970-01-01 to 1970-01-05 and 5 captures (5000 bytes)");
    free(text);
    for (int i = 0; i < ROWS; i++)
        assert_true(has_row(i) && has_capture(workspace.local, i));
}

static void each_limit_lets_the_oldest_go(void **state)
{
    (void)state;
    make_plan((struct retention_limits){.age_ms = 3 * (int64_t)DAY_MS});
    assert_int_equal(plan.rows, 17);
    make_plan((struct retention_limits){.capture_bytes = 12 * CAPTURE_BYTES + 1});
    assert_int_equal(plan.rows, 8);
    make_plan((struct retention_limits){.rows = 19, .capture_bytes = 18 * CAPTURE_BYTES});
    assert_int_equal(plan.rows, 2);
    execute(SIZE_MAX);
    assert_int_equal(retention_left(&plan), 0);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(has_row(i), i >= 2);
        assert_int_equal(has_capture(workspace.local, i), i >= 2);
    }
}

static void what_is_marked_noted_or_promoted_stays(void **state)
{
    char *text;

    (void)state;
    assert_true(history_mark(history, "ev-00", true, NULL));
    assert_true(history_annotate(history, "ev-01", "keep", NULL));
    put_capture(workspace.folder, 2);
    make_plan((struct retention_limits){.rows = 15});
    assert_int_equal(plan.rows, 2);
    assert_int_equal(plan.kept, 3);
    text = retention_describe(&plan);
    assert_non_null(strstr(text, "3 that are marked, noted or attached stay"));
    free(text);
    assert_true(history_mark(history, "ev-03", true, NULL)); /* between warning and act */
    execute(SIZE_MAX);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(has_row(i), i != 4);
        assert_int_equal(has_capture(workspace.local, i), i != 4);
    }
    assert_true(has_capture(workspace.folder, 2));
}

static void limits_are_words_in_any_order(void **state)
{
    static const char *const bad[] = {
        "", "0", "10x", "d", "-5", "90d 1.5GB", "99999999999999999999"};
    struct retention_limits limits;
    struct error error;

    (void)state;
    assert_true(retention_limits_parse(&limits, "90d  10000 500mb", &error));
    assert_int_equal(limits.rows, 10000);
    assert_int_equal(limits.age_ms, 90 * (int64_t)DAY_MS);
    assert_int_equal(limits.capture_bytes, 500000000);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_false(retention_limits_parse(&limits, bad[i], &error));
        assert_int_equal(error.kind, ERROR_USAGE);
    }
}

static void it_can_be_done_in_steps(void **state)
{
    (void)state;
    make_plan((struct retention_limits){.rows = 10});
    execute(4);
    assert_int_equal(retention_left(&plan), 6);
    assert_false(has_row(3)); /* the oldest first */
    assert_true(has_row(4));
    execute(6);
    assert_int_equal(retention_left(&plan), 0);
    assert_false(has_row(9));
    assert_true(has_row(10));
}

static int refuse(const char *path)
{
    if (strstr(path, "ev-01"))
        return unlink(path);
    errno = EACCES;
    return -1;
}

static void a_row_stays_with_a_capture_that_cannot_be_removed(void **state)
{
    struct file_ops ops = file_ops_system;
    struct error error;

    (void)state;
    ops.unlink = refuse;
    make_plan((struct retention_limits){.rows = 18});
    assert_false(retention_step(&plan, history, &workspace, &ops, SIZE_MAX, &error));
    assert_non_null(strstr(error.text, "ev-00.jsonl cannot be removed"));
    assert_true(has_row(0) && has_capture(workspace.local, 0));
    assert_int_equal(retention_left(&plan), 2);
}

/* What is said to be gone is what went. */
static void a_row_marked_meanwhile_is_not_counted(void **state)
{
    (void)state;
    make_plan((struct retention_limits){.rows = 18});
    assert_int_equal(plan.rows, 2);
    assert_true(history_mark(history, "ev-01", true, NULL));
    execute(SIZE_MAX);
    assert_int_equal(retention_left(&plan), 0);
    assert_int_equal(plan.removed, 1);
    assert_true(has_row(1));
}

static void files_of_others_stay(void **state)
{
    struct history_row row = {.id = "ev-zz", .wall_ms = -10};
    char *path = xasprintf("%s/mine.jsonl", folder);

    (void)state;
    assert_true(file_replace(NULL, path, "x", 1, 0600, NULL, NULL, NULL));
    row.capture = path;
    assert_true(history_add(history, &row, NULL));
    row = (struct history_row){.id = "ev-zy", .wall_ms = -11, .capture = "../mine.jsonl"};
    assert_true(history_add(history, &row, NULL));
    make_plan((struct retention_limits){.rows = 20});
    assert_int_equal(plan.rows, 2);
    assert_int_equal(plan.captures, 0);
    execute(SIZE_MAX);
    assert_true(file_exists(path));
    free(path);
}

#define HISTORY_TEST(test) cmocka_unit_test_setup_teardown(test, make_history, remove_history)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HISTORY_TEST(a_plan_tells_and_touches_nothing),
        HISTORY_TEST(each_limit_lets_the_oldest_go),
        HISTORY_TEST(what_is_marked_noted_or_promoted_stays),
        HISTORY_TEST(limits_are_words_in_any_order),
        HISTORY_TEST(it_can_be_done_in_steps),
        HISTORY_TEST(a_row_stays_with_a_capture_that_cannot_be_removed),
        HISTORY_TEST(a_row_marked_meanwhile_is_not_counted),
        HISTORY_TEST(files_of_others_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

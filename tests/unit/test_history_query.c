/* evidence/history_query: pages by key, filters, notes and marks. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_query.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 100 };

static char folder[64];
static char *path;
static struct history *history;

/* Every third is truncated, two of four share their moment. */
static void add_rows(void)
{
    static const char *const models[] = {"gpt-5", "Claude", "gemini-2"};

    for (int i = 0; i < ROWS; i++) {
        struct history_row row = {
            .wall_ms = 1000 + i / 2,
            .profile = i % 10 ? "demo" : "prod",
            .operation = i % 2 ? "chat" : "responses",
            .model = models[i % 3],
            .verdict = i % 3 ? "complete" : "truncated",
            .class = i % 3 ? "none" : "truncated-stream",
            .request_id = i == 42 ? "req-Answer" : NULL,
            .status = i % 5 ? 200 : 429,
            .simulated = i % 4 == 0,
        };

        snprintf(row.id, sizeof(row.id), "ev-%04d", i);
        assert_true(history_add(history, &row, NULL));
    }
}

static int open_history(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-history-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "history.db");
    history = history_open(path, NULL);
    add_rows();
    return 0;
}

static int close_history(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer;

    (void)state;
    history_close(history);
    answer = system(command);
    free(command);
    free(path);
    return answer;
}

/* What a page gave. */
struct page {
    int numbers[ROWS];
    size_t count;
    struct history_key last;
    char note[64];
    bool marked;
};

static bool keep(void *context, const struct history_row *row)
{
    struct page *page = context;

    page->numbers[page->count++] = atoi(row->id + 3);
    page->last = history_key(row);
    page->marked = row->marked;
    snprintf(page->note, sizeof(page->note), "%s", row->note ? row->note : "");
    return true;
}

static void read_page(struct page *page, const struct history_filter *filter,
                      const struct history_key *from, enum history_direction direction,
                      size_t limit)
{
    struct history_place place = {.begun = from != NULL};
    struct error error = {0};

    if (from)
        place.key = *from;
    page->count = 0;
    if (!history_look(history, filter, &place, direction, limit, NULL, keep, page, &error))
        fail_msg("%s", error.text);
}

static uint64_t count_matches(const char *line)
{
    struct history_filter filter;
    struct error error = {0};
    struct page page;
    struct history_place place = {.ended = false};

    if (!history_filter_parse(&filter, line, NULL, 2000, &error) ||
        !history_look(history, &filter, &place, HISTORY_OLDER, UINT64_MAX, NULL, NULL, NULL,
                      &error))
        fail_msg("%s: %s", line, error.text);
    read_page(&page, &filter, NULL, HISTORY_OLDER, SIZE_MAX);
    assert_int_equal(page.count, place.passed);
    assert_int_equal(place.looked, ROWS);
    history_filter_release(&filter);
    return place.passed;
}

/* ---- tests ---- */

static void pages_meet_without_gap_or_overlap(void **state)
{
    struct page page;
    struct history_key *from = NULL, key;
    int next = ROWS - 1;

    (void)state;
    for (size_t limit = 1; next >= 0; limit++) {
        read_page(&page, NULL, from, HISTORY_OLDER, limit);
        assert_true(page.count > 0);
        for (size_t i = 0; i < page.count; i++)
            assert_int_equal(page.numbers[i], next--);
        key = page.last;
        from = &key;
    }
    read_page(&page, NULL, from, HISTORY_OLDER, 10);
    assert_int_equal(page.count, 0);
    read_page(&page, NULL, from, HISTORY_NEWER, ROWS); /* upwards, oldest first */
    assert_int_equal(page.count, ROWS - 1);
    assert_int_equal(page.numbers[0], 1);
    read_page(&page, NULL, NULL, HISTORY_NEWER, 2);
    assert_int_equal(page.numbers[0], 0);
    assert_int_equal(page.numbers[1], 1);
}

static void filters_find_what_they_say(void **state)
{
    (void)state;
    assert_int_equal(count_matches(""), 100);
    assert_int_equal(count_matches("verdict:truncated"), 34);
    assert_int_equal(count_matches("-verdict:truncated"), 66);
    assert_int_equal(count_matches("verdict:trunc,complete"), 100);
    assert_int_equal(count_matches("class:none"), 66);
    assert_int_equal(count_matches("operation:chat"), 50);
    assert_int_equal(count_matches("model:CLAUDE"), 33);
    assert_int_equal(count_matches("profile:prod"), 10);
    assert_int_equal(count_matches("status:429"), 20);
    assert_int_equal(count_matches("status:2"), 80);
    assert_int_equal(count_matches("simulated:yes"), 25);
    assert_int_equal(count_matches("marked:yes"), 0);
    assert_int_equal(count_matches("req-answer"), 1);
    assert_int_equal(count_matches("ev-004"), 10);
    assert_int_equal(count_matches("ev-004 gpt"), 3);
    assert_int_equal(count_matches("verdict:truncated model:gpt since:0m"), 0);
    assert_int_equal(count_matches("until:0m"), 100);
    assert_int_equal(count_matches("'; DROP TABLE exchange; --"), 0);
}

static void pages_keep_to_their_filter(void **state)
{
    struct history_filter filter;
    struct page page;

    (void)state;
    assert_true(history_filter_parse(&filter, "verdict:truncated", NULL, 0, NULL));
    read_page(&page, &filter, NULL, HISTORY_OLDER, 3);
    assert_int_equal(page.count, 3);
    assert_int_equal(page.numbers[0], 99);
    assert_int_equal(page.numbers[2], 93);
    read_page(&page, &filter, &page.last, HISTORY_OLDER, 1);
    assert_int_equal(page.numbers[0], 90);
    read_page(&page, &filter, &page.last, HISTORY_NEWER, 1);
    assert_int_equal(page.numbers[0], 93);
    history_filter_release(&filter);
}

static void notes_and_marks_stay(void **state)
{
    struct page page = {0};
    struct error error;

    (void)state;
    assert_true(history_annotate(history, "ev-0007", "ask the vendor", NULL));
    assert_true(history_mark(history, "ev-0007", true, NULL));
    history_close(history);
    history = history_open(path, NULL);
    assert_true(history_find(history, "ev-0007", keep, &page, NULL));
    assert_string_equal(page.note, "ask the vendor");
    assert_true(page.marked);
    assert_int_equal(count_matches("marked:yes"), 1);
    assert_int_equal(count_matches("noted:yes"), 1);
    assert_int_equal(count_matches("VENDOR"), 1);
    assert_true(history_annotate(history, "ev-0007", "", NULL));
    assert_true(history_mark(history, "ev-0007", false, NULL));
    assert_int_equal(count_matches("noted:yes"), 0);
    assert_int_equal(count_matches("marked:yes"), 0);
    assert_false(history_mark(history, "ev-none", true, &error));
    assert_non_null(strstr(error.text, "ev-none"));
    assert_false(history_find(history, "ev-none", keep, &page, &error));
}

static void a_note_on_a_busy_history_is_refused_not_waited_for(void **state)
{
    struct error error;
    sqlite3 *other;

    (void)state;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_false(history_annotate(history, "ev-0007", "x", &error));
    assert_non_null(strstr(error.text, "try again"));
    sqlite3_close(other);
    assert_true(history_annotate(history, "ev-0007", "x", &error));
}

#define HISTORY_TEST(test) cmocka_unit_test_setup_teardown(test, open_history, close_history)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HISTORY_TEST(pages_meet_without_gap_or_overlap),
        HISTORY_TEST(filters_find_what_they_say),
        HISTORY_TEST(pages_keep_to_their_filter),
        HISTORY_TEST(notes_and_marks_stay),
        HISTORY_TEST(a_note_on_a_busy_history_is_refused_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

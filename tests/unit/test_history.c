/* evidence/history: one row per attempt, none lost, nothing of others destroyed. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_query.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char *path;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-history-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "local/history.db");
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(path);
    return answer;
}

static struct history_row numbered_row(int writer, int number)
{
    struct history_row row = {
        .wall_ms = 1000 + number,
        .profile = "demo",
        .operation = "chat",
        .model = "sim/ready",
        .verdict = "complete",
        .status = 200,
        .simulated = true,
        .latency_us = 5,
        .first_byte_us = -1,
        .input_tokens = -1,
        .body_bytes = 12,
    };

    snprintf(row.id, sizeof(row.id), "ev-%d-%04d", writer, number);
    return row;
}

static bool count_row(void *context, const struct history_row *row)
{
    size_t *count = context;

    (void)row;
    ++*count;
    return true;
}

static size_t count_rows(struct history *history)
{
    struct history_place place = {.ended = false};
    size_t count = 0;
    struct error error = {0};

    if (!history_look(history, NULL, &place, HISTORY_OLDER, UINT64_MAX, NULL, count_row, &count,
                      &error))
        fail_msg("%s", error.text);
    return count;
}

static void execute(const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void put(const char *text)
{
    FILE *file;

    assert_true(file_make_folders(folder, 0700, NULL));
    free(path);
    path = file_join(folder, "history.db");
    file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void assert_refused(const char *says)
{
    struct error error;

    assert_null(history_open(path, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, says));
}

/* ---- tests ---- */

static bool check_row(void *context, const struct history_row *row)
{
    int *number = context;

    assert_int_equal(row->wall_ms, 1000 + *number);
    assert_string_equal(row->model, "sim/ready");
    assert_null(row->request_id);
    assert_int_equal(row->status, 200);
    assert_true(row->simulated);
    assert_false(row->streamed);
    assert_int_equal(row->latency_us, 5);
    assert_int_equal(row->first_byte_us, -1);
    assert_int_equal(row->input_tokens, -1);
    assert_int_equal(row->output_tokens, 0);
    assert_int_equal(row->body_bytes, 12);
    return --*number > 2;
}

static void gives_back_rows_newest_first(void **state)
{
    struct history *history = history_open(path, NULL);
    struct history_place place = {.ended = false};
    struct history_row row;
    struct stat info;
    int number = 4;

    (void)state;
    assert_non_null(history);
    for (int i = 0; i < 5; i++) {
        row = numbered_row(0, i);
        assert_true(history_add(history, &row, NULL));
    }
    assert_true(
        history_look(history, NULL, &place, HISTORY_OLDER, 4, NULL, check_row, &number, NULL));
    assert_int_equal(number, 2);                    /* stopped when asked to */
    assert_false(history_add(history, &row, NULL)); /* an id occurs once */
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    history_close(history);
    history = history_open(path, NULL);
    assert_int_equal(count_rows(history), 5);
    history_close(history);
}

static void a_busy_database_is_not_waited_for(void **state)
{
    struct history *history = history_open(path, NULL);
    struct history_row row = numbered_row(0, 1);
    sqlite3 *other;

    (void)state;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_true(history_add(history, &row, NULL));
    row = numbered_row(0, 2);
    assert_true(history_add(history, &row, NULL));
    assert_int_equal(history_retry(history), 2);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(history_retry(history), 0);
    assert_int_equal(count_rows(history), 2);
    sqlite3_close(other);
    history_close(history);
}

/* A row that waits for more than a lock is told of, and so is one that was lost in the end. */
static void no_row_vanishes_in_silence(void **state)
{
    struct history *history = history_open(path, NULL);
    struct history_row row = numbered_row(0, 1);
    struct error error;
    sqlite3 *other;

    (void)state;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_true(history_add(history, &row, NULL));
    assert_int_equal(sqlite3_exec(other, "DROP TABLE exchange; COMMIT", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(other);
    row = numbered_row(0, 2);
    assert_false(history_add(history, &row, &error));
    assert_non_null(strstr(error.text, path));
    assert_int_equal(history_close(history), 2);
}

static void opening_a_busy_database_does_not_fail(void **state)
{
    struct history_row row = numbered_row(0, 1);
    struct history *history;
    sqlite3 *other;

    (void)state;
    put("");
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    history = history_open(path, NULL);
    assert_non_null(history);
    assert_true(history_add(history, &row, NULL));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    history_close(history); /* writes what is queued */
    history = history_open(path, NULL);
    assert_int_equal(count_rows(history), 1);
    history_close(history);
}

static void two_processes_lose_nothing(void **state)
{
    enum { WRITERS = 2, ROWS = 100 };
    struct history *history;
    int status;

    (void)state;
    for (int writer = 0; writer < WRITERS; writer++)
        if (fork() == 0) {
            bool good = true;

            history = history_open(path, NULL);
            for (int i = 0; history && i < ROWS; i++) {
                struct history_row row = numbered_row(writer, i);

                good = good && history_add(history, &row, NULL);
            }
            good = history && history_close(history) == 0 && good;
            _exit(!good);
        }
    for (int writer = 0; writer < WRITERS; writer++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    history = history_open(path, NULL);
    assert_int_equal(count_rows(history), WRITERS * ROWS);
    history_close(history);
}

static void what_is_no_history_is_refused_and_left_alone(void **state)
{
    (void)state;
    put("this is no database, but long enough to be looked at: "
        "....................................");
    assert_refused("not a database");
    put("");
    execute("CREATE TABLE mine(x)");
    assert_refused("no history");
    put("");
    execute("PRAGMA user_version=5");
    assert_refused("newer cometdeck");
    put("");
    execute("PRAGMA user_version=-7");
    assert_refused("no history");
}

static bool is_old_row(void *context, const struct history_row *row)
{
    (void)context;
    assert_string_equal(row->id, "ev-old");
    assert_string_equal(row->model, "sim/ready");
    assert_int_equal(row->output_tokens, 7);
    assert_null(row->note);
    assert_false(row->marked);
    assert_false(row->wrong);
    assert_null(row->test_case);
    return true;
}

/* The schema of version 1 as it was written then. */
static const char version_1[] =
    "CREATE TABLE exchange(id TEXT PRIMARY KEY NOT NULL, wall_ms INTEGER NOT NULL, profile TEXT,"
    " operation TEXT, model TEXT, verdict TEXT, class TEXT, request_id TEXT, finish_reasons TEXT,"
    " capture TEXT, digest TEXT, status INTEGER, curl INTEGER, simulated INTEGER NOT NULL,"
    " streamed INTEGER NOT NULL, latency_us INTEGER, first_byte_us INTEGER,"
    " first_token_us INTEGER, input_tokens INTEGER, output_tokens INTEGER, body_bytes INTEGER,"
    " events INTEGER) WITHOUT ROWID;"
    "CREATE INDEX exchange_by_time ON exchange(wall_ms, id);"
    "PRAGMA application_id=1129137268; PRAGMA user_version=1;"
    "INSERT INTO exchange(id, wall_ms, model, simulated, streamed, output_tokens)"
    " VALUES('ev-old', 5, 'sim/ready', 0, 1, 7)";

static void a_history_of_version_1_is_brought_up_to_date(void **state)
{
    struct history *history;
    struct history_row row = numbered_row(0, 1);

    (void)state;
    put("");
    execute(version_1);
    for (int times = 0; times < 2; times++) {
        history = history_open(path, NULL);
        assert_non_null(history);
        assert_true(history_find(history, "ev-old", is_old_row, NULL, NULL));
        history_close(history);
    }
    history = history_open(path, NULL);
    assert_true(history_add(history, &row, NULL));
    assert_true(history_mark(history, "ev-old", true, NULL));
    assert_int_equal(count_rows(history), 2);
    history_close(history);
}

static void a_busy_history_of_version_1_is_brought_up_to_date_later(void **state)
{
    struct history *history;
    struct history_row row = numbered_row(0, 1);
    sqlite3 *other;

    (void)state;
    put("");
    execute(version_1);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    history = history_open(path, NULL);
    assert_non_null(history);
    assert_true(history_add(history, &row, NULL));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_int_equal(history_retry(history), 0);
    assert_int_equal(count_rows(history), 2);
    history_close(history);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(gives_back_rows_newest_first),
        FOLDER_TEST(a_busy_database_is_not_waited_for),
        FOLDER_TEST(no_row_vanishes_in_silence),
        FOLDER_TEST(opening_a_busy_database_does_not_fail),
        FOLDER_TEST(two_processes_lose_nothing),
        FOLDER_TEST(what_is_no_history_is_refused_and_left_alone),
        FOLDER_TEST(a_history_of_version_1_is_brought_up_to_date),
        FOLDER_TEST(a_busy_history_of_version_1_is_brought_up_to_date_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

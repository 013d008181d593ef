/* evidence/leftover: what a killed process was receiving is found, what is being written is not. */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"
#include "evidence/leftover.h"
#include "tests/unit/capture_sample.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char local[64];
static char *path;

static int set_up(void **state)
{
    char *captures;

    (void)state;
    strcpy(local, "/tmp/cometdeck-leftover-XXXXXX");
    if (!mkdtemp(local))
        return -1;
    captures = file_join(local, "captures");
    assert_true(file_make_folders(captures, 0700, NULL));
    path = file_join(captures, "ev-20261121T111723.456Z-7f3a.jsonl");
    free(captures);
    return 0;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", local);
    int status = system(command);

    (void)state;
    free(command);
    free(path);
    return status;
}

static struct capture_writer *begin(const struct sample *sample)
{
    struct capture_writer *writer = capture_create(NULL, path, &sample->header, NULL);

    assert_non_null(writer);
    return writer;
}

static void what_is_being_written_is_not_left_over(void **state)
{
    struct sample sample;
    char digest[DIGEST_TEXT], *newest;
    struct capture_writer *writer;

    (void)state;
    sample_init(&sample);
    writer = begin(&sample);
    assert_int_equal(leftover_find(local, &newest), 0);
    assert_null(newest);
    assert_true(capture_end(writer, &sample.result, digest, NULL));
    assert_int_equal(leftover_find(local, &newest), 0);
    sample_release(&sample);
}

static void what_a_killed_process_wrote_is_found(void **state)
{
    struct sample sample;
    char *newest;
    pid_t child;
    int status;

    (void)state;
    sample_init(&sample);
    child = fork();
    if (child == 0) {
        begin(&sample);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(leftover_find(local, &newest), 1);
    assert_non_null(strstr(newest, "/captures/ev-20261121T111723.456Z-7f3a.jsonl.ev-"));
    assert_true(file_exists(newest));
    free(newest);
    sample_release(&sample);
}

static void a_folder_that_is_not_there_holds_nothing(void **state)
{
    char *newest;

    (void)state;
    assert_int_equal(leftover_find("/nonexistent", &newest), 0);
    assert_null(newest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_being_written_is_not_left_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_killed_process_wrote_is_found, set_up, tear_down),
        cmocka_unit_test(a_folder_that_is_not_there_holds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

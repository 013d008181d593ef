/* evidence/capture: the file itself, on a disk that fills up and beside other writers (E9). */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"
#include "tests/unit/capture_sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char *path;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-capture-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "capture.jsonl");
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

/* ---- a disk that fills up ---- */

static size_t disk_room;
static int rename_failure;

static ssize_t write_until_full(int fd, const void *data, size_t len)
{
    if (len > disk_room) {
        errno = ENOSPC;
        return -1;
    }
    disk_room -= len;
    return write(fd, data, len);
}

static int open_really(const char *name, int flags, mode_t mode)
{
    return open(name, flags, mode);
}

static int rename_or_fail(const char *from, const char *to)
{
    errno = rename_failure;
    return rename_failure ? -1 : rename(from, to);
}

static void a_full_disk_leaves_no_file_and_says_so(void **state)
{
    static const struct file_ops ops = {
        .open = open_really,
        .write = write_until_full,
        .fsync = fsync,
        .close = close,
        .rename_new = rename_or_fail,
        .unlink = unlink,
    };
    char *data = xcalloc(1, 1000), *temporary = NULL;
    char digest[DIGEST_TEXT];
    struct sample sample;

    (void)state;
    sample_init(&sample);
    temporary = xasprintf("%s.%s.part", path, sample.header.id);
    for (size_t round = 0; round < 2; round++) {
        struct capture_writer *writer;
        struct error error = {0};

        disk_room = round ? SIZE_MAX : 600000;
        rename_failure = round ? EIO : 0;
        writer = capture_create(&ops, path, &sample.header, NULL);
        for (int i = 0; i < 1000; i++)
            capture_read(writer, data, 1000, i, &error);
        assert_int_equal(strstr(error.text, strerror(ENOSPC)) != NULL, round == 0);
        assert_false(capture_end(writer, &sample.result, digest, &error));
        assert_non_null(strstr(error.text, strerror(round ? EIO : ENOSPC)));
        assert_non_null(strstr(error.text, path));
        assert_false(file_exists(path));
        assert_false(file_exists(temporary));
    }
    sample_release(&sample);
    free(temporary);
    free(data);
}

static void a_capture_replaces_nothing(void **state)
{
    struct capture_writer *writer;
    struct error error;
    char digest[DIGEST_TEXT];
    struct stat status;
    struct sample sample;

    (void)state;
    sample_init(&sample);
    writer = capture_create(NULL, path, &sample.header, NULL);
    /* Somebody makes a file of that name meanwhile. */
    assert_true(file_replace(NULL, path, "mine", 4, 0600, NULL, NULL, NULL));
    assert_false(capture_end(writer, &sample.result, digest, &error));
    assert_non_null(strstr(error.text, strerror(EEXIST)));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 4);
    assert_null(capture_create(NULL, path, &sample.header, &error));
    assert_non_null(strstr(error.text, "exists"));
    sample_release(&sample);
}

/* A process that is killed leaves what it had, and nothing that the next one stumbles over. */
static void what_was_flushed_can_be_read(void **state)
{
    struct capture_writer *killed, *next;
    struct capture_reader *reader;
    const struct http_result *result;
    char digest[DIGEST_TEXT], *left;
    struct sample sample;
    struct error error;
    const char *data;
    int64_t at_us;
    size_t len;

    (void)state;
    sample_init(&sample);
    left = xasprintf("%s.%s.part", path, sample.header.id);
    killed = capture_create(NULL, path, &sample.header, NULL);
    assert_true(capture_head(killed, &sample.result, 5, NULL));
    assert_true(capture_read(killed, "said", 4, 7, NULL));
    assert_true(capture_flush(killed, NULL));
    reader = capture_open(left, &error);
    assert_non_null(reader);
    assert_string_equal(capture_reader_header(reader)->id, sample.header.id);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_HEAD);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_READ);
    assert_memory_equal(data, "said", 4);
    assert_int_equal(capture_next(reader, &data, &len, &at_us, &result, NULL), CAPTURE_CUT);
    capture_close(reader);
    strcpy(sample.header.id, "ev-next");
    next = capture_create(NULL, path, &sample.header, NULL);
    assert_non_null(next);
    assert_true(capture_end(next, &sample.result, digest, NULL));
    assert_true(file_exists(left));
    capture_abandon(killed);
    free(left);
    sample_release(&sample);
}

static struct capture_writer *watched;
static unsigned syncs;

/* What is looked up while the disk is waited for: of the file first, then of its folder. */
static int look_at_its_name(int fd)
{
    const char *name = capture_writer_path(watched);

    (void)fd;
    if (!file_exists(name))
        fail_msg("%s is not there", name);
    syncs++;
    return 0;
}

static void its_name_is_one_that_is_there(void **state)
{
    struct file_ops ops = file_ops_system;
    char digest[DIGEST_TEXT];
    struct sample sample;

    (void)state;
    ops.fsync = look_at_its_name;
    syncs = 0;
    sample_init(&sample);
    watched = capture_create(&ops, path, &sample.header, NULL);
    assert_true(capture_end(watched, &sample.result, digest, NULL));
    assert_int_equal(syncs, 2);
    sample_release(&sample);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_full_disk_leaves_no_file_and_says_so),
        FOLDER_TEST(a_capture_replaces_nothing),
        FOLDER_TEST(what_was_flushed_can_be_read),
        FOLDER_TEST(its_name_is_one_that_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/file: a save is whole or did not happen, and never hides what somebody else wrote. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a table of which any call can fail ---- */

static struct {
    int open, write, fsync, close, rename; /* errno to fail with, 0: works */
    int interruptions;
    size_t most; /* bytes a write takes, 0: all */
} fault;

static int faulty_open(const char *path, int flags, mode_t mode)
{
    errno = fault.open;
    return fault.open ? -1 : open(path, flags, mode);
}

static ssize_t faulty_write(int fd, const void *data, size_t len)
{
    if (fault.interruptions > 0) {
        fault.interruptions--;
        errno = EINTR;
        return -1;
    }
    errno = fault.write;
    if (fault.write)
        return -1;
    return write(fd, data, fault.most && len > fault.most ? fault.most : len);
}

static int faulty_fsync(int fd)
{
    errno = fault.fsync;
    return fault.fsync ? -1 : fsync(fd);
}

static int faulty_close(int fd)
{
    int answer = close(fd);

    errno = fault.close;
    return fault.close ? -1 : answer;
}

static int faulty_rename(const char *from, const char *to)
{
    errno = fault.rename;
    return fault.rename ? -1 : rename(from, to);
}

static const struct file_ops faulty_ops = {
    .open = faulty_open,
    .write = faulty_write,
    .fsync = faulty_fsync,
    .close = faulty_close,
    .rename = faulty_rename,
    .unlink = unlink,
};

/* ---- a folder of its own for each test ---- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof(fault));
    strcpy(folder, "/tmp/cometdeck-file-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    return answer;
}

static char *in_folder(const char *name)
{
    return file_join(folder, name);
}

static size_t count_files(void)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_holds(const char *path, const char *text)
{
    struct bytes bytes;

    assert_true(file_read(path, 1000, &bytes, NULL, NULL));
    assert_string_equal(bytes_text(&bytes), text);
    bytes_release(&bytes);
}

static bool save(const struct file_ops *ops, const char *path, const char *text,
                 struct error *error)
{
    return file_replace(ops, path, text, strlen(text), 0644, NULL, NULL, error);
}

/* ---- tests ---- */

static void reads_what_it_wrote(void **state)
{
    struct file_stamp after, seen;
    struct bytes bytes;
    char *path = in_folder("new");

    (void)state;
    assert_true(file_replace(NULL, path, "a\0b", 3, 0600, NULL, &after, NULL));
    assert_true(file_read(path, 3, &bytes, &seen, NULL));
    assert_int_equal(bytes.len, 3);
    assert_memory_equal(bytes.data, "a\0b", 3);
    assert_int_equal(after.inode, seen.inode);
    assert_int_equal(after.mtime_ns, seen.mtime_ns);
    assert_int_equal(after.hash, seen.hash);
    bytes_release(&bytes);
    free(path);
}

static void refuses_what_is_no_ordinary_file(void **state)
{
    struct error error;
    struct bytes bytes;
    char *path = in_folder("pipe");

    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(file_read(path, 10, &bytes, NULL, &error));
    assert_false(save(NULL, path, "x", &error));
    assert_false(file_read(folder, 10, &bytes, NULL, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, "folder"));
    assert_false(file_read("/dev/zero", 10, &bytes, NULL, &error));
    free(path);
    path = in_folder("long");
    put(path, "12345678901");
    assert_false(file_read(path, 10, &bytes, NULL, &error));
    assert_non_null(strstr(error.text, "larger"));
    free(path);
    assert_false(file_read("/nonexistent/x", 10, &bytes, NULL, &error));
    assert_non_null(strstr(error.text, "/nonexistent/x"));
}

static void every_failing_call_leaves_the_old_file_alone(void **state)
{
    int *const calls[] = {&fault.open, &fault.write, &fault.fsync, &fault.close, &fault.rename};
    char *path = in_folder("kept");

    (void)state;
    put(path, "old");
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        struct error error;

        *calls[i] = ENOSPC;
        assert_false(save(&faulty_ops, path, "new", &error));
        *calls[i] = 0;
        assert_int_equal(error.kind, ERROR_FILE);
        assert_non_null(strstr(error.text, path));
        assert_non_null(strstr(error.text, strerror(ENOSPC)));
        assert_holds(path, "old");
        assert_int_equal(count_files(), 1);
    }
    free(path);
}

static void interrupted_and_short_writes_are_carried_on(void **state)
{
    char *path = in_folder("short");

    (void)state;
    fault.interruptions = 3;
    fault.most = 1;
    assert_true(save(&faulty_ops, path, "all of it", NULL));
    assert_holds(path, "all of it");
    free(path);
}

static void a_file_that_changed_is_not_replaced(void **state)
{
    struct file_stamp seen;
    struct error error;
    struct bytes bytes;
    char *path = in_folder("shared");

    (void)state;
    put(path, "one");
    assert_true(file_read(path, 10, &bytes, &seen, NULL));
    bytes_release(&bytes);
    put(path, "two");
    assert_false(file_replace(NULL, path, "mine", 4, 0644, &seen, NULL, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_holds(path, "two");
    unlink(path);
    assert_false(file_replace(NULL, path, "mine", 4, 0644, &seen, NULL, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_false(file_exists(path));
    put(path, "one"); /* the same bytes again: nothing is lost by replacing them */
    assert_true(file_replace(NULL, path, "mine", 4, 0644, &seen, &seen, &error));
    assert_true(file_replace(NULL, path, "more", 4, 0644, &seen, NULL, &error));
    assert_int_equal(count_files(), 1);
    free(path);
}

static void a_file_that_appeared_is_not_replaced(void **state)
{
    struct file_stamp seen;
    struct error error;
    struct bytes bytes;
    char *path = in_folder("fresh");

    (void)state;
    assert_false(file_read(path, 10, &bytes, &seen, NULL));
    assert_false(seen.exists);
    put(path, "theirs");
    assert_false(file_replace(NULL, path, "mine", 4, 0644, &seen, NULL, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_holds(path, "theirs");
    free(path);
}

/* Two consoles on one workspace lose nothing: of many who save at once exactly one succeeds. */
static void of_many_savers_one_wins(void **state)
{
    enum { SAVERS = 8 };
    struct file_stamp seen;
    struct bytes bytes;
    char *path = in_folder("raced");
    int won = 0;

    (void)state;
    put(path, "start");
    assert_true(file_read(path, 10, &bytes, &seen, NULL));
    bytes_release(&bytes);
    for (int i = 0; i < SAVERS; i++) {
        char text[16];

        snprintf(text, sizeof(text), "saver %d", i);
        if (fork() == 0)
            _exit(!file_replace(NULL, path, text, strlen(text), 0644, &seen, NULL, NULL));
    }
    for (int i = 0; i < SAVERS; i++) {
        int status;

        assert_true(wait(&status) > 0);
        won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    assert_int_equal(won, 1);
    free(path);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    char *link = in_folder("link"), *target = in_folder("target"), *loop = in_folder("loop");
    struct error error;
    struct stat info;

    (void)state;
    put(target, "old");
    assert_int_equal(symlink("target", link), 0);
    assert_true(save(NULL, link, "new", NULL));
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_holds(target, "new");
    unlink(target);
    assert_true(save(NULL, link, "again", NULL));
    assert_holds(target, "again");
    assert_int_equal(symlink("loop", loop), 0);
    assert_false(save(NULL, loop, "x", &error));
    free(link);
    free(target);
    free(loop);
}

static void an_existing_file_keeps_its_mode(void **state)
{
    char *path = in_folder("mode");
    struct stat info;

    (void)state;
    put(path, "old");
    assert_int_equal(chmod(path, 0640), 0);
    assert_true(save(NULL, path, "new", NULL));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    free(path);
    path = in_folder("private");
    assert_true(file_replace(NULL, path, "x", 1, 0600, NULL, NULL, NULL));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    free(path);
}

static void makes_folders_with_their_parents(void **state)
{
    char *deep = in_folder("a//b/c/"), *file = in_folder("file"), *below = in_folder("file/d");
    struct error error;

    (void)state;
    assert_true(file_make_folders(deep, 0700, NULL));
    assert_true(file_make_folders(deep, 0700, NULL));
    put(file, "");
    assert_false(file_make_folders(below, 0700, &error));
    assert_non_null(strstr(error.text, file));
    free(deep);
    free(file);
    free(below);
}

static void joins_with_one_slash(void **state)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"},
        {"a//", "/b", "a/b"},
        {"/", "b", "/b"},
        {"", "b", "b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *joined = file_join(cases[i][0], cases[i][1]);

        assert_string_equal(joined, cases[i][2]);
        free(joined);
    }
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(reads_what_it_wrote),
        FOLDER_TEST(refuses_what_is_no_ordinary_file),
        FOLDER_TEST(every_failing_call_leaves_the_old_file_alone),
        FOLDER_TEST(interrupted_and_short_writes_are_carried_on),
        FOLDER_TEST(a_file_that_changed_is_not_replaced),
        FOLDER_TEST(a_file_that_appeared_is_not_replaced),
        FOLDER_TEST(of_many_savers_one_wins),
        FOLDER_TEST(a_link_stays_and_its_target_is_replaced),
        FOLDER_TEST(an_existing_file_keeps_its_mode),
        FOLDER_TEST(makes_folders_with_their_parents),
        cmocka_unit_test(joins_with_one_slash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ui/journal and ui/recovery: what is kept is whole or as before, whatever the disk says. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/recovery.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- an application that has folders ---- */

struct application {
    struct workspace workspace;
    bool temporary;
    bool finds_key;
    struct redactor *redactor;
};

const struct clock *application_clock(const struct application *application)
{
    (void)application;
    return &clock_system;
}

const struct workspace *application_workspace(const struct application *application)
{
    return &application->workspace;
}

bool application_is_temporary(const struct application *application)
{
    return application->temporary;
}

bool application_may_write(const struct application *application, struct error *error)
{
    (void)application;
    (void)error;
    return true;
}

bool application_finds_key(const struct application *application, const char *text, size_t len,
                           size_t *line)
{
    (void)text;
    (void)len;
    *line = 1;
    return application->finds_key;
}

const struct redactor *application_redactor(const struct application *application)
{
    return application->redactor;
}

/* ---- a disk that fails ---- */

static enum { WORKS, FAILS_OPEN, FAILS_WRITE, FAILS_RENAME } disk;

static int try_open(const char *path, int flags, mode_t mode)
{
    errno = EROFS;
    return disk == FAILS_OPEN ? -1 : file_ops_system.open(path, flags, mode);
}

/* Half of it, then the disk is full. */
static ssize_t try_write(int fd, const void *data, size_t len)
{
    if (disk != FAILS_WRITE)
        return file_ops_system.write(fd, data, len);
    if (len > 1)
        return file_ops_system.write(fd, data, len / 2);
    errno = ENOSPC;
    return -1;
}

static int try_rename(const char *from, const char *to)
{
    errno = EIO;
    return disk == FAILS_RENAME ? -1 : file_ops_system.rename(from, to);
}

/* ---- the world ---- */

struct world {
    struct application application;
    char folder[64];
    struct file_ops ops;
};

static int set_up(void **state)
{
    struct world *world = xcalloc(1, sizeof(*world));

    strcpy(world->folder, "/tmp/cometdeck-journal-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    setenv("XDG_STATE_HOME", "/dev/null", 1);
    setenv("TMPDIR", "/dev/null", 1);
    world->application.workspace.folder = world->application.workspace.local = world->folder;
    world->application.redactor = redactor_new();
    world->ops = file_ops_system;
    world->ops.open = try_open;
    world->ops.write = try_write;
    world->ops.rename = try_rename;
    disk = WORKS;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    assert_int_equal(rmdir(world->folder), 0); /* nothing is left over */
    redactor_free(world->application.redactor);
    free(world);
    return 0;
}

static struct journal_note note_of(const char *text, size_t len)
{
    return (struct journal_note){
        .kind = JOURNAL_LEDGER,
        .name = "a.md",
        .path = "/nowhere/a.md",
        .seen = {.exists = true, .size = 3, .hash = UINT64_C(0xfedcba9876543210)},
        .text = text,
        .len = len,
    };
}

static bool keep(struct journal *journal, const char *text, struct error *error)
{
    struct journal_note note = note_of(text, strlen(text));

    return journal_keep(journal, &note, NULL, error);
}

/* The one text that is found, which goes then; "" when none is. */
static char *take(struct world *world)
{
    struct recovery_list list;
    char *text = xstrdup("");

    recovery_find(&world->application, &list);
    for (size_t i = 0; i < list.count; i++) {
        free(text);
        text = xmemdup0(list.items[i].text, list.items[i].len);
        assert_true(recovery_discard(&list.items[i], NULL));
    }
    assert_true(list.count <= 1);
    recovery_list_release(&list);
    return text;
}

static void assert_left(struct world *world, const char *expected)
{
    char *text = take(world);

    assert_string_equal(text, expected);
    free(text);
}

/* ---- tests ---- */

static void what_is_kept_comes_back_byte_for_byte(void **state)
{
    static const char hostile[] = "\xef\xbb\xbf| \xff\xfe |\r\n{\"kind\": 1}\n\n\033[31m";
    struct world *world = *state;
    struct journal *journal = journal_new(&world->application, NULL);
    struct journal_note note = note_of(hostile, sizeof(hostile) - 1);
    struct recovery_list list;
    struct stat info;

    assert_null(journal_path(journal));
    assert_true(journal_keep(journal, &note, NULL, NULL));
    assert_int_equal(stat(journal_path(journal), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    journal_free(journal);
    recovery_find(&world->application, &list);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].len, sizeof(hostile) - 1);
    assert_memory_equal(list.items[0].text, hostile, sizeof(hostile) - 1);
    assert_string_equal(list.items[0].path, "/nowhere/a.md");
    assert_true(list.items[0].seen.exists);
    assert_true(list.items[0].seen.hash == UINT64_C(0xfedcba9876543210));
    assert_true(recovery_discard(&list.items[0], NULL));
    recovery_list_release(&list);
}

static void a_failing_disk_leaves_what_was_kept_before(void **state)
{
    struct world *world = *state;

    for (disk = FAILS_OPEN; disk <= FAILS_RENAME; disk++) {
        struct journal *journal = journal_new(&world->application, &world->ops);
        int failing = disk;
        struct error error;

        disk = WORKS;
        assert_true(keep(journal, "one", NULL));
        disk = failing;
        assert_false(keep(journal, "two", &error));
        assert_non_null(strstr(error.text, "cannot be written"));
        disk = WORKS;
        journal_free(journal);
        assert_left(world, "one");
        disk = failing;
    }
}

static void a_disk_that_never_works_is_told_and_nothing_is_left(void **state)
{
    struct world *world = *state;

    for (disk = FAILS_OPEN; disk <= FAILS_RENAME; disk++) {
        struct journal *journal = journal_new(&world->application, &world->ops);
        struct error error;

        assert_false(keep(journal, "one", &error));
        assert_int_equal(error.kind, ERROR_FILE);
        journal_drop(journal);
        journal_free(journal);
        assert_left(world, "");
    }
}

static void what_is_dropped_is_gone(void **state)
{
    struct world *world = *state;
    struct journal *journal = journal_new(&world->application, NULL);

    assert_true(keep(journal, "one", NULL));
    journal_drop(journal);
    assert_left(world, "");
    assert_true(keep(journal, "two", NULL));
    assert_true(keep(journal, "three", NULL));
    journal_free(journal);
    assert_left(world, "three");
}

/* A process that lives keeps its own; one that was killed leaves it. */
static void only_what_nobody_keeps_is_found(void **state)
{
    struct world *world = *state;
    int ready[2];
    char byte;
    pid_t child;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        struct journal *journal = journal_new(&world->application, NULL);

        byte = keep(journal, "of the child", NULL) ? 'y' : 'n';
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_left(world, "");
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_left(world, "of the child");
    close(ready[0]);
    close(ready[1]);
}

static void another_workspace_does_not_get_it(void **state)
{
    struct world *world = *state;
    struct journal *journal = journal_new(&world->application, NULL);

    assert_true(keep(journal, "one", NULL));
    journal_free(journal);
    world->application.workspace.folder = (char[]){"/another"};
    assert_left(world, "");
    world->application.workspace.folder = world->folder;
    assert_left(world, "one");
}

static void what_is_damaged_is_left_alone(void **state)
{
    static const char *const texts[] = {"",
                                        "\n",
                                        "{",
                                        "{\"version\": 1}\ntext",
                                        "{\"version\": 9,\n",
                                        "[]\n",
                                        "text without any line"};
    struct world *world = *state;
    char *path = xasprintf("%s/" JOURNAL_PREFIX "1-1", world->folder);

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_true(file_replace(NULL, path, texts[i], strlen(texts[i]), 0600, NULL, NULL, NULL));
        assert_left(world, "");
        assert_true(file_exists(path));
    }
    unlink(path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_left(world, "");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_left(world, "");
    unlink(path);
    free(path);
}

/* The temporary folder is everybody's: what lies in the way there is not written through. */
static void what_lies_in_the_way_is_not_written_to(void **state)
{
    struct world *world = *state;
    char *victim = file_join(world->folder, "victim");
    char *trap = xasprintf("%s/" JOURNAL_PREFIX "%ld-1.new", world->folder, (long)getpid());
    struct journal *journal = journal_new(&world->application, NULL);
    struct bytes text;

    assert_true(file_replace(NULL, victim, "theirs", 6, 0600, NULL, NULL, NULL));
    assert_int_equal(link(victim, trap), 0);
    assert_true(keep(journal, "ours", NULL));
    journal_free(journal);
    assert_true(file_read(victim, 100, &text, NULL, NULL));
    assert_string_equal(bytes_text(&text), "theirs");
    bytes_release(&text);
    assert_left(world, "ours");
    unlink(victim);
    free(trap);
    free(victim);
}

static void one_console_asks_about_it_at_a_time(void **state)
{
    struct world *world = *state;
    struct journal *journal = journal_new(&world->application, NULL);
    struct recovery_list one, other;

    assert_true(keep(journal, "left", NULL));
    journal_free(journal);
    recovery_find(&world->application, &one);
    assert_int_equal(one.count, 1);
    recovery_find(&world->application, &other);
    assert_int_equal(other.count, 0);
    recovery_list_release(&other);
    recovery_list_release(&one);
    assert_left(world, "left");
}

static void a_key_in_a_name_or_a_label_is_not_kept(void **state)
{
    static const char key[] = "sk-journal-0123456789abcdef0123456789";
    struct world *world = *state;
    struct journal *journal = journal_new(&world->application, NULL);
    char *name = xasprintf("Value of %s: ", key), *path = xasprintf("/nowhere/%s.md", key);
    struct journal_note note = note_of("text", 4);
    struct bytes text;

    note.name = name;
    note.path = path;
    assert_true(journal_keep(journal, &note, NULL, NULL));
    assert_true(file_read(journal_path(journal), 10000, &text, NULL, NULL));
    assert_null(strstr(bytes_text(&text), key));
    bytes_release(&text);
    journal_free(journal);
    assert_left(world, "text");
    free(name);
    free(path);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(what_is_kept_comes_back_byte_for_byte),
        IN_WORLD(a_failing_disk_leaves_what_was_kept_before),
        IN_WORLD(a_disk_that_never_works_is_told_and_nothing_is_left),
        IN_WORLD(what_is_dropped_is_gone),
        IN_WORLD(only_what_nobody_keeps_is_found),
        IN_WORLD(another_workspace_does_not_get_it),
        IN_WORLD(what_is_damaged_is_left_alone),
        IN_WORLD(what_lies_in_the_way_is_not_written_to),
        IN_WORLD(one_console_asks_about_it_at_a_time),
        IN_WORLD(a_key_in_a_name_or_a_label_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

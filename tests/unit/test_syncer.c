/* net/syncer: a disk is waited for by the kernel, never by the loop (E9). */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/loop.h"
#include "net/syncer.h"

enum { MANY = 200 }; /* more than are under way at once */

struct heard {
    unsigned calls;
    int failure; /* of the last */
};

static struct loop *loop;
static struct syncer *syncer;
static int file;

static void hear(void *context, int failure)
{
    struct heard *heard = context;

    heard->calls++;
    heard->failure = failure;
}

/* The loop has something to do as long as anything is under way. */
static void wait_until_idle(void)
{
    while (!loop_is_idle(loop))
        loop_iterate(loop, clock_now_us(&clock_system) + 1000);
}

static int set_up(void **state)
{
    char name[] = "/tmp/cometdeck-syncer-XXXXXX";

    (void)state;
    file = mkstemp(name);
    unlink(name);
    loop = loop_new(&clock_system, NULL);
    syncer = syncer_new(loop);
    return file >= 0 && write(file, name, sizeof(name)) > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    syncer_free(syncer);
    loop_free(loop);
    return close(file);
}

static void the_end_is_told_by_the_loop_which_is_busy_until_then(void **state)
{
    struct heard heard = {.failure = -1};

    (void)state;
    assert_true(loop_is_idle(loop));
    syncer_sync(syncer, &file_ops_system, file, hear, &heard);
    if (heard.calls > 0)
        skip(); /* a kernel that does not do it by itself */
    assert_false(loop_is_idle(loop));
    wait_until_idle();
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.failure, 0);
}

static void each_of_many_is_told_once(void **state)
{
    static struct heard heard[MANY];

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        heard[i] = (struct heard){.failure = -1};
        syncer_sync(syncer, &file_ops_system, file, hear, &heard[i]);
    }
    wait_until_idle();
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(heard[i].calls, 1);
        assert_int_equal(heard[i].failure, 0);
    }
}

static void what_is_under_way_is_told_before_it_goes(void **state)
{
    struct heard heard[3] = {{.failure = -1}};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        syncer_sync(syncer, &file_ops_system, file, hear, &heard[i]);
    syncer_free(syncer);
    syncer = NULL;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(heard[i].calls, 1);
    assert_true(loop_is_idle(loop));
}

/* A pipe cannot be synced: the kernel does not take it, and fsync says why. */
static void what_cannot_be_synced_is_told_at_once(void **state)
{
    struct heard heard = {0};
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    syncer_sync(syncer, &file_ops_system, ends[1], hear, &heard);
    assert_int_equal(heard.calls, 1);
    assert_int_equal(heard.failure, EINVAL);
    close(ends[0]);
    close(ends[1]);
}

static int sync_badly(int fd)
{
    (void)fd;
    errno = EIO;
    return -1;
}

static void another_table_of_operations_is_asked_in_place(void **state)
{
    struct file_ops ops = file_ops_system;
    struct heard heard = {0};

    (void)state;
    ops.fsync = sync_badly;
    syncer_sync(syncer, &ops, file, hear, &heard);
    assert_int_equal(heard.failure, EIO);
    syncer_sync(NULL, &file_ops_system, file, hear, &heard);
    assert_int_equal(heard.failure, 0);
    assert_int_equal(heard.calls, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_end_is_told_by_the_loop_which_is_busy_until_then),
        TEST(each_of_many_is_told_once),
        TEST(what_is_under_way_is_told_before_it_goes),
        TEST(what_cannot_be_synced_is_told_at_once),
        TEST(another_table_of_operations_is_asked_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

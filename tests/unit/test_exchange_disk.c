/* evidence/exchange and the disk: what cannot be kept is told, what is told is kept (E9 D57). */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/file.h"
#include "net/loop.h"
#include "net/syncer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static ssize_t write_nothing(int fd, const void *data, size_t len)
{
    (void)fd;
    (void)data;
    (void)len;
    errno = ENOSPC;
    return -1;
}

static void a_full_disk_does_not_stop_the_stream(void **state)
{
    struct world *world = *state;
    struct file_ops full = file_ops_system;
    struct canned answer = canned_stream(CHUNK("a", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;

    full.write = write_nothing;
    world_run(world, &answer, &request, &full, &result);
    assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
    assert_null(result.capture);
    assert_null(result.digest);
    assert_non_null(strstr(result.trouble, strerror(ENOSPC)));
    canned_release(&answer);
}

static int sync_badly(int fd)
{
    (void)fd;
    errno = EIO;
    return -1;
}

/* What did not reach the disk is no evidence, although all of it was written. */
static void a_disk_that_fails_at_the_end_is_told(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("a", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct file_ops failing = file_ops_system;
    char *path = file_join(world->folder, "mine");
    struct exchange_state result;

    failing.fsync = sync_badly;
    request.capture_path = path;
    world_run(world, &answer, &request, &failing, &result);
    assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
    assert_null(result.capture);
    assert_null(result.digest);
    assert_non_null(strstr(result.trouble, strerror(EIO)));
    assert_non_null(strstr(result.trouble, path));
    assert_false(file_exists(path));
    free(path);
    canned_release(&answer);
}

/* Looks at what there is to cite while the disk is waited for aside. */
static void see_it_whole(void *context)
{
    struct world *world = context;
    struct exchange_state state;

    exchange_state(world->exchange, &state);
    if (!state.running)
        assert_true(file_exists(state.capture));
    else
        assert_null(state.capture);
    world->done = !state.running;
}

static void nothing_is_cited_before_it_is_kept(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("a", "\"stop\"") DONE);
    const struct exchange_observer observer = {.changed = see_it_whole, .context = world};
    struct exchange_request request = world_chat();
    struct raw_step steps[CANNED_STEPS];
    struct raw_server *server = world_serve(&answer, steps);
    struct exchange_state ended;

    world->syncer = syncer_new(world->loop);
    world->exchange = world_start_heard(world, raw_server_port(server), &request, &observer);
    while (!world->done)
        loop_iterate(world->loop, INT64_MAX);
    exchange_state(world->exchange, &ended);
    assert_int_equal(ended.verdict->kind, VERDICT_COMPLETE);
    assert_non_null(ended.digest);
    assert_null(ended.trouble);
    raw_server_stop(server);
    canned_release(&answer);
}

static void what_cannot_be_kept_where_asked_is_not_sent(void **state)
{
    struct world *world = *state;
    const struct canned answer = {.data = ""};
    struct exchange_request request = world_chat();
    char *path = file_join(world->folder, "mine");
    struct raw_step steps[CANNED_STEPS];
    struct raw_server *server = world_serve(&answer, steps);
    struct error error = {0};

    assert_true(file_replace(NULL, path, "x", 1, 0600, NULL, NULL, NULL));
    request.capture_path = path;
    assert_null(world_start(world, raw_server_port(server), &request, NULL, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, path));
    assert_int_equal(atomic_load(&raw_server_report(server)->connections), 0);
    raw_server_stop(server);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_full_disk_does_not_stop_the_stream),
        WORLD_TEST(a_disk_that_fails_at_the_end_is_told),
        WORLD_TEST(nothing_is_cited_before_it_is_kept),
        WORLD_TEST(what_cannot_be_kept_where_asked_is_not_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

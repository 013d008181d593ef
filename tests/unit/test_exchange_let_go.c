/* evidence/exchange: an exchange that its owner lets go of before its end, from wherever that is.
 */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_query.h"
#include "evidence/replay.h"
#include "net/syncer.h"

#include <stdlib.h>
#include <string.h>

static bool copy_verdict(void *context, const struct history_row *row)
{
    *(char **)context = xasprintf("%s %s", row->verdict, row->digest);
    return false;
}

/* One exchange has a row, cancelled, and its capture can be replayed. */
static void assert_kept_as_cancelled(struct world *world, const char *id)
{
    char *folder = file_join(world->workspace.local, "captures");
    char *name = xasprintf("%s.jsonl", id), *path = file_join(folder, name);
    char *row = NULL, *expected;
    struct replay replay;
    struct error error;

    if (!replay_file(path, OPERATION_CHAT, NULL, NULL, NULL, &replay, &error))
        fail_msg("%s", error.text);
    assert_int_equal(replay.verdict.kind, VERDICT_CANCELLED);
    expected = xasprintf("cancelled %s", replay.digest);
    assert_true(history_find(world->history, id, copy_verdict, &row, NULL));
    assert_string_equal(row, expected);
    replay_release(&replay);
    free(row);
    free(expected);
    free(path);
    free(name);
    free(folder);
}

/* D56: whoever leaves while it runs leaves evidence. */
static void let_go_while_it_runs(struct world *world)
{
    struct canned answer = canned_open(CHUNK("a", "null"));
    struct exchange_request request = world_chat();
    struct raw_step steps[CANNED_STEPS];
    struct raw_server *server = world_serve(&answer, steps);
    struct exchange_state before;
    char id[EVIDENCE_ID];

    assert_non_null(world_start(world, raw_server_port(server), &request, NULL, NULL));
    exchange_state(world->exchange, &before);
    strcpy(id, before.id);
    loop_iterate(world->loop, clock_now_us(&world->clock) + 1000);
    exchange_free(world->exchange);
    world->exchange = NULL;
    /* As at the end of a session: the transport goes while the loop stands still. */
    transport_free(world->transport);
    world->transport = NULL;
    syncer_free(world->syncer);
    world->syncer = NULL;
    assert_int_equal(world->done, 0);
    assert_kept_as_cancelled(world, id);
    raw_server_stop(server);
    canned_release(&answer);
}

static void freed_while_it_runs_it_is_kept_and_says_no_more(void **state)
{
    let_go_while_it_runs(*state);
}

static void so_it_is_while_the_kernel_looks_after_the_disk(void **state)
{
    struct world *world = *state;

    world->syncer = syncer_new(world->loop);
    let_go_while_it_runs(world);
}

/* The callbacks of one exchange that frees itself in one of them. */
struct leaver {
    struct world *world;
    struct exchange *exchange;
    enum leave { LEAVE_IN_BODY, LEAVE_IN_EVENT, LEAVE_IN_CHANGED, LEAVE_IN_DONE, LEAVES } when;
    bool at_the_end; /* of `changed`, the last */
    unsigned after;  /* calls after it was freed */
};

static void leave(struct leaver *leaver, enum leave when)
{
    struct exchange_state state;

    if (!leaver->exchange) {
        leaver->after++;
        return;
    }
    exchange_state(leaver->exchange, &state);
    if (when != leaver->when || (leaver->at_the_end && state.running))
        return;
    exchange_free(leaver->exchange);
    leaver->exchange = NULL;
}

static void leave_in_body(void *context, const char *data, size_t len, int64_t since_start_us)
{
    (void)data, (void)len, (void)since_start_us;
    leave(context, LEAVE_IN_BODY);
}

static void leave_in_event(void *context, const struct judge_event *event, int64_t since_start_us)
{
    (void)event, (void)since_start_us;
    leave(context, LEAVE_IN_EVENT);
}

static void leave_in_changed(void *context)
{
    leave(context, LEAVE_IN_CHANGED);
}

static void leave_in_done(void *context)
{
    leave(context, LEAVE_IN_DONE);
}

static void leave_from(struct world *world, enum leave when, bool at_the_end)
{
    struct canned answer = canned_stream(CHUNK("a", "null") CHUNK("b", "\"stop\"") DONE);
    struct leaver leaver = {.world = world, .when = when, .at_the_end = at_the_end};
    const struct exchange_observer observer = {
        .body = leave_in_body,
        .event = leave_in_event,
        .changed = leave_in_changed,
        .done = leave_in_done,
        .context = &leaver,
    };
    struct exchange_request request = world_chat();
    struct raw_step steps[CANNED_STEPS];
    struct raw_server *server = world_serve(&answer, steps);

    leaver.exchange = world_start_heard(world, raw_server_port(server), &request, &observer);
    while (leaver.exchange || !loop_is_idle(world->loop))
        loop_iterate(world->loop, clock_now_us(&world->clock) + 1000);
    assert_int_equal(leaver.after, 0);
    raw_server_stop(server);
    canned_release(&answer);
}

static void it_may_be_freed_from_any_of_its_callbacks(void **state)
{
    struct world *world = *state;

    for (enum leave when = LEAVE_IN_BODY; when < LEAVES; when++)
        leave_from(*state, when, false);
    leave_from(*state, LEAVE_IN_CHANGED, true);
    world->syncer = syncer_new(world->loop);
    leave_from(*state, LEAVE_IN_CHANGED, true);
    leave_from(*state, LEAVE_IN_DONE, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(freed_while_it_runs_it_is_kept_and_says_no_more),
        WORLD_TEST(so_it_is_while_the_kernel_looks_after_the_disk),
        WORLD_TEST(it_may_be_freed_from_any_of_its_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

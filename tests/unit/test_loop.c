/* net/loop: one wait for everything; signals counted, closed descriptors silent, timers in order.
 */
#include "tests/unit/unit.h"

#include "net/loop.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A clock that stands still but for what the fake wait lets pass. */
struct world {
    struct clock clock;
    int64_t now_us;
    struct loop *loop;
    char log[64];
    int timeouts[32];
    unsigned waits;
    int64_t in_flight_until; /* what the fake poller says is due, INT64_MAX: nothing */
    struct loop_timer timer;
    unsigned calls;
    short revents;
    int64_t frame_wish;
};

static int64_t world_now(void *context)
{
    return ((struct world *)context)->now_us;
}

static void note(struct world *world, char what)
{
    size_t len = strlen(world->log);

    if (len + 1 < sizeof(world->log)) {
        world->log[len] = what;
        world->log[len + 1] = '\0';
    }
}

static void fake_perform(void *context)
{
    note(context, 'p');
}

static int fake_wait(void *context, struct pollfd *fds, unsigned count, int timeout_ms)
{
    struct world *world = context;
    int ready = poll(fds, count, 0);

    note(world, 'w');
    if (ready <= 0) {
        for (unsigned i = 0; i < count; i++)
            fds[i].revents = 0;
        world->now_us += (int64_t)timeout_ms * 1000;
    }
    world->timeouts[world->waits++ % 32] = timeout_ms;
    return ready;
}

static int64_t fake_due(void *context)
{
    return ((struct world *)context)->in_flight_until;
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct error error;

    world->clock = (struct clock){.monotonic_us = world_now, .context = world};
    world->now_us = 1000000;
    world->in_flight_until = INT64_MAX;
    world->frame_wish = INT64_MAX;
    world->loop = loop_new(&world->clock, &error);
    assert_non_null(world->loop);
    loop_set_poller(world->loop, &(struct loop_poller){
                                     .perform = fake_perform,
                                     .wait = fake_wait,
                                     .next_due_us = fake_due,
                                     .context = world,
                                 });
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    loop_free(world->loop);
    free(world);
    return 0;
}

static void fire_t(void *context)
{
    note(context, 't');
}

static void fire_u(void *context)
{
    note(context, 'u');
}

static int64_t frame_f(void *context)
{
    struct world *world = context;

    note(world, 'f');
    return world->frame_wish;
}

static void on_signal(void *context, int signo)
{
    note(context, signo == SIGUSR1 ? 's' : '2');
}

static void on_ready(void *context, short revents)
{
    struct world *world = context;

    note(world, 'd');
    world->calls++;
    world->revents = revents;
}

static void an_iteration_has_a_fixed_order(void **state)
{
    struct world *world = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    loop_on_frame(world->loop, frame_f, world);
    loop_timer_set(world->loop, &world->timer, world->now_us, fire_t, world);
    loop_watch(world->loop, ends[0], POLLIN, on_ready, world);
    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    raise(SIGUSR1);
    loop_iterate(world->loop, INT64_MAX);
    assert_string_equal(world->log, "ptfwsd");
    close(ends[0]);
    close(ends[1]);
}

static void timers_fire_by_due_time_and_once(void **state)
{
    struct world *world = *state;
    struct loop_timer late = {0}, never = {0};

    loop_timer_set(world->loop, &late, world->now_us + 20000, fire_u, world);
    loop_timer_set(world->loop, &world->timer, world->now_us + 90000, fire_t, world);
    loop_timer_set(world->loop, &never, world->now_us + 5000, fire_t, world);
    loop_timer_set(world->loop, &world->timer, world->now_us + 10000, fire_t, world);
    loop_timer_cancel(world->loop, &never);
    loop_timer_cancel(world->loop, &never);
    for (int i = 0; i < 4; i++)
        loop_iterate(world->loop, world->now_us + 15000);
    assert_string_equal(world->log, "pwptwpwpuw");
    assert_int_equal(world->timeouts[0], 10);
    assert_int_equal(world->timeouts[1], 0); /* something fired: the caller may look */
    assert_int_equal(world->timeouts[2], 10);
    assert_false(late.armed);
}

static void a_wait_is_rounded_up_so_that_the_timer_is_due_on_waking(void **state)
{
    struct world *world = *state;

    loop_timer_set(world->loop, &world->timer, world->now_us + 1001, fire_t, world);
    loop_iterate(world->loop, INT64_MAX);
    loop_iterate(world->loop, world->now_us);
    assert_int_equal(world->timeouts[0], 2);
    assert_string_equal(world->log, "pwptw");
}

static void rearm(void *context)
{
    struct world *world = context;

    note(world, 'r');
    loop_timer_set(world->loop, &world->timer, world->now_us, rearm, world);
}

static void a_timer_that_sets_itself_again_lets_the_loop_turn(void **state)
{
    struct world *world = *state;

    loop_timer_set(world->loop, &world->timer, world->now_us, rearm, world);
    loop_iterate(world->loop, INT64_MAX);
    loop_iterate(world->loop, INT64_MAX);
    assert_string_equal(world->log, "prwprw");
    assert_int_equal(world->timeouts[0], 0);
}

static void postpone(void *context)
{
    struct world *world = context;

    note(world, 'p');
    world->now_us += 60000000; /* the process was stopped for a minute */
    loop_timer_set(world->loop, &world->timer, world->now_us + 1000000, fire_t, world);
}

/* style.md: after SIGCONT sockets are drained before due timers, or a pause reads as a stall. */
static void a_pause_does_not_read_as_a_stall(void **state)
{
    struct world *world = *state;

    loop_set_poller(world->loop, &(struct loop_poller){
                                     .perform = postpone,
                                     .wait = fake_wait,
                                     .next_due_us = fake_due,
                                     .context = world,
                                 });
    loop_timer_set(world->loop, &world->timer, world->now_us + 10, fire_t, world);
    loop_iterate(world->loop, world->now_us);
    world->now_us += 30000000;
    loop_iterate(world->loop, world->now_us);
    assert_string_equal(world->log, "pwpw");
}

static void signals_are_counted_and_delivered_from_the_loop(void **state)
{
    struct world *world = *state;

    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    assert_true(loop_signal(world->loop, SIGUSR2, on_signal, world));
    raise(SIGUSR1);
    raise(SIGUSR2);
    raise(SIGUSR1);
    assert_string_equal(world->log, "");
    loop_iterate(world->loop, INT64_MAX);
    assert_string_equal(world->log, "pwss2");
    loop_iterate(world->loop, world->now_us);
    assert_string_equal(world->log, "pwss2pw");
}

static void more_signals_than_the_pipe_holds_are_not_lost(void **state)
{
    struct world *world = *state;
    struct loop_poller poller = {
        .perform = fake_perform, .wait = fake_wait, .next_due_us = fake_due, .context = world};

    loop_set_poller(world->loop, &poller);
    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    for (int i = 0; i < 70000; i++)
        raise(SIGUSR1);
    loop_iterate(world->loop, INT64_MAX);
    assert_int_equal(strlen(world->log), sizeof(world->log) - 1);
    world->log[0] = '\0';
    loop_iterate(world->loop, world->now_us); /* the pipe is empty again */
    assert_string_equal(world->log, "pw");
}

static void handlers_are_restored_and_only_one_loop_watches_signals(void **state)
{
    struct world *world = *state;
    struct sigaction action;
    struct error error;
    struct loop *other = loop_new(&world->clock, &error);

    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    assert_false(loop_signal(other, SIGUSR1, on_signal, world));
    assert_false(loop_signal(world->loop, SIGKILL, on_signal, world));
    loop_free(world->loop);
    sigaction(SIGUSR1, NULL, &action);
    assert_true(action.sa_handler == SIG_DFL);
    assert_true(loop_signal(other, SIGUSR1, on_signal, world));
    world->loop = other;
}

static void send_signal(void *context)
{
    kill(getpid(), SIGUSR1);
    (void)context;
}

/* The machine's own poll: a signal ends the wait (EINTR) and is delivered. */
static void a_signal_ends_a_real_wait(void **state)
{
    struct world world = {0};
    struct error error;
    struct loop_timer timer = {0}, guard = {0};
    struct loop *loop = loop_new(&clock_system, &error);

    (void)state;
    assert_true(loop_signal(loop, SIGUSR1, on_signal, &world));
    loop_timer_set(loop, &timer, clock_now_us(&clock_system) + 1000, send_signal, NULL);
    loop_timer_set(loop, &guard, clock_now_us(&clock_system) + 30000000, fire_t, &world);
    while (!world.log[0])
        loop_iterate(loop, INT64_MAX);
    assert_string_equal(world.log, "s");
    loop_free(loop);
}

static void a_hung_up_descriptor_is_dropped_after_a_few_calls(void **state)
{
    struct world *world = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    loop_watch(world->loop, ends[0], POLLIN, on_ready, world);
    for (int i = 0; i < 40; i++)
        loop_iterate(world->loop, world->now_us + 1000);
    assert_true(world->calls >= 1 && world->calls < 10);
    assert_true(world->revents & POLLHUP);
    close(ends[0]);
}

static void read_one(void *context, short revents)
{
    struct world *world = context;
    char byte;

    (void)revents;
    world->calls++;
    assert_int_equal(read(world->timeouts[31], &byte, 1), 1);
}

static void a_hung_up_descriptor_with_bytes_left_is_read_to_its_end(void **state)
{
    struct world *world = *state;
    char text[100] = {0};
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof(text)), sizeof(text));
    close(ends[1]);
    world->timeouts[31] = ends[0];
    loop_watch(world->loop, ends[0], POLLIN, read_one, world);
    for (size_t i = 0; i < sizeof(text); i++) {
        world->waits = 0;
        loop_iterate(world->loop, world->now_us);
    }
    assert_int_equal(world->calls, sizeof(text));
    loop_unwatch(world->loop, ends[0]);
    close(ends[0]);
}

static void a_closed_descriptor_is_told_once(void **state)
{
    struct world *world = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    loop_watch(world->loop, ends[0], POLLIN, on_ready, world);
    close(ends[0]);
    close(ends[1]);
    for (int i = 0; i < 5; i++)
        loop_iterate(world->loop, world->now_us + 1000);
    assert_int_equal(world->calls, 1);
    assert_true(world->revents & POLLNVAL);
}

struct pair {
    struct world *world;
    int fds[2];
};

static void unwatch_both(void *context, short revents)
{
    struct pair *pair = context;

    (void)revents;
    pair->world->calls++;
    loop_unwatch(pair->world->loop, pair->fds[0]);
    loop_unwatch(pair->world->loop, pair->fds[1]);
    for (int i = 0; i < 20; i++) /* the table moves while it is walked */
        loop_watch(pair->world->loop, 500 + i, POLLIN, on_ready, pair->world);
    for (int i = 0; i < 20; i++)
        loop_unwatch(pair->world->loop, 500 + i);
}

static void a_callback_may_take_back_any_watch(void **state)
{
    struct world *world = *state;
    struct pair pair = {.world = world};
    int a[2], b[2];

    assert_int_equal(pipe(a), 0);
    assert_int_equal(pipe(b), 0);
    pair.fds[0] = a[0];
    pair.fds[1] = b[0];
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_int_equal(write(b[1], "x", 1), 1);
    loop_watch(world->loop, a[0], POLLIN, unwatch_both, &pair);
    loop_watch(world->loop, b[0], POLLIN, unwatch_both, &pair);
    loop_iterate(world->loop, world->now_us);
    loop_iterate(world->loop, world->now_us);
    assert_int_equal(world->calls, 1);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

static void the_frame_says_when_it_wants_to_run_again(void **state)
{
    struct world *world = *state;

    loop_on_frame(world->loop, frame_f, world);
    assert_false(loop_is_idle(world->loop));
    world->frame_wish = world->now_us + 16000;
    loop_iterate(world->loop, INT64_MAX);
    assert_int_equal(world->timeouts[0], 16);
    assert_false(loop_is_idle(world->loop));
    world->frame_wish = INT64_MAX;
    loop_iterate(world->loop, INT64_MAX);
    assert_int_equal(world->timeouts[1], INT_MAX);
    assert_true(loop_is_idle(world->loop));
}

static void idle_means_nothing_armed_in_flight_or_undrawn(void **state)
{
    struct world *world = *state;

    loop_iterate(world->loop, world->now_us);
    assert_true(loop_is_idle(world->loop));
    world->in_flight_until = world->now_us + 5000;
    assert_false(loop_is_idle(world->loop));
    world->in_flight_until = INT64_MAX;
    loop_timer_set(world->loop, &world->timer, world->now_us, fire_t, world);
    assert_false(loop_is_idle(world->loop));
    loop_timer_cancel(world->loop, &world->timer);
    loop_timer_set_quiet(world->loop, &world->timer, world->now_us + 1, fire_t, world);
    assert_true(loop_is_idle(world->loop)); /* house-keeping: nobody waits for it */
    loop_timer_cancel(world->loop, &world->timer);
    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    raise(SIGUSR1);
    loop_iterate(world->loop, world->now_us);
    assert_false(loop_is_idle(world->loop)); /* what the signal changed is not drawn yet */
    loop_iterate(world->loop, world->now_us);
    assert_true(loop_is_idle(world->loop));
}

static void stop_with_4(void *context)
{
    loop_stop(((struct world *)context)->loop, 4);
}

static void run_answers_the_status_of_stop_without_waiting(void **state)
{
    struct world *world = *state;

    loop_timer_set(world->loop, &world->timer, world->now_us + 3000, stop_with_4, world);
    assert_int_equal(loop_run(world->loop), 4);
    assert_int_equal(world->waits, 2);
    assert_int_equal(world->timeouts[1], 0);
    loop_stop(world->loop, 130);
    assert_int_equal(loop_run(world->loop), 130);
    assert_int_equal(world->waits, 2);
}

static void count_raised(int signo)
{
    signal(signo, SIG_IGN);
}

/* Whoever watched with a frame of the stack leaves nothing of it behind. */
static void a_signal_can_be_given_back(void **state)
{
    struct world *world = *state;
    struct sigaction now;

    signal(SIGUSR2, count_raised);
    assert_true(loop_signal(world->loop, SIGUSR1, on_signal, world));
    assert_true(loop_signal(world->loop, SIGUSR2, on_signal, world));
    assert_false(loop_signal_waits(world->loop));
    raise(SIGUSR1);
    assert_true(loop_signal_waits(world->loop));
    loop_unsignal(world->loop, SIGUSR1);
    assert_false(loop_signal_waits(world->loop));
    loop_unsignal(world->loop, SIGUSR2);
    sigaction(SIGUSR2, NULL, &now);
    assert_true(now.sa_handler == count_raised);
    loop_iterate(world->loop, INT64_MAX);
    assert_null(strpbrk(world->log, "s2"));
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(an_iteration_has_a_fixed_order),
        LOOP_TEST(timers_fire_by_due_time_and_once),
        LOOP_TEST(a_wait_is_rounded_up_so_that_the_timer_is_due_on_waking),
        LOOP_TEST(a_timer_that_sets_itself_again_lets_the_loop_turn),
        LOOP_TEST(a_pause_does_not_read_as_a_stall),
        LOOP_TEST(signals_are_counted_and_delivered_from_the_loop),
        LOOP_TEST(more_signals_than_the_pipe_holds_are_not_lost),
        LOOP_TEST(handlers_are_restored_and_only_one_loop_watches_signals),
        LOOP_TEST(a_signal_can_be_given_back),
        cmocka_unit_test(a_signal_ends_a_real_wait),
        LOOP_TEST(a_hung_up_descriptor_is_dropped_after_a_few_calls),
        LOOP_TEST(a_hung_up_descriptor_with_bytes_left_is_read_to_its_end),
        LOOP_TEST(a_closed_descriptor_is_told_once),
        LOOP_TEST(a_callback_may_take_back_any_watch),
        LOOP_TEST(the_frame_says_when_it_wants_to_run_again),
        LOOP_TEST(idle_means_nothing_armed_in_flight_or_undrawn),
        LOOP_TEST(run_answers_the_status_of_stop_without_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

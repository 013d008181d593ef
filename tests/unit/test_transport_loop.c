/* net/transport inside net/loop: curl's wait serves signals and other descriptors as poll does. */
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "tests/unit/transport_fixture.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct raw_step answers_half[] = {
    RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), RAW_HOLD, RAW_END};

struct seen {
    struct loop *loop;
    unsigned signals;
    unsigned calls;
    short revents;
    struct loop_timer timer;
    bool patience_over;
};

static void on_signal(void *context, int signo)
{
    (void)signo;
    ((struct seen *)context)->signals++;
}

static void on_ready(void *context, short revents)
{
    struct seen *seen = context;

    seen->calls++;
    seen->revents |= revents;
}

static void raise_signal(void *context)
{
    (void)context;
    kill(getpid(), SIGUSR1);
}

static void out_of_patience(void *context)
{
    ((struct seen *)context)->patience_over = true;
}

/* A transfer that has said something and is silent now. */
static void start_silent(struct heard *heard, struct seen *seen)
{
    heard_init(heard, answers_half);
    *seen = (struct seen){.loop = heard->loop};
    heard_start(heard);
    while (!heard->body_calls)
        loop_iterate(heard->loop, clock_now_us(&clock_system) + 100000);
}

static void a_signal_is_delivered_while_a_transfer_waits(void **state)
{
    struct heard heard;
    struct seen seen;
    struct loop_timer timer = {0};

    (void)state;
    start_silent(&heard, &seen);
    assert_true(loop_signal(heard.loop, SIGUSR1, on_signal, &seen));
    loop_timer_set(heard.loop, &timer, clock_now_us(&clock_system) + 1000, raise_signal, NULL);
    loop_timer_set(heard.loop, &seen.timer, clock_now_us(&clock_system) + 30000000, out_of_patience,
                   &seen);
    while (!seen.signals && !seen.patience_over)
        loop_iterate(heard.loop, INT64_MAX);
    assert_int_equal(seen.signals, 1);
    heard_release(&heard);
}

static void a_descriptor_is_served_while_a_transfer_waits(void **state)
{
    struct heard heard;
    struct seen seen;
    int ends[2];

    (void)state;
    start_silent(&heard, &seen);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "k", 1), 1);
    loop_watch(heard.loop, ends[0], POLLIN, on_ready, &seen);
    loop_iterate(heard.loop, INT64_MAX);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.revents, POLLIN);
    loop_unwatch(heard.loop, ends[0]);
    close(ends[0]);
    close(ends[1]);
    heard_release(&heard);
}

/* curl reports no hang-up: without a look of our own the wait would return at once for ever. */
static void a_closed_terminal_does_not_spin_under_a_transfer(void **state)
{
    struct heard heard;
    struct seen seen;
    unsigned turns = 0;
    int ends[2];

    (void)state;
    start_silent(&heard, &seen);
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    loop_watch(heard.loop, ends[0], POLLIN, on_ready, &seen);
    loop_timer_set(heard.loop, &seen.timer, clock_now_us(&clock_system) + 300000, out_of_patience,
                   &seen);
    for (; !seen.patience_over; turns++)
        loop_iterate(heard.loop, INT64_MAX);
    assert_true(seen.revents & POLLHUP);
    assert_true(turns < 30);
    close(ends[0]);
    heard_release(&heard);
}

/* A silent stream wakes nobody: what remains are curl's few timers of a fresh connection. */
static void a_silent_transfer_wakes_nobody(void **state)
{
    struct heard heard;
    struct seen seen;
    unsigned turns = 0;

    (void)state;
    start_silent(&heard, &seen);
    loop_timer_set(heard.loop, &seen.timer, clock_now_us(&clock_system) + 600000, out_of_patience,
                   &seen);
    for (; !seen.patience_over; turns++)
        loop_iterate(heard.loop, INT64_MAX);
    assert_true(turns < 10);
    assert_false(loop_is_idle(heard.loop));
    heard_release(&heard);
}

struct pair {
    struct transfer *other;
    unsigned done;
    enum stop stops[2];
};

static void cancel_other(void *context, const char *data, size_t len, int64_t at_us)
{
    struct pair *pair = context;

    (void)data;
    (void)len;
    (void)at_us;
    transfer_cancel(pair->other, STOP_USER);
}

static void note_stop(void *context, const struct http_result *result)
{
    struct pair *pair = context;

    pair->stops[pair->done++] = result->stop;
}

/* One transfer's bytes end another one, from inside curl or not: both hear their done. */
static void transfers_may_cancel_each_other(void **state)
{
    static const struct raw_step steps[] = {RAW_EXPECT, RAW_HOLD, RAW_END};
    struct heard heard;
    struct raw_server *silent = raw_server_start(steps);
    struct pair pair = {0};
    struct transfer_observer cancels = {.body = cancel_other, .done = note_stop, .context = &pair};
    struct transfer_observer waits = {.done = note_stop, .context = &pair};
    struct http_request request = {0};
    struct error error;
    struct transfer *first;

    (void)state;
    heard_init(&heard, answers_half);
    request.method = xstrdup("GET");
    request.url = xstrdup(raw_server_url(silent));
    pair.other = transport_start(heard.transport, &request, &heard.limits, &waits, &error);
    first = transport_start(heard.transport, &heard.request, &heard.limits, &cancels, &error);
    assert_non_null(pair.other);
    assert_non_null(first);
    while (pair.done < 1)
        loop_iterate(heard.loop, clock_now_us(&clock_system) + 100000);
    assert_int_equal(pair.stops[0], STOP_USER);
    transfer_cancel(first, STOP_GAP);
    while (pair.done < 2)
        loop_iterate(heard.loop, clock_now_us(&clock_system) + 100000);
    assert_int_equal(pair.stops[1], STOP_GAP);
    assert_true(raw_server_await(heard.server, &raw_server_report(heard.server)->closed, 1));
    http_request_release(&request);
    raw_server_stop(silent);
    heard_release(&heard);
}

/* What we gave up is closed, whoever was started meanwhile: else a provider goes on and bills. */
static void a_child_holds_no_connection_open(void **state)
{
    char *argv[] = {(char[]){"sleep"}, (char[]){"60"}, NULL};
    struct heard heard;
    struct seen seen;
    pid_t child;

    (void)state;
    start_silent(&heard, &seen);
    assert_int_equal(posix_spawnp(&child, argv[0], NULL, NULL, argv, environ), 0);
    transfer_cancel(heard.transfer, STOP_USER);
    heard_wait(&heard, 1);
    assert_true(raw_server_await(heard.server, &raw_server_report(heard.server)->closed, 1));
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    heard_release(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_delivered_while_a_transfer_waits),
        cmocka_unit_test(a_descriptor_is_served_while_a_transfer_waits),
        cmocka_unit_test(a_closed_terminal_does_not_spin_under_a_transfer),
        cmocka_unit_test(a_silent_transfer_wakes_nobody),
        cmocka_unit_test(transfers_may_cancel_each_other),
        cmocka_unit_test(a_child_holds_no_connection_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The one wait of the process: sockets, terminal, signals and timers (style.md "One loop").
 *
 * An iteration is: transfers perform → finished ones are applied → due timers run → the frame hook
 * (the console draws there, when it is time) → wait for the nearest of timer, frame and descriptor
 * → signals → descriptors. Callbacks append, set flags and return; none waits. Signals are counted
 * in the handler and delivered here. The wait itself is replaceable: the transport puts curl's in
 * when its first transfer starts, so that nothing of curl is initialised before it is needed.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/clock.h"
#include "base/error.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct loop;

/* One at a time in a process may watch signals. NULL when no pipe can be had. */
struct loop *loop_new(const struct clock *clock, struct error *error);
void loop_free(struct loop *loop);
const struct clock *loop_clock(const struct loop *loop);

/*
 * Call `ready` with the poll revents whenever `fd` has any of `events`. One watch per fd: a second
 * replaces the first. Unwatch before closing. A descriptor that reports nothing but its end is
 * dropped after a few calls, a closed one (POLLNVAL) after one, so that no callback makes the loop
 * spin.
 */
void loop_watch(struct loop *loop, int fd, short events,
                void (*ready)(void *context, short revents), void *context);
void loop_unwatch(struct loop *loop, int fd);

/*
 * Timers. The struct is the caller's and must not move while armed; private but for embedding.
 * Setting an armed timer moves it. A timer fires once.
 */
struct loop_timer {
    int64_t due_us;
    void (*fire)(void *context);
    void *context;
    struct loop_timer *next;
    bool armed;
    bool quiet;
};
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due_us,
                    void (*fire)(void *context), void *context);
/* The same for house-keeping that nobody waits for: the loop is idle although it is armed. */
void loop_timer_set_quiet(struct loop *loop, struct loop_timer *timer, int64_t due_us,
                          void (*fire)(void *context), void *context);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/*
 * Deliver `signo` as a call from the loop, once for every time it was raised as far as the system
 * tells; the handler is restored by loop_free(). False when another loop watches signals already
 * or the signal cannot be caught.
 */
bool loop_signal(struct loop *loop, int signo, void (*raised)(void *context, int signo),
                 void *context);

/* Give the signal back to the handler it had. Not from its own call. */
void loop_unsignal(struct loop *loop, int signo);

/* A signal was raised that will be delivered: for who would otherwise wait outside of the loop. */
bool loop_signal_waits(const struct loop *loop);

/*
 * Runs in every iteration before the wait; answers the monotonic time at which it wants to run
 * again, or INT64_MAX. The console draws here.
 */
void loop_on_frame(struct loop *loop, int64_t (*frame)(void *context), void *context);

/* What the transport puts in: progress on its sockets, and a wait that includes them. */
struct loop_poller {
    void (*perform)(void *context);
    int (*wait)(void *context, struct pollfd *fds, unsigned count, int timeout_ms);
    int64_t (*next_due_us)(void *context); /* INT64_MAX: nothing is in flight, else some time */
    void *context;
};
void loop_set_poller(struct loop *loop, const struct loop_poller *poller); /* NULL: poll(2) */

/*
 * One iteration; waits at most until `until_us` (INT64_MAX: as long as it takes). It does not wait
 * when a timer fired or a transfer ended in it, so that a caller may look whether that was all.
 */
void loop_iterate(struct loop *loop, int64_t until_us);

/*
 * Iterate until loop_stop(); answers the status given there. A stop asked for before counts. The
 * iteration that was stopped ends without waiting.
 */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int status);

/*
 * Nothing but quiet timers is armed, nothing in flight or wanting a frame, and nothing was
 * delivered since the last frame: what --script and tests wait for. Ask between iterations, or from
 * the frame hook.
 */
bool loop_is_idle(const struct loop *loop);

#endif

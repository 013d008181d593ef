#include "net/loop.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEAD_MAX = 8, /* calls about a hung-up descriptor before it is dropped */
};

struct watch {
    int fd; /* -1: taken back, the slot is dropped before the next wait */
    short events;
    unsigned dead; /* how often in a row it had nothing but bad news */
    void (*ready)(void *context, short revents);
    void *context;
};

struct signal_watch {
    int signo;
    unsigned delivered;
    void (*raised)(void *context, int signo);
    void *context;
    struct sigaction before;
};

struct loop {
    const struct clock *clock;
    struct watch *watches;
    size_t watch_count;
    size_t watch_size;
    struct pollfd *fds;        /* the signal pipe, then one for each watch */
    struct loop_timer *timers; /* by due time, then in the order they were set */
    struct signal_watch *signals;
    size_t signal_count;
    int pipe_read;
    int pipe_write;
    int64_t (*frame)(void *context);
    void *frame_context;
    int64_t frame_due_us;
    bool stirred; /* something was delivered after the last frame */
    bool stopping;
    int status;
    struct loop_poller poller;
};

/* A handler takes no context: what it touches is here, for the one loop that watches signals. */
static struct {
    struct loop *_Atomic owner;
    atomic_int pipe_write;
    atomic_uint raised[NSIG];
} signals;

static void count_signal(int signo)
{
    int saved = errno;
    ssize_t written;

    atomic_fetch_add(&signals.raised[signo], 1);
    /* A full pipe is a wake-up already. */
    written = write(atomic_load(&signals.pipe_write), "", 1);
    (void)written;
    errno = saved;
}

/* ---- making and ending ---- */

static void idle_perform(void *context)
{
    (void)context;
}

static int plain_wait(void *context, struct pollfd *fds, unsigned count, int timeout_ms)
{
    int ready = poll(fds, count, timeout_ms);

    (void)context;
    if (ready < 0) {
        for (unsigned i = 0; i < count; i++)
            fds[i].revents = 0;
    }
    return ready;
}

static int64_t nothing_due(void *context)
{
    (void)context;
    return INT64_MAX;
}

static const struct loop_poller plain_poller = {
    .perform = idle_perform,
    .wait = plain_wait,
    .next_due_us = nothing_due,
};

struct loop *loop_new(const struct clock *clock, struct error *error)
{
    struct loop *loop;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        error_errno(error, ERROR_CHECK, errno,
                    "no pipe for signals can be had; raise the limit of open files (ulimit -n)");
        return NULL;
    }
    loop = xcalloc(1, sizeof(*loop));
    loop->clock = clock;
    loop->pipe_read = ends[0];
    loop->pipe_write = ends[1];
    loop->frame_due_us = INT64_MAX;
    loop->poller = plain_poller;
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (size_t i = loop->signal_count; i-- > 0;)
        sigaction(loop->signals[i].signo, &loop->signals[i].before, NULL);
    if (atomic_load(&signals.owner) == loop)
        atomic_store(&signals.owner, NULL);
    while (loop->timers)
        loop_timer_cancel(loop, loop->timers);
    close(loop->pipe_read);
    close(loop->pipe_write);
    free(loop->signals);
    free(loop->watches);
    free(loop->fds);
    free(loop);
}

const struct clock *loop_clock(const struct loop *loop)
{
    return loop->clock;
}

/* ---- descriptors ---- */

void loop_watch(struct loop *loop, int fd, short events,
                void (*ready)(void *context, short revents), void *context)
{
    loop_unwatch(loop, fd);
    if (loop->watch_count == loop->watch_size) {
        loop->watch_size = loop->watch_size ? loop->watch_size * 2 : 8;
        loop->watches = xreallocarray(loop->watches, loop->watch_size, sizeof(*loop->watches));
    }
    loop->watches[loop->watch_count++] = (struct watch){
        .fd = fd,
        .events = events,
        .ready = ready,
        .context = context,
    };
}

void loop_unwatch(struct loop *loop, int fd)
{
    for (size_t i = 0; i < loop->watch_count; i++) {
        if (fd >= 0 && loop->watches[i].fd == fd)
            loop->watches[i].fd = -1;
    }
}

/* Slots move only here: while descriptors are delivered, callbacks may watch and unwatch. */
static unsigned gather_descriptors(struct loop *loop)
{
    size_t kept = 0;

    for (size_t i = 0; i < loop->watch_count; i++) {
        if (loop->watches[i].fd >= 0)
            loop->watches[kept++] = loop->watches[i];
    }
    loop->watch_count = kept;
    loop->fds = xreallocarray(loop->fds, loop->watch_size + 1, sizeof(*loop->fds));
    loop->fds[0] = (struct pollfd){.fd = loop->pipe_read, .events = POLLIN};
    for (size_t i = 0; i < kept; i++) {
        loop->fds[i + 1] = (struct pollfd){
            .fd = loop->watches[i].fd,
            .events = loop->watches[i].events,
        };
    }
    return (unsigned)kept + 1;
}

/* A descriptor that will only ever report its end: the poll would return at once for ever. */
static bool has_ended(const struct pollfd *fd)
{
    int unread;

    if (!(fd->revents & (POLLHUP | POLLERR | POLLNVAL)))
        return false;
    if (!(fd->revents & fd->events))
        return true;
    return (fd->revents & POLLIN) && ioctl(fd->fd, FIONREAD, &unread) == 0 && unread == 0;
}

static void deliver_descriptors(struct loop *loop, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        struct pollfd fd = loop->fds[i];
        struct watch watch = loop->watches[i - 1];

        if (!fd.revents || watch.fd < 0)
            continue;
        watch.dead = has_ended(&fd) ? watch.dead + 1 : 0;
        loop->watches[i - 1].dead = watch.dead;
        if (watch.dead >= DEAD_MAX || (fd.revents & POLLNVAL))
            loop->watches[i - 1].fd = -1;
        loop->stirred = true;
        watch.ready(watch.context, fd.revents);
    }
}

/* ---- timers ---- */

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t due_us,
                    void (*fire)(void *context), void *context)
{
    struct loop_timer **at = &loop->timers;

    loop_timer_cancel(loop, timer);
    while (*at && (*at)->due_us <= due_us)
        at = &(*at)->next;
    *timer = (struct loop_timer){
        .due_us = due_us,
        .fire = fire,
        .context = context,
        .next = *at,
        .armed = true,
    };
    *at = timer;
}

void loop_timer_set_quiet(struct loop *loop, struct loop_timer *timer, int64_t due_us,
                          void (*fire)(void *context), void *context)
{
    loop_timer_set(loop, timer, due_us, fire, context);
    timer->quiet = true;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    if (!timer->armed)
        return;
    for (struct loop_timer **at = &loop->timers; *at; at = &(*at)->next) {
        if (*at == timer) {
            *at = timer->next;
            break;
        }
    }
    timer->next = NULL;
    timer->armed = false;
}

/* A timer that sets itself due again waits for the next iteration: hence the count. */
static bool fire_timers(struct loop *loop, int64_t now_us)
{
    size_t due = 0, fired = 0;

    for (struct loop_timer *timer = loop->timers; timer && timer->due_us <= now_us;
         timer = timer->next)
        due++;
    for (; fired < due && loop->timers && loop->timers->due_us <= now_us; fired++) {
        struct loop_timer *timer = loop->timers;

        loop_timer_cancel(loop, timer);
        timer->fire(timer->context);
    }
    return fired > 0;
}

/* ---- signals ---- */

bool loop_signal(struct loop *loop, int signo, void (*raised)(void *context, int signo),
                 void *context)
{
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
    struct loop *nobody = NULL;
    struct signal_watch *watch;

    if (signo <= 0 || signo >= NSIG)
        return false;
    if (!atomic_compare_exchange_strong(&signals.owner, &nobody, loop) && nobody != loop)
        return false;
    atomic_store(&signals.pipe_write, loop->pipe_write);
    for (size_t i = 0; i < loop->signal_count; i++) {
        if (loop->signals[i].signo == signo) {
            loop->signals[i].raised = raised;
            loop->signals[i].context = context;
            return true;
        }
    }
    loop->signals = xreallocarray(loop->signals, loop->signal_count + 1, sizeof(*loop->signals));
    watch = &loop->signals[loop->signal_count];
    *watch = (struct signal_watch){.signo = signo, .raised = raised, .context = context};
    watch->delivered = atomic_load(&signals.raised[signo]);
    sigfillset(&action.sa_mask);
    if (sigaction(signo, &action, &watch->before) < 0)
        return false;
    loop->signal_count++;
    return true;
}

void loop_unsignal(struct loop *loop, int signo)
{
    for (size_t i = 0; i < loop->signal_count; i++) {
        if (loop->signals[i].signo != signo)
            continue;
        sigaction(signo, &loop->signals[i].before, NULL);
        loop->signal_count--;
        memmove(&loop->signals[i], &loop->signals[i + 1],
                (loop->signal_count - i) * sizeof(*loop->signals));
        break;
    }
    if (loop->signal_count == 0 && atomic_load(&signals.owner) == loop)
        atomic_store(&signals.owner, NULL);
}

bool loop_signal_waits(const struct loop *loop)
{
    for (size_t i = 0; i < loop->signal_count; i++)
        if (loop->signals[i].delivered != atomic_load(&signals.raised[loop->signals[i].signo]))
            return true;
    return false;
}

/* Always drained: when a signal ends the poll early, the pipe's revents stay 0. */
static void deliver_signals(struct loop *loop)
{
    char drained[64];

    while (read(loop->pipe_read, drained, sizeof(drained)) > 0)
        continue;
    for (size_t i = 0; i < loop->signal_count; i++) {
        while (loop->signals[i].delivered != atomic_load(&signals.raised[loop->signals[i].signo])) {
            struct signal_watch watch = loop->signals[i];

            loop->signals[i].delivered++;
            loop->stirred = true;
            watch.raised(watch.context, watch.signo);
        }
    }
}

/* ---- the iteration ---- */

void loop_on_frame(struct loop *loop, int64_t (*frame)(void *context), void *context)
{
    loop->frame = frame;
    loop->frame_context = context;
    loop->frame_due_us = INT64_MAX;
    loop->stirred = true;
}

void loop_set_poller(struct loop *loop, const struct loop_poller *poller)
{
    loop->poller = poller ? *poller : plain_poller;
}

static void run_frame(struct loop *loop)
{
    loop->stirred = false;
    loop->frame_due_us = INT64_MAX;
    if (loop->frame)
        loop->frame_due_us = loop->frame(loop->frame_context);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Milliseconds until the nearest thing to do, rounded up so that it is due when we wake. */
static int wait_ms(const struct loop *loop, int64_t until_us)
{
    int64_t due_us = earlier(until_us, loop->frame_due_us), left_us;

    if (loop->stopping)
        return 0;
    if (loop->timers)
        due_us = earlier(due_us, loop->timers->due_us);
    due_us = earlier(due_us, loop->poller.next_due_us(loop->poller.context));
    left_us = due_us - clock_now_us(loop->clock);
    if (left_us <= 0)
        return 0;
    if (left_us >= (int64_t)INT_MAX * 1000)
        return INT_MAX; /* never negative: curl's wait takes no "for ever" */
    return (int)((left_us + 999) / 1000);
}

void loop_iterate(struct loop *loop, int64_t until_us)
{
    /*
     * Timers are held against the time before the sockets were read: after a pause (SIGCONT, a
     * slow callback) what has arrived counts before a timer calls it late.
     */
    int64_t now_us = clock_now_us(loop->clock);
    unsigned count;
    bool fired;

    loop->poller.perform(loop->poller.context);
    fired = fire_timers(loop, now_us);
    run_frame(loop);
    count = gather_descriptors(loop);
    loop->poller.wait(loop->poller.context, loop->fds, count, fired ? 0 : wait_ms(loop, until_us));
    deliver_signals(loop);
    deliver_descriptors(loop, count);
}

int loop_run(struct loop *loop)
{
    while (!loop->stopping)
        loop_iterate(loop, INT64_MAX);
    loop->stopping = false;
    return loop->status;
}

void loop_stop(struct loop *loop, int status)
{
    loop->stopping = true;
    loop->status = status;
}

static bool waits_for_timers(const struct loop *loop)
{
    for (const struct loop_timer *timer = loop->timers; timer; timer = timer->next)
        if (!timer->quiet)
            return true;
    return false;
}

bool loop_is_idle(const struct loop *loop)
{
    return !waits_for_timers(loop) && !loop->stirred && loop->frame_due_us == INT64_MAX &&
           loop->poller.next_due_us(loop->poller.context) == INT64_MAX;
}

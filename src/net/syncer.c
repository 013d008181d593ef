#include "net/syncer.h"

#include <errno.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/loop.h"

enum { SYNCS_MAX = 64 }; /* under way at once; what comes on top is waited for */

struct sync {
    void (*done)(void *context, int failure); /* NULL: the slot is free */
    void *context;
};

struct syncer {
    struct loop *loop;
    aio_context_t kernel; /* 0: none was needed yet, or none can be had */
    int ready;            /* an event descriptor: some ended */
    struct sync syncs[SYNCS_MAX];
    unsigned under_way;
    struct loop_timer busy; /* never due; while it is armed the loop is not idle */
};

/* ---- what ended ---- */

static void never(void *context)
{
    (void)context;
}

static void finish(struct syncer *syncer, const struct io_event *event)
{
    struct sync *slot = &syncer->syncs[event->data];
    const struct sync sync = *slot;

    slot->done = NULL;
    if (--syncer->under_way == 0)
        loop_timer_cancel(syncer->loop, &syncer->busy);
    sync.done(sync.context, event->res < 0 ? (int)-event->res : 0);
}

/* `least` are waited for. False: there were none. */
static bool take_ended(struct syncer *syncer, long least)
{
    struct io_event events[SYNCS_MAX];
    long count;

    do
        count = syscall(SYS_io_getevents, syncer->kernel, least, (long)SYNCS_MAX, events, NULL);
    while (count < 0 && errno == EINTR);
    for (long i = 0; i < count; i++)
        finish(syncer, &events[i]);
    return count > 0;
}

static void on_ready(void *context, short revents)
{
    struct syncer *syncer = context;
    eventfd_t ended;

    (void)revents;
    eventfd_read(syncer->ready, &ended);
    take_ended(syncer, 0);
}

/* ---- making and ending ---- */

struct syncer *syncer_new(struct loop *loop)
{
    struct syncer *syncer = xcalloc(1, sizeof(*syncer));

    syncer->loop = loop;
    syncer->ready = -1;
    return syncer;
}

void syncer_free(struct syncer *syncer)
{
    if (!syncer)
        return;
    while (syncer->under_way > 0 && take_ended(syncer, 1))
        continue;
    loop_timer_cancel(syncer->loop, &syncer->busy);
    if (syncer->ready >= 0) {
        loop_unwatch(syncer->loop, syncer->ready);
        close(syncer->ready);
    }
    if (syncer->kernel)
        syscall(SYS_io_destroy, syncer->kernel);
    free(syncer);
}

/* The first time; a kernel that refuses is asked no more. */
static bool open_kernel(struct syncer *syncer)
{
    if (syncer->ready >= 0)
        return syncer->kernel != 0;
    syncer->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (syncer->ready < 0)
        return false;
    if (syscall(SYS_io_setup, (unsigned)SYNCS_MAX, &syncer->kernel) < 0)
        syncer->kernel = 0;
    else
        loop_watch(syncer->loop, syncer->ready, POLLIN, on_ready, syncer);
    return syncer->kernel != 0;
}

/* ---- asking ---- */

static struct sync *find_slot(struct syncer *syncer)
{
    for (size_t i = 0; i < SYNCS_MAX; i++)
        if (!syncer->syncs[i].done)
            return &syncer->syncs[i];
    return NULL;
}

/* False: the kernel does not take it. */
static bool submit(struct syncer *syncer, int fd, void (*done)(void *context, int failure),
                   void *context)
{
    struct sync *slot = find_slot(syncer);
    struct iocb request = {
        .aio_lio_opcode = IOCB_CMD_FSYNC,
        .aio_fildes = (uint32_t)fd,
        .aio_flags = IOCB_FLAG_RESFD,
    };
    struct iocb *requests[] = {&request};

    if (!slot || !open_kernel(syncer))
        return false;
    request.aio_data = (uint64_t)(slot - syncer->syncs);
    request.aio_resfd = (uint32_t)syncer->ready;
    if (syscall(SYS_io_submit, syncer->kernel, 1L, requests) != 1)
        return false;
    *slot = (struct sync){.done = done, .context = context};
    if (syncer->under_way++ == 0)
        loop_timer_set(syncer->loop, &syncer->busy, INT64_MAX, never, NULL);
    return true;
}

void syncer_sync(struct syncer *syncer, const struct file_ops *ops, int fd,
                 void (*done)(void *context, int failure), void *context)
{
    if (syncer && ops->fsync == file_ops_system.fsync && submit(syncer, fd, done, context))
        return;
    done(context, ops->fsync(fd) < 0 ? errno : 0);
}

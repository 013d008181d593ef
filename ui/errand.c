#include "ui/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/loop.h"

struct errand {
    struct loop *loop;
    void (*ended)(void *context, const struct errand_result *result);
    void *context;
    pid_t pid;  /* 0: none runs */
    int answer; /* where its result comes from */
};

struct errand *errand_new(struct loop *loop,
                          void (*ended)(void *context, const struct errand_result *result),
                          void *context)
{
    struct errand *errand = xcalloc(1, sizeof(*errand));

    errand->loop = loop;
    errand->ended = ended;
    errand->context = context;
    return errand;
}

bool errand_runs(const struct errand *errand)
{
    return errand->pid != 0;
}

/* A result is shorter than PIPE_BUF: it comes whole, or the child died before. */
static void take_result(struct errand *errand, struct errand_result *result)
{
    ssize_t got;

    do
        got = read(errand->answer, result, sizeof(*result));
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof(*result))
        return;
    *result = (struct errand_result){.done = false};
    error_set(&result->error, ERROR_FILE, "the process that writes it ended before it was done");
}

void errand_finish(struct errand *errand)
{
    struct errand_result result;

    if (!errand_runs(errand))
        return;
    take_result(errand, &result);
    loop_unwatch(errand->loop, errand->answer);
    close(errand->answer);
    while (waitpid(errand->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    errand->pid = 0;
    errand->ended(errand->context, &result);
}

static void on_answer(void *context, short revents)
{
    (void)revents;
    errand_finish(context);
}

void errand_free(struct errand *errand)
{
    if (!errand)
        return;
    errand_finish(errand);
    free(errand);
}

/* Its signals stay held: they are the console's, whose handlers it shares. */
static void run_child(int answer, void (*run)(void *context, struct errand_result *result),
                      void *context)
{
    struct errand_result result;

    memset(&result, 0, sizeof(result));
    run(context, &result);
    _exit(write(answer, &result, sizeof(result)) == (ssize_t)sizeof(result) ? 0 : 1);
}

void errand_start(struct errand *errand, void (*run)(void *context, struct errand_result *result),
                  void *context)
{
    struct errand_result result = {.done = false};
    sigset_t all, before;
    int ends[2] = {-1, -1};
    pid_t pid = -1;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    if (pipe2(ends, O_CLOEXEC) == 0)
        pid = fork();
    if (pid == 0)
        run_child(ends[1], run, context);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (pid > 0) {
        errand->pid = pid;
        errand->answer = ends[0];
        loop_watch(errand->loop, errand->answer, POLLIN, on_answer, errand);
        return;
    }
    close(ends[0]);
    run(context, &result);
    errand->ended(errand->context, &result);
}

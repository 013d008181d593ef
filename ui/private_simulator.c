#include "ui/private_simulator.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/loop.h"
#include "simulator/simulator.h"

enum { URL_MAX = 128, PID_TEXT = 16 };

static const char program[] = "/proc/self/exe";

struct private_simulator {
    struct loop *loop;
    void (*ready)(void *context, const struct error *error);
    void *context;
    pid_t child;
    int pipe; /* -1: its URL is there, or never will be */
    char url[URL_MAX];
    size_t len;
};

static void close_pipe(struct private_simulator *simulator)
{
    if (simulator->pipe < 0)
        return;
    loop_unwatch(simulator->loop, simulator->pipe);
    close(simulator->pipe);
    simulator->pipe = -1;
}

const char *private_simulator_url(const struct private_simulator *simulator)
{
    return simulator->pipe < 0 && simulator->url[0] ? simulator->url : NULL;
}

/* The first line that it writes. */
static void on_line(void *context, short revents)
{
    struct private_simulator *simulator = context;
    struct error error;
    ssize_t got;
    char *end;

    (void)revents;
    got = read(simulator->pipe, simulator->url + simulator->len, URL_MAX - 1 - simulator->len);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    simulator->len += got > 0 ? (size_t)got : 0;
    end = strchr(simulator->url, '\n');
    if (got > 0 && !end && simulator->len < URL_MAX - 1)
        return;
    close_pipe(simulator);
    if (end) {
        *end = '\0';
        simulator->ready(simulator->context, NULL);
        return;
    }
    simulator->url[0] = '\0';
    error_set(&error, ERROR_CHECK,
              "the private simulator ended before it listened; `cometdeck simulate` says why");
    simulator->ready(simulator->context, &error);
}

/* Signals as a new program expects them, and a process group that the terminal's keys leave alone.
 */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETPGROUP);
}

static int spawn(pid_t *child, int output)
{
    char name[] = "cometdeck", verb[] = "simulate", option[] = "--parent", parent[PID_TEXT];
    char *arguments[] = {name, verb, option, parent, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed;

    snprintf(parent, sizeof(parent), "%ld", (long)getpid());
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    failed = posix_spawn(child, program, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

struct private_simulator *
private_simulator_new(struct loop *loop, void (*ready)(void *context, const struct error *error),
                      void *context, struct error *error)
{
    struct private_simulator *simulator;
    int ends[2], failed;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        error_errno(error, ERROR_CHECK, errno, "the private simulator cannot be started");
        return NULL;
    }
    failed = spawn(&child, ends[1]);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        error_errno(error, ERROR_CHECK, failed, "the private simulator cannot be started");
        return NULL;
    }
    simulator = xcalloc(1, sizeof(*simulator));
    *simulator = (struct private_simulator){
        .loop = loop, .ready = ready, .context = context, .child = child, .pipe = ends[0]};
    loop_watch(loop, ends[0], POLLIN, on_line, simulator);
    return simulator;
}

void private_simulator_free(struct private_simulator *simulator)
{
    if (!simulator)
        return;
    close_pipe(simulator);
    simulator_stop(simulator->child);
    free(simulator);
}

#include "ui/private_simulator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "simulator/simulator.h"

enum { URL_MAX = 128, PID_TEXT = 16 };

static const char program[] = "/proc/self/exe";

struct private_simulator {
    pid_t child; /* 0: none */
    uint16_t port;
    int records;
    char url[URL_MAX];
};

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

/* The socket becomes its standard input, which it then serves, and the records its output. */
static int spawn(pid_t *child, int listener, int records)
{
    char name[] = "cometdeck", verb[] = "simulate", option[] = "--parent", parent[PID_TEXT];
    char observe[] = "--observe", pace[] = "--pace", none[] = "0";
    /* One that is observed has the pauses of its scenarios, which a client must bear. */
    char *arguments[] = {name, verb, option, parent, records < 0 ? NULL : observe,
                         pace, none, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed;

    snprintf(parent, sizeof(parent), "%ld", (long)getpid());
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, listener, STDIN_FILENO);
    if (records >= 0)
        posix_spawn_file_actions_adddup2(&actions, records, STDOUT_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    failed = posix_spawn(child, program, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static bool start(struct private_simulator *simulator, struct error *error)
{
    const struct simulator_options settings = {.port = simulator->port};
    int listener = simulator_listen(&settings, &simulator->port, error);
    int failed;

    if (listener < 0)
        return false;
    failed = spawn(&simulator->child, listener, simulator->records);
    close(listener); /* while we held it, nobody would answer what connects after its death */
    if (!failed)
        return true;
    simulator->child = 0;
    return error_errno(error, ERROR_CHECK, failed, "the simulator cannot be started");
}

struct private_simulator *private_simulator_new(uint16_t port, int records, struct error *error)
{
    struct private_simulator *simulator = xcalloc(1, sizeof(*simulator));

    *simulator = (struct private_simulator){.port = port, .records = records};
    if (!start(simulator, error)) {
        free(simulator);
        return NULL;
    }
    snprintf(simulator->url, sizeof(simulator->url), "http://127.0.0.1:%u",
             (unsigned)simulator->port);
    return simulator;
}

void private_simulator_free(struct private_simulator *simulator)
{
    if (!simulator)
        return;
    simulator_stop(simulator->child);
    free(simulator);
}

/* Its end stays to be waited for. */
bool private_simulator_runs(const struct private_simulator *simulator)
{
    siginfo_t ended = {.si_pid = 0};

    return simulator->child > 0 &&
           waitid(P_PID, (id_t)simulator->child, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == 0;
}

bool private_simulator_revive(struct private_simulator *simulator, struct error *error)
{
    if (private_simulator_runs(simulator))
        return true;
    simulator_stop(simulator->child);
    simulator->child = 0;
    return start(simulator, error);
}

const char *private_simulator_url(const struct private_simulator *simulator)
{
    return simulator->url;
}

uint16_t private_simulator_port(const struct private_simulator *simulator)
{
    return simulator->port;
}

#include "simulator/simulator.h"

#include "simulator/scene.h"
#include "simulator/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 256 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Loopback and nothing else: the simulator answers whoever can reach it. */
static bool read_host(const struct simulator_options *options, union address *address,
                      socklen_t *len, struct error *error)
{
    const char *host = options->host ? options->host : "127.0.0.1";

    *address = (union address){0};
    if (strcmp(host, "127.0.0.1") == 0) {
        address->v4 = (struct sockaddr_in){.sin_family = AF_INET,
                                           .sin_port = htons(options->port),
                                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        *len = sizeof(address->v4);
        return true;
    }
    if (strcmp(host, "::1") == 0) {
        address->v6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
                                            .sin6_port = htons(options->port),
                                            .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        *len = sizeof(address->v6);
        return true;
    }
    return error_set(error, ERROR_USAGE,
                     "the simulator listens on 127.0.0.1 or ::1 only; another host was asked for");
}

static bool bind_listener(int fd, const struct simulator_options *options, uint16_t *port,
                          struct error *error)
{
    union address address;
    socklen_t len;
    const int on = 1;

    if (!read_host(options, &address, &len, error))
        return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &address.any, len) < 0 || listen(fd, BACKLOG) < 0)
        return error_errno(error, ERROR_CHECK, errno,
                           "the simulator cannot listen on port %u; choose another, or 0 for any",
                           (unsigned)options->port);
    len = sizeof(address);
    if (getsockname(fd, &address.any, &len) < 0)
        return error_errno(error, ERROR_CHECK, errno, "the simulator cannot learn its port");
    if (port)
        *port =
            ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return true;
}

int simulator_listen(const struct simulator_options *options, uint16_t *port, struct error *error)
{
    union address address;
    socklen_t len;
    int fd;

    if (!read_host(options, &address, &len, error))
        return -1;
    if (options->scenario && !scenario_find(options->scenario)) {
        error_set(error, ERROR_USAGE,
                  "there is no scenario by that name; `cometdeck simulate --list` names them");
        return -1;
    }
    fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        error_errno(error, ERROR_CHECK, errno, "the simulator cannot open a socket");
        return -1;
    }
    if (!bind_listener(fd, options, port, error)) {
        close(fd);
        return -1;
    }
    return fd;
}

int simulator_serve(int listener, const struct simulator_options *options)
{
    sigset_t ends, before;
    int signals, number = 0;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, &before);
    signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals >= 0) {
        number = server_run(listener, signals, options, &clock_system);
        close(signals);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!number)
        return 4;
    return number == SIGINT ? 130 : 0;
}

/* Every descriptor behind the standard ones but these two. */
static void close_others(int one, int other)
{
    unsigned low = (unsigned)(one < other ? one : other);
    unsigned high = (unsigned)(one < other ? other : one);

    if (low > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
}

/* What the child inherited and must not hold: the terminal's modes are not its business, nor are
 * the descriptors and handlers of its parent. */
static void leave_parent(int listener, int observe_fd, bool quiet)
{
    static const int defaults[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGWINCH,
                                   SIGTSTP, SIGCONT, SIGCHLD, SIGUSR1, SIGUSR2};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
        signal(defaults[i], SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        if (quiet)
            dup2(null, STDERR_FILENO);
    }
    close_others(listener, observe_fd > 0 ? observe_fd : listener);
}

/* It may have died before we could ask to be told. */
bool simulator_end_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return getppid() == parent;
}

pid_t simulator_fork(int listener, const struct simulator_options *options, struct error *error)
{
    pid_t parent = getpid(), child = fork();

    if (child < 0) {
        error_errno(error, ERROR_CHECK, errno, "the simulator cannot be started");
        return -1;
    }
    if (child == 0) {
        setpgid(0, 0);
        if (!simulator_end_with(parent))
            _exit(0);
        leave_parent(listener, options->observe_fd, options->quiet);
        _exit(simulator_serve(listener, options));
    }
    setpgid(child, child); /* whichever of the two comes first */
    return child;
}

void simulator_stop(pid_t child)
{
    if (child <= 0)
        return;
    kill(child, SIGTERM);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

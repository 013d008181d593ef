#include "simulator/server.h"

#include "base/memory.h"
#include "simulator/connection.h"
#include "simulator/observer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 512,
    SLOT_SIGNALS = 0,
    SLOT_LISTENER,
    SLOT_FIRST, /* of the connections */
};

struct server {
    int listener;
    int signals;
    const struct clock *clock;
    struct connection_env env;
    struct connection *connections[CONNECTIONS_MAX];
    size_t count;
    bool crowded; /* no descriptor left: accept again once a connection has ended */
};

static void accept_all(struct server *server, int64_t now_us)
{
    const int on = 1;

    while (server->count < CONNECTIONS_MAX) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0) {
            server->crowded = errno == EMFILE || errno == ENFILE;
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        server->connections[server->count++] = connection_new(fd, &server->env, now_us);
    }
}

/* Milliseconds until the next thing is due, rounded up; -1: nothing is. */
static int next_timeout(const struct server *server, int64_t now_us)
{
    int64_t due = INT64_MAX, wait;

    for (size_t i = 0; i < server->count; i++) {
        int64_t one = connection_due_us(server->connections[i]);

        due = one < due ? one : due;
    }
    if (due == INT64_MAX)
        return -1;
    wait = due > now_us ? (due - now_us + 999) / 1000 : 0;
    return wait > 3600000 ? 3600000 : (int)wait;
}

static nfds_t fill_slots(const struct server *server, struct pollfd *slots)
{
    bool room = server->count < CONNECTIONS_MAX && !server->crowded;

    slots[SLOT_SIGNALS] = (struct pollfd){.fd = server->signals, .events = POLLIN};
    slots[SLOT_LISTENER] = (struct pollfd){.fd = room ? server->listener : -1, .events = POLLIN};
    for (size_t i = 0; i < server->count; i++)
        slots[SLOT_FIRST + i] = (struct pollfd){
            .fd = connection_fd(server->connections[i]),
            .events = connection_events(server->connections[i]),
        };
    return SLOT_FIRST + server->count;
}

/* Step each connection that is ready or due; those that end give up their place. */
static void step_all(struct server *server, const struct pollfd *slots, int64_t now_us)
{
    size_t kept = 0;

    for (size_t i = 0; i < server->count; i++) {
        struct connection *connection = server->connections[i];
        short ready = slots[SLOT_FIRST + i].revents;
        bool idle = !ready && connection_due_us(connection) > now_us;

        if (idle || connection_step(connection, ready, now_us)) {
            server->connections[kept++] = connection;
        } else {
            connection_free(connection);
            server->crowded = false;
        }
    }
    server->count = kept;
}

static int take_signal(int signals)
{
    struct signalfd_siginfo info;

    return read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

int server_run(int listener, int signals, const struct simulator_options *options,
               const struct clock *clock)
{
    struct pollfd slots[SLOT_FIRST + CONNECTIONS_MAX];
    struct server *server = xcalloc(1, sizeof(*server));
    int number = 0;

    *server = (struct server){
        .listener = listener,
        .signals = signals,
        .clock = clock,
        .env = {.route.key = options->key, .pace_ms = options->pace_ms, .quiet = options->quiet},
    };
    if (options->observe_fd > 0)
        server->env.observer = observer_new(options->observe_fd, clock);
    if (options->scenario && strcmp(options->scenario, "default") != 0)
        server->env.route.setting = scene_find(options->scenario);
    while (!number) {
        int64_t now_us = clock_now_us(clock);
        nfds_t used = fill_slots(server, slots);

        if (poll(slots, used, next_timeout(server, now_us)) < 0 && errno != EINTR)
            break;
        if (slots[SLOT_SIGNALS].revents)
            number = take_signal(signals);
        now_us = clock_now_us(clock);
        step_all(server, slots, now_us);
        if (slots[SLOT_LISTENER].revents)
            accept_all(server, now_us);
    }
    /* What is open was ended by us, not by its client. */
    observer_free(server->env.observer);
    server->env.observer = NULL;
    for (size_t i = 0; i < server->count; i++)
        connection_free(server->connections[i]);
    free(server);
    return number;
}

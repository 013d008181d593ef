#include "tests/unit/raw_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AWAIT_MS = 30000 };

struct raw_server {
    pid_t pid;
    unsigned port;
    char url[64];
    int go;    /* a byte lets one RAW_WAIT go on */
    int event; /* a byte for each change of the report */
    struct raw_report *report;
};

/* The server's side of it. */
struct serving {
    int listener;
    int go;
    int event;
    struct raw_report *report;
};

static void die(const char *what)
{
    fprintf(stderr, "raw_server: %s: %s\n", what, strerror(errno));
    exit(99);
}

static void tell(const struct serving *serving)
{
    if (write(serving->event, "", 1) < 0)
        _exit(0); /* the test is gone */
}

/* False at the end of the connection. */
static bool receive(const struct serving *serving, int fd)
{
    struct raw_report *report = serving->report;
    char data[65536];
    ssize_t got = read(fd, data, sizeof(data));
    size_t len = atomic_load(&report->len), room = RAW_BYTES_MAX - 1 - len;

    if (got <= 0)
        return false;
    if ((size_t)got > room)
        got = (ssize_t)room;
    memcpy(report->bytes + len, data, (size_t)got);
    atomic_store(&report->len, len + (size_t)got);
    return true;
}

/* How many bytes the request at `text` has, 0 while it is not whole. */
static size_t request_len(const char *text, size_t len)
{
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    const char *line = text;
    size_t head, body = 0;

    if (!end)
        return 0;
    head = (size_t)(end - text) + 4;
    while ((line = memchr(line, '\n', (size_t)(text + head - line))) && ++line < text + head) {
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            body = strtoul(line + 15, NULL, 10);
    }
    return head + body <= len ? head + body : 0;
}

static bool expect_request(const struct serving *serving, int fd, size_t *at)
{
    struct raw_report *report = serving->report;
    size_t len;

    while (!(len = request_len(report->bytes + *at, atomic_load(&report->len) - *at))) {
        if (!receive(serving, fd))
            return false;
    }
    *at += len;
    atomic_fetch_add(&report->requests, 1);
    tell(serving);
    return true;
}

/* All repetitions in one piece, so that they do not go out as that many packets. */
static void send_all(int fd, const struct raw_step *step)
{
    size_t len = step->len * step->times;
    char *data = malloc(len + 1);

    if (!data)
        _exit(0);
    for (size_t i = 0; i < step->times; i++)
        memcpy(data + i * step->len, step->data, step->len);
    for (size_t sent = 0; sent < len;) {
        ssize_t n = send(fd, data + sent, len - sent, MSG_NOSIGNAL);

        if (n < 0)
            break; /* the client may go whenever it likes */
        sent += (size_t)n;
    }
    free(data);
}

static void play(const struct serving *serving, int fd, const struct raw_step *step)
{
    struct linger at_once = {.l_onoff = 1};
    size_t at = atomic_load(&serving->report->len);
    bool open = true;
    char byte;

    for (; open; step++) {
        switch (step->kind) {
        case RAW_STEP_EXPECT:
            open = expect_request(serving, fd, &at);
            break;
        case RAW_STEP_SEND:
            send_all(fd, step);
            break;
        case RAW_STEP_WAIT:
            if (read(serving->go, &byte, 1) != 1)
                _exit(0);
            break;
        case RAW_STEP_RST:
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
            close(fd);
            return;
        case RAW_STEP_FIN:
        case RAW_END_OF_SCRIPT:
            shutdown(fd, SHUT_WR);
            /* fall through */
        case RAW_STEP_HOLD:
            while (expect_request(serving, fd, &at))
                continue;
            open = false;
            break;
        }
    }
    atomic_fetch_add(&serving->report->closed, 1);
    tell(serving);
    close(fd);
}

static void serve(const struct serving *serving, const struct raw_step *const *scripts,
                  size_t count)
{
    for (size_t i = 0;; i++) {
        int fd = accept(serving->listener, NULL, NULL), on = 1;

        if (fd < 0)
            _exit(0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        atomic_fetch_add(&serving->report->connections, 1);
        play(serving, fd, scripts[i < count ? i : count - 1]);
    }
}

static int listen_anywhere(unsigned *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        die("listen");
    *port = ntohs(address.sin_port);
    return fd;
}

struct raw_server *raw_server_start_scripts(const struct raw_step *const *scripts, size_t count)
{
    struct raw_server *server = calloc(1, sizeof(*server));
    struct serving serving;
    int go[2], event[2];

    if (!server || pipe(go) < 0 || pipe(event) < 0)
        die("pipe");
    serving.listener = listen_anywhere(&server->port);
    serving.go = go[0];
    serving.event = event[1];
    serving.report = server->report = mmap(NULL, sizeof(*server->report), PROT_READ | PROT_WRITE,
                                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (server->report == MAP_FAILED)
        die("mmap");
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u", server->port);
    server->pid = fork();
    if (server->pid < 0)
        die("fork");
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        close(go[1]);
        close(event[0]);
        serve(&serving, scripts, count);
    }
    close(serving.listener);
    close(go[0]);
    close(event[1]);
    server->go = go[1];
    server->event = event[0];
    return server;
}

struct raw_server *raw_server_start(const struct raw_step *steps)
{
    return raw_server_start_scripts(&steps, 1);
}

unsigned raw_server_port(const struct raw_server *server)
{
    return server->port;
}

const char *raw_server_url(const struct raw_server *server)
{
    return server->url;
}

const struct raw_report *raw_server_report(const struct raw_server *server)
{
    return server->report;
}

void raw_server_go(struct raw_server *server)
{
    if (write(server->go, "", 1) < 0)
        die("go");
}

bool raw_server_await(struct raw_server *server, const atomic_uint *counter, unsigned least)
{
    struct pollfd fd = {.fd = server->event, .events = POLLIN};
    char byte;

    while (atomic_load(counter) < least) {
        if (poll(&fd, 1, AWAIT_MS) <= 0 || read(server->event, &byte, 1) <= 0)
            return false;
    }
    return true;
}

bool raw_server_saw(const struct raw_server *server, const char *text)
{
    return memmem(server->report->bytes, atomic_load(&server->report->len), text, strlen(text));
}

void raw_server_stop(struct raw_server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    close(server->go);
    close(server->event);
    munmap(server->report, sizeof(*server->report));
    free(server);
}

/*
 * A chat stream from a can, as fast as the socket takes it, for bench/run.sh.
 *
 *   bulk_server [-n EVENTS] [-c EVENTS_PER_CHUNK] [-r EVENTS_PER_SECOND] [-p PORT]
 *
 * Writes its port on standard output, then answers every request on 127.0.0.1 with EVENTS events
 * of 295 bytes, a finish reason and the marker, until it is killed. With -r every event is a chunk
 * of its own, sent when it is due. A GET of a path that ends in /models gets a list instead.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENT_BYTES = 295,
    CHUNK_EVENTS = 222, /* about 64 KiB */
    MODELS = 100,
    REQUEST_MAX = 1 << 20,
};

#define BEFORE                                                                                   \
    "data: {\"id\":\"chatcmpl-Bench0123456789abcdefghij\",\"object\":\"chat.completion.chunk\"," \
    "\"created\":1732187843,\"model\":\"bench\",\"system_fingerprint\":\"fp_0123456789\","       \
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
#define BETWEEN "\"},\"logprobs\":null,\"finish_reason\":null}],\"obfuscation\":\""
#define AFTER "\"}\n\n"

/* What a model says, piece by piece; the escapes and the letters above ASCII are part of it. */
static const char *const words[] = {
    " the",
    " stream",
    " is",
    " whole",
    ".",
    "\\n\\n",
    " \\\"quoted\\\"",
    " nat\xc3\xbcrlich",
    " a",
    " considerably",
    " longer",
    " word",
    ",",
    " \xe2\x82\xac",
    " 42",
    " of",
    " proof",
    ":",
    " tokens",
    " and",
    " more",
    " `code`",
    " {",
    "}",
    " \\u00e9t\\u00e9",
    " yes",
    " no",
};

static const char answer_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n";
static const char answer_end[] =
    "data: {\"id\":\"chatcmpl-Bench0123456789abcdefghij\",\"object\":\"chat.completion.chunk\","
    "\"created\":1732187843,\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{},"
    "\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

struct plan {
    long events;
    long per_chunk;
    long per_second;
    unsigned short port;
};

static void die(const char *what)
{
    fprintf(stderr, "bulk_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static bool send_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);

        if (sent < 0)
            return false;
        data += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Event number `i`: a word, and random letters that fill it up to EVENT_BYTES, as OpenAI does. */
static void make_event(long i, char event[EVENT_BYTES])
{
    size_t after = sizeof(AFTER) - 1;
    unsigned random = (unsigned)i * 2654435761u + 12345u;
    char text[EVENT_BYTES + 1];
    int len = snprintf(text, sizeof(text), "%s%s%s", BEFORE,
                       words[random % (sizeof(words) / sizeof(words[0]))], BETWEEN);

    memcpy(event, text, (size_t)len);
    for (size_t at = (size_t)len; at < EVENT_BYTES - after; at++) {
        random = random * 1103515245u + 12345u;
        event[at] =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZab"[random >> 26];
    }
    memcpy(event + EVENT_BYTES - after, AFTER, after);
}

/* One chunk of `events` events; the caller frees it. */
static char *make_chunk(long events, size_t *len)
{
    char *chunk = malloc((size_t)events * EVENT_BYTES + 32);
    int head;

    if (!chunk)
        die("memory");
    head = sprintf(chunk, "%lx\r\n", events * EVENT_BYTES);
    for (long i = 0; i < events; i++)
        make_event(i, chunk + head + i * EVENT_BYTES);
    *len = (size_t)head + (size_t)events * EVENT_BYTES;
    memcpy(chunk + *len, "\r\n", 2);
    *len += 2;
    return chunk;
}

/* The request with its body, NUL-terminated in `request`. */
static bool read_request(int fd, char request[REQUEST_MAX])
{
    size_t len = 0, want = 0;
    const char *end, *line;

    while (!want || len < want) {
        ssize_t got = read(fd, request + len, REQUEST_MAX - 1 - len);

        if (got <= 0)
            return false;
        len += (size_t)got;
        request[len] = '\0';
        end = strstr(request, "\r\n\r\n");
        if (want || !end)
            continue;
        want = (size_t)(end - request) + 4;
        line = strcasestr(request, "\r\nContent-Length:");
        if (line && line < end)
            want += strtoul(line + 17, NULL, 10);
    }
    return true;
}

static bool send_at_once(int fd, const struct plan *plan)
{
    size_t len;
    char *chunk = make_chunk(plan->per_chunk, &len);
    long left = plan->events;
    bool sent = true;

    for (; sent && left >= plan->per_chunk; left -= plan->per_chunk)
        sent = send_all(fd, chunk, len);
    free(chunk);
    if (sent && left > 0) {
        chunk = make_chunk(left, &len);
        sent = send_all(fd, chunk, len);
        free(chunk);
    }
    return sent;
}

static bool send_paced(int fd, const struct plan *plan)
{
    size_t len;
    char *chunk = make_chunk(1, &len);
    struct timespec due;
    long step_ns = 1000000000L / plan->per_second;
    bool sent = true;

    clock_gettime(CLOCK_MONOTONIC, &due);
    for (long i = 0; sent && i < plan->events; i++) {
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
            continue;
        make_event(i, chunk + len - 2 - EVENT_BYTES);
        sent = send_all(fd, chunk, len);
        due.tv_nsec += step_ns;
        due.tv_sec += due.tv_nsec / 1000000000L;
        due.tv_nsec %= 1000000000L;
    }
    free(chunk);
    return sent;
}

static bool asks_models(const char *request)
{
    const char *end = strstr(request, " HTTP/1.1\r\n");

    return strncmp(request, "GET ", 4) == 0 && end && end - request > 7 &&
           memcmp(end - 7, "/models", 7) == 0;
}

static void send_models(int fd)
{
    char list[MODELS * 48 + 32], head[160];
    int len = sprintf(list, "{\"data\":[");

    for (int i = 0; i < MODELS; i++)
        len +=
            sprintf(list + len, "%s{\"id\":\"bench-%03d\",\"object\":\"model\"}", i ? "," : "", i);
    len += sprintf(list + len, "]}");
    snprintf(head, sizeof(head),
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
             len);
    if (send_all(fd, head, strlen(head)))
        send_all(fd, list, (size_t)len);
}

static void serve(int fd, const struct plan *plan)
{
    static char request[REQUEST_MAX];
    char size[32];
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (!read_request(fd, request))
        return;
    if (asks_models(request)) {
        send_models(fd);
        return;
    }
    if (!send_all(fd, answer_head, sizeof(answer_head) - 1) ||
        !(plan->per_second ? send_paced(fd, plan) : send_at_once(fd, plan)))
        return;
    snprintf(size, sizeof(size), "%zx\r\n", sizeof(answer_end) - 1);
    if (send_all(fd, size, strlen(size)) && send_all(fd, answer_end, sizeof(answer_end) - 1))
        send_all(fd, "\r\n0\r\n\r\n", 7);
}

static int listen_on(unsigned short port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0)
        die("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        die("listen");
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static struct plan read_options(int argc, char **argv)
{
    struct plan plan = {.events = 200000, .per_chunk = CHUNK_EVENTS};
    int option;

    while ((option = getopt(argc, argv, "n:c:r:p:")) != -1) {
        long number = optarg ? strtol(optarg, NULL, 10) : 0;

        if (option == 'n' && number >= 0)
            plan.events = number;
        else if (option == 'c' && number > 0)
            plan.per_chunk = number;
        else if (option == 'r' && number > 0)
            plan.per_second = number;
        else if (option == 'p' && number >= 0 && number < 65536)
            plan.port = (unsigned short)number;
        else {
            fprintf(stderr, "usage: bulk_server [-n EVENTS] [-c EVENTS_PER_CHUNK] "
                            "[-r EVENTS_PER_SECOND] [-p PORT]\n");
            exit(2);
        }
    }
    return plan;
}

int main(int argc, char **argv)
{
    struct plan plan = read_options(argc, argv);
    int listener = listen_on(plan.port);

    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            serve(fd, &plan);
            _exit(0);
        }
        close(fd);
    }
}

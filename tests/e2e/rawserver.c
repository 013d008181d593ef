/*
 * A server that cuts one recorded body: rawserver BODY prints "URL EVENTS" and serves until it is
 * killed. A request for the model cut/FRAMING/N gets the first N events of the body, ended as
 * FRAMING (chunked, length, close, reset) ends a body that is whole.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20, REQUEST_MAX = 1 << 16, EVENTS_MAX = 4096 };

static char body[BODY_MAX];
static size_t ends[EVENTS_MAX]; /* ends[n] is the length of the first n events */
static size_t events;

static bool read_body(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len;

    if (!file)
        return false;
    len = fread(body, 1, sizeof(body), file);
    fclose(file);
    for (size_t at = 0; at + 1 < len && events + 1 < EVENTS_MAX; at++) {
        if (body[at] == '\n' && body[at + 1] == '\n')
            ends[++events] = at + 2;
    }
    return events > 0;
}

static void send_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t done = send(fd, data, len, MSG_NOSIGNAL);

        if (done <= 0)
            return;
        data += done;
        len -= (size_t)done;
    }
}

/* Head and body of the request, in so far as it matters here. */
static bool read_request(int fd, char *request)
{
    size_t len = 0;
    const char *length, *head;

    for (;;) {
        ssize_t got = recv(fd, request + len, REQUEST_MAX - 1 - len, 0);

        if (got <= 0)
            return false;
        len += (size_t)got;
        request[len] = '\0';
        head = strstr(request, "\r\n\r\n");
        length = strcasestr(request, "content-length:");
        if (head && (!length || len >= (size_t)(head + 4 - request) +
                                           strtoul(length + strlen("content-length:"), NULL, 10)))
            return true;
    }
}

static void end_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    int queued = 1;

    /* A reset discards what has not arrived, so that is waited for. */
    while (ioctl(fd, SIOCOUTQ, &queued) == 0 && queued > 0)
        poll(NULL, 0, 1);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void answer(int fd, const char *framing, size_t count)
{
    static const char start[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                "Connection: close\r\n";
    size_t len = ends[count < events ? count : events];
    bool chunked = strcmp(framing, "chunked") == 0;
    char line[64] = "\r\n";

    send_all(fd, start, strlen(start));
    if (chunked && len > 0)
        snprintf(line, sizeof(line), "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", len);
    else if (chunked)
        snprintf(line, sizeof(line), "Transfer-Encoding: chunked\r\n\r\n");
    else if (strcmp(framing, "length") == 0)
        snprintf(line, sizeof(line), "Content-Length: %zu\r\n\r\n", len);
    send_all(fd, line, strlen(line));
    send_all(fd, body, len);
    if (chunked)
        send_all(fd, len > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n", len > 0 ? 7 : 5);
    if (strcmp(framing, "reset") == 0)
        end_reset(fd);
}

static void serve(int fd)
{
    static char request[REQUEST_MAX];
    char framing[16];
    size_t count;
    const char *model;

    if (read_request(fd, request) && (model = strstr(request, "\"cut/")) &&
        sscanf(model, "\"cut/%15[a-z]/%zu", framing, &count) == 2)
        answer(fd, framing, count);
    close(fd);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc != 2 || !read_body(argv[1]) || listener < 0 ||
        bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0)
        return 1;
    printf("http://127.0.0.1:%d %zu\n", ntohs(address.sin_port), events);
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0)
            serve(fd);
    }
}

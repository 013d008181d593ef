/*
 * The transport alone: receives the answer of a URL and drops it. Shows how much of the whole the
 * receiving is, against `curl -o /dev/null`.
 */
#include "net/transport.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned long long bytes;
static unsigned long long calls;

static void on_body(void *context, const char *data, size_t len, int64_t at_us)
{
    (void)context;
    (void)data;
    (void)at_us;
    bytes += len;
    calls++;
}

static void on_done(void *context, const struct http_result *result)
{
    loop_stop(context, result->curl == 0 && result->status == 200 ? 0 : 1);
}

int main(int argc, char **argv)
{
    char method[] = "GET";
    struct http_request request = {.method = method, .url = argc > 1 ? argv[1] : NULL};
    struct transfer_limits limits = {0};
    struct error error = {0};
    struct loop *loop = loop_new(&clock_system, &error);
    struct transport *transport = transport_new(loop);
    struct transfer_observer observer = {.body = on_body, .done = on_done, .context = loop};
    int status;

    if (argc != 2 || !transport_start(transport, &request, &limits, &observer, &error)) {
        fprintf(stderr, "receive: %s\n", argc == 2 ? error.text : "usage: receive URL");
        return 2;
    }
    status = loop_run(loop);
    printf("%llu bytes in %llu calls\n", bytes, calls);
    transport_free(transport);
    loop_free(loop);
    return status;
}

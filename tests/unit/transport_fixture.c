#include "tests/unit/unit.h"

#include "base/memory.h"
#include "tests/unit/transport_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENCE_US = 60000000 }; /* a hanging test fails */

static void copy_headers(struct http_headers *to, const struct http_headers *from)
{
    *to = (struct http_headers){0};
    for (size_t i = 0; i < from->count; i++)
        http_headers_add(to, from->items[i].name, from->items[i].value);
}

static void on_headers(void *context, const struct http_result *result)
{
    struct heard *heard = context;

    assert_int_equal(heard->done_calls, heard->starts - 1);
    assert_true(result->status != 0);
    heard->headers_calls++;
    if (heard->go_on_headers)
        raw_server_go(heard->server);
    if (heard->cancel_on_headers)
        transfer_cancel(heard->transfer, heard->cancel_on_headers);
}

static void on_body(void *context, const char *data, size_t len, int64_t at_us)
{
    struct heard *heard = context;

    assert_int_equal(heard->headers_calls, heard->starts);
    assert_true(len > 0);
    if (heard->body_calls++ == 0) {
        heard->first_at_us = at_us;
        if (heard->go_on_body)
            raw_server_go(heard->server);
    }
    assert_true(bytes_append(&heard->body, data, len));
    if (heard->cancel_on_body)
        transfer_cancel(heard->transfer, heard->cancel_on_body);
}

static void on_done(void *context, const struct http_result *result)
{
    struct heard *heard = context;

    heard->done_calls++;
    http_result_release(&heard->result);
    heard->result = *result;
    copy_headers(&heard->result.headers, &result->headers);
    copy_headers(&heard->result.trailers, &result->trailers);
    if (heard->start_again_in_done) {
        heard->start_again_in_done = false;
        heard_start(heard);
    }
}

void heard_init(struct heard *heard, const struct raw_step *steps)
{
    struct error error;

    *heard = (struct heard){0};
    bytes_init(&heard->body, 256u * 1024 * 1024);
    heard->loop = loop_new(&clock_system, &error);
    assert_non_null(heard->loop);
    heard->transport = transport_new(heard->loop);
    if (steps) {
        heard->server = raw_server_start(steps);
        heard_ask(heard, "GET", "/", NULL);
    }
}

void heard_release(struct heard *heard)
{
    transport_free(heard->transport);
    loop_free(heard->loop);
    if (heard->server)
        raw_server_stop(heard->server);
    http_request_release(&heard->request);
    http_result_release(&heard->result);
    bytes_release(&heard->body);
}

void heard_ask(struct heard *heard, const char *method, const char *path, const char *body)
{
    http_request_release(&heard->request);
    heard->request.method = xstrdup(method);
    heard->request.url =
        heard->server ? xasprintf("%s%s", raw_server_url(heard->server), path) : xstrdup(path);
    heard->request.body = xstrdup(body);
    heard->request.body_len = body ? strlen(body) : 0;
}

void heard_start(struct heard *heard)
{
    struct transfer_observer observer = {
        .headers = on_headers,
        .body = on_body,
        .done = on_done,
        .context = heard,
    };
    struct error error = {0};

    heard->starts++;
    heard->transfer =
        transport_start(heard->transport, &heard->request, &heard->limits, &observer, &error);
    if (!heard->transfer)
        fail_msg("%s", error.text);
}

void heard_wait(struct heard *heard, unsigned times)
{
    int64_t until_us = clock_now_us(&clock_system) + PATIENCE_US;

    while (heard->done_calls < times) {
        loop_iterate(heard->loop, until_us);
        if (clock_now_us(&clock_system) >= until_us)
            fail_msg("the transfer did not end");
    }
}

void heard_run(struct heard *heard)
{
    heard_start(heard);
    heard_wait(heard, heard->done_calls + 1);
}

/* net/transport: what goes on the wire, limits, time, cancelling, and what is refused. */
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "base/secret.h"
#include "tests/unit/transport_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK_SMALL "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct raw_step answers_ok[] = {RAW_EXPECT, RAW_SEND(OK_SMALL), RAW_FIN, RAW_END};
static const struct raw_step answers_never[] = {RAW_EXPECT, RAW_HOLD, RAW_END};
static const struct raw_step answers_half[] = {
    RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), RAW_HOLD, RAW_END};

/* ---- the request ---- */

static void the_request_is_sent_as_it_stands(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    heard_ask(&heard, "POST", "/v1/../v1/chat?x=1", "{}");
    http_headers_add(&heard.request.headers, "Content-Type", "application/json");
    http_headers_add(&heard.request.headers, "X-Empty", "");
    heard_run(&heard);
    assert_true(raw_server_saw(heard.server, "POST /v1/../v1/chat?x=1 HTTP/1.1\r\n"));
    assert_true(raw_server_saw(heard.server, "\r\nContent-Type: application/json\r\n"));
    assert_true(raw_server_saw(heard.server, "\r\nX-Empty:\r\n"));
    assert_true(raw_server_saw(heard.server, "\r\nAccept-Encoding: identity\r\n"));
    assert_true(raw_server_saw(heard.server, "\r\nContent-Length: 2\r\n"));
    assert_false(raw_server_saw(heard.server, "Expect:"));
    assert_false(raw_server_saw(heard.server, "\r\nAccept: "));
    heard_release(&heard);
}

/* A removed Content-Type is a probe of its own: curl must not put its own in. */
static void nothing_is_added_that_the_request_does_not_name(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    heard_ask(&heard, "POST", "/", "{}");
    heard_run(&heard);
    assert_false(raw_server_saw(heard.server, "Content-Type"));
    assert_false(raw_server_saw(heard.server, "urlencoded"));
    heard_release(&heard);
}

static void a_body_may_hold_nul_bytes_and_be_large(void **state)
{
    struct heard heard;
    size_t len = 3 * 1024 * 1024;

    (void)state;
    heard_init(&heard, answers_ok);
    heard_ask(&heard, "POST", "/", "");
    free(heard.request.body);
    heard.request.body = xcalloc(1, len);
    heard.request.body_len = len;
    memcpy(heard.request.body + len - 4, "last", 4);
    heard_run(&heard);
    assert_int_equal(heard.result.status, 200);
    assert_true(raw_server_saw(heard.server, "Content-Length: 3145728\r\n"));
    assert_false(raw_server_saw(heard.server, "Expect:"));
    assert_true(atomic_load(&raw_server_report(heard.server)->len) > len);
    assert_true(raw_server_saw(heard.server, "last"));
    heard_release(&heard);
}

static void methods_go_out_as_named(void **state)
{
    static const struct {
        const char *method, *body, *seen;
    } cases[] = {
        {"GET", NULL, "GET / HTTP/1.1\r\n"},         {"GET", "{}", "GET / HTTP/1.1\r\n"},
        {"DELETE", NULL, "DELETE / HTTP/1.1\r\n"},   {"PUT", "{}", "PUT / HTTP/1.1\r\n"},
        {"OPTIONS", NULL, "OPTIONS / HTTP/1.1\r\n"}, {"PATCH", "{}", "PATCH / HTTP/1.1\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct heard heard;

        heard_init(&heard, answers_ok);
        heard_ask(&heard, cases[i].method, "/", cases[i].body);
        heard_run(&heard);
        assert_int_equal(heard.result.status, 200);
        assert_true(raw_server_saw(heard.server, cases[i].seen));
        assert_int_equal(raw_server_saw(heard.server, "Content-Length: 2"), cases[i].body != NULL);
        heard_release(&heard);
    }
}

/* A11 B22: the key is in the request's header, and nowhere in what comes back of the request. */
static void the_key_is_sent_in_its_header_only(void **state)
{
    struct heard heard;
    struct error error;
    struct secret *secret = secret_new("sk-abc123", 9, "env:TEST_KEY", &error);

    (void)state;
    assert_non_null(secret);
    heard_init(&heard, answers_ok);
    heard.request.auth_header = xstrdup("Authorization");
    heard.request.auth_scheme = xstrdup("Bearer");
    heard.request.secret = secret;
    heard_run(&heard);
    assert_true(raw_server_saw(heard.server, "\r\nAuthorization: Bearer sk-abc123\r\n"));
    for (size_t i = 0; i < heard.result.headers.count; i++)
        assert_null(strstr(heard.result.headers.items[i].value, "sk-abc123"));
    assert_null(strstr(heard.result.message, "sk-abc123"));
    heard_release(&heard);

    heard_init(&heard, answers_ok);
    heard.request.auth_header = xstrdup("X-Api-Key");
    heard.request.auth_scheme = xstrdup("");
    heard.request.secret = secret;
    heard_run(&heard);
    assert_true(raw_server_saw(heard.server, "\r\nX-Api-Key: sk-abc123\r\n"));
    heard_release(&heard);
    secret_free(secret);
}

/* ---- the answer's head ---- */

static void headers_and_trailers_are_kept(void **state)
{
    static const struct raw_step steps[] = {
        RAW_EXPECT,
        RAW_SEND("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                 "HTTP/1.1 200 Fine by me\r\nX-Id: one\r\nx-id: two\r\nX-Folded: a\r\n b\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 77\r\nX-End: 1\r\n\r\n"),
        RAW_FIN,
        RAW_END,
    };
    struct heard heard;
    const struct http_result *result = &heard.result;

    (void)state;
    heard_init(&heard, steps);
    heard_run(&heard);
    assert_int_equal(heard.headers_calls, 1);
    assert_int_equal(result->status, 200);
    assert_string_equal(result->reason, "Fine by me");
    assert_string_equal(result->version, "1.1");
    assert_int_equal(result->headers.count, 4);
    assert_string_equal(http_headers_get(&result->headers, "X-Id"), "one");
    assert_string_equal(result->headers.items[1].value, "two");
    assert_string_equal(http_headers_get(&result->headers, "X-Folded"), "a b");
    assert_int_equal(result->trailers.count, 2);
    assert_string_equal(http_headers_get(&result->trailers, "X-Sum"), "77");
    assert_string_equal(http_headers_get(&result->trailers, "X-End"), "1");
    assert_true(result->framed_clean);
    heard_release(&heard);
}

/* D54: every phase has its time, in order. */
static void every_phase_is_stamped(void **state)
{
    static const struct raw_step steps[] = {
        RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
        RAW_WAIT,   RAW_SEND("ok"),
        RAW_FIN,    RAW_END};
    struct heard heard;
    const struct http_timings *timings = &heard.result.timings;
    char peer[64];

    (void)state;
    heard_init(&heard, steps);
    heard.go_on_headers = true;
    heard_ask(&heard, "POST", "/", "{}");
    heard_run(&heard);
    assert_true(timings->start_us > 0);
    assert_true(timings->start_us <= timings->connected_us);
    assert_true(timings->resolved_us <= timings->connected_us);
    assert_int_equal(timings->tls_us, 0);
    assert_true(timings->connected_us <= timings->sent_us);
    assert_true(timings->sent_us <= timings->first_header_us);
    assert_true(timings->first_header_us <= timings->headers_us);
    assert_true(timings->headers_us < timings->first_byte_us);
    assert_true(timings->first_byte_us <= timings->end_us);
    snprintf(peer, sizeof(peer), "127.0.0.1:%u", raw_server_port(heard.server));
    assert_string_equal(heard.result.peer, peer);
    heard_release(&heard);
}

/* ---- limits ---- */

static void expect_stop(struct heard *heard, enum stop stop, int curl)
{
    heard_run(heard);
    assert_int_equal(heard->result.stop, stop);
    assert_int_equal(heard->result.curl, curl);
    assert_int_equal(heard->done_calls, 1);
    assert_false(heard->result.framed_clean);
    assert_non_null(strstr(heard->result.message, stop_name(stop)));
    assert_true(raw_server_await(heard->server, &raw_server_report(heard->server)->closed, 1));
    heard_release(heard);
}

static void more_headers_than_the_limit_stop_it(void **state)
{
    static const struct raw_step fields[] = {RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\n"),
                                             RAW_SEND_TIMES("X-A: bcdefghij\r\n", 1000), RAW_HOLD,
                                             RAW_END};
    static const struct raw_step interim[] = {
        RAW_EXPECT, RAW_SEND_TIMES("HTTP/1.1 103 x\r\n\r\n", 1000), RAW_HOLD, RAW_END};
    static const struct raw_step trailers[] = {
        RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
        RAW_SEND_TIMES("X-A: bcdefghij\r\n", 1000), RAW_HOLD, RAW_END};
    const struct raw_step *scripts[] = {fields, interim, trailers};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct heard heard;

        heard_init(&heard, scripts[i]);
        heard.limits.max_header_bytes = 4096;
        expect_stop(&heard, STOP_HEADER_LIMIT, 63);
    }
}

static void headers_without_end_stop_at_the_hard_limit(void **state)
{
    static const struct raw_step steps[] = {RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\n"),
                                            RAW_SEND_TIMES("X-A: bcdefghij\r\n", 100000), RAW_HOLD,
                                            RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, steps);
    expect_stop(&heard, STOP_HEADER_LIMIT, 63);
}

/* curl takes no line above 100 KiB, and calls it out of memory. */
static void one_header_line_without_end_is_a_header_limit(void **state)
{
    static const struct raw_step value[] = {RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nX-A: "),
                                            RAW_SEND_TIMES("abcdefghij", 100000), RAW_HOLD,
                                            RAW_END};
    static const struct raw_step status[] = {RAW_EXPECT, RAW_SEND("HTTP/1.1 200 "),
                                             RAW_SEND_TIMES("abcdefghij", 100000), RAW_HOLD,
                                             RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, value);
    expect_stop(&heard, STOP_HEADER_LIMIT, 63);
    heard_init(&heard, status);
    expect_stop(&heard, STOP_HEADER_LIMIT, 63);
}

static void a_body_above_the_limit_is_cut_there(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_half);
    heard.limits.max_body_bytes = 3;
    heard_run(&heard);
    assert_string_equal(bytes_text(&heard.body), "hel");
    assert_int_equal(heard.result.body_bytes, 3);
    assert_int_equal(heard.result.stop, STOP_BODY_LIMIT);
    assert_int_equal(heard.result.status, 200);
    assert_true(raw_server_await(heard.server, &raw_server_report(heard.server)->closed, 1));
    heard_release(&heard);
}

static void a_body_of_exactly_the_limit_is_whole(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    heard.limits.max_body_bytes = 2;
    heard_run(&heard);
    assert_int_equal(heard.result.stop, STOP_NONE);
    assert_true(heard.result.framed_clean);
    heard_release(&heard);
}

/* ---- time ---- */

static void no_headers_in_time_stop_it(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_never);
    heard.limits.headers_us = 30000;
    heard.limits.connect_us = 20000000;
    expect_stop(&heard, STOP_HEADERS, 28);
}

static void the_overall_deadline_stops_it(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_half);
    heard.limits.headers_us = 20000000;
    heard.limits.total_us = 60000;
    expect_stop(&heard, STOP_TOTAL, 28);
}

/* The TLS handshake counts as connecting: a server that accepts and says nothing. */
static void no_connection_in_time_stops_it(void **state)
{
    static const struct raw_step steps[] = {RAW_HOLD, RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, steps);
    free(heard.request.url);
    heard.request.url = xasprintf("https://127.0.0.1:%u/", raw_server_port(heard.server));
    heard.limits.connect_us = 30000;
    heard_run(&heard);
    assert_int_equal(heard.result.stop, STOP_CONNECT);
    assert_int_equal(heard.result.requests_sent, 0);
    assert_int_equal(heard.result.status, 0);
    assert_non_null(strstr(transport_advice(&heard.result), "connect limit"));
    heard_release(&heard);
}

/* ---- cancelling ---- */

static void cancelling_inside_a_call_closes_the_socket(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_half);
    heard.cancel_on_body = STOP_LINGER;
    expect_stop(&heard, STOP_LINGER, 42);

    heard_init(&heard, answers_half);
    heard.cancel_on_headers = STOP_USER;
    heard_run(&heard);
    assert_int_equal(heard.body_calls, 0);
    assert_int_equal(heard.result.stop, STOP_USER);
    assert_int_equal(heard.result.status, 200);
    assert_true(raw_server_await(heard.server, &raw_server_report(heard.server)->closed, 1));
    heard_release(&heard);
}

/* The socket is closed before the loop turns again; done comes from the loop, once. */
static void cancelling_from_outside_closes_at_once(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_half);
    heard_start(&heard);
    while (!heard.body_calls)
        loop_iterate(heard.loop, clock_now_us(&clock_system) + 100000);
    transfer_cancel(heard.transfer, STOP_USER);
    transfer_cancel(heard.transfer, STOP_TOTAL);
    assert_int_equal(heard.done_calls, 0);
    assert_true(raw_server_await(heard.server, &raw_server_report(heard.server)->closed, 1));
    heard_wait(&heard, 1);
    assert_int_equal(heard.result.stop, STOP_USER);
    assert_int_equal(heard.result.requests_sent, 1);
    assert_int_equal(heard.result.body_bytes, 5);
    loop_iterate(heard.loop, clock_now_us(&clock_system));
    assert_true(loop_is_idle(heard.loop));
    heard_release(&heard);
}

static void cancelling_before_anything_was_sent_sends_nothing(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    heard_start(&heard);
    assert_false(loop_is_idle(heard.loop));
    transfer_cancel(heard.transfer, STOP_USER);
    heard_wait(&heard, 1);
    assert_int_equal(heard.result.requests_sent, 0);
    assert_int_equal(atomic_load(&raw_server_report(heard.server)->connections), 0);
    heard_release(&heard);
}

static void freeing_the_transport_still_calls_done(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_half);
    heard_start(&heard);
    while (!heard.headers_calls)
        loop_iterate(heard.loop, clock_now_us(&clock_system) + 100000);
    transport_free(heard.transport);
    heard.transport = NULL;
    assert_int_equal(heard.done_calls, 1);
    assert_int_equal(heard.result.stop, STOP_USER);
    heard_release(&heard);
}

static void done_may_start_the_next(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    heard.start_again_in_done = true;
    heard_start(&heard);
    heard_wait(&heard, 2);
    assert_int_equal(heard.result.status, 200);
    assert_int_equal(atomic_load(&raw_server_report(heard.server)->connections), 2);
    heard_release(&heard);
}

/* ---- refusals ---- */

static void unusable_urls_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *url, *why;
    } cases[] = {
        {"http://api.example.com/v1", "plain http to api.example.com is refused"},
        {"http://128.0.0.1/", "plain http"},
        {"http://127.0.0.1.example.com/", "plain http"},
        {"http://localhost.example.com/", "plain http"},
        {"http://[::2]/", "plain http"},
        {"ftp://127.0.0.1/", "neither https:// nor http://"},
        {"file:///etc/passwd", "neither https:// nor http://"},
        {"https://user:hunter2@example.com/", "user name or password"},
        {"api.example.com/v1", "cannot be used"},
        {"https://", "cannot be used"},
        {"https://exa mple.com/", "cannot be used"},
        {"http://127.0.0.1/a\nb", "cannot be used"},
        {"", "cannot be used"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct heard heard;
        struct error error = {0};

        heard_init(&heard, NULL);
        heard_ask(&heard, "GET", cases[i].url, NULL);
        assert_null(transport_start(heard.transport, &heard.request, &heard.limits,
                                    &(struct transfer_observer){0}, &error));
        print_message("# %s\n", error.text);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_non_null(strstr(error.text, cases[i].why));
        assert_null(strstr(error.text, "hunter2"));
        heard_release(&heard);
    }
}

static void loopback_may_be_plain_http(void **state)
{
    static const char *const hosts[] = {"localhost", "LOCALHOST", "127.0.0.1", "127.1"};

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct heard heard;

        heard_init(&heard, answers_ok);
        free(heard.request.url);
        heard.request.url = xasprintf("http://%s:%u/", hosts[i], raw_server_port(heard.server));
        heard_run(&heard);
        assert_int_equal(heard.result.status, 200);
        heard_release(&heard);
    }
}

static void headers_cannot_smuggle_lines(void **state)
{
    static const struct {
        const char *name, *value;
    } cases[] = {
        {"X-A", "b\r\nX-C: d"},
        {"X-A\r\nX-B", "c"},
        {"X A", "b"},
        {"", "b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct heard heard;
        struct error error = {0};

        heard_init(&heard, answers_ok);
        http_headers_add(&heard.request.headers, cases[i].name, cases[i].value);
        assert_null(transport_start(heard.transport, &heard.request, &heard.limits,
                                    &(struct transfer_observer){0}, &error));
        assert_int_equal(error.kind, ERROR_CHECK);
        heard_release(&heard);
    }
}

/* ---- proxy ---- */

/* B16: the proxy of the environment is used, over a tunnel; it never sees the key. */
static void a_proxy_of_the_environment_gets_a_tunnel_and_no_key(void **state)
{
    static const struct raw_step steps[] = {
        RAW_EXPECT,
        RAW_SEND("HTTP/1.1 407 Proxy Authentication Required\r\n"
                 "Content-Length: 0\r\n\r\n"),
        RAW_FIN, RAW_END};
    struct heard heard;
    struct error error;
    struct secret *secret = secret_new("sk-abc123", 9, "env:TEST_KEY", &error);

    (void)state;
    heard_init(&heard, steps);
    setenv("https_proxy", raw_server_url(heard.server), 1);
    free(heard.request.url);
    heard.request.url = xstrdup("https://api.example.invalid/v1");
    heard.request.auth_header = xstrdup("Authorization");
    heard.request.auth_scheme = xstrdup("Bearer");
    heard.request.secret = secret;
    heard_run(&heard);
    unsetenv("https_proxy");
    assert_true(raw_server_saw(heard.server, "CONNECT api.example.invalid:443 HTTP/1.1"));
    assert_false(raw_server_saw(heard.server, "sk-abc123"));
    assert_int_equal(heard.result.status, 0);
    assert_int_equal(heard.result.curl, 56);
    assert_int_equal(heard.result.requests_sent, 0);
    assert_non_null(strstr(transport_advice(&heard.result), "proxy"));
    heard_release(&heard);
    secret_free(secret);
}

/* Plain http to this machine would leave it through a proxy after all. */
static void loopback_never_goes_through_a_proxy(void **state)
{
    struct heard heard;

    (void)state;
    heard_init(&heard, answers_ok);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    heard_run(&heard);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    assert_int_equal(heard.result.status, 200);
    heard_release(&heard);
}

/* ---- words ---- */

static void advice_fits_the_result(void **state)
{
    (void)state;
    assert_non_null(strstr(transport_library(), "libcurl/"));
    assert_null(transport_advice(&(struct http_result){.curl = 18, .status = 200}));
    assert_non_null(strstr(transport_advice(&(struct http_result){.curl = 6}), "DNS"));
    assert_non_null(strstr(transport_advice(&(struct http_result){.curl = 5}), "proxy"));
    assert_non_null(strstr(transport_advice(&(struct http_result){.curl = 60}), "certificate"));
    for (int curl = 0; curl < 120; curl++)
        assert_non_null(transport_advice(&(struct http_result){.curl = curl}));
    assert_null(transport_advice(&(struct http_result){.curl = -1}));
    assert_non_null(transport_advice(&(struct http_result){.curl = -1, .stop = STOP_TOTAL}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_sent_as_it_stands),
        cmocka_unit_test(nothing_is_added_that_the_request_does_not_name),
        cmocka_unit_test(a_body_may_hold_nul_bytes_and_be_large),
        cmocka_unit_test(methods_go_out_as_named),
        cmocka_unit_test(the_key_is_sent_in_its_header_only),
        cmocka_unit_test(headers_and_trailers_are_kept),
        cmocka_unit_test(every_phase_is_stamped),
        cmocka_unit_test(more_headers_than_the_limit_stop_it),
        cmocka_unit_test(headers_without_end_stop_at_the_hard_limit),
        cmocka_unit_test(one_header_line_without_end_is_a_header_limit),
        cmocka_unit_test(a_body_above_the_limit_is_cut_there),
        cmocka_unit_test(a_body_of_exactly_the_limit_is_whole),
        cmocka_unit_test(no_headers_in_time_stop_it),
        cmocka_unit_test(the_overall_deadline_stops_it),
        cmocka_unit_test(no_connection_in_time_stops_it),
        cmocka_unit_test(cancelling_inside_a_call_closes_the_socket),
        cmocka_unit_test(cancelling_from_outside_closes_at_once),
        cmocka_unit_test(cancelling_before_anything_was_sent_sends_nothing),
        cmocka_unit_test(freeing_the_transport_still_calls_done),
        cmocka_unit_test(done_may_start_the_next),
        cmocka_unit_test(unusable_urls_are_refused_with_a_reason),
        cmocka_unit_test(loopback_may_be_plain_http),
        cmocka_unit_test(headers_cannot_smuggle_lines),
        cmocka_unit_test(a_proxy_of_the_environment_gets_a_tunnel_and_no_key),
        cmocka_unit_test(loopback_never_goes_through_a_proxy),
        cmocka_unit_test(advice_fits_the_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

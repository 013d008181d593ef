/* simulator/request: what is taken, what is refused, and that cuts do not matter. */
#include "tests/unit/unit.h"

#include "simulator/request.h"

#include <stdio.h>
#include <string.h>

#define HEAD "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: x\r\nAuthorization:  Bearer sk-1 \r\n"

static const struct sample {
    const char *bytes;
    int status; /* 0: whole */
    const char *body;
} samples[] = {
    {HEAD "\r\n", 0, ""},
    {HEAD "Content-Length: 5\r\n\r\nhello", 0, "hello"},
    {HEAD "Content-Length: 0\r\n\r\n", 0, ""},
    {"\r\n\n" HEAD "\n", 0, ""},
    {HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
     0, "abc0123456789"},
    {HEAD "transfer-encoding: CHUNKED\r\n\r\n000\r\n\r\n", 0, ""},
    {"GET http://127.0.0.1:1/v1/models HTTP/1.1\r\nHost: x\r\n\r\n", 0, ""},
    {"GET / HTTP/1.0\r\n\r\n", 0, ""},
    {"GET / HTTP/1.1\r\n\r\n", 400, NULL},
    {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, NULL},
    {"GET / HTTP/2.0\r\n\r\n", 505, NULL},
    {"GET / HTTP/1.1 \r\n\r\n", 400, NULL},
    {"GET /\r\n\r\n", 400, NULL},
    {"GET  / HTTP/1.1\r\n\r\n", 400, NULL},
    {"G\x01T / HTTP/1.1\r\n\r\n", 400, NULL},
    {"GET /a\x7f HTTP/1.1\r\n\r\n", 400, NULL},
    {"GET example.org HTTP/1.1\r\n\r\n", 400, NULL},
    {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, NULL},
    {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, NULL},
    {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, NULL},
    {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, NULL},
    {"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400, NULL},
    {HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400, NULL},
    {HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, NULL},
    {HEAD "Content-Length: +5\r\n\r\n", 400, NULL},
    {HEAD "Content-Length: \r\n\r\n", 400, NULL},
    {HEAD "Content-Length: 99999999999999999999999\r\n\r\n", 400, NULL},
    {HEAD "Content-Length: 999999999\r\n\r\n", 413, NULL},
    {HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, NULL},
    {HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, NULL},
    {HEAD "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400, NULL},
    {HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", 400, NULL},
    {HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", 413, NULL},
    {HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n", 400, NULL},
    {HEAD "Expect: the-spanish\r\n\r\n", 417, NULL},
};
enum { SAMPLES = sizeof(samples) / sizeof(*samples) };

static void assert_outcome(const struct sim_request *request, const struct sample *sample)
{
    if (sample->status) {
        assert_int_equal(request->state, SIM_REQUEST_BAD);
        assert_int_equal(request->status, sample->status);
        assert_non_null(request->fault);
        return;
    }
    assert_int_equal(request->state, SIM_REQUEST_WHOLE);
    assert_string_equal(bytes_text(&request->body), sample->body);
}

static void takes_and_refuses_as_the_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sim_request request;

        sim_request_init(&request, 0);
        sim_request_feed(&request, samples[i].bytes, strlen(samples[i].bytes));
        assert_outcome(&request, &samples[i]);
        sim_request_release(&request);
    }
}

static void reads_the_same_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t len = strlen(samples[i].bytes);

        for (size_t cut = 0; cut <= len; cut++) {
            struct sim_request request;
            size_t used;

            sim_request_init(&request, 0);
            used = sim_request_feed(&request, samples[i].bytes, cut);
            if (used == cut)
                sim_request_feed(&request, samples[i].bytes + cut, len - cut);
            assert_outcome(&request, &samples[i]);
            sim_request_release(&request);
        }
    }
}

static void reads_the_same_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct sim_request request;

        sim_request_init(&request, 0);
        for (size_t at = 0; samples[i].bytes[at]; at++)
            sim_request_feed(&request, samples[i].bytes + at, 1);
        assert_outcome(&request, &samples[i]);
        sim_request_release(&request);
    }
}

static void is_not_whole_before_its_last_byte(void **state)
{
    static const char bytes[] = HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

    (void)state;
    for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
        struct sim_request request;

        sim_request_init(&request, 0);
        assert_int_equal(sim_request_feed(&request, bytes, len), len);
        assert_int_equal(request.state, SIM_REQUEST_MORE);
        sim_request_release(&request);
    }
}

static void tells_its_parts(void **state)
{
    static const char bytes[] = HEAD "Connection: close\r\nX-Empty:\r\n\r\nGET /next";
    struct sim_request request;

    (void)state;
    sim_request_init(&request, 0);
    assert_string_equal(sim_request_path(&request), "");
    assert_int_equal(sim_request_feed(&request, bytes, sizeof(bytes) - 1),
                     sizeof(bytes) - 1 - strlen("GET /next"));
    assert_string_equal(sim_request_method(&request), "POST");
    assert_string_equal(sim_request_path(&request), "/v1/chat/completions");
    assert_string_equal(sim_request_query(&request), "a=b");
    assert_string_equal(sim_request_header(&request, "authorization"), "Bearer sk-1");
    assert_string_equal(sim_request_header(&request, "x-empty"), "");
    assert_null(sim_request_header(&request, "x-absent"));
    assert_false(request.keep_alive);
    sim_request_release(&request);
}

static void says_when_the_client_waits(void **state)
{
    static const char bytes[] = HEAD "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
    struct sim_request request;

    (void)state;
    sim_request_init(&request, 0);
    sim_request_feed(&request, bytes, sizeof(bytes) - 1);
    assert_true(request.expects_continue);
    assert_int_equal(request.state, SIM_REQUEST_MORE);
    sim_request_feed(&request, "{}", 2);
    assert_int_equal(request.state, SIM_REQUEST_WHOLE);
    sim_request_release(&request);
}

/* Feed `text` over and over until the reader has enough of it. */
static int status_of_flood(const char *start, const char *text)
{
    struct sim_request request;
    size_t fed = 0;
    int status;

    sim_request_init(&request, 0);
    sim_request_feed(&request, start, strlen(start));
    while (request.state == SIM_REQUEST_MORE && fed < 64 * 1024 * 1024) {
        sim_request_feed(&request, text, strlen(text));
        fed += strlen(text);
    }
    status = request.status;
    sim_request_release(&request);
    return status;
}

static void has_a_limit_for_everything(void **state)
{
    (void)state;
    assert_int_equal(status_of_flood("GET /", "aaaaaaaaaaaaaaaa"), 414);
    assert_int_equal(status_of_flood("", "\r\n"), 431);
    assert_int_equal(status_of_flood("GET / HTTP/1.1\r\n", "a: b\r\n"), 431);
    assert_int_equal(status_of_flood("GET / HTTP/1.1\r\nX: ", "bbbbbbbbbbbbbbbb"), 431);
    assert_int_equal(
        status_of_flood(HEAD "Transfer-Encoding: chunked\r\n\r\n", "8\r\n01234567\r\n"), 413);
    assert_int_equal(
        status_of_flood(HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: x\r\n"), 431);
}

static void refuses_a_nul_in_a_line(void **state)
{
    static const char bytes[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
    struct sim_request request;

    (void)state;
    sim_request_init(&request, 0);
    sim_request_feed(&request, bytes, sizeof(bytes) - 1);
    assert_int_equal(request.status, 400);
    sim_request_release(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_refuses_as_the_rfc_says),
        cmocka_unit_test(reads_the_same_at_every_split),
        cmocka_unit_test(reads_the_same_byte_by_byte),
        cmocka_unit_test(is_not_whole_before_its_last_byte),
        cmocka_unit_test(tells_its_parts),
        cmocka_unit_test(says_when_the_client_waits),
        cmocka_unit_test(has_a_limit_for_everything),
        cmocka_unit_test(refuses_a_nul_in_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

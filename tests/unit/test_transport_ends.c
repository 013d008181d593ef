/*
 * net/transport: how an answer ends, row by row (streams.md "Facts about libcurl"), over real
 * sockets. D57: every end is told apart; PRB "exactly one attempt": the server saw one request.
 */
#include "tests/unit/unit.h"

#include "tests/unit/transport_fixture.h"

#include <stdlib.h>
#include <string.h>

struct end_case {
    const char *name;
    const struct raw_step *steps;
    int curl;
    int status;
    enum framing framing;
    bool framed_clean;
    const char *body; /* NULL: not looked at */
    bool go_on_body;
};

#define HEAD "HTTP/1.1 200 OK\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define SCRIPT(...) ((const struct raw_step[]){RAW_EXPECT, __VA_ARGS__, RAW_END})

static const struct end_case cases[] = {
    {.name = "chunked and whole",
     .steps = SCRIPT(RAW_SEND(CHUNKED "5\r\nhello\r\n0\r\n\r\n"), RAW_FIN),
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .framed_clean = true,
     .body = "hello"},
    {.name = "length and whole",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 5\r\n\r\nhello"), RAW_FIN),
     .status = 200,
     .framing = FRAMING_LENGTH,
     .framed_clean = true,
     .body = "hello"},
    {.name = "length longer than the body",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 9\r\n\r\nhello"), RAW_FIN),
     .curl = 18,
     .status = 200,
     .framing = FRAMING_LENGTH,
     .body = "hello"},
    {.name = "chunked without its last chunk",
     .steps = SCRIPT(RAW_SEND(CHUNKED "5\r\nhello\r\n"), RAW_FIN),
     .curl = 18,
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .body = "hello"},
    {.name = "cut inside a chunk",
     .steps = SCRIPT(RAW_SEND(CHUNKED "9\r\nhello"), RAW_FIN),
     .curl = 18,
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .body = "hello"},
    {.name = "cut inside the headers",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Ty"), RAW_FIN),
     .curl = 18,
     .status = 200,
     .framing = FRAMING_UNKNOWN,
     .body = ""},
    {.name = "cut inside the headers behind a length",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 5\r\nContent-Ty"), RAW_FIN),
     .curl = 18,
     .status = 200,
     .framing = FRAMING_UNKNOWN,
     .body = ""},
    {.name = "an interim answer only",
     .steps = SCRIPT(RAW_SEND("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), RAW_FIN),
     .curl = 52,
     .body = ""},
    {.name = "bad chunk size",
     .steps = SCRIPT(RAW_SEND(CHUNKED "5\r\nhello\r\nzz\r\n"), RAW_FIN),
     .curl = 56,
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .body = "hello"},
    {.name = "reset in a chunked body",
     .steps = SCRIPT(RAW_SEND(CHUNKED "5\r\nhello\r\n"), RAW_WAIT, RAW_RST),
     .curl = 56,
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .body = "hello",
     .go_on_body = true},
    {.name = "reset in a body with length",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 9\r\n\r\nhello"), RAW_WAIT, RAW_RST),
     .curl = 56,
     .status = 200,
     .framing = FRAMING_LENGTH,
     .body = "hello",
     .go_on_body = true},
    {.name = "reset in a close-delimited body",
     .steps = SCRIPT(RAW_SEND(HEAD "\r\nhello"), RAW_WAIT, RAW_RST),
     .curl = 56,
     .status = 200,
     .framing = FRAMING_CLOSE,
     .body = "hello",
     .go_on_body = true},
    /* The dangerous rows: curl says 0, nothing is proven. */
    {.name = "close-delimited, FIN anywhere",
     .steps = SCRIPT(RAW_SEND(HEAD "\r\nhel"), RAW_FIN),
     .curl = 0,
     .status = 200,
     .framing = FRAMING_CLOSE,
     .body = "hel"},
    {.name = "length smaller than the body",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 3\r\n\r\nhello"), RAW_FIN),
     .curl = 0,
     .status = 200,
     .framing = FRAMING_LENGTH,
     .framed_clean = true,
     .body = "hel"},
    {.name = "truncated gzip in a whole chunked body",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
                                   "4\r\n\x1f\x8b\x08\x01\r\n0\r\n\r\n"),
                     RAW_FIN),
     .curl = 0,
     .status = 200,
     .framing = FRAMING_CHUNKED,
     .body = "\x1f\x8b\x08\x01"},
    {.name = "no reply, FIN", .steps = SCRIPT(RAW_FIN), .curl = 52, .body = ""},
    {.name = "no reply, reset", .steps = SCRIPT(RAW_RST), .curl = 56, .body = ""},
    {.name = "204 and open",
     .steps = SCRIPT(RAW_SEND("HTTP/1.1 204 No Content\r\n\r\n"), RAW_HOLD),
     .status = 204,
     .framing = FRAMING_NONE,
     .body = ""},
    {.name = "not HTTP", .steps = SCRIPT(RAW_SEND("SSH-2.0-x\r\n"), RAW_FIN), .curl = 1},
    {.name = "two lengths",
     .steps = SCRIPT(RAW_SEND(HEAD "Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello"), RAW_FIN),
     .curl = 0,
     .status = 200,
     .framing = FRAMING_UNKNOWN},
    {.name = "redirect",
     .steps = SCRIPT(RAW_SEND("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
                              "Content-Length: 0\r\n\r\n"),
                     RAW_FIN),
     .status = 302,
     .framing = FRAMING_LENGTH,
     .framed_clean = true,
     .body = ""},
};

static void run_case(const struct end_case *end, const char *method, const char *body)
{
    struct heard heard;
    const struct raw_report *report;

    heard_init(&heard, end->steps);
    report = raw_server_report(heard.server);
    heard.go_on_body = end->go_on_body;
    heard_ask(&heard, method, "/v1/chat/completions", body);
    heard_run(&heard);
    print_message("# %s %s\n", method, end->name);
    assert_int_equal(heard.result.curl, end->curl);
    assert_int_equal(heard.result.status, end->status);
    assert_int_equal(heard.result.framing, end->framing);
    assert_int_equal(heard.result.framed_clean, end->framed_clean);
    assert_int_equal(heard.result.stop, STOP_NONE);
    assert_int_equal(heard.result.message[0] != '\0', end->curl != 0);
    if (end->body) {
        assert_int_equal(heard.result.body_bytes, strlen(end->body));
        assert_string_equal(bytes_text(&heard.body), end->body);
    }
    /* streams.md case 32: one request on the wire, whatever the end. */
    assert_int_equal(heard.result.requests_sent, 1);
    transport_free(heard.transport);
    heard.transport = NULL;
    assert_int_equal(atomic_load(&report->requests), 1);
    assert_int_equal(atomic_load(&report->connections), 1);
    assert_int_equal(transport_advice(&heard.result) != NULL, end->status == 0);
    heard_release(&heard);
}

/* D57, D58, streams.md case 32, PRB: a GET. */
static void every_end_is_told_and_nothing_is_sent_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        run_case(&cases[i], "GET", NULL);
}

/* The same for a POST, which libcurl would send again over a dead connection that it reuses. */
static void every_end_of_a_post_is_told_and_it_is_not_sent_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        run_case(&cases[i], "POST", "{\"model\":\"m\"}");
}

/* A server that keeps alive and closes at the second request: curl's re-send case. */
static void a_kept_connection_is_not_used_again(void **state)
{
    static const struct raw_step first[] = {
        RAW_EXPECT, RAW_SEND(HEAD "Connection: keep-alive\r\nContent-Length: 2\r\n\r\nok"),
        RAW_HOLD, RAW_END};
    static const struct raw_step then[] = {RAW_EXPECT, RAW_FIN, RAW_END};
    const struct raw_step *scripts[] = {first, then};
    struct heard heard;

    (void)state;
    heard_init(&heard, NULL);
    heard.server = raw_server_start_scripts(scripts, 2);
    heard_ask(&heard, "POST", "/", "{}");
    heard_run(&heard);
    assert_int_equal(heard.result.curl, 0);
    heard_run(&heard);
    assert_int_equal(heard.result.curl, 52);
    assert_int_equal(heard.result.requests_sent, 1);
    assert_int_equal(atomic_load(&raw_server_report(heard.server)->requests), 2);
    assert_int_equal(atomic_load(&raw_server_report(heard.server)->connections), 2);
    heard_release(&heard);
}

static void a_refused_connection_sends_nothing(void **state)
{
    static const struct raw_step steps[] = {RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, steps);
    raw_server_stop(heard.server);
    heard_run(&heard);
    heard.server = NULL;
    assert_int_equal(heard.result.curl, 7);
    assert_int_equal(heard.result.requests_sent, 0);
    assert_non_null(strstr(transport_advice(&heard.result), "Nothing accepts connections"));
    heard_release(&heard);
}

static void head_has_no_body(void **state)
{
    static const struct raw_step steps[] = {
        RAW_EXPECT, RAW_SEND(HEAD "Content-Length: 500\r\n\r\n"), RAW_HOLD, RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, steps);
    heard_ask(&heard, "HEAD", "/", NULL);
    heard_run(&heard);
    assert_int_equal(heard.result.curl, 0);
    assert_int_equal(heard.result.framing, FRAMING_NONE);
    assert_false(heard.result.framed_clean);
    assert_true(raw_server_saw(heard.server, "HEAD / HTTP/1.1\r\n"));
    heard_release(&heard);
}

/* The read that brought many chunks comes as one piece. */
static void chunks_of_one_read_come_together(void **state)
{
    static const struct raw_step steps[] = {RAW_EXPECT,
                                            RAW_SEND(CHUNKED),
                                            RAW_SEND_TIMES("5\r\nhello\r\n", 20000),
                                            RAW_SEND("0\r\n\r\n"),
                                            RAW_FIN,
                                            RAW_END};
    struct heard heard;

    (void)state;
    heard_init(&heard, steps);
    heard_run(&heard);
    assert_int_equal(heard.body.len, 100000);
    assert_true(heard.result.framed_clean);
    assert_true(heard.body_calls < 5000);
    assert_int_equal(heard.first_at_us, heard.result.timings.first_byte_us);
    heard_release(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_end_is_told_and_nothing_is_sent_twice),
        cmocka_unit_test(every_end_of_a_post_is_told_and_it_is_not_sent_twice),
        cmocka_unit_test(a_kept_connection_is_not_used_again),
        cmocka_unit_test(a_refused_connection_sends_nothing),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(chunks_of_one_read_come_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

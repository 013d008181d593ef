/* contract/curl_command: what the shell runs is what the transport would send. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "contract/curl_command.h"
#include "net/http.h"
#include "tests/unit/raw_server.h"

enum { COMMAND_MAX = 16 * 1024 * 1024, BIG = 300 * 1024 };

static const struct raw_step answer[] = {
    RAW_EXPECT,
    RAW_SEND("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
    RAW_FIN,
    RAW_END,
};

static struct http_request new_request(const char *url, const char *body, size_t len)
{
    struct http_request request = {
        .method = xstrdup("POST"),
        .url = xasprintf("%s/v1/chat", url),
        .auth_header = xstrdup("Authorization"),
        .auth_scheme = xstrdup("Bearer"),
        .body = body ? xmemdup0(body, len) : NULL,
        .body_len = len,
    };

    http_headers_add(&request.headers, "Content-Type", "application/json");
    http_headers_add(&request.headers, "X-Odd", "it's \"$HOME\" `id` \\ \xc3\xa9");
    http_headers_add(&request.headers, "X-Empty", "");
    return request;
}

/* Write it to a file, let `sh -n` read it, then run it. Answers the status of the run. */
static int run(const struct bytes *command)
{
    char name[] = "/tmp/curl-command-XXXXXX";
    int fd = mkstemp(name);
    char *line;
    int status;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, command->data, command->len), (ssize_t)command->len);
    close(fd);
    line = xasprintf("sh -n %s && COMETAPI_API_KEY=sk-'a$b\"c' CURL_HOME=/nowhere sh %s "
                     ">/dev/null 2>&1",
                     name, name);
    status = system(line);
    free(line);
    unlink(name);
    return WEXITSTATUS(status);
}

static bool ends_with(const struct raw_report *report, const char *body, size_t len)
{
    return report->len >= len && memcmp(report->bytes + report->len - len, body, len) == 0;
}

static void check_sent(const char *body, size_t len)
{
    struct raw_server *server = raw_server_start(answer);
    struct http_request request = new_request(raw_server_url(server), body, len);
    struct bytes command;

    bytes_init(&command, COMMAND_MAX);
    assert_true(curl_command(&request, NULL, &command));
    assert_int_equal(run(&command), 0);
    assert_true(raw_server_await(server, &raw_server_report(server)->requests, 1));
    assert_true(ends_with(raw_server_report(server), body, len));
    assert_true(raw_server_saw(server, "POST /v1/chat HTTP/1.1\r\n"));
    assert_true(raw_server_saw(server, "\r\nAuthorization: Bearer sk-a$b\"c\r\n"));
    assert_true(raw_server_saw(server, "\r\nX-Odd: it's \"$HOME\" `id` \\ \xc3\xa9\r\n"));
    assert_true(raw_server_saw(server, "\r\nX-Empty:\r\n"));
    assert_true(raw_server_saw(server, "\r\nContent-Type: application/json\r\n"));
    assert_true(raw_server_saw(server, "\r\nAccept-Encoding: identity\r\n"));
    assert_false(raw_server_saw(server, "\r\nAccept: "));
    bytes_release(&command);
    http_request_release(&request);
    raw_server_stop(server);
}

static void a_body_of_any_bytes_arrives_byte_for_byte(void **state)
{
    static const char json[] = "{\"a\": \"it's $HOME `id` \\\\ \\n !x\"}\n\n";
    static const char at[] = "@/etc/passwd";
    static const char nul[] = "-n %s %d \\101 'x' \0001 \\\n\xff\xfe";
    char every[256];

    (void)state;
    check_sent(json, sizeof(json) - 1);
    check_sent(at, sizeof(at) - 1);
    check_sent(nul, sizeof(nul) - 1);
    for (int i = 0; i < 256; i++)
        every[i] = (char)i;
    check_sent(every, sizeof(every));
    check_sent(every + 1, sizeof(every) - 1);
}

static void a_body_longer_than_an_argument_may_be_arrives(void **state)
{
    char *body = xmalloc(BIG);

    (void)state;
    memset(body, 'x', BIG);
    memcpy(body + BIG / 2, "'%\\", 3);
    check_sent(body, BIG);
    free(body);
}

static void a_request_without_a_body_sends_none(void **state)
{
    struct raw_server *server = raw_server_start(answer);
    struct http_request request = {
        .method = xstrdup("GET"),
        .url = xasprintf("%s/v1/models?a=[1]&b={2}", raw_server_url(server)),
    };
    struct bytes command;

    (void)state;
    bytes_init(&command, COMMAND_MAX);
    assert_true(curl_command(&request, NULL, &command));
    assert_int_equal(run(&command), 0);
    assert_true(raw_server_await(server, &raw_server_report(server)->requests, 1));
    assert_true(raw_server_saw(server, "GET /v1/models?a=[1]&b={2} HTTP/1.1\r\n"));
    assert_false(raw_server_saw(server, "Content-"));
    assert_false(raw_server_saw(server, "Authorization"));
    bytes_release(&command);
    http_request_release(&request);
    raw_server_stop(server);
}

/* SEC A11: the command is for other eyes; the key is a variable in it. */
static void the_key_is_a_variable_and_any_other_name_falls_back(void **state)
{
    static const struct {
        const char *variable, *shown;
    } cases[] = {
        {"MY_KEY2", "Bearer $MY_KEY2\""},     {NULL, "Bearer $COMETAPI_API_KEY\""},
        {"", "Bearer $COMETAPI_API_KEY\""},   {"x;rm", "Bearer $COMETAPI_API_KEY\""},
        {"2X", "Bearer $COMETAPI_API_KEY\""},
    };
    struct http_request request = new_request("http://127.0.0.1:1", "{}", 2);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct bytes command;

        bytes_init(&command, COMMAND_MAX);
        assert_true(curl_command(&request, cases[i].variable, &command));
        if (!strstr(bytes_text(&command), cases[i].shown))
            fail_msg("%s", bytes_text(&command));
        bytes_release(&command);
    }
    http_request_release(&request);
}

static void what_no_header_may_hold_is_refused_and_nothing_is_appended(void **state)
{
    static const struct {
        const char *name, *value;
    } bad[] = {{"X y", "1"}, {"", "1"}, {"X", "1\r\nY: 2"}, {"@X", "1"}};
    struct bytes command;

    (void)state;
    bytes_init(&command, COMMAND_MAX);
    bytes_puts(&command, "before");
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct http_request request = new_request("http://127.0.0.1:1", "{}", 2);

        http_headers_add(&request.headers, bad[i].name, bad[i].value);
        assert_false(curl_command(&request, NULL, &command));
        assert_string_equal(bytes_text(&command), "before");
        http_request_release(&request);
    }
    bytes_release(&command);
}

static void a_buffer_that_is_too_small_stays_as_it_was(void **state)
{
    struct http_request request = new_request("http://127.0.0.1:1", "{\"a\": 1}", 8);
    struct bytes whole, small;

    (void)state;
    bytes_init(&whole, COMMAND_MAX);
    assert_true(curl_command(&request, NULL, &whole));
    for (size_t max = 0; max < whole.len; max++) {
        bytes_init(&small, max);
        assert_false(curl_command(&request, NULL, &small));
        assert_int_equal(small.len, 0);
        bytes_release(&small);
    }
    bytes_release(&whole);
    http_request_release(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_of_any_bytes_arrives_byte_for_byte),
        cmocka_unit_test(a_body_longer_than_an_argument_may_be_arrives),
        cmocka_unit_test(a_request_without_a_body_sends_none),
        cmocka_unit_test(the_key_is_a_variable_and_any_other_name_falls_back),
        cmocka_unit_test(what_no_header_may_hold_is_refused_and_nothing_is_appended),
        cmocka_unit_test(a_buffer_that_is_too_small_stays_as_it_was),
    };

    unit_need("curl");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

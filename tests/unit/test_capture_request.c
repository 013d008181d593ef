/* evidence/capture_request: what was sent can be sent again, byte for byte. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/capture_request.h"
#include "tests/unit/exhibit.h"
#include "tests/unit/raw_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[64];
static char *capture, *script;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-request-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    capture = file_join(folder, "capture.jsonl");
    script = file_join(folder, "command.sh");
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(capture);
    free(script);
    return answer;
}

static void write_script(void)
{
    struct redactor *redactor = redactor_new();
    struct error error = {0};
    struct bytes text;

    bytes_init(&text, 1 << 20);
    if (!capture_curl_command(capture, redactor, &text, &error) ||
        !file_replace(NULL, script, text.data, text.len, 0600, NULL, NULL, &error))
        fail_msg("%s", error.text);
    assert_non_null(strstr(bytes_text(&text), "Bearer $COMETAPI_API_KEY"));
    bytes_release(&text);
    redactor_free(redactor);
}

static void run(const char *shell)
{
    char *command = xasprintf(
        "COMETAPI_API_KEY='sk-a b$c' CURL_HOME=/nowhere %s %s >/dev/null 2>&1", shell, script);

    assert_int_equal(system(command), 0);
    free(command);
}

static void the_command_of_a_capture_sends_its_bytes(void **state)
{
    static const struct raw_step steps[] = {
        RAW_EXPECT, RAW_SEND("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), RAW_FIN, RAW_END};
    static const char body[] = "{\"it's\":\"$(id) \\u0000 \xC3\xA9\"}\0\xFF\n";
    struct raw_server *server = raw_server_start(steps);
    const struct raw_report *report = raw_server_report(server);
    char *url = xasprintf("%s/v1/chat?a=[1]", raw_server_url(server));
    const struct exhibit_parts parts = {
        .url = url, .request = body, .request_len = sizeof(body) - 1, .answer = ""};

    (void)state;
    exhibit_write(capture, &parts);
    write_script();
    run("sh -n");
    run("sh");
    assert_true(raw_server_await(server, &report->requests, 1));
    assert_true(report->len >= sizeof(body) - 1);
    assert_memory_equal(report->bytes + report->len - (sizeof(body) - 1), body, sizeof(body) - 1);
    assert_true(raw_server_saw(server, "POST /v1/chat?a=[1] HTTP/1.1\r\n"));
    assert_true(raw_server_saw(server, "Authorization: Bearer sk-a b$c\r\n"));
    assert_true(raw_server_saw(server, "X-Quote: it's \"$HOME\" `id` \\ !\r\n"));
    free(url);
    raw_server_stop(server);
}

/* The word in front of the key is the one that was sent, not a guess. */
static void the_scheme_of_the_key_is_the_captures_own(void **state)
{
    static const struct {
        const char *told, *sent;
    } cases[] = {{NULL, "Bearer"}, {"Bearer", "Bearer"}, {"Key", "Key"}, {"", ""}};
    struct exhibit_parts parts = {
        .url = "http://127.0.0.1:1/", .request = "{}", .request_len = 2, .answer = ""};
    struct http_request request;
    struct error error = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        parts.auth_scheme = cases[i].told;
        remove(capture);
        exhibit_write(capture, &parts);
        if (!capture_request(capture, NULL, &request, &error))
            fail_msg("%s", error.text);
        assert_string_equal(request.auth_scheme, cases[i].sent);
        http_request_release(&request);
    }
}

static void a_body_that_was_not_kept_cannot_be_sent(void **state)
{
    const struct exhibit_parts parts = {.url = "http://127.0.0.1:1/",
                                        .request = "{}",
                                        .request_len = 2,
                                        .answer = "",
                                        .bodies_dropped = true};
    struct http_request request;
    enum operation operation;
    struct error error;

    (void)state;
    exhibit_write(capture, &parts);
    assert_false(capture_request(capture, &operation, &request, &error));
    assert_non_null(strstr(error.text, "not kept"));
    http_request_release(&request);
    assert_false(capture_request("/nowhere", &operation, &request, &error));
    http_request_release(&request);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(the_command_of_a_capture_sends_its_bytes),
        FOLDER_TEST(the_scheme_of_the_key_is_the_captures_own),
        FOLDER_TEST(a_body_that_was_not_kept_cannot_be_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* evidence/import: what a person pastes of curl and of logs, and what is refused (E9 D57). */
#include "tests/unit/recording.h"

#include "evidence/import.h"

#include <string.h>

/* ---- curl -v, and what is pasted with it ---- */

#define SENT "* Connected to h (127.0.0.1) port 80 (#0)\n> POST /v1/x HTTP/1.1\n> Host: h\n>\n"
#define HEAD(status) "< HTTP/1.1 " status "\n< Content-Type: text/event-stream\n<\n"

static void pasted_curl_v_has_its_status_and_its_end(void **state)
{
    struct replay replay;

    (void)state;
    judge("$ curl -v h\n" SENT HEAD(
              "503 No") "{ [5 bytes data]\n" WHOLE
                        "* transfer closed with outstanding read data remaining\n"
                        "curl: (18) transfer closed with outstanding read data remaining\n",
          0, &replay);
    assert_int_equal(replay.origin, REPLAY_VERBOSE);
    assert_int_equal(replay.result.status, 503);
    assert_int_equal(replay.result.curl, 18);
    assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
    assert_string_equal(replay.header.method, "POST");
    assert_string_equal(replay.header.url, "//h/v1/x");
    assert_string_equal(bytes_text(&replay.import->body), WHOLE);
    replay_release(&replay);
    assert_judged(SENT HEAD("200 OK") WHOLE "* Connection #0 to host h left intact\n",
                  REPLAY_VERBOSE, "complete", "witnessed");
    assert_judged(HEAD("200 OK") HALF "curl: (56) Recv failure\n", REPLAY_VERBOSE, "truncated",
                  "transport-error");
}

/* `curl -v -o FILE`: bytes came, and are somewhere else. */
static void a_body_that_went_to_a_file_is_not_called_empty(void **state)
{
    struct replay replay;

    (void)state;
    judge(SENT "< HTTP/1.1 200 OK\n< Content-Length: 900\n<\n{ [900 bytes data]\n"
               "* Connection #0 to host h left intact\n",
          0, &replay);
    assert_false(replay.import->body_told);
    assert_true(has_reason(&replay, "bodies-not-kept"));
    assert_false(has_reason(&replay, "empty-body"));
    assert_int_equal(replay.result.curl, 0);
    replay_release(&replay);
    assert_judged(SENT HEAD("200 OK") "* Connection #0 to host h left intact\n", REPLAY_VERBOSE,
                  "truncated", "empty-body");
}

#define ROW "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
#define LEGEND                                                                          \
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" \
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"

/* Only whole rows are the meter's, wherever curl drew them; and it is told that they were there. */
static void curls_meter_is_left_out_and_nothing_else(void **state)
{
    struct replay replay;

    (void)state;
    judge(LEGEND "\r" ROW SENT "\r" ROW "\r" ROW "\n" HEAD("200 OK") "\r" ROW "\n\r" ROW WHOLE
                                                                     "* Closing connection 0\n",
          0, &replay);
    assert_string_equal(bytes_text(&replay.import->body), WHOLE);
    assert_string_equal(replay.header.url, "//h/v1/x");
    assert_int_equal(replay.verdict.kind, VERDICT_COMPLETE);
    if (!strstr(replay.missing, "2 lines of curl's meter"))
        fail_msg("%s", replay.missing);
    replay_release(&replay);
    judge(SENT HEAD(
              "200 OK") "data: {\"error\":{\"message\":\"x --:--:-- Dload  Upload y\"}}\n\n" WHOLE,
          0, &replay);
    assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
    assert_null(strstr(replay.missing, "meter"));
    replay_release(&replay);
    judge(SENT "< HTTP/1.1 500 No\n<\n{ [see bytes data]\n   \nDload  Upload failed\n", 0, &replay);
    assert_string_equal(bytes_text(&replay.import->body),
                        "{ [see bytes data]\n   \nDload  Upload failed\n");
    replay_release(&replay);
}

/* A body without a newline at its end has curl's words behind it, and they are none of it. */
static void words_of_curl_behind_a_body_are_none_of_it(void **state)
{
    struct replay replay;

    (void)state;
    judge("> POST /x HTTP/1.1\n>\n< HTTP/1.1 500 No\n< Content-Type: application/json\n<\n"
          "{\"error\":{\"message\":\"m\"}}* Connection #0 to host h left intact\n",
          0, &replay);
    assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
    assert_string_equal(bytes_text(&replay.import->body), "{\"error\":{\"message\":\"m\"}}");
    assert_int_equal(replay.result.curl, 0);
    replay_release(&replay);
}

/* Of a redirect, a proxy or a 100 the last answer counts. */
static void the_last_answer_of_curl_v_is_judged(void **state)
{
    struct replay replay;

    (void)state;
    judge("> CONNECT h:443 HTTP/1.1\n>\n< HTTP/1.1 200 Established\n<\n" SENT
          "< HTTP/1.1 100 Continue\n<\n" HEAD("200 OK") WHOLE,
          0, &replay);
    assert_int_equal(replay.result.status, 200);
    assert_string_equal(replay.result.reason, "OK");
    assert_string_equal(bytes_text(&replay.import->body), WHOLE);
    replay_release(&replay);
}

static void curls_last_line_is_read_behind_any_body(void **state)
{
    struct replay replay;

    (void)state;
    assert_judged("HTTP/1.1 200 OK\r\n\r\n" HALF "curl: (18) transfer closed\n",
                  REPLAY_CURL_INCLUDE, "truncated", "transport-error");
    assert_judged(HALF "curl: (18) transfer closed\n", REPLAY_RAW, "truncated", "transport-error");
    judge("{\"error\":{\"message\":\"m\"}}curl: (18) closed", 0, &replay);
    assert_int_equal(replay.result.curl, 18);
    assert_int_equal(replay.result.body_bytes, strlen("{\"error\":{\"message\":\"m\"}}"));
    assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
    replay_release(&replay);
    /* What a model says of curl is none of curl's. */
    judge(DATA("curl: (18) x", "\"stop\"") "\n\ndata: [DONE]\n\n", 0, &replay);
    assert_int_equal(replay.result.curl, -1);
    assert_int_equal(replay.verdict.kind, VERDICT_COMPLETE);
    replay_release(&replay);
}

static void a_log_tells_status_and_failure_where_it_has_them(void **state)
{
    struct replay replay;

    (void)state;
    judge("10:00 < HTTP/1.1 503 No\n10:01 " DATA("a", "\"stop\"") "\n10:02 data: [DONE]\n"
                                                                  "10:03 curl: (18) closed\n",
          0, &replay);
    assert_int_equal(replay.origin, REPLAY_LOG);
    assert_int_equal(replay.result.status, 503);
    assert_int_equal(replay.result.curl, 18);
    assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
    replay_release(&replay);
}

/* ---- what cannot be judged as it is ---- */

#define EVENT(id, text)                                                   \
    "app | data: {\"id\":\"" id "\",\"choices\":[{\"index\":0,\"delta\":" \
    "{\"content\":\"" text "\"},\"finish_reason\":null}]}\n"

static void what_would_be_charged_to_the_provider_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } samples[] = {
        {"", "is empty"},
        {"\xff\xfe"
         "d\1",
         "UTF-16"},
        {"\x1f\x8b\x08", "gzip"},
        {"INFO chunk b'data: {\"a\":1}\\n\\n'\n", "quotes its lines"},
        {"INFO chunk \"data: {\\\"a\\\":1}\\n\\n\"\n", "quotes its lines"},
        {EVENT("a", "He") EVENT("b", "XX") EVENT("a", "llo"), "more than one stream"},
        {EVENT("a", "He") "app | data: [DONE]\n" EVENT("b", "XX"), "more than one stream"},
        {"a | data: {\"type\":\"response.created\"}\nb | data: {\"type\":\"response.created\"}\n",
         "more than one stream"},
    };
    struct replay replay;

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct error error = {0};

        if (try_judge(samples[i].text, 0, &replay, &error))
            fail_msg("sample %zu was judged", i);
        assert_int_equal(error.kind, ERROR_FILE);
        if (!strstr(error.text, samples[i].says))
            fail_msg("sample %zu: %s", i, error.text);
    }
}

/* Gateways there are that give each event an id of its own. */
static void ids_that_rotate_are_one_stream(void **state)
{
    (void)state;
    assert_judged(EVENT("a", "H") EVENT("b", "e") EVENT("c", "l"), REPLAY_LOG, "truncated",
                  "ended-early");
}

/* Loggers quote whole lines; the quotes are none of the stream. */
static void quotes_around_a_line_are_none_of_it(void **state)
{
    struct replay replay;

    (void)state;
    judge("app \"data: [DONE]\"\n", 0, &replay);
    assert_string_equal(bytes_text(&replay.import->body), "data: [DONE]\n\n");
    replay_release(&replay);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pasted_curl_v_has_its_status_and_its_end),
        cmocka_unit_test(a_body_that_went_to_a_file_is_not_called_empty),
        cmocka_unit_test(curls_meter_is_left_out_and_nothing_else),
        cmocka_unit_test(words_of_curl_behind_a_body_are_none_of_it),
        cmocka_unit_test(the_last_answer_of_curl_v_is_judged),
        cmocka_unit_test(curls_last_line_is_read_behind_any_body),
        cmocka_unit_test(a_log_tells_status_and_failure_where_it_has_them),
        cmocka_unit_test(what_would_be_charged_to_the_provider_is_refused),
        cmocka_unit_test(ids_that_rotate_are_one_stream),
        cmocka_unit_test(quotes_around_a_line_are_none_of_it),
    };

    return cmocka_run_group_tests(tests, recording_set_up, recording_tear_down);
}

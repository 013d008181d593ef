/* evidence/import: recordings of other tools, what they tell and what they do not (E9 D57). */
#include "tests/unit/recording.h"

#include "tests/unit/exhibit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/workspace.h"
#include "evidence/adopt.h"
#include "evidence/export.h"
#include "evidence/import.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- HAR ---- */

#define HAR_OF(response, rest)                                                                  \
    "{\"log\":{\"version\":\"1.2\",\"entries\":[{\"startedDateTime\":\"2026-11-20T09:00:00Z\"," \
    "\"request\":{\"method\":\"POST\",\"url\":\"https://h/x\",\"headers\":[{\"name\":"          \
    "\"Authorization\",\"value\":\"Bearer " KEY "\"}],\"postData\":{\"text\":"                  \
    "\"{\\\"model\\\":\\\"m\\\",\\\"messages\\\":[]}\"}},\"response\":" response "}" rest "]}}"
#define ANSWER(text, rest)                                                                       \
    "{\"status\":200,\"statusText\":\"OK\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[{\"name\":" \
    "\"Content-Type\",\"value\":\"text/event-stream\"},{\"name\":\":status\",\"value\":"         \
    "\"200\"}],\"content\":{\"size\":1,\"text\":\"" text "\"}" rest "}"
#define ESCAPED                                                                        \
    "data: {\\\"choices\\\":[{\\\"index\\\":0,\\\"delta\\\":{\\\"content\\\":\\\"" KEY \
    "\\\"},\\\"finish_reason\\\":\\\"stop\\\"}]}\\n\\ndata: [DONE]\\n\\n"

static void an_archive_is_judged_and_its_missing_witnesses_are_named(void **state)
{
    struct replay replay;
    struct answer answer;

    (void)state;
    judge(HAR_OF(ANSWER(ESCAPED, ""), ""), 0, &replay);
    assert_int_equal(replay.origin, REPLAY_HAR);
    assert_int_equal(replay.verdict.kind, VERDICT_COMPLETE);
    assert_true(has_reason(&replay, "end-unseen"));
    assert_int_equal(replay.result.curl, -1);
    assert_int_equal(replay.result.status, 200);
    assert_int_equal(replay.result.headers.count, 1); /* without HTTP/2's own */
    assert_int_equal(replay.result.timings.end_us, 0);
    assert_string_equal(replay.header.facts->model, "m");
    assert_non_null(strstr(replay.missing, "how the connection ended"));
    /* SEC A11: the key that another tool sent is redacted where it stands, and where it is echoed.
     */
    assert_null(strstr(replay.header.headers->items[0].value, "sk-"));
    judge_answer(replay.judge, &answer);
    assert_null(strstr(answer.choices[0].text, "imported"));
    replay_release(&replay);
}

static void an_archive_tells_failures_and_lost_bytes(void **state)
{
    (void)state;
    assert_judged(HAR_OF(ANSWER("", ",\"_error\":\"net::ERR_CONNECTION_RESET\""), ""), REPLAY_HAR,
                  "truncated", "empty-body");
    assert_judged(HAR_OF(ANSWER("data: x", ",\"_error\":\"curl 18: partial\""), ""), REPLAY_HAR,
                  "truncated", "transport-error");
    assert_judged("{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":200,\"content\":"
                  "{\"size\":99}}}]}}",
                  REPLAY_HAR, "truncated", "bodies-not-kept");
    assert_judged("{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":200,\"content\":"
                  "{\"size\":9999,\"text\":\"" ESCAPED "\"}}}]}}",
                  REPLAY_HAR, "unproven", "capture-cut");
}

/* Scripts may leave them in a text that a browser writes down. */
static void a_lone_surrogate_makes_a_file_no_less_a_har(void **state)
{
    struct replay replay;

    (void)state;
    judge(HAR_OF("{\"status\":200,\"headers\":[],\"content\":{\"text\":\"data: \\ud83d x \\ud83d"
                 "\\ude00 \\\\ud83d \\udc00\"}}",
                 ""),
          0, &replay);
    assert_string_equal(bytes_text(&replay.import->body),
                        "data: \xef\xbf\xbd x \xf0\x9f\x98\x80 \\ud83d \xef\xbf\xbd");
    assert_non_null(strstr(replay.missing, "2 halves of surrogate pairs"));
    replay_release(&replay);
}

static char *archive_of(size_t values)
{
    static const char head[] =
        "{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":503},"
        "\"_values\":[1",
                      tail[] = "]}]}}";
    size_t len = strlen(head);
    char *text = xcalloc(1, len + 2 * values + sizeof(tail));

    strcpy(text, head);
    for (size_t i = 1; i < values; i++, len += 2)
        memcpy(text + len, ",1", 2);
    strcpy(text + len, tail);
    return text;
}

/* Each value becomes a node of a tree. */
static void an_entry_of_more_than_a_million_values_is_refused(void **state)
{
    char *most = archive_of(999 * 1000), *more = archive_of(1000 * 1000 + 1);
    struct error error = {0};
    struct replay replay;

    (void)state;
    judge(most, 0, &replay);
    replay_release(&replay);
    assert_false(try_judge(more, 0, &replay, &error));
    assert_non_null(strstr(error.text, "more than a million values"));
    free(most);
    free(more);
}

static void of_several_entries_one_is_chosen(void **state)
{
    static const char text[] = HAR_OF(ANSWER(ESCAPED, ""), ",{\"request\":{\"method\":\"GET\"},"
                                                           "\"response\":{\"status\":503}}");
    struct replay replay;
    struct error error = {0};

    (void)state;
    assert_false(try_judge(text, 0, &replay, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "--entry N: 1 POST https://h/x 200"));
    assert_non_null(strstr(error.text, "2 GET ? 503"));
    assert_false(try_judge(text, 3, &replay, &error));
    assert_non_null(strstr(error.text, "there is no entry 3"));
    judge(text, 2, &replay);
    assert_int_equal(replay.result.status, 503);
    assert_int_equal(replay.import->entries, 2);
    replay_release(&replay);
}

static void what_is_no_archive_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *place;
    } samples[] = {
        {"{\"log\":{\"entries\":[{}]}}", ":1:20: "},
        {"{\"log\":{\n \"entries\":{}}}", ":2:12: "},
        {"{\"log\":{\n\n", ":3:1: "},
        {"{\"log\":{\"entries\":[],}}", ":1:22: "},
        {"{\"log\":{\"entries\":[1]}}", ":1:20: "},
        {"{\"log\":{\"entries\":[]}}", " holds no entry"},
    };
    struct replay replay;

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct error error = {0};

        assert_false(try_judge(samples[i].text, 0, &replay, &error));
        assert_int_equal(error.kind, ERROR_FILE);
        if (!strstr(error.text, samples[i].place))
            fail_msg("sample %zu: %s", i, error.text);
    }
}

/* E9: a capture, exported as HAR and imported, has its verdict but for what HAR does not carry. */
static void an_exported_capture_comes_back_with_its_verdict(void **state)
{
    static const struct {
        const char *answer;
        bool cut;
    } samples[] = {{WHOLE, false},     {WHOLE, true},
                   {HALF, false},      {"", false},
                   {"data: {", false}, {"data: {\"error\":{\"message\":\"no\"}}\n\n", false}};
    struct redactor *shapes = redactor_new();

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        const struct exhibit_parts parts = {
            .url = "https://h/x",
            .request = "{\"model\":\"m\",\"messages\":[],\"stream\":true}",
            .request_len = strlen("{\"model\":\"m\",\"messages\":[],\"stream\":true}"),
            .answer = samples[i].answer,
            .answer_len = strlen(samples[i].answer),
            .cut = samples[i].cut,
        };
        struct replay before, after;
        struct error error = {0};

        unlink(recording.path);
        exhibit_write(recording.capture, &parts);
        if (!export_write("har", recording.capture, recording.path, shapes, NULL, &error) ||
            !replay_file(recording.capture, OPERATION_CHAT, &recording.rules, NULL, NULL, &before,
                         &error) ||
            !replay_file(recording.path, OPERATION_CHAT, &recording.rules, NULL, NULL, &after,
                         &error))
            fail_msg("%s", error.text);
        assert_int_equal(after.origin, REPLAY_HAR);
        if (!samples[i].cut)
            assert_string_equal(verdict_name(after.verdict.kind),
                                verdict_name(before.verdict.kind));
        assert_true(has_reason(&after, "end-unseen"));
        assert_non_null(strstr(after.missing, "how the connection ended"));
        replay_release(&before);
        replay_release(&after);
        unlink(recording.capture);
    }
    redactor_free(shapes);
}

/* ---- curl --trace ---- */

static void a_trace_tells_how_it_ended(void **state)
{
    static const char head[] =
        "=> Send header, 20 bytes (0x14)\n0000: POST /x HTTP/1.0\n0014: \n"
        "<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n"
        "<= Recv header, 2 bytes (0x2)\n0000: \n"
        "12:00:00.000000 <= Recv data, 14 bytes (0xe)\n0000: data: [DONE]..\n";
    struct replay replay;
    char *text = xasprintf("%s== Info: transfer closed with 9 bytes missing\n", head);

    (void)state;
    judge(text, 0, &replay);
    free(text);
    assert_int_equal(replay.origin, REPLAY_TRACE);
    assert_int_equal(replay.result.curl, 18);
    assert_string_equal(replay.result.message, "transfer closed with 9 bytes missing");
    assert_string_equal(replay.header.method, "POST");
    assert_non_null(strstr(replay.missing, "printable ASCII"));
    assert_int_equal(replay.len, 0);
    assert_memory_equal(bytes_text(&replay.import->body), "data: [DONE]\n\n", 14);
    replay_release(&replay);
    judge(head, 0, &replay);
    assert_int_equal(replay.result.curl, -1);
    replay_release(&replay);
}

static void a_hexadecimal_trace_is_exact_and_its_chunks_are_opened(void **state)
{
    static const char text[] =
        "<= Recv header, 17 bytes (0x11)\n"
        "0000: 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d HTTP/1.1 200 OK.\n"
        "0010: 0a                                              .\n"
        "<= Recv header, 28 bytes (0x1c)\n"
        "0000: 54 72 61 6e 73 66 65 72 2d 45 6e 63 6f 64 69 6e Transfer-Encodin\n"
        "0010: 67 3a 20 63 68 75 6e 6b 65 64 0d 0a             g: chunked..\n"
        "<= Recv header, 2 bytes (0x2)\n0000: 0d 0a                                   ..\n"
        "<= Recv data, 13 bytes (0xd)\n"
        "0000: 33 0d 0a 61 ff 0a 0d 0a 30 0d 0a 0d 0a          3..a....0....\n"
        "== Info: Connection #0 to host h left intact\n";
    struct replay replay;

    (void)state;
    judge(text, 0, &replay);
    assert_int_equal(replay.result.curl, 0);
    assert_int_equal(replay.result.framing, FRAMING_CHUNKED);
    assert_true(replay.result.framed_clean);
    assert_int_equal(replay.import->body.len, 3);
    assert_memory_equal(replay.import->body.data, "a\xff\n", 3);
    replay_release(&replay);
}

/* Dots of the answer stay dots: only those where a line must end are taken for one. */
static void ends_of_lines_are_inferred_where_they_must_be(void **state)
{
    static const char text[] =
        "<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n"
        "<= Recv header, 2 bytes (0x2)\n0000: \n<= Recv data, 52 bytes (0x34)\n"
        "0000: event: a.data: {\"t\":\"x..data: y.\"}..data: [DONE]......\n";
    struct replay replay;

    (void)state;
    judge(text, 0, &replay);
    assert_string_equal(bytes_text(&replay.import->body),
                        "event: a\ndata: {\"t\":\"x..data: y.\"}\n\ndata: [DONE]....\n\n");
    replay_release(&replay);
}

/* ---- logs ---- */

static void logs_are_judged_by_the_lines_of_the_stream_in_them(void **state)
{
    (void)state;
    assert_judged("10:00 INFO start\n10:01 INFO " DATA("a", "\"stop\"") "\n10:02 DEBUG data: "
                                                                        "[DONE]\r\n",
                  REPLAY_LOG, "complete", "status-unseen");
    assert_judged("app-1  | " DATA("a", "null") "\napp-1  | \n", REPLAY_LOG, "truncated",
                  "ended-early");
    assert_judged("{\"log\":\"data: [DONE]\\n\",\"stream\":\"stdout\"}\n", REPLAY_LOG, "unproven",
                  "finish-missing");
    assert_judged("{\"MESSAGE\":\"event: error\"}\n{\"MESSAGE\":\"data: {\\\"error\\\":{}}\"}\n",
                  REPLAY_LOG, "errored", "end-unseen");
}

/* ---- failures in other tools' words ---- */

static void a_failure_is_what_its_tool_calls_it(void **state)
{
    static const struct {
        const char *words;
        int curl;
        const char *class;
    } samples[] = {
        {"net::ERR_NAME_NOT_RESOLVED", 6, "dns"},
        {"net::ERR_CONNECTION_REFUSED", 7, "refused"},
        {"net::ERR_INTERNET_DISCONNECTED", 7, "refused"},
        {"net::ERR_CERT_DATE_INVALID", 60, "tls"},
        {"net::ERR_SSL_PROTOCOL_ERROR", 35, "tls"},
        {"net::ERR_TIMED_OUT", 28, "timeout"},
        {"net::ERR_CONNECTION_RESET", 56, "reset"},
        {"net::ERR_EMPTY_RESPONSE", 52, "reset"},
        {"net::ERR_TUNNEL_CONNECTION_FAILED", 97, "proxy"},
        {"NS_ERROR_UNKNOWN_HOST", 6, "dns"},
        {"NS_ERROR_CONNECTION_REFUSED", 7, "refused"},
        {"SEC_ERROR_UNKNOWN_ISSUER", 60, "tls"},
        {"curl 7: refused", 7, "refused"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        char *text = xasprintf("{\"log\":{\"entries\":[{\"request\":{\"method\":\"POST\"},"
                               "\"response\":{\"status\":0,\"content\":{\"size\":0},"
                               "\"_error\":\"%s\"}}]}}",
                               samples[i].words);
        struct replay replay;

        judge(text, 0, &replay);
        free(text);
        if (replay.result.curl != samples[i].curl ||
            strcmp(replay.failure.class, samples[i].class) != 0)
            fail_msg("%s is curl %d, class %s", samples[i].words, replay.result.curl,
                     replay.failure.class);
        assert_int_equal(replay.verdict.kind, VERDICT_ERRORED);
        replay_release(&replay);
    }
}

static void a_failure_in_unknown_words_is_none_of_curls(void **state)
{
    struct replay replay;

    (void)state;
    judge(HAR_OF(ANSWER("data: x", ",\"_error\":\"net::ERR_SOMETHING_NEW\""), ""), 0, &replay);
    assert_int_equal(replay.result.curl, -1);
    assert_non_null(strstr(replay.missing, "connection ended (it says: net::ERR_SOMETHING_NEW)"));
    assert_true(has_reason(&replay, "end-unseen"));
    replay_release(&replay);
    judge(HAR_OF(ANSWER("data: x", ",\"_error\":\"net::ERR_ABORTED\""), ""), 0, &replay);
    assert_int_equal(replay.verdict.kind, VERDICT_CANCELLED);
    replay_release(&replay);
}

/* A browser leaves the status 0, and HTTP/2's own header says it. */
static void a_status_is_also_found_among_the_headers(void **state)
{
    struct replay replay;

    (void)state;
    judge(
        "{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":0,\"headers\":[{\"name\":"
        "\":status\",\"value\":\"200\"}],\"content\":{\"text\":\"data: x\"},\"_error\":"
        "\"net::ERR_INCOMPLETE_CHUNKED_ENCODING\"}}]}}",
        0, &replay);
    assert_int_equal(replay.result.status, 200);
    assert_int_equal(replay.result.curl, 18);
    assert_string_equal(replay.failure.class, "truncated");
    replay_release(&replay);
}

static void a_body_that_was_not_kept_is_not_called_empty(void **state)
{
    static const char *const contents[] = {"{\"size\":0}", "{\"size\":-1}", "{}", "{\"size\":500}"};

    (void)state;
    for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
        char *text = xasprintf("{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":"
                               "200,\"content\":%s}}]}}",
                               contents[i]);
        struct replay replay;

        judge(text, 0, &replay);
        free(text);
        assert_false(replay.import->body_told);
        assert_true(has_reason(&replay, "bodies-not-kept"));
        assert_false(has_reason(&replay, "empty-body"));
        replay_release(&replay);
    }
    assert_judged("{\"log\":{\"entries\":[{\"request\":{},\"response\":{\"status\":200,\"content\":"
                  "{\"size\":0,\"text\":\"\"}}}]}}",
                  REPLAY_HAR, "truncated", "empty-body");
}

/* ---- kept as evidence ---- */

static bool is_kept(enum body_policy bodies, const char *words)
{
    const struct workspace workspace = {.local = recording.folder, .bodies = bodies};
    const struct adoption adoption = {.path = recording.path,
                                      .operation = OPERATION_CHAT,
                                      .workspace = &workspace,
                                      .rules = &recording.rules,
                                      .clock = &clock_system};
    struct error error = {0};
    struct replay replay;
    struct bytes text;
    char *capture;
    bool kept;

    if (!adopt_file(&adoption, &replay, &capture, &error) ||
        !file_read(capture, SIZE_MAX, &text, NULL, &error))
        fail_msg("%s", error.text);
    kept = strstr(bytes_text(&text), words) != NULL;
    bytes_release(&text);
    replay_release(&replay);
    free(capture);
    return kept;
}

/* Somebody's prompt is none of our own: only `always` keeps it; `never` keeps no answer either. */
static void prompts_of_others_are_kept_only_where_bodies_always_are(void **state)
{
    struct replay replay;

    (void)state;
    judge(HAR_OF(ANSWER("data: said", ""), ""), 0, &replay); /* writes the file */
    replay_release(&replay);
    assert_true(is_kept(BODIES_ALWAYS, "messages"));
    assert_true(is_kept(BODIES_ALWAYS, "data: said"));
    assert_false(is_kept(BODIES_PROBES, "messages"));
    assert_true(is_kept(BODIES_PROBES, "data: said"));
    assert_false(is_kept(BODIES_NEVER, "messages"));
    assert_false(is_kept(BODIES_NEVER, "data: said"));
}

static void other_files_are_what_they_were(void **state)
{
    (void)state;
    assert_judged(WHOLE, REPLAY_RAW, "complete", "end-unseen");
    assert_judged("{\"error\":{\"message\":\"bad data: x\"}}", REPLAY_RAW, "errored", "end-unseen");
    assert_judged("HTTP/1.1 200 OK\r\n\r\n" WHOLE, REPLAY_CURL_INCLUDE, "complete", "end-unseen");
    assert_judged("an answer with data: in it", REPLAY_RAW, "malformed", "end-unseen");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_is_judged_and_its_missing_witnesses_are_named),
        cmocka_unit_test(an_archive_tells_failures_and_lost_bytes),
        cmocka_unit_test(a_lone_surrogate_makes_a_file_no_less_a_har),
        cmocka_unit_test(an_entry_of_more_than_a_million_values_is_refused),
        cmocka_unit_test(of_several_entries_one_is_chosen),
        cmocka_unit_test(what_is_no_archive_is_told_with_its_place),
        cmocka_unit_test(an_exported_capture_comes_back_with_its_verdict),
        cmocka_unit_test(a_trace_tells_how_it_ended),
        cmocka_unit_test(a_hexadecimal_trace_is_exact_and_its_chunks_are_opened),
        cmocka_unit_test(ends_of_lines_are_inferred_where_they_must_be),
        cmocka_unit_test(logs_are_judged_by_the_lines_of_the_stream_in_them),
        cmocka_unit_test(a_failure_is_what_its_tool_calls_it),
        cmocka_unit_test(a_failure_in_unknown_words_is_none_of_curls),
        cmocka_unit_test(a_status_is_also_found_among_the_headers),
        cmocka_unit_test(a_body_that_was_not_kept_is_not_called_empty),
        cmocka_unit_test(prompts_of_others_are_kept_only_where_bodies_always_are),
        cmocka_unit_test(other_files_are_what_they_were),
    };

    return cmocka_run_group_tests(tests, recording_set_up, recording_tear_down);
}

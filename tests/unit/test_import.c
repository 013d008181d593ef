/* evidence/import: recordings of other tools, what they tell and what they do not (E9 D57). */
#include "tests/unit/unit.h"

#include "tests/unit/exhibit.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/export.h"
#include "evidence/import.h"
#include "evidence/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA(text, finish)                                            \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text \
    "\"},\"finish_reason\":" finish "}]}"
#define WHOLE DATA("a.b", "\"stop\"") "\n\ndata: [DONE]\n\n"
#define HALF DATA("a", "null") "\n\n"
#define KEY "sk-imported-0123456789abcdef"

static char folder[64];
static char *path, *capture;
static struct stream_rules rules;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-import-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "recording");
    capture = file_join(folder, "capture.jsonl");
    stream_rules_default(&rules);
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(path);
    free(capture);
    stream_rules_release(&rules);
    return answer;
}

static void put(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool try_judge(const char *text, size_t entry, struct replay *replay, struct error *error)
{
    put(text);
    return replay_open_entry(path, entry, NULL, OPERATION_CHAT, &rules, NULL, NULL, replay,
                             error) &&
           replay_finish(replay, error);
}

static void judge(const char *text, size_t entry, struct replay *replay)
{
    struct error error = {0};

    if (!try_judge(text, entry, replay, &error))
        fail_msg("%s", error.text);
}

static bool has_reason(const struct replay *replay, const char *code)
{
    for (size_t i = 0; i < replay->verdict.count; i++)
        if (strcmp(reason_name(replay->verdict.reasons[i].code), code) == 0)
            return true;
    return false;
}

static void assert_judged(const char *text, enum replay_origin origin, const char *verdict,
                          const char *reason)
{
    struct replay replay;

    judge(text, 0, &replay);
    assert_int_equal(replay.origin, origin);
    if (strcmp(verdict_name(replay.verdict.kind), verdict) != 0)
        fail_msg("it is %s, not %s", verdict_name(replay.verdict.kind), verdict);
    if (!has_reason(&replay, reason))
        fail_msg("it lacks %s", reason);
    replay_release(&replay);
}

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

        unlink(path);
        exhibit_write(capture, &parts);
        if (!export_write("har", capture, path, shapes, NULL, &error) ||
            !replay_file(capture, OPERATION_CHAT, &rules, NULL, NULL, &before, &error) ||
            !replay_file(path, OPERATION_CHAT, &rules, NULL, NULL, &after, &error))
            fail_msg("%s", error.text);
        assert_int_equal(after.origin, REPLAY_HAR);
        if (!samples[i].cut)
            assert_string_equal(verdict_name(after.verdict.kind),
                                verdict_name(before.verdict.kind));
        assert_true(has_reason(&after, "end-unseen"));
        assert_non_null(strstr(after.missing, "how the connection ended"));
        replay_release(&before);
        replay_release(&after);
        unlink(capture);
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
        cmocka_unit_test(of_several_entries_one_is_chosen),
        cmocka_unit_test(what_is_no_archive_is_told_with_its_place),
        cmocka_unit_test(an_exported_capture_comes_back_with_its_verdict),
        cmocka_unit_test(a_trace_tells_how_it_ended),
        cmocka_unit_test(a_hexadecimal_trace_is_exact_and_its_chunks_are_opened),
        cmocka_unit_test(ends_of_lines_are_inferred_where_they_must_be),
        cmocka_unit_test(logs_are_judged_by_the_lines_of_the_stream_in_them),
        cmocka_unit_test(other_files_are_what_they_were),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

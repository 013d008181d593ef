/* evidence/replay: files that are no captures, with what they do not tell named (E9 D57). */
#include "tests/unit/unit.h"

#include "tests/unit/exhibit.h"

#include "base/memory.h"
#include "evidence/replay.h"
#include "evidence/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK(text, finish)                                           \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text \
    "\"},\"finish_reason\":" finish "}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define ANSWER                                                                           \
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"x\"}," \
    "\"finish_reason\":\"stop\"}]}"
#define SSE_HEAD "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"

static char path[64];

static int make_file(void **state)
{
    int fd;

    (void)state;
    strcpy(path, "/tmp/cometdeck-replay-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool has_reason(const struct replay *replay, const char *code)
{
    for (size_t i = 0; i < replay->verdict.count; i++)
        if (strcmp(reason_name(replay->verdict.reasons[i].code), code) == 0)
            return true;
    return false;
}

static void judge_path(const char *name, struct replay *replay)
{
    struct stream_rules rules;
    struct error error = {0};

    stream_rules_default(&rules);
    if (!replay_file(name, OPERATION_CHAT, &rules, NULL, NULL, replay, &error))
        fail_msg("%s", error.text);
}

struct sample {
    const char *text;
    enum replay_origin origin;
    const char *verdict;
    const char *reason; /* one that must be there */
    int status;
};

static const struct sample samples[] = {
    {CHUNK("a", "\"stop\"") DONE, REPLAY_RAW, "complete", "end-unseen", 0},
    {CHUNK("a", "\"stop\"") DONE, REPLAY_RAW, "complete", "status-unseen", 0},
    {CHUNK("a", "\"stop\""), REPLAY_RAW, "unproven", "marker-missing", 0},
    {CHUNK("a", "null"), REPLAY_RAW, "truncated", "ended-early", 0},
    {ANSWER, REPLAY_RAW, "complete", "end-unseen", 0},
    {"{\"choices\":[{\"ind", REPLAY_RAW, "truncated", "body-cut", 0},
    {"HTTP/1.1 200 OK\r\n\r\n", REPLAY_CURL_INCLUDE, "truncated", "empty-body", 200},
    {SSE_HEAD CHUNK("a", "\"stop\"") DONE, REPLAY_CURL_INCLUDE, "complete", "end-unseen", 200},
    {SSE_HEAD CHUNK("a", "null"), REPLAY_CURL_INCLUDE, "truncated", "ended-early", 200},
    {"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
     "HTTP/2 200 \ncontent-type: application/json\n\n" ANSWER,
     REPLAY_CURL_INCLUDE, "complete", "end-unseen", 200},
    {"HTTP/1.1 503 No\r\n\r\n{\"error\":{\"message\":\"busy\"}}", REPLAY_CURL_INCLUDE, "errored",
     "http-status", 503},
    {"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n" ANSWER, REPLAY_CURL_INCLUDE, "unproven",
     "end-short", 200},
    {"HTTP/1.1 200 OK\r\ncontent-ty", REPLAY_CURL_INCLUDE, "truncated", "empty-body", 200},
};

static void each_kind_of_file_is_recognised_and_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct replay replay;

        put(samples[i].text);
        judge_path(path, &replay);
        assert_int_equal(replay.origin, samples[i].origin);
        if (strcmp(verdict_name(replay.verdict.kind), samples[i].verdict) != 0)
            fail_msg("sample %zu is %s, not %s", i, verdict_name(replay.verdict.kind),
                     samples[i].verdict);
        if (!has_reason(&replay, samples[i].reason))
            fail_msg("sample %zu lacks %s", i, samples[i].reason);
        assert_int_equal(replay.result.status, samples[i].status);
        assert_int_equal(strlen(replay.digest), DIGEST_TEXT - 1);
        replay_release(&replay);
    }
}

/* Every prefix that ends before the marker's blank line: never complete. */
static void no_prefix_is_complete(void **state)
{
    static const char *const whole[] = {
        CHUNK("a", "null") CHUNK("", "\"stop\"") DONE,
        SSE_HEAD CHUNK("a", "null") CHUNK("", "\"stop\"") DONE,
    };

    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (size_t len = 1; len < strlen(whole[i]); len++) {
            struct replay replay;
            char *text = xmemdup0(whole[i], len);

            put(text);
            judge_path(path, &replay);
            assert_int_not_equal(replay.verdict.kind, VERDICT_COMPLETE);
            replay_release(&replay);
            free(text);
        }
}

/* Plain files have no times, but slices. */
static void a_slice_at_a_time_gives_the_same_verdict(void **state)
{
    const struct replay_until slice = {.us = INT64_MAX, .bytes = 1};
    struct stream_rules rules;

    (void)state;
    stream_rules_default(&rules);
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        struct replay replay;
        enum replay_step step;
        struct error error;

        put(samples[i].text);
        assert_true(replay_open(path, OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
        while ((step = replay_advance(&replay, &slice, &error)) == REPLAY_MORE)
            assert_false(replay.ended);
        assert_int_equal(step, REPLAY_ENDED);
        assert_string_equal(verdict_name(replay.verdict.kind), samples[i].verdict);
        assert_true(has_reason(&replay, samples[i].reason));
        replay_release(&replay);
    }
}

static void count_event(void *context, const struct judge_event *event)
{
    *(uint64_t *)context = event->number;
}

/* Several events of one read are several steps; what ends is the last one. */
static void a_step_is_an_event(void **state)
{
    static const char answer[] =
        ": hello\n\n" CHUNK("a", "null") CHUNK("b", "null") CHUNK("", "\"stop\"") DONE;
    const struct exhibit_parts parts = {.url = "http://x/",
                                        .request = "{}",
                                        .request_len = 2,
                                        .answer = answer,
                                        .answer_len = sizeof(answer) - 1};
    const struct replay_until step = {.us = INT64_MAX, .events = 1};
    uint64_t last = 0;
    struct replay replay;
    struct error error;

    (void)state;
    assert_int_equal(unlink(path), 0);
    exhibit_write(path, &parts);
    assert_true(replay_open(path, OPERATION_CHAT, NULL, count_event, &last, &replay, &error));
    for (uint64_t i = 1; i <= 4; i++) {
        assert_int_equal(replay_advance(&replay, &step, &error), REPLAY_MORE);
        assert_int_equal(last, i);
        assert_int_equal(replay.result.status, 200);
    }
    assert_int_equal(replay_advance(&replay, &step, &error), REPLAY_ENDED);
    assert_int_equal(replay.verdict.kind, VERDICT_COMPLETE);
    assert_int_equal(replay_advance(&replay, &step, &error), REPLAY_ENDED);
    replay_release(&replay);
}

/* The head, the read and the end come at their times and not before. */
static void what_is_later_waits(void **state)
{
    static const char answer[] = CHUNK("a", "\"stop\"") DONE;
    const struct exhibit_parts parts = {.url = "http://x/",
                                        .request = "{}",
                                        .request_len = 2,
                                        .answer = answer,
                                        .answer_len = sizeof(answer) - 1};
    static const int64_t due_us[] = {20, 30, 49500};
    struct replay_until until = {.us = 0};
    struct replay replay;
    struct error error;

    (void)state;
    assert_int_equal(unlink(path), 0);
    exhibit_write(path, &parts);
    assert_true(replay_open(path, OPERATION_CHAT, NULL, NULL, NULL, &replay, &error));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(replay_advance(&replay, &until, &error), REPLAY_WAITS);
        assert_int_equal(replay.next_us, due_us[i]);
        until.us = due_us[i] - 1;
        assert_int_equal(replay_advance(&replay, &until, &error), REPLAY_WAITS);
        assert_int_equal(judge_progress(replay.judge)->events, i < 2 ? 0 : 2);
        until.us = due_us[i];
    }
    assert_int_equal(replay_advance(&replay, &until, &error), REPLAY_ENDED);
    assert_int_equal(replay.timeline->events, 2);
    replay_release(&replay);
}

static void standard_input_is_a_file_too(void **state)
{
    struct replay replay;
    int kept = dup(STDIN_FILENO), ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], samples[0].text, strlen(samples[0].text)),
                     strlen(samples[0].text));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    judge_path("-", &replay);
    assert_int_equal(replay.verdict.kind, VERDICT_COMPLETE);
    replay_release(&replay);
    dup2(kept, STDIN_FILENO);
    close(kept);
    close(ends[0]);
}

static void what_cannot_be_judged_is_an_error(void **state)
{
    struct stream_rules rules;
    struct replay replay;
    struct error error;

    (void)state;
    stream_rules_default(&rules);
    assert_false(
        replay_file("/nonexistent/x", OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    put("{\"format\":\"cometdeck-capture\",\"version\":9}\n");
    assert_false(replay_file(path, OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
    assert_non_null(strstr(error.text, "version 9"));
    assert_false(replay_file("/dev/zero", OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, "/dev/zero is a device"));
    assert_false(replay_file("/tmp", OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
    assert_int_equal(error.kind, ERROR_FILE);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, make_file, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(each_kind_of_file_is_recognised_and_judged),
        FILE_TEST(no_prefix_is_complete),
        FILE_TEST(a_slice_at_a_time_gives_the_same_verdict),
        FILE_TEST(a_step_is_an_event),
        FILE_TEST(what_is_later_waits),
        FILE_TEST(standard_input_is_a_file_too),
        FILE_TEST(what_cannot_be_judged_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

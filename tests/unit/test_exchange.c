/*
 * evidence/exchange and replay over real sockets: what was judged is what is kept (D54–D58), what
 * is kept holds no key (A11), and a replay of it says the same (E9).
 */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "contract/starter.h"
#include "evidence/history_query.h"
#include "evidence/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* D57 D58 E9 */
static void a_replay_gives_the_verdict_of_the_live_run(void **state)
{
    struct world *world = *state;
    static const char *const bodies[] = {
        CHUNK("a", "null") CHUNK("", "\"stop\"") DONE,
        CHUNK("a", "null") CHUNK("", "\"stop\""),
        CHUNK("a", "null") DONE,
        CHUNK("a", "null"),
        CHUNK("a", "\"length\"") DONE,
        CHUNK("a", "null") "data: {\"error\":{\"message\":\"no\"}}\n\n" DONE,
        CHUNK("a", "\"stop\"") DONE CHUNK("b", "null"),
        CHUNK("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "null") "data: {\"cut\n\n",
        CHUNK("\xFF", "null"),
        ": ping\r\rdata: [DO",
        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"x\"},"
        "\"finish_reason\":\"stop\"}]}",
        "<html>sk-0123456789abcdef01</html>",
        "",
    };

    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
        for (enum frame frame = 0; frame < FRAME_COUNT; frame++) {
            struct canned answer = canned_framed(STREAM_TYPE, bodies[i], strlen(bodies[i]), frame);
            struct exchange_request request = world_chat();
            struct exchange_state result;

            assert_int_equal(world_run(world, &answer, &request, NULL, &result), 1);
            world_assert_replays(world);
            assert_int_equal(result.verdict->kind == VERDICT_COMPLETE,
                             i == 0 || (i == 10 && frame != FRAME_RESET));
            canned_release(&answer);
            unlink(result.capture);
        }
}

static void assert_file_without_key(const char *path)
{
    struct bytes text;

    assert_true(file_read(path, SIZE_MAX / 2, &text, NULL, NULL));
    assert_null(memmem(text.data, text.len, WORLD_KEY, strlen(WORLD_KEY)));
    assert_null(memmem(text.data, text.len, "sk-unit", 7));
    assert_null(memmem(text.data, text.len, "c2stdW5pd", 9)); /* its base64 */
    bytes_release(&text);
}

/* A11: a server that echoes the key in every way finds it nowhere. */
static void an_echoed_key_is_kept_nowhere(void **state)
{
    struct world *world = *state;
    static const char headers[] =
        STREAM_TYPE "X-Echo: Bearer " WORLD_KEY "\r\nSet-Cookie: k=" WORLD_KEY "\r\n";
    static const char body[] =
        CHUNK("plain " WORLD_KEY " url sk-unit%2Btest%2f0123456789abcdef json "
              "sk-unit+test\\/0123456789abcdef \\u0073k-unit+test/0123456789abcdef "
              "base64 c2stdW5pdCt0ZXN0LzAxMjM0NTY3ODlhYmNkZWY=",
              "null") CHUNK(" sk-", "null") CHUNK("unit+test/0123456789abcdef split", "null")
            CHUNK("", "\"stop\"") DONE;
    struct canned answer = canned_framed(headers, body, sizeof(body) - 1, FRAME_CHUNKED);
    struct exchange_request request = world_chat();
    struct exchange_state result;
    char *history, *report;

    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
    assert_file_without_key(result.capture);
    assert_null(strstr(http_headers_get(&result.result->headers, "x-echo"), "sk-"));
    assert_null(memmem(result.text, result.text_len, "sk-", 3));
    assert_non_null(memmem(result.text, result.text_len, " split", 6));
    report = world_json_text(exchange_report(world->exchange));
    assert_null(strstr(report, "sk-"));
    assert_non_null(strstr(report, " split"));
    free(report);
    history = file_join(world->workspace.local, "history.db-wal");
    assert_file_without_key(history);
    free(history);
    canned_release(&answer);
}

static void assert_not_complete(const char *path)
{
    struct stream_rules rules;
    struct replay replay;

    stream_rules_default(&rules);
    if (!replay_file(path, OPERATION_CHAT, &rules, NULL, NULL, &replay, NULL))
        return;
    assert_int_not_equal(replay.verdict.kind, VERDICT_COMPLETE);
    replay_release(&replay);
}

/* E9: what is missing from the end of a capture, or changed in it, never makes it complete. */
static void a_damaged_capture_is_never_complete(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("a", "null") CHUNK("", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;
    struct bytes text;
    int fd;

    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
    assert_true(file_read(result.capture, SIZE_MAX / 2, &text, NULL, NULL));
    fd = open(result.capture, O_RDWR);
    for (size_t at = 0; at < text.len; at++) {
        char changed = (char)(text.data[at] ^ 1);

        assert_int_equal(pwrite(fd, &changed, 1, (off_t)at), 1);
        assert_not_complete(result.capture);
        assert_int_equal(pwrite(fd, &text.data[at], 1, (off_t)at), 1);
    }
    for (size_t len = text.len; len-- > 0;) {
        assert_int_equal(ftruncate(fd, (off_t)len), 0);
        assert_not_complete(result.capture);
    }
    close(fd);
    bytes_release(&text);
    canned_release(&answer);
}

/* D54 */
static void times_are_recorded(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("a", "null") CHUNK("", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;
    struct json *report, *times;
    double first_byte, first_token, total;

    world_run(world, &answer, &request, NULL, &result);
    assert_true(result.first_token_us > 0);
    assert_true(result.last_event_us >= result.started_us);
    report = exchange_report(world->exchange);
    times = json_member(report, "timings_ms");
    assert_true(json_real(json_member(times, "first_byte"), &first_byte));
    assert_true(json_real(json_member(times, "first_token"), &first_token));
    assert_true(json_real(json_member(times, "total"), &total));
    assert_true(first_byte > 0 && first_token >= first_byte && total >= first_token);
    json_free(report);
    canned_release(&answer);
}

/* D56 */
static void partial_content_is_kept_and_marked(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("half a", "null") CHUNK("n answ", "null"));
    struct exchange_request request = world_chat();
    struct exchange_state result;
    struct json *report;

    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_TRUNCATED);
    assert_memory_equal(result.text, "half an answ", 12);
    report = exchange_report(world->exchange);
    assert_string_equal(json_string(json_member(report, "text")), "half an answ");
    assert_string_equal(json_string(json_member(report, "headline")), "INCOMPLETE");
    json_free(report);
    canned_release(&answer);
}

static bool copy_row(void *context, const struct history_row *row)
{
    char **text = context;

    *text =
        xasprintf("%s %s %s %s %d %s %s %d", row->operation, row->model, row->verdict,
                  row->finish_reasons, row->status, row->capture, row->digest, (int)row->simulated);
    return false;
}

static void the_history_has_a_row_of_it(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_stream(CHUNK("a", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;
    char *row = NULL, *expected;

    world_run(world, &answer, &request, NULL, &result);
    expected =
        xasprintf("chat m complete stop 200 captures/%s.jsonl %s 1", result.id, result.digest);
    assert_true(history_find(world->history, result.id, copy_row, &row, NULL));
    assert_string_equal(row, expected);
    free(row);
    free(expected);
    canned_release(&answer);
}

static void cancel(struct world *world)
{
    exchange_cancel(world->exchange);
}

static void the_user_stops_it_once(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_open(CHUNK("a", "null"));
    struct exchange_request request = world_chat();
    struct exchange_state result;

    world->on_event = cancel;
    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_CANCELLED);
    world_assert_replays(world);
    canned_release(&answer);
}

/* However many come (pi#5558). */
static void comments_are_no_life(void **state)
{
    struct world *world = *state;
    static const char head[] = "HTTP/1.1 200 OK\r\n" STREAM_TYPE "\r\n: hello\n\n";
    const struct canned answer = {.data = head, .len = sizeof(head) - 1, .end = CANNED_COMMENTS};
    struct exchange_request request = world_chat();
    struct exchange_state result;

    request.gap_us = 100000;
    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_STALLED);
    assert_int_equal(result.result->stop, STOP_FIRST_EVENT);
    world_assert_replays(world);
}

/* A stream that never ends, under the starter with the value of one clause in another's place. */
static void run_endless(struct world *world, const char *value, const char *instead,
                        const struct raw_step *steps, struct exchange_state *result)
{
    const struct embedded *file = starter_file("contract.json");
    char *text = xmemdup0(file->data, file->len), *at = strstr(text, value);
    struct exchange_request request = world_chat();

    assert_non_null(at);
    assert_int_equal(strlen(value), strlen(instead));
    memcpy(at, instead, strlen(instead));
    contract_free(world->workspace.contract);
    world->workspace.contract = contract_parse("test", text, file->len, NULL);
    assert_non_null(world->workspace.contract);
    world->server = raw_server_start(steps);
    assert_non_null(world_start(world, raw_server_port(world->server), &request, NULL, NULL));
    loop_run(world->loop);
    exchange_state(world->exchange, result);
    raw_server_stop(world->server);
    free(text);
}

#define ENDLESS_HEAD "HTTP/1.1 200 OK\r\n" STREAM_TYPE "\r\n"

/* Limits on the body, with a clear verdict beyond them: nothing is read that can mend nothing. */
static void an_event_without_end_is_read_to_its_limit(void **state)
{
    static const struct raw_step steps[] = {RAW_EXPECT, RAW_SEND(ENDLESS_HEAD "data: \""),
                                            RAW_SEND_TIMES("0123456789abcdef", 1 << 20), RAW_HOLD,
                                            RAW_END};
    struct world *world = *state;
    struct exchange_state result;

    run_endless(world, "17825792", "    4096", steps, &result);
    assert_int_equal(result.verdict->kind, VERDICT_MALFORMED);
    assert_int_equal(result.verdict->reasons[0].code, REASON_EVENT_TOO_LARGE);
    assert_int_equal(result.result->stop, STOP_BODY_LIMIT);
    assert_true(result.result->body_bytes < 1 << 20);
    world_assert_replays(world);
}

static void a_stream_without_end_is_read_to_its_limit(void **state)
{
    static const struct raw_step steps[] = {RAW_EXPECT, RAW_SEND(ENDLESS_HEAD),
                                            RAW_SEND_TIMES(CHUNK("a", "null"), 1 << 18), RAW_HOLD,
                                            RAW_END};
    struct world *world = *state;
    struct exchange_state result;

    run_endless(world, "1073741824", "    100000", steps, &result);
    assert_int_equal(result.verdict->kind, VERDICT_MALFORMED);
    assert_int_equal(result.verdict->reasons[0].code, REASON_BODY_TOO_LARGE);
    assert_int_equal(result.result->stop, STOP_BODY_LIMIT);
    assert_in_range(result.result->body_bytes, 100000, 1 << 20);
    world_assert_replays(world);
}

/* What comes back instead of HTTP, or with broken HTTP around it, is told as that. */
static void what_is_no_http_is_told_as_that(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n" STREAM_TYPE;
    static const struct {
        const char *data;
        enum verdict_kind verdict;
        const char *reason, *class;
    } cases[] = {
        {"SSH-2.0-OpenSSH_9\r\n", VERDICT_ERRORED, "not-http", "not-http"},
        {"\x7f\x45\x4c\x46\x01", VERDICT_ERRORED, "not-http", "not-http"},
        {"HTTP/1.1 abc OK\r\n\r\n", VERDICT_ERRORED, "not-http", "not-http"},
        {"Content-Length: -5\r\n\r\nx", VERDICT_MALFORMED, "framing-invalid", "malformed"},
        {"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx", VERDICT_MALFORMED,
         "framing-invalid", "malformed"},
        {"no colon\r\n\r\n", VERDICT_MALFORMED, "framing-invalid", "malformed"},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool http = cases[i].verdict == VERDICT_MALFORMED;
        char *data = xasprintf("%s%s", http ? head : "", cases[i].data);
        const struct canned answer = {.data = data, .len = strlen(data)};
        struct exchange_request request = world_chat();
        struct exchange_state result;

        world_run(world, &answer, &request, NULL, &result);
        assert_int_equal(result.verdict->kind, cases[i].verdict);
        assert_string_equal(reason_name(result.verdict->reasons[0].code), cases[i].reason);
        assert_string_equal(result.failure->class, cases[i].class);
        world_assert_replays(world);
        free(data);
    }
}

static void silence_after_text_stalls(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_open(CHUNK("a", "null"));
    struct exchange_request request = world_chat();
    struct exchange_state result;

    request.gap_us = 100000;
    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_STALLED);
    assert_int_equal(result.result->stop, STOP_GAP);
    world_assert_replays(world);
    canned_release(&answer);
}

static void pause_for_an_hour(struct world *world)
{
    world->on_event = NULL;
    raw_server_go(world->server);
    world_await_bytes();
    world->clock_ahead_us += INT64_C(3600) * 1000000;
}

/* An hour passes for us, but what was sent meanwhile lies in the socket: that is no stall. */
static void a_pause_of_ours_is_no_stall(void **state)
{
    struct world *world = *state;
    struct canned answer =
        canned_stream(CHUNK("a", "null") CHUNK("b", "null") CHUNK("", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;

    answer.pause_at = (size_t)(strstr(answer.data, "\"b\"") - answer.data) - 100;
    request.total_us = INT64_C(36000) * 1000000;
    world->on_event = pause_for_an_hour;
    world_run(world, &answer, &request, NULL, &result);
    assert_true(world->clock_ahead_us > 0);
    assert_string_equal(verdict_name(result.verdict->kind), "complete");
    world_assert_replays(world);
    canned_release(&answer);
}

static void a_connection_left_open_behind_the_marker_is_closed(void **state)
{
    struct world *world = *state;
    struct canned answer = canned_open(CHUNK("a", "\"stop\"") DONE);
    struct exchange_request request = world_chat();
    struct exchange_state result;

    world_run(world, &answer, &request, NULL, &result);
    assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
    assert_int_equal(result.result->stop, STOP_LINGER);
    world_assert_replays(world);
    canned_release(&answer);
}

/* Case 32: no reply at all is never asked for again. */
static void nothing_is_sent_twice(void **state)
{
    struct world *world = *state;
    static const enum canned_end ends[] = {CANNED_CLOSE, CANNED_RESET};

    for (size_t i = 0; i < 2; i++) {
        const struct canned answer = {.data = "", .end = ends[i]};
        struct exchange_request request = world_chat();
        struct exchange_state result;

        assert_int_equal(world_run(world, &answer, &request, NULL, &result), 1);
        assert_int_equal(result.verdict->kind, VERDICT_ERRORED);
        assert_int_equal(result.result->status, 0);
        world_assert_replays(world);
    }
}

/* ---- keeping ---- */

static void the_policy_decides_which_bodies_are_kept(void **state)
{
    struct world *world = *state;
    static const struct {
        enum body_policy policy;
        bool synthetic, named, kept;
    } cases[] = {
        {BODIES_NEVER, true, true, false},    {BODIES_PROBES, true, false, true},
        {BODIES_PROBES, false, false, false}, {BODIES_PROBES, false, true, true},
        {BODIES_ALWAYS, false, false, true},
    };
    struct canned answer = canned_stream(CHUNK("Confidential", "\"stop\"") DONE);
    char *path = file_join(world->folder, "named.jsonl");

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct exchange_request request = world_chat();
        struct exchange_state result;
        struct stream_rules rules;
        struct replay replay;
        struct bytes text;

        world->workspace.bodies = cases[i].policy;
        request.synthetic = cases[i].synthetic;
        request.capture_path = cases[i].named ? path : NULL;
        world_run(world, &answer, &request, NULL, &result);
        assert_int_equal(result.verdict->kind, VERDICT_COMPLETE);
        assert_true(file_read(result.capture, SIZE_MAX / 2, &text, NULL, NULL));
        assert_int_equal(strstr(text.data, "Confidential") != NULL, cases[i].kept);
        bytes_release(&text);
        stream_rules_default(&rules);
        assert_true(replay_file(result.capture, OPERATION_CHAT, &rules, NULL, NULL, &replay, NULL));
        assert_int_equal(replay.verdict.kind == VERDICT_COMPLETE, cases[i].kept);
        assert_int_equal(replay.verdict.reasons[0].code == REASON_BODIES_NOT_KEPT, !cases[i].kept);
        replay_release(&replay);
        unlink(path);
    }
    free(path);
    canned_release(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_replay_gives_the_verdict_of_the_live_run),
        WORLD_TEST(an_echoed_key_is_kept_nowhere),
        WORLD_TEST(a_damaged_capture_is_never_complete),
        WORLD_TEST(times_are_recorded),
        WORLD_TEST(partial_content_is_kept_and_marked),
        WORLD_TEST(the_history_has_a_row_of_it),
        WORLD_TEST(the_user_stops_it_once),
        WORLD_TEST(comments_are_no_life),
        WORLD_TEST(an_event_without_end_is_read_to_its_limit),
        WORLD_TEST(a_stream_without_end_is_read_to_its_limit),
        WORLD_TEST(what_is_no_http_is_told_as_that),
        WORLD_TEST(silence_after_text_stalls),
        WORLD_TEST(a_pause_of_ours_is_no_stall),
        WORLD_TEST(a_connection_left_open_behind_the_marker_is_closed),
        WORLD_TEST(nothing_is_sent_twice),
        WORLD_TEST(the_policy_decides_which_bodies_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What has to do with time: the timing view, a capture replayed at its pace and by steps, verdicts
 * that are hidden (issue "Stream").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"

#define CHUNK(text, finish)                                           \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text \
    "\"},\"finish_reason\":" finish "}]}\n\n"
#define DONE "data: [DONE]\n\n"

enum { QUIET_US = 1500 * 1000, MANY = 40000, PAUSE_US = 12 * 1000 * 1000, EVENT_US = 40 * 1000 };

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static struct terminal *start(int rows, int columns, const char *locale)
{
    const struct terminal_options options = {
        .rows = rows, .columns = columns, .arguments = demo, .locale = locale};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void end(struct terminal *terminal)
{
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

/* The ledger is not saved: that is asked about. */
static void leave_ledger(struct terminal *terminal)
{
    terminal_type(terminal, "Q");
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

/* ---- a capture whose times are known ---- */

static struct capture_writer *begin_capture(const char *path)
{
    static char model[] = "m-1";
    const struct request_facts facts = {.model = model, .stream = true, .choices = 1};
    struct http_headers headers = {0};
    struct stream_rules rules;
    const struct capture_header header = {
        .id = "ev-20261121T111723.456Z-7f3a",
        .wall_ms = 1795259843456,
        .operation = OPERATION_CHAT,
        .profile = "demo",
        .method = "POST",
        .url = "http://127.0.0.1/v1/chat/completions",
        .headers = &headers,
        .body = "{}",
        .body_len = 2,
        .body_kept = true,
        .facts = &facts,
        .rules = &rules,
        .simulated = true,
    };
    struct capture_writer *writer;

    stream_rules_default(&rules);
    writer = capture_create(NULL, path, &header, NULL);
    assert_non_null(writer);
    stream_rules_release(&rules);
    return writer;
}

static void put(struct capture_writer *writer, const char *data, int64_t at_us)
{
    assert_true(capture_read(writer, data, strlen(data), at_us, NULL));
}

static void end_capture(struct capture_writer *writer, struct http_result *result, int64_t end_us)
{
    char digest[DIGEST_TEXT];

    result->timings.end_us = result->timings.start_us + end_us;
    assert_true(capture_end(writer, result, digest, NULL));
    http_result_release(result);
}

static struct http_result begin_result(struct capture_writer *writer)
{
    struct http_result result = {
        .status = 200,
        .reason = "OK",
        .version = "1.1",
        .framing = FRAMING_CHUNKED,
        .framed_clean = true,
        .requests_sent = 1,
        .timings = {.start_us = 1000,
                    .resolved_us = 31 * 1000,
                    .connected_us = 81 * 1000,
                    .tls_us = 161 * 1000,
                    .sent_us = 162 * 1000,
                    .first_header_us = 401 * 1000,
                    .headers_us = 401 * 1000,
                    .first_byte_us = 501 * 1000},
    };

    http_headers_add(&result.headers, "Content-Type", "text/event-stream");
    assert_true(capture_head(writer, &result, 400 * 1000, NULL));
    return result;
}

/* Words, a silence of twelve seconds, words, a burst and the end; the caller frees the path. */
static char *make_capture(const struct terminal *terminal)
{
    char *path = file_join(terminal_home(terminal), "talk.jsonl");
    struct capture_writer *writer = begin_capture(path);
    struct http_result result = begin_result(writer);
    int64_t at_us = 500 * 1000;

    for (int i = 0; i < 20; i++, at_us += EVENT_US)
        put(writer, CHUNK("word ", "null"), at_us);
    at_us += PAUSE_US;
    for (int i = 0; i < 40; i++, at_us += EVENT_US)
        put(writer, CHUNK("more ", "null"), at_us);
    put(writer, CHUNK("x", "null") CHUNK("y", "null") CHUNK("", "\"stop\"") DONE, at_us);
    end_capture(writer, &result, at_us + EVENT_US);
    return path;
}

/* More than is judged between two frames. */
static char *make_large_capture(const struct terminal *terminal)
{
    char *path = file_join(terminal_home(terminal), "large.jsonl");
    struct capture_writer *writer = begin_capture(path);
    struct http_result result = begin_result(writer);

    for (int i = 0; i < MANY; i++)
        put(writer, CHUNK("word ", "null"), 500 * 1000 + i);
    put(writer, CHUNK("", "\"stop\"") DONE, 600 * 1000);
    end_capture(writer, &result, 700 * 1000);
    return path;
}

static void open_capture(struct terminal *terminal, char *path)
{
    char *command = xasprintf("open %s", path);

    terminal_command(terminal, command);
    free(command);
    free(path);
}

/* ---- tests ---- */

static const struct look {
    int rows, columns;
    const char *locale;
    const char *name;
} looks[] = {
    {40, 140, NULL, "140x40"},
    {24, 80, NULL, "80x24"},
    {24, 80, "C", "80x24-ascii"},
    {12, 40, NULL, "40x12"},
};
enum { LOOK_COUNT = sizeof(looks) / sizeof(*looks) };

static void expect(struct terminal *terminal, const char *step, const struct look *look)
{
    char *name = xasprintf("time-%s-%s", step, look->name);

    terminal_expect(terminal, name);
    free(name);
}

static void the_timing_view_draws_all_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        struct terminal *terminal = start(looks[i].rows, looks[i].columns, looks[i].locale);

        open_capture(terminal, make_capture(terminal));
        terminal_wait_text(terminal, "COMPLETE");
        terminal_command(terminal, "view timing");
        terminal_type(terminal, "f");
        expect(terminal, "timing", &looks[i]);
        terminal_type(terminal, "G");
        expect(terminal, "timing-end", &looks[i]);
        end(terminal);
    }
}

static void a_replay_by_steps_shows_no_verdict_before_its_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        struct terminal *terminal = start(looks[i].rows, looks[i].columns, looks[i].locale);

        open_capture(terminal, make_capture(terminal));
        terminal_wait_text(terminal, "COMPLETE");
        terminal_type(terminal, "f");
        terminal_command(terminal, "replay step");
        terminal_wait_text(terminal, "REPLAY paused");
        assert_false(terminal_shows(terminal, "COMPLETE"));
        terminal_type(terminal, "..");
        terminal_wait_text(terminal, "word word");
        expect(terminal, "step", &looks[i]);
        for (int event = 2; event < 64; event++) {
            terminal_type(terminal, ".");
            assert_true(terminal_shows(terminal, "REPLAY paused"));
            assert_false(terminal_shows(terminal, "COMPLETE"));
        }
        terminal_type(terminal, ".");
        terminal_wait_text(terminal, "COMPLETE");
        terminal_wait_text(terminal, "The replay is over");
        end(terminal);
    }
}

/* Time passes as it did; a long silence is skipped; Esc shows the whole again. */
static void a_replay_at_its_pace_is_driven_by_keys(void **state)
{
    struct terminal *terminal = start(24, 80, NULL);

    (void)state;
    open_capture(terminal, make_capture(terminal));
    terminal_wait_text(terminal, "COMPLETE");
    terminal_send(terminal, "P", 1);
    terminal_wait_text(terminal, "REPLAY ×1 ");
    terminal_wait_text(terminal, "20 events");
    terminal_wait_text(terminal, "nothing for 1");
    assert_false(terminal_shows(terminal, "COMPLETE"));
    terminal_send(terminal, ">", 1);
    terminal_wait_text(terminal, "21 events");
    terminal_send(terminal, "++", 2);
    terminal_wait_text(terminal, "REPLAY ×5 ");
    terminal_send(terminal, "-", 1);
    terminal_wait_text(terminal, "REPLAY ×2 ");
    terminal_send(terminal, " ", 1);
    terminal_wait_text(terminal, "REPLAY paused");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_send(terminal, ":replay 1000\r", 13);
    terminal_wait_text(terminal, "The replay is over");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_command(terminal, "replay x");
    terminal_wait_text(terminal, "not \"x\"");
    end(terminal);
}

static void a_paused_replay_is_silent(void **state)
{
    struct terminal *terminal = start(24, 80, NULL);
    size_t written;

    (void)state;
    open_capture(terminal, make_capture(terminal));
    terminal_command(terminal, "replay step");
    terminal_wait_text(terminal, "REPLAY paused");
    written = terminal_raw(terminal)->len;
    assert_false(terminal_step(terminal, QUIET_US));
    assert_int_equal(terminal_raw(terminal)->len, written);
    end(terminal);
}

/* It is no new exchange, and what is cited meanwhile is the whole. */
static void a_replay_is_no_exchange(void **state)
{
    struct terminal *terminal = start(40, 140, NULL);

    (void)state;
    terminal_command(terminal, "scenario cut-mid-stream");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "INCOMPLETE");
    terminal_type(terminal, "5");
    terminal_wait_text(terminal, "2 exchanges");
    terminal_type(terminal, "g");
    terminal_command(terminal, "replay step");
    terminal_wait_text(terminal, "REPLAY paused");
    terminal_type(terminal, ".");
    terminal_command(terminal, "ledger new incident");
    terminal_command(terminal, "attach");
    terminal_command(terminal, "write review.md");
    terminal_wait_text(terminal, "REPLAY paused");
    terminal_type(terminal, "5");
    terminal_wait_text(terminal, "2 exchanges");
    terminal_type(terminal, "3\033");
    terminal_wait_text(terminal, "INCOMPLETE");
    end(terminal);
}

static void a_hidden_verdict_is_nowhere_to_be_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < LOOK_COUNT; i++) {
        struct terminal *terminal = start(looks[i].rows, looks[i].columns, looks[i].locale);

        terminal_command(terminal, "verdict hide");
        terminal_command(terminal, "scenario cut-mid-stream");
        terminal_command(terminal, "send");
        terminal_wait_text(terminal, "HIDDEN");
        terminal_type(terminal, "f");
        expect(terminal, "hidden", &looks[i]);
        terminal_command(terminal, "view reasons");
        terminal_wait_text(terminal, ":verdict show");
        terminal_type(terminal, "5");
        terminal_wait_text(terminal, "hidden");
        assert_null(strstr(bytes_text(terminal_raw(terminal)), "INCOMPLETE"));
        assert_null(strstr(bytes_text(terminal_raw(terminal)), "truncated"));
        terminal_command(terminal, "ledger new incident");
        terminal_command(terminal, "attach");
        terminal_wait_text(terminal, "is hidden");
        terminal_command(terminal, "verdict show");
        terminal_type(terminal, "3");
        terminal_wait_text(terminal, "INCOMPLETE");
        terminal_wait_text(terminal, "truncated");
        terminal_wait_gone(terminal, "are hidden");
        leave_ledger(terminal);
    }
}

static void what_was_cancelled_says_what_is_kept(void **state)
{
    struct terminal *terminal = start(24, 80, NULL);

    (void)state;
    terminal_command(terminal, "scenario stall");
    terminal_send(terminal, ":send\r", 6);
    terminal_wait_text(terminal, "19 events");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "cancelled by you after 19 events; what came is kept");
    end(terminal);
}

/* Before the first byte nothing is known but how long that takes. */
static void waiting_is_timed_from_the_start(void **state)
{
    struct terminal *terminal = start(24, 80, NULL);

    (void)state;
    terminal_command(terminal, "scenario silence");
    terminal_send(terminal, ":send\r", 6);
    terminal_wait_text(terminal, "WAITING");
    terminal_send(terminal, ":view timing\r", 13);
    terminal_wait_text(terminal, "nothing came in ");
    assert_false(terminal_shows(terminal, "reached"));
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "cancelled by you before anything came");
    end(terminal);
}

static void a_large_capture_is_judged_between_frames(void **state)
{
    struct terminal *terminal = start(24, 80, NULL);

    (void)state;
    open_capture(terminal, make_large_capture(terminal));
    terminal_wait_text(terminal, "COMPLETE");
    terminal_wait_text(terminal, "40002 events");
    end(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_timing_view_draws_all_events),
        cmocka_unit_test(a_replay_by_steps_shows_no_verdict_before_its_end),
        cmocka_unit_test(a_replay_at_its_pace_is_driven_by_keys),
        cmocka_unit_test(a_paused_replay_is_silent),
        cmocka_unit_test(a_replay_is_no_exchange),
        cmocka_unit_test(a_hidden_verdict_is_nowhere_to_be_seen),
        cmocka_unit_test(what_was_cancelled_says_what_is_kept),
        cmocka_unit_test(waiting_is_timed_from_the_start),
        cmocka_unit_test(a_large_capture_is_judged_between_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

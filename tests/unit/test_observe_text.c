/* A session in words: what is handled, what was kept of a pause, every attempt (RTY, STR, E36). */
#include "tests/unit/observed_client.h"

#include "base/bytes.h"
#include "command/observe_report.h"
#include "ui/observe_text.h"

#include <stdlib.h>
#include <string.h>

/* What was written last. */
static struct bytes text;

static const char *hint(void)
{
    bytes_clear(&text);
    observe_text_hint(session(), &text);
    return bytes_text(&text);
}

static const char *findings(void)
{
    bytes_clear(&text);
    observe_text_findings(session(), &text);
    return bytes_text(&text);
}

static const char *all(void)
{
    bytes_clear(&text);
    observe_text_session(session(), world.policy, &text);
    return bytes_text(&text);
}

static void assert_tells(const char *wanted)
{
    if (!strstr(all(), wanted))
        fail_msg("\"%s\" is not told in:\n%s", wanted, bytes_text(&text));
}

static size_t lines_with(const char *wanted)
{
    size_t count = 0;

    for (const char *at = all(); (at = strstr(at, wanted)); at++)
        count++;
    return count;
}

static int set_up(void **state)
{
    bytes_init(&text, 1024 * 1024);
    return world_set_up(state);
}

static int tear_down(void **state)
{
    bytes_release(&text);
    return world_tear_down(state);
}

static void the_word_for_handled_follows_what_is_known(void **state)
{
    (void)state;
    assert_string_equal(observe_text_handled(NULL), "not yet");
    run("key-rejected");
    begun((struct request){.scene = NULL});
    assert_string_equal(observe_text_handled(session()), "open");
    ended("told", 401);
    engine_says(error("auth", "fix-credentials"));
    assert_string_equal(observe_text_handled(session()), "unknown");
    asks_again(401, 1, 500);
    assert_string_equal(observe_text_handled(session()), "NO");
    run("ready");
    asks(200);
    engine_says(complete);
    exits(0);
    assert_string_equal(observe_text_handled(session()), "yes");
}

static void a_pause_that_was_asked_for_is_kept_or_ignored(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    engine_says(complete);
    assert_string_equal(hint(), "");
    run("rate-limited");
    asks(429);
    engine_says(hinted(2000));
    assert_string_equal(hint(), "2 s");
    asks_again(429, 1, 2100);
    assert_string_equal(hint(), "2 s kept");
    asks_again(429, 1, 300);
    assert_string_equal(hint(), "2 s IGNORED");
}

static void findings_are_counted_behind_the_first(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    engine_says(error("server", "retry-briefly"));
    assert_string_equal(findings(), "");
    asks_again(500, 9, 1);
    assert_true(session()->finding_count > 1);
    findings();
    assert_non_null(strstr(bytes_text(&text), observed_rule_code(session()->findings[0].rule)));
    assert_non_null(strstr(bytes_text(&text), " +"));
}

static void every_attempt_is_told_with_what_repeats(void **state)
{
    (void)state;
    run("cut-mid-stream");
    asks(200);
    asks_again(200, 1, 700);
    wait_ms(100);
    begun((struct request){.body = "fedcba9876543210", .key = true});
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    assert_tells("1. at 0.000 s: POST /v1/chat/completions\n");
    assert_tells("2. at 0.701 s, 0.700 s after the answer before: POST /v1/chat/completions, "
                 "THE SAME AS 1, without an idempotency key\n");
    assert_tells("3. at 0.802 s, 0.100 s after");
    assert_int_equal(lines_with("THE SAME AS"), 1);
    assert_tells("headers: host accept\n");
    assert_tells("came: HTTP 200, 100 bytes, and its end was told after 0.001 s\n");
    assert_tells("unread: 7 of them were not taken");
    assert_tells("came: 0 bytes, the answer goes on\n");
    assert_tells("expected: verdict truncated, class truncated, action retry-briefly; one retry: ");
    assert_tells("note: regenerated: ");
}

static void what_is_a_fault_says_what_to_do(void **state)
{
    (void)state;
    run("key-rejected");
    asks(401);
    asks_again(401, 1, 10);
    assert_tells("expected: not known yet");
    engine_says(error("auth", "fix-credentials"));
    exits(1);
    assert_tells("key-rejected: handled NO; 2 attempts, gaps 0.01 s; HTTP 401, end sent; exit 1\n");
    assert_tells("fault: retried-never: ");
    assert_tells("\ndo: Take this class out of what is retried");
    assert_tells("no retry: ");
}

static void attempts_that_are_not_kept_are_counted(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    asks_again(200, OBSERVATION_ATTEMPTS_MAX + 2, 1);
    begun((struct request){.besides = true});
    assert_tells("3 more attempts were counted, not kept.");
    assert_tells("1 requests were about something else, the last: POST /v1/chat/completions");
}

/* A client names nothing that could pass for a line of ours. */
static void what_a_client_names_stays_on_its_line(void **state)
{
    (void)state;
    run("ready");
    begun((struct request){.values = "\"user-agent\":\"x\\nfault: made-up\\u001b[31m\""});
    ended("told", 200);
    assert_tells("fault: made-up");
    assert_null(strchr(bytes_text(&text), '\033'));
    assert_null(strstr(bytes_text(&text), "\nfault: made-up"));
}

static void a_scenario_that_waits_tells_where_to_point(void **state)
{
    (void)state;
    observe_text_scenario("cut-mid-stream", "http://127.0.0.1:1/sim/as/cut-mid-stream/v1", &text);
    assert_non_null(strstr(bytes_text(&text), "cut-mid-stream: nobody asked yet\nshows: "));
    assert_non_null(
        strstr(bytes_text(&text), "OPENAI_BASE_URL=http://127.0.0.1:1/sim/as/cut-mid-stream/v1\n"));
    assert_non_null(strstr(bytes_text(&text), "model: sim/cut-mid-stream"));
    bytes_clear(&text);
    observe_text_scenario("catalog-stall", NULL, &text);
    assert_null(strstr(bytes_text(&text), "OPENAI_BASE_URL"));
}

static void gaps_are_told_to_the_millisecond(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    assert_false(observe_gaps(session(), &text));
    world.at_us += 435499;
    asks(500);
    world.at_us += 200;
    asks(500);
    assert_true(observe_gaps(session(), &text));
    assert_string_equal(bytes_text(&text), "0.435 0 s");
}

#define TEXT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEXT_TEST(the_word_for_handled_follows_what_is_known),
        TEXT_TEST(a_pause_that_was_asked_for_is_kept_or_ignored),
        TEXT_TEST(findings_are_counted_behind_the_first),
        TEXT_TEST(every_attempt_is_told_with_what_repeats),
        TEXT_TEST(what_is_a_fault_says_what_to_do),
        TEXT_TEST(attempts_that_are_not_kept_are_counted),
        TEXT_TEST(what_a_client_names_stays_on_its_line),
        TEXT_TEST(a_scenario_that_waits_tells_where_to_point),
        TEXT_TEST(gaps_are_told_to_the_millisecond),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

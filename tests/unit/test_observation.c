/* What is said of the end of a session (STR D57 D58, E36). */
#include "tests/unit/observed_client.h"

#include <stdio.h>
#include <string.h>

/* ---- whole and broken answers ---- */

static void a_whole_answer_that_is_taken_is_handled(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    engine_says(complete);
    exits(0);
    assert_handled(IS_YES);
    assert_int_equal(session()->finding_count, 0);
}

static void a_whole_answer_that_is_refused_is_not_handled(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    engine_says(complete);
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_REFUSED_ANSWER));
}

static void a_cut_stream_that_is_taken_is_not_handled(void **state)
{
    (void)state;
    run("cut-mid-stream");
    asks(200);
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(0);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOOK_CUT));
}

/* A web page was not cut, and is no answer either. */
static void a_page_that_is_taken_is_no_cut_answer(void **state)
{
    (void)state;
    run("html");
    asks(200);
    engine_says(partial(VERDICT_MALFORMED, "not-api", "fix-config"));
    exits(0);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOOK_BROKEN));
    assert_false(found(RULE_TOOK_CUT));
    run("html");
    asks(200);
    engine_says(partial(VERDICT_MALFORMED, "not-api", "fix-config"));
    exits(1);
    assert_false(found(RULE_TOOK_BROKEN));
}

static void a_cut_stream_that_is_told_is_handled(void **state)
{
    (void)state;
    run("cut-mid-stream");
    asks(200);
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(1);
    assert_handled(IS_YES);
    assert_false(found(RULE_TOOK_CUT));
    assert_false(found(RULE_NOT_AGAIN)); /* not without being asked to (D59) */
}

static void an_unproven_answer_that_is_taken_leaves_a_doubt(void **state)
{
    (void)state;
    run("no-done");
    asks(200);
    engine_says(partial(VERDICT_UNPROVEN, "unproven", "investigate"));
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_TOOK_UNPROVEN));
}

static void a_limited_answer_that_is_taken_is_noted(void **state)
{
    (void)state;
    run("length");
    asks(200);
    engine_says(partial(VERDICT_LIMITED, "limited", "fix-request"));
    exits(0);
    assert_handled(IS_YES);
    assert_true(found(RULE_TOOK_LIMITED));
}

static void an_error_that_is_taken_is_not_handled(void **state)
{
    (void)state;
    run("error-200");
    asks(200);
    engine_says(error("provider", "escalate"));
    exits(0);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOOK_ERROR));
}

static void without_a_command_nobody_knows_how_it_ended(void **state)
{
    (void)state;
    world.scenario = "ready";
    asks(200);
    engine_says(complete);
    assert_handled(IS_UNKNOWN);
    observation_close(world.observation, world.at_us);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_END_UNKNOWN));
}

static void a_fault_needs_no_command_to_be_seen(void **state)
{
    (void)state;
    world.scenario = "messages-required";
    asks(500);
    asks_again(500, 1, 600);
    engine_says(error("request", "fix-request"));
    assert_handled(IS_NO);
}

/* ---- leaving ---- */

static void leaving_early_is_noted(void **state)
{
    (void)state;
    run("slow");
    begun((struct request){.scene = NULL});
    wait_ms(100);
    ended("left", 200);
    engine_says(complete);
    exits(0);
    assert_true(found(RULE_EARLY_CLOSE));
    assert_handled(IS_YES);
}

static void leaving_a_silence_is_no_early_close(void **state)
{
    (void)state;
    run("stall");
    begun((struct request){.scene = NULL});
    wait_ms(5000);
    ended("stalled", 200);
    engine_says(partial(VERDICT_STALLED, "stalled", "fall-back"));
    exits(1);
    assert_false(found(RULE_EARLY_CLOSE));
    assert_handled(IS_YES);
}

static void waiting_until_it_is_stopped_is_no_time_limit(void **state)
{
    (void)state;
    run("stall");
    begun((struct request){.scene = NULL});
    wait_ms(5000);
    ended("stalled", 200);
    engine_says(partial(VERDICT_STALLED, "stalled", "fall-back"));
    observation_end(world.observation, OBSERVED_STOPPED, -15, 5 * SECOND);
    assert_handled(IS_NO);
    assert_true(found(RULE_NO_TIME_LIMIT));
}

static void being_stopped_between_attempts_leaves_a_doubt(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    engine_says(hinted(30000));
    wait_ms(5000);
    observation_end(world.observation, OBSERVED_STOPPED, -15, 5 * SECOND);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_NOT_ENDED));
    assert_false(found(RULE_GAVE_UP));
}

static void a_connection_that_is_kept_is_noted(void **state)
{
    (void)state;
    run("cut-mid-stream");
    asks(200);
    take("{\"record\":\"gone\",\"at_us\":9000000,\"id\":1,\"kept_us\":1900000}");
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(1);
    assert_true(found(RULE_KEPT_OPEN));
    run("cut-mid-stream");
    asks(200);
    take("{\"record\":\"gone\",\"at_us\":9000000,\"id\":2,\"kept_us\":900}");
    assert_false(found(RULE_KEPT_OPEN));
}

/* ---- not reaching it ---- */

static void sending_nothing_is_no_pass(void **state)
{
    (void)state;
    run("ready");
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_NOTHING_SENT));
}

/* Where to point it is no advice for what crashed, or slept. */
static void what_fails_before_it_sends_is_told_so(void **state)
{
    (void)state;
    run("ready");
    exits(-11);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_FAILED_FIRST));
    assert_false(found(RULE_NOTHING_SENT));
    assert_string_equal(session()->findings[0].seen, "It was ended by signal 11.");
    run("ready");
    observation_end(world.observation, OBSERVED_STOPPED, -15, 5 * SECOND);
    assert_true(found(RULE_FAILED_FIRST));
    assert_string_equal(session()->findings[0].seen, "It was stopped after 5.0 s.");
}

/* It was run by us; to run it is no advice. */
static void what_was_interrupted_is_told_so(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    engine_says(complete);
    observation_end(world.observation, OBSERVED_INTERRUPTED, -15, 5 * SECOND);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_INTERRUPTED));
    assert_false(found(RULE_END_UNKNOWN));
    run("ready");
    observation_end(world.observation, OBSERVED_INTERRUPTED, -15, 5 * SECOND);
    assert_true(found(RULE_INTERRUPTED));
    assert_false(found(RULE_NOTHING_SENT));
}

/* Whoever ends it takes the time in which the client would have come back. */
static void a_pause_that_is_interrupted_is_not_held_against_it(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    engine_says(hinted(7000));
    wait_ms(1000);
    observation_end(world.observation, OBSERVED_INTERRUPTED, -15, 90 * SECOND);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_INTERRUPTED));
    assert_false(found(RULE_GAVE_UP));
}

static void watching_that_ends_inside_a_pause_leaves_a_doubt(void **state)
{
    (void)state;
    world.scenario = "rate-limited-seconds";
    asks(429);
    engine_says(hinted(7000));
    wait_ms(6000);
    observation_close(world.observation, world.at_us);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_NOT_ENDED));
    assert_false(found(RULE_GAVE_UP));
}

static void watching_past_the_pause_sees_it_give_up(void **state)
{
    (void)state;
    world.scenario = "rate-limited-seconds";
    asks(429);
    engine_says(hinted(7000));
    wait_ms(8000);
    observation_close(world.observation, world.at_us);
    assert_handled(IS_NO);
    assert_true(found(RULE_GAVE_UP));
}

/* Without a hint a pause may be as long as the policy lets one be. */
static void a_pause_nobody_asked_for_may_be_running_too(void **state)
{
    (void)state;
    world.scenario = "overloaded";
    asks(503);
    engine_says(error("overloaded", "back-off"));
    wait_ms(1000);
    observation_close(world.observation, world.at_us);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_NOT_ENDED));
}

static void a_run_that_goes_on_at_the_end_was_interrupted(void **state)
{
    (void)state;
    run("rate-limited");
    asks(429);
    engine_says(error("rate-limit", "back-off"));
    assert_false(observation_interrupted(world.observation));
    observation_close(world.observation, world.at_us);
    assert_int_equal(session()->exit, OBSERVED_INTERRUPTED);
    assert_handled(IS_UNKNOWN);
    assert_true(observation_interrupted(world.observation));
}

static void what_was_planned_and_not_begun_is_named(void **state)
{
    (void)state;
    observation_plan(world.observation, "ready");
    observation_plan(world.observation, "stall");
    observation_plan(world.observation, "stall");
    observation_plan(world.observation, "silence");
    run("ready");
    asks(200);
    engine_says(complete);
    exits(0);
    assert_true(observation_interrupted(world.observation));
    assert_string_equal(observation_not_run(world.observation, 0), "stall");
    assert_string_equal(observation_not_run(world.observation, 1), "silence");
    assert_null(observation_not_run(world.observation, 2));
    run("stall");
    exits(1);
    run("silence");
    exits(1);
    assert_false(observation_interrupted(world.observation));
}

/* ---- crashing ---- */

static void a_crash_is_no_handling(void **state)
{
    static const int statuses[] = {-11, -9, 139, 134};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        run("cut-mid-stream");
        asks(200);
        engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
        exits(statuses[i]);
        assert_handled(IS_UNKNOWN);
        assert_true(found(RULE_CRASHED));
        run("ready");
        asks(200);
        engine_says(complete);
        exits(statuses[i]);
        assert_handled(IS_UNKNOWN);
        assert_false(found(RULE_REFUSED_ANSWER));
    }
}

static void what_is_killed_in_a_pause_did_not_give_up(void **state)
{
    (void)state;
    run("rate-limited");
    asks(429);
    engine_says(hinted(3000));
    exits(-9);
    assert_handled(IS_UNKNOWN);
    assert_false(found(RULE_GAVE_UP));
}

static void statuses_that_tell_no_signal_are_failures(void **state)
{
    static const int statuses[] = {1, 124, 128, 160, 255};

    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        run("cut-mid-stream");
        asks(200);
        engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
        exits(statuses[i]);
        assert_handled(IS_YES);
    }
}

static void what_goes_elsewhere_is_named(void **state)
{
    (void)state;
    run("ready");
    begun((struct request){.scene = "invalid-url", .besides = true});
    exits(1);
    assert_handled(IS_UNKNOWN);
    assert_false(found(RULE_NOTHING_SENT)); /* it did find the way */
    assert_true(found(RULE_OTHER_SCENE));
    assert_string_equal(session()->findings[0].seen,
                        "1 request went elsewhere, the last POST /v1/chat/completions.");
}

static void a_request_that_is_no_http_did_not_go_elsewhere(void **state)
{
    (void)state;
    run("ready");
    begun((struct request){.scene = "bad-request", .besides = true});
    exits(1);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_OTHER_SCENE));
    assert_string_equal(session()->findings[0].seen,
                        "1 request was no proper HTTP, the last POST /v1/chat/completions.");
}

/* Where a redirect leads to is no scenario of its own. */
static void what_follows_a_redirect_belongs_to_the_run(void **state)
{
    (void)state;
    run("redirected");
    asks(307);
    engine_says(error("redirect", "fix-config"));
    world.scenario = "documentation";
    begun((struct request){.scene = "documentation", .besides = true});
    ended("told", 200);
    exits(0);
    assert_int_equal(observation_count(world.observation), 1);
    assert_int_equal(session()->besides, 1);
    assert_int_equal(session()->count, 1);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOOK_ERROR));
}

static void another_scene_than_the_scenario_is_no_pass(void **state)
{
    (void)state;
    run("cut-mid-stream");
    begun((struct request){.scene = "key-rejected"});
    ended("told", 401);
    engine_says(error("auth", "fix-credentials"));
    exits(1);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_OTHER_SCENE));
}

static void what_our_engine_cannot_say_is_no_pass(void **state)
{
    struct reference_kind kind;

    (void)state;
    run("ready");
    asks(200);
    assert_true(observation_wanted(world.observation, &kind));
    assert_string_equal(kind.scene, "ready");
    exits(0);
    assert_handled(IS_UNKNOWN); /* not yet known */
    observation_refer(world.observation, &kind, NULL);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_NOT_JUDGED));
    assert_false(observation_wanted(world.observation, &kind));
}

static void an_open_request_is_no_pass(void **state)
{
    (void)state;
    run("ready");
    begun((struct request){.scene = NULL});
    engine_says(complete);
    assert_false(observation_is_quiet(world.observation));
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_UNFINISHED));
}

static void lost_records_are_no_pass(void **state)
{
    (void)state;
    run("ready");
    take("{\"record\":\"lost\",\"count\":3}");
    asks(200);
    engine_says(complete);
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_RECORDS_LOST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_answer_that_is_taken_is_handled),
        TEST(a_whole_answer_that_is_refused_is_not_handled),
        TEST(a_cut_stream_that_is_taken_is_not_handled),
        TEST(a_page_that_is_taken_is_no_cut_answer),
        TEST(a_cut_stream_that_is_told_is_handled),
        TEST(an_unproven_answer_that_is_taken_leaves_a_doubt),
        TEST(a_limited_answer_that_is_taken_is_noted),
        TEST(an_error_that_is_taken_is_not_handled),
        TEST(without_a_command_nobody_knows_how_it_ended),
        TEST(a_fault_needs_no_command_to_be_seen),
        TEST(leaving_early_is_noted),
        TEST(leaving_a_silence_is_no_early_close),
        TEST(waiting_until_it_is_stopped_is_no_time_limit),
        TEST(being_stopped_between_attempts_leaves_a_doubt),
        TEST(a_connection_that_is_kept_is_noted),
        TEST(sending_nothing_is_no_pass),
        TEST(what_fails_before_it_sends_is_told_so),
        TEST(what_was_interrupted_is_told_so),
        TEST(a_pause_that_is_interrupted_is_not_held_against_it),
        TEST(watching_that_ends_inside_a_pause_leaves_a_doubt),
        TEST(watching_past_the_pause_sees_it_give_up),
        TEST(a_pause_nobody_asked_for_may_be_running_too),
        TEST(a_run_that_goes_on_at_the_end_was_interrupted),
        TEST(what_was_planned_and_not_begun_is_named),
        TEST(a_crash_is_no_handling),
        TEST(what_is_killed_in_a_pause_did_not_give_up),
        TEST(statuses_that_tell_no_signal_are_failures),
        TEST(what_goes_elsewhere_is_named),
        TEST(a_request_that_is_no_http_did_not_go_elsewhere),
        TEST(what_follows_a_redirect_belongs_to_the_run),
        TEST(another_scene_than_the_scenario_is_no_pass),
        TEST(what_our_engine_cannot_say_is_no_pass),
        TEST(an_open_request_is_no_pass),
        TEST(lost_records_are_no_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

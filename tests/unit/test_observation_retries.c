/* What is said of attempts and pauses: each rule where it holds and where it does not (RTY B41–B45
 * D40–D53). */
#include "tests/unit/observed_client.h"

#include <string.h>

/* ---- retries ---- */

static void a_class_that_is_never_retried_may_be_asked_once(void **state)
{
    (void)state;
    run("messages-required");
    asks(500);
    engine_says(error("request", "fix-request"));
    exits(1);
    assert_handled(IS_YES);
    assert_int_equal(session()->finding_count, 0);
}

static void a_class_that_is_never_retried_is_held_against_who_does(void **state)
{
    (void)state;
    run("messages-required");
    asks(500);
    asks_again(500, 2, 700);
    engine_says(error("request", "fix-request"));
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_RETRIED_NEVER));
    assert_non_null(strstr(session()->findings[0].seen, "3 attempts"));
}

static void as_many_attempts_as_the_policy_allows_are_handled(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    asks_again(500, 2, 400);
    engine_says(error("server", "retry-briefly"));
    exits(1);
    assert_handled(IS_YES);
}

static void one_attempt_more_is_too_many(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    asks_again(500, 3, 400);
    engine_says(error("server", "retry-briefly"));
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOO_MANY));
}

static void a_class_of_one_more_attempt_allows_one(void **state)
{
    (void)state;
    run("no-reply-reset");
    begun((struct request){.key = true});
    ended("reset", 0);
    wait_ms(300);
    begun((struct request){.key = true});
    ended("reset", 0);
    engine_says(error("reset", "retry-briefly"));
    exits(1);
    assert_handled(IS_YES);
    assert_int_equal(session()->finding_count, 0);
    run("no-reply-reset");
    for (int i = 0; i < 3; i++) {
        wait_ms(300);
        begun((struct request){.key = true});
        ended("reset", 0);
    }
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_TOO_MANY));
}

static void an_attempt_behind_the_deadline_is_too_late(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    asks_again(500, 1, 61000);
    engine_says(error("server", "retry-briefly"));
    exits(1);
    assert_true(found(RULE_PAST_DEADLINE));
    assert_handled(IS_NO);
}

/* Waits of half a minute, twice, are a minute and what the requests took. */
static void an_attempt_at_the_deadline_is_not_held_against_it(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    asks_again(429, 2, 30000);
    engine_says(hinted(30000));
    exits(1);
    assert_false(found(RULE_PAST_DEADLINE));
    assert_handled(IS_YES);
}

static void one_attempt_where_more_are_worth_it_is_giving_up(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    engine_says(error("server", "retry-briefly"));
    assert_false(found(RULE_GAVE_UP)); /* it may still come */
    exits(1);
    assert_true(found(RULE_GAVE_UP));
    assert_handled(IS_NO);
}

static void giving_up_is_right_where_the_hint_is_beyond_the_deadline(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    engine_says(hinted(3600000));
    exits(1);
    assert_handled(IS_YES);
}

static void not_using_the_one_more_attempt_is_noted(void **state)
{
    (void)state;
    run("no-reply-reset");
    begun((struct request){.scene = NULL});
    ended("reset", 0);
    engine_says(error("reset", "retry-briefly"));
    exits(1);
    assert_handled(IS_YES);
    assert_true(found(RULE_NOT_AGAIN));
}

static void a_changed_body_after_a_failure_leaves_a_doubt(void **state)
{
    (void)state;
    run("messages-required");
    asks(500);
    wait_ms(500);
    begun((struct request){.body = "fedcba9876543210"});
    ended("told", 500);
    engine_says(error("request", "fix-request"));
    exits(1);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_OTHER_BODY));
}

static void a_changed_body_that_calls_itself_a_retry_is_one(void **state)
{
    (void)state;
    run("messages-required");
    asks(500);
    wait_ms(500);
    begun((struct request){.body = "fedcba9876543210",
                           .values = "\"x-stainless-retry-count\":\"1\""});
    ended("told", 500);
    engine_says(error("request", "fix-request"));
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_RETRIED_NEVER));
    assert_false(found(RULE_OTHER_BODY));
}

static void the_same_body_after_a_whole_answer_is_another_call(void **state)
{
    (void)state;
    run("ready");
    asks(200);
    asks_again(200, 3, 5);
    engine_says(complete);
    exits(0);
    assert_handled(IS_YES);
    assert_true(found(RULE_REPEATED));
    assert_false(found(RULE_DUPLICATE_POST));
}

static void another_attempt_after_a_part_is_marked(void **state)
{
    (void)state;
    run("cut-mid-stream");
    asks(200);
    asks_again(200, 1, 400);
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(1);
    assert_handled(IS_YES);
    assert_true(found(RULE_REGENERATED));
    assert_true(found(RULE_DUPLICATE_POST));
}

/* ---- pauses ---- */

static void a_hint_that_is_kept_is_handled(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    asks_again(429, 1, 7000);
    engine_says(hinted(7000));
    exits(1);
    assert_handled(IS_YES);
}

static void a_hint_that_is_not_kept_is_held_against_it(void **state)
{
    (void)state;
    run("rate-limited-seconds");
    asks(429);
    asks_again(429, 1, 6900);
    engine_says(hinted(7000));
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_HINT_IGNORED));
}

static void one_short_pause_may_be_jitter(void **state)
{
    (void)state;
    run("rate-limited");
    asks(429);
    asks_again(429, 1, 20);
    engine_says(error("rate-limit", "back-off"));
    exits(1);
    assert_handled(IS_YES);
}

static void no_pause_at_all_is_none(void **state)
{
    (void)state;
    run("rate-limited");
    asks(429);
    asks_again(429, 1, 1);
    engine_says(error("rate-limit", "back-off"));
    exits(1);
    assert_handled(IS_NO);
    assert_true(found(RULE_NO_BACKOFF));
}

static void two_short_pauses_are_no_jitter(void **state)
{
    (void)state;
    run("rate-limited");
    asks(429);
    asks_again(429, 2, 40);
    engine_says(error("rate-limit", "back-off"));
    exits(1);
    assert_true(found(RULE_NO_BACKOFF));
    run("rate-limited");
    asks(429);
    asks_again(429, 2, 60);
    exits(1);
    assert_false(found(RULE_NO_BACKOFF));
}

/* ---- the same twice ---- */

static void a_post_again_after_a_reset_is_noted_as_duplicate(void **state)
{
    (void)state;
    run("reset-mid-stream");
    begun((struct request){.scene = NULL});
    ended("reset", 200);
    wait_ms(300);
    begun((struct request){.scene = NULL});
    ended("reset", 200);
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(1);
    assert_true(found(RULE_DUPLICATE_POST));
    assert_handled(IS_YES);
}

static void an_idempotency_key_makes_it_none(void **state)
{
    (void)state;
    run("reset-mid-stream");
    for (int i = 0; i < 2; i++) {
        wait_ms(300);
        begun((struct request){.key = true});
        ended("reset", 200);
    }
    engine_says(partial(VERDICT_TRUNCATED, "truncated", "retry-briefly"));
    exits(1);
    assert_false(found(RULE_DUPLICATE_POST));
}

static void an_error_that_was_told_makes_it_none(void **state)
{
    (void)state;
    run("server-error");
    asks(500);
    asks_again(500, 1, 400);
    engine_says(error("server", "retry-briefly"));
    exits(1);
    assert_false(found(RULE_DUPLICATE_POST));
}

static void a_gateway_that_gave_up_may_have_done_the_work(void **state)
{
    (void)state;
    run("edge-timeout");
    asks(524);
    asks_again(524, 1, 400);
    engine_says(error("edge-timeout", "fall-back"));
    exits(1);
    assert_true(found(RULE_DUPLICATE_POST));
}

/* A workspace may say the action of a class anew: what was seen stays what it was. */
static void the_action_of_a_class_decides_nothing(void **state)
{
    (void)state;
    run("edge-timeout");
    asks(524);
    asks_again(524, 1, 400);
    engine_says(error("edge-timeout", "escalate"));
    exits(1);
    assert_true(found(RULE_DUPLICATE_POST));
    run("server-error");
    asks(500);
    asks_again(500, 1, 400);
    engine_says(error("server", "fall-back"));
    exits(1);
    assert_false(found(RULE_DUPLICATE_POST));
}

static void asking_while_the_first_is_open_is_noted_as_duplicate(void **state)
{
    (void)state;
    run("silence");
    begun((struct request){.scene = NULL});
    wait_ms(2000);
    begun((struct request){.scene = NULL});
    ended("left", 0);
    engine_says(error("timeout", "fall-back"));
    exits(1);
    assert_true(found(RULE_DUPLICATE_POST));
}

/* The second attempt begins, and so much later it is seen that the first one has ended. */
static bool is_duplicate_when_the_end_is_seen(int64_t late_ms)
{
    run("server-error");
    begun((struct request){.scene = NULL});
    wait_ms(300);
    begun((struct request){.scene = NULL});
    world.id--;
    wait_ms(late_ms - 1);
    ended("told", 500);
    world.id++;
    ended("told", 500);
    engine_says(error("server", "retry-briefly"));
    exits(1);
    return found(RULE_DUPLICATE_POST);
}

static void an_end_and_the_next_request_may_pass_each_other(void **state)
{
    (void)state;
    assert_false(is_duplicate_when_the_end_is_seen(100));
    assert_true(is_duplicate_when_the_end_is_seen(101));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_class_that_is_never_retried_may_be_asked_once),
        TEST(a_class_that_is_never_retried_is_held_against_who_does),
        TEST(as_many_attempts_as_the_policy_allows_are_handled),
        TEST(one_attempt_more_is_too_many),
        TEST(a_class_of_one_more_attempt_allows_one),
        TEST(an_attempt_behind_the_deadline_is_too_late),
        TEST(an_attempt_at_the_deadline_is_not_held_against_it),
        TEST(one_attempt_where_more_are_worth_it_is_giving_up),
        TEST(giving_up_is_right_where_the_hint_is_beyond_the_deadline),
        TEST(not_using_the_one_more_attempt_is_noted),
        TEST(a_changed_body_after_a_failure_leaves_a_doubt),
        TEST(a_changed_body_that_calls_itself_a_retry_is_one),
        TEST(the_same_body_after_a_whole_answer_is_another_call),
        TEST(another_attempt_after_a_part_is_marked),
        TEST(a_hint_that_is_kept_is_handled),
        TEST(a_hint_that_is_not_kept_is_held_against_it),
        TEST(one_short_pause_may_be_jitter),
        TEST(no_pause_at_all_is_none),
        TEST(two_short_pauses_are_no_jitter),
        TEST(a_post_again_after_a_reset_is_noted_as_duplicate),
        TEST(an_idempotency_key_makes_it_none),
        TEST(an_error_that_was_told_makes_it_none),
        TEST(a_gateway_that_gave_up_may_have_done_the_work),
        TEST(the_action_of_a_class_decides_nothing),
        TEST(asking_while_the_first_is_open_is_noted_as_duplicate),
        TEST(an_end_and_the_next_request_may_pass_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

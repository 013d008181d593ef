/* How sessions are told apart, and the record (STR D57 D58, E36). */
#include "tests/unit/observed_client.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/redact.h"

#include <stdio.h>
#include <string.h>

/* ---- sessions ---- */

static void a_long_quiet_time_begins_another_session(void **state)
{
    (void)state;
    world.scenario = "messages-required";
    asks(500);
    wait_ms(119000);
    asks(500);
    assert_int_equal(observation_count(world.observation), 1);
    wait_ms(121000);
    asks(500);
    assert_int_equal(observation_count(world.observation), 2);
    assert_true(observation_session(world.observation, 0)->ended);
    assert_int_equal(session()->count, 1);
}

static void scenarios_at_a_time_are_told_apart(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        world.scenario = "ready";
        asks(200);
        world.scenario = "server-error";
        asks(500);
    }
    assert_int_equal(observation_count(world.observation), 2);
    assert_int_equal(session()->count, 3);
}

static void what_a_client_can_grow_is_bounded(void **state)
{
    (void)state;
    run("server-error");
    for (int i = 0; i < 1000; i++) {
        wait_ms(1);
        asks(500);
    }
    assert_int_equal(session()->count, OBSERVATION_ATTEMPTS_MAX);
    assert_int_equal(session()->beyond, 1000 - OBSERVATION_ATTEMPTS_MAX);
    for (int i = 0; i < 2 * OBSERVATION_SESSIONS_MAX; i++) {
        char name[32];

        snprintf(name, sizeof(name), "s%d", i);
        world.scenario = name;
        begun((struct request){.scene = NULL});
    }
    assert_int_equal(observation_count(world.observation), OBSERVATION_SESSIONS_MAX);
}

/* Each attempt is another request, so no rule on retries finds anything. */
static void attempts_that_were_not_kept_leave_a_doubt(void **state)
{
    (void)state;
    run("ready");
    for (int i = 0; i < OBSERVATION_ATTEMPTS_MAX + 16; i++) {
        char body[16];

        snprintf(body, sizeof(body), "b%d", i);
        begun((struct request){.body = body});
        ended("told", 200);
    }
    engine_says(complete);
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_true(found(RULE_RECORDS_LOST));
    assert_string_equal(session()->findings[0].seen,
                        "16 attempts behind the first 64 were counted, not looked at.");
}

/* The last that was kept is not the last there was. */
static void the_end_is_not_held_against_an_attempt_in_the_middle(void **state)
{
    (void)state;
    run("server-error");
    for (int i = 0; i < OBSERVATION_ATTEMPTS_MAX + 1; i++) {
        char body[16];

        snprintf(body, sizeof(body), "b%d", i);
        begun((struct request){.body = body});
        ended("told", 500);
    }
    engine_says(error("server", "retry-briefly"));
    exits(0);
    assert_handled(IS_UNKNOWN);
    assert_false(found(RULE_TOOK_ERROR));
    assert_false(found(RULE_GAVE_UP));
}

static void lines_that_are_no_records_are_harmless(void **state)
{
    static const char *const lines[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"record\":1}",
        "{\"record\":\"begun\"}",
        "{\"record\":\"ended\",\"id\":-1}",
        "{\"record\":\"gone\",\"id\":\"x\"}",
        "{\"record\":\"begun\",\"scenario\":\"\\u0000\"}",
        "\xff\xfe",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        take(lines[i]);
    observation_close(world.observation, world.at_us);
    assert_handled(IS_UNKNOWN);
}

/* ---- the record ---- */

static void a_record_is_sound_until_it_is_changed(void **state)
{
    struct observation_about about = {.policy = "p", .program = "v", .command = "app"};
    struct redactor *redactor = redactor_new();
    struct json *record;
    struct bytes text;

    (void)state;
    run("ready");
    begun((struct request){.values = "\"user-agent\":\"sk-secretsecretsecretsecret1234\""});
    ended("told", 200);
    engine_says(complete);
    exits(0);
    observation_name(&about, 0xbeef);
    record = observation_json(world.observation, world.policy, &about, redactor);
    assert_true(observation_sound(record));
    bytes_init(&text, SIZE_MAX);
    json_write(record, true, &text);
    assert_null(strstr(bytes_text(&text), "sk-secret"));
    assert_non_null(strstr(bytes_text(&text), "\"handled\": \"yes\""));
    assert_non_null(strstr(bytes_text(&text), "\"interrupted\": false"));
    bytes_release(&text);
    json_set_string(json_item(json_member(record, "sessions"), 0), "handled", "no");
    assert_false(observation_sound(record));
    json_free(record);
    redactor_free(redactor);
}

static void codes_are_told_apart_and_explained(void **state)
{
    (void)state;
    for (int i = 0; i < RULE_COUNT; i++) {
        assert_true(strlen(observed_rule_meaning((enum observed_rule)i)) > 10);
        assert_true(strlen(observed_rule_advice((enum observed_rule)i)) > 10);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(observed_rule_code((enum observed_rule)i),
                                    observed_rule_code((enum observed_rule)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_long_quiet_time_begins_another_session),
        TEST(scenarios_at_a_time_are_told_apart),
        TEST(what_a_client_can_grow_is_bounded),
        TEST(attempts_that_were_not_kept_leave_a_doubt),
        TEST(the_end_is_not_held_against_an_attempt_in_the_middle),
        TEST(lines_that_are_no_records_are_harmless),
        TEST(a_record_is_sound_until_it_is_changed),
        TEST(codes_are_told_apart_and_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

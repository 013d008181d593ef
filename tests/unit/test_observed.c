/* What is on record answers whether the integration handles a scenario (E36 E37). */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/json.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "probe/observation_record.h"
#include "probe/observed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define TODAY_MS (INT64_C(20000) * 24 * 3600 * 1000)

static char *folder;
static struct observed *observed;

static int set_up(void **state)
{
    char name[] = "/tmp/cometdeck-observed.XXXXXX";

    (void)state;
    folder = xstrdup(mkdtemp(name));
    return 0;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf '%s'", folder);

    (void)state;
    observed_free(observed);
    observed = NULL;
    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
    return 0;
}

/* A record of `scenario`; `status` is what the application ended with. */
static char *keep_of(const char *command, const char *scenario, int status, int64_t began_ms)
{
    struct observation_about about = {
        .command = command, .began_ms = began_ms, .ended_ms = began_ms, .policy = "p1"};
    struct retry_policy *policy = retry_policy_open(NULL, NULL);
    struct observation *observation = observation_new(policy);
    struct redactor *redactor = redactor_new();
    const struct reference whole = {.failure = {.class = "none", .action = "none"},
                                    .verdict = VERDICT_COMPLETE};
    struct reference_kind kind;
    struct json *record;
    char *line, *path;

    observation_begin(observation, scenario, 1);
    line = xasprintf("{\"record\":\"begun\",\"at_us\":2,\"id\":1,\"scenario\":\"%s\",\"scene\":"
                     "\"%s\",\"operation\":\"chat\",\"method\":\"POST\"}",
                     scenario, scenario);
    observation_take(observation, line, strlen(line));
    free(line);
    line = xstrdup("{\"record\":\"ended\",\"at_us\":3,\"id\":1,\"how\":\"told\",\"status\":200}");
    observation_take(observation, line, strlen(line));
    free(line);
    assert_true(observation_wanted(observation, &kind));
    observation_refer(observation, &kind, &whole);
    observation_end(observation, status == 0 ? OBSERVED_ANSWER : OBSERVED_FAILURE, status, 9);
    observation_name(&about, 1);
    record = observation_json(observation, policy, &about, redactor);
    assert_true(observation_save(record, folder, about.id, &path, NULL));
    json_free(record);
    redactor_free(redactor);
    observation_free(observation);
    retry_policy_free(policy);
    return path;
}

static char *keep(const char *scenario, int status, int64_t began_ms)
{
    return keep_of(NULL, scenario, status, began_ms);
}

static enum tristate answer(const char *first, const char *second, char **by)
{
    const char *names[] = {first, second};
    const struct probe_words words = {names, second ? 2 : 1};

    observed_free(observed);
    observed = observed_open(folder, "p1", TODAY_MS);
    return observed_answer(observed, &words, by);
}

static void without_a_record_nothing_is_known(void **state)
{
    char *by;

    (void)state;
    assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
    assert_null(by);
    assert_null(observed_warnings(observed));
}

static void the_newest_record_decides(void **state)
{
    char *by;

    (void)state;
    free(keep("ready", 1, TODAY_MS - 3 * DAY_MS));
    assert_int_equal(answer("ready", NULL, &by), IS_NO);
    free(by);
    free(keep("ready", 0, TODAY_MS - DAY_MS));
    assert_int_equal(answer("ready", NULL, &by), IS_YES);
    assert_non_null(strstr(by, "ready yes in obs-"));
    free(by);
}

static void all_scenarios_must_be_handled(void **state)
{
    char *by;

    (void)state;
    free(keep("ready", 0, TODAY_MS - 2 * DAY_MS));
    assert_int_equal(answer("ready", "slow", &by), IS_UNKNOWN);
    assert_non_null(strstr(by, "slow never observed"));
    free(by);
    free(keep("slow", 1, TODAY_MS - DAY_MS));
    assert_int_equal(answer("ready", "slow", &by), IS_NO);
    free(by);
    assert_int_equal(answer("slow", "unheard", &by), IS_NO);
    free(by);
}

static void an_old_record_is_stale(void **state)
{
    char *by;

    (void)state;
    free(keep("ready", 0, TODAY_MS - 91 * DAY_MS));
    assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
    assert_non_null(strstr(by, "stale, 91 days old"));
    free(by);
}

static void a_record_under_another_policy_is_stale(void **state)
{
    const char *names[] = {"ready"};
    const struct probe_words words = {names, 1};
    char *by;

    (void)state;
    free(keep("ready", 0, TODAY_MS));
    observed = observed_open(folder, "p2", TODAY_MS);
    assert_int_equal(observed_answer(observed, &words, &by), IS_UNKNOWN);
    assert_non_null(strstr(by, "policy changed"));
    free(by);
}

static void a_record_that_was_changed_answers_nothing(void **state)
{
    char *path = keep("ready", 1, TODAY_MS), *by, *at;
    struct bytes text;

    (void)state;
    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    at = strstr(text.data, "\"handled\": \"no\"");
    assert_non_null(at);
    memcpy(at, "\"handled\":\"yes\"", 15);
    assert_true(file_replace(NULL, path, text.data, text.len, 0600, NULL, NULL, NULL));
    bytes_release(&text);
    free(path);
    assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
    assert_non_null(strstr(observed_warnings(observed), "changed since it was written"));
}

static void a_file_that_is_none_is_named(void **state)
{
    char *path = keep("ready", 0, TODAY_MS), *by;

    (void)state;
    assert_true(file_replace(NULL, path, "{", 1, 0600, NULL, NULL, NULL));
    assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
    assert_non_null(strstr(observed_warnings(observed), path));
    free(path);
}

static void what_is_json_and_no_record_is_named_too(void **state)
{
    static const char *const texts[] = {
        "{}", "[]", "null", "\"x\"", "1", "{\"digest\":null}", "{\"digest\":[],\"sessions\":{}}"};
    char *path = keep("ready", 0, TODAY_MS), *by;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_true(file_replace(NULL, path, texts[i], strlen(texts[i]), 0600, NULL, NULL, NULL));
        assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
        assert_null(by);
        assert_non_null(strstr(observed_warnings(observed), "is no observation"));
    }
    free(path);
}

/* What is written is read: the two have one limit. */
static void a_large_record_is_read(void **state)
{
    size_t len = (size_t)17 << 20;
    char *command = xcalloc(1, len + 1), *by;

    (void)state;
    memset(command, 'a', len);
    free(keep_of(command, "ready", 0, TODAY_MS));
    free(command);
    assert_int_equal(answer("ready", NULL, &by), IS_YES);
    assert_null(observed_warnings(observed));
    free(by);
}

static void a_folder_that_cannot_be_read_is_named(void **state)
{
    char *sub = file_join(folder, "observations"), *by;

    (void)state;
    assert_true(file_replace(NULL, sub, "x", 1, 0600, NULL, NULL, NULL));
    assert_int_equal(answer("ready", NULL, &by), IS_UNKNOWN);
    assert_non_null(observed_warnings(observed));
    assert_non_null(strstr(observed_warnings(observed), "nothing counts as observed"));
    free(sub);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_record_nothing_is_known),
        TEST(the_newest_record_decides),
        TEST(all_scenarios_must_be_handled),
        TEST(an_old_record_is_stale),
        TEST(a_record_under_another_policy_is_stale),
        TEST(a_record_that_was_changed_answers_nothing),
        TEST(a_file_that_is_none_is_named),
        TEST(what_is_json_and_no_record_is_named_too),
        TEST(a_large_record_is_read),
        TEST(a_folder_that_cannot_be_read_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

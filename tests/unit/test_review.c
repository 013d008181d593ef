/* probe/review: what reviewers say of a case, kept beside what is computed (E36–E39). */
#include "tests/unit/unit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/starter.h"
#include "probe/review.h"
#include "tests/unit/schema.h"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/cometdeck-review-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -r %s", folder);
    int failed = system(command);

    (void)state;
    free(command);
    return failed;
}

#define FILE_OF(members) "{\"version\": 1, \"findings\": [{" members "}]}"
#define WORDS(name, what, value)                                                               \
    "\"case\": \"" name "\", \"what\": \"" what "\", \"value\": \"" value "\", \"computed\": " \
    "\"unknown\", \"reason\": \"r\""

static void the_later_word_of_a_reviewer_holds(void **state)
{
    struct review said = {.plan_case = "no-key chat",
                          .subject = REVIEW_HANDLED,
                          .value = IS_YES,
                          .computed = IS_UNKNOWN,
                          .reason = "the client asks for a key",
                          .date = "2026-11-21"},
                  held;
    struct reviews *reviews;
    struct error error;

    (void)state;
    reviews = reviews_open(folder, &error);
    assert_false(reviews_find(reviews, "no-key chat", REVIEW_HANDLED, &held));
    assert_true(reviews_add(reviews, &said, &error));
    said.value = IS_NO;
    said.reason = "it asks for ever";
    assert_true(reviews_add(reviews, &said, &error));
    reviews_free(reviews);
    reviews = reviews_open(folder, &error);
    assert_true(reviews_find(reviews, "no-key chat", REVIEW_HANDLED, &held));
    assert_int_equal(held.value, IS_NO);
    assert_string_equal(held.reason, "it asks for ever");
    assert_false(reviews_find(reviews, "no-key chat", REVIEW_DOCUMENTED, &held));
    assert_false(reviews_find(reviews, "no-key", REVIEW_HANDLED, &held));
    said.withdrawn = true;
    assert_true(reviews_add(reviews, &said, &error));
    assert_false(reviews_find(reviews, "no-key chat", REVIEW_HANDLED, &held));
    reviews_free(reviews);
}

static void a_finding_needs_a_short_reason_and_a_folder(void **state)
{
    char long_reason[REVIEW_REASON_MAX + 2] = "";
    struct review said = {.plan_case = "a", .reason = "", .date = "2026-11-21"};
    struct reviews *reviews;
    struct error error;

    (void)state;
    reviews = reviews_open(folder, &error);
    assert_false(reviews_add(reviews, &said, &error));
    reviews_free(reviews);
    reviews = reviews_open(NULL, &error);
    said.reason = memset(long_reason, 'x', REVIEW_REASON_MAX + 1);
    assert_false(reviews_add(reviews, &said, &error));
    assert_non_null(strstr(error.text, "at most 4096"));
    said.reason = "so it is";
    assert_false(reviews_add(reviews, &said, &error));
    assert_non_null(strstr(error.text, "init"));
    reviews_free(reviews);
}

static void findings_written_elsewhere_meanwhile_are_not_lost(void **state)
{
    const struct review said = {.plan_case = "a", .reason = "so it is", .date = "2026-11-21"};
    struct reviews *one, *other;
    struct error error;

    (void)state;
    one = reviews_open(folder, &error);
    other = reviews_open(folder, &error);
    assert_true(reviews_add(one, &said, &error));
    assert_false(reviews_add(other, &said, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_true(reviews_reread(other, &error)); /* then both are there */
    assert_int_equal(reviews_count(other), 1);
    assert_true(reviews_add(other, &said, &error));
    assert_int_equal(reviews_count(other), 2);
    assert_true(reviews_reread(one, &error));
    assert_int_equal(reviews_count(one), 2);
    reviews_free(other);
    reviews_free(one);
}

static void a_malformed_file_of_findings_is_told_with_its_place(void **state)
{
    static const char *const texts[] = {
        "[]",
        "{\"version\": 1}",
        "{\"findings\": []}",
        "{\"version\": 2, \"findings\": []}",
        "{\"version\": 1, \"findings\": [], \"finding\": 1}",
        "{\"version\": 1, \"findings\": 1}",
        "{\"version\": 1, \"findings\": [1]}",
        "{\"version\": 1, \"findings\": [",
        FILE_OF("\"case\": \"a\""),
        FILE_OF(WORDS("", "handled", "yes") ", \"date\": \"2026-11-21\""),
        FILE_OF(WORDS("a", "seen", "yes") ", \"date\": \"2026-11-21\""),
        FILE_OF(WORDS("a", "handled", "perhaps") ", \"date\": \"2026-11-21\""),
        FILE_OF(WORDS("a", "handled", "yes") ", \"date\": \"2026-11-31\""),
        FILE_OF(WORDS("a", "handled", "yes") ", \"date\": \"2026-11-21\", \"who\": \"me\""),
        FILE_OF(WORDS("a", "handled", "yes") ", \"date\": \"2026-11-21\", \"by\": 1"),
    };
    char *path = file_join(folder, "findings.json");
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_true(file_replace(NULL, path, texts[i], strlen(texts[i]), 0600, NULL, NULL, &error));
        if (reviews_open(folder, &error))
            fail_msg("accepted: %s", texts[i]);
        assert_int_equal(error.kind, ERROR_FILE);
        assert_non_null(strstr(error.text, "findings.json:1:"));
    }
    free(path);
}

/* ---- beside a result ---- */

static const struct plan_case a_case = {.name = "no-key chat"};

static struct probe_result passed(enum tristate documented)
{
    return (struct probe_result){.plan_case = &a_case,
                                 .outcome = OUTCOME_PASS,
                                 .verdict = "errored",
                                 .failure = {.class = "auth"},
                                 .documented = documented};
}

static struct reviews *say_handled(const struct probe_result *about)
{
    struct review said = {.plan_case = a_case.name,
                          .subject = REVIEW_HANDLED,
                          .value = IS_YES,
                          .reason = "it asks\nfor a key",
                          .by = "ada",
                          .date = "2026-11-21"};
    struct reviews *reviews;
    struct error error;

    review_beside(&said, about);
    reviews = reviews_open(folder, &error);
    if (!reviews || !reviews_add(reviews, &said, &error))
        fail_msg("%s", error.text);
    return reviews;
}

static void a_review_completes_the_finding(void **state)
{
    const struct probe_result now = passed(IS_YES);
    struct reviews *reviews = say_handled(&now);
    enum finding finding;

    (void)state;
    assert_int_equal(probe_result_finding(&now), FINDING_OPEN);
    assert_true(reviews_finding(reviews, &now, &finding));
    assert_int_equal(finding, FINDING_HANDLED);
    reviews_free(reviews);
}

/* E39: what is unexpected escalates, and the review stays open whatever somebody says. */
static void no_review_closes_what_is_unexpected(void **state)
{
    struct probe_result now = passed(IS_YES);
    struct reviews *reviews;
    enum finding finding;

    (void)state;
    now.outcome = OUTCOME_FAIL;
    reviews = say_handled(&now);
    assert_true(reviews_finding(reviews, &now, &finding));
    assert_int_equal(finding, FINDING_UNEXPECTED);
    reviews_free(reviews);
}

static void expect_outdated(const struct review *review, const struct probe_result *now,
                            const char *words)
{
    struct bytes why;

    bytes_init(&why, 1024);
    assert_int_equal(review_outdated(review, now, &why), words != NULL);
    assert_string_equal(bytes_text(&why), words ? words : "");
    bytes_release(&why);
}

static void a_review_of_another_result_is_outdated(void **state)
{
    struct probe_result now = passed(IS_YES);
    struct reviews *reviews = say_handled(&now);
    struct review held;
    enum finding finding;

    (void)state;
    assert_true(reviews_find(reviews, a_case.name, REVIEW_HANDLED, &held));
    expect_outdated(&held, &now, NULL);
    now.failure.class = "server";
    expect_outdated(&held, &now, "the class is server now, was auth");
    assert_false(reviews_finding(reviews, &now, &finding));
    assert_int_equal(finding, FINDING_OPEN);
    now.failure.class = "auth";
    now.handled = IS_NO;
    expect_outdated(&held, &now, "the computed value is no now, was unknown");
    now.outcome = OUTCOME_FAIL;
    expect_outdated(&held, &now, "the outcome is fail now, was pass");
    now.outcome = OUTCOME_SKIPPED; /* what was not made tells nothing */
    expect_outdated(&held, &now, NULL);
    now.outcome = OUTCOME_ERROR;
    expect_outdated(&held, &now, NULL);
    reviews_free(reviews);
}

/* A note on a case that was not sent knows of no outcome, and fits when it is sent. */
static void a_review_of_a_case_that_was_not_sent_is_kept(void **state)
{
    struct probe_result now = passed(IS_YES);
    struct reviews *reviews;
    struct review held;

    (void)state;
    now.outcome = OUTCOME_SKIPPED;
    reviews = say_handled(&now);
    assert_true(reviews_find(reviews, a_case.name, REVIEW_HANDLED, &held));
    assert_null(held.outcome);
    now.outcome = OUTCOME_PASS;
    expect_outdated(&held, &now, NULL);
    reviews_free(reviews);
}

static void a_review_is_told_on_one_line(void **state)
{
    const struct probe_result now = passed(IS_YES);
    struct reviews *reviews = say_handled(&now);
    struct review held;
    struct bytes text;

    (void)state;
    bytes_init(&text, 1024);
    assert_true(reviews_find(reviews, a_case.name, REVIEW_HANDLED, &held));
    review_describe(&held, NULL, &text);
    assert_non_null(strstr(bytes_text(&text),
                           "reviewer: handled yes (computed unknown then), by ada, 2026-11-21: it "
                           "asks"));
    assert_null(strchr(bytes_text(&text), '\n'));
    bytes_clear(&text);
    review_describe(&held, "it is another", &text);
    assert_non_null(strstr(bytes_text(&text), "reviewer, OUTDATED (it is another): handled yes"));
    bytes_release(&text);
    reviews_free(reviews);
}

static void the_author_is_who_the_environment_names(void **state)
{
    (void)state;
    setenv("COMETDECK_REVIEWER", "", 1);
    setenv("LOGNAME", "grace", 1);
    assert_string_equal(review_author(), "grace");
    setenv("COMETDECK_REVIEWER", "ada", 1);
    assert_string_equal(review_author(), "ada");
    unsetenv("COMETDECK_REVIEWER");
    unsetenv("LOGNAME");
    unsetenv("USER");
    assert_string_equal(review_author(), getpwuid(geteuid())->pw_name);
}

/* ---- the schema ---- */

static struct json *read_json(const char *path)
{
    struct error error = {0};
    struct bytes text;
    struct json *json = NULL;

    if (file_read(path, 1 << 20, &text, NULL, &error)) {
        json = json_parse(bytes_text(&text), text.len, path, &error);
        bytes_release(&text);
    }
    if (!json)
        fail_msg("%s", error.text);
    return json;
}

/* What is written holds to the schema, which lies where its `$schema` points. */
static void what_is_written_holds_to_the_schema_beside_it(void **state)
{
    const struct probe_result now = passed(IS_YES);
    struct reviews *reviews = say_handled(&now);
    char *path = file_join(folder, "findings.json"), *beside;
    struct json *file = read_json(path), *schema;
    struct bytes faults;

    (void)state;
    beside = file_join(folder, json_string(json_member(file, "$schema")));
    schema = read_json(beside);
    bytes_init(&faults, SIZE_MAX);
    if (!schema_holds(schema, file, &faults))
        fail_msg("%s", bytes_text(&faults));
    json_set_string(json_item(json_member(file, "findings"), 0), "who", "me");
    assert_false(schema_holds(schema, file, &faults));
    bytes_release(&faults);
    json_free(schema);
    json_free(file);
    free(beside);
    free(path);
    reviews_free(reviews);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_later_word_of_a_reviewer_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_finding_needs_a_short_reason_and_a_folder, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(findings_written_elsewhere_meanwhile_are_not_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_malformed_file_of_findings_is_told_with_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_review_completes_the_finding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_review_closes_what_is_unexpected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_review_of_another_result_is_outdated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_review_of_a_case_that_was_not_sent_is_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_review_is_told_on_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_written_holds_to_the_schema_beside_it, set_up,
                                        tear_down),
        cmocka_unit_test(the_author_is_who_the_environment_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "judge/class_table.h"
#include "judge/retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct retry_policy *shipped;

static int open_policy(void **state)
{
    (void)state;
    shipped = retry_policy_open(NULL, NULL);
    return shipped ? 0 : -1;
}

static int close_policy(void **state)
{
    (void)state;
    retry_policy_free(shipped);
    return 0;
}

static struct retry_advice advise(const char *failure, int number)
{
    struct retry_attempt attempt = {
        .number = number, .failure = failure, .asked_again = number > 1, .random = 0.5};
    struct retry_advice advice;

    retry_advise(shipped, &attempt, &advice);
    return advice;
}

/* D45–D53: every class that an exchange can have is decided, none by chance. */
static void every_class_has_a_row(void **state)
{
    const struct class_row *row;

    (void)state;
    for (size_t i = 0; (row = class_table_row(NULL, i)); i++) {
        const struct retry_row *found = retry_policy_find(shipped, row->name);

        assert_string_equal(found->failure, row->name);
        assert_true(strlen(found->why) > 0);
        assert_string_equal(found->origin, "local"); /* B4: no number comes with the product */
    }
}

/* B41 B42 B43 D47 D48 D49 E40 E41 D11 D75: request, key and configuration errors neither retry nor
 * fall back. */
static void what_is_wrong_by_itself_is_not_sent_again(void **state)
{
    static const char *const ours[] = {"request",   "auth",          "permission", "quota",
                                       "too-large", "model-unknown", "not-found",  "method",
                                       "redirect",  "not-api",       "tls"};

    (void)state;
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        struct retry_advice advice = advise(ours[i], 1);

        assert_false(advice.again);
        assert_false(advice.fallback);
    }
}

/* B4 B46 D5 E45: what comes with the product is a local value, and says so. */
static void every_number_tells_its_origin(void **state)
{
    (void)state;
    for (int i = 0; i < RETRY_NUMBER_COUNT; i++) {
        const struct retry_number *number = retry_policy_number(shipped, (enum retry_number_name)i);

        assert_true(number->value > 0);
        assert_string_equal(number->origin, "local");
        assert_null(number->reason);
    }
}

/* B44 B45 D45 D46 D50 D51 D52 E42 E43 E44: what may pass is asked again, once or within the
 * numbers; an answer that lacks a field is drift of the contract sooner than an outage (D53). */
static void what_may_pass_is_asked_again(void **state)
{
    static const struct {
        const char *failure;
        bool again, once;
    } rows[] = {
        {"dns", true, true},         {"refused", true, true},      {"reset", true, true},
        {"timeout", true, true},     {"edge-timeout", true, true}, {"malformed", true, true},
        {"rate-limit", true, false}, {"overloaded", true, false},  {"server", true, false},
        {"unproven", false, false},  {"provider", false, false},   {"unexpected", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(advise(rows[i].failure, 1).again, rows[i].again);
        assert_int_equal(advise(rows[i].failure, 2).again, rows[i].again && !rows[i].once);
    }
}

/* D42 D67: bounded, whatever fails. */
static void attempts_are_bounded(void **state)
{
    const struct class_row *row;

    (void)state;
    for (size_t i = 0; (row = class_table_row(NULL, i)); i++)
        assert_false(advise(row->name, 3).again);
    assert_true(advise("server", 2).again);
    assert_true(advise("dns", 1).again);
    assert_false(advise("dns", 2).again);
    assert_int_equal(retry_worst_case(shipped, 7), 21);
}

/* One more attempt is one for each class: what was asked again for another reason does not count.
 */
static void one_more_attempt_is_counted_for_each_class(void **state)
{
    struct retry_attempt attempt = {.number = 2, .failure = "dns", .random = 0.5};
    struct retry_advice advice;

    (void)state;
    retry_advise(shipped, &attempt, &advice);
    assert_true(advice.again);
    attempt.asked_again = true;
    retry_advise(shipped, &attempt, &advice);
    assert_false(advice.again);
    assert_non_null(strstr(advice.why, "once already"));
    attempt = (struct retry_attempt){.number = 3, .failure = "dns", .random = 0.5};
    retry_advise(shipped, &attempt, &advice);
    assert_false(advice.again);
    assert_non_null(strstr(advice.why, "as many attempts"));
}

/* D39 C37 E46 E71: no fallback after a single failure; afterwards it is advice. */
static void no_fallback_after_one_failure(void **state)
{
    (void)state;
    assert_false(advise("server", 1).fallback);
    assert_false(advise("stalled", 1).fallback); /* never asked again, and still one failure */
    assert_true(advise("stalled", 2).fallback);
    assert_true(advise("server", 3).fallback);
}

/* D44 D68 D74: nor where the deadline leaves no time for a useful answer. */
static void no_fallback_beyond_the_deadline(void **state)
{
    struct retry_attempt attempt = {.number = 3, .failure = "server", .random = 0.5};
    struct retry_advice advice;

    (void)state;
    attempt.elapsed_us = 59000000;
    retry_advise(shipped, &attempt, &advice);
    assert_true(advice.fallback);
    attempt.elapsed_us = 60000000;
    retry_advise(shipped, &attempt, &advice);
    assert_false(advice.fallback);
    assert_non_null(strstr(advice.fallback_why, "deadline"));
}

/* D41: the pause is never longer than its doubled base or the cap, and reaches all of it. */
static void pauses_have_full_jitter(void **state)
{
    struct retry_attempt attempt = {.failure = "server"};
    struct retry_advice advice;

    (void)state;
    for (attempt.number = 1; attempt.number < 3; attempt.number++) {
        int64_t most = 500000LL << (attempt.number - 1);

        attempt.random = 0;
        retry_advise(shipped, &attempt, &advice);
        assert_int_equal(advice.wait_us, 0);
        attempt.random = 0.999999;
        retry_advise(shipped, &attempt, &advice);
        assert_in_range(advice.wait_us, most * 99 / 100, most);
    }
}

/* D40 D50: a hint is honoured inside the deadline, and ends the retries beyond it. */
static void hints_are_honoured_inside_the_deadline(void **state)
{
    struct retry_attempt attempt = {
        .number = 1,
        .failure = "rate-limit",
        .hint = {.kind = RETRY_HINT_WAIT, .wait_us = 20000000},
    };
    struct retry_advice advice;

    (void)state;
    retry_advise(shipped, &attempt, &advice);
    assert_true(advice.again);
    assert_int_equal(advice.wait_us, 20000000);
    attempt.elapsed_us = 40000000;
    retry_advise(shipped, &attempt, &advice);
    assert_false(advice.again);
    assert_non_null(strstr(advice.why, "beyond the deadline"));
}

/* D59: after partial output only when asked, and then marked. */
static void partial_output_is_not_replaced_unasked(void **state)
{
    struct retry_attempt attempt = {.number = 1, .failure = "truncated", .partial = true};
    struct retry_advice advice;

    (void)state;
    retry_advise(shipped, &attempt, &advice);
    assert_false(advice.again);
    attempt.regenerate = true;
    retry_advise(shipped, &attempt, &advice);
    assert_true(advice.again);
    assert_true(advice.regenerated);
}

/* ---- hints ---- */

static struct retry_hint hint_of(const char *name, const char *value)
{
    struct http_headers headers = {.count = 0};
    struct retry_hint hint;

    http_headers_add(&headers, "Date", "Sun, 06 Nov 1994 08:49:37 GMT");
    http_headers_add(&headers, name, value);
    retry_hint_read(&headers, 0, &hint);
    http_headers_release(&headers);
    return hint;
}

static void hints_come_in_their_forms(void **state)
{
    static const struct {
        const char *name, *value;
        enum retry_hint_kind kind;
        int64_t us;
    } rows[] = {
        {"Retry-After", "2", RETRY_HINT_WAIT, 2000000},
        {"retry-after", " 0 ", RETRY_HINT_WAIT, 0},
        {"Retry-After", "1.25", RETRY_HINT_WAIT, 1250000},
        {"retry-after-ms", "250", RETRY_HINT_WAIT, 250000},
        {"Retry-After", "Sun, 06 Nov 1994 08:49:40 GMT", RETRY_HINT_WAIT, 3000000},
        {"Retry-After", "Sun, 06 Nov 1994 08:49:30 GMT", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "-1", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "9999999999", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "1e3", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "inf", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "1.2.3", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "soon", RETRY_HINT_IGNORED, 0},
        {"Retry-After", "Sun, 06 Foo 1994 08:49:37 GMT", RETRY_HINT_IGNORED, 0},
        {"retry-after-ms", "x", RETRY_HINT_IGNORED, 0},
        {"X-Other", "1", RETRY_HINT_NONE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct retry_hint hint = hint_of(rows[i].name, rows[i].value);

        assert_int_equal(hint.kind, rows[i].kind);
        assert_int_equal(hint.wait_us, rows[i].us);
        assert_int_equal(hint.note != NULL, rows[i].kind == RETRY_HINT_IGNORED);
    }
}

static void milliseconds_go_before_seconds_unless_unreadable(void **state)
{
    struct http_headers headers = {.count = 0};
    struct retry_hint hint;

    (void)state;
    http_headers_add(&headers, "Retry-After", "7");
    http_headers_add(&headers, "retry-after-ms", "1500");
    retry_hint_read(&headers, 0, &hint);
    assert_int_equal(hint.wait_us, 1500000);
    http_headers_release(&headers);
    headers = (struct http_headers){.count = 0};
    http_headers_add(&headers, "retry-after-ms", "soon");
    http_headers_add(&headers, "Retry-After", "7");
    retry_hint_read(&headers, 0, &hint);
    assert_int_equal(hint.wait_us, 7000000);
    http_headers_release(&headers);
}

/* ---- a workspace's own ---- */

struct folder {
    char path[64], file[96];
};

static void make_folder(struct folder *folder, const char *text)
{
    struct error error;

    snprintf(folder->path, sizeof(folder->path), "/tmp/cometdeck-retry.XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof(folder->file), "%s/cometdeck.json", folder->path);
    assert_true(file_replace(NULL, folder->file, text, strlen(text), 0644, NULL, NULL, &error));
}

static void remove_folder(const struct folder *folder)
{
    unlink(folder->file);
    rmdir(folder->path);
}

static void refuses(const char *text, const char *words)
{
    struct folder folder;
    struct error error = {.kind = ERROR_NONE};

    make_folder(&folder, text);
    assert_null(retry_policy_open(folder.path, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
    assert_non_null(strstr(error.text, "cometdeck.json:"));
    remove_folder(&folder);
}

/* E67: a threshold is not changed without a word. */
static void a_policy_that_cannot_be_used_is_refused_at_its_place(void **state)
{
    (void)state;
    refuses("{\"retry\": {\"numbers\": {\"attempts_max\": {\"value\": 5}}}}", "reason");
    refuses("{\"retry\": {\"numbers\": {\"attempts_max\": {\"value\": 50, \"reason\": \"x\"}}}}",
            "from 1 to 10");
    refuses("{\"retry\": {\"numbers\": {\"tries\": {\"value\": 5}}}}", "no number \"tries\"");
    refuses("{\"retry\": {\"rows\": [{\"failure\": \"serverr\", \"retry\": \"once\", "
            "\"fallback\": \"never\", \"why\": \"w\"}]}}",
            "no failure class");
    refuses("{\"retry\": {\"rows\": [{\"failure\": \"server\", \"retry\": \"always\", "
            "\"fallback\": \"never\", \"why\": \"w\"}]}}",
            "never, once or bounded");
    refuses(
        "{\"retry\": {\"rows\": [{\"failure\": \"server\", \"retry\": \"once\", "
        "\"fallback\": \"never\", \"why\": \"w\"}, {\"failure\": \"server\", \"retry\": \"never\", "
        "\"fallback\": \"never\", \"why\": \"w\"}]}}",
        "has a row here already");
    refuses("{\"retry\": {\"nubmers\": {}}}", "did you mean \"numbers\"?");
    refuses("{\"retry\": {\"numbers\": {\"base_ms\": {\"value\": 5, \"reson\": \"x\"}}}}",
            "did you mean \"reason\"?");
    refuses("{\"retry\": {\"rows\": [{\"failure\": \"server\", \"retry\": \"once\", "
            "\"fallback\": \"never\", \"wy\": \"w\"}]}}",
            "did you mean \"why\"?");
}

static void a_row_of_the_workspace_replaces_the_shipped_one(void **state)
{
    struct folder folder;
    struct retry_policy *policy;

    (void)state;
    make_folder(&folder,
                "{\"version\": 1, \"retry\": {\"rows\": [{\"failure\": \"server\", "
                "\"retry\": \"never\", \"fallback\": \"never\", \"why\": \"It bills.\"}]}}");
    policy = retry_policy_open(folder.path, NULL);
    assert_non_null(policy);
    assert_int_equal(retry_policy_count(policy), retry_policy_count(shipped));
    assert_int_equal(retry_policy_find(policy, "server")->retry, RETRY_NEVER);
    assert_string_not_equal(retry_policy_version(policy), retry_policy_version(shipped));
    retry_policy_free(policy);
    remove_folder(&folder);
}

/* E67 */
static void a_change_is_kept_with_its_reason_and_the_rest_of_the_file(void **state)
{
    struct folder folder;
    struct retry_policy *policy;
    const struct retry_number *number;
    struct bytes text;
    struct error error;

    (void)state;
    make_folder(&folder, "{\"version\": 1, \"mine\": 1e400}");
    assert_false(retry_policy_change(folder.path, "attempts_max", 2, "", "2026-11-21", &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_false(retry_policy_change(folder.path, "atempts_max", 2, "x", "2026-11-21", &error));
    assert_non_null(strstr(error.text, "did you mean attempts_max"));
    assert_true(retry_policy_change(folder.path, "attempts_max", 2, "costs", "2026-11-21", &error));
    policy = retry_policy_open(folder.path, &error);
    assert_non_null(policy);
    number = retry_policy_number(policy, RETRY_ATTEMPTS_MAX);
    assert_int_equal(number->value, 2);
    assert_string_equal(number->reason, "costs");
    assert_string_equal(number->changed, "2026-11-21");
    retry_policy_free(policy);
    assert_true(file_read(folder.file, 4096, &text, NULL, &error));
    assert_non_null(strstr(bytes_text(&text), "1e400"));
    bytes_release(&text);
    remove_folder(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_has_a_row),
        cmocka_unit_test(what_is_wrong_by_itself_is_not_sent_again),
        cmocka_unit_test(every_number_tells_its_origin),
        cmocka_unit_test(what_may_pass_is_asked_again),
        cmocka_unit_test(attempts_are_bounded),
        cmocka_unit_test(one_more_attempt_is_counted_for_each_class),
        cmocka_unit_test(no_fallback_after_one_failure),
        cmocka_unit_test(no_fallback_beyond_the_deadline),
        cmocka_unit_test(pauses_have_full_jitter),
        cmocka_unit_test(hints_are_honoured_inside_the_deadline),
        cmocka_unit_test(partial_output_is_not_replaced_unasked),
        cmocka_unit_test(hints_come_in_their_forms),
        cmocka_unit_test(milliseconds_go_before_seconds_unless_unreadable),
        cmocka_unit_test(a_policy_that_cannot_be_used_is_refused_at_its_place),
        cmocka_unit_test(a_row_of_the_workspace_replaces_the_shipped_one),
        cmocka_unit_test(a_change_is_kept_with_its_reason_and_the_rest_of_the_file),
    };

    return cmocka_run_group_tests(tests, open_policy, close_policy);
}

/* evidence/history_filter: one line says what to look for. */
#include "tests/unit/unit.h"

#include "evidence/history_filter.h"
#include "judge/class_table.h"

#include <string.h>

#define DAY_MS (24 * 3600 * (int64_t)1000)
/* 2026-11-21T11:17:23.456Z */
#define NOW_MS 1795259843456
#define TODAY_MS (NOW_MS / DAY_MS * DAY_MS)

static struct history_filter filter;
static struct error error;

static void parse(const char *line)
{
    history_filter_release(&filter);
    if (!history_filter_parse(&filter, line, NULL, NOW_MS, &error))
        fail_msg("%s: %s", line, error.text);
}

static void assert_text(size_t index, enum history_field field, const char *text)
{
    assert_true(index < filter.count);
    assert_int_equal(filter.terms[index].field, field);
    assert_string_equal(filter.terms[index].text, text);
}

static void assert_number(const char *line, enum history_field field, int64_t number)
{
    parse(line);
    assert_int_equal(filter.count, 1);
    assert_int_equal(filter.terms[0].field, field);
    assert_null(filter.terms[0].text);
    assert_int_equal(filter.terms[0].number, number);
}

static void assert_refused(const char *line, const char *says)
{
    history_filter_release(&filter);
    assert_false(history_filter_parse(&filter, line, NULL, NOW_MS, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, says))
        fail_msg("%s: %s", line, error.text);
}

static void a_line_is_terms_and_free_words(void **state)
{
    (void)state;
    parse("  verdict:truncated  model:gpt-4:free -class:none Free \"two words\" note ");
    assert_int_equal(filter.count, 6);
    assert_text(0, HISTORY_VERDICT, ",truncated,");
    assert_text(1, HISTORY_MODEL, "gpt-4:free");
    assert_text(2, HISTORY_CLASS, ",none,");
    assert_true(filter.terms[2].unless);
    assert_text(3, HISTORY_TEXT, "Free");
    assert_text(4, HISTORY_TEXT, "two words");
    parse("");
    assert_int_equal(filter.count, 0);
    parse("\"a:b\" -- -");
    assert_text(0, HISTORY_TEXT, "a:b");
    assert_int_equal(filter.count, 3);
}

static void words_may_be_cut_short_and_chosen_from(void **state)
{
    (void)state;
    parse("verdict:trunc,STALLED");
    assert_text(0, HISTORY_VERDICT, ",truncated,stalled,");
    parse("verdict:incomplete");
    assert_text(0, HISTORY_VERDICT, ",cancelled,stalled,unproven,truncated,");
    parse("verdict:complete");
    assert_text(0, HISTORY_VERDICT, ",complete,");
    parse("operation:r");
    assert_text(0, HISTORY_OPERATION, ",responses,");
    parse("verdict: operation:"); /* still being typed */
    assert_int_equal(filter.count, 0);
}

static void times_are_days_moments_or_ago(void **state)
{
    (void)state;
    assert_number("since:2026-11-21", HISTORY_SINCE, TODAY_MS);
    assert_number("since:today", HISTORY_SINCE, TODAY_MS);
    assert_number("until:2026-11-20", HISTORY_UNTIL, TODAY_MS); /* the day counts whole */
    assert_number("until:2026-11-21T10:30", HISTORY_UNTIL, TODAY_MS + 37800000);
    assert_number("since:2026-11-21T10:30:01Z", HISTORY_SINCE, TODAY_MS + 37801000);
    assert_number("since:2h", HISTORY_SINCE, NOW_MS - 7200000);
    assert_number("since:3d", HISTORY_SINCE, NOW_MS - 3 * DAY_MS);
}

static void flags_and_statuses_have_few_forms(void **state)
{
    (void)state;
    assert_number("simulated:yes", HISTORY_SIMULATED, 1);
    assert_number("marked:n", HISTORY_MARKED, 0);
    assert_number("noted:y", HISTORY_NOTED, 1);
    parse("status:429 status:4xx status:5");
    assert_text(0, HISTORY_STATUS, "429");
    assert_text(1, HISTORY_STATUS, "4*");
    assert_text(2, HISTORY_STATUS, "5*");
}

static void what_is_unknown_is_named_with_what_was_meant(void **state)
{
    (void)state;
    assert_refused("verdcit:x", "did you mean verdict:?");
    assert_refused("http://x", "there are verdict class");
    assert_refused("verdict:truncatde", "did you mean truncated?");
    assert_refused("operation:zzzzzz", "no operation called zzzzzz");
    assert_refused("since:2026-02-30", "since: takes a day");
    assert_refused("until:2026-11-21T25:00", "until: takes a day");
    assert_refused("since:tomorrow", "since: takes a day");
    assert_refused("status:abc", "429 or 4xx");
    assert_refused("marked:maybe", "marked: takes yes or no");
    assert_refused("a b c d e f g h i j k l m n o p q", "at most 16 terms");
}

static void every_field_tells_what_it_is(void **state)
{
    const char *name, *meaning;
    size_t count = 0;

    (void)state;
    while (history_filter_field(count, &name, &meaning)) {
        assert_true(*name && *meaning);
        count++;
    }
    assert_int_equal(count, HISTORY_FIELDS - 1);
}

static int release(void **state)
{
    (void)state;
    history_filter_release(&filter);
    return 0;
}

/* Classes that a workspace adds can be looked for, those that nobody has cannot. */
static void classes_of_the_workspace_are_words(void **state)
{
    static const char own[] =
        "{\"version\": 1, \"classes\": [{\"name\": \"house-limit\", \"action\": \"page\", "
        "\"meaning\": \"m\", \"advice\": \"a\"}]}";
    struct class_table *classes = class_table_parse("classes.json", own, strlen(own), NULL);

    (void)state;
    assert_non_null(classes);
    history_filter_release(&filter);
    assert_false(history_filter_parse(&filter, "class:house-limit", NULL, NOW_MS, &error));
    assert_true(history_filter_parse(&filter, "class:house-limit", classes, NOW_MS, &error));
    assert_string_equal(filter.terms[0].text, ",house-limit,");
    class_table_free(classes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_of_the_workspace_are_words),
        cmocka_unit_test(a_line_is_terms_and_free_words),
        cmocka_unit_test(words_may_be_cut_short_and_chosen_from),
        cmocka_unit_test(times_are_days_moments_or_ago),
        cmocka_unit_test(flags_and_statuses_have_few_forms),
        cmocka_unit_test(what_is_unknown_is_named_with_what_was_meant),
        cmocka_unit_test(every_field_tells_what_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}

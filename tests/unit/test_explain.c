/*
 * `explain`: every code that the program says is explained, from the tables it works with (A17).
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json.h"
#include "command/explain.h"
#include "judge/class_table.h"
#include "probe/result.h"
#include "simulator/simulator.h"

#include <stdint.h>
#include <string.h>

static struct explainer *explainer;

static int open_explainer(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    explainer = explainer_open(NULL, &error);
    if (!explainer)
        fail_msg("%s", error.text);
    return 0;
}

static int close_explainer(void **state)
{
    (void)state;
    explainer_free(explainer);
    return 0;
}

static bool has_kind(const char *code, const char *kind)
{
    struct error error = {.kind = ERROR_NONE};
    struct json *list = explain_json(explainer, code, &error);
    bool found = false;

    if (!list)
        fail_msg("%s", error.text);
    for (const struct json *one = json_first(list); one; one = json_next(one)) {
        assert_true(strlen(json_string(json_member(one, "meaning"))) > 5);
        found = found || strcmp(json_string(json_member(one, "kind")), kind) == 0;
    }
    json_free(list);
    return found;
}

static void every_code_of_every_table_is_explained(void **state)
{
    const struct class_row *row;

    (void)state;
    for (int i = 0; i < VERDICT_COUNT; i++)
        assert_true(has_kind(verdict_name((enum verdict_kind)i), "verdict"));
    for (int i = 0; i < REASON_COUNT; i++)
        assert_true(has_kind(reason_name((enum reason_code)i), "reason"));
    for (size_t i = 0; (row = class_table_row(NULL, i)); i++) {
        assert_true(has_kind(row->name, "class"));
        assert_true(has_kind(row->action, "action"));
    }
    for (int i = 0; i <= FINDING_NONE; i++)
        assert_true(has_kind(finding_name((enum finding)i), "finding"));
    for (int i = OUTCOME_PASS; i <= OUTCOME_ERROR; i++)
        assert_true(has_kind(outcome_name((enum outcome)i), "outcome"));
    for (size_t i = 0; i < scenario_count(); i++)
        assert_true(has_kind(scenario_get(i)->name, "scenario"));
}

/* What is listed can be asked for, as text and in a line. */
static void every_code_of_the_list_can_be_asked_for(void **state)
{
    struct json *list = explain_list_json(explainer);
    struct bytes text, line;

    (void)state;
    assert_true(json_count(list) > 300);
    bytes_init(&text, SIZE_MAX / 2);
    bytes_init(&line, SIZE_MAX / 2);
    for (const struct json *one = json_first(list); one; one = json_next(one)) {
        const char *code = json_string(json_member(one, "code"));
        struct error error;

        bytes_clear(&text);
        bytes_clear(&line);
        assert_true(has_kind(code, json_string(json_member(one, "kind"))));
        assert_true(explain_text(explainer, code, &text, &error));
        assert_true(explain_line(explainer, code, &line, &error));
        assert_non_null(strstr(bytes_text(&text), code));
        assert_null(strchr(bytes_text(&line), '\n'));
    }
    bytes_release(&line);
    bytes_release(&text);
    json_free(list);
}

static void words_are_taken_as_people_write_them(void **state)
{
    (void)state;
    assert_true(has_kind("INCOMPLETE", "verdict"));
    assert_true(has_kind("Model-Unknown", "class"));
    assert_true(has_kind("model_unknown", "class"));
    assert_true(has_kind("sim/cut-mid-stream", "scenario"));
    assert_true(has_kind("documented-and-handled", "finding"));
    assert_true(has_kind("page", "action"));
    assert_true(has_kind("page", "rule"));
}

static void what_is_near_is_offered(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct bytes text;

    (void)state;
    bytes_init(&text, SIZE_MAX / 2);
    assert_false(explain_text(explainer, "trunkated", &text, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "did you mean truncated?"));
    assert_false(explain_text(explainer, "finish", &text, &error));
    assert_non_null(strstr(error.text, "finish-missing"));
    assert_false(explain_text(explainer, "xyzzyplugh", &text, &error));
    assert_non_null(strstr(error.text, "`cometdeck explain` lists them"));
    assert_false(explain_text(explainer, "", &text, &error));
    assert_int_equal(text.len, 0);
    bytes_release(&text);
}

static void count_code(void *context, const char *code)
{
    struct bytes *seen = context;

    bytes_printf(seen, "\n%s\n", code);
}

static void each_code_is_offered_once(void **state)
{
    struct bytes seen;
    const char *first;

    (void)state;
    bytes_init(&seen, SIZE_MAX / 2);
    explain_codes(explainer, count_code, &seen);
    first = strstr(bytes_text(&seen), "\ntruncated\n");
    assert_non_null(first);
    assert_null(strstr(first + 1, "\ntruncated\n"));
    bytes_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_every_table_is_explained),
        cmocka_unit_test(every_code_of_the_list_can_be_asked_for),
        cmocka_unit_test(words_are_taken_as_people_write_them),
        cmocka_unit_test(what_is_near_is_offered),
        cmocka_unit_test(each_code_is_offered_once),
    };

    return cmocka_run_group_tests(tests, open_explainer, close_explainer);
}

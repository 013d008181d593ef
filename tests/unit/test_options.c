#include "tests/unit/unit.h"

#include "command/options.h"
#include "command/verb.h"

#include <stdio.h>
#include <string.h>

/* Parse the words of `line`, which is cut at its blanks; the rest lives in static memory. */
static bool parse(const char *line, struct options *options, struct error *error)
{
    static char copy[256];
    static char *words[32];
    int count = 0;

    snprintf(copy, sizeof(copy), "cometdeck %s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    return options_parse(count, words, options, error);
}

static void parse_well(const char *line, struct options *options)
{
    struct error error = {.kind = ERROR_NONE};

    if (!parse(line, options, &error))
        fail_msg("%s: %s", line, error.text);
}

static void values_follow_in_all_four_ways(void **state)
{
    static const char *const lines[] = {"send --workspace W", "send --workspace=W",
                                        "send -w W",          "send -wW",
                                        "-w W send",          "--workspace=W send"};

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct options options;

        parse_well(lines[i], &options);
        assert_string_equal(options.verb->name, "send");
        assert_string_equal(option_value(&options, OPTION_WORKSPACE), "W");
        options_release(&options);
    }
}

static void verbs_of_two_words_are_found_between_options(void **state)
{
    struct options options;

    (void)state;
    parse_well("catalog --model m fetch", &options);
    assert_string_equal(options.verb->name, "catalog fetch");
    assert_int_equal(options.argument_count, 0);
    options_release(&options);
}

static void two_dashes_end_the_options(void **state)
{
    struct options options;

    (void)state;
    parse_well("judge -- --model", &options);
    assert_string_equal(options.verb->name, "judge");
    assert_int_equal(options.argument_count, 1);
    assert_string_equal(options.arguments[0], "--model");
    assert_false(option_given(&options, OPTION_MODEL));
    options_release(&options);
    parse_well("-- send", &options);
    assert_string_equal(options.verb->name, "");
    assert_string_equal(options.arguments[0], "send");
    options_release(&options);
}

static void a_lone_dash_is_an_argument(void **state)
{
    struct options options;

    (void)state;
    parse_well("judge -", &options);
    assert_string_equal(options.arguments[0], "-");
    options_release(&options);
}

static void a_folder_opens_the_console(void **state)
{
    struct options options;

    (void)state;
    parse_well("./send", &options);
    assert_string_equal(options.verb->name, "");
    assert_string_equal(options.arguments[0], "./send");
    options_release(&options);
    parse_well("", &options);
    assert_string_equal(options.verb->name, "");
    options_release(&options);
}

static void text_to_standard_output_is_the_default_format(void **state)
{
    struct options options;

    (void)state;
    parse_well("send", &options);
    assert_int_equal(options.format_count, 1);
    assert_int_equal(options.formats[0].format, FORMAT_TEXT);
    assert_null(options.formats[0].file);
    options_release(&options);
    parse_well("send --format json=a=b --format text", &options);
    assert_int_equal(options.format_count, 2);
    assert_string_equal(options.formats[0].file, "a=b");
    options_release(&options);
}

static void seconds_are_read_exactly(void **state)
{
    static const struct {
        const char *line;
        int64_t us; /* -1: refused */
    } cases[] = {
        {"send --timeout 30", 30000000},
        {"send --timeout 2.5", 2500000},
        {"send --timeout 0.000001", 1},
        {"send --timeout 86400", 86400000000},
        {"send --timeout 86400.1", -1},
        {"send --timeout 0", -1},
        {"send --timeout 0.0000001", -1},
        {"send --timeout 1.", -1},
        {"send --timeout .5", -1},
        {"send --timeout 1e3", -1},
        {"send --timeout=-1", -1},
        {"send --timeout nan", -1},
        {"send --timeout 99999999999999999999", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct options options;
        struct error error;
        int64_t us = -1;

        parse_well(cases[i].line, &options);
        assert_int_equal(option_seconds(&options, OPTION_TIMEOUT, &us, &error), cases[i].us > 0);
        assert_int_equal(us, cases[i].us);
        options_release(&options);
    }
}

static void every_option_that_a_verb_names_exists(void **state)
{
    (void)state;
    for (size_t i = 0; i < verb_count(); i++) {
        const char *names = verb_get(i)->options;
        size_t spoken = 0, known = 0;

        for (const char *at = names; *at; at += strcspn(at, " "), at += strspn(at, " "))
            spoken++;
        for (enum option_id id = 0; id < OPTION_COUNT; id++)
            known += !option_spec(id)->common && option_belongs(id, verb_get(i));
        assert_int_equal(spoken, known);
    }
}

static void names_and_letters_are_unique(void **state)
{
    (void)state;
    for (enum option_id a = 0; a < OPTION_COUNT; a++) {
        for (enum option_id b = 0; b < a; b++) {
            assert_string_not_equal(option_spec(a)->name, option_spec(b)->name);
            if (option_spec(a)->letter)
                assert_int_not_equal(option_spec(a)->letter, option_spec(b)->letter);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_follow_in_all_four_ways),
        cmocka_unit_test(verbs_of_two_words_are_found_between_options),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_lone_dash_is_an_argument),
        cmocka_unit_test(a_folder_opens_the_console),
        cmocka_unit_test(text_to_standard_output_is_the_default_format),
        cmocka_unit_test(seconds_are_read_exactly),
        cmocka_unit_test(every_option_that_a_verb_names_exists),
        cmocka_unit_test(names_and_letters_are_unique),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

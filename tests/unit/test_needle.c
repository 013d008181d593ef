/* base/needle: what is looked for is found wherever it stands, and nowhere else. */
#include "tests/unit/unit.h"

#include "base/needle.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t first(const char *text, const char *data)
{
    struct needle needle;

    assert_true(needle_set(&needle, text));
    return needle_first(&needle, data, strlen(data));
}

static void lower_case_finds_any_case_and_upper_case_itself(void **state)
{
    (void)state;
    assert_int_equal(first("ready", "It is READY, ready"), 6);
    assert_int_equal(first("READY", "it is ready, READY"), 13);
    assert_int_equal(first("Ready", "ready READY"), NEEDLE_NONE);
    assert_int_equal(first("é", "caf\xc3\xa9"), 3);
    assert_int_equal(first("[@`{", "aaa[@`{"), 3); /* what stands beside letters has no case */
}

static void an_empty_or_endless_text_is_refused_and_finds_nothing(void **state)
{
    char longest[NEEDLE_MAX + 2];
    struct needle needle;

    (void)state;
    memset(longest, 'a', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    assert_false(needle_set(&needle, ""));
    assert_int_equal(needle_first(&needle, "abc", 3), NEEDLE_NONE);
    assert_false(needle_set(&needle, longest));
    longest[NEEDLE_MAX] = '\0';
    assert_true(needle_set(&needle, longest));
    assert_int_equal(needle_first(&needle, longest, NEEDLE_MAX), 0);
    assert_int_equal(needle_first(&needle, longest, NEEDLE_MAX - 1), NEEDLE_NONE);
}

/* Against the plain way, over an alphabet so small that near matches abound. */
static void first_and_last_are_those_of_a_plain_search(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[8] = {0}, data[40] = {0};
        size_t len = 1 + (size_t)(rand_r(&seed) % 6), there = (size_t)(rand_r(&seed) % 39);
        size_t expected_first = NEEDLE_NONE, expected_last = NEEDLE_NONE;
        struct needle needle;

        for (size_t i = 0; i < len; i++)
            text[i] = "abc"[rand_r(&seed) % 3];
        for (size_t i = 0; i < there; i++)
            data[i] = "abcABC"[rand_r(&seed) % 6];
        for (size_t i = 0; i + len <= there; i++) {
            if (strncasecmp(data + i, text, len) != 0)
                continue;
            expected_first = expected_first == NEEDLE_NONE ? i : expected_first;
            expected_last = i;
        }
        assert_true(needle_set(&needle, text));
        assert_int_equal(needle_first(&needle, data, there), expected_first);
        assert_int_equal(needle_last(&needle, data, there), expected_last);
    }
}

static void every_byte_of_a_match_is_marked(void **state)
{
    unsigned char marks[8] = {0};
    struct needle needle;

    (void)state;
    assert_true(needle_set(&needle, "aba"));
    needle_mark(&needle, "xababax", 7, marks);
    assert_memory_equal(marks, "\0\1\1\1\1\1\0", 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lower_case_finds_any_case_and_upper_case_itself),
        cmocka_unit_test(an_empty_or_endless_text_is_refused_and_finds_nothing),
        cmocka_unit_test(first_and_last_are_those_of_a_plain_search),
        cmocka_unit_test(every_byte_of_a_match_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ui/line_diff: what two texts do not have in common, and where. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/line_diff.h"

#include <string.h>

static void assert_diff(const char *old, const char *new, const char *expected)
{
    struct line_diff diff;
    struct bytes out;

    bytes_init(&out, 1 << 20);
    line_diff_make(&diff, old, strlen(old), new, strlen(new));
    for (size_t i = 0; i < diff.count; i++)
        bytes_printf(&out, "%c%zu%.*s\n", diff.lines[i].sign, diff.lines[i].line,
                     (int)diff.lines[i].len, diff.lines[i].text);
    assert_string_equal(bytes_text(&out), expected);
    line_diff_release(&diff);
    bytes_release(&out);
}

static void lines_that_differ_stand_between_those_around_them(void **state)
{
    (void)state;
    assert_diff("", "", "");
    assert_diff("a\nb\n", "a\nb\n", "");
    assert_diff("a\nb\nc\n", "a\nB\nc\n", "@1\n 1a\n-2b\n+2B\n 3c\n");
    assert_diff("", "a\n", "@1\n+1a\n");
    assert_diff("a", "", "@1\n-1a\n");
    assert_diff("a\nb\nc\nd\n", "b\nc\nx\nd\n", "@1\n-1a\n 1b\n 2c\n+3x\n 4d\n");
}

static void what_is_far_from_every_difference_is_left_out(void **state)
{
    (void)state;
    assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n", "0\n2\n3\n4\n5\n6\n7\n8\n9\ny\n",
                "@1\n-11\n+10\n 22\n 33\n 44\n@7\n 77\n 88\n 99\n-10x\n+10y\n");
}

/* Above the limit of the table both stand as a whole: nothing is missing, nothing takes long. */
static void very_different_texts_are_shown_one_by_the_other(void **state)
{
    struct bytes old, new;
    struct line_diff diff;

    (void)state;
    bytes_init(&old, 1 << 20);
    bytes_init(&new, 1 << 20);
    for (int i = 0; i < 5000; i++) {
        bytes_printf(&old, "o%d\n", i);
        bytes_printf(&new, "n%d\n", i);
    }
    line_diff_make(&diff, bytes_text(&old), old.len, bytes_text(&new), new.len);
    assert_int_equal(diff.removed, 5000);
    assert_int_equal(diff.added, 5000);
    line_diff_release(&diff);
    bytes_release(&old);
    bytes_release(&new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_differ_stand_between_those_around_them),
        cmocka_unit_test(what_is_far_from_every_difference_is_left_out),
        cmocka_unit_test(very_different_texts_are_shown_one_by_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

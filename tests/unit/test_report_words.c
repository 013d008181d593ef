/* What is typed behind `report`. */
#include "tests/unit/unit.h"

#include "ui/report_words.h"

#include <stdlib.h>
#include <string.h>

static void a_format_goes_to_a_file_of_its_name(void **state)
{
    enum format format = FORMAT_TEXT;
    char *path = report_words("junit", "smoke", &format, NULL);

    (void)state;
    assert_string_equal(path, "smoke.xml");
    assert_int_equal(format, FORMAT_JUNIT);
    free(path);
    path = report_words("markdown   a b.md", "smoke", &format, NULL);
    assert_string_equal(path, "a b.md");
    assert_int_equal(format, FORMAT_MARKDOWN);
    free(path);
}

static void what_is_no_format_is_refused(void **state)
{
    enum format format = FORMAT_TEXT;
    struct error error;

    (void)state;
    assert_null(report_words("pdf report.pdf", "smoke", &format, &error));
    assert_non_null(strstr(error.text, "\"pdf\" is no format"));
    assert_null(report_words("jun", "smoke", &format, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_goes_to_a_file_of_its_name),
        cmocka_unit_test(what_is_no_format_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/bytes: growth is bounded and an append that does not fit changes nothing. */
#include "tests/unit/unit.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

static void appends_up_to_the_maximum(void **state)
{
    struct bytes bytes;

    (void)state;
    bytes_init(&bytes, 8);
    assert_true(bytes_append(&bytes, "12345678", 8));
    assert_false(bytes_append_byte(&bytes, '9'));
    assert_string_equal(bytes_text(&bytes), "12345678");
    bytes_release(&bytes);
}

static void refuses_without_change(void **state)
{
    struct bytes bytes;

    (void)state;
    bytes_init(&bytes, 4);
    assert_false(bytes_printf(&bytes, "%s", "12345"));
    assert_int_equal(bytes.len, 0);
    assert_string_equal(bytes_text(&bytes), "");
    assert_true(bytes_printf(&bytes, "%d", 1234));
    bytes_drop(&bytes, 3);
    assert_string_equal(bytes_text(&bytes), "4");
    bytes_release(&bytes);
}

static void takes_the_memory(void **state)
{
    struct bytes bytes;
    char *text;

    (void)state;
    bytes_init(&bytes, 100);
    bytes_puts(&bytes, "kept");
    text = bytes_take(&bytes);
    assert_string_equal(text, "kept");
    assert_int_equal(bytes.len, 0);
    free(text);
    text = bytes_take(&bytes);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_up_to_the_maximum),
        cmocka_unit_test(refuses_without_change),
        cmocka_unit_test(takes_the_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

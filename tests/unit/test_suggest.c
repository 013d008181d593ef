#include "tests/unit/unit.h"

#include "base/suggest.h"

#include <string.h>

static void distance_counts_edits_and_swaps_of_neighbours(void **state)
{
    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("model", "model"), 0);
    assert_int_equal(edit_distance("", "port"), 4);
    assert_int_equal(edit_distance("modle", "model"), 1);
    assert_int_equal(edit_distance("formt", "format"), 1);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
}

static void distance_of_long_words_is_their_length(void **state)
{
    char word[200];

    (void)state;
    memset(word, 'a', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    assert_int_equal(edit_distance(word, "a"), sizeof(word) - 1);
    assert_int_equal(edit_distance("a", word), sizeof(word) - 1);
}

static void the_nearest_word_is_suggested(void **state)
{
    struct suggestion near = {.word = NULL};

    (void)state;
    suggest(&near, "idle-timout", "timeout");
    suggest(&near, "idle-timout", "idle-timeout");
    suggest(&near, "idle-timout", "list");
    assert_string_equal(near.word, "idle-timeout");
}

static void nothing_near_gives_no_suggestion(void **state)
{
    struct suggestion near = {.word = NULL};

    (void)state;
    suggest(&near, "zzzz", "port");
    suggest(&near, "xy", "");
    assert_null(near.word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_edits_and_swaps_of_neighbours),
        cmocka_unit_test(distance_of_long_words_is_their_length),
        cmocka_unit_test(the_nearest_word_is_suggested),
        cmocka_unit_test(nothing_near_gives_no_suggestion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

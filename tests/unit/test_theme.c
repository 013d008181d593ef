/* Colours: legible on a dark and on a light background, and never the only sign of a state. */
#include "tests/unit/unit.h"

#include "ui/theme.h"

#include <math.h>

enum { CUBE = 16, GREYS = 232, COLOURS = 256 };

static const double least = 3.0; /* WCAG 2.1, 1.4.11: what must be told apart */

static double linear(int value)
{
    double part = value / 255.0;

    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* Relative luminance of a colour of xterm's table, 16 to 255. */
static double luminance(int colour)
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    int grey = 8 + 10 * (colour - GREYS);
    int at = colour - CUBE;

    if (colour >= GREYS)
        return linear(grey);
    return 0.2126 * linear(levels[at / 36]) + 0.7152 * linear(levels[at / 6 % 6]) +
           0.0722 * linear(levels[at % 6]);
}

static void every_colour_of_256_stands_out_from_black_and_from_white(void **state)
{
    (void)state;
    for (int i = 0; i < STYLE_COUNT; i++) {
        short colour = theme_colour((enum style)i, COLOURS);
        double on_black, on_white;

        if (colour < 0)
            continue;
        assert_in_range(colour, CUBE, COLOURS - 1);
        on_black = (luminance(colour) + 0.05) / 0.05;
        on_white = 1.05 / (luminance(colour) + 0.05);
        if (on_black < least || on_white < least)
            fail_msg("style %d, colour %d: %.2f on black, %.2f on white", i, colour, on_black,
                     on_white);
    }
}

/* The first 16 are the terminal's: green, cyan and the like vanish on white, blue on black. */
static void of_few_colours_only_those_that_most_palettes_keep_legible(void **state)
{
    static const int few[] = {8, 16, 88};

    (void)state;
    for (size_t i = 0; i < sizeof(few) / sizeof(*few); i++) {
        for (int j = 0; j < STYLE_COUNT; j++) {
            short colour = theme_colour((enum style)j, few[i]);

            assert_true(colour == -1 || colour == 1 || colour == 5);
        }
    }
}

/* NO_COLOR: what matters most still differs from what surrounds it. */
static void without_colours_what_matters_has_an_attribute(void **state)
{
    static const enum style marked[] = {STYLE_STRONG, STYLE_FOCUS,   STYLE_KEY,      STYLE_GOOD,
                                        STYLE_BAD,    STYLE_WARNING, STYLE_BILLABLE, STYLE_ESCAPE};

    (void)state;
    for (int i = 0; i < STYLE_COUNT; i++)
        assert_int_equal(theme_colour((enum style)i, 2), -1);
    for (size_t i = 0; i < sizeof(marked) / sizeof(*marked); i++)
        assert_true(theme_style(marked[i])->attributes & ~(unsigned)THEME_DIM);
    assert_true(theme_style(STYLE_BILLABLE)->attributes & THEME_REVERSE);
    assert_int_equal(theme_style(STYLE_PLAIN)->attributes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_colour_of_256_stands_out_from_black_and_from_white),
        cmocka_unit_test(of_few_colours_only_those_that_most_palettes_keep_legible),
        cmocka_unit_test(without_colours_what_matters_has_an_attribute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ui/theme.h"

enum { OWN = -1, RED = 1, MAGENTA = 5 };

/*
 * Nobody is asked whether the background is dark or light: of 256 colours those are taken that
 * stand out from black and from white alike (test_theme), and of the first 16, which are the
 * terminal's own choice, only red and magenta: many palettes make yellow, green, cyan and the
 * bright ones illegible on white, and blue on black.
 */
static const struct theme_style styles[STYLE_COUNT] = {
    [STYLE_PLAIN] = {0, OWN, OWN},
    [STYLE_DIM] = {THEME_DIM, OWN, 244},
    [STYLE_STRONG] = {THEME_BOLD, OWN, OWN},
    [STYLE_BORDER] = {THEME_DIM, OWN, 242},
    [STYLE_FOCUS] = {THEME_BOLD, OWN, 31},
    [STYLE_LABEL] = {THEME_DIM, OWN, 244},
    [STYLE_KEY] = {THEME_BOLD, OWN, OWN},
    [STYLE_GOOD] = {THEME_BOLD, OWN, 28},
    [STYLE_WARNING] = {THEME_BOLD, MAGENTA, 136},
    [STYLE_BAD] = {THEME_BOLD, RED, 167},
    [STYLE_LIVE] = {0, MAGENTA, 32},
    [STYLE_BILLABLE] = {THEME_BOLD | THEME_REVERSE, RED, 160},
    [STYLE_JSON_NAME] = {0, MAGENTA, 67},
    [STYLE_JSON_STRING] = {0, OWN, 65},
    [STYLE_JSON_NUMBER] = {0, OWN, 137},
    [STYLE_JSON_WORD] = {0, OWN, 133},
    [STYLE_ESCAPE] = {THEME_UNDERLINE, MAGENTA, 130},
    [STYLE_MATCH] = {THEME_BOLD | THEME_UNDERLINE, OWN, 31},
};

const struct theme_style *theme_style(enum style style)
{
    return &styles[style];
}

short theme_colour(enum style style, int colours)
{
    const struct theme_style *entry = &styles[style];

    if (colours >= 256)
        return entry->colour256;
    return colours >= 8 ? entry->colour8 : OWN;
}

#include "ui/theme.h"

enum { OWN = -1, RED = 1, GREEN = 2, YELLOW = 3, MAGENTA = 5, CYAN = 6, BRIGHT = 8 };

static const struct theme_style styles[STYLE_COUNT] = {
    [STYLE_PLAIN] = {0, OWN, OWN, OWN},
    [STYLE_DIM] = {THEME_DIM, OWN, OWN, 245},
    [STYLE_STRONG] = {THEME_BOLD, OWN, OWN, OWN},
    [STYLE_BORDER] = {THEME_DIM, OWN, OWN, 240},
    [STYLE_FOCUS] = {THEME_BOLD, CYAN, CYAN, 80},
    [STYLE_LABEL] = {THEME_DIM, OWN, OWN, 245},
    [STYLE_KEY] = {THEME_BOLD, OWN, OWN, OWN},
    [STYLE_GOOD] = {THEME_BOLD, GREEN, GREEN | BRIGHT, 114},
    [STYLE_WARNING] = {THEME_BOLD, YELLOW, YELLOW | BRIGHT, 221},
    [STYLE_BAD] = {THEME_BOLD, RED, RED | BRIGHT, 203},
    [STYLE_LIVE] = {0, CYAN, CYAN, 80},
    [STYLE_BILLABLE] = {THEME_BOLD | THEME_REVERSE, RED, RED, 203},
    [STYLE_JSON_NAME] = {0, CYAN, CYAN, 110},
    [STYLE_JSON_STRING] = {0, GREEN, GREEN, 108},
    [STYLE_JSON_NUMBER] = {0, YELLOW, YELLOW, 180},
    [STYLE_JSON_WORD] = {0, MAGENTA, MAGENTA, 140},
    [STYLE_ESCAPE] = {THEME_UNDERLINE, YELLOW, YELLOW, 179},
    [STYLE_MATCH] = {THEME_BOLD | THEME_UNDERLINE, CYAN, CYAN | BRIGHT, 117},
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
    if (colours >= 16)
        return entry->colour16;
    return colours >= 8 ? entry->colour8 : OWN;
}

/*
 * How things look: one table from meaning to attributes and colours, free of curses.
 *
 * Colour never carries a meaning alone; what a style says stands on the screen as a word or a sign
 * too. With NO_COLOR set, or on a terminal without colours, only the attributes remain. Every
 * colour is legible on a dark and on a light background, so none has to be asked for.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

enum style {
    STYLE_PLAIN,
    STYLE_DIM,      /* what is less important */
    STYLE_STRONG,   /* what is more important */
    STYLE_BORDER,   /* frames of panes */
    STYLE_FOCUS,    /* frame and title of the focused pane */
    STYLE_LABEL,    /* names of fields */
    STYLE_KEY,      /* keys in hints and help */
    STYLE_GOOD,     /* COMPLETE */
    STYLE_WARNING,  /* INCOMPLETE, LIMITED, PAUSED */
    STYLE_BAD,      /* ERROR, MALFORMED, failures */
    STYLE_LIVE,     /* what runs now */
    STYLE_BILLABLE, /* PRODUCTION · BILLABLE */
    STYLE_JSON_NAME,
    STYLE_JSON_STRING, /* stands in quotes */
    STYLE_JSON_NUMBER,
    STYLE_JSON_WORD, /* true, false, null */
    STYLE_ESCAPE,    /* an escape that stands for a character that is not shown */
    STYLE_MATCH,     /* characters that a filter found */
};
enum { STYLE_COUNT = STYLE_MATCH + 1 };

enum {
    THEME_BOLD = 1,
    THEME_DIM = 2,
    THEME_REVERSE = 4,
    THEME_UNDERLINE = 8,
};

struct theme_style {
    unsigned attributes;
    short colour8;   /* 0 to 7 as in ECMA-48, with at least 8 colours; -1: the terminal's own */
    short colour256; /* 16 to 255, with at least 256 colours */
};

const struct theme_style *theme_style(enum style style);

/* The colour of a style on a terminal with `colours` colours; -1: the terminal's own. */
short theme_colour(enum style style, int colours);

#endif

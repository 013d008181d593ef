/*
 * Where panes stand, for any size of the terminal: pure geometry.
 *
 * A region is a rectangle with the tabs of one or more panes, of which one shows. Regions never
 * overlap. Below LAYOUT_ROWS_MIN × LAYOUT_COLUMNS_MIN there is none: a notice stands there.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    LAYOUT_REGIONS_MAX = 4,
    LAYOUT_ROWS_MIN = 6,
    LAYOUT_COLUMNS_MIN = 20,
};

/* The order of the panes in tabs and numbers; the same as in pane.c. */
enum layout_pane {
    LAYOUT_CATALOG,
    LAYOUT_COMPOSER,
    LAYOUT_STREAM,
    LAYOUT_LEDGER,
    LAYOUT_HISTORY,
    LAYOUT_SUITE,
    LAYOUT_OBSERVE,
};

struct region {
    int top, left, rows, columns; /* with its frame */
    unsigned panes;               /* bit i: pane i has a tab here */
};

struct layout {
    int status_row; /* -1: no room for it */
    int prompt_row; /* hints, messages and the prompt */
    struct region regions[LAYOUT_REGIONS_MAX];
    size_t count; /* 0: too small, a notice */
};

/*
 * What the user works in gets the room: of panes above each other the one that was used last is the
 * larger. Catalog takes no room from the others, so going there moves nothing.
 */
struct layout_use {
    bool full;   /* one region fills the screen */
    bool stream; /* of Composer and Stream, Stream was used last */
    bool below;  /* Ledger or one behind it is used now */
};

void layout_make(struct layout *layout, int rows, int columns, const struct layout_use *use);

#endif

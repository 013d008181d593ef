/*
 * The insides of the screen, shared by its files: what is drawn where, and what a place belongs to.
 */
#ifndef UI_SCREEN_STATE_H
#define UI_SCREEN_STATE_H

#include "ui/layout.h"
#include "ui/list.h"
#include "ui/picker.h"
#include "ui/screen.h"
#include "ui/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum overlay { OVERLAY_NONE, OVERLAY_PICKER, OVERLAY_MESSAGES };

/* Where a tab was drawn: columns `from` up to `to`, which are equal when it was not. */
struct tab {
    int row, from, to;
};

struct screen {
    struct application *application;
    const struct keymap *keymap;
    struct canvas *canvas;
    struct layout layout;
    int rows, columns;
    bool full;
    struct pane *panes[PANE_COUNT];
    bool pane_dirty[PANE_COUNT];
    uint64_t visited[PANE_COUNT]; /* when each was last focused: the newest shows in its region */
    uint64_t visits;
    size_t focus;
    size_t came_from; /* where `back` returns to */
    bool can_return;
    enum overlay overlay;  /* over all panes */
    struct picker *picker; /* NULL unless it is the overlay */
    struct list messages;  /* what is shown of them */
    int bottom_rows;       /* that the last frame used; more than one hide a part of the panes */
    struct tab tabs[PANE_COUNT];
    struct hint_places hints; /* of the bottom line */
    bool pointed;             /* the last press found what a second one can use */
    int64_t catalog_minutes;  /* the age of the list that its title tells */
    bool lines_dirty;         /* status and bottom line */
    bool all_dirty;
    bool terminal_dirty; /* the terminal holds something else: paint every row */
};

/* The pane that shows in a region: of its tabs the one last visited. */
size_t screen_shown_pane(const struct screen *screen, const struct region *region);

/* A region with its frame, and what is inside of a frame. */
struct surface screen_region_surface(const struct screen *screen, const struct region *region);
struct surface screen_inside(const struct surface *outer);

/* Bring a pane to the front; `back` returns nowhere afterwards. */
void screen_go(struct screen *screen, size_t pane);

/* Offer a request to one pane, or to the overlay that is open. Flags of enum effect. */
unsigned screen_pane_request(struct screen *screen, size_t pane, const struct request_call *call);
unsigned screen_overlay_request(struct screen *screen, const struct request_call *call);

#endif

/*
 * The two lines that are always there: what we are connected to, and what can be done now.
 */
#ifndef UI_STATUS_H
#define UI_STATUS_H

#include "ui/application.h"
#include "ui/draw.h"
#include "ui/keymap.h"
#include "ui/prompt.h"

/* Profile, base URL alias, key alias, state; what is in flight at the right. */
void status_draw(const struct application *application, const struct surface *surface);

/*
 * How many rows at the bottom of a screen of `rows` that takes: more than one where a message is
 * long and there is room.
 */
int status_bottom_rows(const struct application *application, int rows, int columns, bool ascii,
                       const struct prompt_view *prompt);

/* Where the hints of the bottom line were drawn, and what each one's key does. */
struct hint_place {
    int from, to; /* columns */
    struct request_call call;
};
enum { HINT_PLACES = PANE_HINTS + 8 };
struct hint_places {
    struct hint_place places[HINT_PLACES];
    size_t count;
};

/* The prompt if one is open, else a message, else the keys that matter in `pane`. */
struct status_bottom {
    const struct prompt_view *prompt; /* NULL: none is open */
    const struct pane_ops *pane;
    const struct hint *hints; /* what matters in it now; ends with NONE */
    bool overlay;             /* messages are over it */
    bool filled;              /* one pane fills the screen whether asked to or not */
    const struct keymap *keymap;
    struct hint_places drawn; /* set by the call */
    int cursor_column; /* set by the call: where the cursor of the prompt stands, -1: nowhere */
};
void status_draw_bottom(const struct application *application, const struct surface *surface,
                        struct status_bottom *bottom);

#endif

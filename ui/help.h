/*
 * Help: the keys of the focused pane, those that hold everywhere, and the commands.
 */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "ui/draw.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/pane.h"

struct help {
    const struct pane_ops *pane; /* whose keys come first */
    const struct keymap *keymap;
    struct list list; /* what is shown of it */
};

void help_draw(struct help *help, const struct surface *surface);

#endif

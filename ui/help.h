/*
 * What the pickers of help and of the palette hold, from the keymap and the table of requests.
 */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "ui/application.h"
#include "ui/keymap.h"
#include "ui/pane.h"
#include "ui/picker.h"

/* The keys of `pane`, those that hold everywhere, then what has no key here, by group. */
extern const struct picker_kind help_kind;
void help_fill(struct picker *picker, const struct keymap *keymap, const struct pane_ops *pane,
               const struct hint *hints);

/*
 * All commands by group, with their keys in `pane`. In both the line of a command that cannot do
 * without an argument ends with a blank.
 */
extern const struct picker_kind palette_kind;
void palette_fill(struct picker *picker, const struct keymap *keymap, const struct pane_ops *pane);

/*
 * What a command takes, as rows whose line is the whole command; none where nothing is known that
 * it could take.
 */
extern const struct picker_kind argument_kind;
void argument_fill(struct picker *picker, struct application *application, enum request request);

#endif

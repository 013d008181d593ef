/*
 * What the hint line says of Composer: the keys that do something where the cursor is.
 */
#ifndef UI_COMPOSER_HINTS_H
#define UI_COMPOSER_HINTS_H

#include "ui/composer_head.h"
#include "ui/pane.h"

#include <stdbool.h>

/* The place of the cursor, and what there is. */
struct composer_place {
    const struct composer_row *row; /* of the head; NULL: in the body */
    bool folds;                     /* in the body: a value with values in it */
    bool problems;
};

/* Most useful first, ending with NONE. */
void composer_hints_make(const struct application *application, const struct composer_place *place,
                         struct hint list[static PANE_HINTS + 1]);

#endif

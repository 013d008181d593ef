/*
 * Comparing in History: which exchange is the base, and the view of the two.
 */
#ifndef UI_HISTORY_COMPARE_H
#define UI_HISTORY_COMPARE_H

#include "evidence/history.h"
#include "ui/compare_view.h"

struct application;

struct history_compare {
    struct application *application;
    struct compare_view view;
    char base[EVIDENCE_ID]; /* "" none */
};

void history_compare_release(struct history_compare *compare);

bool history_compare_is_open(const struct history_compare *compare);

/* The row becomes the base, or is it no longer. */
void history_compare_choose(struct history_compare *compare, const struct history_row *row);

/*
 * Open the view: of the ids in `words`, "LEFT RIGHT" or "LEFT", where the row under the cursor is
 * the right one; without words the base is the left one, or what Stream shows. `row` may be NULL.
 * Flags of enum effect.
 */
unsigned history_compare_open(struct history_compare *compare, const struct history_row *row,
                              const char *words);

/* While it is open; EFFECT_UNHANDLED for what is not its own. */
unsigned history_compare_request(struct history_compare *compare, enum request request);

void history_compare_draw(struct history_compare *compare, const struct surface *surface);

#endif

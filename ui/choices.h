/*
 * Completions as a menu above the prompt: columns of equal width, the one that stands in the line
 * marked. What does not fit is counted, never left out in silence, and comes into sight with Tab.
 */
#ifndef UI_CHOICES_H
#define UI_CHOICES_H

#include "ui/draw.h"
#include "ui/prompt.h"

/* Rows wanted on a screen of `rows` by `columns`; 0: there is nothing to choose. */
int choices_rows(const struct prompt_view *view, int rows, int columns);

/* Over the whole surface, which has that many rows. */
void choices_draw(const struct prompt_view *view, const struct surface *surface);

#endif

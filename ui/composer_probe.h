/*
 * What Composer says of the probe that stands in the place of the draft, and leaving it.
 */
#ifndef UI_COMPOSER_PROBE_H
#define UI_COMPOSER_PROBE_H

#include <stdbool.h>

struct application;
struct composer_head;

/* Its rows; none where no probe stands. */
void composer_probe_rows(struct composer_head *head, const struct application *application);

/* Back to the draft, after asking when the case was edited; false where no probe stands. */
bool composer_probe_leave(struct application *application);

#endif

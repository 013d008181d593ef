/*
 * What Catalog says while it has no models to show: what `R` would do, what runs, what failed.
 */
#ifndef UI_CATALOG_NOTICE_H
#define UI_CATALOG_NOTICE_H

#include "ui/application.h"
#include "ui/draw.h"

/* `filter`: there are models, none of which passes it. */
void catalog_notice_draw(const struct application *application, const struct surface *surface,
                         const char *filter);

#endif

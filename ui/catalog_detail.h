/*
 * All that a list tells of one model: its record as a tree that folds and scrolls, or in short
 * below the list.
 */
#ifndef UI_CATALOG_DETAIL_H
#define UI_CATALOG_DETAIL_H

#include "catalog/catalog.h"
#include "ui/draw.h"
#include "ui/pane.h"
#include "ui/request.h"

#include <stdbool.h>

struct catalog_detail;

struct catalog_detail *catalog_detail_new(void);
void catalog_detail_free(struct catalog_detail *detail);

/* Show this model, borrowed until the next call; everything open, the cursor on top. */
void catalog_detail_open(struct catalog_detail *detail, const struct catalog_model *model);

/* Moving and folding: flags of enum effect. */
unsigned catalog_detail_request(struct catalog_detail *detail, const struct request_call *call);

/* As the operations of a pane do (pane.h). */
bool catalog_detail_text(const struct catalog_detail *detail, enum pane_part part,
                         struct pane_text *text);
unsigned catalog_detail_point(struct catalog_detail *detail, int row, int column);

void catalog_detail_draw(struct catalog_detail *detail, const struct surface *surface);

/* A rule, the identifier and as many members as fit into the rows from `row` to the end. */
void catalog_detail_brief(const struct catalog_model *model, const struct surface *surface,
                          int row);

#endif

/*
 * How a line of a JSON tree looks: indented, a sign for folded or open, name and value in their
 * colours. One look for Composer and Catalog.
 */
#ifndef UI_JSON_VIEW_H
#define UI_JSON_VIEW_H

#include "ui/draw.h"
#include "ui/json_tree.h"

#include <stdbool.h>

/*
 * What stands behind a value: a dim remark ("was 1"), what is wrong with it ("! must be a number");
 * NULL or "" is nothing. A long value leaves them room.
 */
struct json_view_notes {
    const char *remark, *warning;
    bool faded; /* the line itself is dim: its value is no longer there */
};

/* From where the pen is to the border. `root` is what line 0 is called ("body"). */
void json_view_draw(struct pen *pen, const struct json_tree_line *line, const char *root,
                    const struct json_view_notes *notes);

/*
 * `column`, counted from where the pen began on a surface of `columns`, is on the sign of a line
 * that has children.
 */
bool json_view_is_sign(const struct json_tree_line *line, int columns, int column);

#endif

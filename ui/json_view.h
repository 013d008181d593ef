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
 * From where the pen is to the border. `root` is what line 0 is called ("body"); `warning` stands
 * behind the value and says what is wrong with it ("! must be a number"), or is NULL; a long value
 * leaves it room.
 */
void json_view_draw(struct pen *pen, const struct json_tree_line *line, const char *root,
                    const char *warning);

/*
 * `column`, counted from where the pen began on a surface of `columns`, is on the sign of a line
 * that has children.
 */
bool json_view_is_sign(const struct json_tree_line *line, int columns, int column);

#endif

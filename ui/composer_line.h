/*
 * One line of the body's tree on the screen: sign, name, value by its type, and what is wrong with
 * it, as a sign and words.
 */
#ifndef UI_COMPOSER_LINE_H
#define UI_COMPOSER_LINE_H

#include "ui/draw.h"

#include <stdbool.h>
#include <stddef.h>

struct body_problems;
struct json_tree;

/* `marked`: the tree is compared with another, and a column says what differs. */
enum { COMPOSER_MARK_COLUMNS = 2 };
void composer_line_draw(const struct json_tree *tree, size_t line,
                        const struct body_problems *problems, bool marked, struct pen *pen);

#endif

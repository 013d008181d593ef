/*
 * One line of the body's tree on the screen: sign, name, value by its type, and what is wrong with
 * it, as a sign and words.
 */
#ifndef UI_COMPOSER_LINE_H
#define UI_COMPOSER_LINE_H

#include "ui/draw.h"

#include <stddef.h>

struct body_problems;
struct json_tree;

void composer_line_draw(const struct json_tree *tree, size_t line,
                        const struct body_problems *problems, struct pen *pen);

#endif

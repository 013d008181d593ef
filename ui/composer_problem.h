/*
 * From problem to problem of a body, by the lines of its tree.
 */
#ifndef UI_COMPOSER_PROBLEM_H
#define UI_COMPOSER_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

struct body_problems;
struct json_tree;

/*
 * The text of the next problem behind `line`, or before it, and `*found`, its line, which is
 * unfolded when it has to be; from the end it goes on at the beginning. `here` false: the cursor is
 * above the body. NULL when there is none.
 */
const char *composer_problem_find(struct json_tree *tree, const struct body_problems *problems,
                                  bool here, bool forward, size_t line, size_t *found);

#endif

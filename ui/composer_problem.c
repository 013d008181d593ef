#include "ui/composer_problem.h"

#include "contract/body_check.h"
#include "ui/json_tree.h"

/* Where the tree shows a problem: its own line, or the folded one that it is in. */
struct place {
    size_t line;
    bool hidden;
};

static struct place place_of(const struct json_tree *tree, const struct body_problem *problem)
{
    size_t line = json_tree_find(tree, problem->pointer);

    return (struct place){line, json_tree_line(tree, line)->value != problem->value};
}

static bool is_ahead(struct place place, bool here, bool forward, size_t line)
{
    if (!here || (place.hidden && place.line == line))
        return true;
    return forward ? place.line > line : place.line < line;
}

static void reveal(struct json_tree *tree, const struct body_problem *problem)
{
    struct place place = place_of(tree, problem);

    while (place.hidden && json_tree_line(tree, place.line)->folded) {
        json_tree_fold(tree, place.line, false);
        json_tree_show(tree, json_tree_line(tree, 0)->value);
        place = place_of(tree, problem);
    }
}

const char *composer_problem_find(struct json_tree *tree, const struct body_problems *problems,
                                  bool here, bool forward, size_t line, size_t *found)
{
    const struct body_problem *best = NULL;
    bool best_ahead = false;
    size_t best_line = 0;

    for (size_t i = 0; i < problems->kept; i++) {
        struct place place = place_of(tree, &problems->items[i]);
        bool ahead = is_ahead(place, here, forward, line);
        bool nearer = forward ? place.line < best_line : place.line > best_line;

        if (best && (ahead != best_ahead ? best_ahead : !nearer))
            continue;
        best = &problems->items[i];
        best_ahead = ahead;
        best_line = place.line;
    }
    if (!best)
        return NULL;
    reveal(tree, best);
    *found = place_of(tree, best).line;
    return best->text;
}

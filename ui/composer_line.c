#include "ui/composer_line.h"

#include <string.h>

#include "base/bytes.h"
#include "contract/body_check.h"
#include "ui/json_tree.h"
#include "ui/json_view.h"

enum { WRONG_MAX = 1 << 20, POINTER_MAX = 1 << 20 };

/* In a folded line what is inside of it counts too. */
static size_t problems_inside(const struct json_tree *tree, size_t line,
                              const struct body_problems *problems)
{
    size_t count = 0;
    struct bytes pointer;

    bytes_init(&pointer, POINTER_MAX);
    json_tree_pointer(tree, line, &pointer);
    for (size_t i = 0; i < problems->kept; i++)
        if (strncmp(problems->items[i].pointer, bytes_text(&pointer), pointer.len) == 0 &&
            problems->items[i].pointer[pointer.len] == '/')
            count++;
    bytes_release(&pointer);
    return count;
}

static void write_problems(const struct json_tree *tree, size_t line,
                           const struct body_problems *problems, struct bytes *out)
{
    const struct json_tree_line *at = json_tree_line(tree, line);
    size_t inside = at->folded && problems->kept ? problems_inside(tree, line, problems) : 0;

    for (size_t i = 0; i < problems->kept; i++)
        if (problems->items[i].value == at->value)
            bytes_printf(out, "%s! %s", out->len ? "  " : "", problems->items[i].text);
    if (inside)
        bytes_printf(out, "%s! %zu problem%s inside", out->len ? "  " : "", inside,
                     inside == 1 ? "" : "s");
}

void composer_line_draw(const struct json_tree *tree, size_t line,
                        const struct body_problems *problems, struct pen *pen)
{
    struct bytes wrong;

    bytes_init(&wrong, WRONG_MAX);
    write_problems(tree, line, problems, &wrong);
    json_view_draw(pen, json_tree_line(tree, line), "body", bytes_text(&wrong));
    bytes_release(&wrong);
}

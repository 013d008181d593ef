#include "ui/composer_line.h"

#include <string.h>

#include "base/bytes.h"
#include "contract/body_check.h"
#include "ui/json_tree.h"
#include "ui/json_view.h"

enum { WRONG_MAX = 1 << 20, POINTER_MAX = 1 << 20, WAS_MAX = 200 };

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

/* A sign and a word for what the probe changes; nothing where no probe stands. */
static void write_change(const struct json_tree_line *line, struct bytes *out)
{
    struct json_tree_line was = {.value = line->before, .folded = true};

    switch (line->mark) {
    case JSON_TREE_ADDED:
        bytes_puts(out, "added");
        break;
    case JSON_TREE_REMOVED:
        bytes_puts(out, "removed");
        break;
    case JSON_TREE_REPLACED:
        bytes_puts(out, "was ");
        json_tree_preview(&was, WAS_MAX, out);
        break;
    case JSON_TREE_SAME:
        break;
    }
}

static void draw_mark(struct pen *pen, enum json_tree_mark mark)
{
    static const struct {
        const char *sign;
        enum style style;
    } marks[] = {
        [JSON_TREE_SAME] = {"  ", STYLE_PLAIN},
        [JSON_TREE_ADDED] = {"+ ", STYLE_GOOD},
        [JSON_TREE_REPLACED] = {"~ ", STYLE_WARNING},
        [JSON_TREE_REMOVED] = {"- ", STYLE_BAD},
    };

    draw_text(pen, marks[mark].style, marks[mark].sign);
}

void composer_line_draw(const struct json_tree *tree, size_t line,
                        const struct body_problems *problems, bool marked, struct pen *pen)
{
    const struct json_tree_line *at = json_tree_line(tree, line);
    struct json_view_notes notes = {.faded = at->mark == JSON_TREE_REMOVED};
    struct bytes wrong, change;

    bytes_init(&wrong, WRONG_MAX);
    bytes_init(&change, WRONG_MAX);
    write_problems(tree, line, problems, &wrong);
    write_change(at, &change);
    notes.warning = bytes_text(&wrong);
    notes.remark = bytes_text(&change);
    if (marked)
        draw_mark(pen, at->mark);
    json_view_draw(pen, at, "body", &notes);
    bytes_release(&change);
    bytes_release(&wrong);
}

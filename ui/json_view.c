#include "ui/json_view.h"

#include <string.h>

#include "base/bytes.h"
#include "base/json.h"

enum { INDENT = 2, PREVIEW_BYTES = 2000, PREVIEW_MAX = 1 << 20 };

static enum style value_style(enum json_type type)
{
    switch (type) {
    case JSON_STRING:
        return STYLE_JSON_STRING;
    case JSON_NUMBER:
        return STYLE_JSON_NUMBER;
    case JSON_BOOLEAN:
    case JSON_NULL:
        return STYLE_JSON_WORD;
    default:
        return STYLE_DIM;
    }
}

static void draw_name(struct pen *pen, const struct json_tree_line *line, const char *root)
{
    const char *name = json_name(line->value);

    if (line->depth == 0)
        draw_text(pen, STYLE_LABEL, root);
    else if (name)
        draw_bytes(pen, STYLE_JSON_NAME, name, strnlen(name, PREVIEW_BYTES));
    else
        draw_format(pen, STYLE_DIM, "%zu", line->index);
    draw_text(pen, STYLE_DIM, ": ");
}

void json_view_draw(struct pen *pen, const struct json_tree_line *line, const char *root,
                    const char *warning)
{
    int indent = line->depth * INDENT, most = pen->surface->columns / 2;
    struct bytes preview;

    draw_to(pen, pen->column + (indent < most ? indent : most));
    draw_text(pen, STYLE_DIM, line->folded ? "+ " : line->open ? "- " : "  ");
    draw_name(pen, line, root);
    draw_text(pen, STYLE_WARNING, warning);
    bytes_init(&preview, PREVIEW_MAX);
    json_tree_preview(line, PREVIEW_BYTES, &preview);
    draw_cut(pen, value_style(json_type(line->value)), bytes_text(&preview), preview.len);
    bytes_release(&preview);
}

#include "ui/json_view.h"

#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

enum { INDENT = 2, SIGN_COLUMNS = 2, PREVIEW_BYTES = 2000, PREVIEW_MAX = 1 << 20, GAP = 2 };

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

/* A name of any length leaves a quarter of the row to its value. */
static void draw_name(struct pen *pen, const struct json_tree_line *line, const char *root)
{
    const char *name = json_name(line->value);
    size_t len = name ? strnlen(name, PREVIEW_BYTES) : 0;
    int most = (pen->surface->columns - pen->column) * 3 / 4;

    if (line->depth == 0)
        draw_text(pen, STYLE_LABEL, root);
    else if (name && text_width(name, len) > most)
        draw_field(pen, STYLE_JSON_NAME, name, len, most);
    else if (name)
        draw_bytes(pen, STYLE_JSON_NAME, name, len);
    else
        draw_format(pen, STYLE_DIM, "%zu", line->index);
    draw_text(pen, STYLE_DIM, ": ");
}

static int indent_of(const struct json_tree_line *line, int columns)
{
    int indent = line->depth * INDENT, most = columns / 2;

    return indent < most ? indent : most;
}

bool json_view_is_sign(const struct json_tree_line *line, int columns, int column)
{
    int sign = indent_of(line, columns);

    return (line->folded || line->open) && column >= sign && column < sign + SIGN_COLUMNS;
}

/* `reserved`: columns that are wanted behind it. */
static void draw_value(struct pen *pen, const struct json_tree_line *line, int reserved, bool faded)
{
    int room = pen->surface->columns - pen->column;
    int width = room - reserved > room / 3 ? room - reserved : room / 3;
    enum style style = faded ? STYLE_DIM : value_style(json_type(line->value));
    struct bytes preview;

    bytes_init(&preview, PREVIEW_MAX);
    json_tree_preview(line, PREVIEW_BYTES, &preview);
    if (reserved > 0 && text_width(bytes_text(&preview), preview.len) > width)
        draw_field(pen, style, bytes_text(&preview), preview.len, width);
    else
        draw_cut(pen, style, bytes_text(&preview), preview.len);
    bytes_release(&preview);
}

static int note_width(const char *note)
{
    return note && *note ? text_width(note, strlen(note)) + GAP : 0;
}

static void draw_note(struct pen *pen, enum style style, const char *note)
{
    if (!note || !*note)
        return;
    draw_text(pen, STYLE_PLAIN, "  ");
    draw_cut(pen, style, note, strlen(note));
}

void json_view_draw(struct pen *pen, const struct json_tree_line *line, const char *root,
                    const struct json_view_notes *notes)
{
    static const struct json_view_notes none = {.remark = NULL};

    if (!notes)
        notes = &none;
    draw_to(pen, pen->column + indent_of(line, pen->surface->columns));
    draw_text(pen, STYLE_DIM, line->folded ? "+ " : line->open ? "- " : "  ");
    draw_name(pen, line, root);
    draw_value(pen, line, note_width(notes->remark) + note_width(notes->warning), notes->faded);
    draw_note(pen, STYLE_DIM, notes->remark);
    draw_note(pen, STYLE_WARNING, notes->warning);
}

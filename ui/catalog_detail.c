#include "ui/catalog_detail.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/catalog_table.h"
#include "ui/json_tree.h"
#include "ui/json_view.h"
#include "ui/list.h"
#include "ui/pane.h"

enum { HEAD_ROWS = 2, DATE_COLUMNS = 12, TIME_COLUMNS = 7 };

/* Line 0 of the tree, the record itself, is the head here: the list's line 0 is the tree's 1. */
struct catalog_detail {
    const struct catalog_model *model;
    struct json_tree *tree;
    struct list list;
    bool folded; /* all of it */
    int columns; /* of the surface that was drawn last */
};

struct catalog_detail *catalog_detail_new(void)
{
    struct catalog_detail *detail = xcalloc(1, sizeof(*detail));

    detail->tree = json_tree_new();
    return detail;
}

void catalog_detail_free(struct catalog_detail *detail)
{
    json_tree_free(detail->tree);
    free(detail);
}

static void lay_out(struct catalog_detail *detail)
{
    size_t count;

    json_tree_show(detail->tree, detail->model ? detail->model->record : NULL);
    count = json_tree_count(detail->tree);
    list_fit(&detail->list, count ? count - 1 : 0, detail->list.rows);
}

void catalog_detail_open(struct catalog_detail *detail, const struct catalog_model *model)
{
    detail->model = model;
    detail->list.cursor = detail->list.top = 0;
    detail->folded = false;
    json_tree_fold_all(detail->tree, false);
    lay_out(detail);
}

static size_t cursor_line(const struct catalog_detail *detail)
{
    return detail->list.cursor + 1;
}

/* The head is no line to stand on. */
static void go_to(struct catalog_detail *detail, size_t line)
{
    detail->list.cursor = line ? line - 1 : 0;
}

static unsigned fold(struct catalog_detail *detail, size_t line, bool folded)
{
    json_tree_fold(detail->tree, line, folded);
    go_to(detail, line);
    lay_out(detail);
    return EFFECT_DRAW;
}

/* A value without children folds what it is in. */
static unsigned toggle(struct catalog_detail *detail)
{
    size_t line = cursor_line(detail);
    const struct json_tree_line *at = json_tree_line(detail->tree, line);

    if (!at->folded && !at->open)
        line = at->parent;
    if (line == 0)
        return EFFECT_DRAW;
    return fold(detail, line, !json_tree_line(detail->tree, line)->folded);
}

static unsigned go_left(struct catalog_detail *detail)
{
    size_t line = cursor_line(detail);

    if (json_tree_line(detail->tree, line)->open)
        return fold(detail, line, true);
    if (json_tree_parent(detail->tree, line) > 0)
        go_to(detail, json_tree_parent(detail->tree, line));
    return EFFECT_DRAW;
}

static unsigned go_right(struct catalog_detail *detail)
{
    size_t line = cursor_line(detail);

    if (json_tree_line(detail->tree, line)->folded)
        return fold(detail, line, false);
    if (json_tree_line(detail->tree, line)->open)
        go_to(detail, line + 1);
    return EFFECT_DRAW;
}

static unsigned fold_all(struct catalog_detail *detail)
{
    detail->folded = !detail->folded;
    json_tree_fold_all(detail->tree, detail->folded);
    detail->list.cursor = 0;
    lay_out(detail);
    return EFFECT_DRAW;
}

unsigned catalog_detail_request(struct catalog_detail *detail, const struct request_call *call)
{
    if (detail->list.count == 0)
        return EFFECT_UNHANDLED;
    if (list_request(&detail->list, call->request))
        return EFFECT_DRAW;
    switch (call->request) {
    case REQUEST_LEFT:
        return go_left(detail);
    case REQUEST_RIGHT:
        return go_right(detail);
    case REQUEST_FOLD:
        return toggle(detail);
    case REQUEST_FOLD_ALL:
        return fold_all(detail);
    default:
        return EFFECT_UNHANDLED;
    }
}

bool catalog_detail_text(const struct catalog_detail *detail, enum pane_part part,
                         struct pane_text *text)
{
    text->what = part == PANE_ALL ? "the record" : "the value";
    if (part == PANE_ALL)
        return json_write(detail->model->record, true, text->bytes);
    return detail->list.count > 0 &&
           json_write(json_tree_line(detail->tree, cursor_line(detail))->value, false, text->bytes);
}

unsigned catalog_detail_point(struct catalog_detail *detail, int row, int column)
{
    if (!list_point(&detail->list, row - HEAD_ROWS))
        return EFFECT_UNHANDLED;
    if (json_view_is_sign(json_tree_line(detail->tree, cursor_line(detail)), detail->columns,
                          column))
        return toggle(detail) | EFFECT_UNHANDLED;
    return EFFECT_DRAW;
}

static void draw_rule(const struct surface *surface, int row)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    for (int i = 0; i < surface->columns; i++)
        draw_text(&pen, STYLE_BORDER, draw_sign(surface, SIGN_HORIZONTAL));
    draw_end(&pen);
}

static void draw_head(const struct catalog_model *model, const struct surface *surface, int row)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_cut(&pen, STYLE_STRONG, model->id, strlen(model->id));
    draw_end(&pen);
}

/* Whole or not at all; the time of day where there is room for it as well. */
static void draw_date(struct pen *pen, int64_t wall_ms)
{
    int room = pen->surface->columns - pen->column;
    char date[CLOCK_TEXT];

    clock_format(wall_ms, date);
    if (room >= DATE_COLUMNS)
        draw_format(pen, STYLE_DIM, "  %.10s", date);
    if (room >= DATE_COLUMNS + TIME_COLUMNS)
        draw_format(pen, STYLE_DIM, " %.5sZ", date + 11);
}

static void draw_member(const struct surface *surface, int row, bool selected,
                        const struct json_tree_line *line)
{
    int64_t wall_ms;
    struct pen pen;

    draw_begin(&pen, surface, row, selected);
    json_view_draw(&pen, line, "record", NULL);
    if (catalog_table_is_date(line->value, &wall_ms))
        draw_date(&pen, wall_ms);
    draw_end(&pen);
}

void catalog_detail_draw(struct catalog_detail *detail, const struct surface *surface)
{
    int row = HEAD_ROWS;

    draw_head(detail->model, surface, 0);
    draw_rule(surface, 1);
    detail->columns = surface->columns;
    list_fit(&detail->list, detail->list.count,
             surface->rows > HEAD_ROWS ? (size_t)(surface->rows - HEAD_ROWS) : 0);
    for (; row < surface->rows; row++) {
        size_t index = detail->list.top + (size_t)(row - HEAD_ROWS);

        if (index >= detail->list.count)
            break;
        draw_member(surface, row, surface->focused && index == detail->list.cursor,
                    json_tree_line(detail->tree, index + 1));
    }
    draw_blank_from(surface, row);
}

void catalog_detail_brief(const struct catalog_model *model, const struct surface *surface, int row)
{
    const struct json *member = json_first(model->record);

    draw_rule(surface, row++);
    draw_head(model, surface, row++);
    for (; member && row < surface->rows; member = json_next(member)) {
        enum json_type type = json_type(member);
        const struct json_tree_line line = {
            .value = member, .depth = 1, .folded = type == JSON_OBJECT || type == JSON_ARRAY};

        if (json_name(member) && strcmp(json_name(member), "id") == 0)
            continue;
        draw_member(surface, row++, false, &line);
    }
    draw_blank_from(surface, row);
}

#include "ui/compare_view.h"

#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"

enum {
    SIDES_FROM = 100, /* columns */
    HEAD_ROWS = 1,
    SIGN_WIDTH = 2,
    LABEL_WIDE = 30,
    LABEL_NARROW = 18,
    GUTTER = 3, /* between the sides */
    TEXT_LEAST = 8,
};

/* ---- opening ---- */

void compare_view_close(struct compare_view *view)
{
    compare_free(view->compare);
    compare_rows_release(&view->rows);
    *view = (struct compare_view){.compare = NULL};
}

bool compare_view_open(struct compare_view *view, const char *left, const char *right,
                       const struct redactor *redactor, const struct stream_rules *rules,
                       struct error *error)
{
    compare_view_close(view);
    view->compare = compare_open(left, right, redactor, rules, error);
    return view->compare != NULL;
}

/* ---- the work ---- */

static bool counts(const struct compare_line *line)
{
    return line->sign != COMPARE_SAME && !line->varies;
}

/* The title above a line belongs to it. */
static void show_line(struct compare_view *view)
{
    size_t i = 0;

    while (i < view->rows.count && view->rows.rows[i].line < view->sought)
        i++;
    view->list.top = i;
    view->seeks = false;
}

bool compare_view_work(struct compare_view *view, const struct clock *clock, int64_t most_us,
                       bool *more, struct error *error)
{
    int64_t until_us = clock_now_us(clock) + most_us;
    enum compare_step step = COMPARE_MORE;

    while (!view->done && clock_now_us(clock) < until_us) {
        if (step != COMPARE_DONE)
            step = compare_advance(view->compare, error);
        else if (view->rows.facts > 0)
            view->done = compare_rows_extend(&view->rows, view->compare);
        else
            break;
        if (step == COMPARE_FAILED) {
            compare_view_close(view);
            return false;
        }
    }
    if (view->seeks && (view->done || view->rows.line > view->sought))
        show_line(view);
    *more = !view->done;
    return true;
}

/* ---- moving ---- */

/* The line whose row is the first that is shown. */
static size_t line_on_top(const struct compare_view *view)
{
    return view->list.top < view->rows.count ? view->rows.rows[view->list.top].line : 0;
}

/* A stretch of differing text is one difference; so is each fact. */
static bool begins_difference(const struct compare *compare, size_t index)
{
    const struct compare_line *line = compare_line(compare, index);
    const struct compare_line *before = index ? compare_line(compare, index - 1) : NULL;

    return counts(line) && !(before && counts(before) && line->section == COMPARE_TEXT &&
                             before->section == COMPARE_TEXT);
}

bool compare_view_seek(struct compare_view *view, bool forward)
{
    size_t count = compare_count(view->compare);
    size_t line = view->chosen ? view->sought : line_on_top(view);

    while (forward ? ++line < count : line-- > 0)
        if (begins_difference(view->compare, line)) {
            view->sought = line;
            view->seeks = view->chosen = true;
            if (view->rows.line > line)
                show_line(view);
            return true;
        }
    return false;
}

bool compare_view_request(struct compare_view *view, enum request request)
{
    if (!list_scroll(&view->list, request))
        return false;
    view->seeks = view->chosen = false;
    return true;
}

/* ---- drawing ---- */

static bool has_sides(const struct surface *surface)
{
    return surface->columns >= SIDES_FROM;
}

static int side_width(const struct surface *surface, bool fact)
{
    int label = !fact ? 0 : has_sides(surface) ? LABEL_WIDE : LABEL_NARROW;
    int room = surface->columns - SIGN_WIDTH - label;
    int width = has_sides(surface) ? (room - GUTTER) / 2 : room;

    return width < TEXT_LEAST ? TEXT_LEAST : width;
}

static enum style style_of(const struct compare_line *line, enum compare_sign sign)
{
    static const enum style styles[] = {[COMPARE_SAME] = STYLE_PLAIN,
                                        [COMPARE_CHANGED] = STYLE_WARNING,
                                        [COMPARE_REMOVED] = STYLE_BAD,
                                        [COMPARE_ADDED] = STYLE_GOOD};

    return line->varies ? STYLE_DIM : styles[sign];
}

static void draw_title(const struct compare_view *view, const struct surface *surface, int row,
                       const struct compare_line *line)
{
    size_t differences = compare_differences(view->compare, line->section);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_rule_to(&pen, STYLE_BORDER, 1);
    draw_format(&pen, STYLE_STRONG, " %s ", compare_section_name(line->section));
    if (differences)
        draw_format(&pen, STYLE_WARNING, "%zu difference%s ", differences,
                    differences == 1 ? "" : "s");
    else
        draw_text(&pen, STYLE_DIM, "no difference ");
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
}

/* One side of a row being drawn: what differs in it is set apart. */
struct side {
    struct pen *pen;
    const struct compare_line *line;
    enum compare_sign sign;
    bool right;
    int end; /* the column behind it */
};

static void draw_part(void *context, const struct compare_part *part)
{
    const struct side *side = context;
    const char *text = side->right ? part->right : part->left;
    size_t len = side->right ? part->right_len : part->left_len;
    enum style style = STYLE_PLAIN;

    if (side->line->varies)
        style = STYLE_DIM;
    else if (!part->same || (side->sign != COMPARE_SAME && side->sign != COMPARE_CHANGED))
        style = side->right ? STYLE_GOOD : STYLE_BAD;
    if (len && side->pen->column < side->end)
        draw_bytes(side->pen, style, text, len);
}

/* The sign of what is only there or different tells; the words of it do as well. */
static void draw_side(const struct compare_view *view, struct pen *pen,
                      const struct compare_row *row, bool right, int width)
{
    const struct compare_line *line = compare_line(view->compare, row->line);
    struct side side = {.pen = pen,
                        .line = line,
                        .sign = (enum compare_sign)row->sign,
                        .right = right,
                        .end = width ? pen->column + width : pen->surface->columns};

    if (line->label && (row->flags & COMPARE_FIRST) && !(right ? line->right : line->left))
        draw_text(pen, STYLE_DIM, "(none)");
    else
        compare_rows_parts(view->compare, row, draw_part, &side);
    if (width)
        draw_to(pen, side.end);
}

static void draw_label(struct pen *pen, const struct compare_row *row,
                       const struct compare_line *line, int width)
{
    int end = pen->column + width;

    if (line->label && (row->flags & COMPARE_FIRST)) {
        draw_field(pen, line->varies ? STYLE_DIM : STYLE_LABEL, line->label, strlen(line->label),
                   width - 1);
        draw_text(pen, STYLE_PLAIN, " ");
    }
    if (line->label)
        draw_to(pen, end);
}

/*
 * Where a row shows one side alone it is marked as in a unified diff, and by the side where what
 * differs is no difference.
 */
static const char *sign_of(const struct compare_row *row, const struct compare_line *line)
{
    static const char *const signs[] = {[COMPARE_SAME] = " ",
                                        [COMPARE_CHANGED] = "~",
                                        [COMPARE_REMOVED] = "-",
                                        [COMPARE_ADDED] = "+"};
    bool left = (row->flags & COMPARE_LEFT) != 0, alone = !left || !(row->flags & COMPARE_RIGHT);
    bool both = line->left && line->right;

    if (line->sign != COMPARE_SAME && line->varies && !alone)
        return ".";
    if (!alone || !both || !line->label)
        return alone && both && row->sign == COMPARE_CHANGED ? left ? "-" : "+" : signs[row->sign];
    if (counts(line))
        return left ? "-" : "+";
    return line->left_len == line->right_len && memcmp(line->left, line->right, line->left_len) == 0
               ? " "
           : left ? "<"
                  : ">";
}

static void draw_row(const struct compare_view *view, const struct surface *surface, int at,
                     const struct compare_row *row)
{
    const struct compare_line *line = compare_line(view->compare, row->line);
    bool here = view->chosen && view->sought == row->line && (row->flags & COMPARE_FIRST);
    int width = side_width(surface, line->label != NULL);
    struct pen pen;

    draw_begin(&pen, surface, at, false);
    draw_text(&pen, style_of(line, (enum compare_sign)row->sign), sign_of(row, line));
    draw_text(&pen, STYLE_FOCUS, here ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_label(&pen, row, line, view->rows.beside ? LABEL_WIDE : LABEL_NARROW);
    if (row->flags & COMPARE_LEFT)
        draw_side(view, &pen, row, false, view->rows.beside ? width : 0);
    if ((row->flags & COMPARE_LEFT) && (row->flags & COMPARE_RIGHT))
        draw_format(&pen, STYLE_BORDER, " %s ",
                    draw_sign(surface, view->rows.beside ? SIGN_VERTICAL : SIGN_ARROW));
    if (row->flags & COMPARE_RIGHT)
        draw_side(view, &pen, row, true, width);
    draw_end(&pen);
}

static void draw_head(const struct compare_view *view, const struct surface *surface)
{
    const char *left = compare_id(view->compare, false), *right = compare_id(view->compare, true);
    struct pen pen;

    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    if (has_sides(surface)) {
        draw_to(&pen, SIGN_WIDTH);
        draw_format(&pen, STYLE_LABEL, "left, the base: ");
        draw_format(&pen, STYLE_STRONG, "%s", left);
        draw_to(&pen, SIGN_WIDTH + side_width(surface, false) + GUTTER);
        draw_format(&pen, STYLE_LABEL, "right: ");
        draw_format(&pen, STYLE_STRONG, "%s", right);
    } else {
        draw_format(&pen, STYLE_BAD, "- %s  ", left);
        draw_format(&pen, STYLE_GOOD, "+ %s", right);
    }
    draw_end(&pen);
}

static void fit(struct compare_view *view, const struct surface *surface)
{
    int facts = side_width(surface, true), text = side_width(surface, false);
    size_t line = line_on_top(view);
    int rows = surface->rows - HEAD_ROWS;

    if (view->rows.facts != facts || view->rows.text != text) {
        if (view->rows.count) {
            view->sought = line;
            view->seeks = true;
        }
        compare_rows_reset(&view->rows, facts, text, has_sides(surface),
                           canvas_is_ascii(surface->canvas));
        view->done = false;
    }
    list_fit_view(&view->list, view->rows.count, rows > 0 ? (size_t)rows : 0);
}

void compare_view_draw(struct compare_view *view, const struct surface *surface)
{
    int at = HEAD_ROWS;
    struct pen pen;

    fit(view, surface);
    draw_head(view, surface);
    if (view->rows.count == 0) {
        draw_begin(&pen, surface, at++, false);
        draw_format(&pen, STYLE_DIM, "  Reading ... %d %%", compare_percent(view->compare));
        draw_end(&pen);
    }
    for (size_t i = view->list.top; i < view->rows.count && at < surface->rows; i++) {
        const struct compare_row *row = &view->rows.rows[i];

        if (row->flags & COMPARE_TITLE)
            draw_title(view, surface, at++, compare_line(view->compare, row->line));
        else
            draw_row(view, surface, at++, row);
    }
    draw_blank_from(surface, at);
}

void compare_view_facts(const struct compare_view *view, struct bytes *out)
{
    size_t all = 0;

    for (int i = 0; i < COMPARE_SECTIONS; i++)
        if (i != COMPARE_TIMING)
            all += compare_differences(view->compare, (enum compare_section)i);
    if (compare_count(view->compare))
        bytes_printf(out, "%zu difference%s besides timing", all, all == 1 ? "" : "s");
}

bool compare_view_text(const struct compare_view *view, struct bytes *out)
{
    bool fits = true;

    for (size_t i = 0; i < compare_count(view->compare); i++) {
        const struct compare_line *line = compare_line(view->compare, i);

        fits &= bytes_printf(out, "%s\t%s\t%s\t", compare_section_name(line->section),
                             compare_sign_word(line->sign), line->label ? line->label : "") &&
                bytes_append(out, line->left ? line->left : "", line->left_len) &&
                bytes_append_byte(out, '\t') &&
                bytes_append(out, line->right ? line->right : "", line->right_len) &&
                bytes_append_byte(out, '\n');
    }
    return fits;
}

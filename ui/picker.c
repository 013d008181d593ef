#include "ui/picker.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/fuzzy.h"
#include "ui/list.h"
#include "ui/paragraph.h"

enum { MARGIN = 2, GAP = 2, HINT_FROM = 5, MATCH_MAX = 4096, TAIL_FROM = 60, FIRST_WORTH = 16 };

/* A heading has no line. */
struct row {
    char *cells[PICKER_CELLS];
    char *line;
    char *detail; /* NULL: none */
};

struct picker {
    const struct picker_kind *kind;
    struct row *rows;
    size_t count;
    size_t headings;
    struct fuzzy *fuzzy;
    struct fuzzy_hit *shown; /* rows, and headings while nothing is typed */
    size_t matching;         /* rows among them */
    struct list list;
    bool stale; /* rows were added since `shown` was made */
};

struct picker *picker_new(const struct picker_kind *kind)
{
    struct picker *picker = xcalloc(1, sizeof(*picker));

    picker->kind = kind;
    picker->fuzzy = fuzzy_new(NULL);
    picker->stale = true;
    return picker;
}

void picker_free(struct picker *picker)
{
    if (!picker)
        return;
    for (size_t i = 0; i < picker->count; i++) {
        for (int cell = 0; cell < PICKER_CELLS; cell++)
            free(picker->rows[i].cells[cell]);
        free(picker->rows[i].line);
        free(picker->rows[i].detail);
    }
    free(picker->rows);
    free(picker->shown);
    fuzzy_free(picker->fuzzy);
    free(picker);
}

const struct picker_kind *picker_kind(const struct picker *picker)
{
    return picker->kind;
}

/* ---- rows ---- */

static void add(struct picker *picker, struct row row)
{
    picker->rows = xreallocarray(picker->rows, picker->count + 1, sizeof(*picker->rows));
    picker->rows[picker->count++] = row;
    picker->stale = true;
}

/* An empty line sets it apart from what stands above. */
void picker_add_heading(struct picker *picker, const char *text)
{
    if (picker->count > 0) {
        add(picker, (struct row){.cells = {xstrdup(""), xstrdup(""), xstrdup("")}});
        picker->headings++;
    }
    add(picker, (struct row){.cells = {xstrdup(text), xstrdup(""), xstrdup("")}});
    picker->headings++;
}

void picker_add(struct picker *picker, const char *lead, const char *text, const char *tail,
                const char *line)
{
    add(picker, (struct row){.cells = {xstrdup(lead), xstrdup(text), xstrdup(tail)},
                             .line = xstrdup(line)});
}

void picker_add_detail(struct picker *picker, const char *text)
{
    picker->rows[picker->count - 1].detail = xstrdup(text);
}

size_t picker_count(const struct picker *picker)
{
    return picker->count - picker->headings;
}

/* ---- the filter ---- */

/* The matched cells with a blank between; `offsets` says where each begins. */
static void matched_text(const struct picker *picker, const struct row *row, struct bytes *text,
                         size_t offsets[static PICKER_CELLS])
{
    for (int cell = 0; cell < PICKER_CELLS; cell++) {
        offsets[cell] = text->len;
        if (!picker->kind->matched[cell])
            continue;
        bytes_puts(text, row->cells[cell]);
        bytes_append_byte(text, ' ');
    }
}

/* What matches in its first cell alone is rather meant than what does in all of them. */
static bool match(struct picker *picker, const struct row *row, struct fuzzy_hit *hit)
{
    const bool *matched = picker->kind->matched;
    const char *first = row->cells[matched[PICKER_LEAD] ? PICKER_LEAD : PICKER_TEXT];
    size_t offsets[PICKER_CELLS], len = strnlen(first, MATCH_MAX);
    struct bytes text;
    bool matches;
    int score;

    bytes_init(&text, MATCH_MAX);
    matched_text(picker, row, &text, offsets);
    hit->len = len;
    matches = fuzzy_match(picker->fuzzy, bytes_text(&text), text.len, &hit->score);
    if (matches && fuzzy_match(picker->fuzzy, first, len, &score) &&
        score + FIRST_WORTH > hit->score)
        hit->score = score + FIRST_WORTH;
    bytes_release(&text);
    return matches;
}

/* Of hits in their order, those worth two thirds of the best, or more. */
static size_t drop_weak(const struct fuzzy_hit *hits, size_t count)
{
    size_t kept = 0;

    while (kept < count && hits[kept].score * 3 >= hits[0].score * 2)
        kept++;
    return kept;
}

static bool is_heading(const struct picker *picker, size_t shown)
{
    return !picker->rows[picker->shown[shown].index].line;
}

/* Headings are no rows to stand on. */
static void leave_heading(struct picker *picker, bool upwards)
{
    struct list *list = &picker->list;
    size_t at = list->cursor;

    while (upwards && at > 0 && is_heading(picker, at))
        at--;
    while (at + 1 < list->count && is_heading(picker, at))
        at++;
    list->cursor = at;
}

static void refresh(struct picker *picker)
{
    bool all = fuzzy_is_empty(picker->fuzzy);
    size_t count = 0;

    picker->stale = false;
    picker->shown = xreallocarray(picker->shown, picker->count + 1, sizeof(*picker->shown));
    for (size_t i = 0; i < picker->count; i++) {
        struct fuzzy_hit *hit = &picker->shown[count];

        *hit = (struct fuzzy_hit){.index = i};
        if (all || (picker->rows[i].line && match(picker, &picker->rows[i], hit)))
            count++;
    }
    if (!all) {
        fuzzy_sort(picker->shown, count);
        count = drop_weak(picker->shown, count);
    }
    picker->matching = all ? picker_count(picker) : count;
    picker->list.cursor = picker->list.top = 0;
    list_fit(&picker->list, count, picker->list.rows);
    leave_heading(picker, false);
}

void picker_filter(struct picker *picker, const char *filter)
{
    fuzzy_free(picker->fuzzy);
    picker->fuzzy = fuzzy_new(filter);
    refresh(picker);
}

bool picker_point(struct picker *picker, int row)
{
    size_t before = picker->list.cursor;

    if (picker->stale)
        refresh(picker);
    if (!list_point(&picker->list, row))
        return false;
    if (!is_heading(picker, picker->list.cursor))
        return true;
    picker->list.cursor = before;
    return false;
}

bool picker_request(struct picker *picker, enum request request)
{
    size_t before = picker->list.cursor;

    if (picker->stale)
        refresh(picker);
    if (request == REQUEST_SCROLL_UP || request == REQUEST_SCROLL_DOWN) /* the cursor with it */
        request = request == REQUEST_SCROLL_UP ? REQUEST_UP : REQUEST_DOWN;
    if (!list_request(&picker->list, request))
        return false;
    if (picker->list.count > 0)
        leave_heading(picker, picker->list.cursor < before);
    return true;
}

const char *picker_line(const struct picker *picker)
{
    const struct list *list = &picker->list;

    return list->count ? picker->rows[picker->shown[list->cursor].index].line : NULL;
}

/* ---- drawing ---- */

/* Wide enough for every lead, and never more than half. */
static int lead_columns(const struct picker *picker, const struct surface *surface)
{
    int columns = 0;

    for (size_t i = 0; i < picker->list.rows && picker->list.top + i < picker->list.count; i++) {
        const struct row *row = &picker->rows[picker->shown[picker->list.top + i].index];
        int width = row->line ? text_width(row->cells[PICKER_LEAD],
                                           strnlen(row->cells[PICKER_LEAD], MATCH_MAX))
                              : 0;

        if (width > columns)
            columns = width;
    }
    return columns < surface->columns / 2 ? columns : surface->columns / 2;
}

/* A cell with its marks, cut at `end`. */
static void draw_cell(const struct picker *picker, struct pen *pen, enum picker_cell cell,
                      const struct row *row, const unsigned char *marks, int end)
{
    const struct surface *whole = pen->surface;
    struct surface narrow = *whole;

    if (end < narrow.columns)
        narrow.columns = end;
    pen->surface = &narrow;
    draw_cut_marked(pen, picker->kind->styles[cell], row->cells[cell],
                    strnlen(row->cells[cell], MATCH_MAX), marks);
    pen->surface = whole;
}

/* The tail stands at the right where there is room for all three. */
static void draw_cells(const struct picker *picker, struct pen *pen, const struct row *row,
                       const unsigned char *marks, const size_t *offsets)
{
    const bool *matched = picker->kind->matched;
    int columns = pen->surface->columns, lead = lead_columns(picker, pen->surface);
    int tail = text_width(row->cells[PICKER_TAIL], strlen(row->cells[PICKER_TAIL]));
    int end = columns >= TAIL_FROM && tail ? columns - tail - MARGIN : columns;

    draw_cell(picker, pen, PICKER_LEAD, row,
              matched[PICKER_LEAD] ? marks + offsets[PICKER_LEAD] : NULL, MARGIN + lead);
    draw_to(pen, MARGIN + lead + GAP);
    draw_cell(picker, pen, PICKER_TEXT, row,
              matched[PICKER_TEXT] ? marks + offsets[PICKER_TEXT] : NULL, end - GAP);
    if (end == columns)
        return;
    draw_to(pen, end);
    draw_cell(picker, pen, PICKER_TAIL, row,
              matched[PICKER_TAIL] ? marks + offsets[PICKER_TAIL] : NULL, columns);
}

static void draw_row(struct picker *picker, const struct surface *surface, int at, size_t shown)
{
    const struct row *row = &picker->rows[picker->shown[shown].index];
    bool selected = row->line && shown == picker->list.cursor;
    size_t offsets[PICKER_CELLS];
    unsigned char *marks;
    struct bytes text;
    struct pen pen;

    bytes_init(&text, MATCH_MAX);
    matched_text(picker, row, &text, offsets);
    marks = xcalloc(MATCH_MAX * (PICKER_CELLS + 1), 1);
    if (row->line)
        fuzzy_mark(picker->fuzzy, bytes_text(&text), text.len, marks);
    draw_begin(&pen, surface, at, selected);
    if (row->line) {
        draw_text(&pen, STYLE_FOCUS, selected ? draw_sign(surface, SIGN_POINTER) : " ");
        draw_to(&pen, MARGIN);
        draw_cells(picker, &pen, row, marks, offsets);
    } else {
        draw_format(&pen, STYLE_FOCUS, " %s", row->cells[PICKER_LEAD]);
    }
    draw_end(&pen);
    free(marks);
    bytes_release(&text);
}

static void draw_hint(const struct picker *picker, const struct surface *surface)
{
    static const char *const keys[] = {"Enter", "Up Down ^P ^N", "Tab", "Esc"};
    const char *const words[] = {picker->kind->hint, "move", "to the : line", "leaves"};
    struct pen pen;

    draw_begin(&pen, surface, surface->rows - 1, false);
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (pen.column + (int)strlen(keys[i]) + (int)strlen(words[i]) + MARGIN > surface->columns)
            continue;
        draw_format(&pen, STYLE_KEY, " %s", keys[i]);
        draw_format(&pen, STYLE_DIM, " %s ", words[i]);
    }
    draw_end(&pen);
}

/* The heading right above what is shown, where that does not hide the cursor. */
static void show_heading(struct picker *picker, size_t rows)
{
    struct list *list = &picker->list;

    while (list->top > 0 && list->cursor < list->top - 1 + rows &&
           is_heading(picker, list->top - 1))
        list->top--;
}

/* What is known of the chosen row. */
static void draw_detail(const struct picker *picker, const struct surface *surface, int row,
                        int rows)
{
    const struct list *list = &picker->list;
    const char *text = list->count ? picker->rows[picker->shown[list->cursor].index].detail : NULL;
    int end = row + rows;
    struct pen pen;

    draw_begin(&pen, surface, row++, false);
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
    if (text)
        row = paragraph_draw(surface, row, end, MARGIN, text);
    while (row < end)
        draw_line(surface, row++, STYLE_PLAIN, NULL);
}

void picker_draw(struct picker *picker, const struct surface *surface)
{
    int detail =
        surface->rows >= 2 * picker->kind->detail_rows + HINT_FROM ? picker->kind->detail_rows : 0;
    int end = surface->rows - detail - (surface->rows >= HINT_FROM), row = 0;

    if (picker->stale)
        refresh(picker);
    list_fit(&picker->list, picker->list.count, (size_t)end);
    show_heading(picker, (size_t)end);
    for (; row < end && picker->list.top + (size_t)row < picker->list.count; row++)
        draw_row(picker, surface, row, picker->list.top + (size_t)row);
    if (picker->list.count == 0 && row < end)
        draw_line(surface, row++, STYLE_DIM, "  Nothing matches.");
    for (; row < end; row++)
        draw_line(surface, row, STYLE_PLAIN, NULL);
    if (detail)
        draw_detail(picker, surface, end, detail);
    if (end < surface->rows)
        draw_hint(picker, surface);
}

void picker_facts(const struct picker *picker, struct bytes *out)
{
    if (!fuzzy_is_empty(picker->fuzzy))
        bytes_printf(out, "%zu of ", picker->matching);
    bytes_printf(out, "%zu", picker_count(picker));
}

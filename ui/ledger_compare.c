#include "ui/ledger_compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "ui/line_diff.h"
#include "ui/list.h"

enum {
    HEAD_ROWS = 2,
    SIGN_COLUMNS = 3,
    STEP = 8 /* columns that h and l move */,
    MOVED_MAX = 4096
};

struct ledger_compare {
    char *old_name, *new_name, *old_text, *new_text;
    struct line_diff diff;
    struct list list;
    int moved; /* columns to the right of where a line shows what changed */
};

struct ledger_compare *ledger_compare_new(const struct ledger_version *old,
                                          const struct ledger_version *new)
{
    struct ledger_compare *compare = xcalloc(1, sizeof(*compare));

    compare->old_name = xstrdup(old->name);
    compare->new_name = xstrdup(new->name);
    compare->old_text = xmemdup0(old->text, old->len);
    compare->new_text = xmemdup0(new->text, new->len);
    line_diff_make(&compare->diff, compare->old_text, old->len, compare->new_text, new->len);
    return compare;
}

void ledger_compare_free(struct ledger_compare *compare)
{
    if (!compare)
        return;
    line_diff_release(&compare->diff);
    free(compare->old_name);
    free(compare->new_name);
    free(compare->old_text);
    free(compare->new_text);
    free(compare);
}

bool ledger_compare_request(struct ledger_compare *compare, enum request request)
{
    if (request != REQUEST_LEFT && request != REQUEST_RIGHT)
        return list_scroll(&compare->list, request);
    if (abs(compare->moved) < MOVED_MAX || (compare->moved > 0) != (request == REQUEST_RIGHT))
        compare->moved += request == REQUEST_RIGHT ? STEP : -STEP;
    return true;
}

void ledger_compare_counts(const struct ledger_compare *compare, size_t *added, size_t *removed)
{
    *added = compare->diff.added;
    *removed = compare->diff.removed;
}

static void draw_head(const struct surface *surface, int row, enum style style, const char *sign,
                      const char *name)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_format(&pen, style, " %s ", sign);
    draw_cut(&pen, STYLE_STRONG, name, strlen(name));
    draw_end(&pen);
}

/* The line that stands in the place of this one, or NULL: of a change both are one by the other. */
static const struct line_diff_line *partner(const struct line_diff *diff, size_t index)
{
    const struct line_diff_line *lines = diff->lines;
    size_t first = index, last = index + 1, before;

    while (first > 0 && lines[first - 1].sign == lines[index].sign)
        first--;
    if (lines[index].sign == '+') {
        for (before = first; before > 0 && lines[before - 1].sign == '-';)
            before--;
        return before + (index - first) < first ? &lines[before + (index - first)] : NULL;
    }
    while (last < diff->count && lines[last].sign == '-')
        last++;
    last += index - first;
    return last < diff->count && lines[last].sign == '+' ? &lines[last] : NULL;
}

/* The columns in front of what differs, where that would not be in sight; else 0. */
static int columns_before(const char *text, size_t len, const struct line_diff_line *other,
                          int room)
{
    size_t shared = 0;
    int columns;

    while (other && shared < len && shared < other->len && text[shared] == other->text[shared])
        shared++;
    while (shared > 0 && shared < len && ((unsigned char)text[shared] & 0xC0) == 0x80)
        shared--;
    columns = other ? text_width(text, shared) : 0;
    return columns < room * 2 / 3 ? 0 : columns - room / 3;
}

/* So many columns of the text, in bytes. */
static size_t skip_columns(const char *text, size_t len, int columns)
{
    size_t at = 0;

    while (at < len && columns > 0) {
        struct glyph glyph;

        text_glyph(text + at, len - at, false, &glyph);
        at += glyph.used;
        columns -= glyph.width;
    }
    return at;
}

/* From what changed on: the cells of a table are many, and one of them is another. */
static void draw_text_of(struct pen *pen, const struct ledger_compare *compare, size_t index)
{
    const struct line_diff_line *line = &compare->diff.lines[index];
    int room = pen->surface->columns - SIGN_COLUMNS;
    char *text = draw_redact(pen->surface, line->text, line->len); /* its beginning may be cut */
    size_t len = line->len, from;
    int skipped = compare->moved;

    if (line->sign != ' ')
        skipped += columns_before(line->text, line->len, partner(&compare->diff, index), room);
    from = skip_columns(text, len, skipped);
    if (from > 0)
        draw_text(pen, STYLE_DIM, canvas_is_ascii(pen->surface->canvas) ? "~" : "…");
    draw_cut(pen, line->sign == ' ' ? STYLE_DIM : STYLE_PLAIN, text + from, len - from);
    free(text);
}

static void draw_one(const struct surface *surface, int row, const struct ledger_compare *compare,
                     size_t index)
{
    const struct line_diff_line *line = &compare->diff.lines[index];
    enum style style = line->sign == '-' ? STYLE_BAD : line->sign == '+' ? STYLE_GOOD : STYLE_DIM;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    if (line->sign == '@') {
        draw_format(&pen, STYLE_LABEL, " from line %zu", line->line);
    } else {
        draw_format(&pen, style, " %c ", line->sign);
        draw_text_of(&pen, compare, index);
    }
    draw_end(&pen);
}

void ledger_compare_draw(struct ledger_compare *compare, const struct surface *surface)
{
    int rows = surface->rows - HEAD_ROWS;
    size_t at;

    draw_head(surface, 0, STYLE_BAD, "-", compare->old_name);
    if (surface->rows > 1)
        draw_head(surface, 1, STYLE_GOOD, "+", compare->new_name);
    list_fit_view(&compare->list, compare->diff.count, rows > 0 ? (size_t)rows : 0);
    at = compare->list.top;
    for (int row = HEAD_ROWS; row < surface->rows; row++, at++) {
        if (at < compare->diff.count)
            draw_one(surface, row, compare, at);
        else
            draw_line(surface, row, STYLE_PLAIN, NULL);
    }
}

#include "ui/ledger_compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/line_diff.h"
#include "ui/list.h"

enum { HEAD_ROWS = 2 };

struct ledger_compare {
    char *old_name, *new_name, *old_text, *new_text;
    struct line_diff diff;
    struct list list;
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
    return list_scroll(&compare->list, request);
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

static void draw_one(const struct surface *surface, int row, const struct line_diff_line *line)
{
    enum style style = line->sign == '-' ? STYLE_BAD : line->sign == '+' ? STYLE_GOOD : STYLE_DIM;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    if (line->sign == '@') {
        draw_format(&pen, STYLE_LABEL, " from line %zu", line->line);
    } else {
        draw_format(&pen, style, " %c ", line->sign);
        draw_cut(&pen, line->sign == ' ' ? STYLE_DIM : STYLE_PLAIN, line->text, line->len);
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
            draw_one(surface, row, &compare->diff.lines[at]);
        else
            draw_line(surface, row, STYLE_PLAIN, NULL);
    }
}

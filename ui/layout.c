#include "ui/layout.h"

enum {
    WIDE_COLUMNS = 140,
    WIDE_ROWS = 40,
    MIDDLE_COLUMNS = 120,
    MIDDLE_ROWS = 30,
    ALL = 1 << LAYOUT_CATALOG | 1 << LAYOUT_COMPOSER | 1 << LAYOUT_STREAM | 1 << LAYOUT_LEDGER |
          1 << LAYOUT_HISTORY,
};

static void add(struct layout *layout, struct region region)
{
    layout->regions[layout->count++] = region;
}

/* Columns of Catalog when others stand beside it. */
static int catalog_columns(int columns)
{
    int share = columns * 3 / 10;

    return share < 36 ? 36 : share > 60 ? 60 : share;
}

/* Two thirds of Composer's and Stream's column to the one, half of the screen to what is below. */
static void make_wide(struct layout *layout, int top, int rows, int columns,
                      const struct layout_use *use)
{
    int left = catalog_columns(columns);
    int ledger = use->below ? rows / 2 : rows / 4;
    int upper = rows - ledger;
    int composer = use->stream ? upper / 3 : upper - upper / 3;

    add(layout, (struct region){top, 0, upper, left, 1 << LAYOUT_CATALOG});
    add(layout, (struct region){top, left, composer, columns - left, 1 << LAYOUT_COMPOSER});
    add(layout, (struct region){top + composer, left, upper - composer, columns - left,
                                1 << LAYOUT_STREAM});
    add(layout,
        (struct region){top + upper, 0, ledger, columns, 1 << LAYOUT_LEDGER | 1 << LAYOUT_HISTORY});
}

static void make_middle(struct layout *layout, int top, int rows, int columns)
{
    int left = catalog_columns(columns);

    add(layout, (struct region){top, 0, rows, left, 1 << LAYOUT_CATALOG});
    add(layout, (struct region){top, left, rows, columns - left, ALL & ~(1 << LAYOUT_CATALOG)});
}

void layout_make(struct layout *layout, int rows, int columns, const struct layout_use *use)
{
    *layout = (struct layout){.status_row = -1, .prompt_row = rows - 1};
    if (rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN)
        return;
    layout->status_row = 0;
    if (!use->full && columns >= WIDE_COLUMNS && rows >= WIDE_ROWS)
        make_wide(layout, 1, rows - 2, columns, use);
    else if (!use->full && columns >= MIDDLE_COLUMNS && rows >= MIDDLE_ROWS)
        make_middle(layout, 1, rows - 2, columns);
    else
        add(layout, (struct region){1, 0, rows - 2, columns, ALL});
}

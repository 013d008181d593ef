#include "ui/layout.h"

enum {
    BROAD_COLUMNS = 180, /* with two panes of 67 beside Catalog */
    BROAD_CATALOG = 60,
    WIDE_COLUMNS = 140,
    WIDE_ROWS = 40,
    MIDDLE_COLUMNS = 120,
    MIDDLE_ROWS = 30,
    COMPOSER_ROWS = 14, /* its head and the beginning of the body, in a frame */
    BELOW = 1 << LAYOUT_LEDGER | 1 << LAYOUT_HISTORY | 1 << LAYOUT_SUITE | 1 << LAYOUT_OBSERVE,
    ALL = 1 << LAYOUT_CATALOG | 1 << LAYOUT_COMPOSER | 1 << LAYOUT_STREAM | BELOW,
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

/*
 * Of Composer and Stream above each other, two thirds to the one that was used last; Composer keeps
 * the beginning of the body in sight where that leaves Stream the larger half.
 */
static int composer_rows(int rows, bool stream)
{
    if (!stream)
        return rows - rows / 3;
    return rows / 3 < COMPOSER_ROWS && rows > 2 * COMPOSER_ROWS ? COMPOSER_ROWS : rows / 3;
}

/* Half of the screen to what is below when it is used. */
static int below_rows(int rows, const struct layout_use *use)
{
    return use->below ? rows / 2 : rows / 5;
}

static void make_wide(struct layout *layout, int top, int rows, int columns,
                      const struct layout_use *use)
{
    int left = catalog_columns(columns);
    int ledger = below_rows(rows, use);
    int upper = rows - ledger;
    int composer = composer_rows(upper, use->stream);

    add(layout, (struct region){top, 0, upper, left, 1 << LAYOUT_CATALOG});
    add(layout, (struct region){top, left, composer, columns - left, 1 << LAYOUT_COMPOSER});
    add(layout, (struct region){top + composer, left, upper - composer, columns - left,
                                1 << LAYOUT_STREAM});
    add(layout, (struct region){top + upper, 0, ledger, columns, BELOW});
}

/* Composer and Stream side by side: what is sent and what came, both as high as there is room. */
static void make_broad(struct layout *layout, int top, int rows, int columns,
                       const struct layout_use *use)
{
    int left = columns / 4 < BROAD_CATALOG ? columns / 4 : BROAD_CATALOG;
    int ledger = below_rows(rows, use);
    int upper = rows - ledger;
    int composer = (columns - left) / 2;

    add(layout, (struct region){top, 0, upper, left, 1 << LAYOUT_CATALOG});
    add(layout, (struct region){top, left, upper, composer, 1 << LAYOUT_COMPOSER});
    add(layout, (struct region){top, left + composer, upper, columns - left - composer,
                                1 << LAYOUT_STREAM});
    add(layout, (struct region){top + upper, 0, ledger, columns, BELOW});
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
    if (!use->full && columns >= BROAD_COLUMNS && rows >= WIDE_ROWS)
        make_broad(layout, 1, rows - 2, columns, use);
    else if (!use->full && columns >= WIDE_COLUMNS && rows >= WIDE_ROWS)
        make_wide(layout, 1, rows - 2, columns, use);
    else if (!use->full && columns >= MIDDLE_COLUMNS && rows >= MIDDLE_ROWS)
        make_middle(layout, 1, rows - 2, columns);
    else
        add(layout, (struct region){1, 0, rows - 2, columns, ALL});
}

/* What stands at a place of the screen: pressing on it, scrolling it. */
#include "ui/screen.h"

#include "ui/screen_state.h"

static bool is_in(const struct region *region, int row, int column)
{
    return row >= region->top && row < region->top + region->rows && column >= region->left &&
           column < region->left + region->columns;
}

/* NULL: frame lines and what is below them belong to no pane. */
static const struct region *region_at(const struct screen *screen, int row, int column)
{
    for (size_t i = 0; i < screen->layout.count; i++)
        if (is_in(&screen->layout.regions[i], row, column))
            return &screen->layout.regions[i];
    return NULL;
}

static bool is_bottom(const struct screen *screen, int row)
{
    return row > screen->layout.prompt_row - screen->bottom_rows;
}

static bool point_at_hint(const struct screen *screen, int column, struct request_call *call)
{
    for (size_t i = 0; i < screen->hints.count; i++) {
        const struct hint_place *place = &screen->hints.places[i];

        if (column >= place->from && column < place->to) {
            *call = place->call;
            return true;
        }
    }
    return false;
}

static bool point_at_tab(struct screen *screen, const struct region *region, int row, int column)
{
    for (size_t i = 0; i < PANE_COUNT; i++) {
        const struct tab *tab = &screen->tabs[i];

        if ((region->panes & (1U << i)) && row == tab->row && column >= tab->from &&
            column < tab->to) {
            screen_go(screen, i);
            return true;
        }
    }
    return false;
}

/* Pointed at before it gets the focus, which may change the layout under the pointer. */
static void point_at_pane(struct screen *screen, const struct region *region, int row, int column)
{
    const struct surface outer = screen_region_surface(screen, region);
    const struct surface inner = screen_inside(&outer);
    size_t pane = screen_shown_pane(screen, region);
    unsigned effects = EFFECT_UNHANDLED;

    row -= inner.top;
    column -= inner.left;
    if (pane_ops(pane)->point && row >= 0 && row < inner.rows && column >= 0 &&
        column < inner.columns)
        effects = pane_ops(pane)->point(screen_pane(screen, pane), row, column);
    screen->pane_dirty[pane] = true;
    screen->pointed = !(effects & EFFECT_UNHANDLED);
    if (pane != screen->focus)
        screen_go(screen, pane);
}

/* The lists over all panes; where none is there is nothing to choose. */
static void point_at_overlay(struct screen *screen, int row)
{
    int top = screen->layout.regions[0].top + 1; /* below the frame */

    screen->pointed = screen->picker && row >= top && row < screen->layout.prompt_row - 1 &&
                      picker_point(screen->picker, row - top);
    screen->all_dirty = true;
}

bool screen_point(struct screen *screen, int row, int column, bool second,
                  struct request_call *call)
{
    const struct region *region = region_at(screen, row, column);

    screen->lines_dirty = true;
    if (screen->layout.count == 0)
        return false;
    if (is_bottom(screen, row))
        return point_at_hint(screen, column, call);
    if (!region)
        return false;
    if (second && screen->pointed) { /* the layout may have changed: what was pointed at counts */
        *call = (struct request_call){.request = REQUEST_ACTIVATE};
        return true;
    }
    screen->pointed = false;
    if (screen->overlay)
        point_at_overlay(screen, row);
    else if (!point_at_tab(screen, region, row, column))
        point_at_pane(screen, region, row, column);
    return false;
}

void screen_scroll(struct screen *screen, int row, int column, const struct request_call *call)
{
    const struct region *region = region_at(screen, row, column);

    if (screen->overlay)
        screen_overlay_request(screen, call);
    else if (region)
        screen_pane_request(screen, screen_shown_pane(screen, region), call);
}

bool screen_invite(struct screen *screen)
{
    const struct pane_ops *ops = pane_ops(screen->focus);

    return !screen->overlay && ops->invite && ops->invite(screen_pane(screen, screen->focus));
}

bool screen_text(struct screen *screen, enum pane_part part, struct pane_text *text)
{
    const struct pane_ops *ops = pane_ops(screen->focus);

    return ops->text && ops->text(screen_pane(screen, screen->focus), part, text);
}

#include "ui/history_list.h"

#include "base/clock.h"

void history_list_release(struct history_list *list)
{
    history_window_release(&list->window);
    history_filter_release(&list->filter);
}

static void count_anew(struct history_list *list)
{
    list->tally = (struct history_place){.begun = false};
}

void history_list_filter(struct history_list *list, struct history_filter *filter)
{
    history_filter_release(&list->filter);
    list->filter = *filter;
    *filter = (struct history_filter){.count = 0};
    history_window_begin(&list->window, HISTORY_OLDER);
    list->list.cursor = list->list.top = 0;
    list->counted = list->seeks = list->follows = false;
    count_anew(list);
}

static bool is_at_newest(const struct history_list *list)
{
    return list->window.newer.ended && list->list.cursor == 0 && list->list.top == 0;
}

void history_list_reload(struct history_list *list)
{
    const struct history_row *row = history_list_chosen(list);

    count_anew(list);
    if (!row || is_at_newest(list)) {
        history_window_begin(&list->window, HISTORY_OLDER);
        return;
    }
    list->sought = history_key(row);
    list->offset = list->list.cursor - list->list.top;
    list->seeks = true;
    history_window_begin_at(&list->window, &list->sought);
}

/*
 * Without a filter reading anew costs a moment, and finds what came in between other rows, too.
 * Rows that were hard to find stay, and the new ones come on top of them.
 */
void history_list_grew(struct history_list *list)
{
    if (list->filter.count == 0) {
        history_list_reload(list);
        return;
    }
    count_anew(list);
    if (list->window.count == 0) {
        history_window_begin(&list->window, HISTORY_OLDER);
        return;
    }
    list->follows = is_at_newest(list);
    if (!list->window.newer.begun)
        list->window.newer.key = history_key(&list->window.rows[0]);
    list->window.newer.begun = true;
    list->window.newer.ended = false;
}

/* ---- looking ---- */

static bool extend(struct history_list *list, struct history *history,
                   enum history_direction direction, const struct history_patience *patience,
                   struct error *error)
{
    struct list *shown = &list->list;
    ptrdiff_t shift;
    bool good = history_window_extend(&list->window, history, &list->filter, direction, patience,
                                      &shift, error);

    if (list->follows && direction == HISTORY_NEWER)
        shift = 0;
    shown->cursor = (size_t)((ptrdiff_t)shown->cursor + shift);
    shown->top = (ptrdiff_t)shown->top + shift > 0 ? (size_t)((ptrdiff_t)shown->top + shift) : 0;
    if (list->seeks) {
        shown->cursor = history_window_find(&list->window, &list->sought);
        shown->top = shown->cursor > list->offset ? shown->cursor - list->offset : 0;
    }
    list_fit(shown, list->window.count, shown->rows);
    return good;
}

static bool wants_newer(const struct history_list *list)
{
    return !list->window.newer.ended &&
           (list->follows || list->list.cursor < 2 * list->list.rows + 1);
}

static bool wants_older(const struct history_list *list)
{
    return !list->window.older.ended &&
           list->list.cursor + 2 * list->list.rows + 1 >= list->window.count;
}

static bool fill(struct history_list *list, struct history *history,
                 const struct history_patience *patience, struct error *error)
{
    bool good = true;

    if (list->seeks) {
        good = extend(list, history, HISTORY_NEWER, patience, error) &&
               extend(list, history, HISTORY_OLDER, patience, error);
        list->seeks = false;
    } else if (wants_newer(list)) {
        good = extend(list, history, HISTORY_NEWER, patience, error);
    } else {
        good = extend(list, history, HISTORY_OLDER, patience, error);
    }
    return good;
}

/* What is in memory whole need not be counted. */
static bool count(struct history_list *list, struct history *history,
                  const struct history_patience *patience, struct error *error)
{
    bool whole = list->window.newer.ended && list->window.older.ended && list->filter.count == 0;

    if (whole)
        list->tally = (struct history_place){
            .ended = true, .looked = list->window.count, .passed = list->window.count};
    else if (!history_look(history, &list->filter, &list->tally, HISTORY_OLDER, UINT64_MAX,
                           patience, NULL, NULL, error))
        return false;
    if (list->tally.ended) {
        list->passed = list->tally.passed;
        list->all = list->tally.looked;
        list->counted = true;
    }
    return true;
}

bool history_list_looks(const struct history_list *list)
{
    return list->seeks || wants_newer(list) || wants_older(list);
}

bool history_list_work(struct history_list *list, struct history *history,
                       const struct clock *clock, int64_t most_us, bool *more, struct error *error)
{
    const struct history_patience patience = {.clock = clock,
                                              .until_us = clock_now_us(clock) + most_us};
    bool good = true;

    *more = true;
    while (good && *more && clock_now_us(clock) < patience.until_us) {
        if (history_list_looks(list))
            good = fill(list, history, &patience, error);
        else if (!list->tally.ended)
            good = count(list, history, &patience, error);
        else
            *more = false;
    }
    *more = *more && good;
    return good;
}

/* ---- moving ---- */

bool history_list_request(struct history_list *list, enum request request)
{
    bool top = request == REQUEST_TOP && !list->window.newer.ended;
    bool bottom = request == REQUEST_BOTTOM && !list->window.older.ended;

    if (top || bottom) {
        history_window_begin(&list->window, top ? HISTORY_OLDER : HISTORY_NEWER);
        list_fit(&list->list, 0, list->list.rows);
    }
    if (!list_request(&list->list, request))
        return false;
    list->follows = false;
    return true;
}

const struct history_row *history_list_chosen(const struct history_list *list)
{
    return list->window.count ? &list->window.rows[list->list.cursor] : NULL;
}

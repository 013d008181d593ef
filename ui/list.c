#include "ui/list.h"

#include "base/bytes.h"

static size_t last_top(const struct list *list)
{
    return list->count > list->rows ? list->count - list->rows : 0;
}

static void show_cursor(struct list *list)
{
    if (list->cursor < list->top)
        list->top = list->cursor;
    if (list->rows > 0 && list->cursor >= list->top + list->rows)
        list->top = list->cursor - list->rows + 1;
    if (list->top > last_top(list))
        list->top = last_top(list);
}

void list_fit(struct list *list, size_t count, size_t rows)
{
    list->count = count;
    list->rows = rows;
    if (list->cursor >= count)
        list->cursor = count ? count - 1 : 0;
    show_cursor(list);
}

/* Where `at` goes in 0 … `last` by a request; false when it is no moving request. */
static bool move(enum request request, size_t page, size_t last, size_t *at)
{
    size_t half = page / 2 ? page / 2 : 1;
    size_t step = 1;

    if (page == 0)
        page = 1;
    switch (request) {
    case REQUEST_TOP:
        *at = 0;
        return true;
    case REQUEST_BOTTOM:
        *at = last;
        return true;
    case REQUEST_PAGE_UP:
    case REQUEST_PAGE_DOWN:
        step = page;
        break;
    case REQUEST_HALF_UP:
    case REQUEST_HALF_DOWN:
        step = half;
        break;
    case REQUEST_UP:
    case REQUEST_DOWN:
        break;
    default:
        return false;
    }
    if (request == REQUEST_UP || request == REQUEST_PAGE_UP || request == REQUEST_HALF_UP)
        *at = *at > step ? *at - step : 0;
    else
        *at = last - *at > step ? *at + step : last;
    return true;
}

/* One line of what is shown; false for any other request. */
static bool scroll(struct list *list, enum request request)
{
    if (request == REQUEST_SCROLL_UP)
        list->top -= list->top > 0;
    else if (request == REQUEST_SCROLL_DOWN)
        list->top += list->top < last_top(list);
    else
        return false;
    return true;
}

static void stay_in_sight(struct list *list)
{
    if (list->cursor < list->top)
        list->cursor = list->top;
    if (list->rows > 0 && list->cursor >= list->top + list->rows)
        list->cursor = list->top + list->rows - 1;
}

bool list_request(struct list *list, enum request request)
{
    if (scroll(list, request)) {
        stay_in_sight(list);
        return true;
    }
    if (!move(request, list->rows, list->count ? list->count - 1 : 0, &list->cursor))
        return false;
    show_cursor(list);
    return true;
}

bool list_point(struct list *list, int row)
{
    if (row < 0 || (size_t)row >= list->rows || list->top + (size_t)row >= list->count)
        return false;
    list->cursor = list->top + (size_t)row;
    return true;
}

void list_fit_view(struct list *list, size_t count, size_t rows)
{
    list->count = count;
    list->rows = rows;
    if (list->top > last_top(list))
        list->top = last_top(list);
}

bool list_scroll(struct list *list, enum request request)
{
    return scroll(list, request) || move(request, list->rows, last_top(list), &list->top);
}

void list_place(const struct list *list, struct bytes *out)
{
    if (list->count > list->rows && list->rows > 0)
        bytes_printf(out, "%zu-%zu of %zu", list->top + 1, list->top + list->rows, list->count);
}

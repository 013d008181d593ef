#include "evidence/history_window.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A page as it comes: for newer rows that is the oldest first. */
struct page {
    struct history_row rows[HISTORY_PAGE];
    size_t count;
};

static bool keep(void *context, const struct history_row *row)
{
    struct page *page = context;

    history_row_copy(&page->rows[page->count++], row);
    return page->count < HISTORY_PAGE;
}

static void release_rows(struct history_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        history_row_release(&rows[i]);
}

void history_window_release(struct history_window *window)
{
    release_rows(window->rows, window->count);
    free(window->rows);
    *window = (struct history_window){0};
}

static void make_room(struct history_window *window, size_t count)
{
    window->rows = xreallocarray(window->rows, window->count + count, sizeof(*window->rows));
}

static void append(struct history_window *window, const struct page *page)
{
    make_room(window, page->count + 1);
    memcpy(window->rows + window->count, page->rows, page->count * sizeof(*page->rows));
    window->count += page->count;
}

static void prepend(struct history_window *window, const struct page *page)
{
    make_room(window, page->count + 1);
    memmove(window->rows + page->count, window->rows, window->count * sizeof(*window->rows));
    for (size_t i = 0; i < page->count; i++)
        window->rows[i] = page->rows[page->count - 1 - i];
    window->count += page->count;
}

static void drop_first(struct history_window *window, size_t count)
{
    release_rows(window->rows, count);
    window->count -= count;
    memmove(window->rows, window->rows + count, window->count * sizeof(*window->rows));
    window->newest = window->newest && count == 0;
}

static void drop_last(struct history_window *window, size_t count)
{
    release_rows(window->rows + window->count - count, count);
    window->count -= count;
    window->oldest = window->oldest && count == 0;
}

static bool read_page(struct history *history, const struct history_filter *filter,
                      const struct history_key *from, enum history_direction direction,
                      struct page **page, struct error *error)
{
    *page = xcalloc(1, sizeof(**page));
    if (history_page(history, filter, from, direction, HISTORY_PAGE, keep, *page, error))
        return true;
    release_rows((*page)->rows, (*page)->count);
    free(*page);
    *page = NULL;
    return false;
}

/* Add what lies beyond `from` at the end that `direction` leads to. */
static bool add_page(struct history_window *window, struct history *history,
                     const struct history_filter *filter, const struct history_key *from,
                     enum history_direction direction, size_t *added, struct error *error)
{
    struct page *page;
    bool end;

    if (!read_page(history, filter, from, direction, &page, error))
        return false;
    *added = page->count;
    end = page->count < HISTORY_PAGE;
    if (direction == HISTORY_OLDER) {
        append(window, page);
        window->oldest = end;
    } else {
        prepend(window, page);
        window->newest = end;
    }
    free(page);
    return true;
}

bool history_window_begin(struct history_window *window, struct history *history,
                          const struct history_filter *filter, enum history_direction from,
                          struct error *error)
{
    size_t added;

    history_window_release(window);
    window->newest = from == HISTORY_OLDER;
    window->oldest = from == HISTORY_NEWER;
    if (add_page(window, history, filter, NULL, from, &added, error))
        return true;
    history_window_release(window);
    return false;
}

bool history_window_around(struct history_window *window, struct history *history,
                           const struct history_filter *filter, const struct history_key *key,
                           size_t *place, struct error *error)
{
    /* No id is smaller than none: upwards from there the key's own row is the first. */
    const struct history_key below = {.wall_ms = key->wall_ms};
    struct history_key edge;
    size_t added;

    *place = 0;
    history_window_release(window);
    if (!add_page(window, history, filter, &below, HISTORY_NEWER, &added, error))
        return false;
    edge = window->count ? history_key(&window->rows[window->count - 1]) : below;
    if (!add_page(window, history, filter, window->count ? &edge : key, HISTORY_OLDER, &added,
                  error)) {
        history_window_release(window);
        return false;
    }
    while (*place + 1 < window->count) {
        const struct history_row *row = &window->rows[*place];

        if (row->wall_ms < key->wall_ms ||
            (row->wall_ms == key->wall_ms && strcmp(row->id, key->id) <= 0))
            break;
        ++*place;
    }
    return true;
}

bool history_window_extend(struct history_window *window, struct history *history,
                           const struct history_filter *filter, enum history_direction direction,
                           ptrdiff_t *shift, struct error *error)
{
    bool older = direction == HISTORY_OLDER;
    struct history_key edge;
    size_t added, over;

    *shift = 0;
    if (window->count == 0 || (older ? window->oldest : window->newest))
        return true;
    edge = history_key(&window->rows[older ? window->count - 1 : 0]);
    if (!add_page(window, history, filter, &edge, direction, &added, error))
        return false;
    over = window->count > HISTORY_WINDOW ? window->count - HISTORY_WINDOW : 0;
    *shift = older ? -(ptrdiff_t)over : (ptrdiff_t)added;
    if (older)
        drop_first(window, over);
    else
        drop_last(window, over);
    return true;
}

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

static struct history_place place_at(struct history_key key)
{
    return (struct history_place){.key = key, .begun = true};
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
    if (count)
        window->newer = place_at(history_key(&window->rows[0]));
}

static void drop_last(struct history_window *window, size_t count)
{
    release_rows(window->rows + window->count - count, count);
    window->count -= count;
    if (count)
        window->older = place_at(history_key(&window->rows[window->count - 1]));
}

void history_window_begin(struct history_window *window, enum history_direction direction)
{
    history_window_release(window);
    window->newer.ended = direction == HISTORY_OLDER;
    window->older.ended = direction == HISTORY_NEWER;
}

void history_window_begin_at(struct history_window *window, const struct history_key *key)
{
    /* No id is smaller than none: upwards from there the key's own row is among the first. */
    const struct history_place below = place_at((struct history_key){.wall_ms = key->wall_ms});

    history_window_release(window);
    window->newer = window->older = below;
}

bool history_window_extend(struct history_window *window, struct history *history,
                           const struct history_filter *filter, enum history_direction direction,
                           const struct history_patience *patience, ptrdiff_t *shift,
                           struct error *error)
{
    bool older = direction == HISTORY_OLDER, good;
    struct history_place *place = older ? &window->older : &window->newer;
    struct page *page;
    size_t over;

    *shift = 0;
    if (place->ended)
        return true;
    page = xcalloc(1, sizeof(*page));
    good =
        history_look(history, filter, place, direction, HISTORY_PAGE, patience, keep, page, error);
    if (older)
        append(window, page);
    else
        prepend(window, page);
    over = window->count > HISTORY_WINDOW ? window->count - HISTORY_WINDOW : 0;
    *shift = older ? -(ptrdiff_t)over : (ptrdiff_t)page->count;
    if (older)
        drop_first(window, over);
    else
        drop_last(window, over);
    free(page);
    return good;
}

size_t history_window_find(const struct history_window *window, const struct history_key *key)
{
    size_t place = 0;

    while (place + 1 < window->count) {
        const struct history_row *row = &window->rows[place];

        if (row->wall_ms < key->wall_ms ||
            (row->wall_ms == key->wall_ms && strcmp(row->id, key->id) <= 0))
            break;
        place++;
    }
    return place;
}

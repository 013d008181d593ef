#include "ui/stream_search.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/application.h"

enum { PLACE_MAX = 128, SHOWN_MAX = 40 };

void stream_search_release(struct stream_search *search)
{
    free(search->text);
}

static void start(struct stream_search *search, struct stream_view *view, uint64_t from, bool back)
{
    search->from = search->at = from;
    search->back = back;
    search->wrapped = false;
    search->running = true;
    application_changed(view->application, TOPIC_EXCHANGE);
}

static bool can_look(struct stream_view *view)
{
    if (view->ops->look)
        return true;
    application_say(view->application, MESSAGE_NOTE, "There is no text to search in %s",
                    view->ops->name);
    return false;
}

void stream_search_begin(struct stream_search *search, struct stream_view *view, const char *text)
{
    struct needle needle;

    if (!can_look(view))
        return;
    if (!needle_set(&needle, text)) {
        if (*text)
            application_say(view->application, MESSAGE_FAILED,
                            "A search is for %d bytes at most; shorten it", NEEDLE_MAX);
        return;
    }
    search->needle = needle;
    free(search->text);
    search->text = xstrdup(text);
    start(search, view, view->ops->here(view), false);
}

void stream_search_next(struct stream_search *search, struct stream_view *view, bool back)
{
    if (!can_look(view))
        return;
    if (!search->text)
        application_say(view->application, MESSAGE_NOTE, "Nothing was searched for yet; / does");
    else
        start(search, view, view->ops->here(view) + (back ? 0 : 1), back);
}

/* ---- steps ---- */

static void show_match(struct stream_search *search, struct stream_view *view)
{
    struct bytes place;

    search->running = false;
    bytes_init(&place, PLACE_MAX);
    view->ops->go(view, search->at);
    view->ops->tell(view, search->at, &place);
    application_say(view->application, MESSAGE_NOTE, "%s%.*s: %s",
                    !search->wrapped ? ""
                    : search->back   ? "From the end again, "
                                     : "From the beginning again, ",
                    SHOWN_MAX, search->text, bytes_text(&place));
    bytes_release(&place);
}

/* The other end, or where that was tried, the end of it. */
static void turn(struct stream_search *search, struct stream_view *view)
{
    if (search->wrapped) {
        search->running = false;
        application_say(view->application, MESSAGE_NOTE, "No \"%.*s\" in %s", SHOWN_MAX,
                        search->text, view->ops->name);
        return;
    }
    search->wrapped = true;
    search->at = search->back ? UINT64_MAX : 0;
}

/* All of it was seen once. */
static bool is_round(const struct stream_search *search)
{
    return search->wrapped &&
           (search->back ? search->at < search->from : search->at > search->from);
}

void stream_search_step(struct stream_search *search, struct stream_view *view,
                        const struct exchange_state *state)
{
    if (!search->running)
        return;
    if (is_round(search)) {
        turn(search, view);
        return;
    }
    switch (view->ops->look(view, state, &search->at, search->back)) {
    case STREAM_LOOK_FOUND:
        show_match(search, view);
        break;
    case STREAM_LOOK_MORE:
        break;
    case STREAM_LOOK_NONE:
        turn(search, view);
        break;
    }
    if (search->running)
        application_changed(view->application, TOPIC_EXCHANGE);
}

bool stream_search_cancel(struct stream_search *search, struct stream_view *view)
{
    bool running = search->running;

    if (!search->text)
        return false;
    if (running)
        application_say(view->application, MESSAGE_NOTE, "The search is given up");
    free(search->text);
    *search = (struct stream_search){.text = NULL};
    return true;
}

void stream_search_place(const struct stream_search *search, const struct stream_view *view,
                         struct bytes *out)
{
    uint64_t end = view->ops->end && search->running ? view->ops->end(view) : 0;
    uint64_t at = search->at > end ? end : search->at;

    if (end > 0)
        bytes_printf(out, "looking %d %%", (int)((double)at * 100 / (double)end));
}

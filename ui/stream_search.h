/*
 * Search in a view of Stream: over everything it shows, in slices between frames.
 *
 * It goes on at the other end when one is reached, and says so. Whoever draws the view takes a step
 * of it before, once a frame.
 */
#ifndef UI_STREAM_SEARCH_H
#define UI_STREAM_SEARCH_H

#include "base/needle.h"
#include "ui/stream_view.h"

struct stream_search {
    struct needle needle; /* of the last search; empty: none */
    char *text;           /* the same as it was typed, NULL: none */
    bool running;
    bool back;
    bool wrapped;  /* it went on at the other end */
    uint64_t from; /* where it began */
    uint64_t at;   /* where it is */
};

void stream_search_release(struct stream_search *search);

/* Look for `text`, from what is in sight on. What cannot be looked for is said. */
void stream_search_begin(struct stream_search *search, struct stream_view *view, const char *text);

/* For the same again, behind or before what was found. */
void stream_search_next(struct stream_search *search, struct stream_view *view, bool back);

/* A slice of what runs; a match is shown and said, and so is that there is none. */
void stream_search_step(struct stream_search *search, struct stream_view *view,
                        const struct exchange_state *state);

/* Give up, or forget what was found; false when there is neither. */
bool stream_search_cancel(struct stream_search *search, struct stream_view *view);

/* "looking 43 %" while it runs. */
void stream_search_place(const struct stream_search *search, const struct stream_view *view,
                         struct bytes *out);

#endif

/*
 * A replay in Stream: what is asked of it in words, and how it is marked.
 */
#ifndef UI_STREAM_REPLAY_H
#define UI_STREAM_REPLAY_H

#include "ui/replayer.h"

struct application;
struct bytes;
struct hint;

/*
 * `words` is the argument of :replay, NULL without one. What cannot be done is said; false then.
 */
bool stream_replay_request(struct application *application, const char *words);

/* The keys that matter while something is replayed or judged, as pane_ops.hints_now(); or NULL. */
const struct hint *stream_replay_hints(const struct application *application);

/* "REPLAY ×10", "REPLAY paused"; `ascii`: "REPLAY x10". */
void stream_replay_name(const struct replayer_view *view, bool ascii, struct bytes *out);

/* "1.20 s of 4.00 s", and how long nothing comes where that is long. */
void stream_replay_place(const struct replayer_view *view, struct bytes *out);

#endif

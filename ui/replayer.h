/*
 * A capture that is shown as it came: at its own pace, faster, slower, or event by event.
 *
 * It has a clock of its own, the replayed time, which stands while it is paused; then nothing of it
 * wakes the loop. What it shows is an exchange that runs: there is no verdict before the end, and
 * at the end the whole, judged before, is shown again. It sends nothing and keeps nothing.
 */
#ifndef UI_REPLAYER_H
#define UI_REPLAYER_H

#include "base/error.h"
#include "evidence/exchange.h"

#include <stdbool.h>
#include <stdint.h>

struct events;
struct loop;
struct redactor;
struct replayer;

/* Speeds are thousandths of the capture's own pace. */
enum {
    REPLAYER_PACE = 1000,
    REPLAYER_SLOWEST = 10,
    REPLAYER_FASTEST = 1000 * 1000,
    REPLAYER_LONG_US = 3 * 1000 * 1000, /* of a gap that is worth being skipped */
};

struct replayer_options {
    struct loop *loop;
    const char *path; /* of a capture */
    const struct redactor *redactor;
    const struct http_timings *timings; /* of the whole: what the head does not tell; copied */
    int64_t speed;
    bool paused;

    /* From the loop, never from a call; in `ended` the replayer may be freed. */
    void (*changed)(void *context);
    void (*ended)(void *context);
    void *context;
};

/* NULL when the file is no capture, or its bodies were not kept. */
struct replayer *replayer_new(const struct replayer_options *options, struct error *error);
void replayer_free(struct replayer *replayer);

/* ---- driving it ---- */

void replayer_pause(struct replayer *replayer, bool paused);

/* One event further, and paused. False: that was the end; `ended` is not called. */
bool replayer_step(struct replayer *replayer);

/* To whatever comes next, without waiting for it. */
void replayer_skip(struct replayer *replayer);

void replayer_set_speed(struct replayer *replayer, int64_t speed);

/* Why it came to an end before its own: the capture changed or broke meanwhile. NULL: it did not.
 */
const struct error *replayer_failure(const struct replayer *replayer);

/* The next speed of 1, 2, 5, 10 … that is faster or slower. */
int64_t replayer_next_speed(int64_t speed, bool faster);

/* ---- looking at it ---- */

struct replayer_view {
    bool paused;
    int64_t speed;
    int64_t position_us; /* replayed time since the start */
    int64_t total_us;    /* of the whole, 0: unknown */
    int64_t next_us;     /* when the next comes, -1: not known yet */
};
void replayer_view(const struct replayer *replayer, struct replayer_view *view);

/* As exchange_state() of one that runs; `now_us` is the replayed time on the clock of that state.
 */
void replayer_state(const struct replayer *replayer, struct exchange_state *state, int64_t *now_us);
const struct events *replayer_events(const struct replayer *replayer);

#endif

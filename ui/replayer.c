#include "ui/replayer.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/replay.h"
#include "evidence/timeline.h"
#include "net/loop.h"
#include "ui/events.h"

enum {
    TEXT_MAX = 64 * 1024 * 1024,
    SLICE = 256 * 1024,  /* of the file, between frames */
    TICK_US = 10 * 1000, /* events that come faster are taken together */
};

/* More than any capture lasts, little enough to be multiplied. */
#define FAR_US INT64_C(1000000000000)

struct replayer {
    struct replayer_options options;
    struct replay replay;
    struct http_timings timings; /* of the whole */
    struct http_result result;   /* borrows of `replay` */
    struct events *events;
    struct redact_stream *joined; /* of the text of many events */
    struct bytes text;
    int64_t speed;
    bool paused;
    bool waits;           /* `replay.next_us` is known */
    int64_t anchor_us;    /* on the machine's clock … */
    int64_t anchor_at_us; /* … when the replayed time was this */
    struct loop_timer timer;
    bool failed; /* it cannot be read further */
    struct error failure;
};

static void on_event(void *context, const struct judge_event *event)
{
    struct replayer *replayer = context;
    const char *out;
    size_t len;

    events_add(replayer->events, event, replayer->replay.read_us);
    if (!event->text_len)
        return;
    len = redact_stream_push(replayer->joined, event->text, event->text_len, &out);
    bytes_append(&replayer->text, out, len);
}

/* ---- its clock ---- */

static int64_t now(const struct replayer *replayer)
{
    return clock_now_us(loop_clock(replayer->options.loop));
}

static int64_t clock_time(const struct replayer *replayer)
{
    int64_t passed_us = replayer->paused ? 0 : now(replayer) - replayer->anchor_us;

    return replayer->anchor_at_us + passed_us * replayer->speed / REPLAYER_PACE;
}

/* As it is told: never ahead of what is shown. */
static int64_t position(const struct replayer *replayer)
{
    int64_t at_us = clock_time(replayer);

    if (replayer->waits && at_us > replayer->replay.next_us)
        at_us = replayer->replay.next_us;
    return at_us;
}

static void set_anchor(struct replayer *replayer, int64_t at_us)
{
    replayer->anchor_at_us = at_us;
    replayer->anchor_us = now(replayer);
}

/* When the replayed time is `at_us`, on the machine's clock. */
static int64_t real_time(const struct replayer *replayer, int64_t at_us)
{
    int64_t ahead_us = at_us - replayer->anchor_at_us;

    if (ahead_us > FAR_US)
        ahead_us = FAR_US;
    return replayer->anchor_us + ahead_us * REPLAYER_PACE / replayer->speed;
}

/* ---- going on ---- */

static int64_t when(int64_t at_us, int64_t start_us, int64_t position_us)
{
    return at_us - start_us <= position_us ? at_us : 0;
}

/* The head tells no times: those of the whole, as far as they have passed. */
static void take_result(struct replayer *replayer)
{
    const struct http_timings *all = &replayer->timings;
    int64_t start_us = all->start_us, at_us = replayer->replay.read_us;

    replayer->result = replayer->replay.result;
    replayer->result.timings = (struct http_timings){
        .start_us = start_us,
        .resolved_us = when(all->resolved_us, start_us, at_us),
        .connected_us = when(all->connected_us, start_us, at_us),
        .tls_us = when(all->tls_us, start_us, at_us),
        .sent_us = when(all->sent_us, start_us, at_us),
        .first_header_us = when(all->first_header_us, start_us, at_us),
        .headers_us = when(all->headers_us, start_us, at_us),
        .first_byte_us = when(all->first_byte_us, start_us, at_us),
    };
}

static enum replay_step advance(struct replayer *replayer, const struct replay_until *until)
{
    enum replay_step step = replay_advance(&replayer->replay, until, &replayer->failure);

    replayer->failed = step == REPLAY_FAILED;

    replayer->waits = step == REPLAY_WAITS;
    take_result(replayer);
    return step;
}

static void go_on(void *context);

static void set_timer(struct replayer *replayer, int64_t due_us)
{
    loop_timer_set(replayer->options.loop, &replayer->timer, due_us, go_on, replayer);
}

static void go_on(void *context)
{
    struct replayer *replayer = context;
    const struct replay_until until = {.us = clock_time(replayer), .bytes = SLICE};
    enum replay_step step = advance(replayer, &until);
    int64_t soon_us = now(replayer) + TICK_US, due_us;

    if (step == REPLAY_MORE) {
        set_anchor(replayer, replayer->replay.read_us);
        set_timer(replayer, now(replayer));
    } else if (step == REPLAY_WAITS && !replayer->paused) {
        due_us = real_time(replayer, replayer->replay.next_us);
        set_timer(replayer, due_us > soon_us ? due_us : soon_us);
    }
    replayer->options.changed(replayer->options.context);
    if (step == REPLAY_ENDED || step == REPLAY_FAILED)
        replayer->options.ended(replayer->options.context);
}

void replayer_pause(struct replayer *replayer, bool paused)
{
    set_anchor(replayer, position(replayer));
    replayer->paused = paused;
    if (paused)
        loop_timer_cancel(replayer->options.loop, &replayer->timer);
    else
        set_timer(replayer, now(replayer));
}

bool replayer_step(struct replayer *replayer)
{
    const struct replay_until one = {.us = INT64_MAX, .events = 1};
    int64_t at_us = position(replayer);
    enum replay_step step;

    replayer_pause(replayer, true);
    step = advance(replayer, &one);
    set_anchor(replayer, replayer->replay.read_us > at_us ? replayer->replay.read_us : at_us);
    return step == REPLAY_MORE;
}

void replayer_skip(struct replayer *replayer)
{
    int64_t at_us = position(replayer);

    if (replayer->waits && replayer->replay.next_us > at_us)
        at_us = replayer->replay.next_us;
    set_anchor(replayer, at_us);
    set_timer(replayer, now(replayer));
}

void replayer_set_speed(struct replayer *replayer, int64_t speed)
{
    set_anchor(replayer, position(replayer));
    replayer->speed = speed;
    if (!replayer->paused)
        set_timer(replayer, now(replayer));
}

int64_t replayer_next_speed(int64_t speed, bool faster)
{
    static const int64_t speeds[] = {10,   20,    50,    100,   200,    500,    1000,   2000,
                                     5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000};
    enum { SPEEDS = sizeof(speeds) / sizeof(*speeds) };

    if (faster) {
        for (size_t i = 0; i < SPEEDS; i++)
            if (speeds[i] > speed)
                return speeds[i];
        return REPLAYER_FASTEST;
    }
    for (size_t i = SPEEDS; i-- > 0;)
        if (speeds[i] < speed)
            return speeds[i];
    return REPLAYER_SLOWEST;
}

/* ---- life ---- */

struct replayer *replayer_new(const struct replayer_options *options, struct error *error)
{
    struct replayer *replayer = xcalloc(1, sizeof(*replayer));
    struct stream_rules rules;

    stream_rules_default(&rules);
    replayer->options = *options;
    replayer->speed = options->speed;
    replayer->paused = options->paused;
    replayer->timings = *options->timings;
    replayer->events = events_new();
    replayer->joined = redact_stream_new(options->redactor);
    bytes_init(&replayer->text, TEXT_MAX);
    if (!replay_open(options->path, OPERATION_CHAT, &rules, on_event, replayer, &replayer->replay,
                     error)) {
        replayer_free(replayer);
        return NULL;
    }
    replayer->replay.result.curl = -1;
    if (replayer->replay.origin != REPLAY_CAPTURE || !replayer->replay.header.body_kept) {
        error_set(error, ERROR_USAGE,
                  "%s: only what a capture keeps can be replayed, and here no bodies were kept",
                  options->path);
        replayer_free(replayer);
        return NULL;
    }
    set_anchor(replayer, 0);
    take_result(replayer);
    set_timer(replayer, now(replayer)); /* what is there from the start is shown paused, too */
    return replayer;
}

void replayer_free(struct replayer *replayer)
{
    if (!replayer)
        return;
    loop_timer_cancel(replayer->options.loop, &replayer->timer);
    if (replayer->replay.judge)
        replay_release(&replayer->replay);
    events_free(replayer->events);
    redact_stream_free(replayer->joined);
    bytes_release(&replayer->text);
    free(replayer);
}

/* ---- looking at it ---- */

const struct error *replayer_failure(const struct replayer *replayer)
{
    return replayer->failed ? &replayer->failure : NULL;
}

void replayer_view(const struct replayer *replayer, struct replayer_view *view)
{
    const struct http_timings *timings = &replayer->timings;

    *view = (struct replayer_view){
        .paused = replayer->paused,
        .speed = replayer->speed,
        .position_us = position(replayer),
        .total_us = timings->end_us ? timings->end_us - timings->start_us : 0,
        .next_us = replayer->waits ? replayer->replay.next_us : -1,
    };
}

void replayer_state(const struct replayer *replayer, struct exchange_state *state, int64_t *now_us)
{
    const struct capture_header *header = &replayer->replay.header;
    const struct timeline *timeline = replayer->replay.timeline;
    int64_t start_us = replayer->timings.start_us;

    *now_us = start_us + position(replayer);
    *state = (struct exchange_state){
        .id = header->id,
        .operation = header->operation,
        .method = header->method,
        .url = header->url,
        .model = header->facts ? header->facts->model : NULL,
        .running = true,
        .simulated = header->simulated,
        .origin = header->origin,
        .missing = header->missing,
        .started_us = start_us,
        .last_event_us = timeline->first_us ? start_us + timeline->last_us : 0,
        .first_token_us = timeline->first_us,
        .wall_ms = header->wall_ms,
        .result = &replayer->result,
        .judge = replayer->replay.judge,
        .timeline = timeline,
        .rules = header->rules,
        .text = bytes_text(&replayer->text),
        .text_len = replayer->text.len,
        .pending = "",
    };
}

const struct events *replayer_events(const struct replayer *replayer)
{
    return replayer->events;
}

/* What Stream shows: the exchange, a capture that was opened, or one that is replayed. */
#include "ui/application.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/redact.h"
#include "evidence/redact_result.h"
#include "evidence/source.h"
#include "evidence/timeline.h"
#include "evidence/tape.h"
#include "ui/application_state.h"
#include "ui/replayer.h"

/* A capture on its way into Stream. */
struct opening {
    struct application *application;
    struct replay *replay; /* NULL: not open */
    char *path;
    struct events *events;
    struct redact_stream *joined; /* of the text of many events: a key may come in parts */
    struct bytes text;
    struct loop_timer timer;
    int percent;
    int64_t replay_speed; /* it is replayed once it is judged; 0: not */
    bool replay_steps;
};

enum {
    SLICE = 1024 * 1024, /* of a capture, judged between two frames: some 5 ms */
    TEXT_MAX = 64 * 1024 * 1024,
};

static void look(struct application *application)
{
    application->look = true;
    application_changed(application, TOPIC_EXCHANGE);
}

bool application_take_look(struct application *application)
{
    bool look = application->look;

    application->look = false;
    return look;
}

/* Something else is shown from now on, however alike it looks. */
static void changed(struct application *application)
{
    application->shown_version++;
    application_changed(application, TOPIC_EXCHANGE | TOPIC_STATUS);
}

unsigned application_shown_version(const struct application *application)
{
    return application->shown_version;
}

static void drop_opening(struct application *application)
{
    struct opening *opening = application->opening;

    if (!opening)
        return;
    application->opening = NULL;
    loop_timer_cancel(application->loop, &opening->timer);
    if (opening->replay)
        replay_release(opening->replay);
    free(opening->replay);
    events_free(opening->events);
    redact_stream_free(opening->joined);
    bytes_release(&opening->text);
    free(opening->path);
    free(opening);
}

static void drop_replayer(struct application *application)
{
    replayer_free(application->replayer);
    application->replayer = NULL;
    changed(application);
}

static void drop_opened(struct application *application)
{
    if (application->opened)
        replay_release(application->opened);
    free(application->opened);
    free(application->opened_path);
    free(application->opened_text);
    recall_free(application->recall);
    application->recall = NULL;
    application->opened = NULL;
    application->opened_path = NULL;
    application->opened_text = NULL;
    application->opened_text_len = 0;
}

void application_drop_shown(struct application *application)
{
    drop_opening(application);
    drop_replayer(application);
    exchange_free(application->exchange);
    application->exchange = NULL;
    drop_opened(application);
    tape_close(application->tape);
    application->tape = NULL;
    application->tape_tried = false;
    events_clear(application->events);
}

struct tape *application_tape(struct application *application)
{
    const char *path = application->opened_path;
    struct error ignored;

    if (application->exchange) /* what is still held back can be looked at as well */
        path = exchange_flush(application->exchange);
    if (!application->tape && !application->tape_tried && path) {
        application->tape = tape_open(path, NULL, &ignored);
        application->tape_tried = true;
    }
    return application->tape;
}

/* ---- opening ---- */

static void on_event(void *context, const struct judge_event *event)
{
    struct opening *opening = context;
    const char *out;
    size_t len;

    events_add(opening->events, event, opening->replay->read_us);
    if (!event->text_len)
        return;
    len = redact_stream_push(opening->joined, event->text, event->text_len, &out);
    bytes_append(&opening->text, out, len);
}

static void take_text(struct application *application, struct opening *opening)
{
    const char *out;
    size_t len = redact_stream_finish(opening->joined, &out);
    struct answer answer;

    bytes_append(&opening->text, out, len);
    judge_answer(opening->replay->judge, &answer);
    redact_whole_answer(application->redactor, &answer, &opening->text);
    application->opened_text_len = opening->text.len;
    application->opened_text = bytes_take(&opening->text);
}

/* It is judged: Stream shows it in the place of what it showed. */
static void show_opened(struct application *application)
{
    struct opening *opening = application->opening;
    struct events *events = application->events;
    int64_t speed = opening->replay_speed;
    bool steps = opening->replay_steps;
    struct error error;

    application->opening = NULL; /* it stays alive while what is shown goes */
    application_drop_shown(application);
    application->events = opening->events;
    opening->events = events;
    take_text(application, opening);
    application->opened = opening->replay;
    opening->replay = NULL;
    application->opened_path = opening->path;
    opening->path = NULL;
    if (!application->opened->header.body_kept)
        application->recall = recall_find(application_history(application), application->classes,
                                          application->opened->header.id);
    application->opening = opening;
    drop_opening(application);
    changed(application);
    if (speed && !application_replay(application, steps ? 0 : speed, &error))
        application_fail(application, &error);
}

static void go_on(void *context)
{
    static const struct replay_until slice = {.us = INT64_MAX, .bytes = SLICE};
    struct opening *opening = context;
    struct application *application = opening->application;
    struct error error;

    switch (replay_advance(opening->replay, &slice, &error)) {
    case REPLAY_ENDED:
        show_opened(application);
        break;
    case REPLAY_FAILED:
        application_fail(application, &error);
        drop_opening(application);
        changed(application);
        break;
    default:
        if (opening->percent != replay_percent(opening->replay))
            application_changed(application, TOPIC_EXCHANGE | TOPIC_STATUS);
        opening->percent = replay_percent(opening->replay);
        loop_timer_set(application->loop, &opening->timer,
                       clock_now_us(application_clock(application)), go_on, opening);
        break;
    }
}

static bool is_shown(const struct application *application, const char *path)
{
    struct exchange_state state;

    return application_judged(application, &state) && state.capture &&
           strcmp(state.capture, path) == 0;
}

static bool begin_opening(struct application *application, const char *path, struct error *error)
{
    struct opening *opening = xcalloc(1, sizeof(*opening));
    struct replay *replay = xmalloc(sizeof(*replay));
    struct stream_rules rules;
    bool open;

    opening->application = application;
    opening->events = events_new();
    opening->joined = redact_stream_new(application->redactor);
    bytes_init(&opening->text, TEXT_MAX);
    opening->path = xstrdup(path);
    application->opening = opening;
    stream_rules_from(application->workspace->contract, &rules);
    open = replay_open(path, OPERATION_CHAT, &rules, on_event, opening, replay, error);
    stream_rules_release(&rules);
    if (open) {
        replay->classes = application->classes;
        opening->replay = replay;
    } else {
        free(replay);
    }
    if (open && replay->origin == REPLAY_CAPTURE)
        return true;
    if (open)
        error_set(error, ERROR_FILE, "%s is no capture", path);
    drop_opening(application);
    return false;
}

bool application_open_capture(struct application *application, const char *path,
                              struct error *error)
{
    if (application_in_flight(application) && !application_suite_runs(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; Stream shows it until it ended",
                         application_in_flight(application));
    if (!source_is_file(path, error))
        return false;
    drop_opening(application);
    if (!is_shown(application, path)) {
        if (!begin_opening(application, path, error))
            return false;
        go_on(application->opening); /* most are judged with the first slice */
    } else if (application->replayer) {
        drop_replayer(application);
    }
    look(application);
    return true;
}

bool application_opening(const struct application *application, int *percent)
{
    if (application->opening)
        *percent = application->opening->percent;
    return application->opening != NULL;
}

/* ---- replaying ---- */

static void on_changed(void *context)
{
    application_changed(context, TOPIC_EXCHANGE);
}

static void on_ended(void *context)
{
    struct application *application = context;
    const struct error *failure = replayer_failure(application->replayer);

    if (failure)
        application_say(application, MESSAGE_FAILED, "The replay cannot go on: %s", failure->text);
    else
        application_say(application, MESSAGE_DONE, "The replay is over: this is how it was judged");
    drop_replayer(application);
}

static bool start_replay(struct application *application, int64_t speed, struct error *error)
{
    struct exchange_state state;
    struct replayer_options options = {
        .loop = application->loop,
        .redactor = application->redactor,
        .speed = speed ? speed : REPLAYER_PACE,
        .paused = speed == 0,
        .changed = on_changed,
        .ended = on_ended,
        .context = application,
    };

    if (!application_judged(application, &state))
        return error_set(error, ERROR_USAGE, "nothing was sent yet; there is nothing to replay");
    if (state.running)
        return error_set(error, ERROR_USAGE, "it still runs; it can be replayed when it ended");
    if (!state.capture)
        return error_set(error, ERROR_USAGE, "no capture of it was kept to replay");
    options.path = state.capture;
    options.timings = &state.result->timings;
    application->replayer = replayer_new(&options, error);
    changed(application);
    return application->replayer != NULL;
}

bool application_replay(struct application *application, int64_t speed, struct error *error)
{
    if (application->opening) {
        application->opening->replay_speed = speed ? speed : REPLAYER_PACE;
        application->opening->replay_steps = speed == 0;
        return true;
    }
    look(application);
    if (!application->replayer)
        return start_replay(application, speed, error);
    if (speed == 0) {
        if (!replayer_step(application->replayer))
            on_ended(application);
        return true;
    }
    replayer_set_speed(application->replayer, speed);
    replayer_pause(application->replayer, false);
    return true;
}

bool application_drive_replay(struct application *application, enum replay_drive drive)
{
    struct replayer *replayer = application->replayer;
    struct replayer_view view;

    if (!replayer)
        return false;
    replayer_view(replayer, &view);
    switch (drive) {
    case DRIVE_PAUSE:
        replayer_pause(replayer, !view.paused);
        break;
    case DRIVE_SKIP:
        replayer_skip(replayer);
        break;
    case DRIVE_FASTER:
    case DRIVE_SLOWER:
        replayer_set_speed(replayer, replayer_next_speed(view.speed, drive == DRIVE_FASTER));
        break;
    }
    application_changed(application, TOPIC_EXCHANGE);
    return true;
}

bool application_stop_capture(struct application *application)
{
    if (application->opening) {
        application_say(application, MESSAGE_NOTE, "Not opened: %s",
                        strrchr(application->opening->path, '/')
                            ? strrchr(application->opening->path, '/') + 1
                            : application->opening->path);
        drop_opening(application);
        changed(application);
        return true;
    }
    if (!application->replayer)
        return false;
    drop_replayer(application);
    return true;
}

bool application_replays(const struct application *application, struct replayer_view *view)
{
    if (application->replayer)
        replayer_view(application->replayer, view);
    return application->replayer != NULL;
}

bool application_ticks(const struct application *application)
{
    struct replayer_view view;

    return application_in_flight(application) ||
           (application_replays(application, &view) && !view.paused);
}

/* ---- what is shown ---- */

bool application_hides_verdict(const struct application *application)
{
    return application->verdict_hidden;
}

void application_hide_verdict(struct application *application, bool hidden)
{
    application->verdict_hidden = hidden;
    application_changed(application, TOPIC_HISTORY);
    changed(application);
}

static void opened_state(const struct application *application, struct exchange_state *state)
{
    const struct replay *replay = application->opened;
    const struct capture_header *header = &replay->header;
    const struct recall *recall = application->recall;

    *state = (struct exchange_state){
        .id = header->id,
        .operation = header->operation,
        .method = header->method,
        .url = header->url,
        .model = header->facts ? header->facts->model : NULL,
        .simulated = header->simulated,
        .origin = header->origin,
        .missing = header->missing,
        .started_us = replay->result.timings.start_us,
        .first_token_us = replay->timeline->first_us,
        .wall_ms = header->wall_ms,
        .result = &replay->result,
        .judge = replay->judge,
        .timeline = replay->timeline,
        .rules = header->rules,
        .verdict = recall ? &recall->verdict : &replay->verdict,
        .failure = recall ? &recall->failure : &replay->failure,
        .unkept = !header->body_kept,
        .text = application->opened_text,
        .text_len = application->opened_text_len,
        .pending = "",
        .capture = application->opened_path,
        .digest = replay->digest[0] ? replay->digest : NULL,
    };
}

const struct recall *application_recall(const struct application *application)
{
    return application->replayer ? NULL : application->recall;
}

bool application_judged(const struct application *application, struct exchange_state *state)
{
    if (application->opened)
        opened_state(application, state);
    else if (application->exchange)
        exchange_state(application->exchange, state);
    else
        return false;
    return true;
}

bool application_shown(const struct application *application, struct exchange_state *state)
{
    int64_t ignored;

    if (!application->replayer)
        return application_judged(application, state);
    replayer_state(application->replayer, state, &ignored);
    return true;
}

int64_t application_shown_now_us(const struct application *application)
{
    struct exchange_state state;
    int64_t now_us = clock_now_us(application_clock(application));

    if (application->replayer)
        replayer_state(application->replayer, &state, &now_us);
    return now_us;
}

const struct events *application_events(const struct application *application)
{
    return application->replayer ? replayer_events(application->replayer) : application->events;
}

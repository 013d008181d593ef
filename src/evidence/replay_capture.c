/* A capture, judged at the pace at which it came: one step is read ahead to know when it is due. */
#include "evidence/replay_kinds.h"

#include "base/memory.h"

enum { LINE_COST = 64 /* of a line that holds little */ };

bool replay_capture_open(struct replay *replay, struct error *error)
{
    struct source *source = replay->source;

    replay->source = NULL;
    replay->origin = REPLAY_CAPTURE;
    replay->result.curl = -1;
    replay->reader = capture_open_source(source, error);
    if (!replay->reader)
        return false;
    replay->header = *capture_reader_header(replay->reader);
    replay->missing = xstrdup(replay->header.missing);
    replay_start_judge(replay, replay->header.rules, replay->header.facts);
    return true;
}

/* When it happened; the end of a file that has none comes with what came last. */
static int64_t time_of(const struct replay *replay, int64_t since_start_us)
{
    if (replay->step == CAPTURE_END && replay->read_result->timings.end_us)
        since_start_us =
            replay->read_result->timings.end_us - replay->read_result->timings.start_us;
    else if (replay->step != CAPTURE_READ && replay->step != CAPTURE_HEAD)
        return replay->read_us;
    return since_start_us;
}

/* Read one step ahead, to know when it is due. */
static void hold(struct replay *replay)
{
    int64_t since_start_us = replay->read_us;

    replay->step = capture_next(replay->reader, &replay->data, &replay->len, &since_start_us,
                                &replay->read_result, &replay->fault);
    replay->next_us = time_of(replay, since_start_us);
    replay->held = true;
}

/* As much of the read as may be; it is held on to while some of it is left. */
static void judge_read(struct replay *replay, struct replay_allowance *left)
{
    bool bounded = left->events != UINT64_MAX;
    uint64_t before = replay->events;
    size_t len = replay->len;

    if (!replay->data) { /* the bytes were not kept */
        replay->held = false;
        left->events -= bounded ? 1 : 0;
        return;
    }
    if (bounded)
        len = replay_line_length(replay->data, replay->len);
    else if (len > left->bytes)
        len = left->bytes;
    judge_body(replay->judge, replay->data, len);
    replay->data += len;
    replay->len -= len;
    replay->held = replay->len > 0;
    replay_spend(&left->bytes, len);
    if (!bounded)
        return;
    if (judge_progress(replay->judge)->event_stream)
        left->events -= replay->events > before ? 1 : 0;
    else if (!replay->held)
        left->events--;
}

static enum replay_step end_capture(struct replay *replay)
{
    const struct http_result *end = replay->step == CAPTURE_END ? replay->read_result : NULL;

    if (end)
        replay->result = *end;
    if (replay->step == CAPTURE_CUT)
        judge_doubt(replay->judge, REASON_CAPTURE_CUT, "the file ends without an end line");
    if (replay->step == CAPTURE_BROKEN)
        judge_doubt(replay->judge, REASON_CAPTURE_BROKEN, replay->fault.text);
    if (!replay->header.body_kept)
        judge_doubt(replay->judge, REASON_BODIES_NOT_KEPT,
                    "the capture is not replayable: it keeps lengths and times only");
    judge_end(replay->judge, end);
    if (replay->step != CAPTURE_BROKEN)
        capture_reader_digest(replay->reader, replay->digest);
    replay_conclude(replay);
    return REPLAY_ENDED;
}

enum replay_step replay_capture_advance(struct replay *replay, struct replay_allowance *left)
{
    while (!replay_is_spent(left)) {
        if (!replay->held) {
            hold(replay);
            replay_spend(&left->bytes, LINE_COST);
        }
        if (replay->next_us > left->us)
            return REPLAY_WAITS;
        replay->read_us = replay->next_us;
        if (replay->step == CAPTURE_READ) {
            judge_read(replay, left);
        } else if (replay->step == CAPTURE_HEAD) {
            replay->result = *replay->read_result;
            judge_headers(replay->judge, replay->result.status, &replay->result.headers);
            replay->held = false;
        } else {
            return end_capture(replay);
        }
    }
    return REPLAY_MORE;
}

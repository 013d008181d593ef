/* `curl -i` output and raw bytes: what nobody redacted yet, and what tells nothing of time. */
#include "evidence/replay_kinds.h"

#include "base/memory.h"
#include "base/redact.h"
#include "evidence/import.h"
#include "evidence/redact_result.h"
#include "evidence/source.h"
#include "net/head.h"

enum {
    HEAD_LINE_MAX = 64 * 1024,
    TAIL_MAX = 512, /* a line of curl */
};

bool replay_plain_has_head(const struct replay *replay)
{
    return replay_begins_with(replay, "HTTP/");
}

/*
 * The blocks that `curl -i` prints in front of the body: of a proxy, interim ones, the final one.
 * What ends within its head has no body.
 */
static bool read_heads(struct replay *replay, struct error *error)
{
    struct http_result *result = &replay->result;
    enum head_step head_step = HEAD_WHOLE;
    enum source_step step = SOURCE_DATA;
    struct head head;
    const char *line;
    size_t len;

    while (step == SOURCE_DATA && head_step == HEAD_WHOLE && replay_plain_has_head(replay)) {
        http_result_release(result);
        *result = (struct http_result){.curl = -1};
        head_init(&head, 0);
        do {
            step = source_line(replay->source, HEAD_LINE_MAX, &line, &len, error);
            if (step != SOURCE_DATA && step != SOURCE_REST)
                break;
            digest_update(replay->sum, line, len);
            head_step = head_line(&head, result, line, len);
        } while (step == SOURCE_DATA && head_step == HEAD_MORE);
        head_release(&head);
    }
    if (head_step == HEAD_TOO_BIG)
        return error_set(error, ERROR_FILE, "%s: the header block is too large to be one",
                         source_name(replay->source));
    return step != SOURCE_FAULT;
}

bool replay_plain_open(struct replay *replay, const struct stream_rules *rules, struct error *error)
{
    bool encoded, heads = replay_plain_has_head(replay);

    replay->origin = heads ? REPLAY_CURL_INCLUDE : REPLAY_RAW;
    replay->missing = xasprintf("%show the connection ended\nwhen each event came\nthe request",
                                heads ? "" : "status line and headers\n");
    replay->result = (struct http_result){.curl = -1};
    replay->sum = digest_new();
    bytes_init(&replay->tail, 2 * TAIL_MAX);
    replay_start_judge(replay, rules, NULL);
    replay->stream = redact_stream_new(replay->redactor);
    if (!heads)
        return true;
    if (!read_heads(replay, error))
        return false;
    replay->result.framing =
        head_framing(&replay->result.headers, replay->result.status, "POST", &encoded);
    redact_result(replay->redactor, &replay->result);
    judge_headers(replay->judge, replay->result.status, &replay->result.headers);
    return true;
}

/* All but the last of it: that may be curl's own line, pasted with the body. */
static void hear_plain(struct replay *replay, const char *data, size_t len)
{
    struct bytes *tail = &replay->tail;
    size_t old;

    if (tail->len + len > TAIL_MAX) {
        old = len >= TAIL_MAX ? tail->len : tail->len + len - TAIL_MAX;
        replay_hear_body(replay, tail->data, old);
        bytes_drop(tail, old);
    }
    if (len > TAIL_MAX) {
        replay_hear_body(replay, data, len - TAIL_MAX);
        data += len - TAIL_MAX;
        len = TAIL_MAX;
    }
    bytes_append(tail, data, len);
}

static void end_tail(struct replay *replay)
{
    struct bytes *tail = &replay->tail;
    size_t line = import_curl_tail(bytes_text(tail), tail->len, &replay->result);

    replay_hear_body(replay, bytes_text(tail), tail->len - line);
    replay->result.body_bytes -= line;
}

static enum replay_step end_plain(struct replay *replay)
{
    const char *out;
    size_t len = redact_stream_finish(replay->stream, &out);

    hear_plain(replay, out, len);
    end_tail(replay);
    if (replay->result.curl <= 0)
        replay_compare_length(&replay->result);
    judge_end(replay->judge,
              replay->origin == REPLAY_RAW && replay->result.curl < 0 ? NULL : &replay->result);
    digest_text(replay->sum, replay->digest);
    replay_conclude(replay);
    return REPLAY_ENDED;
}

/* What `curl -i` and raw bytes do not tell is time: all of it came at once. */
enum replay_step replay_plain_advance(struct replay *replay, struct replay_allowance *left,
                                      struct error *error)
{
    const char *data, *out;
    size_t len;

    while (!replay_is_spent(left)) {
        enum source_step step = source_read(replay->source, &data, &len, error);

        if (step != SOURCE_DATA)
            return step == SOURCE_END ? end_plain(replay) : REPLAY_FAILED;
        digest_update(replay->sum, data, len);
        replay->result.body_bytes += len;
        replay_spend(&left->bytes, len);
        left->events -= left->events != UINT64_MAX ? 1 : 0;
        len = redact_stream_push(replay->stream, data, len, &out);
        hear_plain(replay, out, len);
    }
    return REPLAY_MORE;
}

#include "evidence/replay.h"

#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/workspace.h"
#include "evidence/redact_result.h"
#include "evidence/source.h"
#include "net/head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD_LINE_MAX = 64 * 1024,
    CURL_PARTIAL_FILE = 18, /* curl's number for a body that is shorter than was said */
};

/* As record_write_header() begins. */
static const char capture_beginning[] = "{\"format\":\"cometdeck-capture\"";
static const char http_beginning[] = "HTTP/";

static bool begins_with(struct source *source, const char *beginning)
{
    const char *data;
    size_t len = strlen(beginning);

    return source_peek(source, len, &data) == len && memcmp(data, beginning, len) == 0;
}

static void on_event(void *context, const struct judge_event *event)
{
    struct replay *replay = context;

    if (event->semantic && replay->origin == REPLAY_CAPTURE)
        pace_event(&replay->pace, replay->read_us);
    if (replay->on_event)
        replay->on_event(replay->context, event);
}

/* Only ever from the environment: a file of somebody else names no command that is run. */
static void learn_key(struct replay *replay)
{
    const char *alias = replay->header.key_alias;
    struct secret *secret = alias && strncmp(alias, "env:", 4) == 0 ? secret_peek(alias) : NULL;

    workspace_teach(NULL, replay->redactor);
    if (secret)
        redactor_add(replay->redactor, secret);
    secret_free(secret);
}

static void start_judge(struct replay *replay, const struct stream_rules *rules,
                        const struct request_facts *facts)
{
    learn_key(replay);
    replay->judge = judge_new(replay->header.operation, rules, facts);
    judge_on_event(replay->judge, on_event, replay);
}

/* ---- captures ---- */

/* The reads up to a step that is none. */
static enum capture_step judge_reads(struct replay *replay, const struct http_result **result,
                                     struct error *error)
{
    enum capture_step step;
    const char *data;
    size_t len;

    for (;;) {
        step = capture_next(replay->reader, &data, &len, &replay->read_us, result, error);
        if (step == CAPTURE_HEAD)
            judge_headers(replay->judge, (*result)->status, &(*result)->headers);
        else if (step == CAPTURE_READ && data)
            judge_body(replay->judge, data, len);
        else if (step != CAPTURE_READ)
            return step;
    }
}

/* The result is the reader's, who frees it. */
static bool judge_capture(struct replay *replay, struct source *source, struct error *error)
{
    const struct http_result *result = NULL;
    struct error fault;
    enum capture_step step;

    replay->origin = REPLAY_CAPTURE;
    replay->result.curl = -1;
    replay->reader = capture_open_source(source, error);
    if (!replay->reader)
        return false;
    replay->header = *capture_reader_header(replay->reader);
    start_judge(replay, replay->header.rules, replay->header.facts);
    step = judge_reads(replay, &result, &fault);
    if (result)
        replay->result = *result;
    if (step == CAPTURE_CUT)
        judge_doubt(replay->judge, REASON_CAPTURE_CUT, "the file ends without an end line");
    if (step == CAPTURE_BROKEN)
        judge_doubt(replay->judge, REASON_CAPTURE_BROKEN, fault.text);
    if (!replay->header.body_kept)
        judge_doubt(replay->judge, REASON_BODIES_NOT_KEPT,
                    "the capture is not replayable: it keeps lengths and times only");
    judge_end(replay->judge, step == CAPTURE_END ? result : NULL);
    if (step != CAPTURE_BROKEN)
        capture_reader_digest(replay->reader, replay->digest);
    return true;
}

/* ---- everything else: bytes that nobody redacted yet ---- */

/* What is read of a plain file. */
struct plain {
    struct replay *replay;
    struct source *source;
    struct digest *digest;
};

/*
 * The blocks that `curl -i` prints in front of the body: of a proxy, interim ones, the final one.
 * What ends within its head has no body.
 */
static bool read_heads(struct plain *plain, struct error *error)
{
    struct http_result *result = &plain->replay->result;
    enum head_step head_step = HEAD_WHOLE;
    enum source_step step = SOURCE_DATA;
    struct head head;
    const char *line;
    size_t len;

    while (step == SOURCE_DATA && head_step == HEAD_WHOLE &&
           begins_with(plain->source, http_beginning)) {
        http_result_release(result);
        *result = (struct http_result){.curl = -1};
        head_init(&head, 0);
        do {
            step = source_line(plain->source, HEAD_LINE_MAX, &line, &len, error);
            if (step != SOURCE_DATA && step != SOURCE_REST)
                break;
            digest_update(plain->digest, line, len);
            head_step = head_line(&head, result, line, len);
        } while (step == SOURCE_DATA && head_step == HEAD_MORE);
        head_release(&head);
    }
    if (head_step == HEAD_TOO_BIG)
        return error_set(error, ERROR_FILE, "%s: the header block is too large to be one",
                         source_name(plain->source));
    return step != SOURCE_FAULT;
}

static bool read_body(struct plain *plain, struct error *error)
{
    struct redact_stream *stream = redact_stream_new(plain->replay->redactor);
    enum source_step step;
    const char *data, *out;
    size_t len;

    while ((step = source_read(plain->source, &data, &len, error)) == SOURCE_DATA) {
        digest_update(plain->digest, data, len);
        plain->replay->result.body_bytes += len;
        len = redact_stream_push(stream, data, len, &out);
        judge_body(plain->replay->judge, out, len);
    }
    len = redact_stream_finish(stream, &out);
    judge_body(plain->replay->judge, out, len);
    redact_stream_free(stream);
    return step == SOURCE_END;
}

/* How it ended is unknown, unless the length that was said shows that something is missing. */
static void compare_length(struct http_result *result)
{
    const char *text = http_headers_get(&result->headers, "content-length");
    uint64_t length = text ? strtoull(text, NULL, 10) : 0;

    if (result->framing != FRAMING_LENGTH || result->body_bytes >= length)
        return;
    result->curl = CURL_PARTIAL_FILE;
    snprintf(result->message, sizeof(result->message),
             "%" PRIu64 " bytes of the Content-Length of %" PRIu64 " are there", result->body_bytes,
             length);
}

static bool judge_plain(struct plain *plain, struct error *error)
{
    struct replay *replay = plain->replay;
    bool encoded, heads = begins_with(plain->source, http_beginning);

    replay->origin = heads ? REPLAY_CURL_INCLUDE : REPLAY_RAW;
    replay->result = (struct http_result){.curl = -1};
    if (heads) {
        if (!read_heads(plain, error))
            return false;
        replay->result.framing =
            head_framing(&replay->result.headers, replay->result.status, "POST", &encoded);
        redact_result(replay->redactor, &replay->result);
        judge_headers(replay->judge, replay->result.status, &replay->result.headers);
    }
    if (!read_body(plain, error))
        return false;
    compare_length(&replay->result);
    judge_end(replay->judge, heads ? &replay->result : NULL);
    digest_text(plain->digest, replay->digest);
    return true;
}

/* ---- both ---- */

static void conclude(struct replay *replay)
{
    struct answer answer;

    judge_verdict(replay->judge, &replay->verdict);
    judge_answer(replay->judge, &answer);
    failure_classify(&replay->result, &answer, &replay->verdict, &replay->failure);
}

bool replay_file(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error)
{
    struct plain plain = {.replay = replay};
    bool good;

    *replay = (struct replay){
        .header = {.operation = operation},
        .redactor = redactor_new(),
        .on_event = event,
        .context = context,
    };
    plain.source = source_open(path, error);
    if (!plain.source) {
        replay_release(replay);
        return false;
    }
    if (begins_with(plain.source, capture_beginning)) {
        good = judge_capture(replay, plain.source, error);
    } else {
        plain.digest = digest_new();
        start_judge(replay, rules, NULL);
        good = judge_plain(&plain, error);
        digest_free(plain.digest);
        source_close(plain.source);
    }
    if (good)
        conclude(replay);
    else
        replay_release(replay);
    return good;
}

void replay_release(struct replay *replay)
{
    if (!replay->reader)
        http_result_release(&replay->result);
    capture_close(replay->reader);
    judge_free(replay->judge);
    verdict_release(&replay->verdict);
    redactor_free(replay->redactor);
    *replay = (struct replay){0};
}

struct json *replay_report(const struct replay *replay)
{
    const struct report report = {
        .operation = replay->header.operation,
        .model = replay->header.facts ? replay->header.facts->model : NULL,
        .id = replay->header.id,
        .result = &replay->result,
        .judge = replay->judge,
        .verdict = &replay->verdict,
        .failure = &replay->failure,
        .pace = &replay->pace,
    };

    return report_json(&report, replay->redactor);
}

#include "evidence/replay.h"

#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/workspace.h"
#include "evidence/fixture.h"
#include "evidence/import.h"
#include "evidence/import_file.h"
#include "evidence/redact_result.h"
#include "evidence/source.h"
#include "evidence/timeline.h"
#include "net/head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BEGINNING = 8, /* enough to tell what is no text */
    HEAD_LINE_MAX = 64 * 1024,
    LINE_COST = 64,         /* of a line that holds little */
    TAIL_MAX = 512,         /* a line of curl */
    CURL_PARTIAL_FILE = 18, /* curl's number for a body that is shorter than was said */
};

/* As record_write_header() begins. */
static const char capture_beginning[] = "{\"format\":\"cometdeck-capture\"";
static const char http_beginning[] = "HTTP/";

const char *replay_origin_name(enum replay_origin origin)
{
    static const char *const names[] = {
        [REPLAY_CAPTURE] = "capture", [REPLAY_CURL_INCLUDE] = "curl -i", [REPLAY_RAW] = "body",
        [REPLAY_HAR] = "HAR",         [REPLAY_TRACE] = "curl trace",     [REPLAY_LOG] = "log",
        [REPLAY_FIXTURE] = "fixture", [REPLAY_VERBOSE] = "curl -v",
    };

    return names[origin];
}

static bool begins_with(struct source *source, const char *beginning)
{
    const char *data;
    size_t len = strlen(beginning);

    return source_peek(source, len, &data) == len && memcmp(data, beginning, len) == 0;
}

static void on_event(void *context, const struct judge_event *event)
{
    struct replay *replay = context;

    replay->events++;
    if (event->semantic && replay->origin == REPLAY_CAPTURE && !replay->header.origin)
        timeline_event(replay->timeline, replay->read_us, event->number, event->offset);
    if (replay->on_event)
        replay->on_event(replay->context, event);
}

/* Only ever from the environment: a file of somebody else names no command that is run. */
static void learn_key(struct replay *replay)
{
    const char *alias = replay->header.key_alias;
    struct secret *secret = alias && strncmp(alias, "env:", 4) == 0 ? secret_peek(alias) : NULL;

    workspace_teach(replay->workspace, replay->redactor);
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

static void conclude(struct replay *replay)
{
    struct answer answer;

    judge_verdict(replay->judge, &replay->verdict);
    judge_answer(replay->judge, &answer);
    failure_classify(replay->classes, &replay->result, &answer, &replay->verdict, &replay->failure);
    replay->ended = true;
}

/* Bytes of a body that is in no capture. */
static void hear_body(struct replay *replay, const char *data, size_t len)
{
    judge_body(replay->judge, data, len);
    if (replay->on_body && len > 0)
        replay->on_body(replay->body_context, data, len);
}

/* What is left of one call. */
struct allowance {
    int64_t us;
    uint64_t events;
    size_t bytes;
};

static bool is_spent(const struct allowance *left)
{
    return left->events == 0 || left->bytes == 0;
}

static void spend(size_t *left, size_t amount)
{
    *left = amount < *left ? *left - amount : 0;
}

/* ---- captures ---- */

static bool open_capture(struct replay *replay, struct error *error)
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
    start_judge(replay, replay->header.rules, replay->header.facts);
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

/* Up to the end of a line: no event ends elsewhere. */
static size_t line_length(const char *data, size_t len)
{
    size_t at = 0;

    while (at < len && data[at] != '\n' && data[at] != '\r')
        at++;
    return at < len ? at + 1 : len;
}

/* As much of the read as may be; it is held on to while some of it is left. */
static void judge_read(struct replay *replay, struct allowance *left)
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
        len = line_length(replay->data, replay->len);
    else if (len > left->bytes)
        len = left->bytes;
    judge_body(replay->judge, replay->data, len);
    replay->data += len;
    replay->len -= len;
    replay->held = replay->len > 0;
    spend(&left->bytes, len);
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
    conclude(replay);
    return REPLAY_ENDED;
}

static enum replay_step advance_capture(struct replay *replay, struct allowance *left)
{
    while (!is_spent(left)) {
        if (!replay->held) {
            hold(replay);
            spend(&left->bytes, LINE_COST);
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

/* ---- everything else: bytes that nobody redacted yet ---- */

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

    while (step == SOURCE_DATA && head_step == HEAD_WHOLE &&
           begins_with(replay->source, http_beginning)) {
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

static bool open_plain(struct replay *replay, const struct stream_rules *rules, struct error *error)
{
    bool encoded, heads = begins_with(replay->source, http_beginning);

    replay->origin = heads ? REPLAY_CURL_INCLUDE : REPLAY_RAW;
    replay->missing = xasprintf("%show the connection ended\nwhen each event came\nthe request",
                                heads ? "" : "status line and headers\n");
    replay->result = (struct http_result){.curl = -1};
    replay->sum = digest_new();
    bytes_init(&replay->tail, 2 * TAIL_MAX);
    start_judge(replay, rules, NULL);
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

/* All but the last of it: that may be curl's own line, pasted with the body. */
static void hear_plain(struct replay *replay, const char *data, size_t len)
{
    struct bytes *tail = &replay->tail;
    size_t old;

    if (tail->len + len > TAIL_MAX) {
        old = len >= TAIL_MAX ? tail->len : tail->len + len - TAIL_MAX;
        hear_body(replay, tail->data, old);
        bytes_drop(tail, old);
    }
    if (len > TAIL_MAX) {
        hear_body(replay, data, len - TAIL_MAX);
        data += len - TAIL_MAX;
        len = TAIL_MAX;
    }
    bytes_append(tail, data, len);
}

static void end_tail(struct replay *replay)
{
    struct bytes *tail = &replay->tail;
    size_t line = import_curl_tail(bytes_text(tail), tail->len, &replay->result);

    hear_body(replay, bytes_text(tail), tail->len - line);
    replay->result.body_bytes -= line;
}

static enum replay_step end_plain(struct replay *replay)
{
    const char *out;
    size_t len = redact_stream_finish(replay->stream, &out);

    hear_plain(replay, out, len);
    end_tail(replay);
    if (replay->result.curl <= 0)
        compare_length(&replay->result);
    judge_end(replay->judge,
              replay->origin == REPLAY_RAW && replay->result.curl < 0 ? NULL : &replay->result);
    digest_text(replay->sum, replay->digest);
    conclude(replay);
    return REPLAY_ENDED;
}

/* What `curl -i` and raw bytes do not tell is time: all of it came at once. */
static enum replay_step advance_plain(struct replay *replay, struct allowance *left,
                                      struct error *error)
{
    const char *data, *out;
    size_t len;

    while (!is_spent(left)) {
        enum source_step step = source_read(replay->source, &data, &len, error);

        if (step != SOURCE_DATA)
            return step == SOURCE_END ? end_plain(replay) : REPLAY_FAILED;
        digest_update(replay->sum, data, len);
        replay->result.body_bytes += len;
        spend(&left->bytes, len);
        left->events -= left->events != UINT64_MAX ? 1 : 0;
        len = redact_stream_push(replay->stream, data, len, &out);
        hear_plain(replay, out, len);
    }
    return REPLAY_MORE;
}

/* ---- recordings of other tools ---- */

/* What the file tells takes its place in header and result; the import keeps the memory. */
static void begin_import(struct replay *replay, const struct stream_rules *rules)
{
    struct import *import = replay->import;
    struct capture_header *header = &replay->header;

    header->operation = import_operation(import, header->operation);
    header->method = import->method;
    header->url = import->url;
    header->headers = &import->headers;
    header->body = import->request.len ? bytes_text(&import->request) : NULL;
    header->body_len = import->request.len;
    header->body_kept = import->body_told;
    request_facts_from(header->operation, bytes_text(&import->request), import->request.len,
                       &replay->facts);
    header->facts = import->request.len ? &replay->facts : NULL;
    replay->missing = bytes_take(&import->missing);
    replay->result = import->result;
    import->result = (struct http_result){.curl = -1};
    replay->data = bytes_text(&import->body);
    replay->len = import->body.len;
    if (import->fixture) {
        replay->fixture = import->fixture;
        header->operation = import->fixture->operation;
        header->facts = &import->fixture->facts;
        header->simulated = import->fixture->simulated;
        rules = &import->fixture->rules;
    }
    replay->judge = judge_new(header->operation, rules, header->facts);
    judge_on_event(replay->judge, on_event, replay);
    if (import->head_told)
        judge_headers(replay->judge, replay->result.status, &replay->result.headers);
}

static bool open_import(struct replay *replay, enum import_kind kind, size_t entry,
                        const struct stream_rules *rules, struct error *error)
{
    static const enum replay_origin origins[] = {[IMPORT_HAR] = REPLAY_HAR,
                                                 [IMPORT_TRACE] = REPLAY_TRACE,
                                                 [IMPORT_VERBOSE] = REPLAY_VERBOSE,
                                                 [IMPORT_LOG] = REPLAY_LOG,
                                                 [IMPORT_FIXTURE] = REPLAY_FIXTURE};

    replay->origin = origins[kind];
    replay->sum = digest_new();
    replay->import = xcalloc(1, sizeof(*replay->import));
    learn_key(replay);
    if (!import_file(replay->source, kind, entry, replay->redactor, replay->sum, replay->import,
                     error))
        return false;
    begin_import(replay, rules);
    return true;
}

static enum replay_step end_import(struct replay *replay)
{
    if (!replay->import->body_told)
        judge_doubt(replay->judge, REASON_BODIES_NOT_KEPT, "the file holds no body of the answer");
    if (replay->import->body_cut)
        judge_doubt(replay->judge, REASON_CAPTURE_CUT, "the file says that there were more bytes");
    if (replay->result.curl <= 0)
        compare_length(&replay->result);
    judge_end(replay->judge, &replay->result);
    digest_text(replay->sum, replay->digest);
    conclude(replay);
    return REPLAY_ENDED;
}

static enum replay_step advance_import(struct replay *replay, struct allowance *left)
{
    while (!is_spent(left)) {
        size_t len = replay->len;

        if (len == 0)
            return end_import(replay);
        if (left->events != UINT64_MAX)
            len = line_length(replay->data, len);
        else if (len > left->bytes)
            len = left->bytes;
        hear_body(replay, replay->data, len);
        replay->data += len;
        replay->len -= len;
        spend(&left->bytes, len);
        left->events -= left->events != UINT64_MAX ? 1 : 0;
    }
    return REPLAY_MORE;
}

/* ---- all ---- */

static enum import_kind detect(struct replay *replay)
{
    const char *data;
    size_t len = source_peek(replay->source, IMPORT_LOOK, &data);

    return import_detect(source_name(replay->source), data, len);
}

/* By its first bytes; what begins like a capture or `curl -i` is no log. */
static bool open_source(struct replay *replay, size_t entry, const struct stream_rules *rules,
                        struct error *error)
{
    enum import_kind kind = IMPORT_NONE;
    const char *data, *unreadable;
    size_t len = source_peek(replay->source, BEGINNING, &data);

    unreadable = import_unreadable(data, len);
    if (len == 0 || unreadable)
        return error_set(error, ERROR_FILE, "%s %s", source_name(replay->source),
                         len ? unreadable : "is empty: nothing was recorded");
    if (begins_with(replay->source, capture_beginning))
        return open_capture(replay, error);
    if (!begins_with(replay->source, http_beginning))
        kind = detect(replay);
    if (kind != IMPORT_NONE)
        return open_import(replay, kind, entry, rules, error);
    if (entry > 1)
        return error_set(error, ERROR_USAGE, "%s is no HAR: there is no entry %zu to choose",
                         source_name(replay->source), entry);
    return open_plain(replay, rules, error);
}

bool replay_open(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error)
{
    return replay_open_entry(path, 0, NULL, operation, rules, event, context, replay, error);
}

bool replay_open_entry(const char *path, size_t entry, const struct workspace *workspace,
                       enum operation operation, const struct stream_rules *rules,
                       void (*event)(void *context, const struct judge_event *), void *context,
                       struct replay *replay, struct error *error)
{
    bool good;

    *replay = (struct replay){
        .header = {.operation = operation},
        .redactor = redactor_new(),
        .timeline = timeline_new(),
        .on_event = event,
        .context = context,
        .workspace = workspace,
    };
    replay->source = source_open(path, error);
    good = replay->source && open_source(replay, entry, rules, error);
    if (!good)
        replay_release(replay);
    return good;
}

void replay_on_body(struct replay *replay,
                    void (*on_body)(void *context, const char *data, size_t len), void *context)
{
    replay->on_body = on_body;
    replay->body_context = context;
}

enum replay_step replay_advance(struct replay *replay, const struct replay_until *until,
                                struct error *error)
{
    struct allowance left = {
        .us = until->us,
        .events = until->events ? until->events : UINT64_MAX,
        .bytes = until->bytes ? until->bytes : SIZE_MAX,
    };

    if (replay->ended)
        return REPLAY_ENDED;
    if (replay->reader)
        return advance_capture(replay, &left);
    return replay->import ? advance_import(replay, &left) : advance_plain(replay, &left, error);
}

int replay_percent(const struct replay *replay)
{
    uint64_t consumed, size;

    if (replay->reader)
        capture_reader_progress(replay->reader, &consumed, &size);
    else
        source_progress(replay->source, &consumed, &size);
    if (size == 0)
        return -1;
    return consumed < size ? (int)(consumed * 100 / size) : 100;
}

bool replay_file(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error)
{
    return replay_open(path, operation, rules, event, context, replay, error) &&
           replay_finish(replay, error);
}

bool replay_finish(struct replay *replay, struct error *error)
{
    const struct replay_until all = {.us = INT64_MAX};
    enum replay_step step;

    do
        step = replay_advance(replay, &all, error);
    while (step == REPLAY_MORE);
    if (step != REPLAY_ENDED)
        replay_release(replay);
    return step == REPLAY_ENDED;
}

void replay_release(struct replay *replay)
{
    if (!replay->reader)
        http_result_release(&replay->result);
    capture_close(replay->reader);
    source_close(replay->source);
    if (replay->import)
        import_release(replay->import);
    free(replay->import);
    request_facts_release(&replay->facts);
    free(replay->missing);
    digest_free(replay->sum);
    redact_stream_free(replay->stream);
    bytes_release(&replay->tail);
    free(replay->timeline);
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
        .timeline = replay->timeline,
    };

    return report_json(&report, replay->redactor);
}

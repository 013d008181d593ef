#include "evidence/replay_kinds.h"

#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/workspace.h"
#include "evidence/fixture.h"
#include "evidence/import.h"
#include "evidence/import_file.h"
#include "evidence/source.h"
#include "evidence/timeline.h"
#include "net/http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BEGINNING = 8,          /* enough to tell what is no text */
    CURL_PARTIAL_FILE = 18, /* curl's number for a body that is shorter than was said */
};

/* As record_write_header() begins. */
static const char capture_beginning[] = "{\"format\":\"cometdeck-capture\"";

const char *replay_origin_name(enum replay_origin origin)
{
    static const char *const names[] = {
        [REPLAY_CAPTURE] = "capture", [REPLAY_CURL_INCLUDE] = "curl -i", [REPLAY_RAW] = "body",
        [REPLAY_HAR] = "HAR",         [REPLAY_TRACE] = "curl trace",     [REPLAY_LOG] = "log",
        [REPLAY_FIXTURE] = "fixture", [REPLAY_VERBOSE] = "curl -v",
    };

    return names[origin];
}

bool replay_begins_with(const struct replay *replay, const char *beginning)
{
    const char *data;
    size_t len = strlen(beginning);

    return source_peek(replay->source, len, &data) == len && memcmp(data, beginning, len) == 0;
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

void replay_start_judge(struct replay *replay, const struct stream_rules *rules,
                        const struct request_facts *facts)
{
    learn_key(replay);
    replay->judge = judge_new(replay->header.operation, rules, facts);
    judge_on_event(replay->judge, on_event, replay);
}

void replay_conclude(struct replay *replay)
{
    struct answer answer;

    judge_verdict(replay->judge, &replay->verdict);
    judge_answer(replay->judge, &answer);
    failure_classify(replay->classes, &replay->result, &answer, &replay->verdict, &replay->failure);
    replay->ended = true;
}

void replay_hear_body(struct replay *replay, const char *data, size_t len)
{
    judge_body(replay->judge, data, len);
    if (replay->on_body && len > 0)
        replay->on_body(replay->body_context, data, len);
}

bool replay_is_spent(const struct replay_allowance *left)
{
    return left->events == 0 || left->bytes == 0;
}

void replay_spend(size_t *left, size_t amount)
{
    *left = amount < *left ? *left - amount : 0;
}

size_t replay_line_length(const char *data, size_t len)
{
    size_t at = 0;

    while (at < len && data[at] != '\n' && data[at] != '\r')
        at++;
    return at < len ? at + 1 : len;
}

void replay_compare_length(struct http_result *result)
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
    if (replay->result.curl <= 0 && replay->import->body_told)
        replay_compare_length(&replay->result);
    judge_end(replay->judge, &replay->result);
    digest_text(replay->sum, replay->digest);
    replay_conclude(replay);
    return REPLAY_ENDED;
}

static enum replay_step advance_import(struct replay *replay, struct replay_allowance *left)
{
    while (!replay_is_spent(left)) {
        size_t len = replay->len;

        if (len == 0)
            return end_import(replay);
        if (left->events != UINT64_MAX)
            len = replay_line_length(replay->data, len);
        else if (len > left->bytes)
            len = left->bytes;
        replay_hear_body(replay, replay->data, len);
        replay->data += len;
        replay->len -= len;
        replay_spend(&left->bytes, len);
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
    if (replay_begins_with(replay, capture_beginning))
        return replay_capture_open(replay, error);
    if (!replay_plain_has_head(replay))
        kind = detect(replay);
    if (kind != IMPORT_NONE)
        return open_import(replay, kind, entry, rules, error);
    if (entry > 1)
        return error_set(error, ERROR_USAGE, "%s is no HAR: there is no entry %zu to choose",
                         source_name(replay->source), entry);
    return replay_plain_open(replay, rules, error);
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
    struct replay_allowance left = {
        .us = until->us,
        .events = until->events ? until->events : UINT64_MAX,
        .bytes = until->bytes ? until->bytes : SIZE_MAX,
    };

    if (replay->ended)
        return REPLAY_ENDED;
    if (replay->reader)
        return replay_capture_advance(replay, &left);
    return replay->import ? advance_import(replay, &left)
                          : replay_plain_advance(replay, &left, error);
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

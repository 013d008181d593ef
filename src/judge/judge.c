#include "judge/judge.h"

#include "base/memory.h"
#include "judge/account.h"
#include "judge/body.h"
#include "judge/decide.h"
#include "judge/declared.h"
#include "judge/excerpt.h"
#include "judge/naive.h"
#include "judge/reader.h"
#include "judge/sse.h"
#include "judge/stray.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct judge {
    struct stream_rules rules;
    struct request_facts facts;
    bool facts_known;
    struct account account;
    const struct reader_ops *ops;
    void *reader;
    struct sse sse;
    struct stray stray;
    struct judge_progress progress;
    void (*on_event)(void *context, const struct judge_event *event);
    void *context;
    struct declared declared;
    struct body body;
    bool body_whole; /* it was one valid JSON value */
    /* the end */
    bool ended, end_known, framed_clean;
    int curl;
    char message[256];
    enum stop stop;
    enum framing framing;
};

/* ---- making ---- */

static const struct reader_ops *const readers[OPERATION_COUNT] = {
    [OPERATION_MODELS] = &models_reader,
    [OPERATION_CHAT] = &chat_reader,
    [OPERATION_RESPONSES] = &responses_reader,
};

static void copy_rules(struct stream_rules *to, const struct stream_rules *from)
{
    *to = *from;
    for (size_t i = 0; i < to->alias_count; i++)
        to->aliases[i].reason = xstrdup(from->aliases[i].reason);
}

static void copy_facts(struct request_facts *to, const struct request_facts *from)
{
    static const struct request_facts unknown = {.choices = 1};

    *to = from ? *from : unknown;
    to->lenient_tools = xstrdup(to->lenient_tools);
    to->model = xstrdup(to->model);
}

static void on_sse_event(void *context, const struct sse_event *event);
static void on_sse_stray(void *context, const char *line, size_t len, uint64_t offset);

static const struct sse_ops sse_ops = {.event = on_sse_event, .stray = on_sse_stray};

struct judge *judge_new(enum operation operation, const struct stream_rules *rules,
                        const struct request_facts *facts)
{
    struct judge *judge = xcalloc(1, sizeof(*judge));

    copy_rules(&judge->rules, rules);
    copy_facts(&judge->facts, facts);
    judge->facts_known = facts;
    account_init(&judge->account, operation, &judge->rules, &judge->facts);
    judge->ops = readers[operation];
    judge->reader = judge->ops->open(&judge->account);
    sse_init(&judge->sse, rules->max_event_bytes, &sse_ops, judge);
    body_init(&judge->body, rules->max_body_bytes);
    return judge;
}

void judge_free(struct judge *judge)
{
    if (!judge)
        return;
    judge->ops->close(judge->reader);
    account_release(&judge->account);
    sse_release(&judge->sse);
    stray_release(&judge->stray);
    body_release(&judge->body);
    declared_release(&judge->declared);
    stream_rules_release(&judge->rules);
    free(judge->facts.lenient_tools);
    free(judge->facts.model);
    free(judge);
}

void judge_on_event(struct judge *judge, void (*event)(void *, const struct judge_event *),
                    void *context)
{
    judge->on_event = event;
    judge->context = context;
}

/* ---- headers ---- */

void judge_headers(struct judge *judge, int status, const struct http_headers *headers)
{
    declared_release(&judge->declared);
    declared_from(&judge->declared, status, headers);
    judge->account.bad_status = status && (status < 200 || status > 299);
    judge->body.event_stream = judge->declared.event_stream;
    judge->body.encoded = judge->declared.encoded;
}

/* ---- events ---- */

enum marker {
    MARKER_NONE,
    MARKER_EXACT,
    MARKER_SPACED,
    MARKER_TRAILING,
};

static enum marker marker_of(const char *data, size_t len)
{
    static const char done[] = "[DONE]";
    const size_t done_len = sizeof(done) - 1;
    size_t before = 0, after;

    while (before < len && strchr(" \t\r\n", data[before]) && data[before])
        before++;
    if (len - before < done_len || memcmp(data + before, done, done_len) != 0)
        return MARKER_NONE;
    for (after = before + done_len; after < len; after++) {
        if (!memchr(" \t\r\n", data[after], 4))
            return MARKER_TRAILING;
    }
    return len == done_len ? MARKER_EXACT : MARKER_SPACED;
}

/* True when the event is a marker, or tries to be one. */
static bool take_marker(struct judge *judge, const struct sse_event *event,
                        struct reader_effect *effect)
{
    struct account *account = &judge->account;
    enum marker marker = marker_of(event->data, event->data_len);
    bool terminal = account->operation == OPERATION_RESPONSES && judge->progress.said_ended;

    if (marker == MARKER_NONE)
        return false;
    if (marker == MARKER_TRAILING) {
        account_note(account, REASON_MARKER_TRAILING, "%s",
                     excerpt(event->data, event->data_len, 60).text);
        return true;
    }
    if (marker == MARKER_SPACED)
        account_note(account, REASON_MARKER_SPACED, "%zu bytes", event->data_len);
    if (account->marker)
        account_note(account, terminal ? REASON_DONE_AFTER_END : REASON_MARKER_REPEATED,
                     "the marker was event %" PRIu64, account->marker_event);
    effect->semantic = !account->marker;
    account_mark(account);
    return true;
}

/* An event named `error`, whatever its data is. */
static void take_error_event(struct judge *judge, const struct sse_event *event)
{
    struct envelope envelope = {0};
    struct account *account = &judge->account;

    if (!json_validate(event->data, event->data_len, NULL) || event->data[0] != '{' ||
        !envelope_from_body(&envelope, event->data, event->data_len))
        envelope_from_text(&envelope, event->data, event->data_len);
    account_error(account, REASON_ERROR_EVENT, &envelope);
}

static void read_event(struct judge *judge, const struct sse_event *event,
                       struct reader_effect *effect)
{
    bool after_marker = judge->account.marker;

    if (event->type_len == strlen("error") && memcmp(event->type, "error", event->type_len) == 0) {
        take_error_event(judge, event);
        effect->semantic = true;
    } else if (take_marker(judge, event, effect)) {
        return;
    } else {
        judge->ops->read(judge->reader, event, effect);
    }
    if (after_marker)
        account_note(&judge->account,
                     effect->semantic ? REASON_CONTENT_AFTER_MARKER : REASON_LATE_EVENT,
                     "the marker was event %" PRIu64, judge->account.marker_event);
}

static void on_sse_event(void *context, const struct sse_event *event)
{
    struct judge *judge = context;
    struct reader_effect effect = {0};
    struct judge_event told;

    judge->account.event = event->number;
    judge->account.offset = event->offset;
    read_event(judge, event, &effect);
    judge->progress.events = judge->progress.last_event = event->number;
    judge->progress.semantic_events += effect.semantic;
    judge->progress.said_ended = judge->ops->said_ended(judge->reader);
    judge->progress.marker = judge->account.marker;
    if (!judge->on_event)
        return;
    told = (struct judge_event){
        .number = event->number,
        .offset = event->offset,
        .type = event->type,
        .type_len = event->type_len,
        .data = event->data,
        .data_len = event->data_len,
        .text = effect.text,
        .text_len = effect.text_len,
        .semantic = effect.semantic,
    };
    judge->on_event(judge->context, &told);
}

static void on_sse_stray(void *context, const char *line, size_t len, uint64_t offset)
{
    struct judge *judge = context;

    judge->account.event = 0;
    judge->account.offset = offset;
    stray_take(&judge->stray, &judge->account, line, len);
}

/* ---- the body ---- */

static void find_oversized(struct judge *judge)
{
    const struct sse *sse = &judge->sse;

    if (sse->oversized && !findings_has(&judge->account.found, REASON_EVENT_TOO_LARGE))
        findings_add(&judge->account.found, REASON_EVENT_TOO_LARGE, sse->oversized,
                     sse->oversized_offset, "more than %zu bytes", judge->rules.max_event_bytes);
}

void judge_body(struct judge *judge, const char *data, size_t len)
{
    if (judge->ended)
        return;
    body_feed(&judge->body, &judge->sse, data, len);
    judge->progress.bytes = judge->body.bytes;
    judge->progress.event_stream = judge->body.kind == BODY_STREAM;
    judge->progress.comments = judge->sse.comments;
    judge->progress.oversized = judge->sse.oversized != 0;
    find_oversized(judge);
}

/* ---- the end ---- */

/* Not one valid value: maybe a stream after all, which began with bare JSON. */
static void read_as_stream(struct judge *judge)
{
    sse_feed(&judge->sse, bytes_text(&judge->body.json), judge->body.json.len);
    sse_end(&judge->sse);
    if (judge->sse.events || findings_has_group(&judge->account.found, GROUP_ERRORED)) {
        judge->body.kind = BODY_STREAM;
        judge->progress.event_stream = true;
    }
}

static void read_whole(struct judge *judge)
{
    const struct sse_event body = {.type = "message",
                                   .type_len = strlen("message"),
                                   .data = bytes_text(&judge->body.json),
                                   .data_len = judge->body.json.len};
    struct reader_effect effect = {0};
    struct json_fault fault;

    if (judge->body.over)
        return;
    judge->body_whole = json_validate(body.data, body.data_len, &fault);
    if (!judge->body_whole && !fault.cut)
        read_as_stream(judge);
    if (judge->body.kind != BODY_JSON || (!judge->body_whole && fault.cut))
        return;
    judge->account.whole = true;
    judge->account.event = 0;
    judge->account.offset = REASON_NOWHERE;
    /* Under a bad status the body explains it, whatever its shape. */
    if (judge->account.bad_status && judge->body_whole && body.data[0] == '{' &&
        envelope_from_body(&judge->account.error, body.data, body.data_len))
        return;
    judge->ops->read(judge->reader, &body, &effect);
    judge->progress.said_ended = judge->ops->said_ended(judge->reader);
}

static void find_other(struct judge *judge)
{
    struct account *account = &judge->account;
    struct excerpt shown = excerpt(bytes_text(&judge->body.sample), judge->body.sample.len, 60);
    const char *type = judge->declared.type ? judge->declared.type : "none";
    struct excerpt shown_type = excerpt(type, strlen(type), 40);

    account->event = 0;
    account->offset = 0;
    if (judge->body.kind == BODY_COMPRESSED)
        account_note(
            account, REASON_COMPRESSED, "content encoding %s",
            judge->declared.encoding
                ? excerpt(judge->declared.encoding, strlen(judge->declared.encoding), 40).text
                : "not named");
    else if (judge->body.kind == BODY_HTML)
        account_note(account, REASON_HTML, "content type %s: %s", shown_type.text, shown.text);
    else if (judge->body.kind == BODY_OTHER && account->bad_status)
        envelope_from_text(&account->error, bytes_text(&judge->body.sample),
                           judge->body.sample.len);
    else if (judge->body.kind == BODY_OTHER)
        account_note(account, REASON_NOT_AN_ANSWER, "content type %s: %s", shown_type.text,
                     shown.text);
}

/* Text that was taken for a stream by its content type alone. */
static void find_stream(struct judge *judge)
{
    const struct sse *sse = &judge->sse;

    if (judge->body.kind == BODY_STREAM && sse->strays && !sse->fields && !sse->comments &&
        !judge->account.bad_status)
        findings_add(&judge->account.found, REASON_NOT_AN_ANSWER, 0, REASON_NOWHERE,
                     "no line of it is one of an event stream");
}

static void find_type(struct judge *judge)
{
    struct account *account = &judge->account;
    const char *type = judge->declared.type ? judge->declared.type : "none";
    bool fits =
        judge->body.kind == BODY_STREAM ? judge->declared.event_stream : judge->declared.json;

    if (judge->body.kind != BODY_STREAM && judge->body.kind != BODY_JSON)
        return;
    account->offset = REASON_NOWHERE;
    account->event = 0;
    if (judge->declared.known && !fits)
        account_note(account, REASON_CONTENT_TYPE, "%s, but the body is %s",
                     excerpt(type, strlen(type), 40).text, body_kind_name(judge->body.kind));
    if (judge->declared.encoded)
        account_note(account, REASON_ENCODING_CLAIMED, "%s",
                     excerpt(judge->declared.encoding, strlen(judge->declared.encoding), 40).text);
}

static void take_result(struct judge *judge, const struct http_result *result)
{
    if (!result)
        return;
    judge->end_known = result->curl >= 0;
    judge->curl = result->curl;
    judge->stop = result->stop;
    judge->framing = result->framing;
    judge->framed_clean = result->framed_clean && !judge->declared.encoded;
    memcpy(judge->message, result->message, sizeof(judge->message));
    judge->message[sizeof(judge->message) - 1] = '\0';
    if (!judge->declared.known && result->status)
        judge_headers(judge, result->status, &result->headers);
    if (result->requests_sent > 1)
        findings_add(&judge->account.found, REASON_SENT_AGAIN, 0, REASON_NOWHERE, "%d times",
                     result->requests_sent);
}

void judge_end(struct judge *judge, const struct http_result *result)
{
    if (judge->ended)
        return;
    take_result(judge, result);
    body_end(&judge->body, &judge->sse);
    judge->progress.event_stream = judge->body.kind == BODY_STREAM;
    judge->ended = true;
    if (judge->body.kind == BODY_STREAM)
        sse_end(&judge->sse);
    else if (judge->body.kind == BODY_JSON)
        read_whole(judge);
    if (judge->body.over)
        findings_add(&judge->account.found, REASON_BODY_TOO_LARGE, 0, REASON_NOWHERE,
                     "more than %zu bytes", judge->rules.max_body_bytes);
    find_other(judge);
    find_stream(judge);
    find_type(judge);
}

void judge_doubt(struct judge *judge, enum reason_code code, const char *detail)
{
    findings_add(&judge->account.found, code, 0, REASON_NOWHERE, "%s",
                 excerpt(detail, strlen(detail), 80).text);
}

const struct judge_progress *judge_progress(const struct judge *judge)
{
    return &judge->progress;
}

/* ---- the verdict ---- */

/* A JSON body, or one of a few bytes, is only read at its end: read a copy of it to its end. */
static void verdict_now(const struct judge *judge, struct verdict *verdict)
{
    struct judge *now = judge_new(judge->account.operation, &judge->rules,
                                  judge->facts_known ? &judge->facts : NULL);

    declared_copy(&now->declared, &judge->declared);
    now->account.bad_status = judge->account.bad_status;
    body_replay(&judge->body, &now->body, &now->sse);
    now->progress.bytes = judge->progress.bytes;
    judge_end(now, NULL);
    judge_verdict(now, verdict);
    judge_free(now);
}

void judge_verdict(const struct judge *judge, struct verdict *verdict)
{
    struct findings found = {0};
    struct witness witness;
    struct testimony testimony;

    if (!judge->ended && judge->body.kind != BODY_STREAM) {
        verdict_now(judge, verdict);
        return;
    }
    judge->ops->conclude(judge->reader, &found, &witness);
    findings_merge(&found, &judge->account.found);
    testimony = (struct testimony){
        .account = &judge->account,
        .witness = &witness,
        .kind = judge->body.kind,
        .body_whole = judge->body_whole,
        .facts_known = judge->facts_known,
        .bytes = judge->progress.bytes,
        .events = judge->progress.events,
        .status = judge->declared.status,
        .end_known = judge->end_known,
        .curl = judge->curl,
        .message = judge->message,
        .stop = judge->stop,
        .framing = judge->framing,
        .framed_clean = judge->framed_clean,
    };
    if (judge->body.kind == BODY_STREAM)
        sse_residue(&judge->sse, &testimony.residue);
    decide(&testimony, &found, verdict);
    findings_release(&found);
}

/* ---- the answer ---- */

void judge_answer(const struct judge *judge, struct answer *answer)
{
    const struct account *account = &judge->account;

    *answer = (struct answer){
        .id = account->id,
        .model = account->model,
        .request_id =
            judge->declared.request_id ? judge->declared.request_id : account->error.request_id,
        .usage = account->usage.len ? bytes_text(&account->usage) : NULL,
        .input_tokens = account_tokens(account, "prompt_tokens", "input_tokens"),
        .output_tokens = account_tokens(account, "completion_tokens", "output_tokens"),
        .total_tokens = account_tokens(account, "total_tokens", "total_tokens"),
        .error_message = account->error.message,
        .error_type = account->error.type,
        .error_code = account->error.code,
        .error_envelope = account->error.kind,
    };
    answer->choice_count = judge->ops->choices(judge->reader, &answer->choices);
}

char *judge_naive_reading(const struct judge *judge)
{
    struct verdict verdict;
    struct answer answer;
    bool incomplete;

    judge_verdict(judge, &verdict);
    incomplete = verdict.kind != VERDICT_CANCELLED &&
                 strcmp(verdict_headline(verdict.kind), "INCOMPLETE") == 0;
    verdict_release(&verdict);
    if (!incomplete)
        return NULL;
    if (judge->body.kind == BODY_JSON && !judge->body_whole)
        return xstrdup("an error of its JSON parser instead of an answer");
    judge_answer(judge, &answer);
    if (!answer.choice_count)
        return xstrdup("an empty answer, as if it were whole");
    return naive_choice(&answer.choices[0]);
}

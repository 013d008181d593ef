#include "evidence/exchange.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/workspace.h"
#include "evidence/history.h"
#include "evidence/keeper.h"
#include "evidence/redact_result.h"
#include "evidence/report.h"
#include "evidence/telemetry.h"
#include "evidence/timeline.h"
#include "net/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PENDING_MAX = 64 * 1024,
    TEXT_MAX = 64 * 1024 * 1024, /* the judge keeps less */
    FLUSH_US = 500 * 1000,       /* how long bytes may be in memory alone */
    DRAIN_US = 50 * 1000,        /* how long sockets are read on before silence is believed */
};

struct exchange {
    struct exchange_env env;
    struct exchange_observer observer;
    enum operation operation;
    char id[EVIDENCE_ID];
    int64_t wall_ms, started_us;
    bool simulated, wrong;
    bool unkept;
    char *profile, *method, *url, *model, *differs; /* redacted */
    struct bytes pending;
    struct request_facts facts;
    struct stream_rules rules;

    struct transfer *transfer; /* NULL: it is over */
    struct redact_stream *body;
    struct redact_stream *joined; /* of the text of many events */
    struct bytes text;
    struct judge *judge;
    struct keeper keeper;
    struct telemetry_labels labels;
    int64_t read_us; /* when the bytes came that are being judged */
    struct timeline *timeline;

    struct loop_timer event_timer, linger_timer, flush_timer;
    uint64_t heard;     /* what counts as life: semantic events, of other bodies bytes */
    bool heard_events;  /* it is events that are counted */
    uint64_t raw_bytes; /* received, redacted or not yet */
    uint64_t drained_bytes;
    int64_t drain_until_us; /* 0: not draining */

    bool running, lingering;
    bool concluding; /* it is being kept, or told: it goes when that is over */
    bool orphaned;   /* its owner let go of it */
    struct http_result result;
    struct verdict verdict;
    struct failure failure;
};

/* ---- life and death ---- */

static void cancel_timers(struct exchange *exchange)
{
    loop_timer_cancel(exchange->env.loop, &exchange->event_timer);
    loop_timer_cancel(exchange->env.loop, &exchange->linger_timer);
    loop_timer_cancel(exchange->env.loop, &exchange->flush_timer);
}

static void destroy(struct exchange *exchange)
{
    keeper_release(&exchange->keeper);
    judge_free(exchange->judge);
    redact_stream_free(exchange->body);
    redact_stream_free(exchange->joined);
    bytes_release(&exchange->text);
    bytes_release(&exchange->pending);
    free(exchange->timeline);
    verdict_release(&exchange->verdict);
    http_result_release(&exchange->result);
    request_facts_release(&exchange->facts);
    stream_rules_release(&exchange->rules);
    telemetry_labels_release(&exchange->labels);
    free(exchange->profile);
    free(exchange->method);
    free(exchange->url);
    free(exchange->model);
    free(exchange->differs);
    free(exchange);
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange || exchange->orphaned)
        return;
    /* Timers and callbacks may belong to whoever lets go of it. */
    cancel_timers(exchange);
    exchange->observer = (struct exchange_observer){.context = NULL};
    exchange->orphaned = true;
    /* What came is evidence still: the end concludes it, and then it goes. */
    if (exchange->transfer)
        transfer_cancel(exchange->transfer, STOP_USER);
    else if (!exchange->concluding)
        destroy(exchange);
}

void exchange_cancel(struct exchange *exchange)
{
    if (exchange->transfer)
        transfer_cancel(exchange->transfer, STOP_USER);
}

/* ---- redacted copies ---- */

static void take_result(struct exchange *exchange, const struct http_result *result)
{
    struct http_result *own = &exchange->result;

    http_result_release(own);
    *own = *result;
    own->headers = own->trailers = (struct http_headers){0};
    http_headers_copy(&result->headers, &own->headers);
    http_headers_copy(&result->trailers, &own->trailers);
    redact_result(exchange->env.redactor, own);
}

/* ---- timers ---- */

static int64_t now(const struct exchange *exchange)
{
    return clock_now_us(loop_clock(exchange->env.loop));
}

/*
 * Nothing was heard for too long. Perhaps only we were not listening (suspended, busy): what lies
 * in the sockets is read first, for a moment, since comments may never end.
 */
static void silence(void *context)
{
    struct exchange *exchange = context;
    int64_t now_us = now(exchange);
    bool drained = exchange->drain_until_us != 0 && exchange->raw_bytes == exchange->drained_bytes;

    if (!exchange->drain_until_us)
        exchange->drain_until_us = now_us + DRAIN_US;
    exchange->drained_bytes = exchange->raw_bytes;
    if (drained || now_us >= exchange->drain_until_us)
        transfer_cancel(exchange->transfer, exchange->heard ? STOP_GAP : STOP_FIRST_EVENT);
    else
        loop_timer_set(exchange->env.loop, &exchange->event_timer, now_us, silence, exchange);
}

static void wait_for_event(struct exchange *exchange, int64_t from_us)
{
    int64_t limit_us = exchange->heard ? exchange->rules.gap_us : exchange->rules.first_event_us;

    exchange->drain_until_us = 0;
    if (limit_us)
        loop_timer_set(exchange->env.loop, &exchange->event_timer, from_us + limit_us, silence,
                       exchange);
}

static void waited_behind_marker(void *context)
{
    struct exchange *exchange = context;

    transfer_cancel(exchange->transfer, STOP_LINGER);
}

/* After bytes were judged: what they changed about waiting. */
static void follow_progress(struct exchange *exchange)
{
    const struct judge_progress *progress = judge_progress(exchange->judge);
    uint64_t heard = progress->event_stream ? progress->semantic_events : progress->bytes;

    if (progress->event_stream && !exchange->heard_events) {
        exchange->heard_events = true;
        exchange->heard = 0;
    }
    if (!exchange->transfer || exchange->lingering || exchange->orphaned)
        return;
    if (progress->marker) {
        exchange->lingering = true;
        loop_timer_cancel(exchange->env.loop, &exchange->event_timer);
        loop_timer_set(exchange->env.loop, &exchange->linger_timer,
                       exchange->read_us + exchange->rules.linger_us, waited_behind_marker,
                       exchange);
    } else if (heard > exchange->heard) {
        exchange->heard = heard;
        wait_for_event(exchange, exchange->read_us);
    }
    if (progress->oversized ||
        progress->bytes > (progress->event_stream ? exchange->rules.max_stream_bytes
                                                  : exchange->rules.max_body_bytes))
        transfer_cancel(exchange->transfer, STOP_BODY_LIMIT);
}

/* ---- what the transfer tells ---- */

static void add_text(struct exchange *exchange, const char *text, size_t len)
{
    const char *out;

    len = redact_stream_push(exchange->joined, text, len, &out);
    bytes_append(&exchange->text, out, len);
}

static void on_event(void *context, const struct judge_event *event)
{
    struct exchange *exchange = context;
    int64_t since_us = exchange->read_us - exchange->started_us;

    if (event->semantic)
        timeline_event(exchange->timeline, since_us, event->number, event->offset);
    if (event->text_len)
        add_text(exchange, event->text, event->text_len);
    if (exchange->observer.event)
        exchange->observer.event(exchange->observer.context, event, since_us);
}

static void on_headers(void *context, const struct http_result *result)
{
    struct exchange *exchange = context;

    exchange->started_us = result->timings.start_us;
    take_result(exchange, result);
    judge_headers(exchange->judge, result->status, &exchange->result.headers);
    keeper_head(&exchange->keeper, &exchange->result,
                result->timings.headers_us - exchange->started_us);
    if (!exchange->orphaned)
        wait_for_event(exchange, result->timings.headers_us);
    if (exchange->observer.changed)
        exchange->observer.changed(exchange->observer.context);
}

static void flush_capture(void *context)
{
    struct exchange *exchange = context;

    keeper_flush(&exchange->keeper);
}

static void keep(struct exchange *exchange, const char *data, size_t len, int64_t since_us)
{
    keeper_read(&exchange->keeper, data, len, since_us);
    if (!exchange->flush_timer.armed && exchange->transfer)
        loop_timer_set(exchange->env.loop, &exchange->flush_timer, now(exchange) + FLUSH_US,
                       flush_capture, exchange);
}

/* Redacted bytes: captured, shown and judged in this order, each alike in a replay. */
static void take(struct exchange *exchange, const char *data, size_t len, int64_t at_us)
{
    int64_t since_us = at_us - exchange->started_us;

    if (!len)
        return;
    exchange->read_us = at_us;
    keep(exchange, data, len, since_us);
    if (exchange->observer.body)
        exchange->observer.body(exchange->observer.context, data, len, since_us);
    judge_body(exchange->judge, data, len);
    follow_progress(exchange);
}

static void on_body(void *context, const char *data, size_t len, int64_t at_us)
{
    struct exchange *exchange = context;
    const char *out;

    exchange->raw_bytes += len;
    len = redact_stream_push(exchange->body, data, len, &out);
    take(exchange, out, len, at_us);
    if (exchange->observer.changed)
        exchange->observer.changed(exchange->observer.context);
}

static int64_t since_start(const struct exchange *exchange, int64_t at_us)
{
    return at_us ? at_us - exchange->started_us : -1;
}

static void add_history(struct exchange *exchange)
{
    const struct http_timings *timings = &exchange->result.timings;
    struct history_row row = {
        .wall_ms = exchange->wall_ms,
        .profile = exchange->profile,
        .operation = operation_name(exchange->operation),
        .model = exchange->model,
        .simulated = exchange->simulated,
        .wrong = exchange->wrong,
        .test_case = exchange->labels.test_case,
        .latency_us = since_start(exchange, timings->end_us),
        .first_byte_us = since_start(exchange, timings->first_byte_us),
        .first_token_us = exchange->timeline->first_us ? exchange->timeline->first_us : -1,
    };
    char *finish_reasons = keeper_fill_row(&row, exchange->judge, &exchange->verdict,
                                           &exchange->failure, &exchange->result);

    memcpy(row.id, exchange->id, sizeof(row.id));
    keeper_add_row(&exchange->keeper, exchange->env.history, &row);
    free(finish_reasons);
}

static void conclude(struct exchange *exchange, const struct http_result *result)
{
    const char *out;
    struct answer answer;
    size_t len = redact_stream_finish(exchange->body, &out);

    exchange->started_us = result->timings.start_us;
    take(exchange, out, len, result->timings.end_us);
    take_result(exchange, result);
    judge_end(exchange->judge, &exchange->result);
    len = redact_stream_finish(exchange->joined, &out);
    bytes_append(&exchange->text, out, len);
    judge_verdict(exchange->judge, &exchange->verdict);
    judge_answer(exchange->judge, &answer);
    redact_whole_answer(exchange->env.redactor, &answer, &exchange->text);
    failure_classify(exchange->env.classes, &exchange->result, &answer, &exchange->verdict,
                     &exchange->failure);
}

static void tell(struct exchange *exchange)
{
    struct exchange_state state;
    const struct telemetry_attempt attempt = {
        .state = &state,
        .facts = &exchange->facts,
        .contract = exchange->env.workspace->contract,
        .labels = &exchange->labels,
    };
    struct error error;

    exchange_state(exchange, &state);
    if (exchange->env.telemetry &&
        !telemetry_add(exchange->env.telemetry, &attempt, exchange->env.redactor, &error))
        keeper_trouble(&exchange->keeper, &error);
}

/* From here on it can be cited. */
static void on_kept(void *context)
{
    struct exchange *exchange = context;

    add_history(exchange);
    exchange->running = false;
    tell(exchange);
    if (exchange->observer.changed)
        exchange->observer.changed(exchange->observer.context);
    if (exchange->observer.done)
        exchange->observer.done(exchange->observer.context);
    exchange->concluding = false;
    if (exchange->orphaned)
        destroy(exchange);
}

static void on_done(void *context, const struct http_result *result)
{
    struct exchange *exchange = context;

    exchange->transfer = NULL;
    exchange->concluding = true;
    conclude(exchange, result);
    cancel_timers(exchange);
    keeper_end_aside(&exchange->keeper, exchange->env.syncer, &exchange->result, on_kept, exchange);
}

/* ---- starting ---- */

/* What was asked for by name is kept unless the policy forbids any; else only our own prompts. */
static bool keeps_bodies(const struct exchange_env *env, const struct exchange_request *request)
{
    switch (env->workspace->bodies) {
    case BODIES_NEVER:
        return false;
    case BODIES_PROBES:
        return request->synthetic || request->capture_path ||
               request->operation == OPERATION_MODELS;
    case BODIES_ALWAYS:
        break;
    }
    return true;
}

static bool open_keeper(struct exchange *exchange, const struct exchange_request *request,
                        const struct http_request *wire, struct error *error)
{
    const struct exchange_env *env = &exchange->env;
    struct http_headers headers = {0};
    char *body = wire->body ? xmemdup0(wire->body, wire->body_len) : NULL;
    struct capture_header header = {
        .wall_ms = exchange->wall_ms,
        .operation = exchange->operation,
        .profile = exchange->profile,
        .method = exchange->method,
        .url = exchange->url,
        .headers = &headers,
        .auth_header = env->secret ? wire->auth_header : NULL,
        .auth_scheme = env->secret ? wire->auth_scheme : NULL,
        .key_alias = env->secret ? secret_alias(env->secret) : NULL,
        .body = body,
        .body_len = wire->body_len,
        .body_kept = keeps_bodies(env, request),
        .facts = &exchange->facts,
        .rules = &exchange->rules,
        .simulated = exchange->simulated,
        .differs = exchange->differs,
        .redactor = env->redactor,
    };
    bool good;

    memcpy(header.id, exchange->id, sizeof(header.id));
    http_headers_copy(&wire->headers, &headers);
    redact_headers(env->redactor, &headers);
    if (body)
        redact(env->redactor, body, wire->body_len);
    good = keeper_init(&exchange->keeper, env->file_ops, env->workspace, request->capture_path,
                       &header, error);
    if (request->look_back)
        keeper_look_back(&exchange->keeper, &header);
    exchange->unkept = !header.body_kept;
    http_headers_release(&headers);
    free(body);
    return good;
}

static void make_rules(struct exchange *exchange, const struct exchange_request *request)
{
    struct stream_rules *rules = &exchange->rules;

    stream_rules_from(exchange->env.workspace->contract, rules);
    if (request->total_us)
        rules->total_us = request->total_us;
    if (request->left_us && (!rules->total_us || rules->total_us > request->left_us))
        rules->total_us = request->left_us;
    if (request->gap_us)
        rules->gap_us = rules->first_event_us = request->gap_us;
}

static bool start_transfer(struct exchange *exchange, const struct http_request *wire,
                           struct error *error)
{
    const struct transfer_observer observer = {
        .headers = on_headers,
        .body = on_body,
        .done = on_done,
        .context = exchange,
    };
    /* Bodies are limited by the exchange, once it is known what they are. */
    const struct transfer_limits limits = {
        .connect_us = exchange->rules.connect_us,
        .headers_us = exchange->rules.headers_us,
        .total_us = exchange->rules.total_us,
    };

    exchange->transfer = transport_start(exchange->env.transport, wire, &limits, &observer, error);
    exchange->running = exchange->transfer != NULL;
    exchange->started_us = now(exchange); /* the transport tells more exactly with the headers */
    return exchange->running;
}

/* They are kept in the capture, and compared with an answer that was redacted. */
static void redact_facts(struct request_facts *facts, const struct redactor *redactor)
{
    if (facts->model)
        redact(redactor, facts->model, strlen(facts->model));
    if (facts->lenient_tools)
        redact(redactor, facts->lenient_tools, strlen(facts->lenient_tools));
}

/* Everything but the request itself. */
static struct exchange *exchange_new(const struct exchange_env *env,
                                     const struct exchange_request *request,
                                     const struct exchange_observer *observer)
{
    struct exchange *exchange = xcalloc(1, sizeof(*exchange));
    const struct clock *clock = loop_clock(env->loop);

    exchange->env = *env;
    if (observer)
        exchange->observer = *observer;
    exchange->operation = request->operation;
    exchange->profile = xstrdup(env->profile->name);
    telemetry_labels_init(&exchange->labels, env->profile, env->workspace->contract,
                          request->test_case, request->attempt, request->regenerated);
    exchange->simulated = env->profile->simulator;
    exchange->wrong = request->wrong || request->deliberate;
    exchange->wall_ms = clock_wall_ms(clock);
    evidence_make_id(exchange->id, exchange->wall_ms, clock_random(clock));
    bytes_init(&exchange->pending, PENDING_MAX);
    bytes_init(&exchange->text, TEXT_MAX);
    exchange->timeline = timeline_new();
    make_rules(exchange, request);
    request_facts_from(request->operation, request->body, request->body ? request->body_len : 0,
                       &exchange->facts);
    redact_facts(&exchange->facts, env->redactor);
    exchange->body = redact_stream_new(env->redactor);
    exchange->joined = redact_stream_new(env->redactor);
    exchange->judge = judge_new(request->operation, &exchange->rules, &exchange->facts);
    judge_on_event(exchange->judge, on_event, exchange);
    return exchange;
}

struct exchange *exchange_start(const struct exchange_env *env,
                                const struct exchange_request *request,
                                const struct exchange_observer *observer, struct error *error)
{
    const struct contract *contract = env->workspace->contract;
    struct exchange *exchange;
    struct http_request wire;
    bool started;

    if (!request->deliberate &&
        !operation_input_fits(contract, request->body ? request->body_len : 0, error))
        return NULL;
    exchange = exchange_new(env, request, observer);
    if (!operation_request_changed(contract, env->profile, request->operation, request->body,
                                   request->body_len, request->change, &wire, &exchange->pending,
                                   error)) {
        destroy(exchange);
        return NULL;
    }
    wire.secret = env->secret;
    exchange->method = redact_copy(env->redactor, wire.method);
    exchange->url = redact_copy(env->redactor, wire.url);
    exchange->model = xstrdup(exchange->facts.model);
    if (request->differs)
        exchange->differs = redact_copy(env->redactor, request->differs);
    started =
        open_keeper(exchange, request, &wire, error) && start_transfer(exchange, &wire, error);
    http_request_release(&wire);
    if (started)
        return exchange;
    destroy(exchange);
    return NULL;
}

/* ---- looking at it ---- */

const char *exchange_flush(struct exchange *exchange)
{
    return keeper_file(&exchange->keeper);
}

void exchange_state(const struct exchange *exchange, struct exchange_state *state)
{
    *state = (struct exchange_state){
        .id = exchange->id,
        .operation = exchange->operation,
        .method = exchange->method,
        .url = exchange->url,
        .model = exchange->model,
        .running = exchange->running,
        .simulated = exchange->simulated,
        .wrong = exchange->wrong,
        .test_case = exchange->labels.test_case,
        .started_us = exchange->started_us,
        .last_event_us =
            exchange->timeline->first_us ? exchange->started_us + exchange->timeline->last_us : 0,
        .first_token_us = exchange->timeline->first_us,
        .wall_ms = exchange->wall_ms,
        .result = &exchange->result,
        .judge = exchange->judge,
        .timeline = exchange->timeline,
        .rules = &exchange->rules,
        .verdict = exchange->running ? NULL : &exchange->verdict,
        .failure = exchange->running ? NULL : &exchange->failure,
        .text = bytes_text(&exchange->text),
        .text_len = exchange->text.len,
        .pending = bytes_text(&exchange->pending),
        .differs = exchange->differs,
        .capture = exchange->running ? NULL : exchange->keeper.path,
        .digest = exchange->keeper.digest[0] ? exchange->keeper.digest : NULL,
        .unkept = exchange->unkept,
        .trouble = exchange->keeper.trouble,
    };
}

struct json *exchange_report(const struct exchange *exchange)
{
    const struct report report = {
        .operation = exchange->operation,
        .model = exchange->model,
        .id = exchange->id,
        .result = &exchange->result,
        .judge = exchange->judge,
        .verdict = &exchange->verdict,
        .failure = &exchange->failure,
        .timeline = exchange->timeline,
    };

    return report_json(&report, exchange->env.redactor);
}

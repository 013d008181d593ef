/* The Responses API: typed events of a stream, or one whole response object. */
#include "judge/excerpt.h"
#include "judge/finish.h"
#include "judge/items.h"
#include "judge/reader.h"
#include "judge/response_object.h"
#include "judge/sequence.h"
#include "judge/sse.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct responses {
    struct account *account;
    struct items items;
    struct gather reasoning;
    struct sequence sequence;
    bool created;
    bool ended; /* a terminal event came */
    enum finish_column column;
    char *status;
    char *why; /* incomplete_details.reason */
    uint64_t end_event;
    struct bytes joined_text, joined_refusal;
    struct answer_tool_call *shown_calls; /* stays where it is until a call is added */
    size_t shown_room;
    struct answer_choice shown;
};

/* Members of one event; absent ones are zero. */
struct typed_event {
    struct piece delta, text, arguments, input, refusal, output_index, content_index, sequence;
    struct piece item, part, response, status, output, incomplete_details;
};

static void *responses_open(struct account *account)
{
    struct responses *responses = xcalloc(1, sizeof(*responses));

    responses->account = account;
    bytes_init(&responses->joined_text, ANSWER_TEXT_MAX);
    bytes_init(&responses->joined_refusal, ANSWER_TEXT_MAX);
    return responses;
}

static void responses_close(void *reader)
{
    struct responses *responses = reader;

    items_release(&responses->items);
    gather_release(&responses->reasoning);
    bytes_release(&responses->joined_text);
    bytes_release(&responses->joined_refusal);
    free(responses->status);
    free(responses->why);
    free(responses->shown_calls);
    free(responses);
}

/* ---- the pieces of an answer ---- */

static int64_t number_or(const struct piece *piece, int64_t fallback)
{
    piece_integer(piece, &fallback);
    return fallback;
}

/* The item that the event belongs to; without an index, the one before. */
static struct item *event_item(struct responses *responses, const struct typed_event *event)
{
    const struct items *items = &responses->items;
    int64_t latest = items->count ? items->list[items->latest].index : 0;

    return items_at(&responses->items, responses->account, number_or(&event->output_index, latest));
}

static void add_text(struct responses *responses, const struct typed_event *event, bool refusal,
                     struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);
    int64_t index = number_or(&event->content_index, 0);
    struct item_part *part;
    size_t before;

    if (!item)
        return;
    part = item_part(item, responses->account, index, refusal);
    before = part ? part->text.kept.len : 0;
    effect->semantic = item_add_text(item, responses->account, index, refusal, &event->delta);
    if (!part || refusal || part->text.kept.len == before)
        return;
    effect->text = part->text.kept.data + before;
    effect->text_len = part->text.kept.len - before;
}

static void on_text_delta(struct responses *responses, const struct typed_event *event,
                          struct reader_effect *effect)
{
    add_text(responses, event, false, effect);
}

static void on_refusal_delta(struct responses *responses, const struct typed_event *event,
                             struct reader_effect *effect)
{
    add_text(responses, event, true, effect);
}

static void close_text(struct responses *responses, const struct typed_event *event, bool refusal,
                       const struct piece *text)
{
    struct item *item = event_item(responses, event);

    if (item)
        item_close_text(item, responses->account, number_or(&event->content_index, 0), refusal,
                        text);
}

static void on_text_done(struct responses *responses, const struct typed_event *event,
                         struct reader_effect *effect)
{
    effect->semantic = true;
    close_text(responses, event, false, &event->text);
}

static void on_refusal_done(struct responses *responses, const struct typed_event *event,
                            struct reader_effect *effect)
{
    effect->semantic = true;
    close_text(responses, event, true, &event->refusal);
}

static void on_part_done(struct responses *responses, const struct typed_event *event,
                         struct reader_effect *effect)
{
    const struct piece type = piece_member(&event->part, "type"),
                       text = piece_member(&event->part, "text"),
                       refusal = piece_member(&event->part, "refusal");

    effect->semantic = true;
    if (piece_is(&type, "output_text"))
        close_text(responses, event, false, &text);
    else if (piece_is(&type, "refusal"))
        close_text(responses, event, true, &refusal);
}

static void on_arguments_delta(struct responses *responses, const struct typed_event *event,
                               struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    if (item)
        effect->semantic = item_add_arguments(item, responses->account, false, &event->delta);
}

static void on_input_delta(struct responses *responses, const struct typed_event *event,
                           struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    if (item)
        effect->semantic = item_add_arguments(item, responses->account, true, &event->delta);
}

static void on_arguments_done(struct responses *responses, const struct typed_event *event,
                              struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    effect->semantic = true;
    if (item)
        item_close_arguments(item, responses->account, false, &event->arguments);
}

static void on_input_done(struct responses *responses, const struct typed_event *event,
                          struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    effect->semantic = true;
    if (item)
        item_close_arguments(item, responses->account, true, &event->input);
}

static void on_reasoning_delta(struct responses *responses, const struct typed_event *event,
                               struct reader_effect *effect)
{
    effect->semantic = piece_filled_string(&event->delta);
    if (effect->semantic)
        gather_piece(&responses->reasoning, &responses->account->budget, &event->delta);
}

static void on_item_added(struct responses *responses, const struct typed_event *event,
                          struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    effect->semantic = true;
    if (item)
        item_begin(item, &event->item);
}

static void on_item_done(struct responses *responses, const struct typed_event *event,
                         struct reader_effect *effect)
{
    struct item *item = event_item(responses, event);

    effect->semantic = true;
    if (item)
        item_close(item, responses->account, &event->item);
}

/* ---- life cycle ---- */

static void fail(struct responses *responses, const struct piece *error)
{
    struct account *account = responses->account;
    struct envelope envelope = {0};

    envelope_from_error(&envelope, error);
    account_error(account, REASON_RESPONSE_FAILED, &envelope);
}

/* The response is over, in the way that `column` (of the event) and its status tell. */
static void end_response(struct responses *responses, enum finish_column column,
                         const struct response_object *object)
{
    const struct piece why = piece_member(&object->incomplete_details, "reason");
    enum finish_column status = response_column(&object->status);

    if (column == FINISH_ERRORED || status == FINISH_ERRORED) {
        responses->column = FINISH_ERRORED;
        fail(responses, &object->error);
    } else {
        responses->column = finish_worse(column, status);
    }
    responses->ended = true;
    responses->end_event = responses->account->event;
    responses->status = piece_take(&object->status, NULL);
    responses->why = piece_take(&why, NULL);
    account_identity(responses->account, &object->id, &object->model);
    account_usage(responses->account, &object->usage);
    items_close(&responses->items, responses->account, &object->output);
}

static void on_terminal(struct responses *responses, const struct typed_event *event,
                        enum finish_column column, struct reader_effect *effect)
{
    struct response_object object = response_object(&event->response);

    effect->semantic = true;
    if (responses->ended) {
        account_note(responses->account, REASON_LIFE_CYCLE, "a second terminal event");
        return;
    }
    end_response(responses, column, &object);
    account_mark(responses->account);
}

static void on_completed(struct responses *responses, const struct typed_event *event,
                         struct reader_effect *effect)
{
    on_terminal(responses, event, FINISH_COMPLETE, effect);
}

static void on_incomplete(struct responses *responses, const struct typed_event *event,
                          struct reader_effect *effect)
{
    on_terminal(responses, event, FINISH_LIMITED, effect);
}

static void on_failed(struct responses *responses, const struct typed_event *event,
                      struct reader_effect *effect)
{
    on_terminal(responses, event, FINISH_ERRORED, effect);
}

static void on_created(struct responses *responses, const struct typed_event *event,
                       struct reader_effect *effect)
{
    struct response_object object = response_object(&event->response);

    (void)effect;
    if (responses->created || responses->ended)
        account_note(responses->account, REASON_LIFE_CYCLE, "response.created came %s",
                     responses->created ? "again" : "behind the terminal event");
    responses->created = true;
    account_identity(responses->account, &object.id, &object.model);
}

static void on_waiting(struct responses *responses, const struct typed_event *event,
                       struct reader_effect *effect)
{
    (void)responses;
    (void)event;
    (void)effect;
}

/* Other steps of the answer, such as those of hosted tools. */
static void on_other(struct responses *responses, const struct typed_event *event,
                     struct reader_effect *effect)
{
    (void)responses;
    effect->semantic = event->delta.token == JSON_TOKEN_END || !piece_empty(&event->delta);
}

/* A name with its length, which a compiler knows. */
#define NAME(word) word, sizeof(word) - 1

static const struct event_type {
    const char *name;
    size_t len;
    void (*handle)(struct responses *responses, const struct typed_event *event,
                   struct reader_effect *effect);
} event_types[] = {
    {NAME("response.output_text.delta"), on_text_delta},
    {NAME("response.function_call_arguments.delta"), on_arguments_delta},
    {NAME("response.reasoning_text.delta"), on_reasoning_delta},
    {NAME("response.reasoning_summary_text.delta"), on_reasoning_delta},
    {NAME("response.custom_tool_call_input.delta"), on_input_delta},
    {NAME("response.refusal.delta"), on_refusal_delta},
    {NAME("response.output_text.done"), on_text_done},
    {NAME("response.refusal.done"), on_refusal_done},
    {NAME("response.content_part.done"), on_part_done},
    {NAME("response.function_call_arguments.done"), on_arguments_done},
    {NAME("response.custom_tool_call_input.done"), on_input_done},
    {NAME("response.output_item.added"), on_item_added},
    {NAME("response.output_item.done"), on_item_done},
    {NAME("response.completed"), on_completed},
    {NAME("response.incomplete"), on_incomplete},
    {NAME("response.failed"), on_failed},
    {NAME("response.created"), on_created},
    {NAME("response.in_progress"), on_waiting},
    {NAME("response.queued"), on_waiting},
};

/* ---- reading ---- */

static struct piece *event_member(struct typed_event *event, const struct json_scan *scan)
{
    static const struct {
        const char *name;
        size_t len, offset;
    } members[] = {
        {NAME("delta"), offsetof(struct typed_event, delta)},
        {NAME("output_index"), offsetof(struct typed_event, output_index)},
        {NAME("content_index"), offsetof(struct typed_event, content_index)},
        {NAME("sequence_number"), offsetof(struct typed_event, sequence)},
        {NAME("text"), offsetof(struct typed_event, text)},
        {NAME("arguments"), offsetof(struct typed_event, arguments)},
        {NAME("input"), offsetof(struct typed_event, input)},
        {NAME("refusal"), offsetof(struct typed_event, refusal)},
        {NAME("item"), offsetof(struct typed_event, item)},
        {NAME("part"), offsetof(struct typed_event, part)},
        {NAME("response"), offsetof(struct typed_event, response)},
        {NAME("status"), offsetof(struct typed_event, status)},
        {NAME("output"), offsetof(struct typed_event, output)},
        {NAME("incomplete_details"), offsetof(struct typed_event, incomplete_details)},
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        bool same = members[i].len == scan->length &&
                    memcmp(scan->start, members[i].name, scan->length) == 0;

        if (scan->escaped ? json_scan_is(scan, members[i].name) : same)
            return (struct piece *)((char *)event + members[i].offset);
    }
    return NULL;
}

static bool read_members(struct json_scan *scan, struct typed_event *event, struct top *top)
{
    enum json_token token;
    struct piece *member, other;
    bool ok = true;

    while (ok && (token = json_scan_next(scan)) == JSON_TOKEN_KEY) {
        member = event_member(event, scan);
        if (member || !top_member(top, scan, &ok))
            ok = piece_read(scan, member ? member : &other);
    }
    return ok && token == JSON_TOKEN_OBJECT_END && json_scan_next(scan) == JSON_TOKEN_END;
}

/* The type stands in the data; without it, in the name of the event. */
static struct piece type_of(const struct top *top, const struct sse_event *event)
{
    if (top->type.token == JSON_TOKEN_STRING)
        return top->type;
    return (struct piece){JSON_TOKEN_STRING, event->type, event->type_len, false};
}

static bool type_begins(const struct piece *type, const char *prefix)
{
    return type->length >= strlen(prefix) && memcmp(type->start, prefix, strlen(prefix)) == 0;
}

static void handle(struct responses *responses, const struct piece *type,
                   const struct typed_event *typed, struct reader_effect *effect)
{
    for (size_t i = 0; i < sizeof(event_types) / sizeof(event_types[0]); i++) {
        bool same = event_types[i].len == type->length &&
                    memcmp(type->start, event_types[i].name, type->length) == 0;

        if (type->escaped ? piece_is(type, event_types[i].name) : same) {
            event_types[i].handle(responses, typed, effect);
            return;
        }
    }
    if (type_begins(type, "response."))
        on_other(responses, typed, effect);
}

static void handle_whole(struct responses *responses, const struct top *top,
                         const struct typed_event *typed)
{
    enum finish_column column = response_column(&typed->status);
    const struct response_object object = {
        .status = typed->status,
        .output = typed->output,
        .error = top->error,
        .incomplete_details = typed->incomplete_details,
    };

    /* One that failed has nothing to show; one that is completed has an output, if an empty one. */
    if (typed->output.token != JSON_TOKEN_ARRAY &&
        (column == FINISH_COMPLETE || !piece_is(&top->object, "response"))) {
        account_note(responses->account, REASON_WRONG_ANSWER, "there is no array `output`");
        return;
    }
    end_response(responses, column, &object);
}

static void responses_read(void *reader, const struct sse_event *event,
                           struct reader_effect *effect)
{
    struct responses *responses = reader;
    struct account *account = responses->account;
    struct typed_event typed = {0};
    struct json_scan scan;
    struct top top = {0};
    struct piece other, type;
    enum json_token token;
    bool object, ok;

    json_scan_init(&scan, event->data, event->data_len);
    token = json_scan_next(&scan);
    object = token == JSON_TOKEN_OBJECT;
    ok = object ? read_members(&scan, &typed, &top)
                : piece_rest(&scan, token, &other) && json_scan_next(&scan) == JSON_TOKEN_END;
    json_scan_release(&scan);
    if (!ok) {
        account_fault(account, event->data, event->data_len);
        return;
    }
    sequence_count(&responses->sequence, account, &typed.sequence);
    type = type_of(&top, event);
    top.answer = type_begins(&type, "response.") || typed.output.token == JSON_TOKEN_ARRAY;
    if (object && account_settle(account, &top, event->data, event->data_len))
        effect->semantic = true;
    else if (account->whole)
        handle_whole(responses, &top, &typed);
    else
        handle(responses, &type, &typed, effect);
}

static bool responses_said_ended(const void *reader)
{
    const struct responses *responses = reader;

    return responses->ended && responses->column != FINISH_UNKNOWN;
}

/* ---- conclusion ---- */

static void conclude_end(const struct responses *responses, struct findings *found,
                         struct witness *witness)
{
    const char *status = responses->status ? responses->status : "none";
    struct excerpt shown = excerpt(status, strlen(status), 40);
    struct excerpt why = excerpt(responses->why, responses->why ? strlen(responses->why) : 0, 40);
    bool whole = responses->account->whole;

    if (!responses->ended) {
        findings_add(found, REASON_FINISH_MISSING, 0, REASON_NOWHERE, "no terminal event came");
        return;
    }
    if (responses->column == FINISH_UNKNOWN) {
        witness->partly = true;
        findings_add(found, whole ? REASON_FINISH_UNKNOWN : REASON_STATUS_MISMATCH,
                     responses->end_event, REASON_NOWHERE, "the status is %s", shown.text);
    }
    if (responses->column == FINISH_LIMITED)
        findings_add(found, REASON_FINISH_LIMITED, responses->end_event, REASON_NOWHERE,
                     "status %s%s%s", shown.text, responses->why ? ": " : "", why.text);
    snprintf(witness->words, sizeof(witness->words), "status %.48s", shown.text);
}

static void conclude_items(const struct responses *responses, struct findings *found,
                           struct witness *witness)
{
    const struct items *items = &responses->items;

    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        bool empty =
            item->kind == ITEM_MESSAGE && !item_total(item, false) && !item_total(item, true);

        if (item->kind == ITEM_CALL && responses->column == FINISH_COMPLETE && responses->ended)
            call_check(&item->call, responses->account->facts, found);
        if (item->kind == ITEM_OTHER || empty || item->confirmed || !responses->ended)
            continue;
        witness->unconfirmed = true;
        findings_add(found, REASON_TEXT_UNCONFIRMED, 0, REASON_NOWHERE,
                     "output %" PRId64 " came in pieces only", item->index);
    }
}

static void responses_conclude(const void *reader, struct findings *found, struct witness *witness)
{
    const struct responses *responses = reader;
    const struct items *items = &responses->items;
    bool content = items_total(items, false) || items_total(items, true) || items_calls(items);

    *witness = (struct witness){
        .said_ended = responses_said_ended(responses),
        .column = responses->column,
        .event = responses->end_event,
    };
    sequence_conclude(&responses->sequence, responses->account->rules, found);
    conclude_end(responses, found, witness);
    conclude_items(responses, found, witness);
    if (items_total(items, true))
        findings_add(found, REASON_REFUSAL, 0, REASON_NOWHERE, "the refusal is not empty");
    if (!content && witness->said_ended)
        findings_add(found, REASON_EMPTY_CONTENT, 0, REASON_NOWHERE,
                     "no text, no refusal, no tool call");
    else if (!content)
        findings_add(found, REASON_NOTHING_SAID, 0, REASON_NOWHERE, "no output item with content");
}

static size_t responses_choices(void *reader, const struct answer_choice **choices)
{
    struct responses *responses = reader;
    struct items *items = &responses->items;
    struct answer_choice *shown = &responses->shown;
    size_t calls = items_calls(items), at = 0;

    if (responses->shown_room < calls) {
        responses->shown_calls =
            xreallocarray(responses->shown_calls, calls, sizeof(*responses->shown_calls));
        responses->shown_room = calls;
    }
    for (size_t i = 0; i < items->count; i++) {
        if (items->list[i].kind == ITEM_CALL)
            responses->shown_calls[at++] = call_show(&items->list[i].call);
    }
    *shown = (struct answer_choice){
        .reasoning = gather_string(&responses->reasoning),
        .reasoning_len = responses->reasoning.kept.len,
        .finish_reason = responses->status,
        .tool_calls = responses->shown_calls,
        .tool_call_count = calls,
    };
    items_text(items, false, &responses->joined_text, &shown->text, &shown->text_len);
    items_text(items, true, &responses->joined_refusal, &shown->refusal, &shown->refusal_len);
    *choices = shown;
    return items->count || responses->ended ? 1 : 0;
}

const struct reader_ops responses_reader = {
    .open = responses_open,
    .close = responses_close,
    .read = responses_read,
    .said_ended = responses_said_ended,
    .conclude = responses_conclude,
    .choices = responses_choices,
};

/* Chat completions: chunks of a stream, or one whole completion. */
#include "judge/choice.h"
#include "judge/excerpt.h"
#include "judge/finish.h"
#include "judge/reader.h"
#include "judge/sse.h"
#include "judge/stencil.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHOICES_MAX = 128,
    RETRACTIONS_MAX = 1, /* a second one shows that this server's finish reasons prove nothing */
};

/* The strings of an event that may differ from those of the one before. */
enum { HOLE_TEXT, HOLE_IGNORED };

/* What one event holds besides what it did. */
struct reading {
    struct top top;
    size_t choices;
    struct choice_piece choice; /* the last one */
    struct piece ignored;       /* the last string at the top that nobody reads */
};

struct chat {
    struct account *account;
    struct choice *choices;
    size_t count;
    bool said_ended;
    struct answer_choice *shown; /* stays where it is until a choice is added */
    size_t shown_room;
    struct stencil stencil; /* the last event that did nothing but add text to one choice */
    struct reading pattern; /* its pieces lie in the stencil */
};

static void *chat_open(struct account *account)
{
    struct chat *chat = xcalloc(1, sizeof(*chat));

    chat->account = account;
    stencil_init(&chat->stencil);
    return chat;
}

static void chat_close(void *reader)
{
    struct chat *chat = reader;

    for (size_t i = 0; i < chat->count; i++)
        choice_release(&chat->choices[i]);
    free(chat->choices);
    free(chat->shown);
    stencil_release(&chat->stencil);
    free(chat);
}

/* The choice by that index, made when it is new; NULL when there are too many. */
static struct choice *chat_choice(struct chat *chat, int64_t index)
{
    for (size_t i = 0; i < chat->count; i++) {
        if (chat->choices[i].index == index)
            return &chat->choices[i];
    }
    if (chat->count == CHOICES_MAX) {
        account_note(chat->account, REASON_TOO_MANY_PARTS, "more than %d choices", CHOICES_MAX);
        return NULL;
    }
    chat->choices = xreallocarray(chat->choices, chat->count + 1, sizeof(*chat->choices));
    chat->choices[chat->count] = (struct choice){.index = index};
    return &chat->choices[chat->count++];
}

static bool choice_ended(const struct choice *choice)
{
    return choice->finish && choice->column != FINISH_UNKNOWN &&
           choice->retractions <= RETRACTIONS_MAX;
}

static bool all_ended(const struct chat *chat)
{
    if (!chat->count || (int64_t)chat->count < chat->account->facts->choices)
        return false;
    for (size_t i = 0; i < chat->count; i++) {
        if (!choice_ended(&chat->choices[i]))
            return false;
    }
    return true;
}

/* What the event added to the text of choice 0. */
static void tell_text(const struct choice *choice, size_t before, struct reader_effect *effect)
{
    if (choice->index != 0 || choice->text.kept.len == before)
        return;
    effect->text = choice->text.kept.data + before;
    effect->text_len = choice->text.kept.len - before;
}

static void apply(struct chat *chat, const struct choice_piece *piece, int64_t index,
                  struct reader_effect *effect)
{
    struct choice *choice;
    size_t before;

    piece_integer(&piece->index, &index);
    choice = chat_choice(chat, index);
    if (!choice)
        return;
    before = choice->text.kept.len;
    effect->semantic |= choice_apply(choice, chat->account, piece);
    tell_text(choice, before, effect);
}

/* After the KEY `choices`. False on a fault. */
static bool read_choices(struct chat *chat, struct json_scan *scan, struct reading *reading,
                         struct reader_effect *effect)
{
    enum json_token token = json_scan_next(scan);
    struct piece other;

    if (token != JSON_TOKEN_ARRAY)
        return piece_rest(scan, token, &other);
    reading->top.answer = true;
    for (int64_t position = 0; (token = json_scan_next(scan)) != JSON_TOKEN_ARRAY_END; position++) {
        struct choice_piece *piece = &reading->choice;

        reading->choices++;
        if (token != JSON_TOKEN_OBJECT) {
            if (!piece_rest(scan, token, &other))
                return false;
            continue;
        }
        *piece = (struct choice_piece){0};
        if (!choice_piece_read(piece, scan))
            return false;
        apply(chat, piece, position, effect);
    }
    return true;
}

/* Groq keeps the usage of a stream one level deeper. */
static bool read_groq(struct json_scan *scan, struct top *top)
{
    struct piece groq;

    if (!piece_read(scan, &groq))
        return false;
    if (top->usage.token != JSON_TOKEN_OBJECT)
        top->usage = piece_member(&groq, "usage");
    return true;
}

/* The members of the object whose bracket was just read. False on a fault. */
static bool read_members(struct chat *chat, struct json_scan *scan, struct reading *reading,
                         struct reader_effect *effect)
{
    enum json_token token;
    struct piece other;
    bool ok = true;

    while (ok && (token = json_scan_next(scan)) == JSON_TOKEN_KEY) {
        if (scan_is(scan, "choices")) {
            ok = read_choices(chat, scan, reading, effect);
        } else if (scan_is(scan, "x_groq")) {
            ok = read_groq(scan, &reading->top);
        } else if (!top_member(&reading->top, scan, &ok)) {
            ok = piece_read(scan, &other);
            if (other.token == JSON_TOKEN_STRING)
                reading->ignored = other;
        }
    }
    return ok && token == JSON_TOKEN_OBJECT_END && json_scan_next(scan) == JSON_TOKEN_END;
}

/* By contract an event of this name is the marker. */
static bool is_completion_done(const struct chat *chat, const struct sse_event *event,
                               const struct top *top)
{
    static const char name[] = "chat.completion.done";

    return chat->account->rules->marker == MARKER_COMPLETION_DONE && !chat->account->whole &&
           (piece_is(&top->object, name) || piece_is(&top->type, name) ||
            (event->type_len == strlen(name) && memcmp(event->type, name, event->type_len) == 0));
}

static void settle_marker(struct chat *chat, const struct sse_event *event, const struct top *top)
{
    if (!is_completion_done(chat, event, top))
        return;
    account_note(chat->account, REASON_MARKER_BY_CONTRACT, "chat.completion.done");
    account_mark(chat->account);
}

/* ---- the event before as a pattern ---- */

/* The text that a piece adds: its content, else its reasoning. */
static struct piece *text_of(struct said *said)
{
    return piece_filled_string(&said->content) ? &said->content : &said->reasoning;
}

/* Nothing but text for one choice: the next event is likely to look the same. */
static bool only_adds_text(const struct reading *reading)
{
    const struct choice_piece *choice = &reading->choice;

    return reading->choices == 1 && choice->delta.there && !choice->message.there &&
           piece_empty(&choice->delta.tool_calls) &&
           choice->delta.function_call.token != JSON_TOKEN_OBJECT &&
           piece_absent(&choice->finish) && piece_empty(&choice->error) &&
           reading->top.usage.token != JSON_TOKEN_OBJECT;
}

/* From the event to the copy of it. */
static void move(struct piece *piece, const char *event, const char *copy)
{
    if (piece->token != JSON_TOKEN_END)
        piece->start = copy + (piece->start - event);
}

static void learn(struct chat *chat, struct reading *reading, const struct sse_event *event)
{
    struct said *delta = &reading->choice.delta;
    const struct piece holes[STENCIL_HOLES] = {
        [HOLE_TEXT] = *text_of(delta),
        [HOLE_IGNORED] = reading->ignored,
    };

    if (chat->account->whole || !only_adds_text(reading) ||
        !piece_filled_string(&holes[HOLE_TEXT]) ||
        !stencil_cut(&chat->stencil, event->data, event->data_len, holes))
        return;
    chat->pattern = *reading;
    delta = &chat->pattern.choice.delta;
    struct piece *const kept[] = {
        &chat->pattern.choice.index,
        &delta->role,
        &delta->content,
        &delta->refusal,
        &delta->reasoning,
        &chat->pattern.top.id,
        &chat->pattern.top.model,
        &chat->pattern.top.object,
        &chat->pattern.top.type,
    };
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        move(kept[i], event->data, chat->stencil.text.data);
    chat->pattern.choice.finish = chat->pattern.choice.error = (struct piece){0};
    delta->tool_calls = delta->function_call = (struct piece){0};
}

/* True when the event is the pattern but for its text; it has been read then. */
static bool read_by_pattern(struct chat *chat, const struct sse_event *event,
                            struct reader_effect *effect)
{
    struct piece holes[STENCIL_HOLES];
    struct reading *pattern = &chat->pattern;

    if (!stencil_fits(&chat->stencil, event->data, event->data_len, holes) ||
        !piece_filled_string(&holes[HOLE_TEXT]))
        return false;
    *text_of(&pattern->choice.delta) = holes[HOLE_TEXT];
    apply(chat, &pattern->choice, 0, effect);
    chat->said_ended = all_ended(chat);
    account_identity(chat->account, &pattern->top.id, &pattern->top.model);
    settle_marker(chat, event, &pattern->top);
    return true;
}

static void chat_read(void *reader, const struct sse_event *event, struct reader_effect *effect)
{
    struct chat *chat = reader;
    struct account *account = chat->account;
    struct reading reading = {0};
    struct json_scan scan;
    struct piece other;
    enum json_token token;
    bool object, ok;

    if (read_by_pattern(chat, event, effect))
        return;
    json_scan_init(&scan, event->data, event->data_len);
    token = json_scan_next(&scan);
    object = token == JSON_TOKEN_OBJECT;
    ok = object ? read_members(chat, &scan, &reading, effect)
                : piece_rest(&scan, token, &other) && json_scan_next(&scan) == JSON_TOKEN_END;
    json_scan_release(&scan);
    chat->said_ended = all_ended(chat);
    if (!ok) {
        account_fault(account, event->data, event->data_len);
        return;
    }
    if (object && account_settle(account, &reading.top, event->data, event->data_len))
        effect->semantic = true;
    else if (account->whole && !reading.top.answer)
        account_note(account, REASON_WRONG_ANSWER, "there is no array `choices`");
    else
        learn(chat, &reading, event);
    settle_marker(chat, event, &reading.top);
}

static bool chat_said_ended(const void *reader)
{
    return ((const struct chat *)reader)->said_ended;
}

/* ---- conclusion ---- */

static void conclude_missing(const struct choice *choice, struct findings *found)
{
    if (choice->retractions)
        findings_add(found, REASON_FINISH_RETRACTED, 0, REASON_NOWHERE,
                     "choice %" PRId64 ": content followed the finish reason, none came after it",
                     choice->index);
    else
        findings_add(found, REASON_FINISH_MISSING, 0, REASON_NOWHERE,
                     "choice %" PRId64 " has no finish reason", choice->index);
}

static void conclude_finish(const struct choice *choice, struct findings *found,
                            struct witness *witness)
{
    struct excerpt word = excerpt(choice->finish, strlen(choice->finish), 40);

    if (choice->column == FINISH_UNKNOWN) {
        witness->partly = true;
        findings_add(found, REASON_FINISH_UNKNOWN, choice->finish_event, REASON_NOWHERE,
                     "choice %" PRId64 ": %s", choice->index, word.text);
    }
    if (choice->column == FINISH_LIMITED)
        findings_add(found, REASON_FINISH_LIMITED, choice->finish_event, REASON_NOWHERE,
                     "choice %" PRId64 ": %s", choice->index, word.text);
    if (choice->retractions > RETRACTIONS_MAX) {
        witness->partly = true;
        findings_add(found, REASON_FINISH_RETRACTED, choice->finish_event, REASON_NOWHERE,
                     "choice %" PRId64 ": content followed a finish reason %u times", choice->index,
                     choice->retractions);
    }
    witness->column = finish_worse(witness->column, choice->column);
    witness->event = choice->finish_event;
    snprintf(witness->words, sizeof(witness->words), "finish %.48s", word.text);
}

/* By contract this provider sends no finish reason: the marker alone speaks, if anything came. */
static bool waived(const struct chat *chat)
{
    if (chat->account->rules->finish != FINISH_ABSENT || !chat->account->marker)
        return false;
    for (size_t i = 0; i < chat->count; i++) {
        const struct choice *choice = &chat->choices[i];

        if (choice->retractions || (!choice->finish && !choice_has_content(choice)) ||
            (choice->finish && choice->column == FINISH_UNKNOWN))
            return false;
    }
    return chat->count && (int64_t)chat->count >= chat->account->facts->choices;
}

static void conclude_content(const struct chat *chat, struct findings *found)
{
    bool content = false, refusal = false;

    for (size_t i = 0; i < chat->count; i++) {
        content |= choice_has_content(&chat->choices[i]);
        refusal |= chat->choices[i].refusal.total > 0;
    }
    if (refusal)
        findings_add(found, REASON_REFUSAL, 0, REASON_NOWHERE, "the refusal is not empty");
    if (!content && chat->said_ended)
        findings_add(found, REASON_EMPTY_CONTENT, 0, REASON_NOWHERE,
                     "no text, no refusal, no tool call");
    if (!content && !chat->said_ended && !chat->account->found.items[REASON_FINISH_ERRORED].detail)
        findings_add(found, REASON_NOTHING_SAID, 0, REASON_NOWHERE, "%zu choices, all empty",
                     chat->count);
}

static void chat_conclude(const void *reader, struct findings *found, struct witness *witness)
{
    const struct chat *chat = reader;
    const struct request_facts *facts = chat->account->facts;
    bool by_contract = !chat->said_ended && waived(chat);

    *witness =
        (struct witness){.said_ended = chat->said_ended || by_contract, .column = FINISH_COMPLETE};
    for (size_t i = 0; i < chat->count; i++) {
        const struct choice *choice = &chat->choices[i];

        if (choice->finish)
            conclude_finish(choice, found, witness);
        else if (!by_contract)
            conclude_missing(choice, found);
        if ((choice->finish && choice->column == FINISH_COMPLETE) || by_contract) {
            for (size_t j = 0; j < choice->calls.count; j++)
                call_check(&choice->calls.items[j], facts, found);
        }
    }
    if (by_contract) {
        snprintf(witness->words, sizeof(witness->words), "no finish reason, by contract");
        findings_add(found, REASON_FINISH_WAIVED, 0, REASON_NOWHERE, "stream.finish_reason absent");
    }
    if (!chat->count)
        findings_add(found, REASON_FINISH_MISSING, 0, REASON_NOWHERE, "no choice arrived");
    if (chat->count && (int64_t)chat->count < facts->choices)
        findings_add(found, REASON_CHOICE_MISSING, 0, REASON_NOWHERE, "%zu of %d arrived",
                     chat->count, facts->choices);
    conclude_content(chat, found);
}

static size_t chat_choices(void *reader, const struct answer_choice **choices)
{
    struct chat *chat = reader;

    if (chat->shown_room < chat->count) {
        chat->shown = xreallocarray(chat->shown, chat->count, sizeof(*chat->shown));
        chat->shown_room = chat->count;
    }
    for (size_t i = 0; i < chat->count; i++) {
        struct choice *choice = &chat->choices[i];

        chat->shown[i] = (struct answer_choice){
            .index = choice->index,
            .role = choice->role,
            .text = gather_string(&choice->text),
            .text_len = choice->text.kept.len,
            .refusal = gather_string(&choice->refusal),
            .refusal_len = choice->refusal.kept.len,
            .reasoning = gather_string(&choice->reasoning),
            .reasoning_len = choice->reasoning.kept.len,
            .finish_reason = choice->finish,
            .tool_calls = calls_show(&choice->calls),
            .tool_call_count = choice->calls.count,
        };
    }
    *choices = chat->shown;
    return chat->count;
}

const struct reader_ops chat_reader = {
    .open = chat_open,
    .close = chat_close,
    .read = chat_read,
    .said_ended = chat_said_ended,
    .conclude = chat_conclude,
    .choices = chat_choices,
};

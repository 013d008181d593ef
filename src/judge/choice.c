#include "judge/choice.h"

#include "base/memory.h"
#include "base/redact.h"
#include "judge/excerpt.h"
#include "judge/finish.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void choice_release(struct choice *choice)
{
    free(choice->role);
    free(choice->finish);
    gather_release(&choice->text);
    gather_release(&choice->refusal);
    gather_release(&choice->reasoning);
    calls_release(&choice->calls);
}

/* ---- reading ---- */

static struct piece *said_member(struct said *said, const struct json_scan *scan)
{
    if (scan_is(scan, "content"))
        return &said->content;
    if (scan_is(scan, "role"))
        return &said->role;
    if (scan_is(scan, "reasoning_content"))
        return &said->reasoning;
    if (scan_is(scan, "refusal"))
        return &said->refusal;
    if (scan_is(scan, "tool_calls"))
        return &said->tool_calls;
    if (scan_is(scan, "function_call"))
        return &said->function_call;
    /* Some gateways send the same reasoning under both names: it counts once. */
    if (scan_is(scan, "reasoning") && !piece_filled_string(&said->reasoning))
        return &said->reasoning;
    return NULL;
}

bool said_read(struct said *said, struct json_scan *scan)
{
    enum json_token token = json_scan_next(scan);
    struct piece *member, other;

    if (token != JSON_TOKEN_OBJECT)
        return piece_rest(scan, token, &other);
    said->there = true;
    while ((token = json_scan_next(scan)) == JSON_TOKEN_KEY) {
        member = said_member(said, scan);
        if (!piece_read(scan, &other))
            return false;
        if (member && (member != &said->reasoning || !piece_empty(&other)))
            *member = other;
    }
    return token == JSON_TOKEN_OBJECT_END;
}

bool choice_piece_read(struct choice_piece *piece, struct json_scan *scan)
{
    enum json_token token;
    struct piece other;
    bool ok = true;

    while (ok && (token = json_scan_next(scan)) == JSON_TOKEN_KEY) {
        if (scan_is(scan, "index"))
            ok = piece_read(scan, &piece->index);
        else if (scan_is(scan, "delta"))
            ok = said_read(&piece->delta, scan);
        else if (scan_is(scan, "finish_reason"))
            ok = piece_read(scan, &piece->finish);
        else if (scan_is(scan, "message"))
            ok = said_read(&piece->message, scan);
        else if (scan_is(scan, "error"))
            ok = piece_read(scan, &piece->error);
        else
            ok = piece_read(scan, &other);
    }
    return ok && token == JSON_TOKEN_OBJECT_END;
}

/* ---- content ---- */

/* Text of one part of a `content` array, and where it belongs; NULL: it holds none. */
static struct gather *part_text(struct choice *choice, const struct piece *part, struct piece *text)
{
    const struct {
        const char *name;
        struct gather *gather;
    } kinds[] = {
        {"text", &choice->text},
        {"refusal", &choice->refusal},
        {"thinking", &choice->reasoning},
    };

    *text = *part;
    if (part->token == JSON_TOKEN_STRING)
        return part->length ? &choice->text : NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        *text = piece_member(part, kinds[i].name);
        if (piece_filled_string(text))
            return kinds[i].gather;
    }
    return NULL;
}

/* A thinking part may hold text parts of its own. */
static bool add_thinking(struct choice *choice, struct budget *budget, const struct piece *part)
{
    struct piece inner = piece_member(part, "thinking"), name, item, text;
    struct piece_walk walk;
    bool grown = false;

    if (inner.token != JSON_TOKEN_ARRAY)
        return false;
    piece_walk(&inner, &walk);
    while (piece_walk_next(&walk, &name, &item)) {
        text = piece_member(&item, "text");
        if (!piece_filled_string(&text))
            continue;
        gather_piece(&choice->reasoning, budget, &text);
        grown = true;
    }
    return grown;
}

/* `content` as string or as array of parts. True when it added something. */
static bool add_content(struct choice *choice, struct budget *budget, const struct piece *content)
{
    struct piece_walk walk;
    struct piece name, part, words;
    struct gather *gather;
    bool grown = false;

    if (piece_filled_string(content)) {
        gather_piece(&choice->text, budget, content);
        return true;
    }
    if (content->token != JSON_TOKEN_ARRAY)
        return false;
    piece_walk(content, &walk);
    while (piece_walk_next(&walk, &name, &part)) {
        gather = part_text(choice, &part, &words);
        if (gather)
            gather_piece(gather, budget, &words);
        grown |= gather || add_thinking(choice, budget, &part);
    }
    return grown;
}

static bool add_string(struct gather *text, struct budget *budget, const struct piece *piece)
{
    if (!piece_filled_string(piece))
        return false;
    gather_piece(text, budget, piece);
    return true;
}

/* ---- tool calls ---- */

/* Name and arguments of a call, within `function` or `custom`. True when it added something. */
static bool add_function(struct call *call, struct account *account, const struct piece *function,
                         const char *arguments_name)
{
    const struct piece name = piece_member(function, "name"),
                       arguments = piece_member(function, arguments_name);
    bool grown = piece_filled_string(&name) && !call->name;

    call->event = account->event;
    call_name(call, &name);
    if (arguments.token == JSON_TOKEN_OBJECT || piece_filled_string(&arguments)) {
        gather_piece(&call->arguments, &account->budget, &arguments);
        grown = true;
    }
    return grown;
}

static bool add_call(struct calls *calls, struct account *account, const struct piece *item,
                     int64_t position)
{
    const struct piece index = piece_member(item, "index"), id = piece_member(item, "id"),
                       function = piece_member(item, "function"),
                       custom = piece_member(item, "custom");
    struct call *call;
    size_t before = calls->count;
    bool grown;

    if (item->token != JSON_TOKEN_OBJECT)
        return false;
    piece_integer(&index, &position);
    call = calls_at(calls, position, &id);
    if (!call) {
        account_note(account, REASON_TOO_MANY_PARTS, "more than %d tool calls", CALLS_MAX);
        return false;
    }
    grown = calls->count > before;
    if (custom.token == JSON_TOKEN_OBJECT) {
        call->custom = true;
        return add_function(call, account, &custom, "input") || grown;
    }
    return add_function(call, account, &function, "arguments") || grown;
}

static bool add_calls(struct calls *calls, struct account *account, const struct said *said)
{
    enum { LEGACY = -1 }; /* `function_call` has no index */
    struct piece_walk walk;
    struct piece name, item, none = {0};
    struct call *call;
    int64_t position = 0;
    bool grown = false;

    if (said->tool_calls.token == JSON_TOKEN_ARRAY) {
        piece_walk(&said->tool_calls, &walk);
        while (piece_walk_next(&walk, &name, &item))
            grown |= add_call(calls, account, &item, position++);
    }
    if (said->function_call.token == JSON_TOKEN_OBJECT) {
        call = calls_at(calls, LEGACY, &none);
        grown |= call && add_function(call, account, &said->function_call, "arguments");
    }
    return grown;
}

/* ---- delta and message ---- */

static void take_role(struct choice *choice, const struct piece *role)
{
    if (!choice->role && piece_filled_string(role))
        choice->role = piece_take(role, NULL);
}

static bool add_said(struct choice *choice, struct account *account, const struct said *said)
{
    bool grown = add_content(choice, &account->budget, &said->content);

    take_role(choice, &said->role);
    grown |= add_string(&choice->refusal, &account->budget, &said->refusal);
    grown |= add_string(&choice->reasoning, &account->budget, &said->reasoning);
    return add_calls(&choice->calls, account, said) || grown;
}

/*
 * A `message` repeats what is known, or is longer than an earlier `message`; other text is not the
 * text of the pieces. True when it added something.
 */
static bool compare_text(struct choice *choice, struct account *account,
                         const struct piece *content, bool beside_delta)
{
    struct choice whole = {0};
    struct budget budget = {.left = content->length};
    const struct gather *text = &choice->text, *message = &whole.text;
    size_t have = text->kept.len;
    bool grown = false;

    add_content(&whole, &budget, content);
    if (gather_equals(text, gather_string(message), message->kept.len)) {
        account_note(account, REASON_MESSAGE_REPEATED, "%" PRIu64 " bytes", message->total);
    } else if (!message->total) {
        /* Nothing is said about the text. */
    } else if (choice->from_message && gather_whole(text) && message->kept.len > have &&
               redact_equal(gather_string(text), gather_string(message), have)) {
        gather_text(&choice->text, &account->budget, gather_string(message) + have,
                    message->kept.len - have);
        grown = true;
    } else if (!beside_delta) {
        account_note(account, REASON_TEXT_DIFFERS,
                     "the message has %" PRIu64 " bytes, the pieces before it have %" PRIu64,
                     message->total, text->total);
    }
    choice_release(&whole);
    return grown;
}

static bool add_message(struct choice *choice, struct account *account, const struct said *said,
                        bool beside_delta)
{
    struct said rest = *said;
    bool grown = false;

    if (choice->text.total) {
        rest.content = (struct piece){0};
        grown = compare_text(choice, account, &said->content, beside_delta);
    } else if (!piece_empty(&said->content)) {
        choice->from_message = true;
    }
    if (choice->refusal.total)
        rest.refusal = (struct piece){0};
    if (choice->reasoning.total)
        rest.reasoning = (struct piece){0};
    if (choice->calls.count)
        rest.tool_calls = rest.function_call = (struct piece){0};
    return add_said(choice, account, &rest) || grown;
}

static bool says_something(const struct said *said)
{
    return !piece_empty(&said->content) || !piece_empty(&said->refusal) ||
           !piece_empty(&said->reasoning) || !piece_empty(&said->tool_calls) ||
           !piece_empty(&said->function_call);
}

/* ---- finish ---- */

static void retract(struct choice *choice)
{
    free(choice->finish);
    choice->finish = NULL;
    choice->column = FINISH_UNKNOWN;
    choice->retractions++;
}

static void finish(struct choice *choice, struct account *account, const struct piece *reason)
{
    char *word = reason->token == JSON_TOKEN_STRING ? piece_take(reason, NULL)
                                                    : xmemdup0(reason->start, reason->length);
    struct excerpt shown = excerpt(word, strlen(word), 60);
    bool by_alias;
    enum finish_column column = finish_column(account->rules, word, strlen(word), &by_alias);

    if (by_alias)
        account_note(account, REASON_FINISH_ALIASED, "%s", shown.text);
    if (column == FINISH_ERRORED)
        account_note(account, REASON_FINISH_ERRORED, "choice %" PRId64 ": %s", choice->index,
                     shown.text);
    if (choice->finish) {
        if (strcmp(choice->finish, word) != 0)
            account_note(account, REASON_FINISH_CHANGED, "to %s", shown.text);
        if (finish_worse(column, choice->column) == choice->column) {
            free(word);
            return;
        }
        free(choice->finish);
    } else if (choice->retractions) {
        account_note(account, REASON_FINISH_AGAIN, "%s", shown.text);
    }
    choice->finish = word;
    choice->column = column;
    choice->finish_event = account->event;
}

bool choice_apply(struct choice *choice, struct account *account, const struct choice_piece *piece)
{
    bool grown, finished, failed = !piece_empty(&piece->error);
    struct envelope envelope = {0};

    if (piece->delta.there && (says_something(&piece->delta) || !piece->message.there))
        grown = add_said(choice, account, &piece->delta);
    else
        grown = piece->message.there &&
                add_message(choice, account, &piece->message, piece->delta.there);
    if (piece->delta.there)
        take_role(choice, &piece->delta.role);
    if (grown && choice->finish)
        retract(choice);
    finished = !piece_absent(&piece->finish) &&
               (piece->finish.token != JSON_TOKEN_STRING || piece->finish.length);
    if (finished)
        finish(choice, account, &piece->finish);
    if (failed) {
        envelope_from_error(&envelope, &piece->error);
        account_error(account, REASON_ERROR_CHOICE, &envelope);
    }
    return grown || finished || failed;
}

bool choice_has_content(const struct choice *choice)
{
    return choice->text.total || choice->refusal.total || choice->calls.count;
}

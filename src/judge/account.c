#include "judge/account.h"

#include "base/memory.h"
#include "base/text.h"
#include "judge/excerpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    USAGE_MAX = 64 * 1024,
    IDENTIFIER_MAX = 4096,
    DETAIL_MAX = 1024,
    MESSAGE_COLUMNS = 120,
};

void account_init(struct account *account, enum operation operation,
                  const struct stream_rules *rules, const struct request_facts *facts)
{
    *account = (struct account){
        .operation = operation,
        .rules = rules,
        .facts = facts,
        .budget.left = ANSWER_TEXT_MAX,
        .offset = REASON_NOWHERE,
    };
    bytes_init(&account->usage, USAGE_MAX);
}

void account_release(struct account *account)
{
    findings_release(&account->found);
    envelope_release(&account->error);
    bytes_release(&account->usage);
    free(account->id);
    free(account->model);
}

void account_note(struct account *account, enum reason_code code, const char *format, ...)
{
    char detail[DETAIL_MAX];
    va_list args;

    if (findings_again(&account->found, code))
        return;
    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    findings_add(&account->found, code, account->event, account->offset, "%s", detail);
}

void account_mark(struct account *account)
{
    if (account->marker)
        return;
    account->marker = true;
    account->marker_event = account->event;
    account->marker_offset = account->offset;
}

/* Found, unless the status is what failed. */
static void note_error(struct account *account, enum reason_code code,
                       const struct envelope *envelope)
{
    const char *name = envelope->code ? envelope->code : envelope->type;
    const char *message = envelope->message ? envelope->message : "no message";
    struct excerpt shown_name, shown_message;

    if (account->bad_status)
        return;
    shown_name = excerpt(name, name ? strlen(name) : 0, 40);
    shown_message = excerpt(message, strlen(message), MESSAGE_COLUMNS);
    account_note(account, code, "%s%s%s", shown_name.text, name ? ": " : "", shown_message.text);
}

void account_error(struct account *account, enum reason_code code, struct envelope *envelope)
{
    note_error(account, code, envelope);
    if (account->error.kind)
        envelope_release(envelope);
    else
        account->error = *envelope;
}

void account_fault(struct account *account, const char *text, size_t len)
{
    struct json_fault fault;
    size_t where = 0;
    uint32_t character;

    if (json_validate(text, len, &fault))
        return;
    if (fault.cut) {
        account_note(account, REASON_EVENT_CUT, "%s", fault.what);
    } else if (!utf8_valid(text, len, &where) &&
               utf8_decode(text + where, len - where, &character)) {
        account_note(account, REASON_INVALID_UTF8, "byte %zu of its data is not UTF-8", where);
    } else {
        account_note(account, REASON_INVALID_JSON, "line %zu, column %zu: %s", fault.line,
                     fault.column, fault.what);
    }
}

bool top_member(struct top *top, struct json_scan *scan, bool *ok)
{
    struct piece *piece;

    if (scan_is(scan, "id"))
        piece = &top->id;
    else if (scan_is(scan, "object"))
        piece = &top->object;
    else if (scan_is(scan, "type"))
        piece = &top->type;
    else if (scan_is(scan, "model"))
        piece = &top->model;
    else if (scan_is(scan, "usage"))
        piece = &top->usage;
    else if (scan_is(scan, "error"))
        piece = &top->error;
    else if (scan_is(scan, "message"))
        piece = &top->message;
    else if (scan_is(scan, "code"))
        piece = &top->code;
    else if (scan_is(scan, "base_resp"))
        piece = &top->base_resp;
    else if (scan_is(scan, "success"))
        piece = &top->success;
    else
        return false;
    *ok = piece_read(scan, piece);
    return true;
}

/* Which of the in-band errors the object is; REASON_COUNT for none. */
static enum reason_code error_code(const struct top *top)
{
    struct piece status_code;

    if (!piece_empty(&top->error))
        return REASON_ERROR_OBJECT;
    if (piece_is(&top->type, "error") || piece_is(&top->object, "error"))
        return REASON_ERROR_TYPE;
    if (top->base_resp.token == JSON_TOKEN_OBJECT) {
        status_code = piece_member(&top->base_resp, "status_code");
        if (!piece_empty(&status_code) && !piece_is(&status_code, "0"))
            return REASON_ERROR_STATUS_CODE;
    }
    if (top->answer)
        return REASON_COUNT;
    if (piece_filled_string(&top->message) && top->code.token != JSON_TOKEN_END)
        return REASON_ERROR_BARE;
    return top->success.token == JSON_TOKEN_FALSE ? REASON_ERROR_SUCCESS_FALSE : REASON_COUNT;
}

int64_t account_tokens(const struct account *account, const char *name, const char *other)
{
    const struct piece usage = {account->usage.len ? JSON_TOKEN_OBJECT : JSON_TOKEN_END,
                                bytes_text(&account->usage), account->usage.len, false};
    struct piece piece = piece_member(&usage, name);
    int64_t count;

    if (piece.token == JSON_TOKEN_END)
        piece = piece_member(&usage, other);
    return piece_integer(&piece, &count) && count >= 0 ? count : -1;
}

void account_usage(struct account *account, const struct piece *usage)
{
    if (usage->token != JSON_TOKEN_OBJECT)
        return;
    bytes_clear(&account->usage);
    bytes_append(&account->usage, usage->start, usage->length);
}

/* The first one that is not empty stays. */
static void take_identifier(struct account *account, const char *what, const struct piece *piece,
                            char **kept)
{
    bool nul = false;

    if (!piece_filled_string(piece) || piece->length > IDENTIFIER_MAX)
        return;
    if (!*kept) {
        *kept = piece_take(piece, &nul);
        if (nul)
            account_note(account, REASON_IDENTIFIER_NUL, "in the %s", what);
    } else if (kept == &account->id && !piece->escaped && !piece_is(piece, *kept) &&
               !findings_again(&account->found, REASON_ID_CHANGED)) {
        account_note(account, REASON_ID_CHANGED, "%s",
                     excerpt(piece->start, piece->length, 60).text);
    }
}

void account_identity(struct account *account, const struct piece *id, const struct piece *model)
{
    take_identifier(account, "id", id, &account->id);
    take_identifier(account, "model", model, &account->model);
}

bool account_settle(struct account *account, const struct top *top, const char *text, size_t len)
{
    enum reason_code code = error_code(top);
    struct envelope envelope = {0};

    account_identity(account, &top->id, &top->model);
    account_usage(account, &top->usage);
    if (code == REASON_COUNT)
        return false;
    if (account->error.kind && findings_again(&account->found, code))
        return true;
    if (!envelope_from_body(&envelope, text, len))
        envelope_from_members(&envelope, "other",
                              &(struct piece){JSON_TOKEN_OBJECT, text, len, false});
    account_error(account, code, &envelope);
    return true;
}

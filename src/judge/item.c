#include "judge/item.h"

#include "base/memory.h"
#include "base/redact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void item_release(struct item *item)
{
    for (size_t i = 0; i < item->part_count; i++)
        gather_release(&item->parts[i].text);
    free(item->parts);
    call_release(&item->call);
}

struct item_part *item_part(struct item *item, struct account *account, int64_t index, bool refusal)
{
    size_t at = item->part_count;

    while (at > 0 && item->parts[at - 1].index >= index) {
        if (item->parts[at - 1].index == index && item->parts[at - 1].refusal == refusal)
            return &item->parts[at - 1];
        if (item->parts[at - 1].index == index && !item->parts[at - 1].refusal)
            break;
        at--;
    }
    if (item->part_count == ITEM_PARTS_MAX) {
        account_note(account, REASON_TOO_MANY_PARTS, "more than %d parts in one item",
                     ITEM_PARTS_MAX);
        return NULL;
    }
    item->parts = xreallocarray(item->parts, item->part_count + 1, sizeof(*item->parts));
    memmove(&item->parts[at + 1], &item->parts[at], (item->part_count - at) * sizeof(*item->parts));
    item->part_count++;
    item->parts[at] = (struct item_part){.index = index, .refusal = refusal};
    return &item->parts[at];
}

/* ---- text ---- */

static void text_differs(const struct item *item, struct account *account, uint64_t whole,
                         uint64_t pieces)
{
    account_note(account, REASON_TEXT_DIFFERS,
                 "output %" PRId64 ": the whole has %" PRIu64 " bytes, the pieces have %" PRIu64,
                 item->index, whole, pieces);
}

bool item_add_text(struct item *item, struct account *account, int64_t index, bool refusal,
                   const struct piece *delta)
{
    struct item_part *part;

    item->kind = ITEM_MESSAGE;
    part = item_part(item, account, index, refusal);
    if (!part || !piece_filled_string(delta))
        return false;
    gather_piece(&part->text, &account->budget, delta);
    if (part->closed || item->done)
        account_note(account, REASON_TEXT_DIFFERS,
                     "output %" PRId64 ": text went on after it was given as a whole", item->index);
    return true;
}

bool item_close_text(struct item *item, struct account *account, int64_t index, bool refusal,
                     const struct piece *text)
{
    struct item_part *part;
    struct gather whole = {0};
    struct budget budget = {.left = text->length};
    bool taken = false;

    if (text->token != JSON_TOKEN_STRING)
        return false;
    item->kind = ITEM_MESSAGE;
    part = item_part(item, account, index, refusal);
    if (!part)
        return false;
    if (!part->text.total && !part->closed) {
        gather_piece(&part->text, &account->budget, text);
        taken = part->text.total;
    } else {
        gather_piece(&whole, &budget, text);
        if (!gather_equals(&part->text, gather_string(&whole), whole.kept.len))
            text_differs(item, account, whole.total, part->text.total);
        gather_release(&whole);
    }
    part->closed = item->confirmed = true;
    return taken;
}

/* ---- calls ---- */

bool item_add_arguments(struct item *item, struct account *account, bool custom,
                        const struct piece *delta)
{
    item->kind = ITEM_CALL;
    item->call.custom = custom;
    item->call.event = account->event;
    if (!piece_filled_string(delta))
        return false;
    gather_piece(&item->call.arguments, &account->budget, delta);
    if (item->call_closed || item->done)
        account_note(account, REASON_ARGUMENTS_DIFFER,
                     "output %" PRId64 ": arguments went on after they were given as a whole",
                     item->index);
    return true;
}

bool item_close_arguments(struct item *item, struct account *account, bool custom,
                          const struct piece *arguments)
{
    struct gather whole = {0};
    struct budget budget = {.left = arguments->length};
    struct call *call = &item->call;
    bool taken = false;

    if (arguments->token != JSON_TOKEN_STRING && arguments->token != JSON_TOKEN_OBJECT)
        return false;
    item->kind = ITEM_CALL;
    call->custom = custom;
    call->event = account->event;
    if (!call->arguments.total && !item->call_closed) {
        gather_piece(&call->arguments, &account->budget, arguments);
        taken = call->arguments.total;
    } else {
        gather_piece(&whole, &budget, arguments);
        if (!gather_equals(&call->arguments, gather_string(&whole), whole.kept.len))
            account_note(account, REASON_ARGUMENTS_DIFFER,
                         "output %" PRId64 ": the whole has %" PRIu64
                         " bytes, the pieces have %" PRIu64,
                         item->index, whole.total, call->arguments.total);
        gather_release(&whole);
    }
    item->call_closed = item->confirmed = true;
    return taken;
}

/* ---- the item as an object ---- */

static enum item_kind kind_of(const struct piece *type, bool *custom)
{
    *custom = piece_is(type, "custom_tool_call");
    if (*custom || piece_is(type, "function_call"))
        return ITEM_CALL;
    return piece_is(type, "message") ? ITEM_MESSAGE : ITEM_OTHER;
}

void item_begin(struct item *item, const struct piece *object)
{
    const struct piece type = piece_member(object, "type"), name = piece_member(object, "name"),
                       call_id = piece_member(object, "call_id");
    bool custom;
    enum item_kind kind = kind_of(&type, &custom);

    if (kind != ITEM_OTHER)
        item->kind = kind;
    if (kind != ITEM_CALL)
        return;
    item->call.custom = custom;
    call_name(&item->call, &name);
    if (!item->call.id && piece_filled_string(&call_id))
        item->call.id = piece_take(&call_id, NULL);
}

/* The text of one content part of a message; `refusal` tells which kind. */
static struct piece part_words(const struct piece *part, bool *refusal)
{
    const struct piece type = piece_member(part, "type");

    *refusal = piece_is(&type, "refusal");
    if (*refusal)
        return piece_member(part, "refusal");
    return piece_is(&type, "output_text") || piece_is(&type, "text") ? piece_member(part, "text")
                                                                     : (struct piece){0};
}

/* No pieces came: the parts of the whole are taken one by one. */
static bool take_parts(struct item *item, struct account *account, const struct piece *content)
{
    struct piece_walk walk;
    struct piece name, part, words;
    bool refusal, taken = false;
    int64_t index = 0;

    piece_walk(content, &walk);
    while (piece_walk_next(&walk, &name, &part)) {
        words = part_words(&part, &refusal);
        if (words.token == JSON_TOKEN_STRING)
            taken |= item_close_text(item, account, index, refusal, &words);
        index++;
    }
    return taken;
}

bool item_compare(const struct item *item, const char *whole, size_t len, size_t *at)
{
    for (size_t i = 0; i < item->part_count; i++) {
        const struct gather *text = &item->parts[i].text;

        if (text->total > len - *at ||
            !redact_equal(gather_string(text), whole + *at, text->kept.len))
            return false;
        *at += text->total;
    }
    return true;
}

void item_join_content(const struct piece *content, struct bytes *out)
{
    struct piece_walk walk;
    struct piece name, part, words;
    bool refusal;

    piece_walk(content, &walk);
    while (piece_walk_next(&walk, &name, &part)) {
        words = part_words(&part, &refusal);
        if (words.token == JSON_TOKEN_STRING)
            piece_append(&words, out);
    }
}

static bool close_message(struct item *item, struct account *account, const struct piece *content)
{
    uint64_t total = item_total(item, false) + item_total(item, true);
    struct bytes whole;
    size_t at = 0;

    if (content->token != JSON_TOKEN_ARRAY)
        return false;
    if (!total)
        return take_parts(item, account, content);
    bytes_init(&whole, content->length);
    item_join_content(content, &whole);
    if (whole.len != total || !item_compare(item, bytes_text(&whole), whole.len, &at))
        text_differs(item, account, whole.len, total);
    item->confirmed = true;
    bytes_release(&whole);
    return false;
}

bool item_close(struct item *item, struct account *account, const struct piece *object)
{
    const struct piece content = piece_member(object, "content"),
                       arguments = piece_member(object, "arguments"),
                       input = piece_member(object, "input");
    bool taken = false;

    item_begin(item, object);
    if (item->kind == ITEM_CALL)
        taken = item_close_arguments(item, account, item->call.custom,
                                     item->call.custom ? &input : &arguments);
    else if (item->kind == ITEM_MESSAGE && !piece_empty(&content))
        taken = close_message(item, account, &content);
    item->done = true;
    return taken;
}

uint64_t item_total(const struct item *item, bool refusal)
{
    uint64_t total = 0;

    for (size_t i = 0; i < item->part_count; i++) {
        if (item->parts[i].refusal == refusal)
            total += item->parts[i].text.total;
    }
    return total;
}

void item_join(const struct item *item, bool refusal, struct bytes *out)
{
    for (size_t i = 0; i < item->part_count; i++) {
        if (item->parts[i].refusal == refusal)
            bytes_append(out, gather_string(&item->parts[i].text), item->parts[i].text.kept.len);
    }
}

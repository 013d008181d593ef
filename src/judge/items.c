#include "judge/items.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void items_release(struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        item_release(&items->list[i]);
    free(items->list);
    *items = (struct items){0};
}

struct item *items_at(struct items *items, struct account *account, int64_t index)
{
    size_t at = items->count;

    if (items->latest < items->count && items->list[items->latest].index == index)
        return &items->list[items->latest];
    while (at > 0 && items->list[at - 1].index > index)
        at--;
    if (at > 0 && items->list[at - 1].index == index) {
        items->latest = at - 1;
        return &items->list[at - 1];
    }
    if (items->count == ITEMS_MAX) {
        account_note(account, REASON_TOO_MANY_PARTS, "more than %d output items", ITEMS_MAX);
        return NULL;
    }
    items->list = xreallocarray(items->list, items->count + 1, sizeof(*items->list));
    memmove(&items->list[at + 1], &items->list[at], (items->count - at) * sizeof(*items->list));
    items->count++;
    items->list[at] = (struct item){.index = index};
    items->latest = at;
    return &items->list[at];
}

/* Some message has text, or was given as a whole. */
static bool has_messages(const struct items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];

        if (item->kind == ITEM_MESSAGE &&
            (item->confirmed || item_total(item, false) || item_total(item, true)))
            return true;
    }
    return false;
}

/* The messages of the final output, joined over all items, are the messages that came. */
static void compare_messages(struct items *items, struct account *account,
                             const struct bytes *whole)
{
    const char *text = bytes_text(whole);
    size_t at = 0;
    bool same = true;

    for (size_t i = 0; i < items->count; i++) {
        struct item *item = &items->list[i];

        if (item->kind != ITEM_MESSAGE)
            continue;
        same = same && item_compare(item, text, whole->len, &at);
        item->confirmed = true;
    }
    if (!same || at != whole->len)
        account_note(account, REASON_TEXT_DIFFERS,
                     "the final output has %zu bytes of text, the pieces have %" PRIu64, whole->len,
                     items_total(items, false) + items_total(items, true));
}

static bool is_call(const struct piece *type)
{
    return piece_is(type, "function_call") || piece_is(type, "custom_tool_call");
}

/* The call with `number` in the order of the items, NULL when there are fewer. */
static struct item *nth_call(struct items *items, size_t number)
{
    for (size_t i = 0; i < items->count; i++) {
        if (items->list[i].kind == ITEM_CALL && number-- == 0)
            return &items->list[i];
    }
    return NULL;
}

/* What was found in one pass over the final output. */
struct final {
    struct bytes text;
    size_t messages, calls;
    bool taken;
};

static void close_item(struct items *items, struct account *account, const struct piece *object,
                       int64_t position, bool take_messages, struct final *final)
{
    const struct piece type = piece_member(object, "type"),
                       content = piece_member(object, "content");
    struct item *item;

    if (is_call(&type)) {
        item = nth_call(items, final->calls++);
        if (!item)
            item = items_at(items, account, position);
        if (item)
            final->taken |= item_close(item, account, object);
    } else if (piece_is(&type, "message")) {
        final->messages++;
        item = take_messages ? items_at(items, account, position) : NULL;
        if (item)
            final->taken |= item_close(item, account, object);
        else if (content.token == JSON_TOKEN_ARRAY)
            item_join_content(&content, &final->text);
    }
}

bool items_close(struct items *items, struct account *account, const struct piece *array)
{
    struct final final = {0};
    struct piece_walk walk;
    struct piece name, object;
    bool take_messages = !has_messages(items);
    int64_t position = 0;

    if (array->token != JSON_TOKEN_ARRAY || piece_empty(array)) {
        if (items->count && !account->whole)
            account_note(account, REASON_OUTPUT_EMPTY, "%zu items came before it", items->count);
        return false;
    }
    bytes_init(&final.text, array->length);
    piece_walk(array, &walk);
    while (piece_walk_next(&walk, &name, &object))
        close_item(items, account, &object, position++, take_messages, &final);
    if (final.messages && !take_messages)
        compare_messages(items, account, &final.text);
    bytes_release(&final.text);
    return final.taken;
}

uint64_t items_total(const struct items *items, bool refusal)
{
    uint64_t total = 0;

    for (size_t i = 0; i < items->count; i++)
        total += item_total(&items->list[i], refusal);
    return total;
}

size_t items_calls(const struct items *items)
{
    size_t calls = 0;

    for (size_t i = 0; i < items->count; i++)
        calls += items->list[i].kind == ITEM_CALL;
    return calls;
}

/* The only part with text of that kind, NULL when there are several. */
static const struct gather *only_part(const struct items *items, bool refusal)
{
    static const struct gather none;
    const struct gather *only = &none;

    for (size_t i = 0; i < items->count; i++) {
        for (size_t j = 0; j < items->list[i].part_count; j++) {
            const struct item_part *part = &items->list[i].parts[j];

            if (part->refusal != refusal || !part->text.total)
                continue;
            if (only != &none)
                return NULL;
            only = &part->text;
        }
    }
    return only;
}

void items_text(const struct items *items, bool refusal, struct bytes *joined, const char **text,
                size_t *len)
{
    const struct gather *only = only_part(items, refusal);

    if (only) {
        *text = gather_string(only);
        *len = only->kept.len;
        return;
    }
    bytes_clear(joined);
    for (size_t i = 0; i < items->count; i++)
        item_join(&items->list[i], refusal, joined);
    *text = bytes_text(joined);
    *len = joined->len;
}

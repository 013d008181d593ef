#include "judge/output.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void output_release(struct output *output)
{
    for (size_t i = 0; i < output->count; i++)
        item_release(&output->items[i]);
    free(output->items);
    *output = (struct output){0};
}

struct item *output_item(struct output *output, struct account *account, int64_t index)
{
    size_t at = output->count;

    if (output->latest < output->count && output->items[output->latest].index == index)
        return &output->items[output->latest];
    while (at > 0 && output->items[at - 1].index > index)
        at--;
    if (at > 0 && output->items[at - 1].index == index) {
        output->latest = at - 1;
        return &output->items[at - 1];
    }
    if (output->count == OUTPUT_ITEMS_MAX) {
        account_note(account, REASON_TOO_MANY_PARTS, "more than %d output items", OUTPUT_ITEMS_MAX);
        return NULL;
    }
    output->items = xreallocarray(output->items, output->count + 1, sizeof(*output->items));
    memmove(&output->items[at + 1], &output->items[at],
            (output->count - at) * sizeof(*output->items));
    output->count++;
    output->items[at] = (struct item){.index = index};
    output->latest = at;
    return &output->items[at];
}

/* Some message has text, or was given as a whole. */
static bool has_messages(const struct output *output)
{
    for (size_t i = 0; i < output->count; i++) {
        const struct item *item = &output->items[i];

        if (item->kind == ITEM_MESSAGE &&
            (item->confirmed || item_total(item, false) || item_total(item, true)))
            return true;
    }
    return false;
}

/* The messages of the final output, joined over all items, are the messages that came. */
static void compare_messages(struct output *output, struct account *account,
                             const struct bytes *whole)
{
    const char *text = bytes_text(whole);
    size_t at = 0;
    bool same = true;

    for (size_t i = 0; i < output->count; i++) {
        struct item *item = &output->items[i];

        if (item->kind != ITEM_MESSAGE)
            continue;
        same = same && item_compare(item, text, whole->len, &at);
        item->confirmed = true;
    }
    if (!same || at != whole->len)
        account_note(account, REASON_TEXT_DIFFERS,
                     "the final output has %zu bytes of text, the pieces have %" PRIu64, whole->len,
                     output_total(output, false) + output_total(output, true));
}

static bool is_call(const struct piece *type)
{
    return piece_is(type, "function_call") || piece_is(type, "custom_tool_call");
}

/* The call with `number` in the order of the items, NULL when there are fewer. */
static struct item *nth_call(struct output *output, size_t number)
{
    for (size_t i = 0; i < output->count; i++) {
        if (output->items[i].kind == ITEM_CALL && number-- == 0)
            return &output->items[i];
    }
    return NULL;
}

/* What was found in one pass over the final output. */
struct final {
    struct bytes text;
    size_t messages, calls;
    bool taken;
};

static void close_item(struct output *output, struct account *account, const struct piece *object,
                       int64_t position, bool take_messages, struct final *final)
{
    const struct piece type = piece_member(object, "type"),
                       content = piece_member(object, "content");
    struct item *item;

    if (is_call(&type)) {
        item = nth_call(output, final->calls++);
        if (!item)
            item = output_item(output, account, position);
        if (item)
            final->taken |= item_close(item, account, object);
    } else if (piece_is(&type, "message")) {
        final->messages++;
        item = take_messages ? output_item(output, account, position) : NULL;
        if (item)
            final->taken |= item_close(item, account, object);
        else if (content.token == JSON_TOKEN_ARRAY)
            item_join_content(&content, &final->text);
    }
}

bool output_close(struct output *output, struct account *account, const struct piece *array)
{
    struct final final = {0};
    struct piece_walk walk;
    struct piece name, object;
    bool take_messages = !has_messages(output);
    int64_t position = 0;

    if (array->token != JSON_TOKEN_ARRAY || piece_empty(array)) {
        if (output->count && !account->whole)
            account_note(account, REASON_OUTPUT_EMPTY, "%zu items came before it", output->count);
        return false;
    }
    bytes_init(&final.text, array->length);
    piece_walk(array, &walk);
    while (piece_walk_next(&walk, &name, &object))
        close_item(output, account, &object, position++, take_messages, &final);
    if (final.messages && !take_messages)
        compare_messages(output, account, &final.text);
    bytes_release(&final.text);
    return final.taken;
}

uint64_t output_total(const struct output *output, bool refusal)
{
    uint64_t total = 0;

    for (size_t i = 0; i < output->count; i++)
        total += item_total(&output->items[i], refusal);
    return total;
}

size_t output_calls(const struct output *output)
{
    size_t calls = 0;

    for (size_t i = 0; i < output->count; i++)
        calls += output->items[i].kind == ITEM_CALL;
    return calls;
}

/* The only part with text of that kind, NULL when there are several. */
static const struct gather *only_part(const struct output *output, bool refusal)
{
    static const struct gather none;
    const struct gather *only = &none;

    for (size_t i = 0; i < output->count; i++) {
        for (size_t j = 0; j < output->items[i].part_count; j++) {
            const struct item_part *part = &output->items[i].parts[j];

            if (part->refusal != refusal || !part->text.total)
                continue;
            if (only != &none)
                return NULL;
            only = &part->text;
        }
    }
    return only;
}

void output_text(const struct output *output, bool refusal, struct bytes *joined, const char **text,
                 size_t *len)
{
    const struct gather *only = only_part(output, refusal);

    if (only) {
        *text = gather_string(only);
        *len = only->kept.len;
        return;
    }
    bytes_clear(joined);
    for (size_t i = 0; i < output->count; i++)
        item_join(&output->items[i], refusal, joined);
    *text = bytes_text(joined);
    *len = joined->len;
}

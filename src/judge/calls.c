#include "judge/calls.h"

#include "base/memory.h"
#include "judge/excerpt.h"

#include <stdlib.h>
#include <string.h>

void call_release(struct call *call)
{
    free(call->id);
    free(call->name);
    gather_release(&call->arguments);
}

void calls_release(struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++)
        call_release(&calls->items[i]);
    free(calls->items);
    free(calls->shown);
    *calls = (struct calls){0};
}

static struct call *add(struct calls *calls, int64_t index, const struct piece *id)
{
    struct call *call;

    if (calls->count == CALLS_MAX)
        return NULL;
    calls->items = xreallocarray(calls->items, calls->count + 1, sizeof(*calls->items));
    call = &calls->items[calls->count++];
    *call = (struct call){.index = index};
    if (piece_filled_string(id))
        call->id = piece_take(id, NULL);
    return call;
}

struct call *calls_at(struct calls *calls, int64_t index, const struct piece *id)
{
    struct call *latest = NULL;

    for (size_t i = calls->count; i-- > 0;) {
        struct call *call = &calls->items[i];

        if (call->index != index)
            continue;
        if (!piece_filled_string(id) || (call->id && piece_is(id, call->id)))
            return call;
        if (!latest)
            latest = call;
    }
    if (latest && !latest->id) {
        latest->id = piece_take(id, NULL);
        return latest;
    }
    return add(calls, index, id);
}

void call_name(struct call *call, const struct piece *name)
{
    if (!piece_filled_string(name) || (call->name && piece_is(name, call->name)))
        return;
    free(call->name);
    call->name = piece_take(name, NULL);
}

/* `name` is one of the lines of `list`. */
static bool listed(const char *list, const char *name)
{
    size_t len = strlen(name), line;

    for (const char *at = list; *at; at += line + (at[line] == '\n')) {
        line = strcspn(at, "\n");
        if (line == len && memcmp(at, name, len) == 0)
            return true;
    }
    return false;
}

static bool may_be_empty(const struct call *call, const struct request_facts *facts)
{
    return facts->tools_without_required ||
           (facts->lenient_tools && call->name && listed(facts->lenient_tools, call->name));
}

void call_check(const struct call *call, const struct request_facts *facts, struct findings *found)
{
    const char *name = call->name ? call->name : "";
    struct excerpt shown = excerpt(name, strlen(name), 60);
    struct json_fault fault;

    if (!gather_whole(&call->arguments)) {
        findings_add(found, REASON_TOO_MANY_PARTS, call->event, REASON_NOWHERE,
                     "the arguments of %s are longer than what is kept", shown.text);
        return;
    }
    if (call->custom)
        return;
    if (!call->arguments.total) {
        if (!may_be_empty(call, facts))
            findings_add(found, REASON_ARGUMENTS_EMPTY, call->event, REASON_NOWHERE,
                         "the call of %s has no arguments", shown.text);
        return;
    }
    if (json_validate(gather_string(&call->arguments), call->arguments.kept.len, &fault))
        return;
    findings_add(found, REASON_ARGUMENTS_INVALID, call->event, REASON_NOWHERE,
                 "the call of %s, byte %zu of its arguments: %s", shown.text, fault.offset,
                 fault.what);
}

struct answer_tool_call call_show(const struct call *call)
{
    return (struct answer_tool_call){
        .id = call->id,
        .name = call->name,
        .arguments = call->arguments.kept.data,
        .custom = call->custom,
    };
}

struct answer_tool_call *calls_show(struct calls *calls)
{
    if (calls->shown_room < calls->count) {
        calls->shown = xreallocarray(calls->shown, calls->count, sizeof(*calls->shown));
        calls->shown_room = calls->count;
    }
    for (size_t i = 0; i < calls->count; i++)
        calls->shown[i] = call_show(&calls->items[i]);
    return calls->shown;
}

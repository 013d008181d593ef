/*
 * Tool calls, gathered from pieces.
 */
#ifndef JUDGE_CALLS_H
#define JUDGE_CALLS_H

#include "contract/operation.h"
#include "judge/findings.h"
#include "judge/gather.h"
#include "judge/judge.h"

enum { CALLS_MAX = 256 };

struct call {
    int64_t index;
    char *id, *name;
    struct gather arguments;
    bool custom;    /* its input is text, not JSON */
    uint64_t event; /* of its last piece */
};

/* Zeroed means none. */
struct calls {
    struct call *items;
    size_t count;
    struct answer_tool_call *shown; /* see calls_show() */
    size_t shown_room;
};

void call_release(struct call *call);
void calls_release(struct calls *calls);

/*
 * The call that a piece for `index` belongs to: a new non-empty id at an index begins a new call,
 * without an id it is the latest one there. NULL when there are too many.
 */
struct call *calls_at(struct calls *calls, int64_t index, const struct piece *id);

/* Set from a string that is not empty. */
void call_name(struct call *call, const struct piece *name);

/* Arguments must parse as JSON; empty ones pass if the tool has no required parameter. */
void call_check(const struct call *call, const struct request_facts *facts, struct findings *found);

/* As the answer shows them; the memory stays where it is until the calls change. */
struct answer_tool_call call_show(const struct call *call);
struct answer_tool_call *calls_show(struct calls *calls);

#endif

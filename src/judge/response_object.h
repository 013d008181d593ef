/*
 * The `response` object that the events of a life cycle carry, or a body that is one.
 */
#ifndef JUDGE_RESPONSE_OBJECT_H
#define JUDGE_RESPONSE_OBJECT_H

#include "contract/rules.h"
#include "judge/piece.h"

/* Members that were not there are absent. */
struct response_object {
    struct piece id, model, usage, status, output, error, incomplete_details;
};

struct response_object response_object(const struct piece *response);

/* What a `status` says about the end; FINISH_UNKNOWN for one that is no end. */
enum finish_column response_column(const struct piece *status);

#endif

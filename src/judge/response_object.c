#include "judge/response_object.h"

struct response_object response_object(const struct piece *response)
{
    struct response_object object = {0};
    const struct {
        const char *name;
        struct piece *piece;
    } members[] = {
        {"id", &object.id},
        {"model", &object.model},
        {"usage", &object.usage},
        {"status", &object.status},
        {"output", &object.output},
        {"error", &object.error},
        {"incomplete_details", &object.incomplete_details},
    };
    struct piece_walk walk;
    struct piece name, value;

    piece_walk(response, &walk);
    if (response->token != JSON_TOKEN_OBJECT)
        return object;
    while (piece_walk_next(&walk, &name, &value)) {
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
            if (piece_is(&name, members[i].name))
                *members[i].piece = value;
        }
    }
    return object;
}

enum finish_column response_column(const struct piece *status)
{
    if (piece_is(status, "completed"))
        return FINISH_COMPLETE;
    if (piece_is(status, "incomplete"))
        return FINISH_LIMITED;
    return piece_is(status, "failed") ? FINISH_ERRORED : FINISH_UNKNOWN;
}

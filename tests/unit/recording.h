/*
 * Recordings as files, judged: for tests of what other tools wrote.
 */
#ifndef TESTS_UNIT_RECORDING_H
#define TESTS_UNIT_RECORDING_H

#include "tests/unit/unit.h"

#include "evidence/replay.h"

#include <stdbool.h>
#include <stddef.h>

#define DATA(text, finish)                                            \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text \
    "\"},\"finish_reason\":" finish "}]}"
#define WHOLE DATA("a.b", "\"stop\"") "\n\ndata: [DONE]\n\n"
#define HALF DATA("a", "null") "\n\n"
#define KEY "sk-imported-0123456789abcdef"

/* A folder of its own, and two files in it. */
struct recording {
    char folder[64];
    char *path, *capture;
    struct stream_rules rules;
};
extern struct recording recording;

int recording_set_up(void **state);
int recording_tear_down(void **state);

bool try_judge(const char *text, size_t entry, struct replay *replay, struct error *error);
void judge(const char *text, size_t entry, struct replay *replay);
bool has_reason(const struct replay *replay, const char *code);
void assert_judged(const char *text, enum replay_origin origin, const char *verdict,
                   const char *reason);

#endif

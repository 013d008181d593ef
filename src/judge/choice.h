/*
 * One choice of a chat answer: what a `delta` or `message` adds to it, and how it finished.
 */
#ifndef JUDGE_CHOICE_H
#define JUDGE_CHOICE_H

#include "judge/account.h"
#include "judge/calls.h"

struct choice {
    int64_t index;
    char *role;
    struct gather text, refusal, reasoning;
    struct calls calls;
    bool from_message; /* its text came from a `message`, which may come again, longer */
    char *finish;      /* as sent, NULL: none that still holds */
    enum finish_column column;
    uint64_t finish_event;
    unsigned retractions; /* content followed a finish */
};

/* What one `delta` or `message` holds; pieces may be absent. */
struct said {
    bool there;
    struct piece role, content, refusal, reasoning, tool_calls, function_call;
};

/* After the KEY of a `delta` or `message`. False on a fault. */
bool said_read(struct said *said, struct json_scan *scan);

/* One element of `choices`. */
struct choice_piece {
    struct piece index, finish, error;
    struct said delta, message;
};

/* After the OBJECT of an element. False on a fault. */
bool choice_piece_read(struct choice_piece *piece, struct json_scan *scan);

void choice_release(struct choice *choice);

/* Fold it in. True when it was semantic: content, a finish or an error. */
bool choice_apply(struct choice *choice, struct account *account, const struct choice_piece *piece);

/* Any text, refusal or tool call. */
bool choice_has_content(const struct choice *choice);

#endif

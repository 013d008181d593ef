/*
 * A reader folds the events of one operation into the answer and its witnesses.
 */
#ifndef JUDGE_READER_H
#define JUDGE_READER_H

#include "contract/rules.h"
#include "judge/findings.h"
#include "judge/judge.h"

struct account;
struct sse_event;

/* What one event added. `text` stays valid until the next event. */
struct reader_effect {
    bool semantic;
    const char *text; /* of choice 0; NULL: none */
    size_t text_len;
};

/* What the reader can say about the end, besides findings. */
struct witness {
    bool said_ended;           /* W1 */
    enum finish_column column; /* of W1 */
    bool partly;               /* an unknown reason, or one that was taken back too often */
    bool unconfirmed;          /* something in it lacks the proof that the rules ask for */
    uint64_t event;            /* where W1 was given */
    char words[64];            /* "finish stop", fit for a message */
};

struct reader_ops {
    void *(*open)(struct account *account);
    void (*close)(void *reader);
    /* One event's data, or the whole body when account->whole. Nothing but JSON comes here. */
    void (*read)(void *reader, const struct sse_event *event, struct reader_effect *effect);
    bool (*said_ended)(const void *reader);
    /* Whatever only shows at the end: goes into `found`, which is not the account's. */
    void (*conclude)(const void *reader, struct findings *found, struct witness *witness);
    /* Choices of the answer, valid until the next event. */
    size_t (*choices)(void *reader, const struct answer_choice **choices);
};

extern const struct reader_ops chat_reader;
extern const struct reader_ops responses_reader;
extern const struct reader_ops models_reader;

#endif

/*
 * When is an answer whole? Bytes in, witnesses collected, one verdict out (streams.md).
 *
 * Pure: no clock, no file, no socket. Feed what arrived, in the pieces it arrived in; the verdict
 * does not depend on the cuts. Memory is bounded by the event cap plus the text of the answer, not
 * by the number of events. One judge judges one answer of one operation.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "contract/operation.h"
#include "contract/rules.h"
#include "judge/verdict.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct judge;

/*
 * `rules` and `facts` are copied. `facts` NULL: what was asked for is unknown (raw bytes); one
 * choice is expected then, and no tool may be called without arguments.
 */
struct judge *judge_new(enum operation operation, const struct stream_rules *rules,
                        const struct request_facts *facts);
void judge_free(struct judge *judge);

/*
 * Called for every dispatched event, for views and timing; never needed for judging. `type` and
 * `data` are valid during the call. `text` is what the event added to the answer of choice 0, or
 * NULL. `semantic`: it carries content, reasoning, a tool call, a finish or a marker (comments,
 * pings and keepalives do not).
 */
struct judge_event {
    uint64_t number; /* from 1 */
    uint64_t offset; /* of its first byte in the body */
    const char *type;
    size_t type_len;
    const char *data;
    size_t data_len;
    const char *text;
    size_t text_len;
    bool semantic;
};
void judge_on_event(struct judge *judge, void (*event)(void *context, const struct judge_event *),
                    void *context);

/* The status line and headers; call once before the body, or never when they are unknown. */
void judge_headers(struct judge *judge, int status, const struct http_headers *headers);

/* Body bytes, already redacted. */
void judge_body(struct judge *judge, const char *data, size_t len);

/*
 * How the bytes ended. `result` NULL, or its `curl` -1: nothing is known but that they ended (raw
 * bytes); both witnesses may still make it complete, with the note `end-unseen`. Bytes that come
 * afterwards are ignored.
 */
void judge_end(struct judge *judge, const struct http_result *result);

/*
 * The record itself is in doubt: REASON_CAPTURE_CUT, REASON_CAPTURE_BROKEN or
 * REASON_BODIES_NOT_KEPT. What it shows is never judged complete or limited then. Call it before
 * judge_verdict(), at any time.
 */
void judge_doubt(struct judge *judge, enum reason_code code, const char *detail);

/* Cheap state for the exchange's timers and the screen, valid at any time. */
struct judge_progress {
    uint64_t bytes;
    uint64_t events;
    uint64_t semantic_events;
    uint64_t comments;
    bool event_stream;   /* the body is read as SSE */
    bool said_ended;     /* W1: the model said it ended */
    bool marker;         /* W2: the stream said it ended; linger from here */
    bool oversized;      /* an event is over its limit: nothing that follows can mend that */
    uint64_t last_event; /* number of the last event, 0: none */
};
const struct judge_progress *judge_progress(const struct judge *judge);

/*
 * After judge_end(). Before it the answer is what it would be if the bytes ended now, in a way
 * that nobody saw. The caller releases the verdict.
 */
void judge_verdict(const struct judge *judge, struct verdict *verdict);

/* ---- the answer ---- */

struct answer_tool_call {
    char *id;
    char *name;
    char *arguments;
    bool custom;
};

struct answer_choice {
    int64_t index;
    char *role;
    const char *text; /* may hold NUL bytes, one more follows; at most 32 MiB are kept */
    size_t text_len;
    const char *refusal;
    size_t refusal_len;
    const char *reasoning;
    size_t reasoning_len;
    char *finish_reason; /* as sent, NULL: none */
    struct answer_tool_call *tool_calls;
    size_t tool_call_count;
};

/*
 * What was understood; valid until the next judge_body(), judge_end() or judge_free(). Strings may
 * be NULL. A JSON body is read when it ends; until then nothing of it is understood.
 */
struct answer {
    const char *id;
    const char *model;      /* as echoed */
    const char *request_id; /* from a header or "(request id: …)" in a message */
    const struct answer_choice *choices;
    size_t choice_count;
    const char *usage; /* the JSON text of the usage object, NULL when absent (absent is not 0) */
    int64_t input_tokens, output_tokens, total_tokens; /* -1: absent */
    const char *error_message;                         /* of an in-band or whole error */
    const char *error_type;
    const char *error_code;
    /*
     * "error-object", "error-without-param", "error-string", "bare", "flat", "base-resp",
     * "detail", "message", "text", …; NULL: none.
     */
    const char *error_envelope;
};
void judge_answer(const struct judge *judge, struct answer *answer);

/*
 * What a client that trusts the end of the stream would have shown as the whole answer, as one
 * phrase ("14 characters, as if they were whole: …"). NULL unless the verdict is INCOMPLETE, and
 * for what we cancelled: its end is ours. The caller frees.
 */
char *judge_naive_reading(const struct judge *judge);

#endif

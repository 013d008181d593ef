/*
 * Everything an exchange works with, in a folder of its own, for tests of exchanges and of what is
 * kept of them.
 */
#ifndef TESTS_UNIT_EXCHANGE_WORLD_H
#define TESTS_UNIT_EXCHANGE_WORLD_H

#include "base/clock.h"
#include "contract/workspace.h"
#include "evidence/exchange.h"
#include "tests/unit/raw_server.h"

#define WORLD_KEY "sk-unit+test/0123456789abcdef"

/* What the server of a test sends, and how it ends. */
enum canned_end {
    CANNED_CLOSE,
    CANNED_RESET,
    CANNED_HOLD,     /* silence until the client goes */
    CANNED_COMMENTS, /* a million comments, then silence */
};

struct canned {
    const char *data; /* status line and all */
    size_t len;
    enum canned_end end;
    size_t pause_at; /* 0: none; else it waits there for raw_server_go() */
};

struct world {
    char folder[64];
    struct clock clock;
    int64_t clock_ahead_us; /* of the machine's */
    struct loop *loop;
    struct transport *transport;
    struct secret *secret;
    struct redactor *redactor;
    struct workspace workspace;
    struct profile profile;
    struct history *history;
    struct syncer *syncer;     /* NULL unless the test makes one */
    struct raw_server *server; /* of world_run() while it runs */
    struct exchange *exchange; /* the last one */
    int done;                  /* how often it said so */
    void (*on_event)(struct world *world);
};

/* For cmocka: `*state` is the world. */
int world_set_up(void **state);
int world_tear_down(void **state);
#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

/* A streamed chat of our own. */
struct exchange_request world_chat(void);

/* Start one against a server on 127.0.0.1; NULL with `error`. */
struct exchange *world_start(struct world *world, unsigned port,
                             const struct exchange_request *request,
                             const struct file_ops *file_ops, struct error *error);

/* The same for an observer of its own; the caller frees it. */
struct exchange *world_start_heard(struct world *world, unsigned port,
                                   const struct exchange_request *request,
                                   const struct exchange_observer *observer);

enum { CANNED_STEPS = 7 };

/* A server of `canned`; `steps` live as long as it. */
struct raw_server *world_serve(const struct canned *canned,
                               struct raw_step steps[static CANNED_STEPS]);

/* Returns when bytes that nobody read lie in a socket of this process. */
void world_await_bytes(void);

/* Run one to its end against a server of its own; answers how many requests that saw. */
unsigned world_run(struct world *world, const struct canned *canned,
                   const struct exchange_request *request, const struct file_ops *file_ops,
                   struct exchange_state *state);

/* The capture of the last exchange says what that said, word for word, however it is cut (E9). */
void world_assert_replays(struct world *world);

/* Compact, and the value is gone; the caller frees. */
char *world_json_text(struct json *json);

/* ---- answers ---- */

#define CHUNK(text, finish)                                                                  \
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[" \
    "{\"index\":0,\"delta\":{\"content\":\"" text "\"},\"finish_reason\":" finish "}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define STREAM_TYPE "Content-Type: text/event-stream\r\n"

enum frame {
    FRAME_CHUNKED,
    FRAME_LENGTH,
    FRAME_CLOSE,
    FRAME_RESET, /* chunked, and no last chunk */
    FRAME_COUNT,
};

/* A whole answer with status 200; its data is the caller's to release. */
struct canned canned_framed(const char *headers, const char *body, size_t len, enum frame frame);
struct canned canned_stream(const char *body); /* chunked */
struct canned canned_open(const char *body);   /* the same without its end */
void canned_release(struct canned *answer);

#endif

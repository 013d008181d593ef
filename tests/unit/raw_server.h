/*
 * A server for tests that sends exactly the bytes it is told to, and ends as it is told to.
 *
 * It runs in a process of its own on a port of its own (127.0.0.1) and plays a script of steps on
 * every connection, one connection after the other. What it saw is in memory shared with the test.
 * Nothing sleeps: RAW_WAIT goes on when the test calls raw_server_go(), and raw_server_await()
 * blocks until a counter is reached.
 */
#ifndef TESTS_UNIT_RAW_SERVER_H
#define TESTS_UNIT_RAW_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum raw_step_kind {
    RAW_END_OF_SCRIPT, /* as RAW_STEP_FIN */
    RAW_STEP_EXPECT,
    RAW_STEP_SEND,
    RAW_STEP_WAIT,
    RAW_STEP_FIN,
    RAW_STEP_RST,
    RAW_STEP_HOLD,
};

struct raw_step {
    enum raw_step_kind kind;
    const char *data;
    size_t len;
    size_t times; /* RAW_STEP_SEND: how often */
};

/* A request with its whole body (Content-Length) is read. */
#define RAW_EXPECT              \
    {                           \
        .kind = RAW_STEP_EXPECT \
    }
/* A string literal; it may hold NUL bytes. */
#define RAW_SEND(text)                                                             \
    {                                                                              \
        .kind = RAW_STEP_SEND, .data = (text), .len = sizeof(text) - 1, .times = 1 \
    }
#define RAW_SEND_TIMES(text, n)                                                      \
    {                                                                                \
        .kind = RAW_STEP_SEND, .data = (text), .len = sizeof(text) - 1, .times = (n) \
    }
#define RAW_SEND_BYTES(bytes, n)                                       \
    {                                                                  \
        .kind = RAW_STEP_SEND, .data = (bytes), .len = (n), .times = 1 \
    }
/* Until raw_server_go(). */
#define RAW_WAIT              \
    {                         \
        .kind = RAW_STEP_WAIT \
    }
/* Close in order; what the client still sends is read (and kept) until it closes as well. */
#define RAW_FIN              \
    {                        \
        .kind = RAW_STEP_FIN \
    }
/* Reset (SO_LINGER 0). */
#define RAW_RST              \
    {                        \
        .kind = RAW_STEP_RST \
    }
/* Leave it open until the client closes. */
#define RAW_HOLD              \
    {                         \
        .kind = RAW_STEP_HOLD \
    }
#define RAW_END                   \
    {                             \
        .kind = RAW_END_OF_SCRIPT \
    }

enum { RAW_BYTES_MAX = 4 * 1024 * 1024 };

/* What the server saw; `bytes` is everything received, in order, over all connections. */
struct raw_report {
    atomic_uint connections;
    atomic_uint requests; /* whole ones, in RAW_EXPECT or after the script */
    atomic_uint closed;   /* connections whose end by the client was seen */
    atomic_size_t len;
    char bytes[RAW_BYTES_MAX];
};

struct raw_server;

/* `steps` end with RAW_END and live as long as the server. Ends the test program on failure. */
struct raw_server *raw_server_start(const struct raw_step *steps);

/* As above with a script for each connection in turn; the last one serves all further ones. */
struct raw_server *raw_server_start_scripts(const struct raw_step *const *scripts, size_t count);

unsigned raw_server_port(const struct raw_server *server);
/* "http://127.0.0.1:PORT", without a slash behind. */
const char *raw_server_url(const struct raw_server *server);
const struct raw_report *raw_server_report(const struct raw_server *server);

/* Let one RAW_WAIT go on; may be called before it is reached. */
void raw_server_go(struct raw_server *server);

/* Block until `counter` (of the report) is at least `least`; false after 30 seconds. */
bool raw_server_await(struct raw_server *server, const atomic_uint *counter, unsigned least);

/* The received bytes hold `text`. */
bool raw_server_saw(const struct raw_server *server, const char *text);

/* Ends the process. */
void raw_server_stop(struct raw_server *server);

#endif

/* What the tests of the transport share: one transfer run to its end, everything heard kept. */
#ifndef TESTS_UNIT_TRANSPORT_FIXTURE_H
#define TESTS_UNIT_TRANSPORT_FIXTURE_H

#include "base/bytes.h"
#include "net/transport.h"
#include "tests/unit/raw_server.h"

struct heard {
    struct loop *loop;
    struct transport *transport;
    struct transfer *transfer;
    struct raw_server *server;
    struct transfer_limits limits;
    struct http_request request; /* GET of the server's root unless changed */
    unsigned starts, headers_calls, body_calls, done_calls;
    struct bytes body;
    struct http_result result; /* as of done; headers and trailers are copies */
    int64_t first_at_us;
    bool go_on_headers; /* one raw_server_go() when the headers came */
    bool go_on_body;    /* one when the first body bytes came */
    enum stop cancel_on_headers, cancel_on_body;
    bool start_again_in_done;
};

/* A server with `steps` and everything to talk to it; `steps` NULL: no server. */
void heard_init(struct heard *heard, const struct raw_step *steps);
void heard_release(struct heard *heard);

/* The request becomes this; `body` NULL: none. The path is appended to the server's URL. */
void heard_ask(struct heard *heard, const char *method, const char *path, const char *body);

/* Fails the test when the transport refuses. */
void heard_start(struct heard *heard);
/* Iterates until done was called `times` times. */
void heard_wait(struct heard *heard, unsigned times);
/* Start and wait. */
void heard_run(struct heard *heard);

#endif

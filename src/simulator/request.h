/*
 * Reads one HTTP/1.1 request from bytes as they come (RFC 9112), for the simulator.
 *
 * Pure and bounded: no socket, no clock; everything that grows has a limit, and the outcome does
 * not depend on how the bytes were cut. Stricter than a public server need be, since whatever is
 * pointed at the simulator is under test: obsolete folding, blanks before a colon, two lengths,
 * a length beside chunks, bare CR and NUL are faults, not puzzles. Fuzzed by fuzz_http_request.
 */
#ifndef SIMULATOR_REQUEST_H
#define SIMULATOR_REQUEST_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIM_REQUEST_LINE_MAX = 8 * 1024,
    SIM_REQUEST_HEAD_MAX = 64 * 1024, /* start line, headers and trailers together */
    SIM_REQUEST_HEADERS_MAX = 100,
    SIM_REQUEST_BODY_MAX = 4 * 1024 * 1024,
};

enum sim_request_state {
    SIM_REQUEST_MORE,  /* bytes are missing */
    SIM_REQUEST_WHOLE, /* there it is */
    SIM_REQUEST_BAD,   /* `status` and `fault` say why; the connection must end */
};

struct sim_header {
    size_t name, value; /* offsets in `head` */
};

/* Callers read the part above the line; all text lives until the next init or release. */
struct sim_request {
    enum sim_request_state state;
    int status;            /* BAD: 400, 413, 414, 417, 431, 501 or 505 */
    const char *fault;     /* BAD: a static phrase */
    bool started;          /* a byte of it came: silence now is a request that was cut */
    bool expects_continue; /* head whole, the client waits for "100 Continue"; caller clears it */
    int minor;             /* of the HTTP version: 0 or 1 */
    bool keep_alive;       /* the client would take another answer on this connection */
    struct bytes body;
    /* ---- */
    struct bytes head; /* NUL-terminated pieces */
    struct bytes line;
    struct sim_header headers[SIM_REQUEST_HEADERS_MAX];
    size_t header_count;
    size_t method, path, query; /* offsets in `head` */
    size_t head_bytes;
    uint64_t left; /* of the body or the chunk */
    int phase;
};

/* `body_max` 0: SIM_REQUEST_BODY_MAX. */
void sim_request_init(struct sim_request *request, size_t body_max);
void sim_request_release(struct sim_request *request);

/*
 * Take bytes; answers how many were used, fewer than `len` only when the state is no longer MORE:
 * what follows belongs to the next request.
 */
size_t sim_request_feed(struct sim_request *request, const char *data, size_t len);

/* Of a request whose head is whole. The path is without query; "" when there is no query. */
const char *sim_request_method(const struct sim_request *request);
const char *sim_request_path(const struct sim_request *request);
const char *sim_request_query(const struct sim_request *request);

/* The first header by that name, without case; NULL when absent. */
const char *sim_request_header(const struct sim_request *request, const char *name);

#endif

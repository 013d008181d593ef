/*
 * One HTTP exchange at a time per handle, over libcurl; the only module that sees it.
 *
 * The settings are those that streams.md measured to be necessary: a fresh connection and never a
 * re-sent POST, HTTP/1.1, identity encoding, no redirects, no Expect, own timers. Proxy and CA come
 * from the environment as curl reads it. Plain http is refused unless the host is loopback.
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include "base/error.h"
#include "net/http.h"
#include "net/loop.h"

struct transport;
struct transfer;

/*
 * Microseconds and bytes; 0 means no limit (a header block above 256 KiB is never taken). Event
 * timers are the exchange's (evidence/exchange.h). `connect_us` ends when the request can be sent
 * (TLS and proxy included), `headers_us` counts from there, `total_us` from the start.
 */
struct transfer_limits {
    int64_t connect_us;
    int64_t headers_us;
    int64_t total_us;
    size_t max_header_bytes;
    uint64_t max_body_bytes;
};

/*
 * What the caller hears, always from the loop, in this order: headers once (when the final header
 * block is whole), body any number of times, done exactly once (also after cancel). Any may be
 * NULL. `data` is raw: redaction is the caller's; what one read brought comes in few calls, however
 * many chunks it was sent in, and `at_us` is when its first byte was seen. After done the transfer
 * is gone. `result` belongs to the transfer and is valid during the calls only; during `headers`
 * and `body` it is filled as far as known. From any of them transfers may be started and cancelled.
 */
struct transfer_observer {
    void (*headers)(void *context, const struct http_result *result);
    void (*body)(void *context, const char *data, size_t len, int64_t at_us);
    void (*done)(void *context, const struct http_result *result);
    void *context;
};

/*
 * Initialises curl when the first transfer starts; from then on SIGPIPE is ignored and the loop
 * waits with curl. `loop` outlives the transport.
 */
struct transport *transport_new(struct loop *loop);
void transport_free(struct transport *transport); /* cancels what runs, done is still called */

/*
 * Start. On NULL nothing was sent and `error` (ERROR_USAGE for an unusable URL, ERROR_CHECK
 * otherwise) says why; done is not called. The request is read during the call only.
 */
struct transfer *transport_start(struct transport *transport, const struct http_request *request,
                                 const struct transfer_limits *limits,
                                 const struct transfer_observer *observer, struct error *error);

/*
 * End it now, the socket is closed. done follows from the loop with `why` as its stop and as curl
 * result what fits it: 28 for a time limit, 63 for a size, 42 otherwise. Nothing happens when it
 * has ended already, by itself or by an earlier stop.
 */
void transfer_cancel(struct transfer *transfer, enum stop why);

/*
 * A sentence for a person: what to check after this result when no usable answer came (DNS,
 * refused, TLS, proxy, timeout). Static text; NULL when a status line came, or when it was
 * not told how it ended (a curl result below 0 and no stop). Never names the key.
 */
const char *transport_advice(const struct http_result *result);

/* "libcurl/7.88.1 OpenSSL/3.0.11 …" for --version. */
const char *transport_library(void);

#endif

/*
 * The vocabulary of one HTTP exchange: a request as it will be sent, and how its answer ended.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secret;

struct http_header {
    char *name;
    char *value;
};

struct http_headers {
    struct http_header *items;
    size_t count;
};

void http_headers_add(struct http_headers *headers, const char *name, const char *value);
/* Add all of `from`. */
void http_headers_copy(const struct http_headers *from, struct http_headers *to);
void http_headers_release(struct http_headers *headers);
/* The first by that name, without case; NULL when absent. */
const char *http_headers_get(const struct http_headers *headers, const char *name);

/* What goes on the wire, whole. The secret is named, not contained. */
struct http_request {
    char *method;
    char *url;
    struct http_headers headers; /* without the auth header */
    char *auth_header;           /* its name, NULL: none is sent */
    char *auth_scheme;           /* "Bearer", "" for the bare key */
    const struct secret *secret; /* borrowed; NULL: none is sent */
    char *interface; /* name or address to go out by (B16); NULL: as the system routes */
    char *body;      /* NULL: none */
    size_t body_len;
};

void http_request_release(struct http_request *request);

/* How the body's end is told (streams.md "Facts about libcurl"). */
enum framing {
    FRAMING_UNKNOWN,
    FRAMING_CHUNKED,
    FRAMING_LENGTH,
    FRAMING_CLOSE, /* by closing the connection: proves nothing */
    FRAMING_H2,
    FRAMING_NONE, /* no body by definition (204, 304, HEAD) */
};
const char *framing_name(enum framing framing);   /* "chunked", … */
enum framing framing_from_name(const char *name); /* UNKNOWN for any other word */

/* Why we stopped by ourselves. */
enum stop {
    STOP_NONE,
    STOP_USER,
    STOP_CONNECT,      /* connect limit */
    STOP_HEADERS,      /* no headers in time */
    STOP_FIRST_EVENT,  /* no first semantic event in time */
    STOP_GAP,          /* no further semantic event in time */
    STOP_TOTAL,        /* overall deadline */
    STOP_LINGER,       /* the marker was seen and the short wait behind it is over: a good end */
    STOP_HEADER_LIMIT, /* more header bytes than we take */
    STOP_BODY_LIMIT,   /* more body bytes than we take */
};
const char *stop_name(enum stop stop);      /* "none", "user", "connect-timeout", … */
enum stop stop_from_name(const char *name); /* NONE for any other word */

/* Microseconds on the monotonic clock; 0 means it did not happen. */
struct http_timings {
    int64_t start_us;
    int64_t resolved_us;
    int64_t connected_us;
    int64_t tls_us;
    int64_t sent_us;         /* the request is out */
    int64_t first_header_us; /* the status line came */
    int64_t headers_us;      /* the header block is whole */
    int64_t first_byte_us;   /* of the body */
    int64_t end_us;
};

/* Everything known at the end of an attempt, except the body. */
struct http_result {
    int curl;          /* CURLcode; 0 is no proof of anything; -1 unknown (imported) */
    char message[256]; /* in curl's words, after a stop of ours in our own; "" when 0 */
    int status;        /* 0: no status line came */
    char reason[64];   /* the reason phrase */
    char version[8];   /* "1.1" */
    enum framing framing;
    bool framed_clean; /* curl 0, framing chunked or length, no content encoding */
    enum stop stop;
    struct http_headers headers;
    struct http_headers trailers;
    struct http_timings timings;
    uint64_t body_bytes;
    char peer[64];     /* address and port connected to */
    char local[48];    /* our own address of that connection */
    int requests_sent; /* on the wire, as counted by the transport; more than 1 is a defect */
};

void http_result_release(struct http_result *result);

#endif

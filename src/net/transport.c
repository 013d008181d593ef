#include "net/transport.h"

#include "base/memory.h"
#include "net/head.h"
#include "net/transport_setup.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64 * 1024 }; /* body bytes handed over at once */

struct transfer {
    struct transport *transport;
    struct transfer *next;
    struct transfer_observer observer;
    struct transfer_limits limits;
    struct transport_setup setup;
    struct http_result result;
    struct head head;
    struct bytes batch; /* body bytes of this read that were not handed over yet */
    int64_t batch_us;
    struct loop_timer connect_timer;
    struct loop_timer headers_timer;
    struct loop_timer total_timer;
    char message[CURL_ERROR_SIZE];
    bool encoded;
    bool added; /* curl has it */
    bool ended; /* the result stands: by curl, or by a stop of ours */
};

struct transport {
    struct loop *loop;
    CURLM *multi; /* NULL until the first transfer */
    struct transfer *transfers;
    unsigned added;
    bool finished;   /* a transfer ended in the last perform: whoever waits for it looks first */
    bool performing; /* inside curl: it must not be called again */
    bool closing;
    struct curl_waitfd *waits;
    unsigned wait_size;
};

/* ---- stopping ---- */

static const int stop_results[] = {
    [STOP_USER] = CURLE_ABORTED_BY_CALLBACK,     [STOP_CONNECT] = CURLE_OPERATION_TIMEDOUT,
    [STOP_HEADERS] = CURLE_OPERATION_TIMEDOUT,   [STOP_FIRST_EVENT] = CURLE_OPERATION_TIMEDOUT,
    [STOP_GAP] = CURLE_OPERATION_TIMEDOUT,       [STOP_TOTAL] = CURLE_OPERATION_TIMEDOUT,
    [STOP_LINGER] = CURLE_ABORTED_BY_CALLBACK,   [STOP_HEADER_LIMIT] = CURLE_FILESIZE_EXCEEDED,
    [STOP_BODY_LIMIT] = CURLE_FILESIZE_EXCEEDED,
};

static int64_t now(const struct transfer *transfer)
{
    return clock_now_us(loop_clock(transfer->transport->loop));
}

static void fill_known(struct transfer *transfer);

/* Taking the handle back closes its socket, since its connection may not be reused. */
static void take_from_curl(struct transfer *transfer)
{
    if (!transfer->added || transfer->transport->performing)
        return;
    fill_known(transfer);
    curl_multi_remove_handle(transfer->transport->multi, transfer->setup.easy);
    transfer->added = false;
    transfer->transport->added--;
}

void transfer_cancel(struct transfer *transfer, enum stop why)
{
    struct http_result *result = &transfer->result;

    if (transfer->ended || why == STOP_NONE)
        return;
    transfer->ended = true;
    result->stop = why;
    result->curl = stop_results[why];
    snprintf(result->message, sizeof(result->message), "stopped here: %s", stop_name(why));
    result->timings.end_us = now(transfer);
    take_from_curl(transfer);
}

static void connect_too_long(void *context)
{
    transfer_cancel(context, STOP_CONNECT);
}

static void headers_too_long(void *context)
{
    transfer_cancel(context, STOP_HEADERS);
}

static void total_too_long(void *context)
{
    transfer_cancel(context, STOP_TOTAL);
}

/* ---- what curl tells ---- */

static int64_t phase_us(struct transfer *transfer, CURLINFO info)
{
    curl_off_t since_start = 0;

    curl_easy_getinfo(transfer->setup.easy, info, &since_start);
    return since_start ? transfer->result.timings.start_us + since_start : 0;
}

/* Everything that curl knows and no callback told. */
static void fill_known(struct transfer *transfer)
{
    struct http_result *result = &transfer->result;
    const char *address = NULL;
    long port = 0, request_bytes = 0;

    result->timings.resolved_us = phase_us(transfer, CURLINFO_NAMELOOKUP_TIME_T);
    result->timings.connected_us = phase_us(transfer, CURLINFO_CONNECT_TIME_T);
    result->timings.tls_us = phase_us(transfer, CURLINFO_APPCONNECT_TIME_T);
    curl_easy_getinfo(transfer->setup.easy, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(transfer->setup.easy, CURLINFO_PRIMARY_PORT, &port);
    if (address && address[0])
        snprintf(result->peer, sizeof(result->peer), strchr(address, ':') ? "[%s]:%ld" : "%s:%ld",
                 address, port);
    curl_easy_getinfo(transfer->setup.easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (transfer->ended && request_bytes == 0)
        result->requests_sent = 0;
}

/* Connected, TLS and proxy included; the request goes out now. Once for every time it does. */
static int on_request(void *context, char *peer, char *local, int peer_port, int local_port)
{
    struct transfer *transfer = context;
    struct loop *loop = transfer->transport->loop;

    (void)peer;
    (void)peer_port;
    (void)local_port;
    snprintf(transfer->result.local, sizeof(transfer->result.local), "%s", local ? local : "");
    transfer->result.requests_sent++;
    loop_timer_cancel(loop, &transfer->connect_timer);
    if (transfer->limits.headers_us)
        loop_timer_set(loop, &transfer->headers_timer, now(transfer) + transfer->limits.headers_us,
                       headers_too_long, transfer);
    return CURL_PREREQFUNC_OK;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct transfer *transfer = context;

    (void)down_total;
    (void)down;
    (void)up_total;
    if (!transfer->result.timings.sent_us && transfer->result.requests_sent &&
        (size_t)up >= transfer->setup.upload_len)
        transfer->result.timings.sent_us = now(transfer);
    return transfer->ended ? 1 : 0;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_result *result = &transfer->result;
    size_t len = size * count;

    if (transfer->ended)
        return 0;
    if (transfer->head.at == HEAD_AT_STATUS)
        result->timings.first_header_us = now(transfer);
    switch (head_line(&transfer->head, result, line, len)) {
    case HEAD_MORE:
        return len;
    case HEAD_TOO_BIG:
        transfer_cancel(transfer, STOP_HEADER_LIMIT);
        return 0;
    case HEAD_WHOLE:
        break;
    }
    loop_timer_cancel(transfer->transport->loop, &transfer->headers_timer);
    result->timings.headers_us = now(transfer);
    if (!result->timings.sent_us)
        result->timings.sent_us = result->timings.first_header_us;
    result->framing =
        head_framing(&result->headers, result->status, transfer->setup.method, &transfer->encoded);
    fill_known(transfer);
    if (transfer->observer.headers)
        transfer->observer.headers(transfer->observer.context, result);
    return transfer->ended ? 0 : len;
}

static void hand_over(struct transfer *transfer)
{
    size_t len = transfer->batch.len;

    transfer->batch.len = 0;
    if (len && transfer->observer.body)
        transfer->observer.body(transfer->observer.context, transfer->batch.data, len,
                                transfer->batch_us);
}

/*
 * Chunks are gathered until the read is used up: a stream of small events is one chunk each, and
 * what comes behind (redaction, capture, judge) works by the call.
 */
static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_result *result = &transfer->result;
    uint64_t max = transfer->limits.max_body_bytes;
    size_t len = size * count, taken = len;

    if (transfer->ended)
        return CURL_WRITEFUNC_ERROR;
    if (max && len > max - result->body_bytes)
        taken = (size_t)(max - result->body_bytes);
    if (!transfer->batch.len && taken) {
        transfer->batch_us = now(transfer);
        if (!result->timings.first_byte_us)
            result->timings.first_byte_us = transfer->batch_us;
    }
    result->body_bytes += taken;
    bytes_append(&transfer->batch, data, taken);
    if (transfer->batch.len >= BATCH)
        hand_over(transfer);
    if (taken < len)
        transfer_cancel(transfer, STOP_BODY_LIMIT);
    return transfer->ended ? CURL_WRITEFUNC_ERROR : len;
}

/* ---- the loop's side ---- */

static void end_by_curl(struct transfer *transfer, CURLcode code)
{
    struct http_result *result = &transfer->result;

    if (transfer->ended)
        return;
    /* That is how curl refuses a single line that is longer than its own limit. */
    if (code == CURLE_OUT_OF_MEMORY && result->requests_sent && !result->timings.headers_us) {
        transfer_cancel(transfer, STOP_HEADER_LIMIT);
        return;
    }
    transfer->ended = true;
    /* curl says 0 when a header block without a length is cut off. */
    if (code == CURLE_OK && !result->timings.headers_us) {
        code = CURLE_PARTIAL_FILE;
        snprintf(transfer->message, sizeof(transfer->message),
                 "the connection ended inside the header block");
    }
    result->curl = code;
    if (code != CURLE_OK)
        snprintf(result->message, sizeof(result->message), "%s",
                 transfer->message[0] ? transfer->message : curl_easy_strerror(code));
    result->framed_clean =
        code == CURLE_OK && !transfer->encoded &&
        (result->framing == FRAMING_CHUNKED || result->framing == FRAMING_LENGTH);
    result->timings.end_us = now(transfer);
}

static void transfer_free(struct transfer *transfer)
{
    struct loop *loop = transfer->transport->loop;

    loop_timer_cancel(loop, &transfer->connect_timer);
    loop_timer_cancel(loop, &transfer->headers_timer);
    loop_timer_cancel(loop, &transfer->total_timer);
    transport_setup_release(&transfer->setup);
    head_release(&transfer->head);
    bytes_release(&transfer->batch);
    http_result_release(&transfer->result);
    free(transfer);
}

static void finish(struct transfer *transfer)
{
    struct transfer **at = &transfer->transport->transfers;

    transfer->transport->finished = true;
    take_from_curl(transfer);
    hand_over(transfer);
    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    head_end(&transfer->head, &transfer->result);
    if (transfer->observer.done)
        transfer->observer.done(transfer->observer.context, &transfer->result);
    transfer_free(transfer);
}

/* From the front each time: done may start and cancel any. */
static void finish_ended(struct transport *transport)
{
    struct transfer *transfer = transport->transfers;

    while (transfer) {
        if (transfer->ended) {
            finish(transfer);
            transfer = transport->transfers;
        } else {
            transfer = transfer->next;
        }
    }
}

static void run_curl(struct transport *transport)
{
    CURLMsg *message;
    int running, left;

    transport->performing = true;
    curl_multi_perform(transport->multi, &running);
    transport->performing = false;
    while ((message = curl_multi_info_read(transport->multi, &left))) {
        struct transfer *transfer;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        end_by_curl(transfer, message->data.result);
    }
}

static void perform(void *context)
{
    struct transport *transport = context;

    transport->finished = false;
    for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
        if (transfer->added || transfer->ended)
            continue;
        curl_multi_add_handle(transport->multi, transfer->setup.easy);
        transfer->added = true;
        transport->added++;
    }
    if (transport->added)
        run_curl(transport);
    for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
        if (!transfer->ended)
            hand_over(transfer);
    }
    finish_ended(transport);
}

/* POLLIN, POLLPRI and POLLOUT in the words of curl. */
static short curl_events(short events)
{
    return (short)((events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                   (events & POLLPRI ? CURL_WAIT_POLLPRI : 0) |
                   (events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
}

/* curl does not tell of hang-ups and closed descriptors: a look without waiting does. */
static int wait_with_curl(void *context, struct pollfd *fds, unsigned count, int timeout_ms)
{
    struct transport *transport = context;
    int ready, look_ms = transport->added ? 0 : timeout_ms;

    if (transport->added) {
        if (count > transport->wait_size) {
            transport->waits = xreallocarray(transport->waits, count, sizeof(*transport->waits));
            transport->wait_size = count;
        }
        for (unsigned i = 0; i < count; i++)
            transport->waits[i] = (struct curl_waitfd){
                .fd = fds[i].fd,
                .events = curl_events(fds[i].events),
            };
        curl_multi_poll(transport->multi, transport->waits, count, timeout_ms, NULL);
    }
    ready = poll(fds, count, look_ms);
    for (unsigned i = 0; ready < 0 && i < count; i++)
        fds[i].revents = 0;
    return ready;
}

static int64_t next_due(void *context)
{
    struct transport *transport = context;
    long timeout_ms = -1;

    if (transport->finished)
        return 0;
    if (!transport->transfers)
        return INT64_MAX;
    for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next) {
        if (transfer->ended || !transfer->added)
            return 0;
    }
    curl_multi_timeout(transport->multi, &timeout_ms);
    if (timeout_ms < 0)
        return INT64_MAX - 1;
    return clock_now_us(loop_clock(transport->loop)) + (int64_t)timeout_ms * 1000;
}

struct transport *transport_new(struct loop *loop)
{
    struct transport *transport = xcalloc(1, sizeof(*transport));

    transport->loop = loop;
    return transport;
}

static bool initialise(struct transport *transport, struct error *error)
{
    CURLcode code;

    if (transport->multi)
        return true;
    signal(SIGPIPE, SIG_IGN);
    code = transport_global_init();
    if (code != CURLE_OK)
        return error_set(error, ERROR_CHECK, "libcurl cannot be initialised: %s",
                         curl_easy_strerror(code));
    transport->multi = curl_multi_init();
    if (!transport->multi) {
        curl_global_cleanup();
        return error_set(error, ERROR_CHECK,
                         "libcurl cannot be initialised; raise the limit of "
                         "open files (ulimit -n)");
    }
    loop_set_poller(transport->loop, &(struct loop_poller){
                                         .perform = perform,
                                         .wait = wait_with_curl,
                                         .next_due_us = next_due,
                                         .context = transport,
                                     });
    return true;
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    transport->closing = true;
    for (struct transfer *transfer = transport->transfers; transfer; transfer = transfer->next)
        transfer_cancel(transfer, STOP_USER);
    finish_ended(transport);
    if (transport->multi) {
        loop_set_poller(transport->loop, NULL);
        curl_multi_cleanup(transport->multi);
        curl_global_cleanup();
    }
    free(transport->waits);
    free(transport);
}

static void set_callbacks(struct transfer *transfer)
{
    CURL *easy = transfer->setup.easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->message);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

struct transfer *transport_start(struct transport *transport, const struct http_request *request,
                                 const struct transfer_limits *limits,
                                 const struct transfer_observer *observer, struct error *error)
{
    struct transfer *transfer, **last = &transport->transfers;
    struct http_timings *timings;

    if (transport->closing) {
        error_set(error, ERROR_CHECK, "nothing is sent any more: the program is ending");
        return NULL;
    }
    if (!initialise(transport, error))
        return NULL;
    transfer = xcalloc(1, sizeof(*transfer));
    if (!transport_setup_init(&transfer->setup, request, error)) {
        free(transfer);
        return NULL;
    }
    transfer->transport = transport;
    transfer->observer = *observer;
    transfer->limits = *limits;
    head_init(&transfer->head, limits->max_header_bytes);
    bytes_init(&transfer->batch, BATCH + TRANSPORT_READ_MAX);
    set_callbacks(transfer);
    timings = &transfer->result.timings;
    timings->start_us = now(transfer);
    if (limits->connect_us)
        loop_timer_set(transport->loop, &transfer->connect_timer,
                       timings->start_us + limits->connect_us, connect_too_long, transfer);
    if (limits->total_us)
        loop_timer_set(transport->loop, &transfer->total_timer,
                       timings->start_us + limits->total_us, total_too_long, transfer);
    while (*last)
        last = &(*last)->next;
    *last = transfer;
    return transfer;
}

const char *transport_library(void)
{
    return curl_version();
}

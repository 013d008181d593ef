#include "simulator/request.h"

#include <string.h>
#include <strings.h>

/* Phases below PHASE_BODY are read line by line. */
enum phase {
    PHASE_START,
    PHASE_HEADERS,
    PHASE_CHUNK_SIZE,
    PHASE_CHUNK_END,
    PHASE_TRAILERS,
    PHASE_BODY,
    PHASE_CHUNK,
};

void sim_request_init(struct sim_request *request, size_t body_max)
{
    *request = (struct sim_request){.state = SIM_REQUEST_MORE, .phase = PHASE_START};
    bytes_init(&request->body, body_max ? body_max : SIM_REQUEST_BODY_MAX);
    /* Every piece kept is no longer than its line plus the NUL that ends it. */
    bytes_init(&request->head, SIM_REQUEST_HEAD_MAX + SIM_REQUEST_HEADERS_MAX * 2 + 8);
    bytes_init(&request->line, SIM_REQUEST_LINE_MAX);
    bytes_append_byte(&request->head, '\0'); /* offset 0 is "" */
}

void sim_request_release(struct sim_request *request)
{
    bytes_release(&request->body);
    bytes_release(&request->head);
    bytes_release(&request->line);
}

static void refuse(struct sim_request *request, int status, const char *fault)
{
    request->state = SIM_REQUEST_BAD;
    request->status = status;
    request->fault = fault;
}

/* Keep a copy with its NUL; answers the offset. */
static size_t keep(struct sim_request *request, const char *text, size_t len)
{
    size_t at = request->head.len;

    if (!bytes_append(&request->head, text, len) || !bytes_append_byte(&request->head, '\0'))
        refuse(request, 431, "the header block is too long");
    return at;
}

static const char *kept(const struct sim_request *request, size_t at)
{
    return at < request->head.len ? request->head.data + at : "";
}

/* RFC 9110 §5.6.2 */
static bool is_token(const char *text, size_t len)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!word && !(c && strchr(marks, c)))
            return false;
    }
    return len > 0;
}

/* The path within `http://host/path`, which a client behind a proxy setting sends. */
static const char *origin_form(const char *target, const char *end)
{
    const char *at;

    if (*target == '/')
        return target;
    if (end - target < 7 || strncasecmp(target, "http://", 7) != 0)
        return NULL;
    at = memchr(target + 7, '/', (size_t)(end - target - 7));
    return at;
}

static void read_target(struct sim_request *request, const char *target, const char *end)
{
    const char *path = origin_form(target, end), *query;

    if (!path) {
        refuse(request, 400, "the request target is no path");
        return;
    }
    for (const char *at = target; at < end; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7F) {
            refuse(request, 400, "the request target holds a byte that must be escaped");
            return;
        }
    query = memchr(path, '?', (size_t)(end - path));
    request->path = keep(request, path, (size_t)((query ? query : end) - path));
    request->query = keep(request, query ? query + 1 : "", query ? (size_t)(end - query - 1) : 0);
}

static void read_start(struct sim_request *request, const char *line, size_t len)
{
    const char *end = line + len, *target, *version;

    target = memchr(line, ' ', len);
    version = target ? memchr(target + 1, ' ', (size_t)(end - target - 1)) : NULL;
    if (!version || !is_token(line, (size_t)(target - line))) {
        refuse(request, 400, "the request line is not METHOD TARGET VERSION");
        return;
    }
    if (end - version != 9 || memcmp(version, " HTTP/", 6) != 0) {
        refuse(request, 400, "the request line names no HTTP version");
        return;
    }
    if (version[6] != '1' || version[7] != '.' || (version[8] != '0' && version[8] != '1')) {
        refuse(request, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        return;
    }
    request->minor = version[8] - '0';
    request->method = keep(request, line, (size_t)(target - line));
    read_target(request, target + 1, version);
    request->phase = PHASE_HEADERS;
}

static void read_header(struct sim_request *request, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len), *value, *end = line + len;
    struct sim_header *header;

    if (!colon || !is_token(line, (size_t)(colon - line))) {
        refuse(request, 400, "a header line is not NAME: VALUE");
        return;
    }
    if (request->header_count == SIM_REQUEST_HEADERS_MAX) {
        refuse(request, 431, "there are too many headers");
        return;
    }
    value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    header = &request->headers[request->header_count++];
    header->name = keep(request, line, (size_t)(colon - line));
    header->value = keep(request, value, (size_t)(end - value));
}

/* Digits of `base` only, at least one; false beyond 2^53, which no length here reaches. */
static bool read_number(const char *text, size_t len, unsigned base, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < len; i++) {
        char c = (char)(text[i] | 0x20);
        unsigned digit = 99;

        if (text[i] >= '0' && text[i] <= '9')
            digit = (unsigned)(text[i] - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a') + 10;
        if (digit >= base || *number > (UINT64_C(1) << 49))
            return false;
        *number = *number * base + digit;
    }
    return len > 0;
}

static size_t count_header(const struct sim_request *request, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(kept(request, request->headers[i].name), name) == 0)
            count++;
    return count;
}

static void start_body(struct sim_request *request, const char *length, const char *coding)
{
    if (coding) {
        if (length)
            refuse(request, 400, "Content-Length and Transfer-Encoding contradict each other");
        else if (strcasecmp(coding, "chunked") != 0 || request->minor == 0)
            refuse(request, 501, "the only transfer coding read here is chunked, in HTTP/1.1");
        request->phase = PHASE_CHUNK_SIZE;
        return;
    }
    if (!length) {
        request->state = SIM_REQUEST_WHOLE;
        return;
    }
    if (!read_number(length, strlen(length), 10, &request->left))
        refuse(request, 400, "Content-Length is no number");
    else if (request->left > request->body.max)
        refuse(request, 413, "the body is too large");
    else if (request->left == 0)
        request->state = SIM_REQUEST_WHOLE;
    request->phase = PHASE_BODY;
}

/* The blank line behind the headers came. */
static void end_head(struct sim_request *request)
{
    const char *expect = sim_request_header(request, "Expect");
    const char *connection = sim_request_header(request, "Connection");

    if (request->minor == 1 && count_header(request, "Host") != 1) {
        refuse(request, 400, "an HTTP/1.1 request names exactly one Host");
        return;
    }
    if (count_header(request, "Content-Length") > 1 ||
        count_header(request, "Transfer-Encoding") > 1) {
        refuse(request, 400, "the length of the body is told twice");
        return;
    }
    if (expect && strcasecmp(expect, "100-continue") != 0) {
        refuse(request, 417, "the only expectation met here is 100-continue");
        return;
    }
    request->keep_alive =
        request->minor == 1 && !(connection && strcasecmp(connection, "close") == 0);
    start_body(request, sim_request_header(request, "Content-Length"),
               sim_request_header(request, "Transfer-Encoding"));
    request->expects_continue = expect && request->minor == 1 && request->state == SIM_REQUEST_MORE;
}

static void read_chunk_size(struct sim_request *request, const char *line, size_t len)
{
    const char *extension = memchr(line, ';', len);
    size_t digits = extension ? (size_t)(extension - line) : len;

    while (digits && (line[digits - 1] == ' ' || line[digits - 1] == '\t'))
        digits--;
    if (!read_number(line, digits, 16, &request->left))
        refuse(request, 400, "a chunk size is no hexadecimal number");
    else if (request->left > request->body.max - request->body.len)
        refuse(request, 413, "the body is too large");
    else
        request->phase = request->left ? PHASE_CHUNK : PHASE_TRAILERS;
}

static void read_line(struct sim_request *request, const char *line, size_t len)
{
    switch ((enum phase)request->phase) {
    case PHASE_START: /* RFC 9112 §2.2: an empty line in front is passed over */
        if (len)
            read_start(request, line, len);
        break;
    case PHASE_HEADERS:
        if (len)
            read_header(request, line, len);
        else
            end_head(request);
        break;
    case PHASE_CHUNK_SIZE:
        read_chunk_size(request, line, len);
        break;
    case PHASE_CHUNK_END:
        if (len)
            refuse(request, 400, "a chunk is longer than its size");
        request->phase = PHASE_CHUNK_SIZE;
        break;
    case PHASE_TRAILERS:
        if (!len)
            request->state = SIM_REQUEST_WHOLE;
        else if (!memchr(line, ':', len))
            refuse(request, 400, "a trailer line is not NAME: VALUE");
        break;
    case PHASE_BODY:
    case PHASE_CHUNK:
        break;
    }
}

static void refuse_long_line(struct sim_request *request)
{
    if (request->phase == PHASE_START)
        refuse(request, 414, "the request line is too long");
    else
        refuse(request, 431, "a header line is too long");
}

/* Take bytes up to a newline; a whole line is read at once and dropped. */
static size_t take_line(struct sim_request *request, const char *data, size_t len)
{
    const char *newline = memchr(data, '\n', len);
    size_t part = newline ? (size_t)(newline - data) : len;
    struct bytes *line = &request->line;

    request->started = true;
    if (request->phase != PHASE_CHUNK_SIZE && request->phase != PHASE_CHUNK_END)
        request->head_bytes += part + 1;
    if (!bytes_append(line, data, part)) {
        refuse_long_line(request);
        return len;
    }
    if (request->head_bytes > SIM_REQUEST_HEAD_MAX) {
        refuse(request, 431, "the header block is too long");
        return len;
    }
    if (!newline)
        return len;
    if (line->len && line->data[line->len - 1] == '\r')
        bytes_truncate(line, line->len - 1);
    if (line->len && (memchr(line->data, '\r', line->len) || memchr(line->data, '\0', line->len)))
        refuse(request, 400, "a line holds a bare CR or a NUL");
    else
        read_line(request, bytes_text(line), line->len);
    bytes_clear(line);
    return part + 1;
}

static size_t take_body(struct sim_request *request, const char *data, size_t len)
{
    size_t part = len < request->left ? len : (size_t)request->left;

    bytes_append(&request->body, data, part); /* fits: checked when the size was read */
    request->left -= part;
    if (request->left == 0 && request->phase == PHASE_BODY)
        request->state = SIM_REQUEST_WHOLE;
    else if (request->left == 0)
        request->phase = PHASE_CHUNK_END;
    return part;
}

size_t sim_request_feed(struct sim_request *request, const char *data, size_t len)
{
    size_t used = 0;

    while (used < len && request->state == SIM_REQUEST_MORE) {
        if (request->phase < PHASE_BODY)
            used += take_line(request, data + used, len - used);
        else
            used += take_body(request, data + used, len - used);
    }
    return used;
}

const char *sim_request_method(const struct sim_request *request)
{
    return kept(request, request->method);
}

const char *sim_request_path(const struct sim_request *request)
{
    return kept(request, request->path);
}

const char *sim_request_query(const struct sim_request *request)
{
    return kept(request, request->query);
}

const char *sim_request_header(const struct sim_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(kept(request, request->headers[i].name), name) == 0)
            return kept(request, request->headers[i].value);
    return NULL;
}

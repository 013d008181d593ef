/*
 * What `curl --trace` and `--trace-ascii` write (curl, src/tool_cb_dbg.c): sections with a title
 * that tells their length, and lines with the offset of their first byte. The hexadecimal form is
 * exact. The other prints "." for whatever is no printable ASCII and ends a line at each CRLF,
 * which the offsets tell; where a lone LF was must be inferred.
 */
#include "evidence/import_kinds.h"

#include "base/memory.h"
#include "net/head.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum section { SECTION_NONE, SENT_HEAD, SENT_DATA, GOT_HEAD, GOT_DATA };

enum { HEX_COLUMNS = 16, OFFSET_MIN = 4, TITLE_LOOK = 20 };

struct trace {
    struct import *import;
    struct head head;
    enum section section;
    bool hex, hex_known, lossy, broken;
    size_t expected, at; /* bytes of the section: as its title says, seen so far */
    struct bytes part;   /* of the section */
    bool request_line;   /* was seen */
    bool head_whole;
};

/* ---- lines ---- */

/* Behind "12:34:56.789012 " and "[0-0] ", which options put in front of titles. */
void import_skip_prefixes(const char **line, size_t *len)
{
    static const char time[] = "00:00:00.000000 ";
    size_t at = 0;

    while (at < strlen(time) && at < *len &&
           (time[at] == '0' ? isdigit((unsigned char)(*line)[at]) != 0 : time[at] == (*line)[at]))
        at++;
    if (at == strlen(time)) {
        *line += at;
        *len -= at;
    }
    if (*len > 0 && (*line)[0] == '[') {
        const char *end = memchr(*line, ']', *len < TITLE_LOOK ? *len : TITLE_LOOK);

        if (end && (size_t)(end - *line) + 1 < *len && end[1] == ' ') {
            *len -= (size_t)(end - *line) + 2;
            *line = end + 2;
        }
    }
}

static bool begins(const char *line, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static const char info[] = "== Info: ";

static const struct {
    const char *title;
    enum section section;
} titles[] = {
    {"=> Send header, ", SENT_HEAD},      {"=> Send data, ", SENT_DATA},
    {"<= Recv header, ", GOT_HEAD},       {"<= Recv data, ", GOT_DATA},
    {"=> Send SSL data, ", SECTION_NONE}, {"<= Recv SSL data, ", SECTION_NONE},
};

static bool read_title(const char *line, size_t len, enum section *section, size_t *expected)
{
    for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
        if (begins(line, len, titles[i].title)) {
            *section = titles[i].section;
            *expected = strtoul(line + strlen(titles[i].title), NULL, 10);
            return true;
        }
    return false;
}

/* "00c0: …" */
static bool read_offset(const char **line, size_t *len, size_t *offset)
{
    size_t digits = 0;

    while (digits < *len && isxdigit((unsigned char)(*line)[digits]))
        digits++;
    if (digits < OFFSET_MIN || digits + 1 >= *len || digits > 8 || (*line)[digits] != ':' ||
        (*line)[digits + 1] != ' ')
        return false;
    *offset = strtoul(*line, NULL, 16);
    *line += digits + 2;
    *len -= digits + 2;
    return true;
}

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* So many columns of "4f " begin the line. */
static bool is_hex(const char *line, size_t len, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        if (i * 3 + 2 >= len || !isxdigit((unsigned char)line[i * 3]) ||
            !isxdigit((unsigned char)line[i * 3 + 1]) || line[i * 3 + 2] != ' ')
            return false;
    return columns > 0;
}

/* ---- sections ---- */

static void add_head_lines(struct trace *trace)
{
    const char *text = bytes_text(&trace->part);
    size_t left = trace->part.len;

    while (left > 0) {
        const char *newline = memchr(text, '\n', left);
        size_t len = newline ? (size_t)(newline - text) + 1 : left;

        switch (head_line(&trace->head, &trace->import->result, text, len)) {
        case HEAD_WHOLE:
            trace->head_whole = true;
            break;
        case HEAD_TOO_BIG:
            trace->broken = true;
            return;
        case HEAD_MORE:
            break;
        }
        text += len;
        left -= len;
    }
}

/* A request begins: whatever was before it (a proxy's tunnel, a redirect) is not what we judge. */
static void add_request_head(struct trace *trace)
{
    import_forget_answer(trace->import);
    head_release(&trace->head);
    head_init(&trace->head, 0);
    trace->head_whole = false;
    import_request_head(trace->import, bytes_text(&trace->part), trace->part.len);
}

static void end_section(struct trace *trace)
{
    if (trace->section == SECTION_NONE)
        return;
    if (trace->expected == trace->at + 2 && !trace->hex) /* a CRLF at its end has no offset */
        bytes_puts(&trace->part, "\r\n");
    else if (trace->expected != trace->at)
        trace->broken = true;
    switch (trace->section) {
    case SENT_HEAD:
        add_request_head(trace);
        break;
    case SENT_DATA:
        bytes_append(&trace->import->request, trace->part.data, trace->part.len);
        break;
    case GOT_HEAD:
        add_head_lines(trace);
        break;
    case GOT_DATA:
        bytes_append(&trace->import->body, trace->part.data, trace->part.len);
        break;
    case SECTION_NONE:
        break;
    }
    bytes_clear(&trace->part);
    trace->section = SECTION_NONE;
}

static void add_data(struct trace *trace, const char *line, size_t len)
{
    size_t offset, columns;
    char bytes[HEX_COLUMNS];

    if (trace->section == SECTION_NONE || !read_offset(&line, &len, &offset))
        return;
    columns = trace->expected - trace->at < HEX_COLUMNS ? trace->expected - trace->at : HEX_COLUMNS;
    if (!trace->hex_known) {
        trace->hex = is_hex(line, len, columns);
        trace->hex_known = true;
    }
    if (trace->hex) {
        trace->broken |= offset != trace->at || !is_hex(line, len, columns);
        for (size_t i = 0; i < columns && !trace->broken; i++)
            bytes[i] = (char)(digit(line[i * 3]) * 16 + digit(line[i * 3 + 1]));
        if (!trace->broken)
            bytes_append(&trace->part, bytes, columns);
        trace->at += columns;
        return;
    }
    trace->lossy |= len > 0;
    if (offset == trace->at + 2) {
        bytes_puts(&trace->part, "\r\n");
        trace->at += 2;
    }
    trace->broken |= offset != trace->at;
    bytes_append(&trace->part, line, len);
    trace->at += len;
}

/* ---- the body ---- */

/* "1a2;x=y\r\n": the size, and `*at` behind it. */
static bool read_chunk_size(const char *text, size_t len, size_t *at, size_t *size)
{
    size_t digits = 0;
    const char *newline;

    *size = 0;
    while (*at + digits < len && isxdigit((unsigned char)text[*at + digits]) && digits < 8)
        *size = *size * 16 + (size_t)digit(text[*at + digits++]);
    newline = memchr(text + *at, '\n', len - *at);
    if (digits == 0 || !newline || newline[-1] != '\r' ||
        (text[*at + digits] != '\r' && text[*at + digits] != ';'))
        return false;
    *at = (size_t)(newline - text) + 1;
    return true;
}

/*
 * curl before 8.7 shows chunks as they came over the wire, later versions what was in them. Answers
 * whether they were chunks; `*whole` whether the last one was among them.
 */
static bool remove_chunks(struct bytes *body, bool *whole)
{
    const char *text = bytes_text(body);
    size_t at = 0, size, len = body->len;
    struct bytes plain;

    *whole = false;
    if (!read_chunk_size(text, len, &at, &size))
        return false;
    bytes_init(&plain, IMPORT_MAX);
    for (;;) {
        size_t there = size < len - at ? size : len - at;

        *whole = size == 0;
        bytes_append(&plain, text + at, there);
        at += there;
        if (size == 0 || len - at < 2 || memcmp(text + at, "\r\n", 2) != 0)
            break;
        at += 2;
        if (!read_chunk_size(text, len, &at, &size))
            break;
    }
    bytes_release(body);
    *body = plain;
    return true;
}

static bool is_field(const char *text, size_t len)
{
    static const char *const names[] = {"data:", "event:", "id:", "retry:", ":"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (begins(text, len, names[i]))
            return true;
    return false;
}

/*
 * Of an event stream: dots in front of a field, or at the end, stand for the ends of lines. Behind
 * `data:` only where its JSON, or the marker, is whole.
 */
static void infer_stream_lines(char *text, size_t len)
{
    size_t line = 0, run, end;

    for (size_t at = 0; at < len; at = end) {
        end = at + 1;
        if (text[at] == '\n')
            line = end;
        if (text[at] != '.')
            continue;
        run = at;
        while (end < len && text[end] == '.')
            end++;
        if (end < len && !is_field(text + end, len - end))
            continue;
        if (begins(text + line, len - line, "data:") && run > 0 && !strchr("}]", text[run - 1]))
            continue;
        for (size_t i = end - run > 2 ? end - 2 : run; i < end; i++)
            text[i] = '\n';
        line = end;
    }
}

/* Of JSON: a dot outside strings and numbers is blank space. */
static void infer_json_lines(char *text, size_t len)
{
    bool string = false;

    for (size_t at = 0; at < len; at++) {
        if (string && text[at] == '\\')
            at++;
        else if (text[at] == '"')
            string = !string;
        else if (!string && text[at] == '.' && !(at > 0 && isdigit((unsigned char)text[at - 1])))
            text[at] = '\n';
    }
}

static void infer_lines(struct trace *trace)
{
    struct import *import = trace->import;
    const char *type = http_headers_get(&import->result.headers, "content-type");

    if (!trace->lossy)
        return;
    import_misses(import, "bytes that are no printable ASCII, and single ends of lines, which were "
                          "inferred (curl --trace keeps all)");
    if (import->body.len && (import->body.data[0] == '{' || import->body.data[0] == '['))
        infer_json_lines(import->body.data, import->body.len);
    else if (import->body.len && (!type || strstr(type, "event-stream")))
        infer_stream_lines(import->body.data, import->body.len);
    if (import->request.len && import->request.data[0] == '{')
        infer_json_lines(import->request.data, import->request.len);
}

static void conclude(struct trace *trace)
{
    struct import *import = trace->import;
    struct http_result *result = &import->result;
    const char *method = import->method ? import->method : "POST";
    bool encoded = false, whole = true, chunks = false;

    head_end(&trace->head, result);
    import->head_told = trace->head_whole && result->status > 0;
    import->body_told = true;
    result->framing = head_framing(&result->headers, result->status, method, &encoded);
    if (strcmp(result->version, "2") == 0)
        result->framing = FRAMING_H2;
    else if (result->framing == FRAMING_CHUNKED)
        chunks = remove_chunks(&import->body, &whole);
    if (chunks && !whole && result->curl == 0)
        result->curl = -1;
    infer_lines(trace);
    result->body_bytes = import->body.len;
    result->framed_clean =
        result->curl == 0 && !encoded &&
        (result->framing == FRAMING_CHUNKED || result->framing == FRAMING_LENGTH);
    import->body_cut = trace->broken;
    if (result->curl < 0)
        import_misses(import, "how the connection ended");
    import_misses(import, "when each event came");
}

/* ---- the whole ---- */

bool import_is_trace(const char *text, size_t len)
{
    const char *line;
    size_t line_len, expected;
    enum section section;

    while (import_line(&text, &len, &line, &line_len)) {
        import_skip_prefixes(&line, &line_len);
        if (line_len == 0 || begins(line, line_len, "Warning: "))
            continue;
        return begins(line, line_len, info) || read_title(line, line_len, &section, &expected);
    }
    return false;
}

bool import_read_trace(const char *name, const char *text, size_t len, struct import *import,
                       struct error *error)
{
    struct trace trace = {.import = import};
    const char *line;
    size_t line_len, title_len, expected;
    enum section section;
    bool answered;

    head_init(&trace.head, 0);
    bytes_init(&trace.part, IMPORT_MAX);
    while (import_line(&text, &len, &line, &line_len)) {
        const char *title = line;

        title_len = line_len;
        import_skip_prefixes(&title, &title_len);
        if (begins(title, title_len, info)) {
            end_section(&trace);
            import_curl_says(&import->result, title + strlen(info), title_len - strlen(info));
        } else if (read_title(title, title_len, &section, &expected)) {
            end_section(&trace);
            trace.section = section;
            trace.expected = expected;
            trace.at = 0;
        } else {
            add_data(&trace, line, line_len);
        }
    }
    end_section(&trace);
    answered = import->method || import->result.status > 0 || import->result.curl > 0;
    if (answered)
        conclude(&trace);
    head_release(&trace.head);
    bytes_release(&trace.part);
    return answered || error_set(error, ERROR_FILE,
                                 "%s holds neither a request nor an answer: "
                                 "nothing was traced",
                                 name);
}

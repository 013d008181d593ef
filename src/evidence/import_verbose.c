/*
 * What a person pastes of `curl -v`: lines of curl behind "* ", the request behind "> ", the
 * answer's head behind "< ", what was printed between them, and "curl: (18) …" at the end. The body
 * has no mark of its own: it is what is left behind the head.
 */
#include "evidence/import_kinds.h"

#include "base/memory.h"
#include "net/head.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct verbose {
    struct import *import;
    struct head head;
    struct bytes request; /* lines of its head */
    enum { AT_NOTES, AT_REQUEST, AT_HEAD, AT_BODY } at;
    size_t others;
    size_t meter; /* lines of it in a body */
    bool came;    /* bytes of the body, says curl, wherever they went */
};

static bool begins(const char *line, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static bool is_mark(const char *line, size_t len, char mark)
{
    return len > 0 && line[0] == mark && (len == 1 || line[1] == ' ');
}

static bool is_status_line(const char *line, size_t len)
{
    return begins(line, len, "< HTTP/");
}

static bool is_request_line(const char *line, size_t len)
{
    return is_mark(line, len, '>') && memmem(line, len, " HTTP/", 6) != NULL;
}

/* "{ [5 bytes data]". */
static bool is_count(const char *line, size_t len)
{
    static const char tail[] = " bytes data]";

    return len > strlen(tail) && (begins(line, len, "{ [") || begins(line, len, "} [")) &&
           strspn(line + 3, "0123456789") == len - 3 - strlen(tail) &&
           memcmp(line + len - strlen(tail), tail, strlen(tail)) == 0;
}

/* How many bytes of `text` are of `set`. */
static size_t span(const char *text, size_t len, const char *set)
{
    size_t at = 0;

    while (at < len && text[at] && strchr(set, text[at]))
        at++;
    return at;
}

/*
 * The length of a row of curl's meter, drawn behind a carriage return: eight numbers, three times
 * and the speed, "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0".
 * 0: it is none.
 */
static size_t meter_row(const char *line, size_t len)
{
    static const char number[] = "0123456789.kMGTPE", time[] = "0123456789:-dh";
    static const char *const columns[] = {number, number, number, number, number, number,
                                          number, number, time,   time,   time,   number};
    size_t at = span(line, len, "\r");

    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        size_t blanks = span(line + at, len - at, " "),
               used = span(line + at + blanks, len - at - blanks, columns[i]);

        if (used == 0 || (i > 0 && blanks == 0))
            return 0;
        at += blanks + used;
    }
    return at;
}

static bool is_legend(const char *line, size_t len)
{
    static const char letters[] = " %ACDLRSTUXacdefgilmnoprtuv";

    return (begins(line, len, "  % Total    % Received % Xferd") ||
            (begins(line, len, "          ") && memmem(line, len, " Dload  Upload ", 15))) &&
           span(line, len, letters) == len;
}

/*
 * How much of a line is what curl draws where standard error is no file: all of it, or rows that
 * something else stands behind. A line that only speaks of a meter is the answer's.
 */
static size_t meter_length(const char *line, size_t len)
{
    size_t row, at = 0;

    if (is_legend(line, len))
        return len;
    while ((row = meter_row(line + at, len - at)) > 0)
        at += row;
    if (at > 0 && at + span(line + at, len - at, "\r ") == len)
        return len;
    return *line == '\r' ? at : 0;
}

bool import_is_verbose(const char *text, size_t len)
{
    const char *line;
    size_t line_len;

    while (import_line(&text, &len, &line, &line_len)) {
        import_skip_prefixes(&line, &line_len);
        if (is_status_line(line, line_len) || is_request_line(line, line_len))
            return true;
    }
    return false;
}

/* ---- lines ---- */

static void begin_request(struct verbose *verbose)
{
    import_forget_answer(verbose->import);
    head_release(&verbose->head);
    head_init(&verbose->head, 0);
    bytes_clear(&verbose->request);
    verbose->at = AT_REQUEST;
}

static void add_request_line(struct verbose *verbose, const char *line, size_t len)
{
    bytes_append(&verbose->request, line, len);
    bytes_puts(&verbose->request, "\r\n");
    if (len > 0)
        return;
    import_request_head(verbose->import, bytes_text(&verbose->request), verbose->request.len);
    bytes_clear(&verbose->request);
    verbose->at = AT_NOTES;
}

static void add_head_line(struct verbose *verbose, const char *line, size_t len)
{
    char *whole = xasprintf("%.*s\r\n", (int)len, line);

    verbose->at = AT_HEAD;
    if (head_line(&verbose->head, &verbose->import->result, whole, strlen(whole)) == HEAD_WHOLE)
        verbose->at = AT_BODY;
    free(whole);
}

/* Behind a body that ends without a newline, the next line of curl stands on the same one. */
static const char *find_glued(const char *line, size_t len)
{
    static const char *const marks[] = {"* Connection #",       "* transfer closed",
                                        "* Closing connection", "* Operation timed out",
                                        "* Recv failure",       "curl: ("};

    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        const char *at = memmem(line, len, marks[i], strlen(marks[i]));

        if (at && at > line && strchr("}]\"'>", at[-1]))
            return at;
    }
    return NULL;
}

static void add_line(struct verbose *verbose, const char *line, size_t len, size_t whole);

static void add_body_line(struct verbose *verbose, const char *line, size_t len, size_t whole)
{
    const char *glued = find_glued(line, len);

    bytes_append(&verbose->import->body, line, glued ? (size_t)(glued - line) : whole);
    if (glued)
        add_line(verbose, glued, len - (size_t)(glued - line), whole - (size_t)(glued - line));
}

static void add_told(struct verbose *verbose, const char *line, size_t len, size_t whole)
{
    struct http_result *result = &verbose->import->result;
    const char *plain = line;
    size_t plain_len = len;

    import_skip_prefixes(&plain, &plain_len);
    if (import_curl_line(result, plain, plain_len))
        return;
    if (is_request_line(plain, plain_len))
        begin_request(verbose);
    if (is_mark(plain, plain_len, '*'))
        import_curl_says(result, plain + 2, plain_len > 2 ? plain_len - 2 : 0);
    else if (verbose->at == AT_REQUEST && is_mark(plain, plain_len, '>'))
        add_request_line(verbose, plain + 2, plain_len > 2 ? plain_len - 2 : 0);
    else if (is_status_line(plain, plain_len) ||
             (verbose->at == AT_HEAD && is_mark(plain, plain_len, '<')))
        add_head_line(verbose, plain + 2, plain_len > 2 ? plain_len - 2 : 0);
    else if (is_count(line, len))
        verbose->came |= verbose->at == AT_BODY && line[0] == '{';
    else if (verbose->at == AT_BODY)
        add_body_line(verbose, line, len, whole);
    else
        verbose->others += len > 0;
}

/* `whole` is its length with its end. */
static void add_line(struct verbose *verbose, const char *line, size_t len, size_t whole)
{
    size_t drawn = len > 0 ? meter_length(line, len) : 0;

    verbose->meter += drawn > 0 && verbose->at == AT_BODY;
    if (drawn == 0 || drawn < len)
        add_told(verbose, line + drawn, len - drawn, whole - drawn);
}

/* ---- the whole ---- */

static void misses_lines(struct import *import, size_t count, const char *what)
{
    char *text;

    if (count == 0)
        return;
    text = xasprintf("%zu %s", count, what);
    import_misses(import, text);
    free(text);
}

static void conclude(struct verbose *verbose)
{
    struct import *import = verbose->import;
    struct http_result *result = &import->result;
    bool encoded = false;

    head_end(&verbose->head, result);
    import->head_told = result->status > 0;
    import->body_told = import->body.len > 0 || !verbose->came; /* else it went to a file */
    result->framing = head_framing(&result->headers, result->status,
                                   import->method ? import->method : "POST", &encoded);
    if (strcmp(result->version, "2") == 0)
        result->framing = FRAMING_H2;
    result->body_bytes = import->body.len;
    result->framed_clean =
        result->curl == 0 && !encoded &&
        (result->framing == FRAMING_CHUNKED || result->framing == FRAMING_LENGTH);
    import_misses(import, "the body of the request");
    if (result->curl < 0)
        import_misses(import, "how the connection ended");
    import_misses(import, "when each event came");
    if (!import->body_told)
        import_misses(import, "the body of the answer");
    misses_lines(import, verbose->others, "lines that are none of curl's, left out");
    misses_lines(import, verbose->meter, "lines of curl's meter within the body, left out");
}

bool import_read_verbose(const char *name, const char *text, size_t len, struct import *import,
                         struct error *error)
{
    struct verbose verbose = {.import = import};
    const char *line;
    size_t line_len, before;
    bool answered;

    head_init(&verbose.head, 0);
    bytes_init(&verbose.request, IMPORT_MAX);
    for (before = len; import_line(&text, &len, &line, &line_len); before = len)
        add_line(&verbose, line, line_len, before - len);
    answered = import->method || import->result.status > 0 || import->result.curl > 0;
    if (answered)
        conclude(&verbose);
    head_release(&verbose.head);
    bytes_release(&verbose.request);
    return answered || error_set(error, ERROR_FILE, "%s holds no line of curl -v", name);
}

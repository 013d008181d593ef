/*
 * A log in which somebody's program wrote the lines of an event stream: behind times, levels and
 * names of containers, or as JSON of docker and journald. Which lines were blank is lost in most of
 * them; an event is taken to end behind each `data:` line, as these APIs write it.
 */
#include "evidence/import_kinds.h"

#include "base/json.h"
#include "base/json_scan.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The members that hold the line: docker's, journald's, and what loggers call it. */
static const char *const members[] = {"log", "MESSAGE", "message", "msg"};

static bool begins(const char *line, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

/* `event: NAME` has one word. */
static bool is_event_line(const char *line, size_t len)
{
    size_t at = strlen("event:");

    if (!begins(line, len, "event:"))
        return false;
    while (at < len && line[at] == ' ')
        at++;
    if (at == len)
        return false;
    while (at < len && (isalnum((unsigned char)line[at]) || strchr("._-", line[at])) && line[at])
        at++;
    return at == len;
}

/* What is in front of a field: nothing, or a blank, a bar, a bracket, a quote, a tab. */
static bool is_boundary(const char *line, size_t at)
{
    return at == 0 || (line[at - 1] && strchr(" \t|]>\"'", line[at - 1]));
}

/* The first field in a line; NULL when there is none. */
static const char *find_field(const char *line, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        const char *mark = memchr(line + at, ':', len - at);
        size_t colon;

        if (!mark)
            return NULL;
        colon = (size_t)(mark - line);
        if (colon >= 4 && memcmp(mark - 4, "data", 4) == 0 && is_boundary(line, colon - 4))
            return mark - 4;
        if (colon >= 5 && is_boundary(line, colon - 5) &&
            is_event_line(mark - 5, len - (colon - 5)))
            return mark - 5;
        at = colon;
    }
    return NULL;
}

/* Of a line that is a JSON object with the text in it; NULL when it is none. The caller frees. */
static char *unwrap(const char *line, size_t len)
{
    struct json *json = len > 1 && line[0] == '{' ? json_parse(line, len, "a line", NULL) : NULL;
    char *text = NULL;

    for (size_t i = 0; json && !text && i < sizeof(members) / sizeof(*members); i++)
        text = xstrdup(json_string(json_member(json, members[i])));
    json_free(json);
    return text;
}

enum { IDS_MAX = 16, ID_MAX = 96 };

struct gathering {
    struct bytes *out;
    struct http_result *result;
    size_t fields, others;
    /* Streams are told apart by the ids in their events, the newest last. */
    char ids[IDS_MAX][ID_MAX];
    size_t id_count;
    size_t created; /* responses begun */
    bool done;      /* the marker came */
    const char *fault;
};

/* ---- one stream or several ---- */

/* The values of `id` and `type` of an event's JSON; "" where there are none. */
static void read_marks(const char *text, size_t len, char id[static ID_MAX],
                       char type[static ID_MAX])
{
    struct json_scan scan;
    enum json_token token;

    id[0] = type[0] = '\0';
    json_scan_init(&scan, text, len);
    token = json_scan_next(&scan);
    while (token == JSON_TOKEN_OBJECT && json_scan_next(&scan) == JSON_TOKEN_KEY) {
        char *value = json_scan_is(&scan, "id") ? id : json_scan_is(&scan, "type") ? type : NULL;

        if (!value) {
            if (!json_scan_skip(&scan))
                break;
        } else if (json_scan_next(&scan) == JSON_TOKEN_STRING) {
            snprintf(value, ID_MAX, "%.*s", (int)scan.length, scan.start);
        } else {
            break;
        }
    }
    json_scan_release(&scan);
}

/* An id that comes back behind another one is of a stream that goes on beside it. */
static bool comes_back(struct gathering *gathering, const char *id)
{
    if (gathering->id_count > 0 && strcmp(gathering->ids[gathering->id_count - 1], id) == 0)
        return false;
    for (size_t i = 0; i < gathering->id_count; i++)
        if (strcmp(gathering->ids[i], id) == 0)
            return true;
    if (gathering->id_count == IDS_MAX)
        memmove(gathering->ids[0], gathering->ids[1], sizeof(gathering->ids) - ID_MAX);
    else
        gathering->id_count++;
    memcpy(gathering->ids[gathering->id_count - 1], id, ID_MAX);
    return false;
}

static void watch_streams(struct gathering *gathering, const char *data, size_t len)
{
    char id[ID_MAX], type[ID_MAX];

    if (len > 0 && *data == ' ') {
        data++;
        len--;
    }
    if (begins(data, len, "[DONE]")) {
        gathering->done = true;
        return;
    }
    if (len == 0 || *data != '{')
        return;
    read_marks(data, len, id, type);
    gathering->created += strcmp(type, "response.created") == 0;
    if (gathering->created > 1 || (id[0] && (gathering->done || comes_back(gathering, id))))
        gathering->fault = "holds the lines of more than one stream; keep those of one, as by its "
                           "container or its id (grep)";
}

/* ---- lines ---- */

/* As Python, Go and loggers quote a text: the ends of lines are told by two characters. */
static bool is_quoted(const char *line, const char *field, size_t len)
{
    const char quote = field > line ? field[-1] : '\0';
    const char end[] = {'\\', 'n', quote};

    return (quote == '"' || quote == '\'') && memmem(field, len, end, sizeof(end));
}

/* What stands between the lines of the stream may say how it was answered, and how it ended. */
static void read_other(struct gathering *gathering, const char *line, size_t len)
{
    static const char status[] = "< HTTP/", failure[] = "curl: (";
    const char *at = memmem(line, len, status, strlen(status)), *space;

    gathering->others += len > 0;
    if (at) {
        size_t left = len - (size_t)(at - line) - strlen(status);

        at += strlen(status);
        space = memchr(at, ' ', left);
        if (space && left - (size_t)(space - at) > 3 && isdigit((unsigned char)space[1]))
            gathering->result->status = (int)strtol(space + 1, NULL, 10) % 1000;
    }
    at = memmem(line, len, failure, strlen(failure));
    if (at && is_boundary(line, (size_t)(at - line)))
        import_curl_line(gathering->result, at, len - (size_t)(at - line));
}

static void add_line(struct gathering *gathering, const char *line, size_t len)
{
    const char *field = find_field(line, len);
    size_t rest;

    if (!field) {
        read_other(gathering, line, len);
        return;
    }
    rest = len - (size_t)(field - line);
    if (is_quoted(line, field, rest))
        gathering->fault = "quotes its lines, with \\n for their ends; let the program write them "
                           "as they came, or give the bytes of the body alone";
    while (rest > 0 && (field[rest - 1] == '\r' || field[rest - 1] == ' '))
        rest--;
    if (field > line && field[-1] == '"' && rest > 0 && field[rest - 1] == '"')
        rest--;
    if (begins(field, rest, "data:"))
        watch_streams(gathering, field + 5, rest - 5);
    bytes_append(gathering->out, field, rest);
    bytes_puts(gathering->out, begins(field, rest, "data:") ? "\n\n" : "\n");
    gathering->fields++;
}

static void add_outer_line(struct gathering *gathering, const char *line, size_t len)
{
    char *inner = unwrap(line, len);
    const char *text = inner, *part;
    size_t left = inner ? strlen(inner) : 0, part_len;

    if (!inner)
        add_line(gathering, line, len);
    while (inner && import_line(&text, &left, &part, &part_len))
        add_line(gathering, part, part_len);
    free(inner);
}

/* A stream as it is needs no help: its first line is a field, or a comment. */
static bool is_plain_stream(const char *text, size_t len)
{
    static const char *const names[] = {"data:", "event:", "id:", "retry:", ":"};
    static const char mark[] = "\xef\xbb\xbf";

    if (begins(text, len, mark)) {
        text += 3;
        len -= 3;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (begins(text, len, names[i]))
            return true;
    return false;
}

/* It carries what streams of these APIs carry; words with "data:" among them do not. */
static bool is_telling(const char *field, size_t len)
{
    size_t at = strlen("data:");

    if (!field || !begins(field, len, "data:"))
        return field != NULL;
    at += at < len && field[at] == ' ';
    return at < len && (field[at] == '{' || field[at] == '[');
}

static bool has_telling_field(const char *line, size_t len)
{
    const char *field = find_field(line, len);

    return field && is_telling(field, len - (size_t)(field - line));
}

/* Nothing that another reader takes, and some line has a field behind something else. */
bool import_is_log(const char *text, size_t len)
{
    const char *line;
    size_t line_len;
    bool object;

    while (len > 0 && (*text == '\n' || *text == '\r')) {
        text++;
        len--;
    }
    if (is_plain_stream(text, len) || begins(text, len, "HTTP/") || begins(text, len, "<"))
        return false;
    object = begins(text, len, "{") || begins(text, len, "[{");
    while (import_line(&text, &len, &line, &line_len)) {
        char *inner = unwrap(line, line_len);
        bool found = inner && has_telling_field(inner, strlen(inner));

        free(inner);
        if (found || (!object && has_telling_field(line, line_len)))
            return true;
        if (object) /* JSON that is no wrapper: an answer */
            return false;
    }
    return false;
}

bool import_read_log(const char *name, const char *text, size_t len, struct import *import,
                     struct error *error)
{
    struct gathering gathering = {.out = &import->body, .result = &import->result};
    const char *line;
    size_t line_len;
    char *others;

    while (!gathering.fault && import_line(&text, &len, &line, &line_len))
        add_outer_line(&gathering, line, line_len);
    if (gathering.fault)
        return error_set(error, ERROR_FILE, "%s %s", name, gathering.fault);
    if (gathering.fields == 0)
        return error_set(error, ERROR_FILE, "%s holds no line with data: or event:", name);
    import->body_told = true;
    import->result.body_bytes = import->body.len;
    import_misses(import, import->result.status ? "headers" : "status line and headers");
    import_misses(import, "the request");
    import_misses(import, "which lines were blank: an event is taken to end behind its data");
    if (import->result.curl < 0)
        import_misses(import, "how the connection ended");
    import_misses(import, "when each event came");
    if (gathering.others) {
        others = xasprintf("%zu other lines of the log, left out", gathering.others);
        import_misses(import, others);
        free(others);
    }
    return true;
}

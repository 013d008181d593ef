#include "evidence/sanitize.h"

#include "base/bytes.h"
#include "evidence/sanitize_text.h"

#include <string.h>
#include <strings.h>

/* ---- lines of a stream ---- */

/* The next line with its end. */
static size_t line_length(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && text[at] != '\n' && text[at] != '\r')
        at++;
    if (at < len && text[at] == '\r' && at + 1 < len && text[at + 1] == '\n')
        at++;
    return at < len ? at + 1 : len;
}

static size_t without_end(const char *line, size_t len)
{
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    return len;
}

/* How much of a line stands in front of its data; 0: it is no line of data. */
static size_t data_offset(const char *line, size_t len)
{
    static const char field[] = "data:";
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = len >= 3 && memcmp(line, mark, 3) == 0 ? 3 : 0;

    if (len - at < strlen(field) || memcmp(line + at, field, strlen(field)) != 0)
        return 0;
    at += strlen(field);
    return at < len && line[at] == ' ' ? at + 1 : at;
}

struct stream {
    struct sanitize_text data;
    struct sanitize_text stray; /* lines that are no fields: an error hides there, over several */
    bool failed;
};

/* How much of a line the field `name` and the blank behind it take; 0: it is another. */
static size_t field_offset(const char *line, size_t len, const char *name)
{
    size_t at = strlen(name);

    if (len < at || memcmp(line, name, at) != 0)
        return 0;
    return at < len && line[at] == ' ' ? at + 1 : at;
}

static bool is_number(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && (text[at] >= '0' && text[at] <= '9'))
        at++;
    return at == len;
}

static bool is_event_name(const char *text, size_t len)
{
    return stand_is_word(text, len) && !memchr(text, '@', len);
}

/* Of a line that is no field an error may be read: bare JSON, also over several, or `error: …`. */
static void put_stray(struct stream *stream, const char *line, size_t len)
{
    struct sanitize_text *stray = &stream->stray;
    size_t at = field_offset(line, len, "error:");

    if (at > 0)
        sanitize_text_begin(stray, "error", stream->failed);
    else if (sanitize_tells_error(line, len))
        sanitize_text_begin(stray, "", true);
    bytes_append(stray->out, line, at);
    sanitize_text_more(stray, line + at, len - at);
}

/* Any line but those of data may hold an answer by mistake, comments too. */
static void put_field(struct stream *stream, const char *line, size_t len)
{
    static const struct {
        const char *name;
        bool (*keeps)(const char *text, size_t len); /* what is no text that anybody said */
    } fields[] = {{"event:", is_event_name}, {"id:", NULL}, {"retry:", is_number}, {":", NULL}};
    struct bytes *out = stream->stray.out;

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        size_t at = field_offset(line, len, fields[i].name);

        if (at == 0)
            continue;
        bytes_append(out, line, at);
        if (fields[i].keeps && fields[i].keeps(line + at, len - at))
            bytes_append(out, line + at, len - at);
        else if (*line == 'i')
            stand_in_id(line + at, len - at, out);
        else
            stand_in_text(line + at, len - at, out);
        return;
    }
    put_stray(stream, line, len);
}

/* All lines of `event` again, those of data with what `data` has for them. */
static void put_lines(struct stream *stream, const char *event, size_t len,
                      const struct bytes *data)
{
    struct bytes *out = stream->stray.out;
    const char *next = bytes_text(data), *end = next + data->len;

    for (size_t at = 0; at < len;) {
        const char *line = event + at;
        size_t whole = line_length(line, len - at), bare = without_end(line, whole);
        size_t offset = data_offset(line, bare), part;

        if (offset > 0) {
            const char *newline = memchr(next, '\n', (size_t)(end - next));

            part = (size_t)((newline ? newline : end) - next);
            bytes_append(out, line, offset);
            bytes_append(out, next, part);
            next += part + (newline != NULL);
        } else {
            put_field(stream, line, bare);
        }
        bytes_append(out, line + bare, whole - bare);
        at += whole;
    }
}

/* The data of an event is one text, however many lines it has. */
static void put_event(struct stream *stream, const char *event, size_t len)
{
    static const char failing[] = "error";
    bool fails = stream->failed;
    struct bytes raw, data;
    size_t lines = 0;

    bytes_init(&raw, len + 1);
    bytes_init(&data, len + 1);
    for (size_t at = 0; at < len;) {
        size_t whole = line_length(event + at, len - at), bare = without_end(event + at, whole);
        size_t offset = data_offset(event + at, bare);
        size_t named = field_offset(event + at, bare, "event:");

        if (offset > 0 && lines++ > 0)
            bytes_append_byte(&raw, '\n');
        if (offset > 0)
            bytes_append(&raw, event + at + offset, bare - offset);
        fails = fails || (named > 0 && bare - named == strlen(failing) &&
                          memcmp(event + at + named, failing, strlen(failing)) == 0);
        at += whole;
    }
    stream->data.out = &data;
    sanitize_text_put(&stream->data, bytes_text(&raw), raw.len, fails);
    sanitize_text_begin(&stream->stray, "", stream->failed);
    put_lines(stream, event, len, &data);
    bytes_release(&raw);
    bytes_release(&data);
}

size_t sanitize_event_length(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t whole = line_length(text + at, len - at);

        at += whole;
        if (without_end(text + at - whole, whole) == 0)
            break;
    }
    return at;
}

static void put_stream(const char *body, size_t len, bool failed, struct bytes *out)
{
    struct stream stream = {.failed = failed, .stray = {.out = out}};

    for (size_t at = 0, event; at < len; at += event) {
        event = sanitize_event_length(body + at, len - at);
        put_event(&stream, body + at, event);
    }
}

/* Text of whoever stands in front of the service; what only looks like a page may be an answer. */
static bool is_nobodys(const char *body, size_t len)
{
    static const char *const pages[] = {"<!doctype", "<html"};
    size_t at = 0;

    while (at < len && (unsigned char)body[at] <= ' ')
        at++;
    if (at == len || body[at] != '<')
        return at == len || !body[at] || !strchr("{[\"", body[at]);
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        if (len - at >= strlen(pages[i]) && strncasecmp(body + at, pages[i], strlen(pages[i])) == 0)
            return true;
    return false;
}

void sanitize_body(const char *body, size_t len, bool stream, bool failed, struct bytes *out)
{
    struct sanitize_text sanitizer = {.out = out};

    if (stream)
        put_stream(body, len, failed, out);
    else if (failed && is_nobodys(body, len))
        bytes_append(out, body, len);
    else
        sanitize_text_put(&sanitizer, body, len, failed);
}

#include "evidence/sanitize.h"

#include "base/bytes.h"
#include "evidence/stand_in.h"

#include <stdint.h>
#include <string.h>

enum {
    NAME_MAX_LENGTH = 48,
    DEPTH_MAX = 128,
    CALLS_MAX = 64,
    INDEX_DIGITS = 6,
};

/* ---- what stands under which name ---- */

enum treatment { TREAT_STENCIL, TREAT_WORD, TREAT_KEEP, TREAT_ID, TREAT_ARGUMENTS };

static const struct {
    const char *name;
    enum treatment treatment;
} treatments[] = {
    {"arguments", TREAT_ARGUMENTS},
    {"call_id", TREAT_ID},
    {"code", TREAT_WORD},
    {"detail", TREAT_KEEP},
    {"error", TREAT_KEEP},
    {"error_description", TREAT_KEEP},
    {"event", TREAT_WORD},
    {"finish_reason", TREAT_WORD},
    {"id", TREAT_ID},
    {"message", TREAT_KEEP},
    {"model", TREAT_WORD},
    {"msg", TREAT_KEEP},
    {"name", TREAT_WORD},
    {"native_finish_reason", TREAT_WORD},
    {"object", TREAT_WORD},
    {"param", TREAT_WORD},
    {"phase", TREAT_WORD},
    {"reason", TREAT_WORD},
    {"role", TREAT_WORD},
    {"service_tier", TREAT_WORD},
    {"status", TREAT_WORD},
    {"status_msg", TREAT_KEEP},
    {"system_fingerprint", TREAT_ID},
    {"tool_choice", TREAT_WORD},
    {"truncation", TREAT_WORD},
    {"type", TREAT_WORD},
};

static enum treatment treatment_of(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(treatments) / sizeof(*treatments); i++)
        if (strcmp(treatments[i].name, name) == 0)
            return treatments[i].treatment;
    return len > 3 && strcmp(name + len - 3, "_id") == 0 ? TREAT_ID : TREAT_STENCIL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- a text of JSON, or of what should be ---- */

struct level {
    char name[NAME_MAX_LENGTH]; /* of what the members or items belong to */
    bool array;
    int64_t index;
};

struct sanitizer {
    struct stand_call calls[CALLS_MAX];
    size_t call_count;
    /* ---- of one text ---- */
    struct level levels[DEPTH_MAX];
    size_t depth;
    char name[NAME_MAX_LENGTH]; /* of the value that follows */
    bool deltas, argument_deltas;
    struct stand_outside outside;
    struct bytes *out;
};

static uint64_t call_key(const struct sanitizer *sanitizer)
{
    uint64_t key = 0;

    for (size_t i = 0; i < sanitizer->depth; i++)
        key = key * 1000003 + (uint64_t)(sanitizer->levels[i].index + 1);
    return key;
}

static struct stand_call *find_call(struct sanitizer *sanitizer)
{
    uint64_t key = call_key(sanitizer);

    for (size_t i = 0; i < sanitizer->call_count; i++)
        if (sanitizer->calls[i].key == key)
            return &sanitizer->calls[i];
    if (sanitizer->call_count == CALLS_MAX)
        sanitizer->call_count = 0;
    sanitizer->calls[sanitizer->call_count] = (struct stand_call){.key = key};
    return &sanitizer->calls[sanitizer->call_count++];
}

static bool is_delta(const struct sanitizer *sanitizer)
{
    for (size_t i = 0; i < sanitizer->depth; i++)
        if (strcmp(sanitizer->levels[i].name, "delta") == 0)
            return true;
    return sanitizer->deltas;
}

static void put_arguments(struct sanitizer *sanitizer, const char *text, size_t len)
{
    struct stand_call *call = find_call(sanitizer);
    size_t at = 0;

    if (!is_delta(sanitizer))
        *call = (struct stand_call){.key = call->key};
    while (at < len)
        at += stand_in_argument(call, text + at, len - at, sanitizer->out);
}

static void put_value(struct sanitizer *sanitizer, const char *text, size_t len)
{
    enum treatment treatment = treatment_of(sanitizer->name);

    if (strcmp(sanitizer->name, "delta") == 0 && sanitizer->argument_deltas)
        treatment = TREAT_ARGUMENTS;
    switch (treatment) {
    case TREAT_KEEP:
        bytes_append(sanitizer->out, text, len);
        return;
    case TREAT_WORD:
        if (stand_is_word(text, len))
            bytes_append(sanitizer->out, text, len);
        else
            stand_in_text(text, len, sanitizer->out);
        return;
    case TREAT_ID:
        stand_in_id(text, len, sanitizer->out);
        return;
    case TREAT_ARGUMENTS:
        put_arguments(sanitizer, text, len);
        return;
    case TREAT_STENCIL:
        break;
    }
    stand_in_text(text, len, sanitizer->out);
}

/* The type of an event says what its `delta` is. */
static void learn_type(struct sanitizer *sanitizer, const char *text, size_t len)
{
    static const char end[] = ".delta", arguments[] = "arguments.delta";

    if (sanitizer->depth != 1 || strcmp(sanitizer->name, "type") != 0)
        return;
    sanitizer->deltas =
        len >= strlen(end) && memcmp(text + len - strlen(end), end, strlen(end)) == 0;
    sanitizer->argument_deltas =
        len >= strlen(arguments) &&
        memcmp(text + len - strlen(arguments), arguments, strlen(arguments)) == 0;
}

/* Behind the opening quote: up to the closing one, or to the end. */
static size_t string_length(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && text[at] != '"')
        at += text[at] == '\\' && at + 1 < len ? 2 : 1;
    return at;
}

static bool colon_follows(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len && strchr(" \t\r\n", text[at]) && text[at])
        at++;
    return at < len && text[at] == ':';
}

static size_t put_string(struct sanitizer *sanitizer, const char *text, size_t len)
{
    size_t inner = string_length(text + 1, len - 1);
    bool closed = inner + 1 < len;

    bytes_append_byte(sanitizer->out, '"');
    if (closed && colon_follows(text + inner + 2, len - inner - 2)) {
        size_t kept = inner < NAME_MAX_LENGTH ? inner : 0;

        bytes_append(sanitizer->out, text + 1, inner);
        memcpy(sanitizer->name, text + 1, kept);
        sanitizer->name[kept] = '\0';
    } else {
        learn_type(sanitizer, text + 1, inner);
        put_value(sanitizer, text + 1, inner);
    }
    if (closed)
        bytes_append_byte(sanitizer->out, '"');
    sanitizer->outside = (struct stand_outside){.before = '"'};
    return inner + 1 + closed;
}

static void open_level(struct sanitizer *sanitizer, bool array)
{
    struct level *level;

    if (sanitizer->depth == DEPTH_MAX)
        return;
    level = &sanitizer->levels[sanitizer->depth++];
    *level = (struct level){.array = array, .index = -1};
    memcpy(level->name, sanitizer->name, sizeof(level->name));
}

static void close_level(struct sanitizer *sanitizer)
{
    if (sanitizer->depth == 0)
        return;
    sanitizer->depth--;
    memcpy(sanitizer->name, sanitizer->levels[sanitizer->depth].name, sizeof(sanitizer->name));
}

static void learn_index(struct sanitizer *sanitizer, const char *text, size_t len)
{
    size_t name = strlen(sanitizer->name);

    if (sanitizer->depth == 0 || is_digit(sanitizer->outside.before) || name < 5 ||
        strcmp(sanitizer->name + name - 5, "index") != 0)
        return;
    sanitizer->levels[sanitizer->depth - 1].index = 0;
    for (size_t i = 0; i < len && i < INDEX_DIGITS && is_digit(text[i]); i++)
        sanitizer->levels[sanitizer->depth - 1].index =
            sanitizer->levels[sanitizer->depth - 1].index * 10 + (text[i] - '0');
}

static size_t put_other(struct sanitizer *sanitizer, const char *text, size_t len)
{
    bool item = sanitizer->depth > 0 && sanitizer->levels[sanitizer->depth - 1].array;

    if (*text == '{' || *text == '[')
        open_level(sanitizer, *text == '[');
    else if (*text == '}' || *text == ']')
        close_level(sanitizer);
    else if (is_digit(*text))
        learn_index(sanitizer, text, len);
    return stand_in_outside(&sanitizer->outside, text, len, item, sanitizer->out);
}

static void put_text(struct sanitizer *sanitizer, const char *text, size_t len)
{
    static const char marker[] = "[DONE]";
    size_t at = 0, blanks = 0;

    sanitizer->depth = 0;
    sanitizer->name[0] = '\0';
    sanitizer->deltas = sanitizer->argument_deltas = false;
    sanitizer->outside = (struct stand_outside){.before = '\0'};
    while (blanks < len && text[blanks] == ' ')
        blanks++;
    if (len - blanks >= strlen(marker) && memcmp(text + blanks, marker, strlen(marker)) == 0) {
        at = blanks + strlen(marker);
        bytes_append(sanitizer->out, text, at);
    }
    while (at < len)
        at += text[at] == '"' ? put_string(sanitizer, text + at, len - at)
                              : put_other(sanitizer, text + at, len - at);
}

/* ---- event streams ---- */

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

/* "event: …" and comments name things, every other line may hold an answer by mistake. */
static void put_field(struct sanitizer *sanitizer, const char *line, size_t len)
{
    static const char *const kept[] = {":", "event:", "id:", "retry:"};
    size_t colon = 0;

    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        if (len >= strlen(kept[i]) && memcmp(line, kept[i], strlen(kept[i])) == 0) {
            bytes_append(sanitizer->out, line, len);
            return;
        }
    while (colon < len && is_letter(line[colon]))
        colon++;
    colon = colon < len && line[colon] == ':' ? colon + 1 : 0;
    bytes_append(sanitizer->out, line, colon);
    put_text(sanitizer, line + colon, len - colon);
}

/* All lines of `event` again, those of data with what `data` has for them. */
static void put_lines(struct sanitizer *sanitizer, const char *event, size_t len,
                      const struct bytes *data)
{
    const char *next = bytes_text(data), *end = next + data->len;

    for (size_t at = 0; at < len;) {
        const char *line = event + at;
        size_t whole = line_length(line, len - at), bare = without_end(line, whole);
        size_t offset = data_offset(line, bare), part;

        if (offset > 0) {
            const char *newline = memchr(next, '\n', (size_t)(end - next));

            part = (size_t)((newline ? newline : end) - next);
            bytes_append(sanitizer->out, line, offset);
            bytes_append(sanitizer->out, next, part);
            next += part + (newline != NULL);
        } else {
            put_field(sanitizer, line, bare);
        }
        bytes_append(sanitizer->out, line + bare, whole - bare);
        at += whole;
    }
}

/* The data of an event is one text, however many lines it has. */
static void put_event(struct sanitizer *sanitizer, const char *event, size_t len)
{
    struct bytes *out = sanitizer->out, raw, data;
    size_t lines = 0;

    bytes_init(&raw, len + 1);
    bytes_init(&data, len + 1);
    for (size_t at = 0; at < len;) {
        size_t whole = line_length(event + at, len - at), bare = without_end(event + at, whole);
        size_t offset = data_offset(event + at, bare);

        if (offset > 0 && lines++ > 0)
            bytes_append_byte(&raw, '\n');
        if (offset > 0)
            bytes_append(&raw, event + at + offset, bare - offset);
        at += whole;
    }
    sanitizer->out = &data;
    put_text(sanitizer, bytes_text(&raw), raw.len);
    sanitizer->out = out;
    put_lines(sanitizer, event, len, &data);
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

static bool begins_as_page(const char *body, size_t len)
{
    size_t at = 0;

    while (at < len && (unsigned char)body[at] <= ' ')
        at++;
    return at < len && body[at] == '<';
}

static bool begins_as_json(const char *body, size_t len)
{
    size_t at = 0;

    while (at < len && (unsigned char)body[at] <= ' ')
        at++;
    return at < len && strchr("{[\"", body[at]) && body[at];
}

void sanitize_body(const char *body, size_t len, bool stream, bool failed, struct bytes *out)
{
    struct sanitizer sanitizer = {.out = out};
    size_t at = 0;

    if (!stream && (begins_as_page(body, len) || (failed && !begins_as_json(body, len)))) {
        bytes_append(out, body, len);
        return;
    }
    if (!stream)
        put_text(&sanitizer, body, len);
    while (stream && at < len) {
        size_t event = sanitize_event_length(body + at, len - at);

        put_event(&sanitizer, body + at, event);
        at += event;
    }
}

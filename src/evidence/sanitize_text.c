#include "evidence/sanitize_text.h"

#include "base/bytes.h"
#include "judge/piece.h"

#include <stdio.h>
#include <string.h>

enum { INDEX_DIGITS = 6 };

/* The name of what is beside no answer: it is too long, or began before the text did. */
static const char unknown[] = "?";

/* ---- what stands under which name ---- */

enum treatment {
    TREAT_STENCIL,
    TREAT_WORD,
    TREAT_CODE,  /* a word where an error is told, or at the root */
    TREAT_ERROR, /* kept where an error is told */
    TREAT_ID,
    TREAT_ARGUMENTS,
};

static const struct {
    const char *name;
    enum treatment treatment;
} treatments[] = {
    {"arguments", TREAT_ARGUMENTS},
    {"call_id", TREAT_ID},
    {"code", TREAT_CODE},
    {"detail", TREAT_ERROR},
    {"error", TREAT_ERROR},
    {"error_description", TREAT_ERROR},
    {"event", TREAT_WORD},
    {"finish_reason", TREAT_WORD},
    {"id", TREAT_ID},
    {"message", TREAT_ERROR},
    {"model", TREAT_WORD},
    {"msg", TREAT_ERROR},
    {"name", TREAT_WORD},
    {"native_finish_reason", TREAT_WORD},
    {"object", TREAT_WORD},
    {"param", TREAT_WORD},
    {"phase", TREAT_WORD},
    {"reason", TREAT_WORD},
    {"role", TREAT_WORD},
    {"service_tier", TREAT_WORD},
    {"status", TREAT_WORD},
    {"status_msg", TREAT_ERROR},
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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- a text of JSON, or of what should be ---- */

static size_t kept_levels(const struct sanitize_text *sanitizer)
{
    return sanitizer->depth < SANITIZE_DEPTH ? sanitizer->depth : SANITIZE_DEPTH;
}

/* The innermost one; NULL: none is open, or it lies too deep. */
static struct sanitize_level *last_level(struct sanitize_text *sanitizer)
{
    if (sanitizer->depth == 0 || sanitizer->depth > SANITIZE_DEPTH)
        return NULL;
    return &sanitizer->levels[sanitizer->depth - 1];
}

static bool lies_below(const struct sanitize_text *sanitizer, const char *name)
{
    for (size_t i = 0; i < kept_levels(sanitizer); i++)
        if (strcmp(sanitizer->levels[i].name, name) == 0)
            return true;
    return false;
}

static bool is_beside(const char *name)
{
    return !*name || strcmp(name, "choices") == 0 || strcmp(name, "response") == 0;
}

/*
 * Whether a value stands where the readers look for an error: `error` beside the answer, never
 * within what was said; `base_resp`; the root, where that fails.
 */
static bool tells_error(const struct sanitize_text *sanitizer)
{
    size_t depth = kept_levels(sanitizer), at = 0;

    while (at < depth && is_beside(sanitizer->levels[at].name))
        at++;
    if (at < depth)
        return strcmp(sanitizer->levels[at].name, "error") == 0 ||
               (at == 1 && strcmp(sanitizer->levels[at].name, "base_resp") == 0);
    return strcmp(sanitizer->name, "error") == 0 || (depth == 1 && sanitizer->fails);
}

static uint64_t call_key(const struct sanitize_text *sanitizer)
{
    uint64_t key = 0;

    for (size_t i = 0; i < kept_levels(sanitizer); i++)
        key = key * 1000003 + (uint64_t)(sanitizer->levels[i].index + 1);
    return key;
}

static struct stand_call *find_call(struct sanitize_text *sanitizer)
{
    uint64_t key = call_key(sanitizer);

    for (size_t i = 0; i < sanitizer->call_count; i++)
        if (sanitizer->calls[i].key == key)
            return &sanitizer->calls[i];
    if (sanitizer->call_count == SANITIZE_CALLS)
        sanitizer->call_count = 0;
    sanitizer->calls[sanitizer->call_count] = (struct stand_call){.key = key};
    return &sanitizer->calls[sanitizer->call_count++];
}

static bool is_delta(const struct sanitize_text *sanitizer)
{
    return sanitizer->deltas || lies_below(sanitizer, "delta");
}

static void put_arguments(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    struct stand_call *call = find_call(sanitizer);
    size_t at = 0;

    if (!is_delta(sanitizer))
        *call = (struct stand_call){.key = call->key};
    while (at < len)
        at += stand_in_argument(call, text + at, len - at, sanitizer->out);
}

/* An address is nobody's word for a thing, but some ids of models have the sign of one. */
static bool is_word(const struct sanitize_text *sanitizer, const char *text, size_t len)
{
    return stand_is_word(text, len) &&
           (!memchr(text, '@', len) || strcmp(sanitizer->name, "model") == 0);
}

/* What the client itself added to the request comes back in `metadata`; of the unknown none knows.
 */
static enum treatment treatment_here(const struct sanitize_text *sanitizer)
{
    static const char *const others[] = {"metadata", unknown};

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (strcmp(sanitizer->name, others[i]) == 0 || lies_below(sanitizer, others[i]))
            return TREAT_STENCIL;
    if (strcmp(sanitizer->name, "delta") == 0 && sanitizer->argument_deltas)
        return TREAT_ARGUMENTS;
    return treatment_of(sanitizer->name);
}

static void put_value(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    bool kept = false;

    switch (treatment_here(sanitizer)) {
    case TREAT_ERROR:
        kept = tells_error(sanitizer);
        break;
    case TREAT_CODE:
        kept = (sanitizer->depth == 1 || tells_error(sanitizer)) && is_word(sanitizer, text, len);
        break;
    case TREAT_WORD:
        kept = is_word(sanitizer, text, len);
        break;
    case TREAT_ID:
        stand_in_id(text, len, sanitizer->out);
        return;
    case TREAT_ARGUMENTS:
        put_arguments(sanitizer, text, len);
        return;
    case TREAT_STENCIL:
        break;
    }
    if (kept)
        bytes_append(sanitizer->out, text, len);
    else
        stand_in_text(text, len, sanitizer->out);
}

/* The type of an event says what its `delta` is. */
static void learn_type(struct sanitize_text *sanitizer, const char *text, size_t len)
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

/* Only members of an object have names; outside of one a quote and a colon are what was said. */
static bool takes_name(struct sanitize_text *sanitizer)
{
    const struct sanitize_level *level = last_level(sanitizer);

    return level ? !level->array : sanitizer->depth > 0;
}

static void learn_name(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    bool fits = len < SANITIZE_NAME;

    snprintf(sanitizer->name, sizeof(sanitizer->name), "%.*s", fits ? (int)len : 1,
             fits ? text : unknown);
}

static size_t put_string(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    size_t inner = string_length(text + 1, len - 1);
    bool closed = inner + 1 < len;
    bool named = closed && colon_follows(text + inner + 2, len - inner - 2);

    bytes_append_byte(sanitizer->out, '"');
    if (named && takes_name(sanitizer)) {
        bytes_append(sanitizer->out, text + 1, inner);
        learn_name(sanitizer, text + 1, inner);
    } else {
        learn_type(sanitizer, text + 1, inner);
        put_value(sanitizer, text + 1, inner);
        if (named) /* of something that began before this text */
            learn_name(sanitizer, unknown, strlen(unknown));
        else if (takes_name(sanitizer)) /* a name is that of one value */
            sanitizer->name[0] = '\0';
    }
    if (closed)
        bytes_append_byte(sanitizer->out, '"');
    sanitizer->outside = (struct stand_outside){.before = '"'};
    return inner + 1 + closed;
}

static void open_level(struct sanitize_text *sanitizer, bool array)
{
    struct sanitize_level *level;

    sanitizer->depth++;
    level = last_level(sanitizer);
    if (!level)
        return;
    *level = (struct sanitize_level){.array = array, .index = -1};
    memcpy(level->name, sanitizer->name, sizeof(level->name));
}

static void close_level(struct sanitize_text *sanitizer)
{
    const struct sanitize_level *level = last_level(sanitizer);
    const char *name = level ? level->name : unknown;

    learn_name(sanitizer, name, strlen(name));
    sanitizer->depth -= sanitizer->depth > 0;
}

static void learn_index(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    struct sanitize_level *level = last_level(sanitizer);
    size_t name = strlen(sanitizer->name);

    if (!level || is_digit(sanitizer->outside.before) || name < 5 ||
        strcmp(sanitizer->name + name - 5, "index") != 0)
        return;
    level->index = 0;
    for (size_t i = 0; i < len && i < INDEX_DIGITS && is_digit(text[i]); i++)
        level->index = level->index * 10 + (text[i] - '0');
}

static size_t put_other(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    bool hidden = !takes_name(sanitizer); /* a number that has no name is one of a text or a list */

    if (*text == '{' || *text == '[')
        open_level(sanitizer, *text == '[');
    else if (*text == '}' || *text == ']')
        close_level(sanitizer);
    else if (is_digit(*text))
        learn_index(sanitizer, text, len);
    return stand_in_outside(&sanitizer->outside, text, len, hidden, sanitizer->out);
}

bool sanitize_tells_error(const char *text, size_t len)
{
    const struct piece body = {JSON_TOKEN_OBJECT, text, len, false};
    struct piece type;

    if (len == 0 || *text != '{' || !memmem(text, len, "\"error\"", 7) ||
        !json_validate(text, len, NULL))
        return false;
    type = piece_member(&body, "type");
    return piece_is(&type, "error");
}

void sanitize_text_begin(struct sanitize_text *sanitizer, const char *name, bool fails)
{
    sanitizer->depth = 0;
    learn_name(sanitizer, name, strlen(name));
    sanitizer->deltas = sanitizer->argument_deltas = false;
    sanitizer->fails = fails;
    sanitizer->outside = (struct stand_outside){.before = '\0'};
}

void sanitize_text_more(struct sanitize_text *sanitizer, const char *text, size_t len)
{
    for (size_t at = 0; at < len;)
        at += text[at] == '"' ? put_string(sanitizer, text + at, len - at)
                              : put_other(sanitizer, text + at, len - at);
}

void sanitize_text_put(struct sanitize_text *sanitizer, const char *text, size_t len, bool fails)
{
    static const char marker[] = "[DONE]";
    size_t at = 0, blanks = 0;

    sanitize_text_begin(sanitizer, "", fails || sanitize_tells_error(text, len));
    while (blanks < len && text[blanks] == ' ')
        blanks++;
    if (len - blanks >= strlen(marker) && memcmp(text + blanks, marker, strlen(marker)) == 0) {
        at = blanks + strlen(marker);
        bytes_append(sanitizer->out, text, at);
    }
    sanitize_text_more(sanitizer, text + at, len - at);
}

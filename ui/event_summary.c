#include "ui/event_summary.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

enum {
    PARSED_MAX = 64 * 1024,         /* more is not read for one line */
    INDENTED_MAX = 4 * 1024 * 1024, /* nor this for a page */
    TEXT_MAX = 400,
};

/* As much of a text as a line may need, between quotes. */
static void add_quoted(struct bytes *out, const char *name, const char *text)
{
    bytes_printf(out, "%s%s ", out->len ? "  " : "", name);
    json_quote(out, text, utf8_whole(text, strlen(text), TEXT_MAX));
}

static void add_string(struct bytes *out, const char *name, const struct json *value)
{
    const char *text = json_string(value);

    if (text && *text)
        add_quoted(out, name, text);
}

static void add_word(struct bytes *out, const char *name, const char *word)
{
    if (word && *word)
        bytes_printf(out, "%s%s %.*s", out->len ? "  " : "", name, TEXT_MAX, word);
}

static void add_usage(struct bytes *out, const struct json *usage, const char *in, const char *of)
{
    int64_t input, output;

    if (json_type(usage) != JSON_OBJECT)
        return;
    if (json_integer(json_member(usage, in), &input) &&
        json_integer(json_member(usage, of), &output))
        bytes_printf(out, "%susage %" PRId64 " in, %" PRId64 " out", out->len ? "  " : "", input,
                     output);
    else
        bytes_printf(out, "%susage", out->len ? "  " : "");
}

static void add_error(struct bytes *out, const struct json *error)
{
    if (json_type(error) == JSON_OBJECT) {
        add_string(out, "error", json_member(error, "message"));
        add_word(out, "type", json_string(json_member(error, "type")));
    } else {
        add_string(out, "error", error);
    }
}

/* ---- chat ---- */

static void add_calls(struct bytes *out, const struct json *calls)
{
    for (const struct json *call = json_first(calls); call; call = json_next(call)) {
        const struct json *function = json_member(call, "function");
        const char *name = json_string(json_member(function, "name"));
        int64_t index;

        if (json_integer(json_member(call, "index"), &index))
            bytes_printf(out, "%stool %" PRId64, out->len ? "  " : "", index);
        else
            bytes_printf(out, "%stool", out->len ? "  " : "");
        if (name)
            bytes_printf(out, " %.*s", TEXT_MAX, name);
        add_string(out, "arguments", json_member(function, "arguments"));
    }
}

static void add_choice(struct bytes *out, const struct json *choice)
{
    const struct json *delta = json_member(choice, "delta");
    int64_t index;

    if (!delta)
        delta = json_member(choice, "message");
    if (json_integer(json_member(choice, "index"), &index) && index > 0)
        bytes_printf(out, "%schoice %" PRId64, out->len ? "  " : "", index);
    add_word(out, "role", json_string(json_member(delta, "role")));
    add_string(out, "content", json_member(delta, "content"));
    add_string(out, "reasoning", json_member(delta, "reasoning"));
    add_string(out, "reasoning", json_member(delta, "reasoning_content"));
    add_string(out, "refusal", json_member(delta, "refusal"));
    add_calls(out, json_member(delta, "tool_calls"));
    add_word(out, "finish", json_string(json_member(choice, "finish_reason")));
}

static void add_chat(struct bytes *out, const struct json *event)
{
    for (const struct json *choice = json_first(json_member(event, "choices")); choice;
         choice = json_next(choice))
        add_choice(out, choice);
    add_usage(out, json_member(event, "usage"), "prompt_tokens", "completion_tokens");
    add_error(out, json_member(event, "error"));
}

/* ---- responses ---- */

static void add_response(struct bytes *out, const struct json *event)
{
    const struct json *item = json_member(event, "item");
    const struct json *response = json_member(event, "response");
    int64_t sequence;

    if (json_integer(json_member(event, "sequence_number"), &sequence))
        bytes_printf(out, "#%" PRId64, sequence);
    add_word(out, "", json_string(json_member(event, "type")));
    add_string(out, "delta", json_member(event, "delta"));
    add_string(out, "text", json_member(event, "text"));
    add_string(out, "arguments", json_member(event, "arguments"));
    add_word(out, "item", json_string(json_member(item, "type")));
    add_word(out, "status", json_string(json_member(item, "status")));
    add_word(out, "status", json_string(json_member(response, "status")));
    add_usage(out, json_member(response, "usage"), "input_tokens", "output_tokens");
    add_error(out, json_member(response, "error"));
    add_error(out, json_member(event, "error"));
}

/* ---- both ---- */

void event_summary(enum operation operation, const char *data, size_t len, struct bytes *out)
{
    struct error error;
    struct json *event = len <= PARSED_MAX ? json_parse(data, len, "the event", &error) : NULL;
    size_t before = out->len;

    if (event && operation == OPERATION_RESPONSES)
        add_response(out, event);
    else if (event)
        add_chat(out, event);
    json_free(event);
    if (out->len == before)
        bytes_append(out, data, len < TEXT_MAX ? len : TEXT_MAX);
}

void event_whole(const char *data, size_t len, struct bytes *out)
{
    struct error error;
    struct json *event = len <= INDENTED_MAX ? json_parse(data, len, "the event", &error) : NULL;

    if (event)
        json_write(event, true, out);
    else
        bytes_append(out, data, len);
    json_free(event);
}

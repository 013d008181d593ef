#include "simulator/encode.h"

#include "base/json.h"

#include <string.h>

static unsigned choices(const struct play *play)
{
    return play->scene->choices ? play->scene->choices : play->ask->choices;
}

static void head(struct play *play, struct bytes *out, const char *object)
{
    bytes_puts(out, "{\"id\":");
    encode_id(play, out, "chatcmpl-sim-");
    bytes_printf(out, ",\"object\":\"%s\",\"created\":" ENCODE_CREATED ",\"model\":", object);
    encode_model(play, out);
}

static void chunk_begin(struct play *play, struct bytes *out)
{
    encode_event_begin(play, out, NULL);
    head(play, out, "chat.completion.chunk");
}

static void chunk_end(struct play *play, struct bytes *out)
{
    unsigned style = play->scene->style;

    if (style & STYLE_NULL_ERROR)
        bytes_puts(out, ",\"error\":null");
    if (style & STYLE_OBFUSCATION)
        bytes_printf(out, ",\"obfuscation\":\"%.*s\"", (int)(play->events % 7), "aZ3kQx9");
    bytes_puts(out, "}");
    encode_event_end(play, out);
}

/* One event a choice, each with the same delta and no finish. */
static void delta(struct play *play, struct bytes *out, const char *members)
{
    for (unsigned i = 0; i < choices(play); i++) {
        chunk_begin(play, out);
        bytes_printf(out, ",\"choices\":[{\"index\":%u,\"delta\":{", i);
        bytes_puts(out, members); /* may be many megabytes, which printf takes a byte at a time */
        bytes_printf(out, "},%s\"finish_reason\":null}]",
                     play->scene->style & STYLE_LOGPROBS ? "\"logprobs\":null," : "");
        chunk_end(play, out);
    }
}

static void chat_open(struct play *play, struct bytes *out)
{
    delta(play, out, "\"role\":\"assistant\",\"content\":\"\"");
}

static struct bytes *channel_text(struct play *play, enum channel channel)
{
    switch (channel) {
    case CHANNEL_REASONING:
        return &play->draft.reasoning;
    case CHANNEL_REFUSAL:
        return &play->draft.refusal;
    case CHANNEL_TEXT:
        break;
    }
    return &play->draft.text;
}

static const char *channel_name(enum channel channel)
{
    switch (channel) {
    case CHANNEL_REASONING:
        return "reasoning_content";
    case CHANNEL_REFUSAL:
        return "refusal";
    case CHANNEL_TEXT:
        break;
    }
    return "content";
}

static void chat_say(struct play *play, struct bytes *out, enum channel channel,
                     const struct said *said)
{
    struct bytes members;

    bytes_append(channel_text(play, channel), said->text, said->len);
    play->draft.tokens++;
    bytes_init(&members, PLAY_UNIT_MAX);
    bytes_printf(&members, "\"%s\":\"", channel_name(channel));
    bytes_puts(&members, said->quoted);
    bytes_puts(&members, "\"");
    delta(play, out, bytes_text(&members));
    bytes_release(&members);
}

/* The open tool call joins the finished ones. */
static void close_call(struct play *play)
{
    struct draft *draft = &play->draft;

    if (!draft->call_name.len)
        return;
    if (draft->calls.len)
        bytes_puts(&draft->calls, ",");
    bytes_printf(
        &draft->calls,
        "{\"id\":\"call_sim_%u\",\"type\":\"function\",\"function\":{\"name\":", draft->call_count);
    encode_string(&draft->calls, &draft->call_name);
    bytes_puts(&draft->calls, ",\"arguments\":");
    encode_string(&draft->calls, &draft->arguments);
    bytes_puts(&draft->calls, "}}");
    bytes_clear(&draft->call_name);
    bytes_clear(&draft->arguments);
    draft->call_count++;
}

static void chat_call(struct play *play, struct bytes *out, const char *name)
{
    struct bytes members;

    close_call(play);
    bytes_puts(&play->draft.call_name, name);
    bytes_init(&members, PLAY_UNIT_MAX);
    bytes_printf(&members,
                 "\"tool_calls\":[{\"index\":%u,\"id\":\"call_sim_%u\",\"type\":\"function\","
                 "\"function\":{\"name\":\"%s\",\"arguments\":\"\"}}]",
                 play->draft.call_count, play->draft.call_count, name);
    delta(play, out, bytes_text(&members));
    bytes_release(&members);
}

static void chat_arguments(struct play *play, struct bytes *out, const struct said *said)
{
    struct bytes members;

    bytes_append(&play->draft.arguments, said->text, said->len);
    play->draft.tokens++;
    bytes_init(&members, PLAY_UNIT_MAX);
    bytes_printf(&members, "\"tool_calls\":[{\"index\":%u,\"function\":{\"arguments\":\"%s\"}}]",
                 play->draft.call_count, said->quoted);
    delta(play, out, bytes_text(&members));
    bytes_release(&members);
}

static void chat_finish(struct play *play, struct bytes *out, const char *reason)
{
    close_call(play);
    play->draft.finish = reason;
    for (unsigned i = 0; i < choices(play); i++) {
        chunk_begin(play, out);
        bytes_printf(out, ",\"choices\":[{\"index\":%u,\"delta\":{},%s\"finish_reason\":\"%s\"}]",
                     i, play->scene->style & STYLE_LOGPROBS ? "\"logprobs\":null," : "", reason);
        chunk_end(play, out);
    }
}

static void chat_usage(struct play *play, struct bytes *out)
{
    chunk_begin(play, out);
    bytes_puts(out, ",\"choices\":[],\"usage\":");
    encode_usage(play, out, "prompt_tokens", "completion_tokens");
    chunk_end(play, out);
}

static void chat_done(struct play *play, struct bytes *out)
{
    encode_event(play, out, NULL, "[DONE]");
}

static void chat_literal(struct play *play, struct bytes *out, const struct step *step,
                         const char *members)
{
    (void)step;
    chunk_begin(play, out);
    bytes_printf(out, ",%s", members);
    chunk_end(play, out);
}

static void message(struct play *play, struct bytes *out)
{
    struct draft *draft = &play->draft;

    bytes_puts(out, "\"message\":{\"role\":\"assistant\",\"content\":");
    if (draft->calls.len && !draft->text.len)
        bytes_puts(out, "null");
    else
        encode_string(out, &draft->text);
    if (draft->reasoning.len) {
        bytes_puts(out, ",\"reasoning_content\":");
        encode_string(out, &draft->reasoning);
    }
    if (draft->refusal.len) {
        bytes_puts(out, ",\"refusal\":");
        encode_string(out, &draft->refusal);
    }
    if (draft->calls.len)
        bytes_printf(out, ",\"tool_calls\":[%s]", bytes_text(&draft->calls));
    bytes_puts(out, "}");
}

static void chat_whole(struct play *play, struct bytes *out)
{
    close_call(play);
    head(play, out, "chat.completion");
    bytes_puts(out, ",\"choices\":[");
    for (unsigned i = 0; i < choices(play); i++) {
        bytes_printf(out, "%s{\"index\":%u,", i ? "," : "", i);
        message(play, out);
        bytes_printf(out, ",\"finish_reason\":\"%s\"}",
                     play->draft.finish ? play->draft.finish : "stop");
    }
    bytes_puts(out, "]");
    if (!(play->scene->style & STYLE_NO_USAGE)) {
        bytes_puts(out, ",\"usage\":");
        encode_usage(play, out, "prompt_tokens", "completion_tokens");
    }
    bytes_puts(out, "}\n");
}

const struct encoder encoder_chat = {
    .open = chat_open,
    .say = chat_say,
    .call = chat_call,
    .arguments = chat_arguments,
    .finish = chat_finish,
    .usage = chat_usage,
    .done = chat_done,
    .whole = chat_whole,
    .literal = chat_literal,
};

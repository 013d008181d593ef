#include "simulator/encode.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The item that is open; at most one is. */
enum draft_item {
    ITEM_NONE,
    ITEM_TEXT, /* a message whose part is text */
    ITEM_REFUSAL,
    ITEM_REASONING,
    ITEM_CALL,
};

/* How the events of one kind of item are named and shaped. */
struct item_form {
    const char *id;   /* prefix of its id */
    const char *name; /* prefix of its delta and done events */
    const char *done; /* the member of the done event that holds all of it */
    const char *part; /* prefix of the part's events, NULL: it has no parts */
    const char *part_type;
    const char *part_text;
    const char *index; /* the member that counts parts */
};

static const struct item_form item_forms[] = {
    [ITEM_TEXT] = {"msg", "response.output_text", "text", "response.content_part", "output_text",
                   "text", "content_index"},
    [ITEM_REFUSAL] = {"msg", "response.refusal", "refusal", "response.content_part", "refusal",
                      "refusal", "content_index"},
    [ITEM_REASONING] = {"rs", "response.reasoning_summary_text", "text",
                        "response.reasoning_summary_part", "summary_text", "text", "summary_index"},
    [ITEM_CALL] = {"fc", "response.function_call_arguments", "arguments", NULL, NULL, NULL, NULL},
};

static void begin(struct play *play, struct bytes *out, const char *type)
{
    encode_event_begin(play, out, type);
    bytes_printf(out, "{\"type\":\"%s\",\"sequence_number\":%" PRIu64, type,
                 play->draft.sequence++);
}

static void end(struct play *play, struct bytes *out)
{
    if (play->scene->style & STYLE_OBFUSCATION)
        bytes_printf(out, ",\"obfuscation\":\"%.*s\"", (int)(play->events % 7), "aZ3kQx9");
    bytes_puts(out, "}");
    encode_event_end(play, out);
}

static struct bytes *item_text(struct play *play)
{
    switch ((enum draft_item)play->draft.item) {
    case ITEM_REFUSAL:
        return &play->draft.refusal;
    case ITEM_REASONING:
        return &play->draft.reasoning;
    case ITEM_CALL:
        return &play->draft.arguments;
    case ITEM_NONE:
    case ITEM_TEXT:
        break;
    }
    return &play->draft.text;
}

static void object_head(struct play *play, struct bytes *out)
{
    bytes_puts(out, "{\"id\":");
    encode_id(play, out, "resp_sim_");
    bytes_puts(out, ",\"object\":\"response\",\"created_at\":" ENCODE_CREATED ",\"model\":");
    encode_model(play, out);
}

static const char *final_status(const struct play *play)
{
    const char *finish = play->draft.finish;

    if (finish && (strcmp(finish, "length") == 0 || strcmp(finish, "content_filter") == 0))
        return "incomplete";
    return "completed";
}

/* The response object; `status` "in_progress" has neither output nor usage. */
static void object(struct play *play, struct bytes *out, const char *status)
{
    bool over = strcmp(status, "in_progress") != 0;

    object_head(play, out);
    bytes_printf(out, ",\"status\":\"%s\",\"error\":null,\"incomplete_details\":", status);
    if (strcmp(status, "incomplete") == 0)
        bytes_printf(out, "{\"reason\":\"%s\"}",
                     strcmp(play->draft.finish, "length") == 0 ? "max_output_tokens"
                                                               : "content_filter");
    else
        bytes_puts(out, "null");
    bytes_puts(out, ",\"output\":[");
    bytes_puts(out, over ? bytes_text(&play->draft.output) : "");
    bytes_puts(out, "]");
    if (!(play->scene->style & STYLE_NO_USAGE)) {
        bytes_puts(out, ",\"usage\":");
        if (over)
            encode_usage(play, out, "input_tokens", "output_tokens");
        else
            bytes_puts(out, "null");
    }
    bytes_puts(out, "}");
}

static void responses_open(struct play *play, struct bytes *out)
{
    static const char *const types[] = {"response.created", "response.in_progress"};

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        begin(play, out, types[i]);
        bytes_puts(out, ",\"response\":");
        object(play, out, "in_progress");
        end(play, out);
    }
}

/* `,"item_id":…,"output_index":…` and the index of the part. */
static void place(struct play *play, struct bytes *out)
{
    const struct item_form *form = &item_forms[play->draft.item];

    bytes_printf(out, ",\"item_id\":\"%s_sim_%u\",\"output_index\":%u", form->id,
                 play->draft.item_count, play->draft.item_count);
    if (form->index)
        bytes_printf(out, ",\"%s\":0", form->index);
}

/* The part of the open item with its text, or empty. */
static void part(struct play *play, struct bytes *out, bool with_text)
{
    const struct item_form *form = &item_forms[play->draft.item];
    static const struct bytes nothing;

    bytes_printf(out, "{\"type\":\"%s\",\"%s\":", form->part_type, form->part_text);
    encode_string(out, with_text ? item_text(play) : &nothing);
    bytes_puts(out, play->draft.item == ITEM_TEXT ? ",\"annotations\":[]}" : "}");
}

/* The open item, as it begins or as it ends. */
static void item(struct play *play, struct bytes *out, bool ended)
{
    const struct item_form *form = &item_forms[play->draft.item];
    const char *status = ended ? "completed" : "in_progress";
    static const struct bytes nothing;

    bytes_printf(out, "{\"id\":\"%s_sim_%u\",", form->id, play->draft.item_count);
    if (play->draft.item == ITEM_CALL) {
        bytes_printf(out,
                     "\"type\":\"function_call\",\"status\":\"%s\",\"call_id\":\"call_sim_%u\",",
                     status, play->draft.item_count);
        bytes_printf(out, "\"name\":\"%s\",\"arguments\":", bytes_text(&play->draft.call_name));
        encode_string(out, ended ? &play->draft.arguments : &nothing);
        bytes_puts(out, "}");
        return;
    }
    if (play->draft.item == ITEM_REASONING)
        bytes_puts(out, "\"type\":\"reasoning\",\"summary\":[");
    else
        bytes_printf(out,
                     "\"type\":\"message\",\"status\":\"%s\",\"role\":\"assistant\",\"content\":[",
                     status);
    if (ended)
        part(play, out, true);
    bytes_puts(out, "]}");
}

/* The open item ends; it joins the output. */
static void close_item(struct play *play, struct bytes *out)
{
    const struct item_form *form = &item_forms[play->draft.item];
    struct draft *draft = &play->draft;
    char type[64];

    if (draft->item == ITEM_NONE)
        return;
    snprintf(type, sizeof(type), "%s.done", form->name);
    begin(play, out, type);
    place(play, out);
    bytes_printf(out, ",\"%s\":", form->done);
    encode_string(out, item_text(play));
    end(play, out);
    if (form->part) {
        snprintf(type, sizeof(type), "%s.done", form->part);
        begin(play, out, type);
        place(play, out);
        bytes_puts(out, ",\"part\":");
        part(play, out, true);
        end(play, out);
    }
    begin(play, out, "response.output_item.done");
    bytes_printf(out, ",\"output_index\":%u,\"item\":", draft->item_count);
    item(play, out, true);
    end(play, out);
    if (draft->output.len)
        bytes_puts(&draft->output, ",");
    item(play, &draft->output, true);
    bytes_clear(item_text(play));
    bytes_clear(&draft->call_name);
    draft->item = ITEM_NONE;
    draft->item_count++;
}

/* Make `kind` the open item. */
static void open_item(struct play *play, struct bytes *out, enum draft_item kind)
{
    const struct item_form *form = &item_forms[kind];
    char type[64];

    if (play->draft.item == (int)kind)
        return;
    close_item(play, out);
    play->draft.item = kind;
    begin(play, out, "response.output_item.added");
    bytes_printf(out, ",\"output_index\":%u,\"item\":", play->draft.item_count);
    item(play, out, false);
    end(play, out);
    if (!form->part)
        return;
    snprintf(type, sizeof(type), "%s.added", form->part);
    begin(play, out, type);
    place(play, out);
    bytes_puts(out, ",\"part\":");
    part(play, out, false);
    end(play, out);
}

static void more(struct play *play, struct bytes *out, const struct said *said)
{
    char type[64];

    snprintf(type, sizeof(type), "%s.delta", item_forms[play->draft.item].name);
    bytes_append(item_text(play), said->text, said->len);
    play->draft.tokens++;
    begin(play, out, type);
    place(play, out);
    bytes_puts(out, ",\"delta\":\"");
    bytes_puts(out, said->quoted);
    bytes_puts(out, "\"");
    end(play, out);
}

static void responses_say(struct play *play, struct bytes *out, enum channel channel,
                          const struct said *said)
{
    static const enum draft_item items[] = {
        [CHANNEL_TEXT] = ITEM_TEXT,
        [CHANNEL_REASONING] = ITEM_REASONING,
        [CHANNEL_REFUSAL] = ITEM_REFUSAL,
    };

    open_item(play, out, items[channel]);
    more(play, out, said);
}

static void responses_call(struct play *play, struct bytes *out, const char *name)
{
    close_item(play, out);
    bytes_puts(&play->draft.call_name, name);
    open_item(play, out, ITEM_CALL);
}

static void responses_arguments(struct play *play, struct bytes *out, const struct said *said)
{
    more(play, out, said);
}

static void responses_finish(struct play *play, struct bytes *out, const char *reason)
{
    close_item(play, out);
    play->draft.finish = reason;
}

/* It travels in the terminal event. */
static void responses_usage(struct play *play, struct bytes *out)
{
    (void)play;
    (void)out;
}

static void responses_done(struct play *play, struct bytes *out)
{
    const char *status = final_status(play);
    char type[64];

    snprintf(type, sizeof(type), "response.%s", status);
    begin(play, out, type);
    bytes_puts(out, ",\"response\":");
    object(play, out, status);
    end(play, out);
}

static void responses_whole(struct play *play, struct bytes *out)
{
    struct bytes unseen;

    bytes_init(&unseen, PLAY_UNIT_MAX);
    close_item(play, &unseen);
    bytes_release(&unseen);
    object(play, out, final_status(play));
    bytes_puts(out, "\n");
}

static void responses_literal(struct play *play, struct bytes *out, const struct step *step,
                              const char *members)
{
    begin(play, out, step->text);
    if (step->kind == STEP_SETTLED) {
        bytes_puts(out, ",\"response\":");
        object_head(play, out);
        bytes_printf(out, ",%s}", members);
    } else if (*members) {
        bytes_printf(out, ",%s", members);
    }
    end(play, out);
}

const struct encoder encoder_responses = {
    .open = responses_open,
    .say = responses_say,
    .call = responses_call,
    .arguments = responses_arguments,
    .finish = responses_finish,
    .usage = responses_usage,
    .done = responses_done,
    .whole = responses_whole,
    .literal = responses_literal,
};

#include "simulator/encode.h"

#include "base/json.h"

#include <inttypes.h>
#include <string.h>

static void newline(const struct play *play, struct bytes *out)
{
    unsigned style = play->scene->style;

    bytes_puts(out, style & STYLE_CRLF ? "\r\n" : style & STYLE_CR ? "\r" : "\n");
}

static void field(const struct play *play, struct bytes *out, const char *name)
{
    bytes_puts(out, name);
    bytes_puts(out, play->scene->style & STYLE_TIGHT ? ":" : ": ");
}

void encode_event_begin(struct play *play, struct bytes *out, const char *type)
{
    if (type && !(play->scene->style & STYLE_NAMELESS)) {
        field(play, out, "event");
        bytes_puts(out, type);
        newline(play, out);
    }
    field(play, out, "data");
}

void encode_event_end(struct play *play, struct bytes *out)
{
    newline(play, out);
    newline(play, out);
    play->events++;
}

void encode_event(struct play *play, struct bytes *out, const char *type, const char *data)
{
    encode_event_begin(play, out, type);
    bytes_puts(out, data);
    encode_event_end(play, out);
}

void encode_id(const struct play *play, struct bytes *out, const char *prefix)
{
    bytes_printf(out, "\"%s%016" PRIx64, prefix, play->ask->hash);
    if (play->scene->style & STYLE_ROTATE)
        bytes_printf(out, "-%zu", play->events);
    bytes_puts(out, "\"");
}

void encode_model(const struct play *play, struct bytes *out)
{
    json_quote(out, play->ask->model, strlen(play->ask->model));
    if (play->scene->style & STYLE_SNAPSHOT) {
        bytes_truncate(out, out->len - 1);
        bytes_puts(out, "-2026-01-15\"");
    }
}

void encode_string(struct bytes *out, const struct bytes *text)
{
    json_quote(out, bytes_text(text), text->len);
}

void encode_usage(const struct play *play, struct bytes *out, const char *input, const char *output)
{
    size_t in = 8 + strlen(play->ask->prompt) / 4, told = play->draft.tokens;

    bytes_printf(out, "{\"%s\":%zu,\"%s\":%zu,\"total_tokens\":%zu}", input, in, output, told,
                 in + told);
}

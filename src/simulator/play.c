#include "simulator/play.h"

#include "base/json.h"
#include "simulator/encode.h"
#include "simulator/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char canary_answer[] = "READY";
static const char other_answer[] =
    "This is the simulator speaking, not a model. Your prompt arrived whole, and this answer is "
    "invented, word by word, so that you can watch a stream come in. Every event was written to a "
    "loopback socket; nothing left this machine. Choose another scenario to see what happens "
    "when a stream does not end as well as this one will.";

static void init_draft(struct draft *draft)
{
    *draft = (struct draft){.finish = NULL};
    bytes_init(&draft->text, PLAY_UNIT_MAX);
    bytes_init(&draft->reasoning, PLAY_UNIT_MAX);
    bytes_init(&draft->refusal, PLAY_UNIT_MAX);
    bytes_init(&draft->calls, PLAY_UNIT_MAX);
    bytes_init(&draft->call_name, PLAY_UNIT_MAX);
    bytes_init(&draft->arguments, PLAY_UNIT_MAX);
    bytes_init(&draft->output, PLAY_UNIT_MAX);
}

/* A body step makes the scene a plain body, whatever was asked. */
static bool is_plain(const struct scene *scene)
{
    for (const struct step *step = scene->steps; step->kind != STEP_END; step++)
        if (step->kind == STEP_BODY || (step->kind >= STEP_MODELS && step->kind <= STEP_PRICED))
            return true;
    return false;
}

void play_init(struct play *play, const struct scene *scene, const struct ask *ask)
{
    bool chat = strcmp(ask->operation, "chat") == 0;
    bool responses = strcmp(ask->operation, "responses") == 0;

    *play = (struct play){
        .scene = scene,
        .ask = ask,
        .encoder = responses ? &encoder_responses : &encoder_chat,
        .plain = !(chat || responses) || is_plain(scene),
        .end = PLAY_WHOLE,
    };
    play->streamed = !play->plain && ask->stream && !(scene->style & STYLE_FOLDED);
    init_draft(&play->draft);
}

void play_release(struct play *play)
{
    bytes_release(&play->draft.text);
    bytes_release(&play->draft.reasoning);
    bytes_release(&play->draft.refusal);
    bytes_release(&play->draft.calls);
    bytes_release(&play->draft.call_name);
    bytes_release(&play->draft.arguments);
    bytes_release(&play->draft.output);
}

/* ---- text ---- */

/* `text` as it stands between the quotes of a JSON string. */
static void quote(struct bytes *out, const char *text, size_t len)
{
    size_t start = out->len;

    json_quote(out, text, len);
    bytes_truncate(out, out->len - 1);
    memmove(out->data + start, out->data + start + 1, out->len - start);
    bytes_truncate(out, out->len - 1);
}

/* The value of @NAME@; false when it is none of ours and stays as it stands. */
static bool append_value(const struct play *play, struct bytes *out, const char *name, size_t len)
{
    const struct ask *ask = play->ask;
    const struct {
        const char *name, *value;
    } texts[] = {
        {"model", ask->model}, {"method", ask->method}, {"path", ask->path},
        {"key", ask->key},     {"detail", ask->detail},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (strlen(texts[i].name) == len && memcmp(texts[i].name, name, len) == 0) {
            quote(out, texts[i].value, strlen(texts[i].value));
            return true;
        }
    if (len == 7 && memcmp(name, "request", len) == 0)
        return bytes_printf(out, "sim%016" PRIx64, ask->hash);
    if (len == 5 && memcmp(name, "index", len) == 0)
        return bytes_printf(out, "%zu", ask->fault_index);
    if (len == 6 && memcmp(name, "serial", len) == 0)
        return bytes_printf(out, "%" PRIu64, ask->serial);
    return false;
}

void play_expand(const struct play *play, struct bytes *out, const char *text)
{
    const char *at, *close;

    while ((at = strchr(text, '@')) && (close = strchr(at + 1, '@'))) {
        bytes_append(out, text, (size_t)(at - text));
        if (append_value(play, out, at + 1, (size_t)(close - at - 1))) {
            text = close + 1;
        } else {
            bytes_puts(out, "@");
            text = at + 1;
        }
    }
    bytes_puts(out, text);
}

/* Bytes of the next word with the blanks in front of it. */
static size_t next_word(const char *text)
{
    size_t blanks = strspn(text, " \n");

    return blanks + strcspn(text + blanks, " \n");
}

static void say(struct play *play, struct bytes *out, enum step_kind kind, const char *text,
                size_t len)
{
    const struct encoder *encoder = play->encoder;
    struct bytes quoted;
    struct said said = {.text = text, .len = len};

    bytes_init(&quoted, PLAY_UNIT_MAX);
    quote(&quoted, text, len);
    said.quoted = bytes_text(&quoted);
    if (kind == STEP_ARGUMENTS)
        encoder->arguments(play, out, &said);
    else
        encoder->say(play, out,
                     kind == STEP_REASONING ? CHANNEL_REASONING
                     : kind == STEP_REFUSAL ? CHANNEL_REFUSAL
                                            : CHANNEL_TEXT,
                     &said);
    bytes_release(&quoted);
}

/* One word of a longer text; true when there is more. */
static bool say_word(struct play *play, struct bytes *out, enum step_kind kind, const char *text)
{
    size_t len = next_word(text + play->at);

    say(play, out, kind, text + play->at, len);
    play->at += len;
    return text[play->at] != '\0';
}

static bool say_many(struct play *play, struct bytes *out, size_t count)
{
    char text[32];

    snprintf(text, sizeof(text), " word%zu", ++play->at);
    say(play, out, STEP_MANY, text, strlen(text));
    return play->at < count;
}

static void say_fill(struct play *play, struct bytes *out, size_t len)
{
    static const char pattern[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    struct bytes text;

    bytes_init(&text, len);
    for (size_t left = len, part; left; left -= part) {
        part = left < sizeof(pattern) - 1 ? left : sizeof(pattern) - 1;
        bytes_append(&text, pattern, part);
    }
    say(play, out, STEP_FILL, bytes_text(&text), text.len);
    bytes_release(&text);
}

static void append_base64(struct bytes *out, const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)(unsigned char)text[i] << 16;

        bits |= i + 1 < len ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
        bits |= i + 2 < len ? (unsigned)(unsigned char)text[i + 2] : 0;
        bytes_append_byte(out, digits[bits >> 18 & 63]);
        bytes_append_byte(out, digits[bits >> 12 & 63]);
        bytes_append_byte(out, i + 1 < len ? digits[bits >> 6 & 63] : '=');
        bytes_append_byte(out, i + 2 < len ? digits[bits & 63] : '=');
    }
}

static void append_each(struct bytes *out, const char *format, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (format[0] == '%')
            bytes_printf(out, "%%%02X", (unsigned)(unsigned char)text[i]);
        else
            bytes_printf(out, "\\u%04x", (unsigned)(unsigned char)text[i]);
}

static void say_key(struct play *play, struct bytes *out, enum key_form form)
{
    const char *key = play->ask->key;
    size_t len = strlen(key), half = len / 2;
    struct bytes text;

    bytes_init(&text, PLAY_UNIT_MAX);
    switch (form) {
    case KEY_PLAIN:
        bytes_puts(&text, key);
        break;
    case KEY_BASE64:
        append_base64(&text, key, len);
        break;
    case KEY_URL:
        append_each(&text, "%", key, len);
        break;
    case KEY_ESCAPED: /* it reads as the key, and stands on the wire in another form */
        append_each(&text, "\\", key, len);
        play->encoder->say(play, out, CHANNEL_TEXT, &(struct said){key, len, bytes_text(&text)});
        bytes_release(&text);
        return;
    case KEY_HALF_1:
        bytes_append(&text, key, half);
        break;
    case KEY_HALF_2:
        bytes_puts(&text, key + half);
        break;
    }
    say(play, out, STEP_KEY, bytes_text(&text), text.len);
    bytes_release(&text);
}

/* ---- steps ---- */

/* What the answer says; true when the step has more to say. */
static bool play_said(struct play *play, struct bytes *out, const struct step *step)
{
    const struct encoder *encoder = play->encoder;
    bool canary = strstr(play->ask->prompt, canary_answer) != NULL;

    switch (step->kind) {
    case STEP_OPEN:
        encoder->open(play, out);
        break;
    case STEP_ANSWER:
        return say_word(play, out, STEP_WORDS, canary ? canary_answer : other_answer);
    case STEP_WORDS:
    case STEP_REASONING:
    case STEP_REFUSAL:
        return say_word(play, out, step->kind, step->text);
    case STEP_DELTA:
    case STEP_ARGUMENTS:
        say(play, out, step->kind, step->text, strlen(step->text));
        break;
    case STEP_MANY:
        return say_many(play, out, step->number);
    case STEP_FILL:
        say_fill(play, out, step->number);
        break;
    case STEP_CALL:
        encoder->call(play, out, step->text);
        break;
    case STEP_KEY:
        say_key(play, out, (enum key_form)step->number);
        break;
    case STEP_FINISH:
        encoder->finish(play, out, step->text);
        break;
    case STEP_USAGE:
    case STEP_USAGE_ALWAYS:
        if (step->kind == STEP_USAGE_ALWAYS || play->ask->include_usage)
            encoder->usage(play, out);
        break;
    case STEP_DONE:
        encoder->done(play, out);
        break;
    default:
        break;
    }
    return false;
}

static void play_says(struct play *play, const struct step *step)
{
    bytes_puts(&play->draft.text, step->text);
    play->draft.tokens++;
    play->draft.finish = step->more;
}

static void play_literal(struct play *play, struct bytes *out, const struct step *step)
{
    struct bytes text;

    bytes_init(&text, PLAY_UNIT_MAX);
    play_expand(play, &text,
                step->kind == STEP_EVENT || step->kind == STEP_SETTLED ? step->more
                : step->text                                           ? step->text
                                                                       : "");
    switch (step->kind) {
    case STEP_ERROR:
        play->draft.error = step->text;
        encode_event(play, out, NULL, bytes_text(&text));
        break;
    case STEP_DATA:
        encode_event(play, out, NULL, bytes_text(&text));
        break;
    case STEP_BODY:
        bytes_puts(out, bytes_text(&text));
        break;
    default: /* CHUNK, EVENT, SETTLED */
        play->encoder->literal(play, out, step, bytes_text(&text));
        break;
    }
    bytes_release(&text);
}

/* One unit of `step`; true when it has more of them. */
static bool play_step(struct play *play, struct bytes *out, const struct step *step)
{
    switch (step->kind) {
    case STEP_CHUNK:
    case STEP_EVENT:
    case STEP_SETTLED:
    case STEP_DATA:
    case STEP_BODY:
    case STEP_ERROR:
        play_literal(play, out, step);
        return false;
    case STEP_PING:
        play->encoder->literal(play, out, &(struct step){.kind = STEP_EVENT, .text = "keepalive"},
                               "");
        return false;
    case STEP_RAW:
        bytes_append(out, step->text, step->number);
        return false;
    case STEP_SKIP:
        play->draft.sequence += step->number;
        return false;
    case STEP_SAYS:
        play_says(play, step);
        return false;
    case STEP_MODELS:
        listing_models(out, (enum listing)step->number, play->ask->serial);
        return false;
    case STEP_MODEL:
        listing_model(out, play->ask->model);
        return false;
    case STEP_PRICED:
        listing_priced(out);
        return false;
    default:
        return play_said(play, out, step);
    }
}

static bool is_end(const struct step *step, enum play_outcome *end)
{
    switch (step->kind) {
    case STEP_END:
        *end = PLAY_WHOLE;
        return true;
    case STEP_FIN:
        *end = PLAY_FIN;
        return true;
    case STEP_RESET:
        *end = PLAY_RESET;
        return true;
    case STEP_STALL:
        *end = PLAY_STALL;
        return true;
    case STEP_GARBLE:
        *end = PLAY_GARBLE;
        return true;
    default:
        return false;
    }
}

/* `once`: a loop is not taken, and counts as a stall. */
static enum play_outcome next_unit(struct play *play, struct bytes *out, bool once)
{
    size_t before = out->len;
    enum play_outcome end;

    while (out->len == before) {
        const struct step *step = &play->scene->steps[play->step];

        if (is_end(step, &end))
            return end;
        if (step->kind == STEP_LOOP) {
            if (once)
                return PLAY_STALL;
            play->step -= step->number;
        } else if (!play_step(play, out, step)) {
            play->step++;
            play->at = 0;
        }
    }
    return PLAY_BYTES;
}

/* Run all steps unseen, then append the one object they amount to. */
static void fold(struct play *play, struct bytes *out)
{
    struct bytes unseen;

    bytes_init(&unseen, PLAY_UNIT_MAX);
    while ((play->end = next_unit(play, &unseen, true)) == PLAY_BYTES)
        bytes_clear(&unseen);
    bytes_clear(&unseen);
    if (play->draft.error) {
        play_expand(play, out, play->draft.error);
    } else {
        play->encoder->whole(play, &unseen);
        bytes_append(out, unseen.data, play->draft.finish ? unseen.len : unseen.len / 2);
    }
    bytes_release(&unseen);
}

/* One object is the answer; a bare scene is what it is, whatever was asked. */
static bool folds(const struct play *play)
{
    return !play->plain && !play->streamed && play->scene->framing != FRAME_BARE;
}

enum play_outcome play_next(struct play *play, struct bytes *out)
{
    if (!folds(play))
        return next_unit(play, out, false);
    if (play->folded)
        return play->end;
    play->folded = true;
    fold(play, out);
    return PLAY_BYTES;
}

size_t play_length(const struct scene *scene, const struct ask *ask)
{
    struct play play;
    struct bytes unit;
    size_t length = 0;

    play_init(&play, scene, ask);
    bytes_init(&unit, PLAY_UNIT_MAX);
    while ((folds(&play) ? play_next(&play, &unit) : next_unit(&play, &unit, true)) == PLAY_BYTES) {
        length += unit.len;
        bytes_clear(&unit);
    }
    bytes_release(&unit);
    play_release(&play);
    return length;
}

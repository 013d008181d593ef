#include "judge/body.h"

#include <string.h>

enum { SAMPLE_MAX = 512 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *body_kind_name(enum body_kind kind)
{
    static const char *const names[] = {
        [BODY_UNDECIDED] = "nothing", [BODY_STREAM] = "an event stream",
        [BODY_JSON] = "JSON",         [BODY_COMPRESSED] = "compressed",
        [BODY_HTML] = "a web page",   [BODY_OTHER] = "something else",
    };

    return names[kind];
}

enum match {
    MATCH_NO,
    MATCH_MAYBE, /* so far */
    MATCH_YES,
};

static enum match match(const char *head, size_t len, const char *word, size_t word_len)
{
    if (memcmp(head, word, len < word_len ? len : word_len) != 0)
        return MATCH_NO;
    return len < word_len ? MATCH_MAYBE : MATCH_YES;
}

/* gzip, zlib (usual levels) and zstd announce themselves; brotli does not. */
static enum match compressed(const char *head, size_t len)
{
    static const char *const magics[] = {"\x1f\x8b", "\x78\x01", "\x78\x5e",
                                         "\x78\x9c", "\x78\xda", "\x28\xb5\x2f\xfd"};
    enum match best = MATCH_NO, found;

    for (size_t i = 0; i < COUNT(magics); i++) {
        found = match(head, len, magics[i], strlen(magics[i]));
        if (found > best)
            best = found;
    }
    return best;
}

/* A field name of an event stream and what ends it. `error` is none, but found at beginnings. */
static enum match field(const char *head, size_t len)
{
    static const char *const names[] = {"data", "event", "id", "retry", "error"};

    for (size_t i = 0; i < COUNT(names); i++) {
        size_t name = strlen(names[i]);
        enum match found = match(head, len, names[i], name);

        if (found == MATCH_MAYBE || (found == MATCH_YES && len == name))
            return MATCH_MAYBE;
        if (found == MATCH_YES && memchr(":\r\n", head[name], 3))
            return MATCH_YES;
    }
    return MATCH_NO;
}

static enum body_kind sniff(const struct body *body, bool final)
{
    const char *head = body->head;
    const size_t len = body->head_len;
    enum match packed, named;

    if (!len)
        return BODY_UNDECIDED;
    if (*head == '{' || *head == '[')
        return BODY_JSON;
    if (*head == '<')
        return BODY_HTML;
    if (*head == ':')
        return BODY_STREAM;
    packed = compressed(head, len);
    named = field(head, len);
    if (packed == MATCH_YES)
        return BODY_COMPRESSED;
    if (named == MATCH_YES || (named == MATCH_MAYBE && final))
        return BODY_STREAM;
    if (!final && (packed == MATCH_MAYBE || named == MATCH_MAYBE))
        return BODY_UNDECIDED;
    if (body->encoded)
        return BODY_COMPRESSED;
    return body->event_stream ? BODY_STREAM : BODY_OTHER;
}

void body_init(struct body *body, size_t max_json)
{
    *body = (struct body){0};
    bytes_init(&body->json, max_json);
    bytes_init(&body->sample, SAMPLE_MAX);
}

void body_release(struct body *body)
{
    bytes_release(&body->json);
    bytes_release(&body->sample);
}

static void keep_json(struct body *body, const char *data, size_t len)
{
    if (body->over || bytes_append(&body->json, data, len))
        return;
    body->over = true;
    bytes_release(&body->json);
}

static void keep_sample(struct body *body, const char *data, size_t len)
{
    size_t room = SAMPLE_MAX - body->sample.len;

    bytes_append(&body->sample, data, len < room ? len : room);
}

/* To where bytes of this kind go. Blanks before the decision go to the decoder of streams. */
static void route(struct body *body, struct sse *sse, const char *data, size_t len)
{
    if (body->kind == BODY_JSON)
        keep_json(body, data, len);
    else if (body->kind == BODY_STREAM || body->kind == BODY_UNDECIDED)
        sse_feed(sse, data, len);
    else
        keep_sample(body, data, len);
}

static void decide_kind(struct body *body, struct sse *sse, bool final)
{
    body->kind = sniff(body, final);
    if (body->kind != BODY_UNDECIDED)
        route(body, sse, body->head, body->head_len);
}

static bool is_blank(struct body *body, char byte)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";

    if (body->bytes == body->mark && body->mark < sizeof(byte_order_mark) - 1 &&
        byte == byte_order_mark[body->mark]) {
        body->mark++;
        return true;
    }
    return byte && strchr(" \t\r\n", byte);
}

/* Bytes until it is known what they are. Answers how many were used. */
static size_t find_kind(struct body *body, struct sse *sse, const char *data, size_t len)
{
    size_t used = 0;

    for (; used < len && body->kind == BODY_UNDECIDED; used++, body->bytes++) {
        if (!body->head_len && is_blank(body, data[used])) {
            route(body, sse, data + used, 1);
            continue;
        }
        body->head[body->head_len++] = data[used];
        decide_kind(body, sse, body->head_len == BODY_HEAD);
    }
    return used;
}

void body_feed(struct body *body, struct sse *sse, const char *data, size_t len)
{
    size_t used = 0;

    if (body->kind == BODY_UNDECIDED)
        used = find_kind(body, sse, data, len);
    body->bytes += len - used;
    if (used < len)
        route(body, sse, data + used, len - used);
}

void body_end(struct body *body, struct sse *sse)
{
    if (body->kind == BODY_UNDECIDED && body->head_len)
        decide_kind(body, sse, true);
}

void body_replay(const struct body *body, struct body *to, struct sse *sse)
{
    to->event_stream = body->event_stream;
    to->encoded = body->encoded;
    if (body->kind == BODY_UNDECIDED)
        body_feed(to, sse, body->head, body->head_len);
    body_feed(to, sse, bytes_text(&body->json), body->json.len);
    body_feed(to, sse, bytes_text(&body->sample), body->sample.len);
    to->kind = body->kind;
    to->over = body->over;
}

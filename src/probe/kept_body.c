#include "probe/kept_body.h"

#include "base/json.h"
#include "judge/sse.h"

void kept_body_init(struct kept_body *body)
{
    bytes_init(&body->text, KEPT_BODY_MAX);
    body->cut = false;
}

void kept_body_release(struct kept_body *body)
{
    bytes_release(&body->text);
}

void kept_body_clear(struct kept_body *body)
{
    bytes_clear(&body->text);
    body->cut = false;
}

/* What follows a piece that was lost would be spliced to what came before it. */
void kept_body_add(struct kept_body *body, const char *data, size_t len)
{
    body->cut = body->cut || !bytes_append(&body->text, data, len);
}

const char *kept_body_text(const struct kept_body *body)
{
    return body->cut || body->text.len == 0 ? NULL : bytes_text(&body->text);
}

/* ---- pointers ---- */

struct look {
    const char *const *pointers;
    size_t count;
    bool *found;
    bool read; /* there was a document */
};

static void look_into(struct look *look, const char *text, size_t len)
{
    struct json *root = json_parse(text, len, "answer", NULL);

    look->read = look->read || root;
    for (size_t i = 0; root && i < look->count; i++)
        look->found[i] = look->found[i] || json_at(root, look->pointers[i]);
    json_free(root);
}

static void on_event(void *context, const struct sse_event *event)
{
    look_into(context, event->data, event->data_len);
}

static void on_stray(void *context, const char *line, size_t len, uint64_t offset)
{
    (void)context;
    (void)line;
    (void)len;
    (void)offset;
}

bool kept_body_look(const struct kept_body *body, bool stream, const char *const *pointers,
                    size_t count, bool *found)
{
    static const struct sse_ops ops = {.event = on_event, .stray = on_stray};
    struct look look = {.pointers = pointers, .count = count, .found = found};
    const char *text = kept_body_text(body);
    struct sse sse;

    for (size_t i = 0; i < count; i++)
        found[i] = false;
    if (text && stream) {
        sse_init(&sse, KEPT_BODY_MAX, &ops, &look);
        sse_feed(&sse, text, body->text.len);
        sse_end(&sse);
        sse_release(&sse);
    } else if (text) {
        look_into(&look, text, body->text.len);
    }
    return look.read;
}

#include "probe/kept_body.h"

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

#include "judge/gather.h"

#include "base/redact.h"

void gather_release(struct gather *gather)
{
    bytes_release(&gather->kept);
    *gather = (struct gather){0};
}

void gather_text(struct gather *gather, struct budget *budget, const char *text, size_t len)
{
    bool whole = gather_whole(gather);

    if (!len)
        return;
    gather->total += len;
    if (!whole || len > budget->left) {
        budget->over = true;
        return;
    }
    gather->kept.max = ANSWER_TEXT_MAX;
    bytes_append(&gather->kept, text, len);
    budget->left -= len;
}

void gather_piece(struct gather *gather, struct budget *budget, const struct piece *piece)
{
    struct bytes plain;

    if (!piece->escaped) {
        gather_text(gather, budget, piece->start, piece->length);
        return;
    }
    if (gather_whole(gather) && piece->length <= budget->left) {
        /* Unescaping never lengthens, so it can go straight to its place. */
        size_t before = gather->kept.len;

        gather->kept.max = ANSWER_TEXT_MAX;
        json_unescape(piece->start, piece->length, &gather->kept);
        gather->total += gather->kept.len - before;
        budget->left -= gather->kept.len - before;
        return;
    }
    bytes_init(&plain, piece->length);
    json_unescape(piece->start, piece->length, &plain);
    gather_text(gather, budget, bytes_text(&plain), plain.len);
    bytes_release(&plain);
}

bool gather_equals(const struct gather *gather, const char *text, size_t len)
{
    return gather->total == len && redact_equal(gather_string(gather), text, gather->kept.len);
}

bool gather_whole(const struct gather *gather)
{
    return gather->kept.len == gather->total;
}

const char *gather_string(const struct gather *gather)
{
    return bytes_text(&gather->kept);
}

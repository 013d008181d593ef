#include "judge/stencil.h"

void stencil_init(struct stencil *stencil)
{
    *stencil = (struct stencil){0};
    bytes_init(&stencil->text, STENCIL_MAX);
}

void stencil_release(struct stencil *stencil)
{
    bytes_release(&stencil->text);
}

bool stencil_cut(struct stencil *stencil, const char *text, size_t len,
                 const struct piece holes[STENCIL_HOLES])
{
    bytes_clear(&stencil->text);
    stencil->count = 0;
    if (!bytes_append(&stencil->text, text, len))
        return false;
    for (size_t i = 0; i < STENCIL_HOLES; i++) {
        size_t at = stencil->count;

        if (holes[i].token != JSON_TOKEN_STRING)
            continue;
        for (; at > 0 && text + stencil->holes[at - 1].from > holes[i].start; at--)
            stencil->holes[at] = stencil->holes[at - 1];
        stencil->holes[at].from = (size_t)(holes[i].start - text);
        stencil->holes[at].to = stencil->holes[at].from + holes[i].length;
        stencil->holes[at].hole = i;
        stencil->count++;
    }
    return true;
}

/* The string whose quote is at `text`; nothing but a valid one. */
static bool read_string(const char *text, size_t len, struct piece *piece)
{
    struct json_scan scan;
    enum json_token token;

    json_scan_init(&scan, text, len);
    token = json_scan_next(&scan);
    *piece = (struct piece){token, scan.start, scan.length, scan.escaped};
    json_scan_release(&scan);
    return token == JSON_TOKEN_STRING;
}

bool stencil_fits(const struct stencil *stencil, const char *text, size_t len,
                  struct piece filled[STENCIL_HOLES])
{
    const char *pattern = stencil->text.data;
    size_t at = 0, done = 0, part;

    if (!stencil->text.len)
        return false;
    for (size_t i = 0; i < STENCIL_HOLES; i++)
        filled[i] = (struct piece){0};
    for (size_t i = 0; i < stencil->count; i++) {
        struct piece *piece = &filled[stencil->holes[i].hole];

        part = stencil->holes[i].from - done;
        if (part > len - at || memcmp(text + at, pattern + done, part) != 0)
            return false;
        at += part;
        if (!read_string(text + at - 1, len - at + 1, piece))
            return false;
        at += piece->length;
        done = stencil->holes[i].to;
    }
    part = stencil->text.len - done;
    return part == len - at && memcmp(text + at, pattern + done, part) == 0;
}

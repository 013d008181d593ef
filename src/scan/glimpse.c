#include "scan/glimpse.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXCERPT_SIDE = 60, /* bytes of a long line on either side */
    STARS_MIN = 3,     /* a run of so many, "a:b", stands for any length */
};

/* "https://user:password@host": what a redactor cannot know. */
static void hide_users(char *text, size_t len)
{
    for (size_t at = 0; at + 3 < len; at++) {
        size_t end = at + 3;

        if (memcmp(text + at, "://", 3) != 0)
            continue;
        while (end < len && (unsigned char)text[end] > ' ' && !strchr("/\"'`", text[end]))
            end++;
        while (end > at + 3 && text[end - 1] != '@')
            end--;
        if (end > at + 3)
            memset(text + at + 3, '*', end - 1 - (at + 3));
    }
}

/* A redacted copy around the part; `*at` is where that begins in it. The caller frees. */
static char *redacted_around(const struct glimpse_view *view, size_t *at, size_t *len)
{
    size_t from = view->at > view->margin ? view->at - view->margin : 0;
    size_t to = view->len - view->at > view->margin ? view->at + view->margin : view->len;
    char *copy;

    if (to < view->at + view->part)
        to = view->at + view->part;
    copy = xmemdup0(view->text + from, to - from);
    redact(view->redactor, copy, to - from);
    hide_users(copy, to - from);
    *at = view->at - from;
    *len = to - from;
    return copy;
}

/* Every run of "*" becomes one length; a NUL ends no text. */
static char *without_lengths(const char *text, size_t len)
{
    struct bytes out;

    bytes_init(&out, SIZE_MAX);
    for (size_t i = 0, stars; i < len; i += stars ? stars : 1) {
        for (stars = 0; i + stars < len && text[i + stars] == '*';)
            stars++;
        if (stars >= STARS_MIN)
            bytes_puts(&out, "****");
        else if (stars)
            bytes_append(&out, text + i, stars);
        else
            bytes_append_byte(&out, text[i] ? text[i] : '?');
    }
    return bytes_take(&out);
}

char *glimpse_part(const struct glimpse_view *view, const char *until)
{
    size_t at, len, shown = 0;
    char *copy = redacted_around(view, &at, &len), *answer;

    while (shown < view->part && !(copy[at + shown] && strchr(until, copy[at + shown])))
        shown++;
    answer = without_lengths(copy + at, shown);
    free(copy);
    return answer;
}

/* Of a line: up to EXCERPT_SIDE bytes on either side of `*from` to `*to`, in whole characters. */
static void widen(const char *text, size_t len, size_t *from, size_t *to, bool *cut)
{
    size_t first = *from, last = *to;

    while (first > 0 && *from - first < EXCERPT_SIDE && !strchr("\r\n", text[first - 1]))
        first--;
    while (last < len && last - *to < EXCERPT_SIDE && !strchr("\r\n", text[last]))
        last++;
    while (first < *from && ((unsigned char)text[first] & 0xC0) == 0x80)
        first++;
    while (last > *to && last < len && ((unsigned char)text[last] & 0xC0) == 0x80)
        last--;
    cut[0] = first > 0 && !strchr("\r\n", text[first - 1]);
    cut[1] = last < len && !strchr("\r\n", text[last]);
    *from = first;
    *to = last;
}

char *glimpse_line(const struct glimpse_view *view)
{
    size_t at, len, from, to;
    char *copy = redacted_around(view, &at, &len), *part, *answer;
    bool cut[2];

    from = at;
    to = at + view->part;
    widen(copy, len, &from, &to, cut);
    while (!cut[0] && from < at && (copy[from] == ' ' || copy[from] == '\t'))
        from++;
    part = without_lengths(copy + from, to - from);
    answer = xasprintf("%s%s%s", cut[0] ? "…" : "", part, cut[1] ? "…" : "");
    free(part);
    free(copy);
    return answer;
}

/*
 * What may be shown of a text with keys in it: a part, or the line around it, redacted with all
 * that stands around, so that a key that is cut by the edge is none that is shown.
 */
#ifndef SCAN_GLIMPSE_H
#define SCAN_GLIMPSE_H

#include <stddef.h>

struct redactor;

struct glimpse_view {
    const struct redactor *redactor;
    const char *text;
    size_t len;
    size_t at, part; /* what is shown begins here and has so many bytes */
    size_t margin;   /* bytes on both sides that are redacted with it */
};

/*
 * The part up to the first of the bytes in `until`; user and password of a URL are left out, and no
 * run of "*" tells how long a key is. The caller frees.
 */
char *glimpse_part(const struct glimpse_view *view, const char *until);

/* Its line, or as much of that as fits around it, with "…" where it is cut. The caller frees. */
char *glimpse_line(const struct glimpse_view *view);

#endif

/*
 * What goes before the body on the wire, as lines: method and URL, headers, the key by the name of
 * its source; each with the pending clauses it rests on. When the request cannot be built, one line
 * that says why.
 */
#ifndef UI_COMPOSER_HEAD_H
#define UI_COMPOSER_HEAD_H

#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>

struct application;

struct composer_head_line {
    char *text;
    char *pending; /* "chat.path, base.url", or NULL */
    enum style style;
};

struct composer_head {
    struct composer_head_line *lines;
    size_t count;
    bool refused; /* it cannot be sent */
};

/* Make it anew for the draft as it is; `head` is zeroed before its first time. */
void composer_head_make(struct composer_head *head, const struct application *application);
void composer_head_release(struct composer_head *head);

#endif

/*
 * What the console said: the last messages, to be read again by :messages.
 */
#ifndef UI_MESSAGES_H
#define UI_MESSAGES_H

#include "ui/application.h"
#include "ui/draw.h"
#include "ui/list.h"

enum { MESSAGES_KEPT = 100 };

struct messages;

struct messages *messages_new(void);
void messages_free(struct messages *messages); /* NULL is fine */

/* Keep a copy, the oldest goes; the same text again is kept once. */
void messages_add(struct messages *messages, enum message_kind kind, const char *text);

/* All of them, oldest first, wrapped; `list` says from which line on and learns how many. */
void messages_draw(const struct messages *messages, struct list *list,
                   const struct surface *surface);

/* Rows of `columns` that a message of the bottom line wants, 1 to `most`. */
int message_rows(const char *text, int columns, bool ascii, int most);

/* Draw it over the whole surface: what does not fit goes from its middle, and :messages is named.
 */
void message_draw(const struct surface *surface, enum message_kind kind, const char *text);

#endif

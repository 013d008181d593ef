/*
 * One output item of a Responses answer: a message of text parts, a tool call or reasoning.
 *
 * Text arrives in pieces and then again as a whole, up to three times (part done, item done, final
 * output). Whichever comes must be equal; at least one must come.
 */
#ifndef JUDGE_ITEM_H
#define JUDGE_ITEM_H

#include "judge/account.h"
#include "judge/calls.h"

enum item_kind {
    ITEM_OTHER,
    ITEM_MESSAGE,
    ITEM_CALL,
};

struct item_part {
    int64_t index; /* content_index */
    bool refusal;
    bool closed; /* its whole text was given: no more pieces may come */
    struct gather text;
};

enum { ITEM_PARTS_MAX = 128 };

struct item {
    int64_t index; /* output_index */
    enum item_kind kind;
    struct item_part *parts;
    size_t part_count;
    struct call call;
    bool call_closed;
    bool done;      /* the item was given as a whole */
    bool confirmed; /* some event repeated its text or arguments as a whole */
};

void item_release(struct item *item);

/* The part by that index, made when it is new; NULL when there are too many (which is noted). */
struct item_part *item_part(struct item *item, struct account *account, int64_t index,
                            bool refusal);

/* A piece of text. True when it added something. */
bool item_add_text(struct item *item, struct account *account, int64_t part, bool refusal,
                   const struct piece *delta);
/* The whole text of a part. True when it added something, because no pieces came before. */
bool item_close_text(struct item *item, struct account *account, int64_t part, bool refusal,
                     const struct piece *text);

/* The same for the arguments or the input of a call. */
bool item_add_arguments(struct item *item, struct account *account, bool custom,
                        const struct piece *delta);
bool item_close_arguments(struct item *item, struct account *account, bool custom,
                          const struct piece *arguments);

/* The item as an object, when it begins (names only) and when it is done. */
void item_begin(struct item *item, const struct piece *object);
bool item_close(struct item *item, struct account *account, const struct piece *object);

/* The text of every part of a `content` array, joined. */
void item_join_content(const struct piece *content, struct bytes *out);
/* The item's own text stands at `*at` of `whole`, which moves behind it. */
bool item_compare(const struct item *item, const char *whole, size_t len, size_t *at);

/* All text or all refusal parts as one; `refusal` chooses which. */
uint64_t item_total(const struct item *item, bool refusal);
void item_join(const struct item *item, bool refusal, struct bytes *out);

#endif

/*
 * The output items of a Responses answer, in their order, and the final output that repeats them.
 */
#ifndef JUDGE_ITEMS_H
#define JUDGE_ITEMS_H

#include "judge/item.h"

enum { ITEMS_MAX = 256 };

/* Zeroed means empty. */
struct items {
    struct item *list; /* by output_index */
    size_t count;
    size_t latest; /* the item found last */
};

void items_release(struct items *items);

/* The item by that index, made when it is new; NULL when there are too many (which is noted). */
struct item *items_at(struct items *items, struct account *account, int64_t index);

/*
 * Compare with the final `output` array, or take from it what never came in pieces. True when it
 * added something.
 */
bool items_close(struct items *items, struct account *account, const struct piece *final);

/* Sums over all items. */
uint64_t items_total(const struct items *items, bool refusal);
size_t items_calls(const struct items *items);

/* The text of all messages: in place when one part holds it, else joined in `joined`. */
void items_text(const struct items *items, bool refusal, struct bytes *joined, const char **text,
                size_t *len);

#endif

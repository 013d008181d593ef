/*
 * The output items of a Responses answer, in their order, and the final output that repeats them.
 */
#ifndef JUDGE_OUTPUT_H
#define JUDGE_OUTPUT_H

#include "judge/item.h"

enum { OUTPUT_ITEMS_MAX = 256 };

/* Zeroed means empty. */
struct output {
    struct item *items; /* by output_index */
    size_t count;
    size_t latest; /* the item found last */
};

void output_release(struct output *output);

/* The item by that index, made when it is new; NULL when there are too many (which is noted). */
struct item *output_item(struct output *output, struct account *account, int64_t index);

/*
 * Compare with the final `output` array, or take from it what never came in pieces. True when it
 * added something.
 */
bool output_close(struct output *output, struct account *account, const struct piece *final);

/* Sums over all items. */
uint64_t output_total(const struct output *output, bool refusal);
size_t output_calls(const struct output *output);

/* The text of all messages: in place when one part holds it, else joined in `joined`. */
void output_text(const struct output *output, bool refusal, struct bytes *joined, const char **text,
                 size_t *len);

#endif

/*
 * What was judged when an exchange was received, for a capture that keeps no bodies: it cannot be
 * judged again, and saying that nothing came would be false. The row of the history tells it.
 */
#ifndef UI_RECALL_H
#define UI_RECALL_H

#include "judge/failure.h"
#include "judge/verdict.h"

#include <stdbool.h>
#include <stdint.h>

struct history;

struct recall {
    struct verdict verdict; /* as it was; its one reason says that it cannot be judged again */
    struct failure failure;
    uint64_t events, bytes; /* that came */
};

/*
 * The caller frees with recall_free(). NULL where the history does not know the exchange; `history`
 * may be NULL. `classes` outlives it.
 */
struct recall *recall_find(struct history *history, const struct class_table *classes,
                           const char *id);
void recall_free(struct recall *recall);

#endif

/*
 * The open cells of a ledger: how many there are, and which come next.
 */
#ifndef UI_LEDGER_GAPS_H
#define UI_LEDGER_GAPS_H

#include "ui/ledger_view.h"

#include <stddef.h>

struct document;

struct ledger_gaps {
    size_t count;
    struct ledger_place first, last;   /* line 0: none */
    struct ledger_place before, after; /* of `from`; line 0: none */
};

/* `from` NULL: only the count, the first and the last. */
void ledger_gaps(const struct document *document, const struct ledger_place *from,
                 struct ledger_gaps *gaps);

#endif

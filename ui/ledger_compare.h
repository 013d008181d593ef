/*
 * Two versions of a ledger, by their difference: for who has to choose between them. Drawn in the
 * place of the ledger until it is closed.
 */
#ifndef UI_LEDGER_COMPARE_H
#define UI_LEDGER_COMPARE_H

#include "ui/draw.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct ledger_compare;

/* One of the two texts. */
struct ledger_version {
    const char *name; /* "a.md on disk" */
    const char *text;
    size_t len;
};

/* Everything is copied. */
struct ledger_compare *ledger_compare_new(const struct ledger_version *old,
                                          const struct ledger_version *new);
void ledger_compare_free(struct ledger_compare *compare);

/* What moves; false for any other request. */
bool ledger_compare_request(struct ledger_compare *compare, enum request request);

/* A changed line is drawn from what changed on, where that would be behind the border. */
void ledger_compare_draw(struct ledger_compare *compare, const struct surface *surface);

/* "3 added, 1 gone" for the title. */
void ledger_compare_counts(const struct ledger_compare *compare, size_t *added, size_t *removed);

#endif

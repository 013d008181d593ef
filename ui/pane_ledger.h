/*
 * What the console asks of the Ledger pane besides requests: what an earlier one left behind comes
 * back there.
 */
#ifndef UI_PANE_LEDGER_H
#define UI_PANE_LEDGER_H

#include "base/error.h"

#include <stdbool.h>

struct pane;
struct recovery;

/*
 * Open the ledger with what was kept of it as unsaved changes, which undo takes back. Refused while
 * another one is unsaved. What was kept goes when it is kept anew.
 */
bool pane_ledger_recover(struct pane *base, const struct recovery *recovery, struct error *error);

/* Show what it would change; `closed` is called when the user saw enough. */
void pane_ledger_compare(struct pane *base, const struct recovery *recovery,
                         void (*closed)(void *context), void *context);

/* A text to read while a question is open, in the place of the ledger; NULL: the ledger again. */
void pane_ledger_tell(struct pane *base, const char *text);

#endif

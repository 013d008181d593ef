/*
 * Ledger templates: what `ledger new NAME` starts from (LED E10–E24), and citing evidence.
 */
#ifndef LEDGER_TEMPLATE_H
#define LEDGER_TEMPLATE_H

#include "ledger/document.h"

#include <stdbool.h>
#include <stddef.h>

size_t template_count(void);
const char *template_name(size_t index); /* "incident" */

/*
 * A fresh document from a template; `path` is where a save without a name will go. `today`
 * (YYYY-MM-DD) is entered as the day the review started.
 */
struct document *template_new(const char *name, const char *path, const char *today,
                              struct error *error);

/* How an open cell is marked (E24). */
#define LEDGER_PENDING "*pending*"

/*
 * E24: this body cell is open. It is empty, in a column other than Notes, or says *pending*
 * somewhere.
 */
bool ledger_is_pending(const struct document *document, size_t table, size_t row, size_t column);

/* What `attach` cites. Strings may be NULL when unknown; any of them may come from the network. */
struct citation {
    const char *id;     /* ev-…, never NULL */
    const char *digest; /* SHA-256 of the capture */
    const char *time;   /* ISO */
    const char *operation, *model, *verdict, *headline;
    const char *reasons; /* codes, joined by ", " */
    const char *capture; /* path, relative to the ledger's workspace */
    bool simulated;
    bool imported; /* another tool sent and recorded it */
};

/*
 * Add a row at the end of the evidence table of the document: the first one with the columns
 * Evidence and SHA-256. The others are filled by name: Time, Operation, Model, Verdict, Reasons,
 * Capture; columns of the reader's own stay empty. What is unknown but needed as evidence is
 * *pending*, what came from the simulator is marked *simulated*, what another tool recorded
 * *imported*. Refused when there is no such table or it cites this evidence already.
 */
bool ledger_attach(struct document *document, const struct citation *citation, struct error *error);

/* The evidence table of the document; -1 when there is none. */
long ledger_evidence_table(const struct document *document);

#endif

/*
 * Ledger templates: what `ledger new NAME` starts from (LED E10–E24).
 */
#ifndef LEDGER_TEMPLATE_H
#define LEDGER_TEMPLATE_H

#include "ledger/document.h"

#include <stddef.h>

size_t template_count(void);
const char *template_name(size_t index); /* "incident" */
const char *template_summary(size_t index);

/* A fresh document from a template; `path` is where a save without a name will go. */
struct document *template_new(const char *name, const char *path, const char *today,
                              struct error *error);

/* What `attach` cites. Strings may be NULL when unknown. */
struct citation {
    const char *id;     /* ev-… */
    const char *digest; /* SHA-256 of the capture */
    const char *time;   /* ISO */
    const char *operation, *model, *verdict, *headline;
    const char *reasons; /* codes, joined by ", " */
    const char *capture; /* path, relative to the ledger's workspace */
    bool simulated;
};

/* Add a row to the evidence table of the document; refused when it has none or cites it already. */
bool ledger_attach(struct document *document, const struct citation *citation, struct error *error);

#endif

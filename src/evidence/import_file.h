/*
 * A recording of another tool from its file, redacted.
 */
#ifndef EVIDENCE_IMPORT_FILE_H
#define EVIDENCE_IMPORT_FILE_H

#include "evidence/import.h"

struct digest;
struct redactor;
struct source;

/*
 * Read all of `source`, at most IMPORT_MAX bytes, which `sum` takes as well. What the other tool
 * sent as a key is learned by `redactor`, since the answer may echo it; then everything is
 * redacted, but what is in `missing`. Release `*import` in any case.
 */
bool import_file(struct source *source, enum import_kind kind, size_t entry,
                 struct redactor *redactor, struct digest *sum, struct import *import,
                 struct error *error);

#endif

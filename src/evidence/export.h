/*
 * An exchange in a file for other tools: one table of kinds, from its capture.
 */
#ifndef EVIDENCE_EXPORT_H
#define EVIDENCE_EXPORT_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>

struct redactor;

/* A row of the table: `suffix` is what its files end in, without the dot. False behind the last. */
bool export_kind(size_t index, const char **name, const char **suffix, const char **meaning);

/*
 * Write `capture` as `kind` to `path`, whole or not at all, readable by the user alone. A file that
 * is there already is ERROR_FILE, an unknown kind ERROR_USAGE. What was kept passes `redactor` once
 * more, since it may know a key that was unknown when it was kept: a capture that changes by that
 * is sealed anew, and has another digest. `ops` NULL: the machine's.
 */
bool export_write(const char *kind, const char *capture, const char *path,
                  const struct redactor *redactor, const struct file_ops *ops, struct error *error);

#endif

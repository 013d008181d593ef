/*
 * The starter workspace: the files of share/starter, and the JSON Schemas that describe to an
 * editor what a team writes by hand, compiled in.
 */
#ifndef CONTRACT_STARTER_H
#define CONTRACT_STARTER_H

#include "base/embedded.h"
#include "base/error.h"

#include <stdbool.h>

extern const struct embedded starter_files[];
extern const struct embedded schema_files[]; /* "schema/probes.schema.json" */

/* The file of that name, NULL when there is none. */
const struct embedded *starter_file(const char *name);

/*
 * Puts a schema into a workspace that lacks it, so that the `$schema` of the file beside it leads
 * somewhere; one that is there stays as it is. `name` is one of schema_files.
 */
bool starter_add_schema(const char *folder, const char *name, struct error *error);

#endif

/*
 * As much of JSON Schema (2020-12) as our own schemas use; a keyword that is not known fails, so
 * that no schema says more than was looked at.
 */
#ifndef TESTS_UNIT_SCHEMA_H
#define TESTS_UNIT_SCHEMA_H

#include <stdbool.h>

struct bytes;
struct json;

/* False with a line for each fault in `faults`. */
bool schema_holds(struct json *schema, const struct json *value, struct bytes *faults);

#endif

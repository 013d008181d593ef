/*
 * What the value of a clause may be, by its id. Used when a contract is read.
 */
#ifndef CONTRACT_CLAUSE_CHECK_H
#define CONTRACT_CLAUSE_CHECK_H

#include <stdbool.h>

struct json;

/*
 * NULL when `value` may stand in the clause; else what it must be, to be read behind "must be".
 * JSON null always may: nothing is assumed then. A clause this program does not use takes anything.
 */
const char *clause_check(const char *id, const struct json *value);

/* The clause says how an endpoint behaves: the public site and the help center cannot verify it. */
bool clause_endpoint_level(const char *id);

#endif

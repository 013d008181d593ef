/*
 * The contract: a list of clauses, one assumed value each (design.md "Words", CON A1 B8 E3).
 *
 * A clause has an id (`chat.path`, `auth.header`, `stream.marker`, …), a value (any JSON), a source
 * class, source URL, access date, owner, where it is implemented, and an observation. Its status is
 * derived from these, never stored. A request is only ever built from clauses (operation.h): no
 * URL, path or header name stands in code.
 *
 * The file: {"version": 1, "clauses": [{"id", "title", "value", "source", "source_url", "accessed",
 * "owner", "implemented", "observed": {"value", "at", "evidence"}, "note"}, …]}. All but the id may
 * be absent; members this program does not know are kept as they are.
 */
#ifndef CONTRACT_CONTRACT_H
#define CONTRACT_CONTRACT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct json;
struct contract;

/* B8: where a clause's value comes from. */
enum source_class {
    SOURCE_NONE,
    SOURCE_API_REFERENCE,
    SOURCE_DOCS_INDEX,
    SOURCE_HELP_CENTER, /* cannot verify endpoint-level clauses */
    SOURCE_ACCOUNT,     /* account surface */
    SOURCE_PUBLIC_SITE, /* cannot verify endpoint-level clauses */
    SOURCE_LOCAL,       /* a choice of ours, such as a timeout: it claims nothing about the API */
};
enum { SOURCE_COUNT = SOURCE_LOCAL + 1 };

enum clause_status {
    CLAUSE_PENDING,
    CLAUSE_DOCUMENTED,
    CLAUSE_OBSERVED,
    CLAUSE_VERIFIED,
    CLAUSE_DISCREPANT,
    CLAUSE_LOCAL, /* of class SOURCE_LOCAL: nothing to document or observe (B4 E45) */
};
const char *clause_status_name(enum clause_status status);

/* Strings may be NULL when absent. Belongs to the contract. */
struct clause {
    const char *id;
    const char *title;
    const struct json *value; /* JSON null: no value assumed */
    enum source_class source;
    const char *source_url;
    const char *accessed; /* YYYY-MM-DD */
    const char *owner;
    const char *implemented;           /* where the integration implements it */
    const char *observed_at;           /* YYYY-MM-DD or a timestamp */
    const char *observed_evidence;     /* ev-… */
    const struct json *observed_value; /* NULL: not observed */
    const char *note;
    bool endpoint_level; /* derived from the id */
};

/* The starter contract that comes with the product; never fails. It has no path. */
struct contract *contract_starter(void);

/* From a file's text; `path` is for messages. A version above the known one is refused. */
struct contract *contract_parse(const char *path, const char *text, size_t len,
                                struct error *error);
void contract_free(struct contract *contract);

/* The text of contract.json; parse → write gives the same bytes for what this wrote. */
bool contract_write(const struct contract *contract, struct bytes *out);

size_t contract_count(const struct contract *contract);
const struct clause *contract_clause(const struct contract *contract, size_t index);
const struct clause *contract_find(const struct contract *contract, const char *id); /* or NULL */

/* Shorthand for a string value; NULL when the clause is absent or no string. */
const char *contract_string(const struct contract *contract, const char *id);

/* A number, `fallback` when absent. */
int64_t contract_integer(const struct contract *contract, const char *id, int64_t fallback);

/*
 * Documented: a value with a source URL and a valid access date, of a class that may verify a
 * clause of this kind (B8). Verified: documented and observed alike. Discrepant: observed, and not
 * what the clause assumes.
 */
enum clause_status clause_status(const struct clause *clause);

/* Whole days from the access date to `today` ("YYYY-MM-DD"), -1 when there is no valid date. */
int clause_age_days(const struct clause *clause, const char *today);

/*
 * Change one member ("value", "owner", "accessed", …) of a clause, which is made when it does not
 * exist. `value` is taken over in any case. What contract_parse() would refuse is refused and
 * changes nothing. All clause pointers taken before are invalid after a change.
 */
bool contract_set(struct contract *contract, const char *id, const char *member, struct json *value,
                  struct error *error);

/* Record what was seen: the value (taken over), when ("YYYY-MM-DD…") and its evidence id. */
bool contract_observe(struct contract *contract, const char *id, struct json *value, const char *at,
                      const char *evidence, struct error *error);

#endif

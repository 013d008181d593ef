#include "contract/contract.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/clause_check.h"
#include "contract/date.h"
#include "contract/starter.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONTRACT_VERSION = 1,
    CONTRACT_MAX = 8 << 20,
};

struct contract {
    struct json_file file;
    struct json *nothing; /* the value of clauses that state none: null */
    struct clause *clauses;
    const struct clause **by_id; /* sorted */
    size_t count;
};

static const char *const source_names[SOURCE_COUNT] = {
    [SOURCE_NONE] = "",
    [SOURCE_API_REFERENCE] = "api-reference",
    [SOURCE_DOCS_INDEX] = "docs-index",
    [SOURCE_HELP_CENTER] = "help-center",
    [SOURCE_ACCOUNT] = "account",
    [SOURCE_PUBLIC_SITE] = "public-site",
    [SOURCE_LOCAL] = "local",
};

static bool source_class_from_name(const char *name, enum source_class *source)
{
    for (int i = 0; i < SOURCE_COUNT; i++) {
        if (strcmp(source_names[i], name) == 0) {
            *source = (enum source_class)i;
            return true;
        }
    }
    return false;
}

const char *clause_status_name(enum clause_status status)
{
    static const char *const names[] = {
        [CLAUSE_PENDING] = "pending",       [CLAUSE_DOCUMENTED] = "documented",
        [CLAUSE_OBSERVED] = "observed",     [CLAUSE_VERIFIED] = "verified",
        [CLAUSE_DISCREPANT] = "discrepant", [CLAUSE_LOCAL] = "local",
    };

    return names[status];
}

/* ---- reading ---- */

static bool read_source(const struct json_file *file, const struct json *object,
                        struct clause *clause, struct error *error)
{
    const char *name = "";

    if (!json_file_string(file, object, "source", JSON_OPTIONAL, &name, error))
        return false;
    if (source_class_from_name(name, &clause->source))
        return true;
    return json_file_error_at(file, json_member(object, "source"), error,
                              "the source must be api-reference, docs-index, help-center, account, "
                              "public-site or local; leave it out when there is none");
}

/* A member that begins with a date, or is nothing but one. */
static bool check_date(const struct json_file *file, const struct json *object, const char *name,
                       bool alone, struct error *error)
{
    const char *text = json_string(json_member(object, name));
    int days;

    if (!text || (alone ? date_valid(text) : date_days(text, &days)))
        return true;
    return json_file_error_at(file, json_member(object, name), error,
                              "%s must be a date that exists, written YYYY-MM-DD", name);
}

static bool read_observed(const struct json_file *file, const struct json *object,
                          struct clause *clause, struct error *error)
{
    struct json *observed = NULL;

    if (!json_file_object(file, object, "observed", JSON_OPTIONAL, &observed, error))
        return false;
    if (!observed)
        return true;
    clause->observed_value = json_member(observed, "value");
    if (!clause->observed_value)
        return json_file_error_at(file, observed, error,
                                  "an observation must have a value; remove it when there is none");
    return json_file_string(file, observed, "at", JSON_REQUIRED, &clause->observed_at, error) &&
           check_date(file, observed, "at", false, error) &&
           json_file_string(file, observed, "evidence", JSON_OPTIONAL, &clause->observed_evidence,
                            error);
}

static bool check_id(const struct json_file *file, const struct json *object, const char *id,
                     struct error *error)
{
    if (*id && !id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
        return true;
    return json_file_error_at(file, json_member(object, "id"), error,
                              "the id must be made of a-z, 0-9, dot, underscore and hyphen");
}

static bool read_value(const struct json_file *file, const struct json *object,
                       struct clause *clause, struct error *error)
{
    const struct json *value = json_member(object, "value");
    const char *must_be = clause_check(clause->id, value);

    if (must_be)
        return json_file_error_at(file, value, error, "the value of %s must be %s", clause->id,
                                  must_be);
    if (value)
        clause->value = value;
    clause->endpoint_level = clause_endpoint_level(clause->id);
    return true;
}

static bool read_clause(const struct json_file *file, const struct json *object,
                        struct clause *clause, struct error *error)
{
    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a clause must be an object");
    if (!json_file_string(file, object, "id", JSON_REQUIRED, &clause->id, error) ||
        !check_id(file, object, clause->id, error) ||
        !json_file_string(file, object, "title", JSON_OPTIONAL, &clause->title, error) ||
        !read_source(file, object, clause, error) ||
        !json_file_string(file, object, "source_url", JSON_OPTIONAL, &clause->source_url, error) ||
        !json_file_string(file, object, "accessed", JSON_OPTIONAL, &clause->accessed, error) ||
        !check_date(file, object, "accessed", true, error) ||
        !json_file_string(file, object, "owner", JSON_OPTIONAL, &clause->owner, error) ||
        !json_file_string(file, object, "implemented", JSON_OPTIONAL, &clause->implemented,
                          error) ||
        !read_observed(file, object, clause, error))
        return false;
    return json_file_string(file, object, "note", JSON_OPTIONAL, &clause->note, error) &&
           read_value(file, object, clause, error);
}

static int compare_ids(const void *a, const void *b)
{
    const struct clause *const *left = a, *const *right = b;
    int order = strcmp((*left)->id, (*right)->id);

    /* Of two alike the later one in the file is the second: it is the one to report. */
    return order ? order : (*left > *right) - (*left < *right);
}

static bool index_clauses(struct contract *contract, struct error *error)
{
    size_t count = contract->count;

    contract->by_id = xreallocarray(NULL, count + 1, sizeof(*contract->by_id));
    for (size_t i = 0; i < count; i++)
        contract->by_id[i] = &contract->clauses[i];
    qsort(contract->by_id, count, sizeof(*contract->by_id), compare_ids);
    for (size_t i = 1; i < count; i++) {
        const struct clause *clause = contract->by_id[i];
        struct bytes pointer;

        if (strcmp(contract->by_id[i - 1]->id, clause->id) != 0)
            continue;
        bytes_init(&pointer, 64);
        bytes_printf(&pointer, "/clauses/%zu/id", (size_t)(clause - contract->clauses));
        json_file_error(&contract->file, bytes_text(&pointer), error,
                        "a clause %s already stands above; ids must differ", clause->id);
        bytes_release(&pointer);
        return false;
    }
    return true;
}

static bool check_version(const struct json_file *file, struct error *error)
{
    int64_t version;

    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a contract must be an object");
    if (!json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version == CONTRACT_VERSION)
        return true;
    return json_file_error(file, "/version", error,
                           "this contract has version %lld, this program knows version %d%s",
                           (long long)version, CONTRACT_VERSION,
                           version > CONTRACT_VERSION ? "; use a newer cometdeck" : "");
}

static bool read_clauses(struct contract *contract, struct error *error)
{
    const struct json_file *file = &contract->file;
    struct json *clauses = NULL;

    if (!check_version(file, error) ||
        !json_file_array(file, file->root, "clauses", JSON_REQUIRED, &clauses, error))
        return false;
    contract->clauses = xcalloc(json_count(clauses) + 1, sizeof(*contract->clauses));
    for (const struct json *item = json_first(clauses); item; item = json_next(item)) {
        struct clause *clause = &contract->clauses[contract->count++];

        clause->value = contract->nothing;
        if (!read_clause(file, item, clause, error))
            return false;
    }
    return index_clauses(contract, error);
}

struct contract *contract_parse(const char *path, const char *text, size_t len, struct error *error)
{
    struct contract *contract = xcalloc(1, sizeof(*contract));

    contract->nothing = json_new_null();
    if (json_file_parse(&contract->file, path, text, len, error) && read_clauses(contract, error))
        return contract;
    contract_free(contract);
    return NULL;
}

struct contract *contract_starter(void)
{
    const struct embedded *file = starter_file("contract.json");

    /* A test holds that the starter parses. */
    return contract_parse("starter contract", file->data, file->len, NULL);
}

void contract_free(struct contract *contract)
{
    if (!contract)
        return;
    json_file_release(&contract->file);
    json_free(contract->nothing);
    free(contract->clauses);
    free(contract->by_id);
    free(contract);
}

bool contract_write(const struct contract *contract, struct bytes *out)
{
    return json_write(contract->file.root, true, out);
}

/* ---- reading clauses ---- */

size_t contract_count(const struct contract *contract)
{
    return contract->count;
}

const struct clause *contract_clause(const struct contract *contract, size_t index)
{
    return index < contract->count ? &contract->clauses[index] : NULL;
}

static int compare_id(const void *id, const void *member)
{
    const struct clause *const *clause = member;

    return strcmp(id, (*clause)->id);
}

const struct clause *contract_find(const struct contract *contract, const char *id)
{
    const struct clause **found =
        bsearch(id, contract->by_id, contract->count, sizeof(*contract->by_id), compare_id);

    return found ? *found : NULL;
}

const char *contract_string(const struct contract *contract, const char *id)
{
    const struct clause *clause = contract_find(contract, id);

    return clause ? json_string(clause->value) : NULL;
}

int64_t contract_integer(const struct contract *contract, const char *id, int64_t fallback)
{
    const struct clause *clause = contract_find(contract, id);
    int64_t number;

    return clause && json_integer(clause->value, &number) ? number : fallback;
}

static bool may_document(const struct clause *clause)
{
    switch (clause->source) {
    case SOURCE_NONE:
    case SOURCE_LOCAL:
        return false;
    case SOURCE_HELP_CENTER:
    case SOURCE_PUBLIC_SITE:
        return !clause->endpoint_level;
    case SOURCE_API_REFERENCE:
    case SOURCE_DOCS_INDEX:
    case SOURCE_ACCOUNT:
        break;
    }
    return true;
}

enum clause_status clause_status(const struct clause *clause)
{
    bool assumed = json_type(clause->value) > JSON_NULL;
    bool documented = assumed && may_document(clause) && clause->source_url &&
                      *clause->source_url && clause->accessed && date_valid(clause->accessed);

    if (clause->source == SOURCE_LOCAL)
        return CLAUSE_LOCAL;
    if (!clause->observed_value)
        return documented ? CLAUSE_DOCUMENTED : CLAUSE_PENDING;
    if (assumed && !json_equal(clause->value, clause->observed_value))
        return CLAUSE_DISCREPANT;
    return documented ? CLAUSE_VERIFIED : CLAUSE_OBSERVED;
}

int clause_age_days(const struct clause *clause, const char *today)
{
    int then, now;

    if (!clause->accessed || !date_days(clause->accessed, &then) || !date_days(today, &now))
        return -1;
    return now > then ? now - then : 0;
}

/* ---- editing ---- */

/* The clause's object in a copy of the tree, made at the end when it is not there. */
static struct json *editable_clause(struct json *root, const char *id)
{
    struct json *clauses = json_member(root, "clauses"), *clause = json_first(clauses);

    while (clause && strcmp(json_string(json_member(clause, "id")), id) != 0)
        clause = json_next(clause);
    if (!clause) {
        clause = json_new_object();
        json_set_string(clause, "id", id);
        json_append(clauses, clause);
    }
    return clause;
}

/* The contract becomes what `root` says, if that can be read. */
static bool take_root(struct contract *contract, struct json *root, struct error *error)
{
    struct contract *changed = NULL;
    struct contract old;
    struct bytes text;

    bytes_init(&text, CONTRACT_MAX);
    if (json_write(root, true, &text))
        changed = contract_parse(contract->file.path, bytes_text(&text), text.len, error);
    else
        error_set(error, ERROR_FILE, "the contract would become larger than %d bytes",
                  CONTRACT_MAX);
    json_free(root);
    bytes_release(&text);
    if (!changed)
        return false;
    old = *contract;
    *contract = *changed;
    *changed = old;
    contract_free(changed);
    return true;
}

bool contract_set(struct contract *contract, const char *id, const char *member, struct json *value,
                  struct error *error)
{
    struct json *root = json_copy(contract->file.root);

    json_set(editable_clause(root, id), member, value);
    return take_root(contract, root, error);
}

bool contract_observe(struct contract *contract, const char *id, struct json *value, const char *at,
                      const char *evidence, struct error *error)
{
    struct json *observed = json_new_object();

    json_set(observed, "value", value);
    json_set_string(observed, "at", at);
    json_set_string(observed, "evidence", evidence);
    return contract_set(contract, id, "observed", observed, error);
}

/*
 * The catalog: models as returned, byte-exact, in the order returned (CAT A2 A30 A31).
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct json;

struct catalog_model {
    const char *id;            /* exact */
    const struct json *record; /* whole, as returned */
};

struct catalog {
    struct json *root;
    struct catalog_model *models;
    size_t count;
    char *fetched_at; /* ISO time, NULL: unknown */
    char *profile;
    char *key_alias;
};

/*
 * From a models answer: `{"object":"list","data":[…]}`, `{"success":true,"data":[…]}` or a bare
 * array. Only the identifier is required (A14): a record without one fails with its index (A15), as
 * does an error object, `data: null`, or something that is no collection (A24–A28). `name` is for
 * messages. On false nothing needs releasing, on true the caller may set the other strings.
 */
bool catalog_parse(const char *text, size_t len, const char *name, struct catalog *catalog,
                   struct error *error);
void catalog_release(struct catalog *catalog);

/* The list that a fetch brought at `wall_ms`, for which profile and with the key of which name. */
bool catalog_from_answer(const struct bytes *answer, int64_t wall_ms, const char *profile,
                         const char *key_alias, struct catalog *catalog, struct error *error);

/*
 * The cached list of the workspace (local, not a snapshot): the last fetch with its time, in
 * LOCAL/catalog.json, mode 0600. A folder of NULL has none. None yet is ERROR_CHECK. What is saved
 * is written as it is: it must have passed the redactor.
 */
bool catalog_load_cache(const char *local_folder, struct catalog *catalog, struct error *error);
bool catalog_save_cache(const char *local_folder, const struct catalog *catalog,
                        struct error *error);

#endif

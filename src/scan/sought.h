/*
 * What a scan of a source tree looks for (SEC A71 D3 E6 E55): it comes from the contract, from
 * profiles and from lists of models, never from this code.
 *
 * Of the contract: the hosts of `base.url` and `docs.host`, the `docs.pages`, and every clause
 * `….path`, and the names in `conflict.key_variables`. A path is looked for with and without what
 * all operations begin with ("/v1"), the latter only where two parts are left: "/chat/completions"
 * says something, "/models" does not.
 */
#ifndef SCAN_SOUGHT_H
#define SCAN_SOUGHT_H

#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>

struct contract;
struct needles;

enum scan_kind {
    SCAN_KEY,
    SCAN_MODEL,
    SCAN_BASE_URL,
    SCAN_PATH,
};
enum { SCAN_KIND_COUNT = SCAN_PATH + 1 };

const char *scan_kind_name(enum scan_kind kind); /* "key", "model", "base-url", "path" */
bool scan_kind_from_name(const char *name, enum scan_kind *kind);

struct sought_item {
    enum scan_kind kind;
    char *value; /* a model id, a host, a path; of a key the variable that is to hold it */
    char *from;  /* the clause ("chat.path"), or where else it comes from ("the cached catalog") */
    bool documentation; /* a host or page of it, no endpoint */
    bool partial;       /* a path without what all operations begin with */
};

/* A base URL that may be used, and who says so. */
struct sought_base {
    char *url;
    char *from; /* "base.url", "profile NAME" */
};

enum { SOUGHT_MODELS_MAX = 10000, SOUGHT_SHORT = 4 };

struct sought {
    struct sought_item *items;
    size_t count, size;
    struct sought_base *bases;
    size_t base_count;
    char *paths[OPERATION_COUNT]; /* of the operations, NULL: no clause says */
    char *prefix;                 /* "/v1", "" when they have nothing in common */
    struct needles *needles;      /* tags are indices of items */
    size_t models;
    size_t models_left_out; /* shorter than two bytes, or over SOUGHT_MODELS_MAX */
};

/* The contract's. */
struct sought *sought_new(const struct contract *contract);
void sought_free(struct sought *sought);

/* An id shorter than SOUGHT_SHORT counts only between two quotes. */
void sought_add_model(struct sought *sought, const char *id, const char *from);

/* A literal behind that name, as in NAME=…, is a key. */
void sought_add_key_variable(struct sought *sought, const char *name, const char *from);

/* What is no URL is left out; a loopback host is compared and not looked for. */
void sought_add_base(struct sought *sought, const char *url, const char *from);

#endif

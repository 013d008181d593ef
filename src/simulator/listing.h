/*
 * The catalogs of the simulator: invented providers and prices, no real vendor's model.
 */
#ifndef SIMULATOR_LISTING_H
#define SIMULATOR_LISTING_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum listing {
    LISTING_PLAIN,     /* {"object":"list","data":[…]} */
    LISTING_ENVELOPE,  /* {"success":true,"data":[…]} */
    LISTING_BARE,      /* […] */
    LISTING_UNORDERED, /* begins elsewhere with every request */
    LISTING_CONSTANT,  /* one `created` for all */
    LISTING_MINIMAL,   /* ids alone */
    LISTING_NO_ID,     /* one record lacks its id */
    LISTING_NUMBER_ID, /* one id is a number */
    LISTING_TWICE,     /* one id stands there twice */
    LISTING_SHRUNK,    /* two thirds are gone */
    LISTING_GROWN,     /* some that were not there */
    LISTING_CHANGED,   /* metadata differ */
    LISTING_HUGE,      /* 5,000 more */
    LISTING_HOSTILE,   /* ids that a terminal, a shell or a table would mind */
    LISTING_NOTES,     /* fields nobody knows, nested */
};

/* GET /v1/models. `serial` matters to UNORDERED only. */
void listing_models(struct bytes *out, enum listing form, uint64_t serial);

/* GET /v1/models/{id} */
void listing_model(struct bytes *out, const char *id);

/* GET /api/models, the priced catalog; nulls in its pricing are no zeros. */
void listing_priced(struct bytes *out);

/* `id` is one that chat and responses answer: sim/NAME of an answer, or a demo/ one. */
bool listing_knows(const char *id);

#endif

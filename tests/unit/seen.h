/* An exchange that ended, as results and canaries see it: a trial with a request around it. */
#ifndef TESTS_UNIT_SEEN_H
#define TESTS_UNIT_SEEN_H

#include "tests/unit/trial.h"

#include "evidence/exchange.h"

struct seen {
    struct http_result result;
    struct judge *judge;
    struct verdict verdict;
    struct failure failure;
    struct exchange_state state; /* points into the others: change what a test needs */
};

void seen_make(struct seen *seen, const struct trial *trial);
void seen_release(struct seen *seen);

#endif

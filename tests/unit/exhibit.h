/* A capture for tests of what is made from captures. */
#ifndef TESTS_UNIT_EXHIBIT_H
#define TESTS_UNIT_EXHIBIT_H

#include "evidence/capture.h"

#include <stdbool.h>
#include <stddef.h>

struct exhibit_parts {
    const char *url;
    const char *request, *answer; /* bodies; `request` NULL: none */
    size_t request_len, answer_len;
    const char *auth_scheme; /* NULL: as captures were before they told it */
    bool bodies_dropped;     /* by policy */
    bool cut;                /* without its end line */
};

/* Write it to `path`; fails the test when it cannot. */
void exhibit_write(const char *path, const struct exhibit_parts *parts);

#endif

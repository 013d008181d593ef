/*
 * What status line and headers declare about the body.
 */
#ifndef JUDGE_DECLARED_H
#define JUDGE_DECLARED_H

#include "net/http.h"

/* Zeroed means that they were never seen. Strings may be NULL. */
struct declared {
    bool known;
    int status;
    char *type, *encoding, *request_id;
    bool event_stream, json; /* by `type` */
    bool encoded;            /* an encoding other than identity */
};

void declared_from(struct declared *declared, int status, const struct http_headers *headers);
void declared_copy(struct declared *declared, const struct declared *from);
void declared_release(struct declared *declared);

#endif

/*
 * The failure class of an exchange and the one operator action it maps to (PRB A17 B14 D16).
 *
 * The body outranks the status: CometAPI answers a malformed request with 500 and an unknown model
 * with 503 (cometapi.md "Errors"). The map is total: every exchange has a class, every class one
 * action.
 */
#ifndef JUDGE_FAILURE_H
#define JUDGE_FAILURE_H

#include "judge/judge.h"

struct failure {
    const char *class;  /* stable name, "none" when nothing failed */
    const char *action; /* stable name, e.g. "fix-credentials"; "none" when nothing is to be done */
    const char *advice; /* a sentence */
};

/* `result` NULL: nothing is known of the transport. */
void failure_classify(const struct http_result *result, const struct answer *answer,
                      const struct verdict *verdict, struct failure *failure);

/*
 * What a person should do about it, the most exact that is known: about the transport when it
 * failed before a status line, else the failure's, else that of the first reason. NULL: nothing.
 * `result` NULL, or with a curl result below 0: nothing is known of the transport.
 */
const char *failure_advice(const struct http_result *result, const struct failure *failure,
                           const struct verdict *verdict);

/* The table, for help and manual; false behind its last row. `meaning` is a sentence. */
bool failure_row(size_t index, struct failure *row, const char **meaning);

#endif

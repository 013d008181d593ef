/*
 * The failure class of an exchange, the one operator action it maps to, and why (PRB A17 B14 D16).
 *
 * The body outranks the status: CometAPI answers a malformed request with 500 and an unknown model
 * with 503 (cometapi.md "Errors"). The map is total: every exchange has a class, every class one
 * action. Classes and rules are data: judge/class_table.h.
 */
#ifndef JUDGE_FAILURE_H
#define JUDGE_FAILURE_H

#include "judge/class_table.h"
#include "judge/judge.h"

enum { FAILURE_RULE = 40, FAILURE_BECAUSE = 320 };

struct failure {
    const char *class;  /* stable name, "none" when nothing failed */
    const char *action; /* stable name, e.g. "fix-credentials"; "none" when nothing is to be done */
    const char *advice; /* a sentence */
    char rule[FAILURE_RULE];       /* the id of the rule that decided */
    char because[FAILURE_BECAUSE]; /* a clause, see class_rule_explain(); nothing a server wrote */
};

/*
 * `classes` NULL: the shipped ones, read anew for this one call. `result` NULL: nothing is known of
 * the transport. The strings of a class of the workspace's live as long as `classes`.
 */
void failure_classify(const struct class_table *classes, const struct http_result *result,
                      const struct answer *answer, const struct verdict *verdict,
                      struct failure *failure);

/*
 * What a person should do about it, the most exact that is known: about the transport when it
 * failed before a status line, else the failure's, else that of the first reason. NULL: nothing.
 * `result` NULL, or with a curl result below 0 and no stop: nothing is known of the transport.
 */
const char *failure_advice(const struct http_result *result, const struct failure *failure,
                           const struct verdict *verdict);

#endif

/*
 * What is done with a case of a suite: its exchange shown or cited, a note to it, a finding of the
 * reviewer; and the report of all of them.
 */
#ifndef UI_SUITE_ACTION_H
#define UI_SUITE_ACTION_H

#include "evidence/capture.h"
#include "ui/request.h"

#include <stddef.h>

struct application;

struct suite_action {
    struct application *application;
    size_t asked;            /* the case, by its place in the plan: a question is answered later */
    size_t attempt;          /* of it, the one that is meant; 0: the last */
    char noted[EVIDENCE_ID]; /* what the open question about a note is about */
};

/* Flags of enum effect (pane.h); `asked` is the case under the cursor, `attempt` likewise. */
unsigned suite_action_request(struct suite_action *action, const struct request_call *call);

#endif

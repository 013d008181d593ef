/*
 * What is done with one exchange of the history: opened, sent again, marked, noted, exported,
 * cited.
 */
#ifndef UI_HISTORY_ACTION_H
#define UI_HISTORY_ACTION_H

#include "evidence/history.h"
#include "ui/request.h"

struct application;

/* It lives as long as the application: questions are answered later, when the cursor is elsewhere.
 */
struct history_action {
    struct application *application;
    char asked[EVIDENCE_ID]; /* the exchange a question is about */
};

/* Flags of enum effect; EFFECT_UNHANDLED for what is nothing to do with a row. */
unsigned history_action_request(struct history_action *action, const struct history_row *row,
                                const struct request_call *call);

#endif

/*
 * A judged answer as lines for a person; `send`, `judge` and `catalog fetch` share it.
 */
#ifndef COMMAND_JUDGED_H
#define COMMAND_JUDGED_H

#include <stdbool.h>

struct bytes;
struct exchange;
struct failure;
struct http_result;
struct judge;
struct replay;
struct verdict;

/* Borrowed; what may be absent is NULL. */
struct judged {
    const struct verdict *verdict;
    const struct failure *failure;
    const struct judge *judge;
    const struct http_result *result;
    const char *id;
    const char *capture, *digest;
    const char *pending; /* clauses it rests on, one a line */
    const char *differs; /* from the contract, one a line */
    const char *trouble; /* what could not be kept */
    const char *origin;  /* "HAR": of another tool */
    const char *missing; /* what its recording does not tell, one a line */
    bool simulated;
};

void judged_from_exchange(struct judged *judged, const struct exchange *exchange);
void judged_from_replay(struct judged *judged, const struct replay *replay);

/* Verdict, reasons, what a trusting client would have shown, what to do, evidence:
 * lines, none of which begins with words of others. */
void judged_report(struct bytes *out, const struct judged *judged);

/* The answer of the first choice; nothing when there is none. */
void judged_answer(struct bytes *out, const struct judge *judge);

#endif

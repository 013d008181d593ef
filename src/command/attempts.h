/*
 * `send --retry`: the attempts of one request under the retry policy, told as they go, each of them
 * evidence of its own (RTY D40–D53 D59 D68). Fallback is only ever advice.
 */
#ifndef COMMAND_ATTEMPTS_H
#define COMMAND_ATTEMPTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct attempts;
struct exchange_request;
struct json;
struct session;
struct session_run;

/* Reads the policy of the session's workspace. `quiet`: nothing is told. */
struct attempts *attempts_new(struct session *session, bool regenerate, bool quiet,
                              struct error *error);
void attempts_free(struct attempts *attempts); /* NULL is nothing */

/* How many requests it may become, and that each may be billed: said before the first. */
void attempts_say_cost(const struct attempts *attempts);

/* The request of the next attempt: its share of the deadline, a capture file of its own. */
void attempts_prepare(struct attempts *attempts, struct exchange_request *request);

/*
 * Tells what came of an attempt, and pauses as long as the policy says. True: another one follows.
 * A signal during the pause ends it and sets run->interrupted.
 */
bool attempts_again(struct attempts *attempts, struct session_run *run);

/* The attempt that is made now, or was made last, came after partial output. */
bool attempts_regenerated(const struct attempts *attempts);

/* Adds "attempts", "regenerated" and "fallback" to the report of the last one. */
void attempts_report(const struct attempts *attempts, struct json *report);

#endif

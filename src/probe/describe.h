/*
 * What a probe does, in a few words for people: reports, the picker and the plan share them.
 */
#ifndef PROBE_DESCRIBE_H
#define PROBE_DESCRIBE_H

#include "probe/plan.h"

struct bytes;

/*
 * Append what is sent that is not the canary as the contract says: "without /model",
 * "/temperature = \"hot\"", "no key", "PUT", "scenario no-done"; "as the contract says" for none.
 */
void describe_change(const struct probe *probe, enum operation operation, struct bytes *out);

/* The same where other `steps` than the probe's own make its body; NULL: none. */
void describe_steps(const struct probe *probe, const struct json *steps, enum operation operation,
                    struct bytes *out);

/* Append what is expected: "401 or 4xx, class auth, no content". */
void describe_expectation(const struct probe *probe, struct bytes *out);

/*
 * Append "own probe no-key (deck/probes/own.json) in place of the shipped one", the same of its
 * suite before it, joined by "; ". False, and nothing, where both are what is shipped or new.
 */
bool describe_own(const struct plan_case *plan_case, struct bytes *out);

/* The same of every suite and probe of a plan, each once and on a line of its own. */
void describe_all_own(const struct plan *plan, struct bytes *out);

/* Append a sentence: how many requests a run sends at most, and how many of them may be billed. */
void describe_cost(const struct plan *plan, struct bytes *out);

#endif

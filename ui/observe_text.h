/*
 * A session of an observation in words; pure, from what was seen to text. What clients named is
 * escaped, so that a line is a line.
 */
#ifndef UI_OBSERVE_TEXT_H
#define UI_OBSERVE_TEXT_H

#include "probe/observation.h"

struct bytes;

/* "unknown", "yes", "NO", "open" while a request is; NULL: nobody asked yet, "not yet". */
const char *observe_text_handled(const struct observed_session *session);

/* What Retry-After asked for and what came of it, "2 s kept"; nothing where none was sent. */
void observe_text_hint(const struct observed_session *session, struct bytes *out);

/* How many findings, the first by its code: "retried-never +2"; nothing where there are none. */
void observe_text_findings(const struct observed_session *session, struct bytes *out);

/* All of it: what is expected, the findings with what to do, then every attempt. */
void observe_text_session(const struct observed_session *session, const struct retry_policy *policy,
                          struct bytes *out);

/* A scenario that nobody asked yet; `address` NULL: nobody can any more. */
void observe_text_scenario(const char *name, const char *address, struct bytes *out);

#endif

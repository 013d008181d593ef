/*
 * A capture in memory alone: where the policy keeps no bodies, what is on the screen can be looked
 * at all the same until it goes from there. No file holds it, and it ends with the process.
 */
#ifndef EVIDENCE_SCRATCH_H
#define EVIDENCE_SCRATCH_H

#include "evidence/capture.h"

struct scratch;

/* Of what comes beyond this nothing is held. */
enum { SCRATCH_MAX = 32 * 1024 * 1024 };

/* `header` is written as one that keeps bodies. NULL when the system gives no such memory. */
struct scratch *scratch_new(const struct capture_header *header);
void scratch_free(struct scratch *scratch); /* NULL is fine */

void scratch_head(struct scratch *scratch, const struct http_result *result,
                  int64_t since_start_us);
void scratch_read(struct scratch *scratch, const char *data, size_t len, int64_t since_start_us);
void scratch_end(struct scratch *scratch, const struct http_result *result);

/* For who reads captures (tape.h), with everything that was given so far; lives as long as it. */
const char *scratch_path(struct scratch *scratch);

bool scratch_is_full(const struct scratch *scratch); /* some of it came too late to be held */

#endif

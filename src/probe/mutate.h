/*
 * The body that a case sends: the canary or the probe's own, then its mutation, step by step.
 */
#ifndef PROBE_MUTATE_H
#define PROBE_MUTATE_H

#include "probe/probe.h"

struct bytes;
struct contract;

/*
 * `*body` is allocated, the caller frees; NULL where the operation sends none. `model` stands
 * where the probe leaves it to the profile; NULL leaves a placeholder, which is refused later.
 * `places` (may be NULL, initialised) receives the JSON Pointers that the mutation touched, one a
 * line; of a removed member the pointer it had. False with ERROR_FILE: a step does not apply to
 * this body (told with probe and step), or it cannot exceed limits.input_bytes as it should: there
 * is no such limit or no prompt that could grow, or the limit is beyond what is ever made.
 */
bool mutate_body(const struct probe *probe, const struct contract *contract,
                 enum operation operation, const char *model, bool stream, char **body, size_t *len,
                 struct bytes *places, struct error *error);

#endif

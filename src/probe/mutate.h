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
 * line; of a removed member the pointer it had. False: a step does not apply to this body
 * (ERROR_FILE, with the probe and the step).
 */
bool mutate_body(const struct probe *probe, const struct contract *contract,
                 enum operation operation, const char *model, bool stream, char **body, size_t *len,
                 struct bytes *places, struct error *error);

#endif

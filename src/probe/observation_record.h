/*
 * An observation as a record: JSON that a workspace keeps in observations/ID.json, with a digest
 * over itself, and from which `check` answers *handled?* (E36).
 */
#ifndef PROBE_OBSERVATION_RECORD_H
#define PROBE_OBSERVATION_RECORD_H

#include "probe/observation.h"

struct json;
struct redactor;

enum {
    OBSERVATION_ID = 40,
    OBSERVATION_RECORD_MAX = 64 * 1024 * 1024, /* of a file, written and read */
};

struct observation_about {
    char id[OBSERVATION_ID]; /* "obs-20261121T154500Z-7f3a" */
    int64_t began_ms, ended_ms;
    const char *command; /* the application's name; NULL: it was not run by us */
    const char *policy;  /* version of the retry policy */
    const char *program; /* our own version */
};

/* Makes the id from `began_ms`. */
void observation_name(struct observation_about *about, uint64_t random);

/*
 * {"version", "id", "began", "ended", "client", "command", "policy", "program", "simulated",
 * "handled", "not_handled", "unknown", "requests", "interrupted", "not_run": [scenarios],
 * "sessions": [{"scenario", "handled", "class", "verdict", "rule", "hint_ms", "exit", "attempts":
 * […], "findings": [{"code", "weight", "seen", "meaning", "do"}]}], "digest"}, redacted before the
 * digest is made. The caller frees.
 */
struct json *observation_json(const struct observation *observation,
                              const struct retry_policy *policy,
                              const struct observation_about *about,
                              const struct redactor *redactor);

/* FOLDER/observations/ID.json; `*path` is newly allocated. */
bool observation_save(const struct json *record, const char *folder, const char *id, char **path,
                      struct error *error);

/* Give an object the digest over all the rest of it. */
void observation_seal(struct json *record);

/* It is an object, and the digest that it carries is its own. */
bool observation_sound(const struct json *record);

#endif

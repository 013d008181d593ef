/*
 * One structured record per attempt (TEL B53 D61), as JSON Lines under the names of the
 * OpenTelemetry semantic conventions 1.41.0 for generative AI (status: development); what they have
 * no name for begins with `cometdeck.`.
 *
 * `cometdeck.parse_outcome` is one of success, empty-content, missing-field, invalid-json,
 * malformed, cut, error (one that was read), timeout and no-answer; what was given up by the user
 * is cut.
 *
 * Never a key, a prompt or a completion (B54 D62). What an answer did not bring is absent, not 0;
 * usage also where no clause documents it (B50). A line is written by one write() to a file opened
 * for appending, so that processes may share it; one that did not get there whole is taken back,
 * and where a file ends within a line the next begins a line of its own.
 */
#ifndef EVIDENCE_TELEMETRY_H
#define EVIDENCE_TELEMETRY_H

#include "base/error.h"

#include <stdbool.h>

#define TELEMETRY_SCHEMA "https://opentelemetry.io/schemas/1.41.0"

struct bytes;
struct clock;
struct contract;
struct exchange_state;
struct profile;
struct redactor;
struct request_facts;
struct telemetry;

enum { TELEMETRY_RUN = 48 };

/* "run-20261121T111723Z-7f3a" */
void telemetry_name_run(char id[static TELEMETRY_RUN], const struct clock *clock);

/*
 * `path` is created with mode 0600 where it is not there; "-" is standard output. `run_id` is the
 * correlation of all its lines, copied. NULL when it cannot be written.
 */
struct telemetry *telemetry_open(const char *path, const char *run_id, struct error *error);
void telemetry_close(struct telemetry *telemetry); /* NULL is nothing */

/* Whose attempt it is, with strings of its own: a profile may be gone when its exchange ends. */
struct telemetry_labels {
    char *environment, *service, *profile; /* NULL: absent */
    char *base;                            /* profile_base_name() */
    char *test_case;                       /* a probe's; or NULL */
    int attempt;                           /* its number, from 1 */
    bool regenerated;                      /* asked again after partial output */
};
void telemetry_labels_init(struct telemetry_labels *labels, const struct profile *profile,
                           const struct contract *contract, const char *test_case, int attempt,
                           bool regenerated);
void telemetry_labels_release(struct telemetry_labels *labels);

struct telemetry_attempt {
    const struct exchange_state *state; /* of one that ended */
    const struct request_facts *facts;
    const struct contract *contract;
    const struct telemetry_labels *labels;
};

/* Append the line, with its newline. */
void telemetry_format(const struct telemetry_attempt *attempt, const char *run_id,
                      struct bytes *out);

/* False when it could not be written whole; nothing of it is left then. */
bool telemetry_add(struct telemetry *telemetry, const struct telemetry_attempt *attempt,
                   const struct redactor *redactor, struct error *error);

#endif

/*
 * How a client behaved against the simulator: sessions with their attempts, and what is to be said
 * about them under the retry policy (RTY B41–B45, STR D57 D58, E36).
 *
 * Pure: records of simulator/observer.h in, sessions and findings out; no clock, no socket, usable
 * while it happens. A session is all requests of one scenario, until one run of a command ends or
 * the client was quiet for OBSERVATION_QUIET_US. Attempts are one call when method, path and body
 * are the same and the last one was no whole answer, or when the client says itself that it
 * retries.
 *
 * What the scenario is worth (class, verdict, hint) is never known here: it is asked for with
 * observation_wanted() and told with observation_refer() (probe/reference.h).
 */
#ifndef PROBE_OBSERVATION_H
#define PROBE_OBSERVATION_H

#include "judge/retry.h"
#include "probe/reference.h"
#include "probe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observation;

enum {
    OBSERVATION_SESSIONS_MAX = 512,
    OBSERVATION_ATTEMPTS_MAX = 64, /* kept of a session; more are counted */
    OBSERVED_NAME = 48,
    OBSERVED_VALUE = 81,
    OBSERVED_HEADERS = 512,
};
#define OBSERVATION_QUIET_US INT64_C(120000000)

/* How an answer ended on the wire. */
enum observed_how {
    OBSERVED_OPEN,   /* it has not */
    OBSERVED_TOLD,   /* the framing told the end */
    OBSERVED_CLOSED, /* closing the connection was its end */
    OBSERVED_CUT,    /* the framing promised more */
    OBSERVED_RESET,
    OBSERVED_STALLED, /* silence, until the client left */
    OBSERVED_LEFT,    /* the client left before the end */
};
const char *observed_how_name(enum observed_how how); /* "told" */

struct observed_attempt {
    uint64_t id, connection;
    struct reference_kind kind;
    bool known;      /* `reference` is what our engine says */
    bool unknowable; /* our engine cannot be asked */
    struct reference reference;
    size_t call; /* of the session, from 0 */
    int64_t begun_us, ended_us;
    char method[16], path[OBSERVED_VALUE], body[24], client[OBSERVED_VALUE];
    char headers[OBSERVED_HEADERS]; /* names, "a b c" */
    uint64_t body_bytes;
    bool idempotency_key;
    int64_t retry_count; /* as the client says itself, -1: it does not */
    enum observed_how how;
    int status; /* 0: no status line */
    uint64_t sent, unread;
    int64_t quiet_us, kept_us; /* -1: unknown */
};

enum observed_weight { WEIGHT_FAULT, WEIGHT_DOUBT, WEIGHT_NOTE };
enum observed_rule {
#define RULE(symbol, code, weight, meaning, advice) RULE_##symbol,
#include "probe/observation_rules.def"
#undef RULE
    RULE_COUNT
};
const char *observed_rule_code(enum observed_rule rule);
const char *observed_rule_meaning(enum observed_rule rule);
const char *observed_rule_advice(enum observed_rule rule);
enum observed_weight observed_rule_weight(enum observed_rule rule);
const char *observed_weight_name(enum observed_weight weight); /* "fault" */

struct observed_finding {
    enum observed_rule rule;
    char *seen; /* a sentence with the figures */
};

/* How the application ended, when it was run for this session. */
enum observed_exit {
    OBSERVED_NOBODY_SAW,
    OBSERVED_ANSWER,      /* status 0: it took what came for an answer */
    OBSERVED_FAILURE,     /* any other status, or a signal that was not ours */
    OBSERVED_STOPPED,     /* it was stopped at the time limit */
    OBSERVED_INTERRUPTED, /* it was stopped by whoever observes */
};

struct observed_session {
    char scenario[OBSERVED_NAME];
    bool ended;   /* nothing will come */
    bool settled; /* every attempt is known, or cannot be */
    struct observed_attempt *attempts;
    size_t count;
    uint64_t beyond; /* attempts that were not kept */
    size_t calls;
    uint64_t besides;               /* requests to what the scenario is not about */
    uint64_t misread;               /* of those: they were no proper HTTP */
    char elsewhere[OBSERVED_VALUE]; /* the last of those, "POST /path" */
    int64_t begun_us, last_us;
    int64_t closed_us; /* when watching it ended; 0: it ended by itself, or has not */
    enum observed_exit exit;
    int exit_status;  /* below 0: minus the signal */
    int64_t limit_us; /* with STOPPED: the time it had */
    enum tristate handled;
    struct observed_finding findings[RULE_COUNT]; /* each rule once a session at most */
    size_t finding_count;
};

/* `policy` is borrowed and outlives it. */
struct observation *observation_new(const struct retry_policy *policy);
void observation_free(struct observation *observation);

/* One line of the observer, without its newline; one that is none is counted and ignored. */
void observation_take(struct observation *observation, const char *line, size_t len);

/* Between these two everything belongs to one run of the command under `scenario`. */
void observation_begin(struct observation *observation, const char *scenario, int64_t now_us);
void observation_end(struct observation *observation, enum observed_exit exit, int exit_status,
                     int64_t limit_us);

/* Nothing more will come: every session is over, and a run that goes on was interrupted. */
void observation_close(struct observation *observation, int64_t now_us);

/* The command is to be run for this scenario; each once. */
void observation_plan(struct observation *observation, const char *scenario);
/* The planned ones that it was not run for, from 0; NULL behind the last. */
const char *observation_not_run(const struct observation *observation, size_t index);
/* Somebody ended it before all that was planned was seen. */
bool observation_interrupted(const struct observation *observation);

/* Every request of the run that is under way has ended. */
bool observation_is_quiet(const struct observation *observation);

/* The next kind our engine should be asked about; false when there is none. Each is told once. */
bool observation_wanted(struct observation *observation, struct reference_kind *kind);
/* `reference` NULL: it cannot be asked. */
void observation_refer(struct observation *observation, const struct reference_kind *kind,
                       const struct reference *reference);

size_t observation_count(const struct observation *observation);
/* With its findings as of now; valid until the next call that is not const. */
const struct observed_session *observation_session(const struct observation *observation,
                                                   size_t index);

struct observation_tally {
    size_t yes, no, unknown;
    uint64_t requests;
    uint64_t lost; /* records that did not arrive */
};
void observation_tally(const struct observation *observation, struct observation_tally *tally);

/* What the session is measured by: the class of its scenario as it was answered last; or NULL. */
const struct reference *observed_reference(const struct observed_session *session);

/* Private to observation*.c: judge anew. */
void observation_judge(struct observed_session *session, const struct retry_policy *policy,
                       uint64_t lost);

#endif

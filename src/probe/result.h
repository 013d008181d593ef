/*
 * What came of one case (design.md "Words"): the outcome of its expectation, the finding about the
 * integration, and on what both rest.
 */
#ifndef PROBE_RESULT_H
#define PROBE_RESULT_H

#include "evidence/capture.h"
#include "judge/failure.h"
#include "judge/retry_hint.h"
#include "probe/dispatch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct canary;
struct contract;
struct exchange_state;
struct fixture_report;
struct kept_body;
struct shape;

/* Concerns the expectation of a probe, and sets the exit status. */
enum outcome {
    OUTCOME_WAITING,
    OUTCOME_RUNNING,
    OUTCOME_PASS,
    OUTCOME_FAIL,
    OUTCOME_SKIPPED, /* not made, nothing was sent: `notes` says why */
    OUTCOME_STOPPED, /* sent, and stopped by the user: it may be billed */
    OUTCOME_ERROR,   /* the check could not be made: no status line where one was needed, no key */
};
bool outcome_is_settled(enum outcome outcome);     /* neither waiting nor running */
const char *outcome_name(enum outcome outcome);    /* "pass" */
const char *outcome_meaning(enum outcome outcome); /* a sentence */

enum tristate { IS_UNKNOWN, IS_NO, IS_YES };
const char *tristate_name(enum tristate value); /* "unknown", "no", "yes" */

/* E36–E39. Unknown handling blocks a pass of the review, not of the suite. */
enum finding {
    FINDING_HANDLED,        /* documented and handled */
    FINDING_NOT_HANDLED,    /* documented but not handled */
    FINDING_NOT_DOCUMENTED, /* observed but not documented */
    FINDING_UNEXPECTED,     /* escalate; the review stays open */
    FINDING_OPEN,           /* documented; whether it is handled nobody knows */
    FINDING_NONE,           /* nothing was observed */
};
const char *finding_name(enum finding finding);    /* "documented and handled" */
const char *finding_meaning(enum finding finding); /* a sentence */
const char *finding_advice(enum finding finding);  /* a sentence */

/* One thing that the expectation asked for. */
struct result_check {
    const char *what; /* "status", "class", "verdict", "error body", "content", "/pointer" */
    char *wanted, *got;
    bool holds;
};

enum { RESULT_CHECKS_MAX = 2 * PROBE_WORDS_MAX + 16 }; /* more than can be asked for */

struct probe_result {
    const struct plan_case *plan_case;
    enum outcome outcome;
    char id[EVIDENCE_ID]; /* of the last attempt, "" when nothing was sent or kept: none to cite */
    char *earlier;        /* ids of the attempts before it that were kept, one a line; or NULL */
    char *before;    /* what those came to, "ev-…: HTTP 429, errored, class …", a line each */
    int64_t wall_ms; /* when the last attempt began, 0: none did */
    int64_t took_us; /* the last attempt, 0: none began */
    char *endpoint;  /* "POST https://…", as sent; or NULL */
    int http_status; /* 0: no status line */
    const char *verdict; /* its name, NULL: none */
    struct failure failure;
    char *reasons;          /* of the verdict, "code: meaning (detail)", one a line; or NULL */
    char *location;         /* where a redirect points to, as sent; or NULL */
    struct retry_hint hint; /* when the answer asks to be asked again */
    enum tristate documented, handled;
    char *documented_by; /* clause ids, "a, b"; or NULL */
    char *handled_by;    /* the observation or artefact; or NULL */
    int attempts;        /* that went out */
    bool regenerated;    /* the last one came after partial output (D59) */
    bool simulated;
    char *places;  /* JSON Pointers that the mutation touched, one a line; or NULL */
    char *differs; /* from the contract, one a line; or NULL */
    char *departs; /* what the case itself changes, one a line (dispatch.h); or NULL */
    char *trouble; /* what of it could not be kept; NULL: nothing */
    char *form;    /* "not-streamed: …": an answer in a form that was not asked for; or NULL */
    char *notes;   /* a sentence for people; NULL when there is nothing to say */
    struct canary *canary;          /* what a canary proved; NULL: it is none */
    struct fixture_report *fixture; /* its shape beside that of a fixture; NULL: none */
    struct result_check checks[RESULT_CHECKS_MAX];
    size_t check_count;
};

void probe_result_release(struct probe_result *result);

/*
 * Judge what an ended exchange showed. `body` is the answer's, for the pointers that must be
 * there; in one that was not kept whole they cannot be looked at, which fails. Sets everything but
 * `handled`, `attempts` and what was sent. What was seen before is forgotten.
 */
void probe_result_judge(struct probe_result *result, const struct exchange_state *state,
                        const struct kept_body *body, const struct contract *contract);

/* Takes over what a canary proved (NULL is nothing): a part that does not hold fails the case. */
void probe_result_add_canary(struct probe_result *result, struct canary *canary);

/*
 * The shape of the answer beside that of the case's fixture (D72): what a client that reads the
 * fixture would miss fails the case. Nothing without a fixture, or where nobody answered.
 */
void probe_result_compare(struct probe_result *result, const struct shape *shape, bool streamed);

/*
 * Whether the case goes out, by what dispatch_check() answers; where it does not, this is its
 * result. One that expects to be refused never goes out: it passes when the request clauses refuse
 * it at the place that it names, and fails when they do not.
 */
bool probe_result_gate(struct probe_result *result, enum dispatch_gate gate,
                       const struct error *error);

/* Nothing was sent, for this reason: the check could not be made. */
void probe_result_unsent(struct probe_result *result, const struct error *error);

/* Not made, or not able to be made. */
void probe_result_give_up(struct probe_result *result, enum outcome outcome, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));

/* Adds to `notes`. */
void probe_result_note(struct probe_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum finding probe_result_finding(const struct probe_result *result);

#endif

/*
 * How a case goes on the wire: to which server, with which key, as which request. The runner and
 * whoever sends a single case share it, so that both send exactly the same.
 */
#ifndef PROBE_DISPATCH_H
#define PROBE_DISPATCH_H

#include "evidence/exchange.h"
#include "probe/plan.h"

struct bytes;
struct dispatch;

/*
 * `env` is copied; what it names is borrowed. `simulator` is the base URL of a private simulator,
 * `differs` as in struct exchange_request; both borrowed, both may be NULL.
 */
struct dispatch *dispatch_new(const struct exchange_env *env, const char *simulator,
                              const char *differs);
void dispatch_free(struct dispatch *dispatch); /* not while something it started connects */

/* The base URL of what goes to a host without an address (RFC 2606). */
#define DISPATCH_NO_NAME "https://cometdeck.invalid"

/* The model that stands in a case's body where the probe leaves it to us. */
const char *dispatch_model(const struct plan_case *plan_case, const struct profile *profile);

/*
 * What of the request is not as the contract says. `base_url` NULL leaves that of profile and
 * contract. All of it is borrowed.
 */
void dispatch_change(const struct probe *probe, const char *base_url,
                     struct request_change *change);

enum dispatch_gate {
    DISPATCH_OPEN,    /* nothing speaks against sending it */
    DISPATCH_REFUSED, /* its body breaks a request clause, and its probe does not mean it (CON B12,
                         PRB D12); at the place that the probe names, where it names one */
    DISPATCH_ELSEWHERE, /* as before, and not at that place */
    DISPATCH_SHUT,      /* it rests on a pending clause and would go to production (B17) */
};

/* Whether the body may be sent; `error` says why not. */
enum dispatch_gate dispatch_check(const struct dispatch *dispatch,
                                  const struct plan_case *plan_case, const char *body,
                                  size_t body_len, struct error *error);

/*
 * What the case itself changes against the contract, a line each: its request line beside the
 * contract's (D9 A53), members of its body that no request clause names (D12). NULL: nothing of
 * that; the caller frees. It stands on the evidence behind what differs anyway.
 */
char *dispatch_departures(const struct dispatch *dispatch, const struct plan_case *plan_case,
                          const char *body, size_t body_len);

/* One attempt at a case: exchange.h tells the rest. */
struct dispatch_attempt {
    const char *body; /* NULL: none */
    size_t body_len;
    int number; /* from 1 */
    bool regenerated;
    int64_t left_us; /* as in struct exchange_request */
    bool look_back;
};

/* As exchange_start(). A case for the simulator needs one. */
struct exchange *dispatch_start(struct dispatch *dispatch, const struct plan_case *plan_case,
                                const struct dispatch_attempt *attempt,
                                const struct exchange_observer *observer, struct error *error);

#endif

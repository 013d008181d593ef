#include "command/attempts.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "command/output.h"
#include "command/session.h"
#include "evidence/attempt.h"
#include "net/loop.h"

#include <inttypes.h>
#include <stdlib.h>

struct attempts {
    struct session *session;
    struct retry_policy *policy;
    struct attempt last;
    struct retry_advice advice;
    const char *capture; /* as asked for; NULL: the usual place */
    char *next_capture;  /* of an attempt after the first */
    struct json *list;   /* what came of each */
    bool regenerated;
    bool quiet;
};

struct attempts *attempts_new(struct session *session, bool regenerate, bool quiet,
                              struct error *error)
{
    struct attempts *attempts = xcalloc(1, sizeof(*attempts));

    attempts->session = session;
    attempts->policy = retry_policy_open(session->workspace->folder, error);
    if (!attempts->policy) {
        free(attempts);
        return NULL;
    }
    attempts->last = (struct attempt){.policy = attempts->policy, .regenerate = regenerate};
    attempts->list = json_new_array();
    attempts->quiet = quiet;
    return attempts;
}

void attempts_free(struct attempts *attempts)
{
    if (!attempts)
        return;
    retry_policy_free(attempts->policy);
    json_free(attempts->list);
    free(attempts->next_capture);
    free(attempts);
}

static int64_t number(const struct attempts *attempts, enum retry_number_name name)
{
    return retry_policy_number(attempts->policy, name)->value;
}

void attempts_say_cost(const struct attempts *attempts)
{
    int64_t most = retry_worst_case(attempts->policy, 1);

    if (!attempts->quiet)
        output_say(attempts->session->redactor,
                   "At most %" PRId64 " request%s, %s may be billed; pauses up to %.1f s, all "
                   "within %.0f s (policy %s).",
                   most, most == 1 ? "" : "s", most == 1 ? "which" : "each of which",
                   (double)number(attempts, RETRY_CAP_MS) / 1000,
                   (double)number(attempts, RETRY_DEADLINE_MS) / 1000,
                   retry_policy_version(attempts->policy));
}

void attempts_prepare(struct attempts *attempts, struct exchange_request *request)
{
    const struct clock *clock = loop_clock(attempts->session->loop);

    request->attempt = attempts->last.number + 1;
    if (attempts->last.number++ == 0) {
        attempts->last.began_us = clock_now_us(clock);
        attempts->capture = request->capture_path;
        return;
    }
    request->left_us = attempt_left_us(&attempts->last, clock);
    attempts->regenerated = request->regenerated = attempts->advice.regenerated;
    if (!attempts->capture)
        return;
    free(attempts->next_capture);
    attempts->next_capture = xasprintf("%s.%d", attempts->capture, attempts->last.number);
    request->capture_path = attempts->next_capture;
}

/* ---- telling ---- */

static void record(struct attempts *attempts, const struct exchange_state *state)
{
    struct json *object = json_new_object();
    int status = state->result ? state->result->status : 0;

    json_set_integer(object, "number", attempts->last.number);
    json_set_string(object, "evidence_id", state->id);
    json_set(object, "http_status", status > 0 ? json_new_integer(status) : json_new_null());
    json_set_string(object, "verdict", verdict_name(state->verdict->kind));
    json_set_string(object, "class", state->failure->class);
    json_set_string(object, "action", state->failure->action);
    json_set_string(object, "because", state->failure->because);
    json_set_boolean(object, "partial", attempt_is_partial(state));
    json_set_boolean(object, "regenerated", attempts->regenerated);
    json_set_boolean(object, "again", attempts->advice.again);
    json_set(object, "wait_ms",
             attempts->advice.again ? json_new_real((double)attempts->advice.wait_us / 1000)
                                    : json_new_null());
    json_set_string(object, "why", attempts->advice.why);
    json_append(attempts->list, object);
}

static void say_failed(const struct attempts *attempts, const struct exchange_state *state)
{
    int status = state->result ? state->result->status : 0;
    char *http = status > 0 ? xasprintf("HTTP %d, ", status) : xstrdup("");

    output_say(attempts->session->redactor, "Attempt %d: %s%s, class %s (%s); evidence %s",
               attempts->last.number, http, verdict_name(state->verdict->kind),
               state->failure->class, state->failure->because, state->id);
    free(http);
    if (attempts->advice.again)
        return;
    output_say(attempts->session->redactor, "Not again: %s", attempts->advice.why);
    output_say(attempts->session->redactor, "Fallback: %s%s",
               attempts->advice.fallback ? "" : "no. ", attempts->advice.fallback_why);
}

static void say_pause(void *context)
{
    const struct attempts *attempts = context;

    if (!attempts->quiet)
        output_say(attempts->session->redactor, "Again in %.2f s%s: %s",
                   (double)attempts->advice.wait_us / 1000000,
                   attempts->advice.regenerated
                       ? ", regenerated (another answer, not the rest of this one)"
                       : "",
                   attempts->advice.why);
}

bool attempts_again(struct attempts *attempts, struct session_run *run)
{
    struct exchange_state state;

    exchange_state(run->exchange, &state);
    attempt_advise(&attempts->last, &state, loop_clock(attempts->session->loop), &attempts->advice);
    if (run->interrupted)
        attempts->advice.again = false;
    record(attempts, &state);
    if (!attempts->quiet && !run->interrupted && state.verdict->kind != VERDICT_COMPLETE)
        say_failed(attempts, &state);
    return attempts->advice.again &&
           session_pause(attempts->session, attempts->advice.wait_us, say_pause, attempts, run);
}

bool attempts_regenerated(const struct attempts *attempts)
{
    return attempts->regenerated;
}

void attempts_report(const struct attempts *attempts, struct json *report)
{
    struct json *fallback = json_new_object();

    json_set_boolean(fallback, "possible", attempts->advice.fallback);
    json_set_string(fallback, "why", attempts->advice.fallback_why);
    json_set(report, "attempts", json_copy(attempts->list));
    json_set_boolean(report, "regenerated", attempts->regenerated);
    json_set(report, "fallback", fallback);
    json_set_string(report, "policy", retry_policy_version(attempts->policy));
}

/* What is to be said about a session (observation_rules.def). */
#include "probe/observation.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_MAX = 1024, MS = 1000, GAP_WORDS = 40, SHELL_SIGNAL = 128, SIGNALS = 32 };
#define SLACK_US INT64_C(20000)    /* timers of clients are no better */
#define OVERLAP_US INT64_C(100000) /* a close and the next request may pass each other */
/* Pauses that were asked for, and what the requests took. */
#define DEADLINE_SLACK(deadline_us) ((deadline_us) / 100)
#define KEPT_LONG_US INT64_C(1000000)

/*
 * Full jitter may choose a pause of nearly nothing, so one short gap proves little. What is held
 * against a client is a sum of gaps that full jitter would undercut in one of a hundred cases.
 */
static const double unlikely = 0.01;

static const struct {
    const char *code;
    enum observed_weight weight;
    const char *meaning, *advice;
} rules[] = {
#define RULE(symbol, code, weight, meaning, advice) \
    [RULE_##symbol] = {code, WEIGHT_##weight, meaning, advice},
#include "probe/observation_rules.def"
#undef RULE
};

const char *observed_rule_code(enum observed_rule rule)
{
    return rules[rule].code;
}

const char *observed_rule_meaning(enum observed_rule rule)
{
    return rules[rule].meaning;
}

const char *observed_rule_advice(enum observed_rule rule)
{
    return rules[rule].advice;
}

enum observed_weight observed_rule_weight(enum observed_rule rule)
{
    return rules[rule].weight;
}

const char *observed_weight_name(enum observed_weight weight)
{
    static const char *const names[] = {
        [WEIGHT_FAULT] = "fault", [WEIGHT_DOUBT] = "doubt", [WEIGHT_NOTE] = "note"};

    return names[weight];
}

/* Each rule once a session: the first case tells enough. */
static void find(struct observed_session *session, enum observed_rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void find(struct observed_session *session, enum observed_rule rule, const char *format, ...)
{
    struct bytes seen;
    va_list args;

    for (size_t i = 0; i < session->finding_count; i++)
        if (session->findings[i].rule == rule)
            return;
    bytes_init(&seen, SEEN_MAX);
    va_start(args, format);
    bytes_vprintf(&seen, format, args);
    va_end(args);
    session->findings[session->finding_count++] =
        (struct observed_finding){.rule = rule, .seen = bytes_take(&seen)};
}

static bool is_post(const struct observed_attempt *attempt)
{
    return strcmp(attempt->method, "POST") == 0;
}

static bool failed(const struct observed_attempt *attempt)
{
    return strcmp(attempt->reference.failure.class, "none") != 0;
}

/* ---- attempts of one call ---- */

/* A call as far as it was followed. */
struct chain {
    struct observed_session *session;
    const struct retry_policy *policy;
    const struct observed_attempt *first, *last;
    int number;        /* of `last`, from 1 */
    double likelihood; /* of gaps this short under full jitter */
    int64_t pauses_us; /* the sum of those gaps */
    int pauses;
};

static int64_t policy_us(const struct chain *chain, enum retry_number_name name)
{
    return retry_policy_number(chain->policy, name)->value * MS;
}

static double in_ms(int64_t us)
{
    return (double)us / MS;
}

/* An earlier attempt of the call failed by the class of the last one. */
static bool was_asked_again(const struct chain *chain)
{
    for (const struct observed_attempt *at = chain->first; at < chain->last; at++)
        if (at->known &&
            strcmp(at->reference.failure.class, chain->last->reference.failure.class) == 0)
            return true;
    return false;
}

static void ask_policy(const struct chain *chain, int64_t elapsed_us, bool regenerate,
                       struct retry_hint hint, struct retry_advice *advice)
{
    const struct retry_attempt attempt = {
        .number = chain->number,
        .elapsed_us = elapsed_us,
        .failure = chain->last->reference.failure.class,
        .asked_again = was_asked_again(chain),
        .partial = chain->last->reference.partial,
        .regenerate = regenerate,
        .hint = hint,
    };

    retry_advise(chain->policy, &attempt, advice);
}

static void judge_permission(const struct chain *chain, const struct observed_attempt *next)
{
    const struct reference *reference = &chain->last->reference;
    const struct retry_row *row = retry_policy_find(chain->policy, reference->failure.class);
    const struct retry_hint none = {.kind = RETRY_HINT_NONE};
    int64_t elapsed_us = next->begun_us - chain->first->begun_us;
    int64_t deadline_us = policy_us(chain, RETRY_DEADLINE_MS);
    struct retry_advice advice;

    ask_policy(chain, elapsed_us - DEADLINE_SLACK(deadline_us), true, none, &advice);
    if (advice.again) {
        if (reference->partial)
            find(chain->session, RULE_REGENERATED,
                 "Attempt %d came although part of an answer (%" PRIu64
                 " bytes) had been received.",
                 chain->number + 1, chain->last->sent);
    } else if (row->retry == RETRY_NEVER) {
        find(chain->session, RULE_RETRIED_NEVER,
             "After HTTP %d of class %s the same request was sent again, %zu attempts in all. %s",
             chain->last->status, reference->failure.class,
             chain->session->count + (size_t)chain->session->beyond, row->why);
    } else if (elapsed_us - DEADLINE_SLACK(deadline_us) >= deadline_us) {
        find(chain->session, RULE_PAST_DEADLINE,
             "Attempt %d began %.1f s after the first; the deadline is %.0f s.", chain->number + 1,
             in_ms(elapsed_us) / MS, in_ms(deadline_us) / MS);
    } else {
        find(chain->session, RULE_TOO_MANY, "%zu attempts after class %s. %s",
             chain->session->count + (size_t)chain->session->beyond, reference->failure.class,
             advice.why);
    }
}

/* The upper end of the pause behind this attempt, as judge/retry.c takes it. */
static int64_t pause_most_us(const struct chain *chain)
{
    int64_t cap_us = policy_us(chain, RETRY_CAP_MS), most_us = policy_us(chain, RETRY_BASE_MS);

    for (int i = 1; i < chain->number && most_us < cap_us; i++)
        most_us *= 2;
    return most_us < cap_us ? most_us : cap_us;
}

/* The volume of all choices of jitter whose sum is no larger: S^k / (k! m1 m2 …). */
static double jitter_likelihood(const struct chain *chain, double share)
{
    double likelihood = chain->likelihood;

    for (int i = 1; i <= chain->pauses; i++)
        likelihood *= share / i;
    return likelihood;
}

static void judge_jitter(struct chain *chain, int64_t gap_us)
{
    int64_t most_us = pause_most_us(chain);

    if (most_us <= 0)
        return;
    chain->pauses++;
    chain->pauses_us += gap_us > 0 ? gap_us : 0;
    chain->likelihood /= (double)most_us;
    if (jitter_likelihood(chain, (double)chain->pauses_us) > unlikely)
        return;
    find(chain->session, RULE_NO_BACKOFF,
         "%d pause%s of %.0f ms together after class %s; a pause of up to %.0f ms that grows is "
         "expected, and chance alone would hardly make it so short.",
         chain->pauses, chain->pauses == 1 ? "" : "s", in_ms(chain->pauses_us),
         chain->last->reference.failure.class, in_ms(policy_us(chain, RETRY_BASE_MS)));
}

/* "after 20 ms", "at once" */
static const char *in_words(int64_t gap_us, char words[static GAP_WORDS])
{
    if (gap_us < MS)
        return "at once";
    snprintf(words, GAP_WORDS, "after %.0f ms", in_ms(gap_us));
    return words;
}

static void judge_pause(struct chain *chain, const struct observed_attempt *next)
{
    const struct reference *reference = &chain->last->reference;
    const struct retry_row *row = retry_policy_find(chain->policy, reference->failure.class);
    int64_t gap_us = next->begun_us - chain->last->ended_us;
    char words[GAP_WORDS];

    if (row->retry == RETRY_NEVER)
        return;
    if (reference->hint.kind == RETRY_HINT_WAIT) {
        if (gap_us + SLACK_US < reference->hint.wait_us)
            find(chain->session, RULE_HINT_IGNORED, "%s asked for %.0f ms, attempt %d came %s.",
                 reference->hint.header, in_ms(reference->hint.wait_us), chain->number + 1,
                 in_words(gap_us, words));
    } else if (row->retry == RETRY_BOUNDED) {
        judge_jitter(chain, gap_us);
    }
}

/*
 * Whether the first one was done nobody knows: no error said that it was not. Of errors that is so
 * where the policy allows one more attempt only, and would rather ask somebody else.
 */
static bool may_have_been_done(const struct chain *chain)
{
    const struct observed_attempt *attempt = chain->last;
    const struct retry_row *row =
        retry_policy_find(chain->policy, attempt->reference.failure.class);

    return attempt->status == 0 || attempt->reference.verdict != VERDICT_ERRORED ||
           (row->retry == RETRY_ONCE && row->fallback);
}

static void judge_duplicate(const struct chain *chain, const struct observed_attempt *next)
{
    const struct observed_attempt *last = chain->last;

    if (!is_post(next) || next->idempotency_key)
        return;
    if (last->how == OBSERVED_OPEN || last->ended_us > next->begun_us + OVERLAP_US)
        find(chain->session, RULE_DUPLICATE_POST,
             "Attempt %d began while attempt %d was still open, without an idempotency key.",
             chain->number + 1, chain->number);
    else if (last->known && may_have_been_done(chain))
        find(chain->session, RULE_DUPLICATE_POST,
             "Attempt %d repeats a body of %" PRIu64
             " bytes after an answer that was %s, without an idempotency key.",
             chain->number + 1, next->body_bytes,
             last->how == OBSERVED_TOLD ? verdict_name(last->reference.verdict)
                                        : observed_how_name(last->how));
}

static void judge_next(struct chain *chain, const struct observed_attempt *next)
{
    if (chain->last->known && !failed(chain->last)) {
        find(chain->session, RULE_REPEATED, "After a whole answer the same body was sent again.");
        *chain = (struct chain){.session = chain->session,
                                .policy = chain->policy,
                                .first = next,
                                .last = next,
                                .number = 1,
                                .likelihood = 1};
        return;
    }
    judge_duplicate(chain, next);
    if (chain->last->known) {
        judge_permission(chain, next);
        if (chain->last->how != OBSERVED_OPEN)
            judge_pause(chain, next);
    }
    chain->last = next;
    chain->number++;
}

/* The signal that ended it, as itself or as a shell tells it; 0: none did. */
static int signal_of(const struct observed_session *session)
{
    if (session->exit != OBSERVED_FAILURE)
        return 0;
    if (session->exit_status < 0)
        return -session->exit_status;
    return session->exit_status > SHELL_SIGNAL && session->exit_status < SHELL_SIGNAL + SIGNALS
               ? session->exit_status - SHELL_SIGNAL
               : 0;
}

/* How long a client may take that means to ask again. */
static int64_t pause_allowed_us(const struct chain *chain)
{
    const struct retry_hint *hint = &chain->last->reference.hint;

    if (hint->kind == RETRY_HINT_WAIT)
        return hint->wait_us + policy_us(chain, RETRY_BASE_MS);
    return policy_us(chain, RETRY_CAP_MS);
}

/* Nobody looked long enough to see it come back. */
static bool may_still_pause(const struct chain *chain)
{
    int64_t closed_us = chain->session->closed_us;

    return closed_us > 0 && closed_us - chain->last->ended_us < pause_allowed_us(chain);
}

/* Another attempt was worth it, and none came. */
static void judge_giving_up(const struct chain *chain)
{
    const struct observed_session *session = chain->session;
    const struct observed_attempt *last = chain->last;
    const struct retry_row *row;
    struct retry_advice advice;

    if (!session->ended || session->beyond > 0 || session->exit == OBSERVED_STOPPED ||
        session->exit == OBSERVED_INTERRUPTED || signal_of(session) > 0 || chain->number > 1 ||
        !last->known || last->how == OBSERVED_OPEN || !failed(last) ||
        last != &session->attempts[session->count - 1])
        return;
    row = retry_policy_find(chain->policy, last->reference.failure.class);
    ask_policy(chain, last->ended_us - chain->first->begun_us, false, last->reference.hint,
               &advice);
    if (!advice.again)
        return;
    if (row->retry == RETRY_BOUNDED && may_still_pause(chain))
        find(
            chain->session, RULE_NOT_ENDED,
            "It was watched for %.1f s after class %s; a pause of up to %.1f s may still have run.",
            in_ms(session->closed_us - last->ended_us) / MS, last->reference.failure.class,
            in_ms(pause_allowed_us(chain)) / MS);
    else if (row->retry == RETRY_BOUNDED)
        find(chain->session, RULE_GAVE_UP,
             "One attempt only after class %s; up to %" PRId64 " are worth it. %s",
             last->reference.failure.class,
             retry_policy_number(chain->policy, RETRY_ATTEMPTS_MAX)->value, row->why);
    else
        find(chain->session, RULE_NOT_AGAIN, "One attempt after class %s; one more is allowed.",
             last->reference.failure.class);
}

static void judge_call(struct observed_session *session, const struct retry_policy *policy,
                       size_t call)
{
    struct chain chain = {.session = session, .policy = policy, .number = 1, .likelihood = 1};

    for (size_t i = 0; i < session->count; i++) {
        const struct observed_attempt *attempt = &session->attempts[i];

        if (attempt->call != call)
            continue;
        if (chain.last)
            judge_next(&chain, attempt);
        else
            chain.first = chain.last = attempt;
    }
    if (chain.last)
        judge_giving_up(&chain);
}

/* ---- single attempts ---- */

static void judge_attempt(struct observed_session *session, const struct observed_attempt *attempt,
                          const struct observed_attempt *before)
{
    if (attempt->how == OBSERVED_LEFT)
        find(session, RULE_EARLY_CLOSE,
             "It left %.0f ms after its request, %" PRIu64 " bytes had been sent, %" PRIu64
             " of them not taken.",
             in_ms(attempt->ended_us - attempt->begun_us), attempt->sent, attempt->unread);
    if (attempt->kept_us > KEPT_LONG_US)
        find(session, RULE_KEPT_OPEN, "Its side stayed open for %.1f s and more.",
             in_ms(attempt->kept_us) / MS);
    if (attempt->unknowable)
        find(session, RULE_NOT_JUDGED, "%s %s was answered by %s.", attempt->method, attempt->path,
             attempt->kind.scene);
    if (before && before->call != attempt->call && before->how != OBSERVED_OPEN && before->known &&
        failed(before))
        find(session, RULE_OTHER_BODY,
             "%.0f ms after an answer of class %s a request of %" PRIu64
             " bytes followed one of %" PRIu64 ".",
             in_ms(attempt->begun_us - before->ended_us), before->reference.failure.class,
             attempt->body_bytes, before->body_bytes);
}

/* ---- the end ---- */

static void judge_answer_taken(struct observed_session *session,
                               const struct observed_attempt *last)
{
    const char *name = verdict_name(last->reference.verdict);

    switch (last->reference.verdict) {
    case VERDICT_COMPLETE:
        return;
    case VERDICT_LIMITED:
        find(session, RULE_TOOK_LIMITED, "It ended with status 0; the verdict is %s.", name);
        return;
    case VERDICT_UNPROVEN:
        find(session, RULE_TOOK_UNPROVEN, "It ended with status 0; the verdict is %s.", name);
        return;
    case VERDICT_ERRORED:
        find(session, RULE_TOOK_ERROR, "It ended with status 0 after HTTP %d of class %s.",
             last->status, last->reference.failure.class);
        return;
    case VERDICT_MALFORMED:
        find(session, RULE_TOOK_BROKEN, "It ended with status 0 after HTTP %d of class %s.",
             last->status, last->reference.failure.class);
        return;
    case VERDICT_TRUNCATED:
    case VERDICT_STALLED:
    case VERDICT_CANCELLED:
        find(session, RULE_TOOK_CUT, "It ended with status 0; the verdict on the answer is %s.",
             name);
        return;
    }
}

static void judge_stop(struct observed_session *session, const struct observed_attempt *last)
{
    double limit_s = in_ms(session->limit_us) / MS;

    if (last->how != OBSERVED_OPEN && last->how != OBSERVED_STALLED && last->how != OBSERVED_LEFT)
        find(session, RULE_NOT_ENDED, "It was stopped after %.1f s, %.1f s after its last answer.",
             limit_s, limit_s - in_ms(last->ended_us - session->begun_us) / MS);
    else
        find(session, RULE_NO_TIME_LIMIT, "It was stopped after %.1f s, waiting for an answer.",
             limit_s);
}

static void judge_exit(struct observed_session *session, const struct observed_attempt *last)
{
    if (session->exit == OBSERVED_INTERRUPTED)
        return; /* somebody else ended it: nothing to say of it */
    if (session->exit == OBSERVED_NOBODY_SAW) {
        find(session, RULE_END_UNKNOWN, "Its requests were seen, not what came of them.");
    } else if (session->exit == OBSERVED_STOPPED) {
        judge_stop(session, last);
    } else if (signal_of(session) > 0) {
        find(session, RULE_CRASHED,
             session->exit_status < 0
                 ? "It was ended by signal %d."
                 : "It ended with status %d, which is how a shell tells of a signal.",
             abs(session->exit_status));
    } else if (last->how == OBSERVED_OPEN) {
        find(session, RULE_UNFINISHED, "The last answer had not ended.");
    } else if (!last->known) {
        return;
    } else if (session->exit == OBSERVED_ANSWER) {
        judge_answer_taken(session, last);
    } else if (last->reference.verdict == VERDICT_COMPLETE) {
        find(session, RULE_REFUSED_ANSWER, "It ended with status %d.", session->exit_status);
    }
}

/* No request of it came at all. */
static void judge_silence(struct observed_session *session)
{
    switch (session->exit) {
    case OBSERVED_INTERRUPTED:
        return;
    case OBSERVED_STOPPED:
        find(session, RULE_FAILED_FIRST, "It was stopped after %.1f s.",
             in_ms(session->limit_us) / MS);
        return;
    case OBSERVED_FAILURE:
        find(session, RULE_FAILED_FIRST,
             session->exit_status < 0 ? "It was ended by signal %d." : "It ended with status %d.",
             abs(session->exit_status));
        return;
    case OBSERVED_NOBODY_SAW:
    case OBSERVED_ANSWER:
        find(session, RULE_NOTHING_SENT, "No request came.");
        return;
    }
}

static void judge_reach(struct observed_session *session)
{
    for (size_t i = 0; i < session->count; i++)
        if (strcmp(session->attempts[i].kind.scene, session->scenario) == 0)
            return;
    if (session->count > 0)
        find(session, RULE_OTHER_SCENE,
             "%s answered instead: its request was wrong for another "
             "reason.",
             session->attempts[session->count - 1].kind.scene);
    else if (session->misread > 0)
        find(session, RULE_OTHER_SCENE, "%" PRIu64 " request%s no proper HTTP, the last %s.",
             session->misread, session->misread == 1 ? " was" : "s were", session->elsewhere);
    else if (session->besides > 0)
        find(session, RULE_OTHER_SCENE, "%" PRIu64 " request%s went elsewhere, the last %s.",
             session->besides, session->besides == 1 ? "" : "s", session->elsewhere);
    else if (session->ended)
        judge_silence(session);
}

static void forget(struct observed_session *session)
{
    for (size_t i = 0; i < session->finding_count; i++)
        free(session->findings[i].seen);
    session->finding_count = 0;
}

static void decide(struct observed_session *session)
{
    bool fault = false, doubt = !session->ended || !session->settled;

    for (size_t i = 0; i < session->finding_count; i++) {
        fault |= rules[session->findings[i].rule].weight == WEIGHT_FAULT;
        doubt |= rules[session->findings[i].rule].weight == WEIGHT_DOUBT;
    }
    session->handled = fault ? IS_NO : doubt ? IS_UNKNOWN : IS_YES;
}

void observation_judge(struct observed_session *session, const struct retry_policy *policy,
                       uint64_t lost)
{
    forget(session);
    session->settled = true;
    for (size_t i = 0; i < session->count; i++) {
        const struct observed_attempt *attempt = &session->attempts[i];

        session->settled &= attempt->known || attempt->unknowable;
        judge_attempt(session, attempt, i > 0 ? attempt - 1 : NULL);
    }
    for (size_t call = 0; call < session->calls; call++)
        judge_call(session, policy, call);
    judge_reach(session);
    if (session->exit == OBSERVED_INTERRUPTED)
        find(session, RULE_INTERRUPTED, "It was ended before it had ended by itself.");
    if (session->beyond > 0)
        find(session, RULE_RECORDS_LOST,
             "%" PRIu64 " attempts behind the first %d were counted, not looked at.",
             session->beyond, OBSERVATION_ATTEMPTS_MAX);
    else if (session->ended && session->count > 0)
        judge_exit(session, &session->attempts[session->count - 1]);
    if (lost > 0)
        find(session, RULE_RECORDS_LOST, "%" PRIu64 " records did not arrive.", lost);
    decide(session);
}

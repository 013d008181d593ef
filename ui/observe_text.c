#include "ui/observe_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "command/observe_report.h"
#include "simulator/simulator.h"

static double in_s(int64_t us)
{
    return (double)us / 1e6;
}

/* Whatever a client sent stays on its line. */
static void put(struct bytes *out, const char *text)
{
    text_escape(out, text, strlen(text), false);
}

static const struct observed_finding *finding_of(const struct observed_session *session,
                                                 enum observed_rule rule)
{
    for (size_t i = 0; i < session->finding_count; i++)
        if (session->findings[i].rule == rule)
            return &session->findings[i];
    return NULL;
}

static bool is_open(const struct observed_session *session)
{
    for (size_t i = 0; i < session->count; i++)
        if (session->attempts[i].how == OBSERVED_OPEN)
            return true;
    return false;
}

/* ---- cells ---- */

const char *observe_text_handled(const struct observed_session *session)
{
    if (!session)
        return "not yet";
    if (session->handled == IS_UNKNOWN && is_open(session) && !session->ended)
        return "open";
    return session->handled == IS_NO ? "NO" : tristate_name(session->handled);
}

/* The first attempt whose answer asked for a pause; `*last`: no attempt of its call came behind. */
static const struct observed_attempt *hinted(const struct observed_session *session, bool *last)
{
    for (size_t i = 0; i < session->count; i++) {
        const struct observed_attempt *attempt = &session->attempts[i];

        if (!attempt->known || attempt->reference.hint.kind != RETRY_HINT_WAIT)
            continue;
        *last = true;
        for (size_t k = i + 1; k < session->count; k++)
            if (session->attempts[k].call == attempt->call)
                *last = false;
        return attempt;
    }
    return NULL;
}

void observe_text_hint(const struct observed_session *session, struct bytes *out)
{
    bool last;
    const struct observed_attempt *attempt = hinted(session, &last);

    if (attempt)
        bytes_printf(out, "%.3g s%s", in_s(attempt->reference.hint.wait_us),
                     finding_of(session, RULE_HINT_IGNORED) ? " IGNORED"
                     : last                                 ? ""
                                                            : " kept");
}

void observe_text_findings(const struct observed_session *session, struct bytes *out)
{
    if (session->finding_count == 0)
        return;
    bytes_puts(out, observed_rule_code(session->findings[0].rule));
    if (session->finding_count > 1)
        bytes_printf(out, " +%zu", session->finding_count - 1);
}

/* ---- what is expected and found ---- */

static void put_expected(const struct observed_session *session, const struct retry_policy *policy,
                         struct bytes *out)
{
    static const char *const rules[] = {[RETRY_NEVER] = "no retry",
                                        [RETRY_ONCE] = "one retry",
                                        [RETRY_BOUNDED] = "a few retries with growing pauses"};
    const struct reference *reference = observed_reference(session);
    const struct retry_row *row;

    if (!reference) {
        bytes_puts(out, "expected: not known yet; our own engine is asked\n");
        return;
    }
    row = retry_policy_find(policy, reference->failure.class);
    bytes_printf(out, "expected: verdict %s, class %s, action %s", verdict_name(reference->verdict),
                 reference->failure.class, reference->failure.action);
    if (strcmp(reference->failure.class, "none") != 0)
        bytes_printf(out, "; %s: %s", rules[row->retry], row->why);
    bytes_puts(out, "\n");
    if (reference->hint.kind == RETRY_HINT_WAIT)
        bytes_printf(out, "asked: %s: %.3g s\n", reference->hint.header,
                     in_s(reference->hint.wait_us));
}

static void put_findings(const struct observed_session *session, struct bytes *out)
{
    for (size_t i = 0; i < session->finding_count; i++) {
        const struct observed_finding *finding = &session->findings[i];
        enum observed_weight weight = observed_rule_weight(finding->rule);

        bytes_printf(out, "%s: %s: ", observed_weight_name(weight),
                     observed_rule_code(finding->rule));
        put(out, finding->seen);
        bytes_puts(out, "\n");
        if (weight != WEIGHT_NOTE)
            bytes_printf(out, "do: %s\n", observed_rule_advice(finding->rule));
    }
}

/* ---- attempts ---- */

/* Which attempt of the call sent the same body before, from 0; `index` when none did. */
static size_t same_before(const struct observed_session *session, size_t index)
{
    const struct observed_attempt *attempt = &session->attempts[index];

    for (size_t i = 0; i < index; i++)
        if (strcmp(session->attempts[i].body, attempt->body) == 0 &&
            strcmp(session->attempts[i].path, attempt->path) == 0 &&
            strcmp(session->attempts[i].method, attempt->method) == 0)
            return i;
    return index;
}

/* What chose the scenario is known from above. */
static const char *own_path(const struct observed_attempt *attempt)
{
    static const char as[] = "/sim/as/";
    const char *rest = strncmp(attempt->path, as, sizeof(as) - 1) == 0
                           ? strchr(attempt->path + sizeof(as) - 1, '/')
                           : NULL;

    return rest ? rest : attempt->path;
}

static void put_begin(const struct observed_session *session, size_t index, struct bytes *out)
{
    const struct observed_attempt *attempt = &session->attempts[index];
    size_t same = same_before(session, index);

    bytes_printf(out, "%zu. at %.3f s", index + 1, in_s(attempt->begun_us - session->begun_us));
    if (index > 0 && attempt[-1].ended_us > 0)
        bytes_printf(out, ", %.3f s after the answer before",
                     in_s(attempt->begun_us - attempt[-1].ended_us));
    bytes_puts(out, ": ");
    put(out, attempt->method);
    bytes_puts(out, " ");
    put(out, own_path(attempt));
    if (same < index)
        bytes_printf(out, ", THE SAME AS %zu%s", same + 1,
                     attempt->idempotency_key ? " under an idempotency key"
                                              : ", without an idempotency key");
    bytes_puts(out, "\n");
}

static void put_request(const struct observed_attempt *attempt, struct bytes *out)
{
    bytes_printf(out, "sent: %" PRIu64 " bytes%s on connection %" PRIu64, attempt->body_bytes,
                 attempt->kind.stream ? ", for a stream," : "", attempt->connection);
    if (attempt->client[0]) {
        bytes_puts(out, ", by ");
        put(out, attempt->client);
    }
    if (attempt->retry_count >= 0)
        bytes_printf(out, ", which counts %" PRId64 " retries", attempt->retry_count);
    bytes_puts(out, "\nheaders: ");
    put(out, attempt->headers[0] ? attempt->headers : "none that could be read");
    bytes_puts(out, "\n");
}

static void put_answer(const struct observed_attempt *attempt, struct bytes *out)
{
    static const char *const ends[] = {
        [OBSERVED_OPEN] = "the answer goes on",
        [OBSERVED_TOLD] = "and its end was told",
        [OBSERVED_CLOSED] = "and the connection was closed",
        [OBSERVED_CUT] = "then it was cut",
        [OBSERVED_RESET] = "then the connection was reset",
        [OBSERVED_STALLED] = "then silence until the client left",
        [OBSERVED_LEFT] = "then the client left",
    };

    bytes_puts(out, "came: ");
    if (attempt->status > 0)
        bytes_printf(out, "HTTP %d, ", attempt->status);
    bytes_printf(out, "%" PRIu64 " bytes, %s", attempt->sent, ends[attempt->how]);
    if (attempt->ended_us > 0)
        bytes_printf(out, " after %.3f s", in_s(attempt->ended_us - attempt->begun_us));
    bytes_puts(out, "\n");
    if (attempt->unread > 0)
        bytes_printf(out, "unread: %" PRIu64 " of them were not taken when it ended\n",
                     attempt->unread);
    if (attempt->kept_us >= 0)
        bytes_printf(out, "kept: its side of the connection, for %.3f s after ours was closed\n",
                     in_s(attempt->kept_us));
}

static void put_attempts(const struct observed_session *session, struct bytes *out)
{
    for (size_t i = 0; i < session->count; i++) {
        bytes_puts(out, "\n");
        put_begin(session, i, out);
        put_request(&session->attempts[i], out);
        put_answer(&session->attempts[i], out);
    }
    if (session->beyond > 0)
        bytes_printf(out, "\n%" PRIu64 " more attempts were counted, not kept.\n", session->beyond);
    if (session->besides > 0) {
        bytes_printf(
            out, "\n%" PRIu64 " requests were about something else, the last: ", session->besides);
        put(out, session->elsewhere);
        bytes_puts(out, "\n");
    }
}

/* ---- the whole ---- */

void observe_text_session(const struct observed_session *session, const struct retry_policy *policy,
                          struct bytes *out)
{
    uint64_t attempts = session->count + session->beyond;

    put(out, session->scenario);
    bytes_printf(out, ": handled %s; %" PRIu64 " attempt%s", observe_text_handled(session),
                 attempts, attempts == 1 ? "" : "s");
    if (session->count > 1) {
        bytes_puts(out, ", gaps ");
        observe_gaps(session, out);
    }
    bytes_puts(out, "; ");
    observe_end(session, out);
    bytes_puts(out, "\n");
    put_findings(session, out);
    put_expected(session, policy, out);
    put_attempts(session, out);
}

void observe_text_scenario(const char *name, const char *address, struct bytes *out)
{
    const struct scenario *scenario = scenario_find(name);

    bytes_printf(out, "%s: nobody asked yet\n", name);
    if (scenario)
        bytes_printf(out, "shows: %s\n", scenario->summary);
    if (address)
        bytes_printf(out,
                     "point at: OPENAI_BASE_URL=%s\nmodel: sim/%s, or any; the key is any sk-…\n",
                     address, scenario && scenario->scope == SCENARIO_ANSWER ? name : "ready");
}

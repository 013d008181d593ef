#include "probe/observation.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WANTED_MAX = 512 };

struct observation {
    const struct retry_policy *policy;
    struct observed_session *sessions[OBSERVATION_SESSIONS_MAX];
    size_t count;
    struct observed_session *running; /* the run of a command; NULL: none */
    struct {
        struct reference_kind kind;
        struct reference reference;
        bool told, known;
    } kinds[WANTED_MAX];
    size_t kind_count, kind_next; /* those before `kind_next` were asked for */
    uint64_t lost;
    char planned[OBSERVATION_SESSIONS_MAX][OBSERVED_NAME];
    size_t planned_count;
};

static const char *const hows[] = {
    [OBSERVED_OPEN] = "open", [OBSERVED_TOLD] = "told",   [OBSERVED_CLOSED] = "closed",
    [OBSERVED_CUT] = "cut",   [OBSERVED_RESET] = "reset", [OBSERVED_STALLED] = "stalled",
    [OBSERVED_LEFT] = "left",
};

const char *observed_how_name(enum observed_how how)
{
    return hows[how];
}

struct observation *observation_new(const struct retry_policy *policy)
{
    struct observation *observation = xcalloc(1, sizeof(*observation));

    observation->policy = policy;
    return observation;
}

void observation_free(struct observation *observation)
{
    if (!observation)
        return;
    for (size_t i = 0; i < observation->count; i++) {
        struct observed_session *session = observation->sessions[i];

        for (size_t k = 0; k < session->finding_count; k++)
            free(session->findings[k].seen);
        free(session->attempts);
        free(session);
    }
    free(observation);
}

static void judge(struct observation *observation, struct observed_session *session)
{
    observation_judge(session, observation->policy, observation->lost);
}

/* ---- what our engine says ---- */

static bool find_kind(const struct observation *observation, const struct reference_kind *kind,
                      size_t *at)
{
    for (*at = 0; *at < observation->kind_count; (*at)++)
        if (reference_kind_equal(&observation->kinds[*at].kind, kind))
            return true;
    return false;
}

static void adopt(struct observation *observation, struct observed_attempt *attempt)
{
    size_t at;

    if (!find_kind(observation, &attempt->kind, &at)) {
        if (observation->kind_count == WANTED_MAX) {
            attempt->unknowable = true;
            return;
        }
        observation->kinds[observation->kind_count++].kind = attempt->kind;
    }
    attempt->known = observation->kinds[at].told && observation->kinds[at].known;
    attempt->unknowable = observation->kinds[at].told && !observation->kinds[at].known;
    attempt->reference = observation->kinds[at].reference;
}

bool observation_wanted(struct observation *observation, struct reference_kind *kind)
{
    if (observation->kind_next == observation->kind_count)
        return false;
    *kind = observation->kinds[observation->kind_next++].kind;
    return true;
}

void observation_refer(struct observation *observation, const struct reference_kind *kind,
                       const struct reference *reference)
{
    size_t at;

    if (!find_kind(observation, kind, &at))
        return;
    observation->kinds[at].told = true;
    observation->kinds[at].known = reference != NULL;
    if (reference)
        observation->kinds[at].reference = *reference;
    for (size_t i = 0; i < observation->count; i++) {
        struct observed_session *session = observation->sessions[i];

        for (size_t k = 0; k < session->count; k++)
            if (reference_kind_equal(&session->attempts[k].kind, kind))
                adopt(observation, &session->attempts[k]);
        judge(observation, session);
    }
}

/* ---- sessions ---- */

static struct observed_session *add_session(struct observation *observation, const char *scenario,
                                            int64_t now_us)
{
    struct observed_session *session;

    if (observation->count == OBSERVATION_SESSIONS_MAX) {
        observation->lost++;
        return NULL;
    }
    session = xcalloc(1, sizeof(*session));
    *session = (struct observed_session){.begun_us = now_us, .last_us = now_us};
    snprintf(session->scenario, sizeof(session->scenario), "%s", scenario);
    observation->sessions[observation->count++] = session;
    return session;
}

static void end_session(struct observation *observation, struct observed_session *session)
{
    session->ended = true;
    judge(observation, session);
}

/* The one that a request of now belongs to. */
static struct observed_session *session_for(struct observation *observation, const char *scenario,
                                            int64_t now_us)
{
    for (size_t i = observation->count; i > 0; i--) {
        struct observed_session *session = observation->sessions[i - 1];

        if (strcmp(session->scenario, scenario) != 0 || session->ended)
            continue;
        if (session == observation->running || now_us - session->last_us < OBSERVATION_QUIET_US)
            return session;
        session->closed_us = session->last_us + OBSERVATION_QUIET_US;
        end_session(observation, session);
        break;
    }
    return add_session(observation, scenario, now_us);
}

void observation_begin(struct observation *observation, const char *scenario, int64_t now_us)
{
    observation->running = add_session(observation, scenario, now_us);
    if (observation->running)
        judge(observation, observation->running);
}

void observation_end(struct observation *observation, enum observed_exit exit, int exit_status,
                     int64_t limit_us)
{
    struct observed_session *session = observation->running;

    observation->running = NULL;
    if (!session)
        return;
    session->exit = exit;
    session->exit_status = exit_status;
    session->limit_us = limit_us;
    end_session(observation, session);
}

void observation_close(struct observation *observation, int64_t now_us)
{
    observation_end(observation, OBSERVED_INTERRUPTED, 0, 0);
    for (size_t i = 0; i < observation->count; i++) {
        struct observed_session *session = observation->sessions[i];

        if (!session->ended)
            session->closed_us = now_us;
        end_session(observation, session);
    }
}

/* ---- what was meant to be seen ---- */

void observation_plan(struct observation *observation, const char *scenario)
{
    for (size_t i = 0; i < observation->planned_count; i++)
        if (strcmp(observation->planned[i], scenario) == 0)
            return;
    if (observation->planned_count < OBSERVATION_SESSIONS_MAX)
        snprintf(observation->planned[observation->planned_count++], OBSERVED_NAME, "%s", scenario);
}

static bool was_begun(const struct observation *observation, const char *scenario)
{
    for (size_t i = 0; i < observation->count; i++)
        if (strcmp(observation->sessions[i]->scenario, scenario) == 0)
            return true;
    return false;
}

const char *observation_not_run(const struct observation *observation, size_t index)
{
    for (size_t i = 0; i < observation->planned_count; i++)
        if (!was_begun(observation, observation->planned[i]) && index-- == 0)
            return observation->planned[i];
    return NULL;
}

bool observation_interrupted(const struct observation *observation)
{
    for (size_t i = 0; i < observation->count; i++)
        if (observation->sessions[i]->exit == OBSERVED_INTERRUPTED)
            return true;
    return observation_not_run(observation, 0) != NULL;
}

bool observation_is_quiet(const struct observation *observation)
{
    const struct observed_session *session = observation->running;

    for (size_t i = 0; session && i < session->count; i++)
        if (session->attempts[i].how == OBSERVED_OPEN)
            return false;
    return true;
}

/* ---- records ---- */

static const char *text_of(const struct json *record, const char *name)
{
    const char *text = json_string(json_member(record, name));

    return text ? text : "";
}

static int64_t number_of(const struct json *record, const char *name, int64_t absent)
{
    int64_t number = absent;

    return json_integer(json_member(record, name), &number) ? number : absent;
}

static void read_headers(struct observed_attempt *attempt, const struct json *record)
{
    const struct json *values = json_member(record, "values");
    const char *count = json_string(json_member(values, "x-stainless-retry-count"));
    size_t len = 0;

    for (const struct json *name = json_first(json_member(record, "headers")); name;
         name = json_next(name)) {
        const char *text = json_string(name);

        if (text && len + strlen(text) + 2 < sizeof(attempt->headers))
            len += (size_t)snprintf(attempt->headers + len, sizeof(attempt->headers) - len, "%s%s",
                                    len > 0 ? " " : "", text);
    }
    attempt->retry_count = count && *count >= '0' && *count <= '9' ? strtol(count, NULL, 10) : -1;
    snprintf(attempt->client, sizeof(attempt->client), "%s", text_of(values, "user-agent"));
}

static bool same_request(const struct observed_attempt *a, const struct observed_attempt *b)
{
    return strcmp(a->body, b->body) == 0 && strcmp(a->path, b->path) == 0 &&
           strcmp(a->method, b->method) == 0;
}

/*
 * The call that it belongs to: an earlier one of the same request. Whether that had ended well
 * already is only known once our engine told, so the judge looks at it again.
 */
static size_t call_of(const struct observed_session *session,
                      const struct observed_attempt *attempt)
{
    for (size_t i = session->count; i > 0; i--)
        if (same_request(&session->attempts[i - 1], attempt) ||
            (i == session->count && attempt->retry_count > 0))
            return session->attempts[i - 1].call;
    return session->calls;
}

static void read_attempt(struct observed_attempt *attempt, const struct json *record)
{
    *attempt = (struct observed_attempt){
        .id = (uint64_t)number_of(record, "id", 0),
        .connection = (uint64_t)number_of(record, "connection", 0),
        .begun_us = number_of(record, "at_us", 0),
        .body_bytes = (uint64_t)number_of(record, "body_bytes", 0),
        .idempotency_key = json_boolean(json_member(record, "idempotency_key"), false),
        .kept_us = -1,
    };
    attempt->kind.stream = json_boolean(json_member(record, "stream"), false);
    attempt->kind.choices = (unsigned)number_of(record, "choices", 1);
    snprintf(attempt->kind.scene, sizeof(attempt->kind.scene), "%s", text_of(record, "scene"));
    attempt->unknowable =
        !operation_from_name(text_of(record, "operation"), &attempt->kind.operation);
    snprintf(attempt->method, sizeof(attempt->method), "%s", text_of(record, "method"));
    snprintf(attempt->path, sizeof(attempt->path), "%s", text_of(record, "path"));
    snprintf(attempt->body, sizeof(attempt->body), "%s", text_of(record, "body"));
    read_headers(attempt, record);
}

static void take_begun(struct observation *observation, const struct json *record)
{
    struct observed_session *session = observation->running;
    bool besides = json_boolean(json_member(record, "besides"), false);
    struct observed_attempt attempt;

    read_attempt(&attempt, record);
    /* One besides belongs to the run, whatever it asks for: a redirect leads anywhere. */
    if (!besides || !session || attempt.begun_us < session->begun_us)
        session = session_for(observation, text_of(record, "scenario"), attempt.begun_us);
    if (!session)
        return;
    session->last_us = attempt.begun_us;
    if (besides) {
        session->besides++;
        session->misread += strcmp(attempt.kind.scene, "bad-request") == 0;
        snprintf(session->elsewhere, sizeof(session->elsewhere), "%s %.60s", attempt.method,
                 attempt.path);
    } else if (session->count == OBSERVATION_ATTEMPTS_MAX) {
        session->beyond++;
    } else {
        if (!attempt.unknowable)
            adopt(observation, &attempt);
        attempt.call = call_of(session, &attempt);
        session->calls += attempt.call == session->calls;
        session->attempts =
            xrealloc(session->attempts, (session->count + 1) * sizeof(*session->attempts));
        session->attempts[session->count++] = attempt;
    }
    judge(observation, session);
}

static struct observed_attempt *find_attempt(struct observation *observation, uint64_t id,
                                             struct observed_session **session)
{
    for (size_t i = observation->count; i > 0; i--) {
        *session = observation->sessions[i - 1];
        if ((*session)->count > 0 && (*session)->attempts[(*session)->count - 1].id < id)
            continue; /* ids grow: one that was not kept is not looked for in all there are */
        for (size_t k = (*session)->count; k > 0; k--)
            if ((*session)->attempts[k - 1].id == id)
                return &(*session)->attempts[k - 1];
    }
    return NULL;
}

static void take_ended(struct observation *observation, const struct json *record)
{
    struct observed_session *session;
    struct observed_attempt *attempt =
        find_attempt(observation, (uint64_t)number_of(record, "id", 0), &session);
    const char *how = text_of(record, "how");

    if (!attempt)
        return;
    for (int i = OBSERVED_TOLD; i <= OBSERVED_LEFT; i++)
        if (strcmp(how, hows[i]) == 0)
            attempt->how = (enum observed_how)i;
    attempt->ended_us = number_of(record, "at_us", 0);
    attempt->status = (int)number_of(record, "status", 0);
    attempt->sent = (uint64_t)number_of(record, "sent", 0);
    attempt->unread = (uint64_t)number_of(record, "unread", 0);
    attempt->quiet_us = number_of(record, "quiet_us", 0);
    session->last_us = attempt->ended_us;
    judge(observation, session);
}

static void take_gone(struct observation *observation, const struct json *record)
{
    struct observed_session *session;
    struct observed_attempt *attempt =
        find_attempt(observation, (uint64_t)number_of(record, "id", 0), &session);

    if (!attempt)
        return;
    attempt->kept_us = number_of(record, "kept_us", -1);
    judge(observation, session);
}

void observation_take(struct observation *observation, const char *line, size_t len)
{
    struct json *record = json_parse(line, len, "a record", NULL);
    const char *kind = text_of(record, "record");

    if (strcmp(kind, "begun") == 0)
        take_begun(observation, record);
    else if (strcmp(kind, "ended") == 0)
        take_ended(observation, record);
    else if (strcmp(kind, "gone") == 0)
        take_gone(observation, record);
    else if (strcmp(kind, "lost") == 0)
        observation->lost += (uint64_t)number_of(record, "count", 1);
    else
        observation->lost++;
    json_free(record);
}

/* ---- looking ---- */

size_t observation_count(const struct observation *observation)
{
    return observation->count;
}

const struct observed_session *observation_session(const struct observation *observation,
                                                   size_t index)
{
    return observation->sessions[index];
}

void observation_tally(const struct observation *observation, struct observation_tally *tally)
{
    *tally = (struct observation_tally){.lost = observation->lost};
    for (size_t i = 0; i < observation->count; i++) {
        const struct observed_session *session = observation->sessions[i];

        tally->yes += session->handled == IS_YES;
        tally->no += session->handled == IS_NO;
        tally->unknown += session->handled == IS_UNKNOWN;
        tally->requests += session->count + session->beyond + session->besides;
    }
}

const struct reference *observed_reference(const struct observed_session *session)
{
    for (size_t i = session->count; i > 0; i--)
        if (session->attempts[i - 1].known)
            return &session->attempts[i - 1].reference;
    return NULL;
}

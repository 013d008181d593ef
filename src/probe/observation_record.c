#include "probe/observation_record.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDER_MODE = 0755, FILE_MODE = 0600, US_IN_MS = 1000 };

void observation_name(struct observation_about *about, uint64_t random)
{
    char now[CLOCK_TEXT];

    clock_format(about->began_ms, now);
    snprintf(about->id, sizeof(about->id), "obs-%.4s%.2s%.2sT%.2s%.2s%.2sZ-%04x", now, now + 5,
             now + 8, now + 11, now + 14, now + 17, (unsigned)(random & 0xffff));
}

/* ---- writing ---- */

static void set_time(struct json *object, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT];

    clock_format(wall_ms, text);
    json_set_string(object, name, text);
}

static void set_ms(struct json *object, const char *name, int64_t us)
{
    json_set_integer(object, name, us / US_IN_MS);
}

static struct json *attempt_json(const struct observed_session *session, size_t index)
{
    const struct observed_attempt *attempt = &session->attempts[index];
    struct json *object = json_new_object();

    set_ms(object, "begun_ms", attempt->begun_us - session->begun_us);
    if (index > 0 && attempt[-1].ended_us > 0)
        set_ms(object, "gap_ms", attempt->begun_us - attempt[-1].ended_us);
    else
        json_set(object, "gap_ms", json_new_null());
    json_set_integer(object, "call", (int64_t)attempt->call + 1);
    json_set_integer(object, "connection", (int64_t)attempt->connection);
    json_set_string(object, "method", attempt->method);
    json_set_string(object, "path", attempt->path);
    json_set_string(object, "scene", attempt->kind.scene);
    json_set_string(object, "operation", operation_name(attempt->kind.operation));
    json_set_boolean(object, "stream", attempt->kind.stream);
    json_set_string(object, "body", attempt->body);
    json_set_integer(object, "body_bytes", (int64_t)attempt->body_bytes);
    json_set_boolean(object, "idempotency_key", attempt->idempotency_key);
    json_set(object, "retry_count",
             attempt->retry_count < 0 ? json_new_null() : json_new_integer(attempt->retry_count));
    json_set_string(object, "headers", attempt->headers);
    json_set_string(object, "how", observed_how_name(attempt->how));
    json_set(object, "status",
             attempt->status > 0 ? json_new_integer(attempt->status) : json_new_null());
    json_set_integer(object, "sent", (int64_t)attempt->sent);
    json_set_integer(object, "unread", (int64_t)attempt->unread);
    if (attempt->ended_us > 0)
        set_ms(object, "took_ms", attempt->ended_us - attempt->begun_us);
    set_ms(object, "quiet_ms", attempt->quiet_us);
    if (attempt->kept_us >= 0)
        set_ms(object, "kept_ms", attempt->kept_us);
    return object;
}

static struct json *finding_json(const struct observed_finding *finding)
{
    struct json *object = json_new_object();

    json_set_string(object, "code", observed_rule_code(finding->rule));
    json_set_string(object, "weight", observed_weight_name(observed_rule_weight(finding->rule)));
    json_set_string(object, "seen", finding->seen);
    json_set_string(object, "meaning", observed_rule_meaning(finding->rule));
    json_set_string(object, "do", observed_rule_advice(finding->rule));
    return object;
}

static void set_exit(struct json *object, const struct observed_session *session)
{
    static const char *const names[] = {[OBSERVED_NOBODY_SAW] = "unknown",
                                        [OBSERVED_ANSWER] = "answer",
                                        [OBSERVED_FAILURE] = "failure",
                                        [OBSERVED_STOPPED] = "stopped",
                                        [OBSERVED_INTERRUPTED] = "interrupted"};

    json_set_string(object, "ended_as", names[session->exit]);
    json_set(object, "exit_status",
             session->exit == OBSERVED_ANSWER || session->exit == OBSERVED_FAILURE
                 ? json_new_integer(session->exit_status)
                 : json_new_null());
}

static struct json *session_json(const struct observed_session *session,
                                 const struct retry_policy *policy)
{
    const struct reference *reference = observed_reference(session);
    struct json *object = json_new_object(), *attempts = json_new_array();
    struct json *findings = json_new_array();
    const struct retry_row *row;

    json_set_string(object, "scenario", session->scenario);
    json_set_string(object, "handled", tristate_name(session->handled));
    if (reference) {
        row = retry_policy_find(policy, reference->failure.class);
        json_set_string(object, "verdict", verdict_name(reference->verdict));
        json_set_string(object, "class", reference->failure.class);
        json_set_string(object, "retry", retry_rule_name(row->retry));
        json_set(object, "hint_ms",
                 reference->hint.kind == RETRY_HINT_WAIT
                     ? json_new_integer(reference->hint.wait_us / US_IN_MS)
                     : json_new_null());
    }
    set_exit(object, session);
    for (size_t i = 0; i < session->count; i++)
        json_append(attempts, attempt_json(session, i));
    json_set(object, "attempts", attempts);
    json_set_integer(object, "attempts_not_kept", (int64_t)session->beyond);
    json_set_integer(object, "besides", (int64_t)session->besides);
    for (size_t i = 0; i < session->finding_count; i++)
        json_append(findings, finding_json(&session->findings[i]));
    json_set(object, "findings", findings);
    return object;
}

static const char *client_of(const struct observation *observation)
{
    for (size_t i = 0; i < observation_count(observation); i++) {
        const struct observed_session *session = observation_session(observation, i);

        if (session->count > 0 && session->attempts[0].client[0])
            return session->attempts[0].client;
    }
    return NULL;
}

static void digest_of(const struct json *record, char text[static DIGEST_TEXT])
{
    struct digest *digest = digest_new();
    struct bytes bytes;

    bytes_init(&bytes, SIZE_MAX);
    json_write(record, false, &bytes);
    digest_update(digest, bytes_text(&bytes), bytes.len);
    digest_text(digest, text);
    digest_free(digest);
    bytes_release(&bytes);
}

/* What a client put into a path or a header may be a key; the record still parses. */
static struct json *redacted(struct json *record, const struct redactor *redactor)
{
    struct json *clean;
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    json_write(record, false, &text);
    redact(redactor, text.data, text.len);
    clean = json_parse(bytes_text(&text), text.len, "the record", NULL);
    bytes_release(&text);
    json_free(record);
    return clean;
}

void observation_seal(struct json *record)
{
    char digest[DIGEST_TEXT];
    struct json *old = json_member(record, "digest");

    if (old)
        json_free(json_take(record, old));
    digest_of(record, digest);
    json_set_string(record, "digest", digest);
}

struct json *observation_json(const struct observation *observation,
                              const struct retry_policy *policy,
                              const struct observation_about *about,
                              const struct redactor *redactor)
{
    struct json *record = json_new_object(), *sessions = json_new_array();
    struct json *not_run = json_new_array();
    struct observation_tally tally;

    observation_tally(observation, &tally);
    json_set_integer(record, "version", 1);
    json_set_string(record, "id", about->id);
    set_time(record, "began", about->began_ms);
    set_time(record, "ended", about->ended_ms);
    json_set_string(record, "client", client_of(observation));
    json_set_string(record, "command", about->command);
    json_set_string(record, "policy", about->policy);
    json_set_string(record, "program", about->program);
    json_set_boolean(record, "simulated", true);
    json_set_integer(record, "handled", (int64_t)tally.yes);
    json_set_integer(record, "not_handled", (int64_t)tally.no);
    json_set_integer(record, "unknown", (int64_t)tally.unknown);
    json_set_integer(record, "requests", (int64_t)tally.requests);
    json_set_boolean(record, "interrupted", observation_interrupted(observation));
    for (size_t i = 0; observation_not_run(observation, i); i++)
        json_append(not_run, json_new_string(observation_not_run(observation, i)));
    json_set(record, "not_run", not_run);
    for (size_t i = 0; i < observation_count(observation); i++)
        json_append(sessions, session_json(observation_session(observation, i), policy));
    json_set(record, "sessions", sessions);
    record = redacted(record, redactor);
    observation_seal(record);
    return record;
}

/* ---- files ---- */

bool observation_save(const struct json *record, const char *folder, const char *id, char **path,
                      struct error *error)
{
    char *sub = file_join(folder, "observations"), *name = xasprintf("%s.json", id);
    struct bytes text;
    bool good;

    bytes_init(&text, OBSERVATION_RECORD_MAX);
    *path = file_join(sub, name);
    good = (json_write(record, true, &text) ||
            error_set(error, ERROR_CHECK, "the record is larger than %d MB; observe less at a time",
                      OBSERVATION_RECORD_MAX / 1024 / 1024)) &&
           file_make_folders(sub, FOLDER_MODE, error) &&
           file_replace(NULL, *path, bytes_text(&text), text.len, FILE_MODE, NULL, NULL, error);
    bytes_release(&text);
    free(sub);
    free(name);
    return good;
}

bool observation_sound(const struct json *record)
{
    const char *claimed = json_string(json_member(record, "digest"));
    struct json *copy;
    char digest[DIGEST_TEXT];
    bool sound;

    if (json_type(record) != JSON_OBJECT || !claimed)
        return false;
    copy = json_copy(record);
    json_free(json_take(copy, json_member(copy, "digest")));
    digest_of(copy, digest);
    sound = strcmp(claimed, digest) == 0;
    json_free(copy);
    return sound;
}

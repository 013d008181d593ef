/* A probe in Composer: loading, turning, sending it. */
#include "ui/application_probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/describe.h"
#include "probe/dispatch.h"
#include "probe/kept_body.h"
#include "probe/mutate.h"
#include "probe/result.h"
#include "ui/application_state.h"
#include "ui/draft_edit.h"
#include "ui/drafts.h"
#include "ui/json_edit.h"
#include "ui/private_simulator.h"
#include "ui/probe_shelf.h"

enum { NAME_MAX_BYTES = 256 };

struct loaded_probe {
    struct probe_shelf *shelf;
    struct plan plan; /* the cases of the probe */
    size_t at;        /* the one that is shown */
    char *model;      /* where the probe leaves it to us; NULL: none is chosen */
    struct json *before;
    char *raw;
    size_t raw_len;
    struct draft_edit *own; /* the draft that waits, with what belongs to it */
    char *own_name;
    struct file_stamp own_seen;
};

/* A case on the wire: it may be dropped from Composer meanwhile. */
struct sent_probe {
    struct probe_shelf *shelf;
    struct plan_case plan_case;
    struct dispatch *dispatch;
    struct kept_body answer;
};

/* ---- what there is ---- */

const struct library *application_library(struct application *application, struct error *error)
{
    struct probe_shelf *shelf = probe_shelf_open(application->workspace->folder, error);

    if (!shelf)
        return NULL;
    probe_shelf_drop(application->shelf);
    application->shelf = shelf;
    return probe_shelf_library(shelf);
}

const struct library *application_known_library(struct application *application)
{
    return application->shelf ? probe_shelf_library(application->shelf)
                              : application_library(application, NULL);
}

const struct retry_policy *application_retry_policy(const struct application *application)
{
    return application->shelf ? probe_shelf_policy(application->shelf) : NULL;
}

static const struct plan_case *shown_case(const struct loaded_probe *probe)
{
    return &probe->plan.cases[probe->at];
}

const struct plan_case *application_probe_case(const struct application *application)
{
    return application->probe ? shown_case(application->probe) : NULL;
}

const struct json *application_probe_before(const struct application *application)
{
    return application->probe ? application->probe->before : NULL;
}

const char *application_probe_raw(const struct application *application, size_t *len)
{
    if (!application->probe || !application->probe->raw)
        return NULL;
    *len = application->probe->raw_len;
    return application->probe->raw;
}

bool application_probe_edited(const struct application *application)
{
    const struct json_edit *body = application->probe ? application_body(application) : NULL;
    struct bytes what;
    bool edited;

    bytes_init(&what, NAME_MAX_BYTES);
    edited = body && json_edit_describe(body, true, &what);
    bytes_release(&what);
    return edited;
}

/* ---- loading ---- */

static void release_bodies(struct loaded_probe *probe)
{
    json_free(probe->before);
    free(probe->raw);
    probe->before = NULL;
    probe->raw = NULL;
}

static void free_probe(struct loaded_probe *probe)
{
    release_bodies(probe);
    plan_release(&probe->plan);
    probe_shelf_drop(probe->shelf);
    free(probe->model);
    free(probe);
}

/* Of one operation, the nearest in streaming; the first where the probe has not the operation. */
static size_t nearest(const struct plan *plan, enum operation operation, bool stream)
{
    size_t best = 0;
    int worth = -1;

    for (size_t i = 0; i < plan->count; i++) {
        int now = 2 * (plan->cases[i].operation == operation) + (plan->cases[i].stream == stream);

        if (now > worth) {
            worth = now;
            best = i;
        }
    }
    return best;
}

static const char *model_of(const struct loaded_probe *probe)
{
    struct profile profile = {.model = probe->model};

    return dispatch_model(shown_case(probe), &profile);
}

/* The body before its mutation, NULL where there is none. */
static struct json *body_before(const struct loaded_probe *probe, const struct contract *contract)
{
    const struct plan_case *plan_case = shown_case(probe);
    struct probe plain = *plan_case->probe;
    struct json *before = NULL;
    size_t len;
    char *text;

    memset(plain.mutations, 0, sizeof(plain.mutations));
    if (mutate_body(&plain, contract, plan_case->operation, model_of(probe), plan_case->stream,
                    &text, &len, NULL, NULL) &&
        text)
        before = json_parse(text, len, "the body", NULL);
    free(text);
    return before;
}

/* What is no JSON, or grown to megabytes, is no tree. */
static bool is_raw(const struct probe *probe)
{
    return probe->change.raw_body || probe->change.oversize > 0;
}

/* The draft that shows the case; NULL: its mutation does not apply. */
static struct draft_edit *make_bodies(struct loaded_probe *probe, const struct contract *contract,
                                      struct error *error)
{
    const struct plan_case *plan_case = shown_case(probe);
    struct json *body = NULL;
    struct draft_edit *draft;
    size_t len;
    char *text;

    release_bodies(probe);
    if (!mutate_body(plan_case->probe, contract, plan_case->operation, model_of(probe),
                     plan_case->stream, &text, &len, NULL, error))
        return NULL;
    draft = draft_edit_new(contract, model_of(probe));
    if (text && !is_raw(plan_case->probe))
        body = json_parse(text, len, "the body", NULL);
    draft_edit_put(draft, plan_case->operation, body);
    if (body) {
        probe->before = body_before(probe, contract);
    } else if (text) {
        probe->raw = text;
        probe->raw_len = len;
        text = NULL;
    }
    free(text);
    return draft;
}

/* In the place of what stands there. */
static bool show(struct application *application, struct error *error)
{
    struct draft_edit *draft =
        make_bodies(application->probe, application->workspace->contract, error);

    if (!draft)
        return false;
    draft_edit_free(application->draft);
    application->draft = draft;
    application_changed(application, TOPIC_DRAFT);
    return true;
}

static bool begin(struct application *application, const char *id, struct loaded_probe *probe,
                  struct error *error)
{
    const struct plan_choice choice = {.names = &id, .name_count = 1};
    const struct draft_edit *own = application->draft;

    if (!application_library(application, error))
        return false;
    probe->shelf = probe_shelf_hold(application->shelf);
    if (!library_find_probe(probe_shelf_library(probe->shelf), id) &&
        library_find_suite(probe_shelf_library(probe->shelf), id))
        return error_set(error, ERROR_USAGE, "%s is a suite; :suite %s shows what it would send",
                         id, id);
    if (!plan_make(&probe->plan, probe_shelf_library(probe->shelf), &choice, NULL, error))
        return false;
    probe->at = nearest(&probe->plan, draft_edit_operation(own), draft_edit_stream(own));
    probe->model =
        xstrdup(application->profile.model ? application->profile.model : draft_edit_model(own));
    return true;
}

bool application_load_probe(struct application *application, const char *id, struct error *error)
{
    struct loaded_probe *probe;
    struct draft_edit *draft = NULL;

    application_drop_probe(application);
    application_settle_draft(application);
    probe = xcalloc(1, sizeof(*probe));
    if (begin(application, id, probe, error))
        draft = make_bodies(probe, application->workspace->contract, error);
    if (!draft) {
        free_probe(probe);
        return false;
    }
    application_settle_draft(application); /* an edit of it that is still to be kept */
    probe->own = application->draft;
    probe->own_name = application->draft_name;
    probe->own_seen = application->draft_seen;
    application->draft = draft;
    application->draft_name = NULL; /* a probe is never kept as the draft */
    application->probe = probe;
    application_changed(application, TOPIC_DRAFT);
    return true;
}

bool application_drop_probe(struct application *application)
{
    struct loaded_probe *probe = application->probe;

    if (!probe)
        return false;
    draft_edit_free(application->draft);
    free(application->draft_name);
    application->draft = probe->own;
    application->draft_name = probe->own_name;
    application->draft_seen = probe->own_seen;
    application->probe = NULL;
    application->draft_waits = false;
    free_probe(probe);
    application_changed(application, TOPIC_DRAFT);
    return true;
}

bool application_turn_probe(struct application *application, const enum operation *operation,
                            const bool *stream, const char *model, struct error *error)
{
    struct loaded_probe *probe = application->probe;
    const struct plan_case *plan_case = shown_case(probe);
    size_t before = probe->at;
    size_t at = nearest(&probe->plan, operation ? *operation : plan_case->operation,
                        stream ? *stream : plan_case->stream);

    if ((operation && probe->plan.cases[at].operation != *operation) ||
        (stream && probe->plan.cases[at].stream != *stream))
        return error_set(error, ERROR_USAGE, "the probe %s has no such case; it is %s",
                         plan_case->probe->id, plan_case->name);
    if (model) {
        free(probe->model);
        probe->model = xstrdup(model);
    }
    probe->at = at;
    if (show(application, error))
        return true;
    probe->at = before;
    return false;
}

void application_reload_probe(struct application *application)
{
    struct error error;

    if (application->probe && application->profile.model &&
        !application_turn_probe(application, NULL, NULL, application->profile.model, &error))
        application_fail(application, &error);
}

static void free_sent(struct application *application)
{
    struct sent_probe *sent = application->sent_probe;

    application->sent_probe = NULL;
    if (!sent)
        return;
    dispatch_free(sent->dispatch);
    kept_body_release(&sent->answer);
    probe_shelf_drop(sent->shelf);
    free(sent);
}

void application_release_probe(struct application *application)
{
    application_drop_probe(application);
    free_sent(application);
    probe_shelf_drop(application->shelf);
    application->shelf = NULL;
    private_simulator_free(application->private);
    application->private = NULL;
}

/* ---- the private simulator ---- */

const char *application_private_simulator(struct application *application, struct error *error)
{
    if (!application->private)
        application->private = private_simulator_new(0, -1, error);
    else if (!private_simulator_revive(application->private, error))
        return NULL;
    return application->private ? private_simulator_url(application->private) : NULL;
}

/* ---- sending ---- */

/* The body as it stands in Composer now; the caller frees. */
static char *body_of(const struct application *application, size_t *len)
{
    const char *raw = application_probe_raw(application, len);
    char *text;

    if (raw)
        return xmemdup0(raw, *len);
    text = application->probe->before ? draft_edit_text(application->draft) : NULL;
    *len = text ? strlen(text) : 0;
    return text;
}

bool application_preview_probe(const struct application *application, struct http_request *request,
                               struct bytes *pending, struct error *error)
{
    const struct plan_case *plan_case = shown_case(application->probe);
    const struct probe *probe = plan_case->probe;
    bool simulated = probe->target == PROBE_SIMULATOR;
    char *base =
        simulated ? xasprintf("http://private-simulator/sim/as/%s", probe->scenario) : NULL;
    struct request_change change;
    size_t len;
    char *body = body_of(application, &len);
    bool made;

    dispatch_change(probe, base, &change);
    made = operation_request_changed(application->workspace->contract, &application->profile,
                                     plan_case->operation, body, len, &change, request, pending,
                                     error);
    free(body);
    free(base);
    return made;
}

struct sending {
    struct sent_probe *sent;
    struct dispatch_attempt attempt;
};

static struct exchange *start(void *context, const struct exchange_env *env,
                              const struct exchange_observer *observer, struct error *error)
{
    struct sending *sending = context;

    (void)env;
    return dispatch_start(sending->sent->dispatch, &sending->sent->plan_case, &sending->attempt,
                          observer, error);
}

/* Nothing was sent, which may be what the probe expects; false: it could not be asked at all. */
static bool say_unsent(struct application *application, const struct probe_result *result)
{
    const char *name = result->plan_case->name;

    if (result->outcome == OUTCOME_PASS)
        application_say(application, MESSAGE_DONE, "%s: PASS, refused before sending: %s", name,
                        result->notes);
    else if (result->outcome == OUTCOME_FAIL)
        application_say(application, MESSAGE_FAILED, "%s: FAIL, nothing was sent: %s", name,
                        result->notes);
    return result->outcome != OUTCOME_ERROR;
}

/* True: it is on its way, or it is said what became of it. */
static bool send_body(struct application *application, struct sending *sending, struct error *error)
{
    const struct plan_case *plan_case = &sending->sent->plan_case;
    struct probe_result result = {.plan_case = plan_case};
    struct error refusal = {.kind = ERROR_NONE};
    enum dispatch_gate gate =
        dispatch_check(sending->sent->dispatch, plan_case, sending->attempt.body,
                       sending->attempt.body_len, &refusal);
    bool good = probe_result_gate(&result, gate, &refusal);

    if (good)
        good = application_start_by(application, "probe", plan_case->name, start, sending, error);
    else if (say_unsent(application, &result))
        good = true;
    else
        *error = refusal;
    probe_result_release(&result);
    return good;
}

bool application_probe_open(const struct application *application, struct error *error)
{
    const struct exchange_env env = application_env(application);
    struct dispatch *dispatch = dispatch_new(&env, NULL, NULL);
    size_t len = 0;
    char *body = body_of(application, &len);
    bool open =
        dispatch_check(dispatch, shown_case(application->probe), body, len, error) != DISPATCH_SHUT;

    free(body);
    dispatch_free(dispatch);
    return open;
}

static bool send_now(struct application *application, const char *simulator, struct error *error)
{
    struct sent_probe *sent = xcalloc(1, sizeof(*sent));
    struct sending sending = {.sent = sent, .attempt = {.number = 1, .look_back = true}};
    struct exchange_env env = application_env(application);
    bool good;
    char *body;

    free_sent(application);
    application->sent_probe = sent;
    sent->shelf = probe_shelf_hold(application->probe->shelf);
    sent->plan_case = *shown_case(application->probe);
    sent->dispatch = dispatch_new(&env, simulator, application->differs);
    kept_body_init(&sent->answer);
    body = body_of(application, &sending.attempt.body_len);
    sending.attempt.body = body;
    good = send_body(application, &sending, error);
    free(body);
    if (!application->sending)
        free_sent(application);
    return good;
}

bool application_send_probe(struct application *application, struct error *error)
{
    const char *url = NULL;

    if (!application_prepare(application, error))
        return false;
    if (shown_case(application->probe)->probe->target == PROBE_SIMULATOR) {
        url = application_private_simulator(application, error);
        if (!url)
            return false;
    }
    return send_now(application, url, error);
}

void application_probe_body(struct application *application, const char *data, size_t len)
{
    struct sent_probe *sent = application->sent_probe;

    if (sent && probe_looks_into_body(sent->plan_case.probe))
        kept_body_add(&sent->answer, data, len);
}

void application_probe_done(struct application *application, const struct exchange_state *state)
{
    struct sent_probe *sent = application->sent_probe;
    struct probe_result result = {.outcome = OUTCOME_RUNNING};
    struct bytes expected;

    if (!sent)
        return;
    result.plan_case = &sent->plan_case;
    probe_result_judge(&result, state, &sent->answer, application->workspace->contract);
    bytes_init(&expected, SIZE_MAX);
    describe_expectation(sent->plan_case.probe, &expected);
    if (application->verdict_hidden)
        application_say(application, MESSAGE_NOTE, "%s expects %s; is it so?", sent->plan_case.name,
                        bytes_text(&expected));
    else if (result.outcome == OUTCOME_PASS)
        application_say(application, MESSAGE_DONE, "%s: PASS, as expected: %s",
                        sent->plan_case.name, bytes_text(&expected));
    else
        application_say(application, MESSAGE_FAILED, "%s: %s, %s", sent->plan_case.name,
                        result.outcome == OUTCOME_FAIL ? "FAIL" : outcome_name(result.outcome),
                        result.notes ? result.notes : "no answer");
    bytes_release(&expected);
    probe_result_release(&result);
    free_sent(application);
}

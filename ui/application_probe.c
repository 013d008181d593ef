/* A probe in Composer: loading, turning, sending it. */
#include "ui/application_probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "probe/describe.h"
#include "probe/dispatch.h"
#include "probe/kept_body.h"
#include "probe/result.h"
#include "ui/application_state.h"
#include "ui/confirm.h"
#include "ui/draft_edit.h"
#include "ui/json_edit.h"
#include "ui/loaded_probe.h"
#include "ui/private_simulator.h"
#include "ui/probe_shelf.h"

/* In the place of the draft. */
struct probe_place {
    struct loaded_probe *shown;
    struct loaded_probe *next; /* waits for a yes to losing the edits of `shown`; NULL: none */
    struct draft_edit *own;    /* the draft that waits, with what belongs to it */
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
    const char *left_out;

    if (!shelf)
        return NULL;
    probe_shelf_drop(application->shelf);
    application->shelf = shelf;
    left_out = library_left_out(probe_shelf_library(shelf));
    if (*left_out)
        application_say(application, MESSAGE_FAILED, "Left out: %.*s%s",
                        (int)strcspn(left_out, "\n"), left_out,
                        strchr(left_out, '\n') ? "; p tells of all" : "");
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

static const struct plan_case *shown_case(const struct probe_place *place)
{
    return loaded_probe_case(place->shown);
}

const struct plan_case *application_probe_case(const struct application *application)
{
    return application->place ? shown_case(application->place) : NULL;
}

const struct json *application_probe_before(const struct application *application)
{
    return application->place ? loaded_probe_before(application->place->shown) : NULL;
}

const char *application_probe_raw(const struct application *application, size_t *len)
{
    return application->place ? loaded_probe_raw(application->place->shown, len) : NULL;
}

bool application_probe_edited(const struct application *application)
{
    const struct json_edit *body = application->place ? application_body(application) : NULL;

    return body && json_edit_done(body) > 0;
}

/* ---- showing ---- */

static void show(struct application *application, struct loaded_probe *probe)
{
    struct probe_place *place = application->place;

    if (place) {
        draft_edit_free(application->draft);
        loaded_probe_free(place->shown);
    } else {
        application_settle_draft(application); /* an edit of it that is still to be kept */
        application->place = place = xcalloc(1, sizeof(*place));
        place->own = application->draft;
        place->own_name = application->draft_name;
        place->own_seen = application->draft_seen;
        application->draft_name = NULL; /* a probe is never kept as the draft */
    }
    place->shown = probe;
    application->draft = loaded_probe_take_draft(probe);
    application->draft_waits = false;
    application_changed(application, TOPIC_DRAFT);
}

static void on_agreed(void *context, const char *text)
{
    struct application *application = context;
    struct loaded_probe *next = application->place ? application->place->next : NULL;

    if (!next)
        return;
    application->place->next = NULL;
    if (confirm_yes(text))
        show(application, next);
    else
        loaded_probe_free(next);
}

/* `probe` is taken over. False: its edits go only after a yes, which is asked for. */
static bool show_agreed(struct application *application, struct loaded_probe *probe)
{
    const struct question question = {
        .label = "The probe was edited; drop that without :keep probe ID? (yes or no) ",
        .answered = on_agreed,
        .context = application};

    if (!application_probe_edited(application)) {
        show(application, probe);
        return true;
    }
    application_ask(application, &question); /* gives an open one up first */
    application->place->next = probe;
    return false;
}

bool application_load_probe(struct application *application, const char *id, struct error *error)
{
    const struct draft_edit *own =
        application->place ? application->place->own : application->draft;
    const struct loaded_wish wish = {
        .id = id,
        .operation = draft_edit_operation(own),
        .stream = draft_edit_stream(own),
        .model = application->profile.model ? application->profile.model : draft_edit_model(own),
    };
    struct loaded_probe *probe = NULL;

    if (application_library(application, error))
        probe =
            loaded_probe_new(application->shelf, application->workspace->contract, &wish, error);
    if (probe)
        show_agreed(application, probe);
    return probe != NULL;
}

bool application_drop_probe(struct application *application)
{
    struct probe_place *place = application->place;

    if (!place)
        return false;
    draft_edit_free(application->draft);
    free(application->draft_name);
    application->draft = place->own;
    application->draft_name = place->own_name;
    application->draft_seen = place->own_seen;
    application->place = NULL;
    application->draft_waits = false;
    loaded_probe_free(place->next);
    loaded_probe_free(place->shown);
    free(place);
    application_changed(application, TOPIC_DRAFT);
    return true;
}

bool application_turn_probe(struct application *application, const enum operation *operation,
                            const bool *stream, const char *model)
{
    const struct loaded_probe *shown = application->place->shown;
    const struct plan_case *plan_case = loaded_probe_case(shown);
    const struct loaded_wish wish = {
        .id = plan_case->probe->id,
        .operation = operation ? *operation : plan_case->operation,
        .stream = stream ? *stream : plan_case->stream,
        .operation_is_a_must = operation != NULL,
        .stream_is_a_must = stream != NULL,
        .model = model ? model : loaded_probe_model(shown),
    };
    struct error error;
    struct loaded_probe *probe = loaded_probe_new(loaded_probe_shelf(shown),
                                                  application->workspace->contract, &wish, &error);

    if (probe)
        return show_agreed(application, probe);
    application_fail(application, &error);
    return false;
}

void application_reload_probe(struct application *application)
{
    if (application->place && application->profile.model)
        application_turn_probe(application, NULL, NULL, application->profile.model);
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
    text = application_probe_before(application) ? draft_edit_text(application->draft) : NULL;
    *len = text ? strlen(text) : 0;
    return text;
}

/* Where it goes, by names that stand for what is known only when it is sent. */
static char *preview_base(const struct probe *probe)
{
    if (probe->target != PROBE_SIMULATOR)
        return NULL;
    switch (probe->change.network) {
    case PROBE_NETWORK_REFUSED:
        return xstrdup("http://port-that-refuses");
    case PROBE_NETWORK_NO_NAME:
        return xstrdup(DISPATCH_NO_NAME);
    default:
        return xasprintf("http://private-simulator/sim/as/%s", probe->scenario);
    }
}

bool application_preview_probe(const struct application *application, struct http_request *request,
                               struct bytes *pending, struct error *error)
{
    const struct plan_case *plan_case = shown_case(application->place);
    const struct probe *probe = plan_case->probe;
    char *base = preview_base(probe);
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
        dispatch_check(dispatch, shown_case(application->place), body, len, error) != DISPATCH_SHUT;

    free(body);
    dispatch_free(dispatch);
    return open;
}

/* Its evidence and its result are not those of the probe as it is known by that name. */
static void mark_edited(struct plan_case *plan_case)
{
    size_t len = strlen(plan_case->name), most = sizeof(plan_case->name) - sizeof(PROBE_EDITED);

    memcpy(plan_case->name + (len < most ? len : most), PROBE_EDITED, sizeof(PROBE_EDITED));
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
    sent->shelf = probe_shelf_hold(loaded_probe_shelf(application->place->shown));
    sent->plan_case = *shown_case(application->place);
    if (application_probe_edited(application))
        mark_edited(&sent->plan_case);
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
    if (shown_case(application->place)->probe->target == PROBE_SIMULATOR) {
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

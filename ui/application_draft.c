/* The draft: what Composer would send. */
#include "ui/application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "contract/workspace.h"
#include "probe/plan.h"
#include "ui/application_probe.h"
#include "ui/application_state.h"
#include "ui/draft_edit.h"
#include "ui/drafts.h"
#include "ui/json_edit.h"

enum { BODY_BYTES = 16 * 1024 * 1024 };

void application_draft(const struct application *application, struct draft *draft)
{
    size_t len;

    *draft = (struct draft){
        .operation = draft_edit_operation(application->draft),
        .model = draft_edit_model(application->draft),
        .prompt = draft_edit_prompt(application->draft),
        .stream = draft_edit_stream(application->draft),
        .raw = application_probe_raw(application, &len) != NULL,
    };
    if (!draft->raw)
        return;
    draft->prompt = NULL; /* what stands behind it is not sent */
    draft->stream = application_probe_case(application)->stream;
}

unsigned application_draft_version(const struct application *application)
{
    return application->draft_version;
}

struct json_edit *application_body(const struct application *application)
{
    size_t len;

    return application_probe_raw(application, &len) ? NULL : draft_edit_body(application->draft);
}

/* As it is sent, in bytes. */
static size_t body_length(const struct application *application)
{
    size_t len = 0;
    char *text;

    if (application_probe_raw(application, &len))
        return len;
    text = draft_edit_text(application->draft);
    len = text ? strlen(text) : 0;
    free(text);
    return len;
}

size_t application_check_body(const struct application *application, struct body_problems *problems)
{
    struct json_edit *edit = application_body(application);
    size_t len = body_length(application);

    body_check(application->workspace->contract, draft_edit_operation(application->draft),
               edit ? json_edit_root(edit) : NULL, len, problems);
    return len;
}

bool application_prompt_pointer(const struct application *application, struct bytes *pointer)
{
    return draft_edit_prompt_pointer(application->draft, pointer);
}

/* ---- keeping it ---- */

static const char *local_folder(const struct application *application)
{
    return application->workspace->local;
}

/* A key typed into any of the bodies must not come to lie in a file. */
static bool holds_key(const struct application *application)
{
    bool found = false;

    for (int i = 0; i < OPERATION_COUNT && !found; i++) {
        const struct json_edit *body = draft_edit_body_of(application->draft, (enum operation)i);
        struct bytes text;
        size_t line;

        if (!body)
            continue;
        bytes_init(&text, BODY_BYTES);
        found = json_write(json_edit_root(body), true, &text) &&
                application_finds_key(application, bytes_text(&text), text.len, &line);
        bytes_release(&text);
    }
    return found;
}

/* In a process of its own or here; changes nothing of the application. */
static void keep(void *context, struct errand_result *result)
{
    const struct application *application = context;
    const char *local = local_folder(application), *name = application->draft_name;
    bool first = !application->draft_seen.exists;

    result->stamp = application->draft_seen;
    if (holds_key(application))
        result->done = error_set(&result->error, ERROR_CHECK, "it holds a key; take it out");
    else
        result->done = drafts_save(local, name, application->draft, application->redactor,
                                   &result->stamp, &result->error) &&
                       (!first || drafts_set_current(local, name, &result->error));
}

/* Nowhere to keep it: that was said when it began. */
static bool may_keep(struct application *application)
{
    if (application->readonly || application->place) /* a probe: never but by :keep probe */
        return false;
    application->draft_unkept = !application->temporary;
    return application->draft_name && local_folder(application);
}

void application_draft_kept(void *context, const struct errand_result *result)
{
    struct application *application = context;

    application->draft_seen = result->stamp;
    application->draft_unkept = !result->done;
    if (result->done)
        return;
    if (result->error.kind == ERROR_CHANGED)
        application_say(application, MESSAGE_FAILED,
                        "The draft %s was changed elsewhere; :draft new NAME keeps this one apart",
                        application->draft_name);
    else
        application_say(application, MESSAGE_FAILED, "The draft is not kept: %s",
                        result->error.text);
}

void application_draft_edited(struct application *application)
{
    application_changed(application, TOPIC_DRAFT);
    application->draft_waits = true;
}

bool application_keep_draft(struct application *application)
{
    if (application->draft_waits && !errand_runs(application->keeper)) {
        application->draft_waits = false;
        if (may_keep(application))
            errand_start(application->keeper, keep, application);
    }
    return errand_runs(application->keeper);
}

void application_settle_draft(struct application *application)
{
    errand_finish(application->keeper);
    application_keep_draft(application);
    errand_finish(application->keeper);
}

static bool keep_now(struct application *application, struct error *error)
{
    struct errand_result result = {.done = false};

    if (!may_keep(application))
        return true;
    keep(application, &result);
    application->draft_seen = result.stamp;
    application->draft_unkept = !result.done;
    if (!result.done)
        *error = result.error;
    return result.done;
}

bool application_draft_is_unkept(struct application *application)
{
    application_settle_draft(application);
    return application->draft_unkept && !draft_edit_is_canary(application->draft);
}

const char *application_draft_name(const struct application *application)
{
    return application->draft_name;
}

/* `draft` is taken over. */
static void show_draft(struct application *application, struct draft_edit *draft, const char *name)
{
    char *copy = xstrdup(name);

    draft_edit_free(application->draft);
    application->draft = draft;
    application->draft_unkept = false;
    free(application->draft_name);
    application->draft_name = copy;
    application_changed(application, TOPIC_DRAFT);
}

/* What was told for this start goes before what was chosen in an earlier one. */
static void use_told_model(struct application *application)
{
    const char *environment = getenv("COMETAPI_MODEL");
    bool told = application->choice.model || (environment && *environment);

    if (application->profile.model && (told || !draft_edit_model(application->draft)))
        draft_edit_set_model(application->draft, application->profile.model, NULL);
}

void application_restore_draft(struct application *application)
{
    const struct contract *contract = application->workspace->contract;
    const char *local = local_folder(application);
    char *name = local ? drafts_current(local) : NULL;
    struct draft_edit *draft = NULL;
    struct error error;

    if (name)
        draft = drafts_load(local, name, contract, &application->draft_seen, &error);
    if (draft) {
        show_draft(application, draft, name);
        use_told_model(application);
    } else {
        /* One that cannot be read stays as it is: this one gets no name. */
        draft = draft_edit_new(contract, application->profile.model);
        show_draft(application, draft, name || !local ? NULL : DRAFT_DEFAULT);
        if (name)
            application_say(application, MESSAGE_FAILED,
                            "%s. This draft is kept after :draft new NAME", error.text);
    }
    free(name);
}

/* A draft of that name is there, or is not, as it is `wanted`. */
static bool check_name(const struct application *application, const char *name, bool wanted,
                       struct error *error)
{
    size_t line;

    if (application->place)
        return error_set(error, ERROR_USAGE,
                         "a probe stands in the place of the draft; Esc in Composer leads back to "
                         "it, :keep probe ID keeps the probe");
    if (!local_folder(application))
        return error_set(error, ERROR_FILE,
                         "there is no folder to keep drafts in: set HOME or use a workspace");
    if (!draft_name_check(name, error))
        return false;
    if (!wanted && application_finds_key(application, name, strlen(name), &line))
        return error_set(error, ERROR_CHECK, "this name holds a key; choose another one");
    if (drafts_exist(local_folder(application), name) == wanted)
        return true;
    return error_set(error, ERROR_USAGE,
                     wanted ? "there is no draft %s; Tab completes their names"
                            : "there is a draft %s already; :draft open %s shows it",
                     name, name);
}

bool application_draft_new(struct application *application, const char *name, struct error *error)
{
    application_settle_draft(application);
    if (!application_may_write(application, error) || !check_name(application, name, false, error))
        return false;
    application->draft_seen = (struct file_stamp){.exists = false};
    free(application->draft_name);
    application->draft_name = xstrdup(name);
    application_changed(application, TOPIC_DRAFT);
    return keep_now(application, error);
}

bool application_draft_open(struct application *application, const char *name, struct error *error)
{
    struct draft_edit *draft;
    struct file_stamp seen;

    application_settle_draft(application);
    if (!check_name(application, name, true, error))
        return false;
    draft = drafts_load(local_folder(application), name, application->workspace->contract, &seen,
                        error);
    if (!draft)
        return false;
    application->draft_seen = seen;
    show_draft(application, draft, name);
    return application->readonly || drafts_set_current(local_folder(application), name, error);
}

bool application_draft_rename(struct application *application, const char *name,
                              struct error *error)
{
    const char *old = application->draft_name;
    char *copy;

    application_settle_draft(application);
    if (!application_may_write(application, error) || !check_name(application, name, false, error))
        return false;
    if (!old)
        return error_set(error, ERROR_USAGE,
                         "this draft has no name yet; :draft new %s gives it one", name);
    if (!drafts_rename(local_folder(application), old, name, error))
        return false;
    copy = xstrdup(name);
    free(application->draft_name);
    application->draft_name = copy;
    application_changed(application, TOPIC_DRAFT);
    return drafts_set_current(local_folder(application), name, error);
}

bool application_draft_delete(struct application *application, const char *name,
                              struct error *error)
{
    if (!application_may_write(application, error) || !check_name(application, name, true, error))
        return false;
    if (application->draft_name && strcmp(application->draft_name, name) == 0)
        return error_set(error, ERROR_USAGE, "the draft %s is open; open another one first", name);
    return drafts_delete(local_folder(application), name, error);
}

/* ---- changing it ---- */

static bool edited(struct application *application, bool done, const struct error *error)
{
    if (done)
        application_draft_edited(application);
    else
        application_fail(application, error);
    return done;
}

bool application_set_model(struct application *application, const char *model)
{
    struct error error;

    if (application->place)
        return application_turn_probe(application, NULL, NULL, model);
    return edited(application, draft_edit_set_model(application->draft, model, &error), &error);
}

bool application_step_operation(struct application *application, bool undo)
{
    if (application->place || !draft_edit_step_operation(application->draft, undo))
        return false;
    application_say(application, MESSAGE_DONE, "%s: the operation is %s",
                    undo ? "Undone" : "Done again",
                    operation_name(draft_edit_operation(application->draft)));
    application_draft_edited(application);
    return true;
}

bool application_set_operation(struct application *application, enum operation operation)
{
    if (application->place)
        return application_turn_probe(application, &operation, NULL, NULL);
    draft_edit_set_operation(application->draft, operation);
    application_draft_edited(application);
    return true;
}

bool application_set_streaming(struct application *application, bool stream)
{
    struct error error;

    if (application->place)
        return application_turn_probe(application, NULL, &stream, NULL);
    return edited(application, draft_edit_set_stream(application->draft, stream, &error), &error);
}

void application_set_prompt(struct application *application, const char *prompt)
{
    struct error error;
    struct draft draft;
    bool done;

    application_draft(application, &draft);
    done = draft.raw ? error_set(&error, ERROR_USAGE,
                                 "the body of this probe is sent as it stands; there is no prompt "
                                 "to set")
                     : draft_edit_set_prompt(application->draft, prompt, &error);
    edited(application, done, &error);
}

bool application_preview(const struct application *application, struct http_request *request,
                         struct bytes *pending, struct error *error)
{
    char *body;
    bool made;

    if (application->place)
        return application_preview_probe(application, request, pending, error);
    body = draft_edit_text(application->draft);
    made = operation_request(application->workspace->contract, &application->profile,
                             draft_edit_operation(application->draft), body,
                             body ? strlen(body) : 0, request, pending, error);

    free(body);
    return made;
}

bool application_preview_catalog(const struct application *application,
                                 struct http_request *request, struct error *error)
{
    return operation_request(application->workspace->contract, &application->profile,
                             OPERATION_MODELS, NULL, 0, request, NULL, error);
}

/* What stands in Composer, kept as a probe of the workspace. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "probe/keep.h"
#include "probe/library.h"
#include "probe/plan.h"
#include "simulator/simulator.h"
#include "ui/application_probe.h"
#include "ui/application_state.h"
#include "ui/draft_edit.h"
#include "ui/json_edit.h"

enum { BODY_MAX = 16 * 1024 * 1024 };

bool application_may_keep_probe(struct application *application, const char *id,
                                struct error *error)
{
    const struct library *library;

    if (!application_may_write(application, error))
        return false;
    if (!application->workspace->folder)
        return error_set(error, ERROR_USAGE,
                         "a probe is kept in a workspace, and there is none: `cometdeck init "
                         "FOLDER` makes one");
    if (!probe_is_id(id))
        return error_set(error, ERROR_USAGE, "an id is made of a-z, 0-9 and -, not \"%.60s\"", id);
    library = application_library(application, error);
    if (!library)
        return false;
    return !library_find_probe(library, id) ||
           error_set(error, ERROR_USAGE, "there is a probe %s already; choose another id", id);
}

/* What the mutation begins at: the probe's body, or the canary with the model and the stream of the
 * draft. */
static struct json *body_before(const struct application *application, const struct draft *draft)
{
    char *text;
    struct json *before;

    if (application->place)
        return json_copy(application_probe_before(application));
    text = operation_body(application->workspace->contract, draft->operation, draft->model, NULL,
                          draft->stream);
    before = text ? json_parse(text, strlen(text), "the canary", NULL) : NULL;
    free(text);
    return before;
}

static bool is_wrong(const struct application *application)
{
    struct body_problems problems = {.count = 0};
    bool wrong;

    application_check_body(application, &problems);
    wrong = problems.count > 0;
    body_problems_release(&problems);
    return wrong;
}

/* The body goes into a file that a team shares. */
static bool holds_key(const struct application *application, const struct json *body)
{
    struct bytes text;
    size_t line;
    bool holds;

    bytes_init(&text, BODY_MAX);
    holds = body && json_write(body, true, &text) &&
            application_finds_key(application, bytes_text(&text), text.len, &line);
    bytes_release(&text);
    return holds;
}

bool application_keep_probe(struct application *application, const char *id, const char *title,
                            const char *tags, const char *expectation, struct error *error)
{
    const struct plan_case *plan_case = application_probe_case(application);
    const struct json_edit *edit = application_body(application);
    const struct json *body = edit ? json_edit_root(edit) : NULL;
    struct probe_keep keep = {.id = id,
                              .title = title,
                              .tags = tags,
                              .expectation = expectation,
                              .after = body,
                              .classes = application->classes,
                              .contract = application->workspace->contract};
    struct draft draft;
    struct json *before;
    bool kept;

    if (!application_may_keep_probe(application, id, error)) /* someone else may have kept it */
        return false;
    if (holds_key(application, body))
        return error_set(error, ERROR_CHECK, "the body holds a key; take it out");
    application_draft(application, &draft);
    before = body ? body_before(application, &draft) : NULL;
    keep.before = before;
    keep.operation = draft.operation;
    keep.stream = plan_case ? plan_case->stream : draft.stream;
    keep.from = plan_case ? plan_case->probe : NULL;
    keep.edited = application_probe_edited(application);
    keep.wrong = body && is_wrong(application);
    kept = probe_keep(application->workspace->folder, &keep, scenario_exists, error) &&
           application_library(application, error);
    json_free(before);
    return kept;
}

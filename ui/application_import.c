/* A recording of another tool on its way to evidence: judged slice by slice, then kept. */
#include "ui/application.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "evidence/adopt.h"
#include "evidence/replay.h"
#include "evidence/source.h"
#include "ui/application_state.h"

enum { SLICE = 1024 * 1024 }; /* of the file, judged and written between two frames: some 8 ms */

struct importing {
    struct application *application;
    struct adopting *adopting;
    struct replay replay;
    struct stream_rules rules;
    char *path;
    struct loop_timer timer;
    int percent;
    bool keeps;  /* all is judged: it cannot be taken back */
    bool let_go; /* the console is being left: nobody is told */
};

static void importing_free(struct importing *importing)
{
    loop_timer_cancel(importing->application->loop, &importing->timer);
    adopt_free(importing->adopting);
    stream_rules_release(&importing->rules);
    free(importing->path);
    free(importing);
}

/* Whatever came of it. */
static void conclude(struct importing *importing)
{
    struct application *application = importing->application;

    application->importing = NULL;
    importing_free(importing);
    application_set_flight(application, NULL, NULL);
}

static void on_kept(void *context, const struct error *failure)
{
    struct importing *importing = context;
    struct application *application = importing->application;
    struct error error;
    char *capture;

    if (importing->let_go) {
        if (!failure)
            replay_release(&importing->replay);
        importing_free(importing);
        return;
    }
    if (failure) {
        application_fail(application, failure);
        conclude(importing);
        return;
    }
    application_say(application, MESSAGE_DONE, "%s is imported as %s", importing->path,
                    importing->replay.header.id);
    replay_release(&importing->replay);
    capture = xstrdup(adopt_capture(importing->adopting));
    conclude(importing);
    application_history_changed(application);
    if (!application_open_capture(application, capture, &error))
        application_fail(application, &error);
    free(capture);
}

static void show_progress(struct importing *importing)
{
    int percent = adopt_percent(importing->adopting);
    char *text;

    if (percent < 0 || percent == importing->percent)
        return;
    importing->percent = percent;
    text = xasprintf("%d %%", percent);
    application_set_flight(importing->application, "import", text);
    free(text);
}

static void go_on(void *context)
{
    struct importing *importing = context;
    struct application *application = importing->application;
    struct error error;

    switch (adopt_advance(importing->adopting, SLICE, &error)) {
    case ADOPT_MORE:
        show_progress(importing);
        loop_timer_set(application->loop, &importing->timer,
                       clock_now_us(application_clock(application)), go_on, importing);
        break;
    case ADOPT_JUDGED:
        importing->keeps = true;
        adopt_keep(importing->adopting, application_syncer(application), on_kept, importing);
        break;
    case ADOPT_FAILED:
        application_fail(application, &error);
        conclude(importing);
        break;
    }
}

bool application_import(struct application *application, const char *path, size_t entry,
                        struct error *error)
{
    struct importing *importing;
    struct adoption adoption = {
        .entry = entry,
        .operation = OPERATION_CHAT,
        .workspace = application->workspace,
        .classes = application->classes,
        .clock = application_clock(application),
    };

    if (!application_may_write(application, error) || !source_is_file(path, error))
        return false;
    if (application_in_flight(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; Stream shows it until it ended",
                         application_in_flight(application));
    importing = xcalloc(1, sizeof(*importing));
    importing->application = application;
    importing->percent = -1;
    importing->path = xstrdup(path);
    stream_rules_from(application->workspace->contract, &importing->rules);
    adoption.path = importing->path;
    adoption.history = application_history(application);
    adoption.rules = &importing->rules;
    importing->adopting = adopt_begin(&adoption, &importing->replay, error);
    if (!importing->adopting) {
        importing_free(importing);
        return false;
    }
    application->importing = importing;
    application_set_flight(application, "import", NULL);
    go_on(importing);
    return true;
}

bool application_cancel_import(struct application *application)
{
    struct importing *importing = application->importing;

    if (!importing)
        return false;
    if (importing->keeps)
        return true;
    application_say(application, MESSAGE_NOTE, "Nothing of %s was kept", importing->path);
    conclude(importing);
    return true;
}

void application_leave_import(struct application *application)
{
    struct importing *importing = application->importing;

    application->importing = NULL;
    if (!importing)
        return;
    importing->let_go = true;
    if (!importing->keeps)
        importing_free(importing);
}

#include "ui/application_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "evidence/fixture_keep.h"
#include "ui/application.h"
#include "ui/application_state.h"
#include "ui/confirm.h"

/* So that no key waits: a body of this size takes some milliseconds. */
enum { BODY_MAX = 512 * 1024 };

static void forget(struct application *application)
{
    free(application->fixture_capture);
    free(application->fixture_name);
    application->fixture_capture = application->fixture_name = NULL;
}

/* As it is called within the workspace. */
static const char *shown(const struct application *application, const char *path)
{
    return path + strlen(application->workspace->folder) + 1;
}

static bool keep(struct application *application, const struct fixture_keep *fixture,
                 struct error *error)
{
    char *path;

    if (!fixture_keep(fixture, &path, error))
        return false;
    application_say(application, MESSAGE_DONE, "%s is kept%s", shown(application, path),
                    fixture->with_text ? ", with what was said" : "");
    free(path);
    return true;
}

static void fill(const struct application *application, struct fixture_keep *fixture)
{
    *fixture = (struct fixture_keep){
        .workspace = application->workspace,
        .capture = application->fixture_capture,
        .name = application->fixture_name,
        .with_text = application->fixture_text,
        .body_max = BODY_MAX,
        .wall_ms = clock_wall_ms(application_clock(application)),
        .redactor = application_redactor(application),
        .classes = application->classes,
    };
}

static void on_replace(void *context, const char *text)
{
    struct application *application = context;
    struct fixture_keep fixture;
    struct error error;

    fill(application, &fixture);
    fixture.replace = true;
    if (!confirm_yes(text))
        application_say(application, MESSAGE_NOTE, "The fixture is as it was");
    else if (!keep(application, &fixture, &error))
        application_fail(application, &error);
}

static void ask(struct application *application, const char *path)
{
    char *label =
        xasprintf("%s is there already. Replace it? (yes or no) ", shown(application, path));
    const struct question question = {
        .label = label, .answered = on_replace, .context = application};

    application_ask(application, &question);
    free(label);
}

static bool may_keep(const struct application *application, struct error *error)
{
    if (!application_may_write(application, error))
        return false;
    return application->workspace->folder ||
           error_set(error, ERROR_USAGE,
                     "a fixture is kept in a workspace, and there is none: `cometdeck init "
                     "FOLDER` makes one");
}

bool application_keep_fixture(struct application *application, const char *capture,
                              const char *words, struct error *error)
{
    size_t len = strcspn(words, " ");
    const char *rest = words + len + strspn(words + len, " ");
    struct fixture_keep fixture;
    bool good;
    char *path;

    if (!may_keep(application, error))
        return false;
    if (*rest && strcmp(rest, "text") != 0)
        return error_set(error, ERROR_USAGE,
                         "behind the name stands text or nothing, not \"%.40s\"", rest);
    forget(application);
    application->fixture_capture = xstrdup(capture);
    application->fixture_name = xmemdup0(words, len);
    application->fixture_text = *rest != '\0';
    fill(application, &fixture);
    path = fixture_target(&fixture, error);
    good = path != NULL;
    if (path && file_exists(path))
        ask(application, path);
    else if (path)
        good = keep(application, &fixture, error);
    free(path);
    return good;
}

bool application_keep_shown(struct application *application, const char *words, struct error *error)
{
    struct exchange_state state;

    if (!may_keep(application, error))
        return false;
    if (!application_judged(application, &state))
        return error_set(error, ERROR_USAGE, "nothing was sent yet; there is nothing to keep");
    if (!state.verdict)
        return error_set(error, ERROR_USAGE, "it still runs; keep it when its verdict stands");
    if (!state.capture)
        return error_set(error, ERROR_CHECK, "there is no capture of it: %s",
                         state.trouble ? state.trouble : "none is kept");
    return application_keep_fixture(application, state.capture, words, error);
}

/* What the console itself does when no pane answers a request. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "command/explain.h"
#include "contract/body_check.h"
#include "contract/workspace.h"
#include "ui/application_probe.h"
#include "net/http.h"
#include "ui/application_confirm.h"
#include "ui/application_fixture.h"
#include "ui/confirm.h"
#include "ui/console_state.h"
#include "ui/layout.h"

enum { DUMP_MAX = 16 * 1024 * 1024, EXPLAIN_MAX = 64 * 1024 };

static bool send_now(struct console *console, struct error *error)
{
    if (!application_send(console->application, console->insisted, error))
        return false;
    screen_visit(console->screen, LAYOUT_STREAM);
    return true;
}

/* What had to be said was said. */
static void send_confirmed(void *context)
{
    struct console *console = context;
    struct error error;

    if (!send_now(console, &error))
        application_fail(console->application, &error);
}

void console_ask_about(struct console *console, const char *subject, const char *label,
                       void (*answered)(void *context, const char *text))
{
    const struct question question = {.label = label, .answered = answered, .context = console};

    prompt_give_up(console->prompt);
    application_ask(console->application, &question);
    console->asked = xstrdup(subject);
}

char *console_take_asked(struct console *console)
{
    char *asked = console->asked;

    console->asked = NULL;
    return asked;
}

/* What goes to production is billed: that is confirmed once for each profile. */
static bool send_checked(struct console *console, struct error *error)
{
    struct http_request request = {.method = NULL};

    if (console_asks_production(console, send_confirmed))
        return true;
    if (!application_profile(console->application)->production ||
        !application_preview(console->application, &request, NULL, error))
        return send_now(console, error); /* it says better what is missing */
    application_confirm(console->application, CONFIRM_FIRST, "send", &request, send_confirmed,
                        console);
    http_request_release(&request);
    return true;
}

/* Which draft, as it stands: another one, or an edit, was not asked about. */
static char *draft_as_it_stands(const struct console *console)
{
    return xasprintf("%u", application_draft_version(console->application));
}

static void answer_problems(void *context, const char *text)
{
    struct console *console = context;
    char *asked = console_take_asked(console), *now = draft_as_it_stands(console);
    struct error error;

    console->insisted = confirm_yes(text) && strcmp(asked, now) == 0;
    if (!console->insisted)
        application_say(console->application, MESSAGE_NOTE,
                        "Nothing was sent; ] goes to what is wrong in the body");
    else if (!send_checked(console, &error))
        application_fail(console->application, &error);
    free(asked);
    free(now);
}

/*
 * Composer shows what is wrong, the question only where. NULL where nothing is to be asked: a
 * placeholder is refused in any case.
 */
static char *problem_label(const struct application *application)
{
    struct body_problems problems = {.count = 0};
    bool refused = false;
    char *label = NULL;

    application_check_body(application, &problems);
    for (size_t i = 0; i < problems.kept; i++)
        refused = refused || problems.items[i].refused;
    if (problems.count > 0 && !refused)
        label = xasprintf("The contract contradicts %.30s%s: send it all the same? (y or n) ",
                          *problems.items[0].pointer ? problems.items[0].pointer : "the body",
                          problems.count > 1 ? " and more" : "");
    body_problems_release(&problems);
    return label;
}

/* A body that the contract contradicts is asked about each time (B12 D33 D34). */
static bool send_draft(struct console *console, const char *argument, struct error *error)
{
    char *label = NULL, *draft;

    (void)argument;
    console->insisted = false;
    if (!application_may_send(console->application, error))
        return false;
    if (!application_probe_case(console->application)) /* of a probe it is meant, or refused */
        label = problem_label(console->application);
    if (!label)
        return send_checked(console, error);
    draft = draft_as_it_stands(console);
    console_ask_about(console, draft, label, answer_problems);
    free(draft);
    free(label);
    return true;
}

static bool cancel(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    if (!application_cancel(console->application))
        application_say(console->application, MESSAGE_NOTE, "Nothing is in flight; Q leaves");
    return true;
}

static bool fetch_catalog(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    return application_fetch_catalog(console->application, error);
}

static bool use_model(struct console *console, const char *argument, struct error *error)
{
    (void)error;
    if (application_set_model(console->application, argument))
        application_say(console->application, MESSAGE_DONE, "Composer uses %s", argument);
    return true;
}

static bool use_scenario(struct console *console, const char *argument, struct error *error)
{
    return application_set_scenario(console->application, argument, error);
}

static bool use_profile(struct console *console, const char *argument, struct error *error)
{
    return application_use_profile(console->application, argument, error);
}

/* From another pane: show what would be sent before it is (design.md "Console"). */
static bool review(struct console *console, const char *argument, struct error *error)
{
    const struct profile *profile = application_profile(console->application);
    struct http_request request = {.method = NULL};

    (void)argument;
    screen_visit(console->screen, LAYOUT_COMPOSER);
    if (!application_preview(console->application, &request, NULL, error))
        return false;
    application_say(console->application, MESSAGE_NOTE, "s again sends %s %s with profile %s",
                    request.method, request.url, profile->name ? profile->name : "none");
    http_request_release(&request);
    return true;
}

static bool dump_screen(struct console *console, const char *argument, struct error *error)
{
    struct bytes dump;
    bool written;

    if (!application_may_write(console->application, error))
        return false;
    bytes_init(&dump, DUMP_MAX);
    screen_dump(console->screen, &dump);
    written = file_replace(NULL, argument, bytes_text(&dump), dump.len, 0600, NULL, NULL, error);
    bytes_release(&dump);
    return written;
}

static bool open_capture(struct console *console, const char *argument, struct error *error)
{
    return application_open_capture(console->application, argument, error);
}

/* FILE, or FILE and the number of an entry behind a blank. */
static bool import_file(struct console *console, const char *argument, struct error *error)
{
    const char *blank = strrchr(argument, ' ');
    size_t entry = 0;
    char *path, *end;
    bool done;

    if (blank && blank[1] && !file_exists(argument)) {
        entry = strtoul(blank + 1, &end, 10);
        if (*end)
            entry = 0;
    }
    path = entry ? xmemdup0(argument, (size_t)(blank - argument)) : xstrdup(argument);
    done = application_import(console->application, path, entry, error);
    free(path);
    return done;
}

static bool hide_verdict(struct console *console, const char *argument, struct error *error)
{
    bool hide = strcmp(argument, "hide") == 0;

    if (!hide && strcmp(argument, "show") != 0)
        return error_set(error, ERROR_USAGE, ":verdict takes hide or show, not \"%s\"", argument);
    application_hide_verdict(console->application, hide);
    application_say(console->application, MESSAGE_DONE,
                    hide ? "Verdicts are hidden until :verdict show" : "Verdicts are shown");
    return true;
}

static bool ask_command(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    console_ask_command(console, NULL);
    return true;
}

static bool show_help(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    console_show_help(console);
    return true;
}

static bool show_palette(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    console_show_palette(console);
    return true;
}

static bool suspend(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    console_suspend(console);
    return true;
}

static bool recover(struct console *console, const char *argument, struct error *error)
{
    bool found;

    (void)argument;
    if (!application_may_write(console->application, error))
        return false;
    if (console_recover(console))
        return true;
    if (!console_judge_killed(console, &found, error))
        return false;
    if (!found)
        application_say(console->application, MESSAGE_NOTE, "Nothing is kept that was not saved");
    return true;
}

/* ---- leaving ---- */

static void answer_leave(void *context, const char *text)
{
    struct console *console = context;

    if (confirm_yes(text))
        loop_stop(console->loop, 0);
}

/* What leaving would cut off although it is paid for, or NULL. */
static const char *billed_flight(const struct application *application)
{
    return application_profile(application)->simulator || application_is_fetching(application)
               ? NULL
               : application_in_flight(application);
}

static bool quit(struct console *console, const char *argument, struct error *error)
{
    const char *unsaved = screen_unsaved(console->screen);
    const char *billed = billed_flight(console->application);
    char *label;

    (void)argument;
    (void)error;
    if (!unsaved && !billed) {
        loop_stop(console->loop, 0);
        return true;
    }
    if (!billed)
        label = xasprintf("%s is not saved. Leave without saving? (yes or no) ", unsaved);
    else
        label =
            xasprintf("In flight: %s. It may be billed; what has not come yet is lost%s%s. Leave? "
                      "(yes or no) ",
                      billed, unsaved ? "; not saved: " : "", unsaved ? unsaved : "");
    console_ask_about(console, NULL, label, answer_leave);
    free(label);
    return true;
}

static bool explain(struct console *console, const char *argument, struct error *error)
{
    const struct workspace *workspace = application_workspace(console->application);
    struct explainer *explainer = explainer_open(workspace->folder, error);
    struct bytes line;
    bool good;

    bytes_init(&line, EXPLAIN_MAX);
    good = explainer && explain_line(explainer, argument, &line, error);
    if (good)
        application_say(console->application, MESSAGE_NOTE, "%s", bytes_text(&line));
    bytes_release(&line);
    explainer_free(explainer);
    return good;
}

static bool keep_fixture(struct console *console, const char *argument, struct error *error)
{
    return application_keep_shown(console->application, argument, error);
}

static const struct {
    enum request request;
    bool (*run)(struct console *console, const char *argument, struct error *error);
} handlers[] = {
    {REQUEST_SEND, send_draft},
    {REQUEST_CANCEL, cancel},
    {REQUEST_PROBE, console_probe},
    {REQUEST_KEEP_PROBE, console_keep_probe},
    {REQUEST_KEEP_FIXTURE, keep_fixture},
    {REQUEST_SUITE, console_suite},
    {REQUEST_OBSERVE, console_observe},
    {REQUEST_OBSERVE_RUN, console_observe_run},
    {REQUEST_OBSERVE_STOP, console_observe_stop},
    {REQUEST_CATALOG_FETCH, fetch_catalog},
    {REQUEST_MODEL, use_model},
    {REQUEST_SCENARIO, use_scenario},
    {REQUEST_PROFILE, use_profile},
    {REQUEST_REVIEW, review},
    {REQUEST_OPEN, open_capture},
    {REQUEST_IMPORT, import_file},
    {REQUEST_VERDICT, hide_verdict},
    {REQUEST_DRAFT_NEW, console_new_draft},
    {REQUEST_DRAFT, console_open_draft},
    {REQUEST_DRAFT_OPEN, console_open_draft},
    {REQUEST_DRAFT_RENAME, console_rename_draft},
    {REQUEST_DRAFT_DELETE, console_delete_draft},
    {REQUEST_EXPLAIN, explain},
    {REQUEST_COPY, console_copy},
    {REQUEST_PAGE, console_page},
    {REQUEST_SCAN, console_page_scan},
    {REQUEST_POLICY, console_page_policy},
    {REQUEST_MOUSE, console_set_mouse},
    {REQUEST_RECOVER, recover},
    {REQUEST_SCREEN_DUMP, dump_screen},
    {REQUEST_COMMAND, ask_command},
    {REQUEST_HELP, show_help},
    {REQUEST_PALETTE, show_palette},
    {REQUEST_SUSPEND, suspend},
    {REQUEST_CLOSE, quit},
    {REQUEST_QUIT, quit},
};

static void own_request(struct console *console, const struct request_call *call)
{
    struct error error;

    for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++) {
        if (handlers[i].request != call->request)
            continue;
        if (!handlers[i].run(console, call->argument, &error))
            application_fail(console->application, &error);
        return;
    }
    application_say(console->application, MESSAGE_NOTE, "%s does nothing in this pane",
                    request_info(call->request)->name);
}

void console_request(struct console *console, const struct request_call *call)
{
    if (screen_request(console->screen, call) & EFFECT_UNHANDLED)
        own_request(console, call);
}

void console_command(struct console *console, const char *line)
{
    struct request_call call;
    struct error error;

    if (request_parse(line, &call, &error))
        console_request(console, &call);
    else
        application_fail(console->application, &error);
}

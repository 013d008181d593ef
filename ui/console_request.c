/* What the console itself does when no pane answers a request. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "command/explain.h"
#include "contract/workspace.h"
#include "ui/console_state.h"
#include "ui/drafts.h"
#include "ui/layout.h"

enum { DUMP_MAX = 16 * 1024 * 1024, EXPLAIN_MAX = 64 * 1024 };

static bool send_now(struct console *console, struct error *error)
{
    if (!application_send(console->application, error))
        return false;
    screen_visit(console->screen, LAYOUT_STREAM);
    return true;
}

static bool says_yes(const char *text)
{
    return text && (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0);
}

static const char *profile_name(const struct console *console)
{
    const struct profile *profile = application_profile(console->application);

    return profile->name ? profile->name : "none";
}

static void answer_production(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (!says_yes(text)) {
        application_say(console->application, MESSAGE_NOTE, "Nothing was sent");
        return;
    }
    free(console->production);
    console->production = xstrdup(profile_name(console));
    if (!send_now(console, &error))
        application_fail(console->application, &error);
}

/* What goes to production is billed: that is confirmed once for each profile. */
static bool send_draft(struct console *console, const char *argument, struct error *error)
{
    const struct profile *profile = application_profile(console->application);
    struct question question = {.answered = answer_production, .context = console};
    const char *name = profile_name(console);
    char *label;

    (void)argument;
    if (!application_may_send(console->application, error))
        return false;
    if (!profile->production || (console->production && strcmp(console->production, name) == 0))
        return send_now(console, error);
    label = xasprintf("PRODUCTION, BILLABLE: send to %s? (y or n) ", name);
    question.label = label;
    application_ask(console->application, &question);
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
    application_set_model(console->application, argument);
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

/* ---- drafts ---- */

static bool new_draft(struct console *console, const char *argument, struct error *error)
{
    if (!application_draft_new(console->application, argument, error))
        return false;
    application_say(console->application, MESSAGE_DONE, "This is the draft %s now", argument);
    screen_visit(console->screen, LAYOUT_COMPOSER);
    return true;
}

static bool open_draft(struct console *console, const char *argument, struct error *error);

static void answer_draft(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (text && *text && !open_draft(console, text, &error))
        application_fail(console->application, &error);
}

struct draft_count {
    const char *open; /* NULL: the one that is shown has no name */
    size_t others;
};

static void count_draft(void *context, const char *name)
{
    struct draft_count *count = context;

    count->others += !count->open || strcmp(name, count->open) != 0;
}

static void choose_draft(struct console *console)
{
    const char *local = application_workspace(console->application)->local;
    struct draft_count count = {.open = application_draft_name(console->application)};
    const struct question question = {
        .label = "Open draft: ",
        .initial = application_draft_name(console->application),
        .replaced = true,
        .offered = true,
        .completion = COMPLETION_DRAFT,
        .answered = answer_draft,
        .context = console,
    };

    if (local)
        drafts_each(local, count_draft, &count);
    if (count.others > 0)
        application_ask(console->application, &question);
    else
        application_say(
            console->application, MESSAGE_NOTE,
            "There is no other draft yet; :draft new NAME goes on in a copy of this one");
}

static bool open_draft(struct console *console, const char *argument, struct error *error)
{
    if (!argument) {
        choose_draft(console);
        return true;
    }
    if (!application_draft_open(console->application, argument, error))
        return false;
    screen_visit(console->screen, LAYOUT_COMPOSER);
    return true;
}

static bool rename_draft(struct console *console, const char *argument, struct error *error)
{
    if (!application_draft_rename(console->application, argument, error))
        return false;
    application_say(console->application, MESSAGE_DONE, "The draft is called %s now", argument);
    return true;
}

static void answer_delete(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (console->doomed && text && (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0)) {
        if (application_draft_delete(console->application, console->doomed, &error))
            application_say(console->application, MESSAGE_DONE, "Deleted the draft %s",
                            console->doomed);
        else
            application_fail(console->application, &error);
    }
    free(console->doomed);
    console->doomed = NULL;
}

static bool delete_draft(struct console *console, const char *argument, struct error *error)
{
    struct question question = {.answered = answer_delete, .context = console};
    char *label;

    if (!application_may_write(console->application, error))
        return false;
    label = xasprintf("Delete the draft %s for good? (yes or no) ", argument);
    question.label = label;
    application_ask(console->application, &question); /* gives an open one up first */
    console->doomed = xstrdup(argument);
    free(label);
    return true;
}

static bool recover(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    if (!application_may_write(console->application, error))
        return false;
    if (!console_recover(console))
        application_say(console->application, MESSAGE_NOTE, "Nothing is kept that was not saved");
    return true;
}

/* ---- leaving ---- */

static void answer_leave(void *context, const char *text)
{
    struct console *console = context;

    if (says_yes(text))
        loop_stop(console->loop, 0);
}

static bool quit(struct console *console, const char *argument, struct error *error)
{
    const char *unsaved = screen_unsaved(console->screen);
    struct question question = {.answered = answer_leave, .context = console};
    char *label;

    (void)argument;
    (void)error;
    if (!unsaved) {
        loop_stop(console->loop, 0);
        return true;
    }
    label = xasprintf("%s is not saved. Leave without saving? (yes or no) ", unsaved);
    question.label = label;
    application_ask(console->application, &question);
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
    good = explainer && (*argument ? explain_line(explainer, argument, &line, error)
                                   : error_set(error, ERROR_USAGE, "explain what? :explain CODE"));
    if (good)
        application_say(console->application, MESSAGE_NOTE, "%s", bytes_text(&line));
    bytes_release(&line);
    explainer_free(explainer);
    return good;
}

static const struct {
    enum request request;
    bool (*run)(struct console *console, const char *argument, struct error *error);
} handlers[] = {
    {REQUEST_SEND, send_draft},
    {REQUEST_CANCEL, cancel},
    {REQUEST_CATALOG_FETCH, fetch_catalog},
    {REQUEST_MODEL, use_model},
    {REQUEST_SCENARIO, use_scenario},
    {REQUEST_PROFILE, use_profile},
    {REQUEST_REVIEW, review},
    {REQUEST_OPEN, open_capture},
    {REQUEST_IMPORT, import_file},
    {REQUEST_VERDICT, hide_verdict},
    {REQUEST_DRAFT_NEW, new_draft},
    {REQUEST_DRAFT, open_draft},
    {REQUEST_DRAFT_OPEN, open_draft},
    {REQUEST_DRAFT_RENAME, rename_draft},
    {REQUEST_DRAFT_DELETE, delete_draft},
    {REQUEST_EXPLAIN, explain},
    {REQUEST_COPY, console_copy},
    {REQUEST_PAGE, console_page},
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

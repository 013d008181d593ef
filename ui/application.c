#include "ui/application.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "net/loop.h"
#include "evidence/telemetry.h"
#include "ui/application_state.h"
#include "ui/messages.h"
#include "ui/draft_edit.h"

enum { CATALOG_MAX = 64 * 1024 * 1024, MESSAGE_TEXT_MAX = 4096 };

int64_t application_parse_time(const char *text)
{
    struct tm parts = {0};
    int milliseconds = 0;

    if (!text ||
        sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
               &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &milliseconds) < 6)
        return 0;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return (int64_t)timegm(&parts) * 1000 + milliseconds;
}

static void name_base(struct application *application)
{
    free(application->base_alias);
    application->base_alias =
        profile_base_name(&application->profile, application->workspace->contract);
}

bool application_need_secret(struct application *application, struct error *error)
{
    if (!application->secret) {
        application->secret = profile_secret(&application->profile, error);
        if (application->secret)
            redactor_add(application->redactor, application->secret);
    }
    return application->secret != NULL;
}

/* A key from the environment costs nothing to look at; a command is run when it is needed. */
static void look_for_secret(struct application *application)
{
    const char *source = application->profile.key_source;

    if (!source || strncmp(source, "env:", 4) == 0)
        application_need_secret(application, NULL);
}

static void load_catalog(struct application *application)
{
    struct error error;

    if (!application->workspace->local)
        return;
    if (catalog_load_cache(application->workspace->local, &application->catalog, &error))
        application->catalog_ms = application_parse_time(application->catalog.fetched_at);
    else
        application->catalog = (struct catalog){.root = NULL};
}

static bool open_model(struct application *application, const struct application_options *options,
                       struct error *error)
{
    application->workspace = workspace_open(options->workspace, error);
    if (!application->workspace)
        return false;
    application->classes = class_table_open(application->workspace->folder, error);
    if (!application->classes)
        return false;
    workspace_teach(application->workspace, application->redactor);
    if (!workspace_profile(application->workspace, &options->choice, &application->profile,
                           &application->differs, error))
        return false;
    if (application->workspace->warnings)
        application_say(application, MESSAGE_NOTE, "%.*s",
                        (int)strcspn(application->workspace->warnings, "\n"),
                        application->workspace->warnings);
    name_base(application);
    look_for_secret(application);
    load_catalog(application);
    application_restore_draft(application);
    return true;
}

struct application *application_new(struct loop *loop, const struct application_options *options,
                                    struct error *error)
{
    struct application *application = xcalloc(1, sizeof(*application));

    application->loop = loop;
    application->choice = options->choice;
    application->temporary = options->temporary;
    application->offline = options->offline;
    application->readonly = options->readonly;
    application->redactor = redactor_new();
    application->events = events_new();
    application->messages = messages_new();
    application->keeper = errand_new(loop, application_draft_kept, application);
    bytes_init(&application->fetched, CATALOG_MAX);
    if (open_model(application, options, error)) {
        application_watch_retention(application);
        return application;
    }
    application_free(application);
    return NULL;
}

size_t application_free(struct application *application)
{
    size_t lost;

    if (!application)
        return 0;
    lost = application_release_requests(application);
    telemetry_close(application->telemetry);
    application_settle_draft(application);
    errand_free(application->keeper);
    draft_edit_free(application->draft);
    free(application->draft_name);
    catalog_release(&application->catalog);
    redactor_free(application->redactor);
    if (application->secret)
        secret_free(application->secret);
    profile_release(&application->profile);
    if (application->workspace)
        workspace_free(application->workspace);
    class_table_free(application->classes);
    free(application->differs);
    free(application->base_alias);
    free(application->message);
    messages_free(application->messages);
    free(application->question_label);
    free(application->question_initial);
    free(application->editing_text);
    free(application->editing_pointer);
    application_release_confirmations(application);
    free(application);
    return lost;
}

/* ---- what it may do ---- */

bool application_may_send(const struct application *application, struct error *error)
{
    if (!application->offline && !application->readonly)
        return true;
    return error_set(error, ERROR_USAGE, "%s: nothing is sent; start without %s to send",
                     application_restriction(application),
                     application->readonly ? "--readonly" : "--offline");
}

bool application_may_write(const struct application *application, struct error *error)
{
    return !application->readonly ||
           error_set(error, ERROR_USAGE,
                     "READ-ONLY: nothing is written; start without --readonly to keep it");
}

const char *application_restriction(const struct application *application)
{
    return application->readonly ? "READ-ONLY" : application->offline ? "OFFLINE" : NULL;
}

/* ---- change and messages ---- */

void application_changed(struct application *application, unsigned topics)
{
    application->changed |= topics;
    if (topics & TOPIC_DRAFT)
        application->draft_version++;
}

unsigned application_take_changed(struct application *application)
{
    unsigned topics = application->changed;

    application->changed = 0;
    return topics;
}

bool application_has_changed(const struct application *application)
{
    return application->changed != 0;
}

void application_say(struct application *application, enum message_kind kind, const char *format,
                     ...)
{
    struct bytes text;
    va_list args;

    bytes_init(&text, MESSAGE_TEXT_MAX);
    va_start(args, format);
    bytes_vprintf(&text, format, args);
    va_end(args);
    free(application->message);
    application->message = redact_copy(application->redactor, bytes_text(&text));
    application->message_kind = kind;
    messages_add(application->messages, kind, application->message);
    bytes_release(&text);
    application_changed(application, TOPIC_STATUS);
}

void application_fail(struct application *application, const struct error *error)
{
    application_say(application, MESSAGE_FAILED, "%s", error->text);
}

const char *application_message(const struct application *application, enum message_kind *kind)
{
    *kind = application->message_kind;
    return application->message;
}

const struct messages *application_messages(const struct application *application)
{
    return application->messages;
}

void application_clear_message(struct application *application)
{
    if (!application->message)
        return;
    free(application->message);
    application->message = NULL;
    application_changed(application, TOPIC_STATUS);
}

void application_ask(struct application *application, const struct question *question)
{
    if (application->asking)
        application->question.answered(application->question.context, NULL);
    free(application->question_label);
    free(application->question_initial);
    application->question = *question;
    application->question.label = application->question_label = xstrdup(question->label);
    application->question.initial = application->question_initial = xstrdup(question->initial);
    application->asking = true;
    application_changed(application, TOPIC_STATUS);
}

void application_ask_again(struct application *application, const struct question *question,
                           const char *typed, const char *because)
{
    char *label = xasprintf("%s. Again: ", because);
    struct question again = *question;

    application_say(application, MESSAGE_FAILED, "%s", because);
    again.label = label;
    again.initial = typed;
    again.replaced = false;
    application_ask(application, &again);
    free(label);
}

bool application_is_asking(const struct application *application)
{
    return application->asking;
}

bool application_take_question(struct application *application, struct question *question)
{
    bool asking = application->asking;

    application->asking = false;
    *question = application->question;
    return asking;
}

void application_edit(struct application *application, const struct editing *editing)
{
    free(application->editing_text);
    free(application->editing_pointer);
    application->editing = *editing;
    application->editing_text = editing->text ? xmemdup0(editing->text, editing->len) : NULL;
    application->editing.text = application->editing_text;
    application->editing.pointer = application->editing_pointer = xstrdup(editing->pointer);
    application->editing_waits = true;
    application_changed(application, TOPIC_STATUS);
}

bool application_take_editing(struct application *application, struct editing *editing)
{
    bool waits = application->editing_waits;

    application->editing_waits = false;
    *editing = application->editing;
    return waits;
}

/* ---- what there is ---- */

const struct clock *application_clock(const struct application *application)
{
    return loop_clock(application->loop);
}

const struct class_table *application_classes(const struct application *application)
{
    return application->classes;
}

const struct workspace *application_workspace(const struct application *application)
{
    return application->workspace;
}

bool application_is_temporary(const struct application *application)
{
    return application->temporary;
}

const struct profile *application_profile(const struct application *application)
{
    return &application->profile;
}

const char *application_base_alias(const struct application *application)
{
    return application->base_alias;
}

const char *application_key_alias(const struct application *application)
{
    if (application->profile.key_alias)
        return application->profile.key_alias;
    if (application->secret)
        return secret_alias(application->secret);
    return application->profile.key_source ? application->profile.key_source : "missing";
}

bool application_misses_key(const struct application *application, struct error *error)
{
    const char *source = application->profile.key_source;
    struct secret *secret;

    if (application->secret || (source && strncmp(source, "env:", 4) != 0))
        return false;
    secret = profile_secret(&application->profile, error);
    if (secret)
        secret_free(secret);
    return secret == NULL;
}

const struct redactor *application_redactor(const struct application *application)
{
    return application->redactor;
}

/* Names of headers and of query parameters no longer make a secret of what follows them. */
static void unname(char *text, size_t len)
{
    for (size_t i = 1; i + 1 < len; i++)
        if ((text[i] == ':' && strchr(" \"\\", text[i + 1])) ||
            (text[i] == '=' && (text[i - 1] | 0x20) == 'y')) /* of "key=" */
            text[i] = ' ';
}

static size_t first_difference(const char *a, const char *b, size_t len)
{
    size_t at = 0;

    while (at < len && a[at] == b[at])
        at++;
    return at;
}

/* The key shows by what the redactor replaces besides what one without a key does; shapes of keys
 * by what is replaced where nothing has a name. */
bool application_finds_key(const struct application *application, const char *text, size_t len,
                           size_t *line)
{
    struct redactor *plain = redactor_new();
    char *known = xmemdup0(text, len), *unknown = xmemdup0(text, len);
    char *unnamed = xmemdup0(text, len), *shapes;
    size_t at, shape;

    redact(application->redactor, known, len);
    redact(plain, unknown, len);
    at = first_difference(known, unknown, len);
    unname(unnamed, len);
    shapes = xmemdup0(unnamed, len);
    redact(application->redactor, shapes, len);
    shape = first_difference(shapes, unnamed, len);
    if (shape < at)
        at = shape;
    *line = 1;
    for (size_t i = 0; i < at; i++)
        *line += text[i] == '\n';
    free(shapes);
    free(unnamed);
    free(unknown);
    free(known);
    redactor_free(plain);
    return at < len;
}

const char *application_differs(const struct application *application)
{
    return application->differs;
}

const struct catalog *application_catalog(const struct application *application)
{
    return &application->catalog;
}

unsigned application_catalog_version(const struct application *application)
{
    return application->catalog_version;
}

int64_t application_catalog_age_ms(const struct application *application)
{
    int64_t age = clock_wall_ms(application_clock(application)) - application->catalog_ms;

    if (application->catalog_ms == 0)
        return -1;
    return age < 0 ? 0 : age;
}

/* ---- the profile ---- */

bool application_use_profile(struct application *application, const char *name, struct error *error)
{
    struct profile_choice choice = application->choice; /* what the options said still holds */
    struct profile profile;
    char *differs = NULL;

    if (application_in_flight(application))
        return error_set(error, ERROR_USAGE, "%s is in flight; cancel it first",
                         application_in_flight(application));
    choice.name = name;
    if (!workspace_profile(application->workspace, &choice, &profile, &differs, error)) {
        profile_release(&profile);
        return false;
    }
    profile_release(&application->profile);
    free(application->differs);
    application->profile = profile;
    application->differs = differs;
    if (application->secret)
        secret_free(application->secret);
    application->secret = NULL;
    look_for_secret(application);
    name_base(application);
    application_freeze_suite(application);
    if (profile.model && !application->place)
        draft_edit_set_model(application->draft, profile.model, NULL); /* no edit of the user's */
    application_reload_probe(application);
    application_changed(application, TOPIC_DRAFT | TOPIC_STATUS);
    return true;
}

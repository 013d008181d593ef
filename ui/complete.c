#include "ui/complete.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog.h"
#include "command/explain.h"
#include "contract/workspace.h"
#include "evidence/export.h"
#include "ledger/template.h"
#include "simulator/simulator.h"
#include "probe/library.h"
#include "ui/application_probe.h"
#include "ui/drafts.h"
#include "ui/stream_view.h"
#include "ui/filter_hint.h"

/* Where candidates go: each behind what stands before the word that is completed. */
struct target {
    const char *before;
    size_t before_len;
    const char *word;
    void (*add)(void *into, const char *candidate);
    void *into;
};

static void offer(const struct target *target, const char *candidate)
{
    char *line;

    if (strncmp(candidate, target->word, strlen(target->word)) != 0)
        return;
    line = xasprintf("%.*s%s", (int)target->before_len, target->before, candidate);
    target->add(target->into, line);
    free(line);
}

static void offer_models(const struct target *target, const struct application *application)
{
    const struct catalog *catalog = application_catalog(application);

    for (size_t i = 0; i < catalog->count; i++)
        offer(target, catalog->models[i].id);
}

static void offer_scenarios(const struct target *target)
{
    for (size_t i = 0; i < scenario_count(); i++)
        offer(target, scenario_get(i)->name);
}

static void offer_profiles(const struct target *target, const struct application *application)
{
    const struct workspace *workspace = application_workspace(application);

    for (size_t i = 0; i < workspace->profile_count; i++)
        if (workspace->profiles[i].name)
            offer(target, workspace->profiles[i].name);
}

/* As they were read last; before that what is shipped. */
static void offer_probes(const struct target *target, struct application *application)
{
    const struct library *library = application_known_library(application);

    offer(target, "off");
    for (size_t i = 0; library && i < library_probe_count(library); i++)
        offer(target, library_probe(library, i)->id);
}

static void offer_suites(const struct target *target, struct application *application)
{
    const struct library *library = application_known_library(application);

    for (size_t i = 0; library && i < library_suite_count(library); i++)
        offer(target, library_suite(library, i)->id);
}

static void offer_line(void *context, const char *line)
{
    offer(context, line);
}

static void offer_drafts(struct target target, const struct application *application)
{
    const char *local = application_workspace(application)->local;

    if (local)
        drafts_each(local, offer_line, &target);
}

static void offer_files(const struct target *target)
{
    const char *slash = strrchr(target->word, '/');
    size_t folder_len = slash ? (size_t)(slash - target->word) + 1 : 0;
    char *folder = folder_len ? xmemdup0(target->word, folder_len) : xstrdup("./");
    bool hidden = target->word[folder_len] == '.';
    DIR *open = opendir(folder);

    for (struct dirent *entry; open && (entry = readdir(open));) {
        struct stat about;
        char *path, *candidate;

        if (entry->d_name[0] == '.' && !hidden)
            continue;
        path = file_join(folder, entry->d_name);
        candidate = xasprintf("%.*s%s%s", (int)folder_len, target->word, entry->d_name,
                              stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? "/" : "");
        offer(target, candidate);
        free(candidate);
        free(path);
    }
    if (open)
        closedir(open);
    free(folder);
}

static void offer_codes(struct target target, const struct application *application)
{
    struct explainer *explainer = explainer_open(application_workspace(application)->folder, NULL);

    if (explainer)
        explain_codes(explainer, offer_line, &target);
    explainer_free(explainer);
}

/* ---- values of a fixed number of words ---- */

static const char *const on_off[] = {"on", "off", NULL};
static const char *const replays[] = {"step", "skip", "faster", "slower", "end", NULL};
static const char *const hide_show[] = {"hide", "show", NULL};
static const char *const parts[] = {"here", "all", NULL};
static const char *const reports[] = {"text", "markdown", "junit", "json", "tap", NULL};
static const char *const findings[] = {
    "documented yes",  "documented no",       "documented unknown", "handled yes", "handled no",
    "handled unknown", "documented computed", "handled computed",   NULL};

static const char *const *const fixed_words[] = {
    [COMPLETION_ON_OFF] = on_off, [COMPLETION_REPLAY] = replays, [COMPLETION_HIDE] = hide_show,
    [COMPLETION_PART] = parts,    [COMPLETION_REPORT] = reports, [COMPLETION_FINDING] = findings,
};

/* False: what there is of them is not known before. */
static bool offer_words(const struct target *target, enum completion completion)
{
    size_t known = sizeof(fixed_words) / sizeof(*fixed_words);
    const char *const *words = (size_t)completion < known ? fixed_words[completion] : NULL;

    for (const char *const *word = words; word && *word; word++)
        offer(target, *word);
    return words != NULL;
}

static void offer_values(struct target *target, struct application *application,
                         enum completion completion)
{
    const char *name, *suffix, *meaning;

    if (offer_words(target, completion))
        return;
    switch (completion) {
    case COMPLETION_PANE:
        for (size_t i = 0; i < PANE_COUNT; i++)
            offer(target, pane_ops(i)->name);
        break;
    case COMPLETION_MODEL:
        offer_models(target, application);
        break;
    case COMPLETION_SCENARIO:
        offer_scenarios(target);
        break;
    case COMPLETION_OPERATION:
        for (int i = 0; i < OPERATION_COUNT; i++)
            offer(target, operation_name((enum operation)i));
        break;
    case COMPLETION_VIEW:
        for (size_t i = 0; i < STREAM_VIEW_COUNT; i++)
            offer(target, stream_view_ops(i)->name);
        break;
    case COMPLETION_TEMPLATE:
        for (size_t i = 0; i < template_count(); i++)
            offer(target, template_name(i));
        break;
    case COMPLETION_PROFILE:
        offer_profiles(target, application);
        break;
    case COMPLETION_EXPORT:
        for (size_t i = 0; export_kind(i, &name, &suffix, &meaning); i++)
            offer(target, name);
        break;
    case COMPLETION_HISTORY_FILTER:
        filter_hint_complete(target->word, offer_line, target);
        break;
    case COMPLETION_CODE:
        offer_codes(*target, application);
        break;
    case COMPLETION_FILE:
        offer_files(target);
        break;
    case COMPLETION_DRAFT:
        offer_drafts(*target, application);
        break;
    case COMPLETION_PROBE:
        offer_probes(target, application);
        break;
    case COMPLETION_SUITE:
        offer_suites(target, application);
        break;
    default:
        break;
    }
}

void complete_value(struct application *application, enum completion completion, const char *value,
                    void (*add)(void *into, const char *candidate), void *into)
{
    struct target target = {.before = "", .word = value, .add = add, .into = into};

    offer_values(&target, application, completion);
}

/* The request whose name and a blank begin the line, or NONE: the name itself is completed. */
static enum request request_before(const char *line, size_t *len)
{
    enum request found = REQUEST_NONE;

    *len = 0;
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        const char *name = request_info((enum request)i)->name;
        size_t name_len = strlen(name);

        if (name_len >= *len && strncmp(line, name, name_len) == 0 && line[name_len] == ' ') {
            found = (enum request)i;
            *len = name_len + 1;
        }
    }
    return found;
}

void complete_command(struct application *application, const char *line,
                      void (*add)(void *into, const char *candidate), void *into)
{
    struct target target = {.before = line, .word = line, .add = add, .into = into};
    enum request request = request_before(line, &target.before_len);

    target.word = line + target.before_len;
    if (request != REQUEST_NONE)
        offer_values(&target, application, request_info(request)->completion);
    target.before_len = 0;
    target.word = line;
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        const struct request_info *info = request_info((enum request)i);
        char *name = xasprintf("%s%s", info->name, info->arguments[0] ? " " : "");

        if (info->group != GROUP_MOVING && strcmp(name, line) != 0)
            offer(&target, name);
        free(name);
    }
}

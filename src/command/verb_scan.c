/* `scan`: literals of the API in a source tree, and settings beside the contract (SEC A71 B20). */
#include "base/bytes.h"
#include "base/redact.h"
#include "base/memory.h"
#include "catalog/catalog.h"
#include "command/options.h"
#include "command/output.h"
#include "command/scan_report.h"
#include "command/verb.h"
#include "contract/base_url.h"
#include "contract/workspace.h"
#include "scan/allow.h"
#include "scan/survey.h"

#include <stdlib.h>
#include <string.h>

struct scanning {
    const struct survey *survey;
    const struct allow *allow;
};

/* All of them, or the one that is named: a production tree need not agree with staging. */
static void add_profiles(struct sought *sought, const struct workspace *workspace, const char *only)
{
    for (size_t i = 0; i < workspace->profile_count; i++) {
        const struct profile *profile = &workspace->profiles[i];
        char *from;

        if (only && strcmp(profile->name, only) != 0)
            continue;
        from = xasprintf("profile %s", profile->name);

        sought_add_model(sought, profile->model, from);
        sought_add_base(sought, profile->base_url, from);
        if (profile->key_source && strncmp(profile->key_source, "env:", 4) == 0)
            sought_add_key_variable(sought, profile->key_source + 4, from);
        free(from);
    }
}

static void add_catalog(struct sought *sought, const struct workspace *workspace,
                        const struct redactor *redactor)
{
    struct catalog catalog;
    struct error error;

    if (!catalog_load_cache(workspace->local, &catalog, &error)) {
        if (error.kind != ERROR_CHECK)
            output_warn(redactor, error.text);
        return;
    }
    for (size_t i = 0; i < catalog.count; i++)
        sought_add_model(sought, catalog.models[i].id, "the cached catalog");
    catalog_release(&catalog);
}

static struct sought *what_is_sought(const struct options *options,
                                     const struct workspace *workspace,
                                     const struct redactor *redactor)
{
    struct sought *sought = sought_new(workspace->contract);

    sought_add_model(sought, option_value(options, OPTION_MODEL), "--model");
    sought_add_model(sought, getenv("COMETAPI_MODEL"), "COMETAPI_MODEL");
    sought_add_base(sought, option_value(options, OPTION_BASE_URL), "--base-url");
    add_profiles(sought, workspace, option_value(options, OPTION_PROFILE));
    add_catalog(sought, workspace, redactor);
    return sought;
}

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct scanning *scanning = context;

    if (choice->format == FORMAT_JSON)
        scan_report_json(scanning->survey, scanning->allow, out);
    else
        scan_report_text(scanning->survey, scanning->allow, out);
    return true;
}

static bool walk(struct survey *survey, const struct options *options, struct error *error)
{
    if (options->argument_count == 0)
        return survey_add(survey, ".", error);
    for (size_t i = 0; i < options->argument_count; i++)
        if (!survey_add(survey, options->arguments[i], error))
            return false;
    return true;
}

static int scan(const struct options *options, const struct workspace *workspace,
                const struct redactor *redactor, struct allow *allow)
{
    const struct survey_choice choice = {.allow = allow, .workspace = workspace->folder};
    struct sought *sought = what_is_sought(options, workspace, redactor);
    struct survey survey;
    struct scanning scanning = {.survey = &survey, .allow = allow};
    struct error error;
    int status;

    survey_init(&survey, sought, redactor, &choice);
    if (walk(&survey, options, &error))
        status = output_report(options, redactor, write_report, &scanning);
    else
        status = output_error(redactor, &error);
    if (status == EXIT_HOLDS && survey.found > 0)
        status = EXIT_FAILS;
    else if (status == EXIT_HOLDS && survey.failed)
        status = EXIT_FILE;
    survey_release(&survey);
    sought_free(sought);
    return status;
}

static bool check_words(const struct options *options, const struct workspace *workspace,
                        struct error *error)
{
    const struct profile_choice choice = {.name = option_value(options, OPTION_PROFILE)};
    const char *url = option_value(options, OPTION_BASE_URL);
    struct profile profile;
    bool good;

    if (url && !base_url_check("--base-url", url, ERROR_USAGE, error))
        return false;
    if (!choice.name)
        return true;
    good = workspace_profile(workspace, &choice, &profile, NULL, error);
    profile_release(&profile);
    return good;
}

int verb_scan(const struct options *options)
{
    struct workspace *workspace;
    struct redactor *redactor;
    struct allow allow = {0};
    struct error error;
    int status;

    if (!output_check(options, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    redactor = output_redactor();
    workspace_teach(workspace, redactor);
    if (check_words(options, workspace, &error) && allow_read(&allow, workspace->folder, &error))
        status = scan(options, workspace, redactor, &allow);
    else
        status = output_error(redactor, &error);
    allow_release(&allow);
    redactor_free(redactor);
    workspace_free(workspace);
    return status;
}

/* The profile in force, and its key. */
#include "contract/workspace.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/base_url.h"
#include "contract/contract.h"
#include "net/proxy.h"

#include <stdlib.h>
#include <string.h>

enum { DIFFERS_MAX = 1 << 16 };

void profile_release(struct profile *profile)
{
    free(profile->name);
    free(profile->environment);
    free(profile->service);
    free(profile->base_url);
    free(profile->base_alias);
    free(profile->key_source);
    free(profile->key_alias);
    free(profile->model);
    free(profile->interface);
    *profile = (struct profile){.name = NULL};
}

void profile_copy(struct profile *to, const struct profile *from)
{
    *to = (struct profile){
        .name = xstrdup(from->name),
        .environment = xstrdup(from->environment),
        .service = xstrdup(from->service),
        .base_url = xstrdup(from->base_url),
        .base_alias = xstrdup(from->base_alias),
        .key_source = xstrdup(from->key_source),
        .key_alias = xstrdup(from->key_alias),
        .model = xstrdup(from->model),
        .interface = xstrdup(from->interface),
        .production = from->production,
        .simulator = from->simulator,
    };
}

static bool pick(const struct workspace *workspace, const char *name, struct profile *chosen,
                 struct error *error)
{
    struct bytes names;

    if (!name)
        name = workspace->default_profile;
    bytes_init(&names, DIFFERS_MAX);
    for (size_t i = 0; i < workspace->profile_count; i++) {
        if (strcmp(workspace->profiles[i].name, name) == 0) {
            profile_copy(chosen, &workspace->profiles[i]);
            bytes_release(&names);
            return true;
        }
        bytes_printf(&names, "%s%s", i ? ", " : "", workspace->profiles[i].name);
    }
    error_set(error, ERROR_USAGE, "there is no profile %s; there are: %s", name,
              bytes_text(&names));
    bytes_release(&names);
    return false;
}

/* A value that overrides the profile: the option, else the variable where it is not empty. */
struct override {
    const char *value;
    const char *from; /* "--model", "COMETAPI_MODEL" */
};

static struct override override_from(const char *option, const char *option_name,
                                     const char *variable)
{
    const char *value = option ? option : getenv(variable);

    if (!value || !*value)
        return (struct override){.value = NULL};
    return (struct override){.value = value, .from = option ? option_name : variable};
}

static void replace(char **field, const char *value)
{
    free(*field);
    *field = xstrdup(value);
}

static void differ(struct bytes *differs, const char *what, const char *value, const char *from,
                   const char *instead)
{
    bytes_printf(differs, "%s%s %s (%s) instead of %s", differs->len ? "\n" : "", what, value, from,
                 instead);
}

static bool override_base_url(const struct workspace *workspace, const struct override *override,
                              struct profile *chosen, struct bytes *differs, struct error *error)
{
    const char *contracted = contract_string(workspace->contract, "base.url");
    const char *from = "profile";

    if (override->value) {
        if (!base_url_check(override->from, override->value, ERROR_USAGE, error))
            return false;
        replace(&chosen->base_url, override->value);
        /* The alias named another URL. */
        replace(&chosen->base_alias, NULL);
        from = override->from;
    }
    if (chosen->base_url && (!contracted || strcmp(chosen->base_url, contracted) != 0))
        differ(differs, "base URL", chosen->base_url, from, contracted ? contracted : "none");
    return true;
}

static void override_model(const struct override *override, struct profile *chosen,
                           struct bytes *differs)
{
    if (!override->value)
        return;
    if (chosen->model && strcmp(chosen->model, override->value) != 0)
        differ(differs, "model", override->value, override->from, chosen->model);
    replace(&chosen->model, override->value);
}

/* One that is used for the base URL in force. The name only: its value may hold a password. */
static void note_proxy(const struct workspace *workspace, const struct profile *chosen,
                       struct bytes *differs)
{
    const char *expected = contract_string(workspace->contract, "network.proxy");
    const char *url =
        chosen->base_url ? chosen->base_url : contract_string(workspace->contract, "base.url");
    const char *variable;
    char *host;

    if (!url || !base_url_check("the base URL", url, ERROR_USAGE, NULL) ||
        (expected && strcmp(expected, "environment") == 0))
        return;
    host = base_url_host(url);
    variable = proxy_variable(host);
    if (variable)
        differ(differs, "proxy", "set", variable, "none");
    free(host);
}

bool workspace_profile(const struct workspace *workspace, const struct profile_choice *choice,
                       struct profile *chosen, char **differs, struct error *error)
{
    struct override base_url = override_from(choice->base_url, "--base-url", "COMETAPI_BASE_URL");
    struct override model = override_from(choice->model, "--model", "COMETAPI_MODEL");
    struct bytes list;
    bool good;

    *chosen = (struct profile){.name = NULL};
    if (differs)
        *differs = NULL;
    bytes_init(&list, DIFFERS_MAX);
    good = pick(workspace, choice->name, chosen, error) &&
           override_base_url(workspace, &base_url, chosen, &list, error);
    if (good) {
        override_model(&model, chosen, &list);
        note_proxy(workspace, chosen, &list);
        if (differs && list.len)
            *differs = bytes_take(&list);
    }
    bytes_release(&list);
    return good;
}

char *profile_base_name(const struct profile *profile, const struct contract *contract)
{
    if (profile->base_alias && *profile->base_alias)
        return xstrdup(profile->base_alias);
    return base_url_name(profile->base_url ? profile->base_url
                                           : contract_string(contract, "base.url"));
}

/* Where the key is looked for when a profile names no source. */
static const char *const default_sources[] = {"env:COMETAPI_API_KEY", "env:COMETAPI_KEY"};
enum { DEFAULT_SOURCES = sizeof(default_sources) / sizeof(default_sources[0]) };

struct secret *profile_secret(const struct profile *profile, struct error *error)
{
    if (profile->key_source)
        return secret_from_source(profile->key_source, error);
    for (size_t i = 0; i < DEFAULT_SOURCES; i++) {
        const char *value = getenv(default_sources[i] + strlen("env:"));

        if (value && *value)
            return secret_from_source(default_sources[i], error);
    }
    error_set(error, ERROR_CHECK,
              "no key: set COMETAPI_API_KEY (or COMETAPI_KEY), or give the profile %s a key_source "
              "such as env:NAME or file:PATH",
              profile->name);
    return NULL;
}

static void teach(struct redactor *redactor, const char *source)
{
    struct secret *secret = source ? secret_peek(source) : NULL;

    if (secret)
        redactor_add(redactor, secret);
    secret_free(secret);
}

void workspace_teach(const struct workspace *workspace, struct redactor *redactor)
{
    for (size_t i = 0; i < DEFAULT_SOURCES; i++)
        teach(redactor, default_sources[i]);
    for (size_t i = 0; workspace && i < workspace->profile_count; i++)
        teach(redactor, workspace->profiles[i].key_source);
}

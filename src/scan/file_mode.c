#include "scan/file_mode.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *const file_mode_skipped[] = {
    ".git",        ".hg",         ".svn",          ".jj",
    ".bzr",        "CVS",         "node_modules",  "bower_components",
    ".venv",       "venv",        "__pycache__",   ".tox",
    ".nox",        ".mypy_cache", ".pytest_cache", ".ruff_cache",
    ".gradle",     ".terraform",  ".next",         ".nuxt",
    ".svelte-kit", ".cache",      ".cometdeck",    NULL,
};

bool file_mode_skips_folder(const char *name)
{
    for (const char *const *folder = file_mode_skipped; *folder; folder++)
        if (strcmp(*folder, name) == 0)
            return true;
    return false;
}

struct ending {
    const char *text;
    enum sieve_mode mode;
};

static const struct ending endings[] = {
    {".env", SIEVE_SETTINGS},   {".envrc", SIEVE_SETTINGS},  {".yaml", SIEVE_SETTINGS},
    {".yml", SIEVE_SETTINGS},   {".json", SIEVE_SETTINGS},   {".jsonc", SIEVE_SETTINGS},
    {".json5", SIEVE_SETTINGS}, {".toml", SIEVE_SETTINGS},   {".ini", SIEVE_SETTINGS},
    {".cfg", SIEVE_SETTINGS},   {".conf", SIEVE_SETTINGS},   {".properties", SIEVE_SETTINGS},
    {".hcl", SIEVE_SETTINGS},   {".tfvars", SIEVE_SETTINGS}, {".md", SIEVE_KEYS},
    {".markdown", SIEVE_KEYS},  {".rst", SIEVE_KEYS},        {".adoc", SIEVE_KEYS},
    {".txt", SIEVE_KEYS},       {".org", SIEVE_KEYS},        {".log", SIEVE_KEYS},
    {".jsonl", SIEVE_KEYS},     {".har", SIEVE_KEYS},        {".svg", SIEVE_KEYS},
};

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);

    return len >= tail && strcasecmp(name + len - tail, end) == 0;
}

enum sieve_mode file_mode(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    if (strncmp(name, ".env.", 5) == 0 || strncmp(name, "Dockerfile", 10) == 0 ||
        strncmp(name, "Containerfile", 13) == 0)
        return SIEVE_SETTINGS;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
        if (ends_with(name, endings[i].text))
            return endings[i].mode;
    return SIEVE_CODE;
}

/*
 * The workspace: the folder a team keeps in git (design.md "Words"), and its profiles.
 */
#ifndef CONTRACT_WORKSPACE_H
#define CONTRACT_WORKSPACE_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stddef.h>

struct contract;
struct secret;

/* Which of an answer's bodies are kept in captures. */
enum body_policy {
    BODIES_NEVER,
    BODIES_PROBES, /* the default: our own synthetic prompts */
    BODIES_ALWAYS,
};

/* Strings may be NULL where a profile leaves them out. */
struct profile {
    char *name;
    char *environment; /* B53: environment and service name */
    char *service;
    char *base_url;   /* NULL: the contract's */
    char *base_alias; /* how screens call the base URL */
    char *key_source; /* "env:COMETAPI_API_KEY", see base/secret.h; NULL: the default pair */
    char *key_alias;
    char *model; /* the default model */
    bool production;
    bool simulator; /* answers are marked *simulated* */
};

struct workspace {
    char *folder; /* absolute; NULL: none, everything is in memory */
    char *local;  /* FOLDER/.cometdeck, or a temporary folder without a workspace */
    struct contract *contract;
    struct file_stamp contract_seen;
    struct profile *profiles;
    size_t profile_count;
    char *default_profile;
    enum body_policy bodies;
};

/*
 * Find and read one: `folder` NULL looks from the current folder upwards for cometdeck.json; when
 * there is none, the starter contract in memory. A named folder without one is an error that
 * suggests `init`. Files that cannot be used are ERROR_FILE with line and column.
 */
struct workspace *workspace_open(const char *folder, struct error *error);
void workspace_free(struct workspace *workspace);

/* Write the starter workspace; refuses to replace any file that exists. */
bool workspace_init(const char *folder, struct error *error);

/* "ledgers/x.md" → its full path in the workspace (relative to the current folder without one). */
char *workspace_path(const struct workspace *workspace, const char *name);

/* What the caller was told on the command line; NULL where nothing. */
struct profile_choice {
    const char *name;
    const char *base_url;
    const char *model;
};

/*
 * The profile in force: option > environment (COMETAPI_BASE_URL, COMETAPI_MODEL) > profile file.
 * `chosen` is initialised by the call and released by the caller. `*differs` (may be NULL) receives
 * a newly allocated list, one a line, of what differs from the contract (C36), or NULL.
 */
bool workspace_profile(const struct workspace *workspace, const struct profile_choice *choice,
                       struct profile *chosen, char **differs, struct error *error);
void profile_release(struct profile *profile);

/*
 * The key of a profile: its source, else COMETAPI_API_KEY, else COMETAPI_KEY. NULL with ERROR_CHECK
 * and a sentence that says what to set.
 */
struct secret *profile_secret(const struct profile *profile, struct error *error);

#endif

/*
 * The workspace: the folder a team keeps in git (design.md "Words"), and its profiles.
 */
#ifndef CONTRACT_WORKSPACE_H
#define CONTRACT_WORKSPACE_H

#include "base/error.h"
#include "base/file.h"
#include "contract/retention_limits.h"
#include "contract/schedule_limits.h"

#include <stdbool.h>
#include <stddef.h>

struct contract;
struct redactor;
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
    char *model;     /* the default model */
    char *interface; /* name or address to go out by (B16); NULL: as the system routes */
    bool production;
    bool simulator; /* answers are marked *simulated* */
};

struct workspace {
    char *folder; /* absolute; NULL: none, everything is in memory */
    /*
     * History, captures and cached lists: FOLDER/.cometdeck, or without a workspace the state
     * folder of the user ($XDG_STATE_HOME/cometdeck, else ~/.local/state/cometdeck), so that
     * history outlives the process. NULL: there is none (no home), nothing is kept. It may not
     * exist yet: who writes there makes it with workspace_make_local().
     */
    char *local;
    struct contract *contract;
    struct file_stamp contract_seen;
    /* What a person should hear about its contract, a line each: none there, an id that is probably
     * a slip. NULL: nothing. */
    char *warnings;
    struct profile *profiles;
    size_t profile_count;
    char *default_profile;
    enum body_policy bodies;
    struct retention_limits retention; /* zero: the history grows */
    char *telemetry; /* a line an attempt is appended to it, relative to `folder`; NULL: none */
    struct schedule_limits schedule;
};

/*
 * Find and read one: `folder` NULL looks from the current folder upwards for cometdeck.json; when
 * there is none, the starter contract in memory. A named folder without one is an error that
 * suggests `init`. Files that cannot be used are ERROR_FILE with line and column. One that was only
 * found must belong to the user or to root: its profiles may name commands. Without a contract.json
 * the starter contract stands in, and `contract_seen` says that there was no file.
 *
 * cometdeck.json: {"version": 1, "default_profile": NAME, "bodies": "never"|"probes"|"always",
 * "retention": {"count", "age", "size"}, "telemetry": PATH,
 * "schedule": {"every", "approver", "reason"}, "profiles": [{"name", "environment", "service",
 * "base_url", "base_alias", "key_source", "key_alias", "model", "interface",
 * "production", "simulator"}, …]}.
 * Other members are left alone.
 */
struct workspace *workspace_open(const char *folder, struct error *error);
void workspace_free(struct workspace *workspace);

/* $XDG_STATE_HOME/cometdeck, else ~/.local/state/cometdeck; NULL without a home. Caller frees. */
char *workspace_state_folder(void);

/* From the text of a cometdeck.json; `workspace` is zeroed but for what it says. For tests too. */
bool workspace_parse(struct workspace *workspace, const char *path, const char *text, size_t len,
                     struct error *error);

/* The local folder, mode 0700, and its parents; an error when there is none. */
bool workspace_make_local(const struct workspace *workspace, struct error *error);

/* Save the contract; ERROR_CHANGED when the file is no longer what was read. */
bool workspace_save_contract(struct workspace *workspace, struct error *error);

/*
 * Write the starter workspace, its folder too. Where a cometdeck.json or contract.json exists
 * nothing is written; its other files (README.md, .gitignore) are left as they are where they
 * exist, and `*kept` (may be NULL; the caller frees) names them, "a, b", or is NULL. What was
 * written before a failure is taken back.
 */
bool workspace_init(const char *folder, char **kept, struct error *error);

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
 * `chosen` is initialised by the call and released by the caller, on false too. `*differs` (may be
 * NULL) receives a newly allocated list, one a line, of what differs from the contract or from the
 * profile (C36), or NULL: base URL, model, a proxy of the environment that is used for the
 * base URL and that the clause `network.proxy` does not name.
 */
bool workspace_profile(const struct workspace *workspace, const struct profile_choice *choice,
                       struct profile *chosen, char **differs, struct error *error);
void profile_release(struct profile *profile);

/*
 * Which base URL it is, for screens and records (TEL B53): the profile's alias, else host and port
 * of its base URL or of the contract's; "none" without one. Never credentials. The caller frees.
 */
char *profile_base_name(const struct profile *profile, const struct contract *contract);

/* Released by the caller; what was in `to` is forgotten. */
void profile_copy(struct profile *to, const struct profile *from);

/*
 * The key of a profile: its source, else COMETAPI_API_KEY, else COMETAPI_KEY. NULL with ERROR_CHECK
 * and a sentence that says what to set.
 */
struct secret *profile_secret(const struct profile *profile, struct error *error);

/*
 * Teach `redactor` every key that can be known without running or using up anything: of both
 * default variables, and of every profile whose source is env: or file:. `workspace` may be NULL.
 * For what is said before a profile is in force, or without one.
 */
void workspace_teach(const struct workspace *workspace, struct redactor *redactor);

#endif

#include "contract/workspace.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "contract/contract.h"
#include "contract/starter.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char workspace_file[] = "cometdeck.json";
static const char contract_file[] = "contract.json";

enum {
    WORKSPACE_VERSION = 1,
    WORKSPACE_MAX = 1 << 20,
    CONTRACT_MAX = 8 << 20,
    WARNINGS_MAX = 8 << 10,
    FILE_MODE = 0644,
    FOLDER_MODE = 0755,
    LOCAL_MODE = 0700,
};

/* ---- reading cometdeck.json ---- */

static bool check_version(const struct json_file *file, struct error *error)
{
    int64_t version;

    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a workspace file must be an object");
    if (!json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version == WORKSPACE_VERSION)
        return true;
    return json_file_error(file, "/version", error,
                           "this workspace has version %lld, this program knows version %d%s",
                           (long long)version, WORKSPACE_VERSION,
                           version > WORKSPACE_VERSION ? "; use a newer cometdeck" : "");
}

static bool read_bodies(const struct json_file *file, enum body_policy *bodies, struct error *error)
{
    static const char *const names[] = {"never", "probes", "always"};
    const char *name = names[BODIES_PROBES];

    if (!json_file_string(file, file->root, "bodies", JSON_OPTIONAL, &name, error))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            *bodies = (enum body_policy)i;
            return true;
        }
    }
    return json_file_error(file, "/bodies", error, "/bodies must be never, probes or always");
}

/* A key that was pasted where its source belongs is not repeated in the message (A11 E26). */
static bool check_key_source(const struct json_file *file, const struct json *object,
                             struct error *error)
{
    static const char *const schemes[] = {"env:", "file:", "fd:", "command:"};
    const struct json *value = json_member(object, "key_source");
    const char *source = json_string(value);

    if (!source)
        return true;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (strncmp(source, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return json_file_error_at(file, value, error,
                              "the key source must begin with env:, file:, fd: or command:; a key "
                              "itself never stands in a file of the workspace");
}

static bool read_profile(const struct json_file *file, const struct json *object,
                         struct profile *profile, struct error *error)
{
    const struct {
        const char *name;
        enum json_need need;
        char **field;
    } strings[] = {
        {"name", JSON_REQUIRED, &profile->name},
        {"environment", JSON_OPTIONAL, &profile->environment},
        {"service", JSON_OPTIONAL, &profile->service},
        {"base_url", JSON_OPTIONAL, &profile->base_url},
        {"base_alias", JSON_OPTIONAL, &profile->base_alias},
        {"key_source", JSON_OPTIONAL, &profile->key_source},
        {"key_alias", JSON_OPTIONAL, &profile->key_alias},
        {"model", JSON_OPTIONAL, &profile->model},
        {"interface", JSON_OPTIONAL, &profile->interface},
    };

    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a profile must be an object");
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        const char *text = NULL;

        if (!json_file_string(file, object, strings[i].name, strings[i].need, &text, error))
            return false;
        *strings[i].field = xstrdup(text);
    }
    if (!*profile->name)
        return json_file_error_at(file, json_member(object, "name"), error,
                                  "a profile must have a name");
    return check_key_source(file, object, error) &&
           json_file_boolean(file, object, "production", JSON_OPTIONAL, &profile->production,
                             error) &&
           json_file_boolean(file, object, "simulator", JSON_OPTIONAL, &profile->simulator, error);
}

static const struct profile *find_profile(const struct workspace *workspace, const char *name)
{
    for (size_t i = 0; i < workspace->profile_count; i++)
        if (strcmp(workspace->profiles[i].name, name) == 0)
            return &workspace->profiles[i];
    return NULL;
}

enum { PROFILES_MAX = 256 };

static bool read_profiles(const struct json_file *file, struct workspace *workspace,
                          struct error *error)
{
    struct json *list = NULL;
    size_t count;

    if (!json_file_array(file, file->root, "profiles", JSON_REQUIRED, &list, error))
        return false;
    count = json_count(list);
    if (count < 1 || count > PROFILES_MAX)
        return json_file_error_at(file, list, error, "a workspace has 1 to %d profiles",
                                  PROFILES_MAX);
    workspace->profiles = xcalloc(count, sizeof(*workspace->profiles));
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct profile *profile = &workspace->profiles[workspace->profile_count];
        const char *name = json_string(json_member(item, "name"));

        if (name && find_profile(workspace, name))
            return json_file_error_at(file, json_member(item, "name"), error,
                                      "a profile %s already stands above; names must differ", name);
        workspace->profile_count++;
        if (!read_profile(file, item, profile, error))
            return false;
    }
    return true;
}

static bool read_default_profile(const struct json_file *file, struct workspace *workspace,
                                 struct error *error)
{
    const char *name = workspace->profiles[0].name;

    if (!json_file_string(file, file->root, "default_profile", JSON_OPTIONAL, &name, error))
        return false;
    if (!find_profile(workspace, name))
        return json_file_error(file, "/default_profile", error,
                               "/default_profile must name one of the profiles");
    workspace->default_profile = xstrdup(name);
    return true;
}

static bool read_telemetry(const struct json_file *file, struct workspace *workspace,
                           struct error *error)
{
    const char *path = NULL;

    if (!json_file_string(file, file->root, "telemetry", JSON_OPTIONAL, &path, error))
        return false;
    if (path && (!*path || strcmp(path, "-") == 0))
        return json_file_error(file, "/telemetry", error,
                               "/telemetry must name a file, such as .cometdeck/telemetry.jsonl");
    workspace->telemetry = xstrdup(path);
    return true;
}

bool workspace_parse(struct workspace *workspace, const char *path, const char *text, size_t len,
                     struct error *error)
{
    struct json_file file;
    bool read;

    if (!json_file_parse(&file, path, text, len, error))
        return false;
    read = check_version(&file, error) && read_bodies(&file, &workspace->bodies, error) &&
           retention_limits_read(&workspace->retention, &file, error) &&
           read_telemetry(&file, workspace, error) &&
           schedule_limits_read(&workspace->schedule, &file, error) &&
           read_profiles(&file, workspace, error) && read_default_profile(&file, workspace, error);
    json_file_release(&file);
    return read;
}

/* ---- finding and opening ---- */

/* The nearest folder from the current one upwards that has a workspace file; the caller frees. */
static char *search_upwards(void)
{
    char *folder = realpath(".", NULL), *slash;

    while (folder) {
        char *path = file_join(folder, workspace_file);
        bool found = file_exists(path);

        free(path);
        if (found)
            return folder;
        slash = strrchr(folder, '/');
        if (slash == folder && !folder[1])
            break;
        slash[slash == folder] = '\0';
    }
    free(folder);
    return NULL;
}

/* Somebody else's workspace could make us run its commands (as `git` sees it, too). */
static bool check_owner(const char *folder, const char *path, struct error *error)
{
    struct stat info;

    if (stat(path, &info) < 0 || info.st_uid == geteuid() || info.st_uid == 0)
        return true;
    return error_set(error, ERROR_FILE,
                     "%s belongs to another user and was only found on the way up; if you trust "
                     "it, name it: --workspace %s",
                     path, folder);
}

static bool read_workspace_file(struct workspace *workspace, const char *path, struct error *error)
{
    struct bytes text;
    bool read;

    read = file_read(path, WORKSPACE_MAX, &text, NULL, error) &&
           workspace_parse(workspace, path, bytes_text(&text), text.len, error);
    bytes_release(&text);
    return read;
}

/* The clause of the starter that is spelled almost as `id`; NULL for one of its own, or none. */
static const char *near_clause(const struct contract *starter, const char *id)
{
    enum { SLIPS = 2 };
    struct suggestion near = {.word = NULL};

    if (contract_find(starter, id))
        return NULL;
    for (size_t i = 0; i < contract_count(starter); i++)
        suggest(&near, id, contract_clause(starter, i)->id);
    return near.word && near.distance <= SLIPS ? near.word : NULL;
}

/* An unknown id may be the reader's own clause; one that is nearly ours would be read by nobody. */
static void warn_of_slips(struct workspace *workspace, const char *path, const struct bytes *text)
{
    struct contract *starter = contract_starter();
    struct json_file file;
    struct bytes warnings;

    if (!json_file_parse(&file, path, bytes_text(text), text->len, NULL)) {
        contract_free(starter);
        return;
    }
    bytes_init(&warnings, WARNINGS_MAX);
    for (const struct json *item = json_first(json_member(file.root, "clauses")); item;
         item = json_next(item)) {
        const struct json *id = json_member(item, "id");
        const char *name = json_string(id), *near = name ? near_clause(starter, name) : NULL;
        struct error place;

        if (!near)
            continue;
        json_file_error_at(&file, id, &place, "no clause is called %s; did you mean %s?", name,
                           near);
        bytes_printf(&warnings, "%s%s", warnings.len ? "\n" : "", place.text);
    }
    if (warnings.len)
        workspace->warnings = bytes_take(&warnings);
    bytes_release(&warnings);
    json_file_release(&file);
    contract_free(starter);
}

static bool read_contract_file(struct workspace *workspace, struct error *error)
{
    char *path = file_join(workspace->folder, contract_file);
    struct bytes text;

    if (!file_exists(path)) {
        workspace->contract = contract_starter();
        workspace->warnings = xasprintf("there is no %s; the starter contract is used", path);
        free(path);
        return true;
    }
    if (file_read(path, CONTRACT_MAX, &text, &workspace->contract_seen, error))
        workspace->contract = contract_parse(path, bytes_text(&text), text.len, error);
    if (workspace->contract)
        warn_of_slips(workspace, path, &text);
    bytes_release(&text);
    free(path);
    return workspace->contract != NULL;
}

static bool read_folder(struct workspace *workspace, bool named, struct error *error)
{
    char *path = file_join(workspace->folder, workspace_file);
    bool read = false;

    workspace->local = file_join(workspace->folder, ".cometdeck");
    if (access(path, F_OK) != 0 && errno != ENOENT)
        error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    else if (!file_exists(path))
        error_set(error, ERROR_FILE,
                  "%s is no workspace: it has no %s; `cometdeck init %s` writes the starter",
                  workspace->folder, workspace_file, workspace->folder);
    else
        read = (named || check_owner(workspace->folder, path, error)) &&
               read_workspace_file(workspace, path, error) && read_contract_file(workspace, error);
    free(path);
    return read;
}

/* An environment variable that is set to something; XDG folders must be absolute to count. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

char *workspace_state_folder(void)
{
    const char *state = variable("XDG_STATE_HOME"), *home = variable("HOME");
    const struct passwd *user;

    if (state && *state == '/')
        return file_join(state, "cometdeck");
    if (!home) {
        user = getpwuid(geteuid());
        home = user ? user->pw_dir : NULL;
    }
    return home && *home == '/' ? file_join(home, ".local/state/cometdeck") : NULL;
}

/* What there is without a workspace: the starter's contract and its first profile. */
static void use_memory(struct workspace *workspace)
{
    workspace->local = workspace_state_folder();
    workspace->contract = contract_starter();
    workspace->bodies = BODIES_PROBES;
    workspace->profiles = xcalloc(1, sizeof(*workspace->profiles));
    workspace->profiles[0].name = xstrdup("default");
    workspace->profile_count = 1;
    workspace->default_profile = xstrdup("default");
}

struct workspace *workspace_open(const char *folder, struct error *error)
{
    struct workspace *workspace = xcalloc(1, sizeof(*workspace));

    workspace->folder = folder ? realpath(folder, NULL) : search_upwards();
    if (folder && !workspace->folder) {
        if (errno == ENOENT)
            error_set(error, ERROR_FILE,
                      "there is no folder %s; `cometdeck init %s` makes a workspace of it", folder,
                      folder);
        else
            error_errno(error, ERROR_FILE, errno, "the workspace %s cannot be used", folder);
        workspace_free(workspace);
        return NULL;
    }
    if (!workspace->folder) {
        use_memory(workspace);
    } else if (!read_folder(workspace, folder != NULL, error)) {
        workspace_free(workspace);
        return NULL;
    }
    return workspace;
}

void workspace_free(struct workspace *workspace)
{
    if (!workspace)
        return;
    contract_free(workspace->contract);
    for (size_t i = 0; i < workspace->profile_count; i++)
        profile_release(&workspace->profiles[i]);
    free(workspace->profiles);
    free(workspace->default_profile);
    free(workspace->telemetry);
    schedule_limits_release(&workspace->schedule);
    free(workspace->warnings);
    free(workspace->folder);
    free(workspace->local);
    free(workspace);
}

bool workspace_make_local(const struct workspace *workspace, struct error *error)
{
    if (!workspace->local)
        return error_set(error, ERROR_FILE,
                         "there is no folder to keep anything in: set HOME or XDG_STATE_HOME, or "
                         "use a workspace");
    return file_make_folders(workspace->local, LOCAL_MODE, error);
}

bool workspace_save_contract(struct workspace *workspace, struct error *error)
{
    char *path;
    struct bytes text;
    bool saved;

    if (!workspace->folder)
        return error_set(error, ERROR_FILE,
                         "there is no workspace to save the contract in; `cometdeck init` makes "
                         "one");
    path = file_join(workspace->folder, contract_file);
    bytes_init(&text, CONTRACT_MAX);
    saved = contract_write(workspace->contract, &text)
                ? file_replace(NULL, path, bytes_text(&text), text.len, FILE_MODE,
                               &workspace->contract_seen, &workspace->contract_seen, error)
                : error_set(error, ERROR_FILE, "the contract is too large to be saved");
    bytes_release(&text);
    free(path);
    return saved;
}

char *workspace_path(const struct workspace *workspace, const char *name)
{
    return workspace->folder && name[0] != '/' ? file_join(workspace->folder, name) : xstrdup(name);
}

/* ---- init ---- */

/* What makes a folder a workspace. The rest of the starter may have been there before. */
static bool is_own(const char *name)
{
    return strcmp(name, workspace_file) == 0 || strcmp(name, contract_file) == 0;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool there = file_exists(path);

    free(path);
    return there;
}

static bool check_free(const char *folder, struct error *error)
{
    for (const struct embedded *file = starter_files; file->name; file++)
        if (is_own(file->name) && is_there(folder, file->name))
            return error_set(error, ERROR_FILE,
                             "%s/%s exists: nothing was written; use another folder or move it "
                             "away",
                             folder, file->name);
    return true;
}

static bool write_starter(const char *folder, const struct embedded *file, struct error *error)
{
    const struct file_stamp absent = {.exists = false};
    char *path = file_join(folder, file->name);
    bool written = file_replace(NULL, path, file->data, file->len, FILE_MODE, &absent, NULL, error);

    free(path);
    return written;
}

static void take_back(const char *folder, const struct embedded *const *written, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *path = file_join(folder, written[i]->name);

        unlink(path);
        free(path);
    }
}

/* What was written so far, to be taken back. */
struct beginning {
    const char *folder;
    const struct embedded *written[16];
    size_t count;
    struct bytes kept; /* names of what was there before */
};

static bool begin_with(struct beginning *beginning, const struct embedded *files,
                       struct error *error)
{
    for (const struct embedded *file = files; file->name; file++) {
        if (!is_own(file->name) && is_there(beginning->folder, file->name))
            bytes_printf(&beginning->kept, "%s%s", beginning->kept.len ? ", " : "", file->name);
        else if (write_starter(beginning->folder, file, error))
            beginning->written[beginning->count++] = file;
        else
            return false;
    }
    return true;
}

bool workspace_init(const char *folder, char **kept, struct error *error)
{
    enum { NAMES_MAX = 1024 };
    struct beginning beginning = {.folder = folder};
    char *schemas = file_join(folder, "schema");
    bool new_folder = !file_exists(schemas), good;

    if (kept)
        *kept = NULL;
    bytes_init(&beginning.kept, NAMES_MAX);
    good = check_free(folder, error) && file_make_folders(schemas, FOLDER_MODE, error);
    if (good && !(begin_with(&beginning, schema_files, error) &&
                  begin_with(&beginning, starter_files, error))) {
        take_back(folder, beginning.written, beginning.count);
        if (new_folder)
            rmdir(schemas);
        good = false;
    }
    if (good && kept && beginning.kept.len)
        *kept = bytes_take(&beginning.kept);
    bytes_release(&beginning.kept);
    free(schemas);
    return good;
}
